#include "workflow/base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>

#include <array>
#include <atomic>
#include <memory>
#include <stdexcept>

namespace huiyin {
namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// One context a thread: making one anew costs more than the hash of a message.
std::string digest(const EVP_MD* kind, std::string_view bytes) {
    thread_local std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    std::array<unsigned char, EVP_MAX_MD_SIZE> out;
    unsigned size = 0;
    if (EVP_DigestInit_ex(context.get(), kind, nullptr) != 1 ||
        EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1 ||
        EVP_DigestFinal_ex(context.get(), out.data(), &size) != 1)
        throw std::runtime_error("OpenSSL refused to hash");
    return {reinterpret_cast<char*>(out.data()), size};
}

const EVP_MD* sha256_kind() {
    static const EVP_MD* kind = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return kind;
}
const EVP_MD* sha1_kind() {
    static const EVP_MD* kind = EVP_MD_fetch(nullptr, "SHA1", nullptr);
    return kind;
}
const EVP_CIPHER* gcm() {
    static const EVP_CIPHER* kind = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    return kind;
}

constexpr char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode64(std::string_view bytes, const char* alphabet) {
    std::string out((bytes.size() * 4 + 2) / 3, '\0');
    char* to = out.data();
    std::size_t at = 0;
    const auto byte = [&](std::size_t i) { return unsigned{static_cast<unsigned char>(bytes[i])}; };
    for (; at + 3 <= bytes.size(); at += 3, to += 4) {
        const unsigned three = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
        to[0] = alphabet[three >> 18];
        to[1] = alphabet[three >> 12 & 63];
        to[2] = alphabet[three >> 6 & 63];
        to[3] = alphabet[three & 63];
    }
    if (at < bytes.size()) {
        const bool two = at + 2 == bytes.size();
        const unsigned rest = byte(at) << 16 | (two ? byte(at + 1) << 8 : 0);
        to[0] = alphabet[rest >> 18];
        to[1] = alphabet[rest >> 12 & 63];
        if (two) to[2] = alphabet[rest >> 6 & 63];
    }
    return out;
}

using Values = std::array<signed char, 256>;
constexpr Values values_of(const char* alphabet) {
    Values value{};
    for (auto& one : value) one = -1;
    for (int i = 0; i < 64; ++i) value[static_cast<unsigned char>(alphabet[i])] = static_cast<signed char>(i);
    return value;
}
constexpr Values standard_values = values_of(standard);
constexpr Values url_safe_values = values_of(url_safe);

Result<std::string> decode64(std::string_view text, const Values& value) {
    const auto no = [] {
        return Problem{
            "digest.bad_base64", "not base64: one character is outside its alphabet, or the length is wrong", {}};
    };
    if (text.size() % 4 == 1) return no();
    std::string out(text.size() * 3 / 4, '\0');
    char* to = out.data();
    const auto six = [&](std::size_t i) { return int{value[static_cast<unsigned char>(text[i])]}; };
    std::size_t at = 0;
    int wrong = 0;  // negative as soon as one character was
    for (; at + 4 <= text.size(); at += 4, to += 3) {
        const int a = six(at), b = six(at + 1), c = six(at + 2), d = six(at + 3);
        wrong |= a | b | c | d;
        const unsigned three = (static_cast<unsigned>(a) << 18 | static_cast<unsigned>(b) << 12 |
                                static_cast<unsigned>(c) << 6 | static_cast<unsigned>(d));
        to[0] = static_cast<char>(three >> 16 & 255);
        to[1] = static_cast<char>(three >> 8 & 255);
        to[2] = static_cast<char>(three & 255);
    }
    if (at < text.size()) {
        const int a = six(at), b = six(at + 1), c = at + 3 == text.size() ? six(at + 2) : 0;
        wrong |= a | b | c;
        to[0] = static_cast<char>((static_cast<unsigned>(a) << 2 | static_cast<unsigned>(b) >> 4) & 255);
        if (at + 3 == text.size())
            to[1] = static_cast<char>((static_cast<unsigned>(b) << 4 | static_cast<unsigned>(c) >> 2) & 255);
    }
    if (wrong < 0) return no();
    return out;
}

// A context that keeps its key from one use to the next: nearly all uses of a thread are of one key.
class Cipher {
public:
    explicit Cipher(int encrypts) : encrypts_(encrypts) {}
    ~Cipher() { OPENSSL_cleanse(key_.data(), key_.size()); }
    Cipher(const Cipher&) = delete;
    Cipher& operator=(const Cipher&) = delete;
    EVP_CIPHER_CTX* get() { return context_.get(); }
    bool begin(std::string_view key, std::string_view nonce) {
        const bool same = key_ == key;
        if (!same) key_.clear();
        if (EVP_CipherInit_ex2(get(), same ? nullptr : gcm(), same ? nullptr : bytes_of(key), bytes_of(nonce),
                               encrypts_, nullptr) != 1)
            return false;
        if (!same) key_ = key;
        return true;
    }

private:
    std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context_{EVP_CIPHER_CTX_new(),
                                                                             &EVP_CIPHER_CTX_free};
    std::string key_;
    int encrypts_;
};

// Small numbers of random bytes are drawn by the handful: asking the generator for twelve costs as much as sealing a
// line with them. A forked process draws its own; what was given out is wiped.
std::string drawn(std::size_t count) {
    constexpr std::size_t handful = 1024;
    thread_local std::string pool;
    thread_local std::size_t used = 0;
    static std::atomic<unsigned> forks{0};  // asking for the process's number each time would be a call of the kernel
    [[maybe_unused]] static const int watched = ::pthread_atfork(nullptr, nullptr, [] { ++forks; });
    thread_local unsigned drawn_after = 0;
    if (used + count > pool.size() || drawn_after != forks) {
        pool = random_bytes(handful);
        used = 0;
        drawn_after = forks;
    }
    auto out = pool.substr(used, count);
    OPENSSL_cleanse(pool.data() + used, count);
    used += count;
    return out;
}

}  // namespace

