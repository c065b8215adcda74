// The sealed envelope in which WeChat and WeCom send and take callbacks: a signature over four strings, and AES-256-CBC
// around a length-framed message that ends in its receiver. Pure: no network, no clock; chance only in seal().
// Threads: any; the OpenSSL contexts are kept one a thread.
// Source: WeChat "message push: encryption", WeCom developer page 90238 and its sample libraries.
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/base/result.h"

namespace huiyin {

struct AesKey {
    std::array<unsigned char, 32> bytes{};
    friend bool operator==(const AesKey&, const AesKey&) = default;
};

// An EncodingAESKey: 43 base64 characters without padding. Its last character carries four bits and two spare ones,
// which real keys have set; they are dropped. Errors: codec.bad_key.
Result<AesKey> read_aes_key(std::string_view text);

// A file that the AI bot's platform sealed with the same key: no frame around it, the padding alone.
// Errors: codec.length, codec.padding (also: another key).
Result<std::string> open_file(const AesKey& key, std::string sealed);

// SHA-1 in lower-case hex over the parts in byte order, as both platforms sign.
std::string platform_signature(std::vector<std::string_view> parts);

class Envelope {
public:
    // tokens, keys: newest first; during a rotation what the platform still signs and seals with the older is taken.
    // Empty keys: nothing can be opened or sealed, only plain signatures are checked.
    // receiver: the app id, corp id or suite id; empty only where the platform sends none (WeCom's in-house AI bot).
    Envelope(std::vector<std::string> tokens, std::vector<AesKey> keys, std::string receiver);

    struct Pair {  // which token and which key of the lists fitted: a reply is sealed with the same ones
        std::size_t token = 0;
        std::size_t key = 0;
    };
    struct Opened {
        std::string message;
        Pair used;
    };
    struct Sealed {
        std::string encrypt;  // base64
        std::string signature;
    };

    // The plain `signature` over token, timestamp and nonce; gives the token's place.
    // Errors: codec.signature. Upper-case hex is refused: neither platform sends it.
    Result<std::size_t> check_plain(std::string_view signature, std::string_view timestamp,
                                    std::string_view nonce) const;

    // The checks run in the order of the codes. Errors: codec.signature, codec.base64, codec.length (of the ciphertext,
    // of what remains, or the length field), codec.padding, codec.receiver; `detail` has the number that the platforms'
    // sample libraries give. Whoever answers the outside says the same to all of them.
    Result<Opened> open(std::string_view signature, std::string_view timestamp, std::string_view nonce,
                        std::string_view encrypt) const;

    Sealed seal(std::string_view message, std::string_view timestamp, std::string_view nonce, Pair with) const;
    // The same with 16 bytes of chance given, for the published vectors.
    Sealed seal_with(std::string_view random, std::string_view message, std::string_view timestamp,
                     std::string_view nonce, Pair with) const;

    bool has_key() const { return !keys_.empty(); }
    const std::string& receiver() const { return receiver_; }

private:
    std::vector<std::string> tokens_;
    std::vector<AesKey> keys_;
    std::string receiver_;
};

}  // namespace huiyin
