#include "channels/dingtalk/door.h"

#include <charconv>
#include <optional>

#include "channels/codec/dingtalk_signature.h"
#include "channels/codec/json_fields.h"
#include "channels/codec/utf8.h"
#include "channels/dingtalk/reading.h"
#include "channels/edge/http_client.h"
#include "channels/unreadable.h"
#include "workflow/base/digest.h"
#include "workflow/base/json_text.h"
#include "workflow/base/log.h"

namespace huiyin::dingtalk {
namespace {
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds window = 1h;  // that the platform names for its robot, and we keep for the rest

Problem bad_signature(std::string reason) {
    return {"channel.bad_signature",
            "the callback was not signed as our settings say: compare app_secret, token and aes_key with the app's "
            "page, and robot_code and corp_id if they are written",
            std::move(reason)};
}

std::string value_of(const std::map<std::string, std::string>& values, const char* name) {
    const auto at = values.find(name);
    return at == values.end() ? std::string{} : at->second;
}

// In milliseconds or seconds since 1970. Whatever is before or beyond any of our lives is nobody's time, and too large
// to be reckoned with.
std::optional<std::int64_t> time_in(const std::string& text) {
    std::int64_t number = 0;
    const auto end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || error != std::errc{} || at != end || number < 0 || number > last_ms) return std::nullopt;
    return number;
}

bool is_event(const Callback& callback) {
    return callback.query.count("signature") || callback.query.count("msg_signature");
}

Result<std::vector<InboundMessage>> listed(std::optional<InboundMessage> message) {
    std::vector<InboundMessage> messages;
    if (message) messages.push_back(std::move(*message));
    return messages;
}

bool is_timely(std::int64_t ms, TimePoint received) {
    const auto off = to_ms(received) - ms;
    return off <= window.count() && off >= -window.count();
}

}  // namespace

Door::Door(const DingtalkSettings& settings, const std::vector<AesKey>& keys, Sessions& sessions, Presses& presses,
           const Clock& clock)
    : settings_(settings), sessions_(sessions), presses_(presses), clock_(clock) {
    if (keys.empty()) return;
    envelopes_.emplace_back(settings_.tokens, keys, settings_.app_key);
    if (!settings_.corp_id.empty()) envelopes_.emplace_back(settings_.tokens, keys, settings_.corp_id);
}

Result<HttpAnswer> Door::verify() { return bad_signature("get"); }

Result<std::vector<InboundMessage>> Door::read(const Callback& callback) const {
    if (is_event(callback)) {
        const auto opened = open_event(callback);
        if (!opened) return opened.problem();
        const auto json = parse_json(opened->opened.message, {.bytes = 65536});
        return listed(json && json->is_object()
                          ? dingtalk::read_event(settings_.id, *json, opened->opened.message, callback.received_at)
                          : unreadable_callback(settings_.id, opened->opened.message, callback.received_at));
    }
    if (callback.headers.count("x-ddpaas-signature")) return read_press(callback);
    return read_words(callback);
}

// A robot's message wants no words back; an event its sealed receipt; a press what the card shows whoever pressed.
HttpAnswer Door::answer(const Callback& callback, const InboundMessage& message, const std::vector<Said>& said) const {
    HttpAnswer answer{200, "application/json; charset=utf-8", "{}"};
    if (is_event(callback)) {
        if (const auto opened = open_event(callback)) answer.body = receipt_of(*opened);
    } else if (message.kind == InboundKind::choice) {
        presses_.answered(message.label);
        Json values = Json::object();
        if (!said.empty() && !said.front().text.empty())
            values["notice"] = cut_utf8(clean_text(said.front().text), 900);
        answer.body =
            to_text(Json{{"cardUpdateOptions", {{"updateCardDataByKey", true}, {"updatePrivateDataByKey", true}}},
                         {"userPrivateData", {{"cardParamMap", std::move(values)}}}});
    }
    return answer;
}

