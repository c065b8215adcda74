#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "channels/codec/envelope.h"
#include "workflow/base/digest.h"
#include "workflow/base/json_text.h"

using namespace huiyin;

namespace {

const Json& vectors(const std::string& name) {
    static std::map<std::string, Json> read;
    auto& file = read[name];
    if (file.is_null()) file = read_json_file(HUIYIN_SOURCE "/tests/crypto/" + name).value();
    return file;
}

std::string field(const Json& vector, const char* name) { return vector.at(name).get<std::string>(); }

Envelope envelope_of(const Json& vector) {
    return Envelope({field(vector, "token")}, {read_aes_key(field(vector, "aes_key")).value()},
                    field(vector, "receiver"));
}

Result<Envelope::Opened> opened(const Envelope& envelope, const Json& vector) {
    return envelope.open(field(vector, "signature"), field(vector, "timestamp"), field(vector, "nonce"),
                         field(vector, "encrypt"));
}

// What a sender who knows the token would send: `encrypt` altered and signed anew.
std::string code_of(const Json& vector, const std::string& encrypt) {
    const auto signature =
        platform_signature({field(vector, "token"), field(vector, "timestamp"), field(vector, "nonce"), encrypt});
    const auto result =
        envelope_of(vector).open(signature, field(vector, "timestamp"), field(vector, "nonce"), encrypt);
    return result ? "" : result.problem().code;
}

const char* const files[] = {"wechat.json", "wecom.json"};

}  // namespace

TEST_CASE("every published and computed envelope opens, and is sealed again to the same bytes") {
    for (const auto* file : files)
        for (const auto& vector : vectors(file).at("positive")) {
            CAPTURE(file, field(vector, "name"));
            const auto key = read_aes_key(field(vector, "aes_key"));
            REQUIRE(key);
            CHECK(to_hex({reinterpret_cast<const char*>(key->bytes.data()), key->bytes.size()}) ==
                  field(vector, "aes_key_hex"));
            const auto envelope = envelope_of(vector);
            const auto result = opened(envelope, vector);
            REQUIRE(result);
            CHECK(result->message == field(vector, "message"));
            const auto sealed =
                envelope.seal_with(from_hex(field(vector, "random_hex")).value(), field(vector, "message"),
                                   field(vector, "timestamp"), field(vector, "nonce"), result->used);
            CHECK(sealed.encrypt == field(vector, "encrypt"));
            CHECK(sealed.signature == field(vector, "signature"));
            if (vector.contains("plain_signature"))
                CHECK(envelope.check_plain(field(vector, "plain_signature"), field(vector, "timestamp"),
                                           field(vector, "nonce")));
        }
    CHECK(vectors("wechat.json").at("positive").size() == 7);
    CHECK(vectors("wecom.json").at("positive").size() == 6);
}

TEST_CASE("a well-signed envelope that is broken inside is refused at the right check") {
    for (const auto* file : files)
        for (const auto& vector : vectors(file).at("negative")) {
            CAPTURE(file, field(vector, "name"));
            const auto result = opened(envelope_of(vector), vector);
            REQUIRE_FALSE(result);
            CHECK(result.problem().code == field(vector, "refused"));
        }
    CHECK(vectors("wechat.json").at("negative").size() == 8);
    CHECK(vectors("wecom.json").at("negative").size() == 6);
}

TEST_CASE("plain signatures are sorted as bytes") {
    for (const auto& vector : vectors("wechat.json").at("signatures")) {
        CAPTURE(field(vector, "name"));
        const Envelope envelope({field(vector, "token")}, {}, "");
        CHECK(envelope.check_plain(field(vector, "signature"), field(vector, "timestamp"), field(vector, "nonce")));
        CHECK_FALSE(
            envelope.check_plain(field(vector, "signature"), field(vector, "timestamp"), field(vector, "nonce") + "0"));
        auto upper = field(vector, "signature");
        for (auto& c : upper) c = static_cast<char>(std::toupper(c));
        CHECK_FALSE(envelope.check_plain(upper, field(vector, "timestamp"), field(vector, "nonce")));
    }
}

