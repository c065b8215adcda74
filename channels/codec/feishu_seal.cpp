#include "channels/codec/feishu_seal.h"

#include <openssl/evp.h>

#include <limits>
#include <memory>
#include <stdexcept>

#include "workflow/base/digest.h"

namespace huiyin::feishu {
namespace {

constexpr std::size_t block = 16;
using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string joined(std::string_view a, std::string_view b, std::string_view c, std::string_view d) {
    std::string out;
    out.reserve(a.size() + b.size() + c.size() + d.size());
    return out.append(a).append(b).append(c).append(d);
}

// Nothing: the padding is none.
bool run_cipher(std::string_view encrypt_key, std::string_view chance, std::string_view text, bool encrypt,
                std::string& out) {
    if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) - block)
        throw std::logic_error("an event beyond 2 GiB");
    const Context context{EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
    const auto key = sha256(encrypt_key);
    int size = 0, rest = 0;
    out.resize(text.size() + block);
    if (!context ||
        EVP_CipherInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, bytes_of(std::string_view(key)), bytes_of(chance),
                          encrypt ? 1 : 0) != 1 ||
        EVP_CipherUpdate(context.get(), bytes_of(out), &size, bytes_of(text), static_cast<int>(text.size())) != 1)
        throw std::runtime_error("OpenSSL refused AES-256-CBC");
    if (EVP_CipherFinal_ex(context.get(), bytes_of(out) + size, &rest) != 1) return false;
    out.resize(static_cast<std::size_t>(size + rest));
    return true;
}

}  // namespace

std::string signature(std::string_view timestamp, std::string_view nonce, std::string_view encrypt_key,
                      std::string_view body) {
    return sha256_hex(joined(timestamp, nonce, encrypt_key, body));
}

std::string old_card_signature(std::string_view timestamp, std::string_view nonce, std::string_view verification_token,
                               std::string_view body) {
    return sha1_hex(joined(timestamp, nonce, verification_token, body));
}

std::string robot_signature(std::string_view timestamp, std::string_view secret) {
    return to_base64(hmac_sha256(joined(timestamp, "\n", secret, {}), {}));
}

Result<std::string> open(std::string_view encrypt_key, std::string_view encrypt) {
    const auto sealed = from_base64(encrypt);
    if (!sealed) return Problem{"codec.base64", "the ciphertext is no base64", {}};
    if (sealed->size() < 2 * block || sealed->size() % block)
        return Problem{"codec.length", "the ciphertext has no whole blocks", {}};
    const std::string_view bytes = *sealed;
    std::string text;
    if (!run_cipher(encrypt_key, bytes.substr(0, block), bytes.substr(block), false, text))
        return Problem{"codec.padding", "the padding is none: it was sealed with another key", {}};
    return text;
}

std::string seal(std::string_view encrypt_key, std::string_view text) {
    return seal_with(random_bytes(block), encrypt_key, text);
}

std::string seal_with(std::string_view chance, std::string_view encrypt_key, std::string_view text) {
    if (chance.size() != block) throw std::logic_error("an event takes 16 bytes of chance");
    std::string sealed;
    run_cipher(encrypt_key, chance, text, true, sealed);
    return to_base64(std::string(chance) + sealed);
}

}  // namespace huiyin::feishu
