// Hashes, signatures, encodings and chance, all from OpenSSL.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "workflow/base/result.h"

namespace huiyin {

std::string sha1_hex(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);
std::string sha256(std::string_view bytes);  // 32 bytes
// HMAC-SHA256 under one key, which is worked into its two contexts once. Copies share them. Threads: any.
class Hmac {
public:
    explicit Hmac(std::string_view key);
    std::string operator()(std::string_view bytes) const;  // 32 bytes

private:
    struct Contexts;
    std::shared_ptr<const Contexts> contexts_;
};
std::string hmac_sha256(std::string_view key, std::string_view bytes);  // 32 bytes

std::string to_hex(std::string_view bytes);          // lower case
Result<std::string> from_hex(std::string_view hex);  // Errors: digest.bad_hex
std::string to_base64(std::string_view bytes);       // standard alphabet, with padding
std::string to_base64url(std::string_view bytes);    // no padding
// Standard alphabet, padding required; spare bits of the last character may be set (real keys have them).
// Errors: digest.bad_base64 - another character, a wrong length, or misplaced padding.
Result<std::string> from_base64(std::string_view text);
Result<std::string> from_base64url(std::string_view text);  // no padding; Errors: digest.bad_base64

std::string random_bytes(std::size_t count);  // from the system's generator; throws if there is none
std::string random_hex(std::size_t count);    // 2 * count digits
// In constant time for equal lengths.
bool equal_secrets(std::string_view a, std::string_view b);

// One key a purpose, derived from the configuration's `secret`: HMAC-SHA256(secret, label).
std::string derived_key(std::string_view secret, std::string_view label);

// AES-256-GCM. `key` 32 bytes; the sealed text is nonce (12) + tag (16) + ciphertext; `bound_to` is authenticated too,
// so a sealed text cannot be moved to another row.
std::string seal(std::string_view key, std::string_view plain, std::string_view bound_to);
// Errors: digest.broken_seal - wrong key, altered, or moved.
Result<std::string> unseal(std::string_view key, std::string_view sealed, std::string_view bound_to);

}  // namespace huiyin
