#include "channels/codec/envelope.h"

#include <openssl/evp.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <stdexcept>

#include "workflow/base/digest.h"

namespace huiyin {
namespace {

constexpr std::size_t block = 32;  // the padding's block, twice the cipher's: the library's own unpadding refuses it
constexpr std::size_t random_size = 16;
constexpr std::size_t frame_size = random_size + 4;

Problem refusal(const char* code, const char* text, const char* number) { return Problem{code, text, number}; }

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// In place, without padding. `direction`: 1 encrypts, 0 decrypts.
void run_cipher(const AesKey& key, std::string& text, int direction) {
    static const EVP_CIPHER* cbc = EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr);
    thread_local std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context{EVP_CIPHER_CTX_new(),
                                                                                         &EVP_CIPHER_CTX_free};
    int size = 0;
    if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        throw std::logic_error("an envelope beyond 2 GiB");
    if (EVP_CipherInit_ex2(context.get(), cbc, key.bytes.data(), key.bytes.data(), direction, nullptr) != 1 ||
        EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
        EVP_CipherUpdate(context.get(), bytes_of(text), &size, bytes_of(text), static_cast<int>(text.size())) != 1)
        throw std::runtime_error("OpenSSL refused AES-256-CBC");
}

// From the system's generator, drawn in larger portions: one draw costs as much as a whole envelope.
std::string next_chance() {
    thread_local std::string drawn;
    if (drawn.size() < random_size) drawn = random_bytes(64 * random_size);
    std::string chance = drawn.substr(drawn.size() - random_size);
    drawn.resize(drawn.size() - random_size);
    return chance;
}

Result<std::string> unpadded(std::string plain) {
    const std::size_t pad = static_cast<unsigned char>(plain.back());
    if (pad < 1 || pad > block || pad > plain.size()) return refusal("codec.padding", "padding out of range", "-40007");
    unsigned char differs = 0;
    for (std::size_t i = plain.size() - pad; i < plain.size(); ++i)
        differs |= static_cast<unsigned char>(plain[i]) ^ static_cast<unsigned char>(pad);
    if (differs) return refusal("codec.padding", "padding bytes differ", "-40007");
    plain.resize(plain.size() - pad);
    return plain;
}

Result<std::string> unframe(std::string padded, std::string_view receiver) {
    auto bare = unpadded(std::move(padded));
    if (!bare) return bare.problem();
    auto& plain = *bare;
    if (plain.size() < frame_size) return refusal("codec.length", "shorter than its frame", "-40008");
    const auto* at = bytes_of(plain) + random_size;
    const std::uint32_t size =
        std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
    if (size > plain.size() - frame_size) return refusal("codec.length", "length field beyond the end", "-40008");
    if (std::string_view(plain).substr(frame_size + size) != receiver)
        return refusal("codec.receiver", "sealed for another app or corp", "-40005");
    plain.resize(frame_size + size);
    plain.erase(0, frame_size);
    return std::move(plain);
}

}  // namespace

Result<AesKey> read_aes_key(std::string_view text) {
    const Problem bad{"codec.bad_key",
                      "not an EncodingAESKey: it has 43 letters and digits; copy it anew from the platform's page",
                      {}};
    if (text.size() != 43) return bad;
    const auto bytes = from_base64(std::string(text) + "=");
    if (!bytes || bytes->size() != 32) return bad;
    AesKey key;
    std::copy(bytes->begin(), bytes->end(), reinterpret_cast<char*>(key.bytes.data()));
    return key;
}

Result<std::string> open_file(const AesKey& key, std::string sealed) {
    if (sealed.empty() || sealed.size() % 16) return refusal("codec.length", "the file has no whole blocks", "-40008");
    run_cipher(key, sealed, 0);
    return unpadded(std::move(sealed));
}

std::string platform_signature(std::vector<std::string_view> parts) {
    std::sort(parts.begin(), parts.end());
    std::string joined;
    for (const auto part : parts) joined += part;
    return sha1_hex(joined);
}

Envelope::Envelope(std::vector<std::string> tokens, std::vector<AesKey> keys, std::string receiver)
    : tokens_(std::move(tokens)), keys_(std::move(keys)), receiver_(std::move(receiver)) {}

Result<std::size_t> Envelope::check_plain(std::string_view signature, std::string_view timestamp,
                                          std::string_view nonce) const {
    for (std::size_t i = 0; i < tokens_.size(); ++i)
        if (equal_secrets(platform_signature({tokens_[i], timestamp, nonce}), signature)) return i;
    return refusal("codec.signature", "the signature does not match", "-40001");
}

Result<Envelope::Opened> Envelope::open(std::string_view signature, std::string_view timestamp, std::string_view nonce,
                                        std::string_view encrypt) const {
    Pair used;
    while (used.token < tokens_.size() &&
           !equal_secrets(platform_signature({tokens_[used.token], timestamp, nonce, encrypt}), signature))
        ++used.token;
    if (used.token == tokens_.size()) return refusal("codec.signature", "the signature does not match", "-40001");
    const auto sealed = from_base64(encrypt);
    if (!sealed) return refusal("codec.base64", "the ciphertext is no base64", "-40010");
    if (sealed->size() < block || sealed->size() % 16)
        return refusal("codec.length", "the ciphertext has no whole blocks", "-40008");
    Problem first{"codec.padding", "there is no key to open it with", "-40004"};
    for (; used.key < keys_.size(); ++used.key) {
        std::string plain = *sealed;
        run_cipher(keys_[used.key], plain, 0);
        auto message = unframe(std::move(plain), receiver_);
        if (message) return Opened{std::move(*message), used};
        if (used.key == 0) first = message.problem();
    }
    return first;
}

Envelope::Sealed Envelope::seal(std::string_view message, std::string_view timestamp, std::string_view nonce,
                                Pair with) const {
    return seal_with(next_chance(), message, timestamp, nonce, with);
}

Envelope::Sealed Envelope::seal_with(std::string_view random, std::string_view message, std::string_view timestamp,
                                     std::string_view nonce, Pair with) const {
    if (random.size() != random_size) throw std::logic_error("an envelope takes 16 bytes of chance");
    const std::size_t pad = block - (frame_size + message.size() + receiver_.size()) % block;
    std::string text;
    text.reserve(frame_size + message.size() + receiver_.size() + pad);
    text += random;
    for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(message.size() >> shift & 255);
    text += message;
    text += receiver_;
    text.append(pad, static_cast<char>(pad));
    run_cipher(keys_.at(with.key), text, 1);
    Sealed out{to_base64(text), {}};
    out.signature = platform_signature({tokens_.at(with.token), timestamp, nonce, out.encrypt});
    return out;
}

}  // namespace huiyin
