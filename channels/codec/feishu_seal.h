// How Feishu signs and seals what it sends: a plain hash over four strings, and AES-256-CBC around the JSON text with
// the chance in front. Pure: no network, no clock; chance only in seal(). Threads: any.
// Source: Feishu open platform, "Encrypt Key", "receive events", "custom bot guide".
#pragma once
#include <string>
#include <string_view>

#include "workflow/base/result.h"

namespace huiyin::feishu {

// X-Lark-Signature of events and card callbacks, over the bytes of the body as they came: lower-case hex.
std::string signature(std::string_view timestamp, std::string_view nonce, std::string_view encrypt_key,
                      std::string_view body);
// The same header of an app that still has the older address for cards: another hash, with the verification token.
std::string old_card_signature(std::string_view timestamp, std::string_view nonce, std::string_view verification_token,
                               std::string_view body);
// `sign` of a message to a group robot: timestamp in seconds.
std::string robot_signature(std::string_view timestamp, std::string_view secret);

// Errors: codec.base64, codec.length (no whole blocks), codec.padding (also: another key).
Result<std::string> open(std::string_view encrypt_key, std::string_view encrypt);
std::string seal(std::string_view encrypt_key, std::string_view text);
// With 16 bytes of chance given, for the published vectors.
std::string seal_with(std::string_view chance, std::string_view encrypt_key, std::string_view text);

}  // namespace huiyin::feishu
