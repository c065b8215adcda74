#include "channels/wecom/callback.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "channels/codec/xml.h"
#include "workflow/base/digest.h"
#include "workflow/base/json_text.h"

namespace huiyin::wecom {
namespace {

std::string query_of(const Callback& callback, const char* name) {
    const auto at = callback.query.find(name);
    return at == callback.query.end() ? std::string{} : at->second;
}

Problem bad_signature(std::string reason) {
    return {
        "channel.bad_signature",
        "the callback was not signed and sealed as our settings say: compare token, encoding_aes_key and corp_id with "
        "the app's page",
        std::move(reason)};
}

std::string trimmed(const std::string& text) {
    const auto from = text.find_first_not_of(" \t\r\n");
    if (from == std::string::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

}  // namespace

Callbacks::Callbacks(std::vector<std::string> tokens, std::vector<AesKey> keys, std::string corp_id,
                     std::chrono::seconds window)
    : envelope_(std::move(tokens), std::move(keys), std::move(corp_id)), window_(window) {}

Result<HttpAnswer> Callbacks::verify(const Callback& callback) const {
    auto echo = query_of(callback, "echostr");
    std::replace(echo.begin(), echo.end(), ' ', '+');  // a proxy decoded the query once too often
    auto opened = envelope_.open(query_of(callback, "msg_signature"), query_of(callback, "timestamp"),
                                 query_of(callback, "nonce"), echo);
    if (!opened) return bad_signature(opened.problem().code);
    return HttpAnswer{200, "text/plain; charset=utf-8", std::move(opened->message)};
}

Result<Envelope::Opened> Callbacks::open(const Callback& callback) const {
    if (!is_timely(query_of(callback, "timestamp"), callback.received_at)) return bad_signature("timestamp");
    const auto shell = Xml::read(callback.body);
    if (!shell && shell.problem().code == "xml.forbidden")
        return Problem{"channel.forbidden_xml", "a document type or entity declaration is refused", "xml.forbidden"};
    if (!shell) return bad_signature(shell.problem().code);
    return open(callback, trimmed(shell->text("Encrypt")));
}

Result<Envelope::Opened> Callbacks::open(const Callback& callback, const std::string& encrypt) const {
    const auto timestamp = query_of(callback, "timestamp");
    if (!is_timely(timestamp, callback.received_at)) return bad_signature("timestamp");
    auto opened = envelope_.open(query_of(callback, "msg_signature"), timestamp, query_of(callback, "nonce"), encrypt);
    if (!opened) return bad_signature(opened.problem().code);
    return opened;
}

HttpAnswer Callbacks::sealed(const std::string& xml, Envelope::Pair used, TimePoint now) const {
    const auto seconds = std::to_string(to_ms(now) / 1000);
    const auto nonce = random_hex(8);
    const auto sealed = envelope_.seal(xml, seconds, nonce, used);
    XmlWriter shell;
    shell.text("Encrypt", sealed.encrypt)
        .text("MsgSignature", sealed.signature)
        .number("TimeStamp", seconds)
        .text("Nonce", nonce);
    return {200, "text/xml; charset=utf-8", shell.done()};
}

HttpAnswer Callbacks::sealed_json(const std::string& json, Envelope::Pair used, const Callback& callback,
                                  TimePoint now) const {
    const auto seconds = to_ms(now) / 1000;
    const auto nonce = query_of(callback, "nonce");
    const auto sealed = envelope_.seal(json, std::to_string(seconds), nonce, used);
    return {200, "application/json; charset=utf-8",
            to_text(Json{{"encrypt", sealed.encrypt},
                         {"msgsignature", sealed.signature},
                         {"timestamp", seconds},
                         {"nonce", nonce}})};
}

bool Callbacks::is_timely(const std::string& timestamp, TimePoint received) const {
    std::int64_t seconds = 0;
    const auto end = timestamp.data() + timestamp.size();
    const auto [at, error] = std::from_chars(timestamp.data(), end, seconds);
    if (timestamp.empty() || error != std::errc{} || at != end) return false;
    const auto now = to_ms(received) / 1000;
    const auto window = window_.count();
    return window == 0 || (seconds >= now - window && seconds <= now + window);
}

Result<std::vector<AesKey>> keys_of(const std::vector<std::string>& texts) {
    std::vector<AesKey> keys;
    for (const auto& text : texts) {
        if (text.empty()) continue;
        auto key = read_aes_key(text);
        if (!key)
            return Problem{"channel.bad_settings", "\"encoding_aes_key\": " + key.problem().text, key.problem().detail};
        keys.push_back(*key);
    }
    return keys;
}

}  // namespace huiyin::wecom
