// Who somebody is in the web chat: a random token of ours, in a cookie or as a bearer. Threads: any.
#pragma once
#include <string>

#include "channels/edge/http_message.h"

namespace huiyin {

class ChatTokens {
public:
    // key: derived from the configuration's secret, label "chat token"
    ChatTokens(std::string key, bool secure_cookie) : key_(std::move(key)), secure_cookie_(secure_cookie) {}

    // 24 random bytes and 8 of their signature: one of ours is known before its conversation exists, so that an answer
    // that never arrived leaves its resident who he is; one of a client's own choosing is no token.
    std::string fresh() const;
    std::string of(const http::Request& request) const;  // empty: none, or none of ours
    // The store knows a token only by its keyed hash: whoever reads the store cannot speak for a resident.
    std::string address(const std::string& token) const;
    std::string cookie(const std::string& token) const;  // the whole header

private:
    std::string signature(const std::string& random) const;
    const std::string key_;
    const bool secure_cookie_;
};

}  // namespace huiyin