std::string sha1_hex(std::string_view bytes) { return to_hex(digest(sha1_kind(), bytes)); }
std::string sha256_hex(std::string_view bytes) { return to_hex(digest(sha256_kind(), bytes)); }
std::string sha256(std::string_view bytes) { return digest(sha256_kind(), bytes); }

struct Hmac::Contexts {
    using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
    static Context begun(std::string block, unsigned char with) {
        for (auto& byte : block) byte = static_cast<char>(byte ^ with);
        Context context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
        const bool done = EVP_DigestInit_ex(context.get(), sha256_kind(), nullptr) == 1 &&
                          EVP_DigestUpdate(context.get(), block.data(), block.size()) == 1;
        OPENSSL_cleanse(block.data(), block.size());
        if (!done) throw std::runtime_error("OpenSSL refused to hash");
        return context;
    }
    explicit Contexts(const std::string& block) : inner(begun(block, 0x36)), outer(begun(block, 0x5c)) {}
    Context inner, outer;
};

Hmac::Hmac(std::string_view key) {
    constexpr std::size_t block_bytes = 64;
    std::string block(key.size() > block_bytes ? sha256(key) : std::string(key));
    block.resize(block_bytes, '\0');
    contexts_ = std::make_shared<const Contexts>(block);
    OPENSSL_cleanse(block.data(), block.size());
}

