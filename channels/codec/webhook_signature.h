// Signed webhooks as Standard Webhooks has them: a key an endpoint, a signature over id, time and body.
// Pure. Threads: any. Source: Standard Webhooks specification 1.0.
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/base/clock.h"
#include "workflow/base/result.h"

namespace huiyin::webhook {

// "whsec_" and base64 of 24 to 64 bytes; gives the bytes. Errors: webhook.bad_secret.
Result<std::string> read_secret(std::string_view text);

// "v1,<base64>": HMAC-SHA256 over "id.timestamp.body". timestamp: Unix seconds as written in the header.
std::string signature(std::string_view key, std::string_view id, std::string_view timestamp, std::string_view body);
// One for each key, newest first, with spaces between: during a rotation whoever has the older one still finds his.
std::string signatures(const std::vector<std::string>& keys, std::string_view id, std::string_view timestamp,
                       std::string_view body);

struct SignedHeaders {
    std::string id, timestamp, signature;
};
// Any entry of a version we know that fits any of the keys will do; others are skipped. window: how far the time may
// lie off, in either direction; 0: any. Errors: webhook.signature, webhook.time, webhook.headers.
Result<Done> check(const std::vector<std::string>& keys, const SignedHeaders& headers, std::string_view body,
                   TimePoint now, std::chrono::seconds window);

}  // namespace huiyin::webhook