Result<std::vector<InboundMessage>> Door::read_words(const Callback& callback) const {
    const auto time = value_of(callback.headers, "timestamp"), sign = value_of(callback.headers, "sign");
    const auto ms = time_in(time);
    if (!ms || !is_timely(*ms, callback.received_at)) return bad_signature("timestamp");
    bool ours = false;
    for (const auto& secret : settings_.app_secrets)
        ours = equal_secrets(dingtalk::robot_signature(time, secret), sign) || ours;
    if (!ours) return bad_signature("sign");
    const auto json = parse_json(callback.body, {.bytes = 65536});
    if (!json || !json->is_object())
        return listed(unreadable_callback(settings_.id, callback.body, callback.received_at));
    // The sign does not cover the body: what it says of itself must fit, and what it asks us to call must be
    // DingTalk.
    const auto robot = text_in(*json, "robotCode"), corp = text_in(*json, "chatbotCorpId"),
               session = text_in(*json, "sessionWebhook");
    if (!robot.empty() && robot != settings_.robot_code) return bad_signature("robotCode");
    if (!corp.empty() && !settings_.corp_id.empty() && corp != settings_.corp_id) return bad_signature("chatbotCorpId");
    if (!session.empty() && http::origin_of(session) != http::origin_of(settings_.old_api_base))
        return bad_signature("sessionWebhook");
    if (!json->contains("text") && !json->contains("content") && json->contains("errorMessage")) {
        log::error("channel.quota_used_up",
                   {{"channel", settings_.id.value}, {"message", text_in(*json, "errorMessage").substr(0, 200)}});
        return std::vector<InboundMessage>{};
    }
    auto message = dingtalk::read_words(settings_.id, *json, callback.body, callback.received_at);
    // The address for answers of a group would say to all what is meant for him.
    if (message && message->group.empty() && message->address.rfind(dingtalk::outsider, 0) == 0 && !session.empty()) {
        const auto until = json->find("sessionWebhookExpiredTime");
        std::optional<std::int64_t> end;
        if (until != json->end() && until->is_number_integer()) end = time_in(to_text(*until));
        if (until != json->end() && until->is_string()) end = time_in(until->get<std::string>());
        if (end) sessions_.open(message->address, session, from_ms(*end));
    }
    return listed(std::move(message));
}

Result<std::vector<InboundMessage>> Door::read_press(const Callback& callback) const {
    const auto time = value_of(callback.headers, "x-ddpaas-signature-timestamp");
    const auto ms = time_in(time);
    if (settings_.card_template.empty() || !ms || !is_timely(*ms, callback.received_at))
        return bad_signature("timestamp");
    if (!equal_secrets(dingtalk::card_signature(time, settings_.card_secret),
                       value_of(callback.headers, "x-ddpaas-signature")))
        return bad_signature("sign");
    const auto json = parse_json(callback.body, {.bytes = 65536});
    if (!json || !json->is_object())
        return listed(unreadable_callback(settings_.id, callback.body, callback.received_at));
    if (const auto corp = text_in(*json, "corpId");
        !corp.empty() && !settings_.corp_id.empty() && corp != settings_.corp_id)
        return bad_signature("corpId");
    auto message = dingtalk::read_press(settings_.id, *json, callback.body, time, callback.received_at);
    if (message && !message->label.empty()) presses_.begun(message->label, clock_.now());
    return listed(std::move(message));
}

Result<Door::Event> Door::open_event(const Callback& callback) const {
    const auto time = value_of(callback.query, "timestamp");
    // Samples have it in seconds and in milliseconds.
    const auto number = time_in(time);
    if (!number || !is_timely(*number < 100'000'000'000 ? *number * 1000 : *number, callback.received_at))
        return bad_signature("timestamp");
    const auto shell = parse_json(callback.body, {.bytes = 65536});
    if (!shell || !shell->is_object()) return bad_signature("json");
    auto signature = value_of(callback.query, "signature");
    if (signature.empty()) signature = value_of(callback.query, "msg_signature");
    std::string why = "no key";
    for (const auto& envelope : envelopes_) {
        auto opened = envelope.open(signature, time, value_of(callback.query, "nonce"), text_in(*shell, "encrypt"));
        if (opened) return Event{std::move(*opened), &envelope};
        why = opened.problem().code;
    }
    return bad_signature(why);
}

std::string Door::receipt_of(const Event& event) const {
    const auto time = std::to_string(to_ms(clock_.now()));
    const auto nonce = random_hex(8);
    const auto sealed = event.with->seal("success", time, nonce, event.opened.used);
    return to_text(
        Json{{"msg_signature", sealed.signature}, {"timeStamp", time}, {"nonce", nonce}, {"encrypt", sealed.encrypt}});
}

}  // namespace huiyin::dingtalk
