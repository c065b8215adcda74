#include "channels/webchat/chat_token.h"

#include "workflow/base/digest.h"

namespace huiyin {
namespace {

constexpr const char* cookie_name = "huiyin_chat";

}  // namespace

std::string ChatTokens::fresh() const {
    const auto random = random_hex(24);
    return random + signature(random);
}

std::string ChatTokens::of(const http::Request& request) const {
    std::string token;
    if (const auto header = request.header("Authorization"); header && header->substr(0, 7) == "Bearer ")
        token = header->substr(7);
    else if (const auto cookie = request.cookie(cookie_name))
        token = *cookie;
    const bool ours = token.size() == 64 && equal_secrets(signature(token.substr(0, 48)), token.substr(48));
    return ours ? token : std::string{};
}

std::string ChatTokens::address(const std::string& token) const { return to_hex(hmac_sha256(key_, token)); }

std::string ChatTokens::cookie(const std::string& token) const {
    return std::string(cookie_name) + "=" + token + "; Path=/chat; HttpOnly; SameSite=Lax; Max-Age=31536000" +
           (secure_cookie_ ? "; Secure" : "");
}

std::string ChatTokens::signature(const std::string& random) const {
    return to_hex(hmac_sha256(key_, "token " + random)).substr(0, 16);
}

}  // namespace huiyin
