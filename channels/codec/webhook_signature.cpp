#include "channels/codec/webhook_signature.h"

#include <algorithm>
#include <charconv>

#include "workflow/base/digest.h"

namespace huiyin::webhook {
namespace {

constexpr std::string_view secret_mark = "whsec_";
constexpr std::string_view version_mark = "v1,";
constexpr std::size_t least_key_bytes = 24, most_key_bytes = 64;
constexpr std::size_t most_id_bytes = 256;

}  // namespace

Result<std::string> read_secret(std::string_view text) {
    const Problem bad{
        "webhook.bad_secret",
        "no webhook secret: write whsec_ and base64 of 24 to 64 bytes, for example from: echo whsec_$(openssl "
        "rand -base64 32)",
        {}};
    if (text.substr(0, secret_mark.size()) != secret_mark) return bad;
    auto key = from_base64(text.substr(secret_mark.size()));
    if (!key || key->size() < least_key_bytes || key->size() > most_key_bytes) return bad;
    return std::move(*key);
}

std::string signature(std::string_view key, std::string_view id, std::string_view timestamp, std::string_view body) {
    std::string text;
    text.reserve(id.size() + timestamp.size() + body.size() + 2);
    ((((text += id) += '.') += timestamp) += '.') += body;
    return std::string(version_mark) + to_base64(hmac_sha256(key, text));
}

std::string signatures(const std::vector<std::string>& keys, std::string_view id, std::string_view timestamp,
                       std::string_view body) {
    std::string all;
    for (const auto& key : keys) (all += all.empty() ? "" : " ") += signature(key, id, timestamp, body);
    return all;
}

Result<Done> check(const std::vector<std::string>& keys, const SignedHeaders& headers, std::string_view body,
                   TimePoint now, std::chrono::seconds window) {
    std::int64_t seconds = 0;
    const auto end = headers.timestamp.data() + headers.timestamp.size();
    const auto [at, error] = std::from_chars(headers.timestamp.data(), end, seconds);
    if (headers.id.empty() || headers.id.size() > most_id_bytes || headers.id.find('.') != std::string::npos ||
        headers.timestamp.empty() || error != std::errc{} || at != end || headers.signature.empty())
        return Problem{"webhook.headers", "webhook-id, webhook-timestamp or webhook-signature is missing or wrong", {}};
    const auto now_seconds = to_ms(now) / 1000;
    if (window.count() > 0 && (seconds < now_seconds - window.count() || seconds > now_seconds + window.count()))
        return Problem{"webhook.time", "the webhook's time is too far off: set the clocks", {}};
    bool fits = false;
    std::string_view rest = headers.signature;
    while (!rest.empty()) {
        const auto space = rest.find(' ');
        const auto one = rest.substr(0, space);
        rest = space == std::string_view::npos ? std::string_view{} : rest.substr(space + 1);
        if (one.substr(0, version_mark.size()) != version_mark) continue;
        for (const auto& key : keys)
            fits = equal_secrets(one, signature(key, headers.id, headers.timestamp, body)) || fits;
    }
    if (!fits) return Problem{"webhook.signature", "no signature of the webhook fits: compare the secrets", {}};
    return Done{};
}

}  // namespace huiyin::webhook