std::string Hmac::operator()(std::string_view bytes) const {
    thread_local Contexts::Context scratch{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    std::array<unsigned char, 32> out{};
    const auto finish = [&](const Contexts::Context& begun, const void* more, std::size_t size) {
        return EVP_MD_CTX_copy_ex(scratch.get(), begun.get()) == 1 &&
               EVP_DigestUpdate(scratch.get(), more, size) == 1 &&
               EVP_DigestFinal_ex(scratch.get(), out.data(), nullptr) == 1;
    };
    if (!finish(contexts_->inner, bytes.data(), bytes.size()) || !finish(contexts_->outer, out.data(), out.size()))
        throw std::runtime_error("OpenSSL refused to hash");
    return {reinterpret_cast<const char*>(out.data()), out.size()};
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
    // RFC 2104 on the kept context: OpenSSL's own call looks its algorithms up anew each time, which costs more than
    // the two hashes.
    constexpr std::size_t block = 64;
    std::string inner(key.size() > block ? sha256(key) : std::string(key));
    inner.resize(block, '\0');
    std::string outer = inner;
    for (auto& byte : inner) byte = static_cast<char>(byte ^ 0x36);
    for (auto& byte : outer) byte = static_cast<char>(byte ^ 0x5c);
    inner += bytes;
    outer += sha256(inner);
    auto out = sha256(outer);
    OPENSSL_cleanse(inner.data(), block);
    OPENSSL_cleanse(outer.data(), block);
    return out;
}

std::string to_hex(std::string_view bytes) {
    static constexpr char digit[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const unsigned char byte : bytes) {
        out += digit[byte >> 4];
        out += digit[byte & 15];
    }
    return out;
}

Result<std::string> from_hex(std::string_view hex) {
    const auto nibble = [](char c) {
        return c >= '0' && c <= '9'   ? c - '0'
               : c >= 'a' && c <= 'f' ? c - 'a' + 10
               : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                      : -1;
    };
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        const int high = nibble(hex[i]), low = nibble(hex[i + 1]);
        if (high < 0 || low < 0) return Problem{"digest.bad_hex", "not hexadecimal digits", {}};
        out += static_cast<char>(high << 4 | low);
    }
    if (hex.size() % 2) return Problem{"digest.bad_hex", "an odd number of hexadecimal digits", {}};
    return out;
}

std::string to_base64(std::string_view bytes) {
    auto out = encode64(bytes, standard);
    out.append((4 - out.size() % 4) % 4, '=');
    return out;
}
std::string to_base64url(std::string_view bytes) { return encode64(bytes, url_safe); }

Result<std::string> from_base64(std::string_view text) {
    if (text.size() % 4) return Problem{"digest.bad_base64", "not base64: the length is no multiple of 4", {}};
    for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
    return decode64(text, standard_values);
}
Result<std::string> from_base64url(std::string_view text) { return decode64(text, url_safe_values); }

std::string random_bytes(std::size_t count) {
    if (count <= 64) return drawn(count);
    std::string out(count, '\0');
    if (RAND_bytes(bytes_of(out), static_cast<int>(count)) != 1)
        throw std::runtime_error("no random bytes from the system");
    return out;
}
std::string random_hex(std::size_t count) { return to_hex(random_bytes(count)); }

bool equal_secrets(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string derived_key(std::string_view secret, std::string_view label) { return hmac_sha256(secret, label); }

std::string seal(std::string_view key, std::string_view plain, std::string_view bound_to) {
    if (key.size() != 32) throw std::logic_error("seal: the key has not 32 bytes");
    thread_local Cipher cipher{1};
    std::string out = drawn(12);
    out.resize(28 + plain.size());
    auto* context = cipher.get();
    int size = 0;
    if (!cipher.begin(key, out) ||
        EVP_EncryptUpdate(context, nullptr, &size, bytes_of(bound_to), static_cast<int>(bound_to.size())) != 1 ||
        EVP_EncryptUpdate(context, bytes_of(out) + 28, &size, bytes_of(plain), static_cast<int>(plain.size())) != 1 ||
        EVP_EncryptFinal_ex(context, bytes_of(out) + 28 + size, &size) != 1 ||
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, bytes_of(out) + 12) != 1)
        throw std::runtime_error("OpenSSL refused to encrypt");
    return out;
}

Result<std::string> unseal(std::string_view key, std::string_view sealed, std::string_view bound_to) {
    const auto broken = [] {
        return Problem{"digest.broken_seal", "a sealed text does not open: wrong data_key, or it was altered", {}};
    };
    if (key.size() != 32) throw std::logic_error("unseal: the key has not 32 bytes");
    if (sealed.size() < 28) return broken();
    std::string out(sealed.size() - 28, '\0');
    std::string tag(sealed.substr(12, 16));
    thread_local Cipher cipher{0};
    auto* context = cipher.get();
    int size = 0;
    if (!cipher.begin(key, sealed) ||
        EVP_DecryptUpdate(context, nullptr, &size, bytes_of(bound_to), static_cast<int>(bound_to.size())) != 1 ||
        EVP_DecryptUpdate(context, bytes_of(out), &size, bytes_of(sealed) + 28, static_cast<int>(out.size())) != 1 ||
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, tag.data()) != 1 ||
        EVP_DecryptFinal_ex(context, bytes_of(out) + size, &size) != 1)
        return broken();
    return out;
}

}  // namespace huiyin
