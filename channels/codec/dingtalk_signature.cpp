#include "channels/codec/dingtalk_signature.h"

#include "workflow/base/digest.h"

namespace huiyin::dingtalk {

std::string robot_signature(std::string_view timestamp, std::string_view secret) {
    std::string text(timestamp);
    text.append("\n").append(secret);
    return to_base64(hmac_sha256(secret, text));
}

std::string card_signature(std::string_view timestamp, std::string_view secret) {
    return to_base64(hmac_sha256(secret, timestamp));
}

}  // namespace huiyin::dingtalk
