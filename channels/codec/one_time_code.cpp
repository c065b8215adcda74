#include "channels/codec/one_time_code.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "workflow/base/digest.h"

namespace huiyin::one_time {
namespace {

constexpr std::int64_t step_ms = 30'000, skew = 1;

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const unsigned char c : text) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                           c == '.' || c == '_' || c == '~';
        if (plain) {
            out += static_cast<char>(c);
        } else {
            static constexpr char digits[] = "0123456789ABCDEF";
            out += {'%', digits[c >> 4], digits[c & 15]};
        }
    }
    return out;
}

}  // namespace

std::int64_t step_at(TimePoint now) { return to_ms(now) / step_ms; }

std::string code(std::string_view seed, std::int64_t step, int digits) {
    std::array<unsigned char, 8> counter{};
    auto rest = static_cast<std::uint64_t>(step);
    for (auto byte = counter.rbegin(); byte != counter.rend(); ++byte, rest >>= 8)
        *byte = static_cast<unsigned char>(rest & 0xff);
    std::array<unsigned char, 20> hash{};
    unsigned int length = 0;
    if (!HMAC(EVP_sha1(), seed.data(), static_cast<int>(seed.size()), counter.data(), counter.size(), hash.data(),
              &length) ||
        length != hash.size())
        throw std::runtime_error("one-time code: OpenSSL gave no HMAC");
    const std::size_t at = hash.back() & 0xf;
    std::uint32_t number = (std::uint32_t{hash[at]} & 0x7f) << 24 | std::uint32_t{hash[at + 1]} << 16 |
                           std::uint32_t{hash[at + 2]} << 8 | std::uint32_t{hash[at + 3]};
    std::string text(static_cast<std::size_t>(digits), '0');
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, number /= 10)
        *digit = static_cast<char>('0' + number % 10);
    return text;
}

std::optional<std::int64_t> step_of(std::string_view seed, std::string_view given, TimePoint now,
                                    std::int64_t last_step) {
    std::optional<std::int64_t> found;
    for (auto step = step_at(now) - skew; step <= step_at(now) + skew; ++step) {
        const bool same = equal_secrets(code(seed, step), given);
        if (same && step > last_step) found = step;
    }
    return found;
}

std::string to_base32(std::string_view bytes) {
    static constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const unsigned char byte : bytes) {
        bits = bits << 8 | byte;
        for (count += 8; count >= 5; count -= 5) out += alphabet[bits >> (count - 5) & 31];
        bits &= 0xff;  // at most four of them are still owed
    }
    if (count > 0) out += alphabet[bits << (5 - count) & 31];
    return out;
}

std::string address(const std::string& issuer, const std::string& login, std::string_view seed) {
    auto by = issuer;
    std::erase(by, ':');  // it divides the two
    return "otpauth://totp/" + percent_encoded(by) + ":" + percent_encoded(login) + "?secret=" + to_base32(seed) +
           "&issuer=" + percent_encoded(by);
}

}  // namespace huiyin::one_time
