// The codes of an authenticator, and its seed as it is scanned and typed.
// Pure. Threads: any. Source: RFC 4226, RFC 6238 (HMAC-SHA-1, steps of 30 seconds, six digits: what every authenticator
// can), RFC 4648 (base32), the Key URI format.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "workflow/base/clock.h"

namespace huiyin::one_time {

inline constexpr std::size_t seed_bytes = 20;  // as long as the hash, as RFC 4226 recommends

std::int64_t step_at(TimePoint now);
// digits: 6 to 8.
std::string code(std::string_view seed, std::int64_t step, int digits = 6);
// The step whose code this is: the one of `now`, the one before or the one after, and later than `last_step`, the last
// that was taken. Compares with all of them in constant time.
std::optional<std::int64_t> step_of(std::string_view seed, std::string_view code, TimePoint now,
                                    std::int64_t last_step);

std::string to_base32(std::string_view bytes);  // no padding: authenticators want none
// "otpauth://totp/…": whose code it is, and by whom it is asked. Hash, digits and step are those that go without
// saying: the fewer words, the larger the dots of the picture.
std::string address(const std::string& issuer, const std::string& login, std::string_view seed);

}  // namespace huiyin::one_time
