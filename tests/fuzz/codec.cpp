// What platforms' callbacks, uploads and signatures are made of.
#include <fuzzer/FuzzedDataProvider.h>
#include <openssl/evp.h>

#include <memory>

#include "channels/codec/envelope.h"
#include "channels/codec/feishu_seal.h"
#include "channels/codec/image.h"
#include "channels/codec/multipart.h"
#include "channels/codec/signed_state.h"
#include "channels/codec/utf8.h"
#include "channels/codec/webhook_signature.h"
#include "channels/codec/xml.h"
#include "tests/fuzz/fuzz.h"
#include "workflow/base/digest.h"
#include "workflow/base/utf8.h"

namespace huiyin::fuzz {
namespace {

int depth_of(pugi::xml_node node) {
    int depth = 0;
    for (const auto child : node.children())
        if (child.type() == pugi::node_element) depth = std::max(depth, depth_of(child));
    return depth + 1;
}

void xml(std::string_view input) {
    const auto read = Xml::read(std::string(input));
    XmlWriter writer;
    const auto mended = clean_text(std::string(input));
    const auto written = writer.text("Content", input).number("CreateTime", "1").done();
    if (const auto again = Xml::read(written))
        must(again->text("Content") == mended, "what was written is read as the same text");
    else
        must(written.size() > 64 * 1024, "what was written can be read");
    if (!read) return;
    must(depth_of(read->root()) <= 16, "nothing deeper than sixteen is taken");
    for (const char* name : {"ToUserName", "FromUserName", "MsgId", "Encrypt", "Content"})
        must(is_utf8(read->text(name)), "a text is UTF-8");
}

// Sealed with the right key, whatever stands inside: what only the platform could send, and what it never does.
std::string encrypted(const std::string& key, const std::string& start, std::string frame, bool padded) {
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context{EVP_CIPHER_CTX_new(),
                                                                                  &EVP_CIPHER_CTX_free};
    if (!padded) frame.resize(frame.size() / 16 * 16);
    std::string out(frame.size() + 32, '\0');
    const auto* bytes = reinterpret_cast<const unsigned char*>(frame.data());
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    int size = 0, rest = 0;
    EVP_EncryptInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, reinterpret_cast<const unsigned char*>(key.data()),
                       reinterpret_cast<const unsigned char*>(start.data()));
    EVP_CIPHER_CTX_set_padding(context.get(), padded ? 1 : 0);
    EVP_EncryptUpdate(context.get(), to, &size, bytes, static_cast<int>(frame.size()));
    EVP_EncryptFinal_ex(context.get(), to + size, &rest);
    out.resize(static_cast<std::size_t>(size + rest));
    return out;
}

void envelope(std::string_view input) {
    if (input.empty()) return;
    static const auto key = *read_aes_key("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG");
    static const std::string raw(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size());
    static const Envelope ours({"token", "older"}, {key}, "wx5823bf96d3bd56c7");
    const bool as_it_stands = input.front() & 1;  // the ciphertext's base64, or the frame inside
    const std::string rest(input.substr(1));
    const auto encrypt = as_it_stands ? rest : to_base64(encrypted(raw, raw.substr(0, 16), rest, false));
    const auto signature = platform_signature({"older", "1700000000", "n", encrypt});
    const auto opened = ours.open(signature, "1700000000", "n", encrypt);
    if (opened) {
        must(opened->used.token == 1 && opened->message.size() <= rest.size(), "what is opened stood inside");
        const auto sealed = ours.seal(opened->message, "1700000000", "n", opened->used);
        const auto again = ours.open(sealed.signature, "1700000000", "n", sealed.encrypt);
        must(again && again->message == opened->message, "what was sealed is opened");
    }
    must(!ours.open(rest, "1700000000", "n", encrypt) || rest == signature ||
             rest == platform_signature({"token", "1700000000", "n", encrypt}),
         "no other signature fits");
    (void)read_aes_key(rest);
}

void feishu_seal(std::string_view input) {
    if (input.empty()) return;
    const bool as_it_stands = input.front() & 1;
    const std::string rest(input.substr(1)), start(16, 's');
    const auto sealed =
        as_it_stands ? rest : to_base64(start + encrypted(sha256("key"), start, rest, input.front() & 2));
    if (const auto opened = feishu::open("key", sealed)) {
        const auto again = feishu::open("key", feishu::seal("key", *opened));
        must(again && *again == *opened, "what was sealed is opened");
    }
}

void multipart(std::string_view input) {
    const auto line = std::min(input.find('\n'), input.size());
    const auto body = input.substr(std::min(line + 1, input.size()));
    const auto form = read_form(input.substr(0, line), body);
    if (!form) return;
    must(form->size() <= 20, "a form has twenty parts at most");
    const char* before = body.data();
    for (const auto& part : *form) {
        must(!part.name.empty(), "a part has a name");
        must(part.bytes.data() >= before && part.bytes.data() + part.bytes.size() <= body.data() + body.size(),
             "parts lie in the body, one after the other");
        before = part.bytes.data() + part.bytes.size();
    }
}

void image(std::string_view input) {
    const auto kind = image_kind(input);
    if (!kind) return;
    must(kind->width > 0 && kind->height > 0 && std::uint64_t{kind->width} * kind->height <= 50'000'000,
         "a picture has a size that can be held");
    must(kind->media_type == "image/jpeg" || kind->media_type == "image/png" || kind->media_type == "image/webp",
         "a picture is of a kind we show");
}

void signatures_and_states(std::string_view input) {
    FuzzedDataProvider data(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
    static const std::string key(32, 'k');
    const auto now = from_ms(1'700'000'000'000);
    const webhook::SignedHeaders headers{data.ConsumeRandomLengthString(300), data.ConsumeRandomLengthString(24),
                                         data.ConsumeRandomLengthString(400)};
    const auto body = data.ConsumeRemainingBytesAsString();
    const auto right = webhook::signature(key, headers.id, headers.timestamp, body);
    const auto verdict = webhook::check({key}, headers, body, now, std::chrono::minutes{5});
    must(!verdict || headers.signature.find(right) != std::string::npos, "only our signature fits");
    const auto signed_rightly =
        webhook::check({"older", key}, {headers.id, headers.timestamp, "v2,x " + right}, body, now, {});
    must(signed_rightly || signed_rightly.problem().code == "webhook.headers", "what is rightly signed is taken");
    (void)webhook::read_secret(body);
    must(!SignedState(key).is_ours(body, now), "no state but ours is ours");
}

void base64(std::string_view input) {
    if (const auto bytes = from_base64(input)) {
        const auto again = from_base64(to_base64(*bytes));
        must(again && *again == *bytes, "base64 comes back");
    }
    if (const auto bytes = from_base64url(input)) {
        const auto again = from_base64url(to_base64url(*bytes));
        must(again && *again == *bytes, "base64 for addresses comes back");
    }
    if (const auto bytes = from_hex(input)) must(to_hex(*bytes).size() == input.size(), "two digits a byte");
    const auto there = from_base64(to_base64(input));
    must(there && *there == input, "any bytes come back");
}

void words(std::string_view input) {
    const auto clean = clean_text(std::string(input));
    must(is_utf8(clean), "clean text is UTF-8");
    must(clean_text(clean) == clean, "clean text is clean");
    for (const std::size_t most : {16, 64, 2048}) {
        for (const auto& piece : cut_text(clean, most)) {
            must(!piece.empty() && piece.size() <= most, "a piece is not empty and not too long");
            must(is_utf8(piece), "no character is cut");
        }
    }
}

}  // namespace

std::vector<Target> codec_targets() {
    return {{"xml", xml},
            {"envelope", envelope},
            {"feishu_seal", feishu_seal},
            {"multipart", multipart},
            {"image", image},
            {"signatures", signatures_and_states},
            {"base64", base64},
            {"words", words}};
}

}  // namespace huiyin::fuzz