TEST_CASE("what the vectors become when somebody cuts, swaps or flips a part") {
    for (const auto* file : files)
        for (const auto& vector : vectors(file).at("positive")) {
            const auto encrypt = field(vector, "encrypt");
            CAPTURE(file, field(vector, "name"));
            CHECK(code_of(vector, "") == "codec.length");
            CHECK(code_of(vector, encrypt.substr(1)) == "codec.base64");
            CHECK(code_of(vector, encrypt.substr(0, encrypt.size() - 4)) != "");
            CHECK(code_of(vector, " " + encrypt) == "codec.base64");
            CHECK(code_of(vector, to_base64(std::string(15, 'x'))) == "codec.length");
            CHECK(code_of(vector, to_base64(std::string(16, 'x'))) == "codec.length");
            const auto bytes = from_base64(encrypt).value();
            CHECK(code_of(vector, to_base64(bytes.substr(0, bytes.size() - 16))) != "");
            auto last_block = bytes;
            last_block[bytes.size() - 5] = static_cast<char>(last_block[bytes.size() - 5] ^ 1);
            CHECK(code_of(vector, to_base64(last_block)) != "");

            const auto envelope = envelope_of(vector);
            const auto code = [&](std::string signature, std::string timestamp, std::string nonce, std::string text) {
                const auto result = envelope.open(signature, timestamp, nonce, text);
                return result ? std::string() : result.problem().code;
            };
            const auto flipped = [](std::string text) {
                text[text.size() / 2] = static_cast<char>(text[text.size() / 2] ^ 1);
                return text;
            };
            const auto signature = field(vector, "signature"), timestamp = field(vector, "timestamp"),
                       nonce = field(vector, "nonce");
            CHECK(code(flipped(signature), timestamp, nonce, encrypt) == "codec.signature");
            CHECK(code(signature, flipped(timestamp), nonce, encrypt) == "codec.signature");
            CHECK(code(signature, timestamp, flipped(nonce), encrypt) == "codec.signature");
            CHECK(code(signature, timestamp, nonce, flipped(encrypt)) == "codec.signature");
            CHECK(code("", timestamp, nonce, encrypt) == "codec.signature");
        }
}

TEST_CASE("during a rotation the older key and token still open, and the reply uses what fitted") {
    const auto& vector = vectors("wechat.json").at("positive").at(0);
    const auto old_key = read_aes_key(field(vector, "aes_key")).value();
    const auto new_key = read_aes_key("Q7rT2mVxK9pLd4WzNf8sJc3HbYg6uEa1oiXvMqRtZ5k").value();
    const Envelope only_new({field(vector, "token")}, {new_key}, field(vector, "receiver"));
    CHECK_FALSE(opened(only_new, vector));

    const Envelope both({"newtoken", field(vector, "token")}, {new_key, old_key}, field(vector, "receiver"));
    const auto result = opened(both, vector);
    REQUIRE(result);
    CHECK(result->used.key == 1);
    CHECK(result->used.token == 1);
    const auto reply = both.seal("answer", "1735689602", "n", result->used);
    const Envelope theirs({field(vector, "token")}, {old_key}, field(vector, "receiver"));
    const auto read = theirs.open(reply.signature, "1735689602", "n", reply.encrypt);
    REQUIRE(read);
    CHECK(read->message == "answer");
}

TEST_CASE("an encoding key has 43 characters of base64, canonical or not") {
    CHECK(read_aes_key("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C").value() ==
          read_aes_key("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2A").value());
    for (const auto* bad :
         {"", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C=",
          "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2-", " WmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"})
        CHECK_FALSE(read_aes_key(bad));
}

TEST_CASE("10,000 messages of every length come back as they went") {
    const Envelope envelope({"zzz"}, {read_aes_key("Q7rT2mVxK9pLd4WzNf8sJc3HbYg6uEa1oiXvMqRtZ5k").value()},
                            "wxfedcba9876543210");
    std::set<std::string> seen;
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < 10'000; ++i) {
        const auto message = i % 3 ? random_bytes(i % 700) : std::string(i % 97, 'm');
        const auto nonce = std::to_string(i);
        const auto sealed = envelope.seal(message, "1735689602", nonce, {});
        const auto result = envelope.open(sealed.signature, "1735689602", nonce, sealed.encrypt);
        wrong += !result || result->message != message || from_base64(sealed.encrypt)->size() % 32 != 0;
        seen.insert(sealed.encrypt);
    }
    CHECK(wrong == 0);
    CHECK(seen.size() == 10'000);  // the chance in front makes every ciphertext another one
}
