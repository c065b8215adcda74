#include "channels/wecom_aibot/wecom_aibot.h"

#include <algorithm>

#include "channels/codec/envelope.h"
#include "channels/codec/json_fields.h"
#include "channels/edge/http_client.h"
#include "channels/outgoing/media.h"
#include "channels/outgoing/rates.h"
#include "channels/outgoing/unanswered.h"
#include "channels/outgoing/words.h"
#include "channels/unreadable.h"
#include "channels/wecom/callback.h"
#include "channels/wecom/reactions.h"
#include "channels/wecom_aibot/reading.h"
#include "channels/wecom_aibot/talks.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {
using namespace std::chrono_literals;

constexpr const char* json_type = "application/json; charset=utf-8";

Problem bad_signature(std::string reason) {
    return {"channel.bad_signature",
            "the callback was not signed and sealed as our settings say: compare token, encoding_aes_key and bot_id "
            "with the bot's page",
            std::move(reason)};
}

class WecomAibot final : public Channel {
public:
    WecomAibot(WecomAibotSettings settings, std::vector<AesKey> keys, Caller call, const Clock& clock)
        : settings_(std::move(settings)),
          keys_(std::move(keys)),
          callbacks_(settings_.tokens, keys_, "", settings_.signature_window),
          call_(std::move(call)),
          clock_(clock),
          api_(call_, "", wecom::reactions(), nullptr),
          talks_(settings_.keeper ? settings_.keeper : kept_in_memory()) {
        capabilities_.passive_reply = true;
        capabilities_.push = true;
        capabilities_.cards = true;
        capabilities_.text_bytes = static_cast<int>(aibot::most_answer_bytes);
        // Each message brings one address: two until a case is filed. One piece of news, and the rest for what must
        // arrive.
        capabilities_.window = 1h;
        capabilities_.window_pushes = 3;
        capabilities_.to_residents = true;
        capabilities_.rates = {{"response_url", Rate::Of::recipient, 30, 60s},
                               {"response_url", Rate::Of::recipient, 1000, 1h}};
        rates_ = Rates(capabilities_.rates);
    }

    const ChannelId& id() const override { return settings_.id; }
    const Capabilities& capabilities() const override { return capabilities_; }
    void shared_among(const std::function<int()>& processes) override { rates_.share(processes); }
    Result<HttpAnswer> verify(const Callback& callback) const override { return callbacks_.verify(callback); }

    Result<std::vector<InboundMessage>> read(const Callback& callback) const override {
        const auto opened = open(callback);
        if (!opened) return opened.problem();
        std::vector<InboundMessage> messages;
        if (!opened->json) {
            messages.push_back(unreadable_callback(settings_.id, opened->text, callback.received_at));
            return messages;
        }
        auto message = aibot::read_message(settings_.id, *opened->json, opened->text, callback.received_at);
        if (!message) return messages;
        const auto url = text_in(*opened->json, "response_url");
        if (!url.empty() && !message->address.empty() && http::origin_of(url) == http::origin_of(settings_.api_base))
            talks_.open(aibot::talk_of(*message), url, clock_.now());
        messages.push_back(std::move(*message));
        return messages;
    }

    // A whole answer at once; the same to whoever asks how far it is. A welcome is plain text.
    HttpAnswer passive(const Callback& callback, const InboundMessage& message,
                       const std::vector<Said>& said) const override {
        const HttpAnswer bare{200, json_type, ""};
        const auto opened = open(callback);
        if (!opened || !opened->json) return bare;
        if (text_in(*opened->json, "msgtype") == "stream") {
            const auto stream = text_in(part_of(*opened->json, "stream"), "id");
            const auto words = talks_.answer_of(stream, clock_.now());
            return words ? sealed(callback, *opened, stream_body(stream, *words)) : bare;
        }
        const auto words = aibot::words_of(said);
        if (words.empty()) return bare;  // nothing now: an empty answer would take away what is shown
        if (message.kind == InboundKind::entered)
            return sealed(callback, *opened, {{"msgtype", "text"}, {"text", {{"content", words}}}});
        const auto stream = aibot::stream_of(message.key);
        talks_.answered(stream, words, clock_.now());
        auto body = stream_body(stream, words);
        body["stream"]["feedback"] = {{"id", stream}};
        return sealed(callback, *opened, body);
    }

    // What is said into a group's answer is read by all of it: only what is meant for all goes there.
    bool passive_fits(const std::vector<Said>& said) const override {
        return std::none_of(said.begin(), said.end(), [](const Said& one) { return bool(one.image); }) &&
               aibot::words_of(said).size() <= aibot::most_answer_bytes;
    }

    Result<Receipt> send(const OutboxItem& item) override {
        const auto words = within(aibot::words_of({item.said}), aibot::most_answer_bytes);
        if (words.empty()) return Problem{"channel.rejected", "there is nothing to say in this message", "empty"};
        // The platform takes each address once, and it is this row's alone: what makes a repeat safe, after a restart
        // too.
        while (const auto to = talks_.address_for(item.address, item.id, clock_.now())) {
            const auto let_go = [&] {
                if (!to->asked_before) talks_.let_go(item.address, to->url);
            };
            if (auto room = rates_.take("response_url", item.address, item.priority, clock_.now()); !room) {
                let_go();
                return room.problem();
            }
            auto answer = api_.post(to->url, {{"msgtype", "markdown"}, {"markdown", {{"content", words}}}});
            if (!answer && answer.problem().code == "channel.busy") {
                if (!may_have_arrived(answer.problem().detail)) let_go();
                return answer.problem();
            }
            if (answer) {
                const auto problem = problem_of(wecom::reactions(), *answer, clock_.now());
                if (answer->errcode && problem.code == "channel.busy") {
                    let_go();
                    return problem;
                }
            }
            talks_.close(item.address, to->url);
            if (answer && (answer->errcode == 0 || to->asked_before)) return Receipt{};
            log::info("channel.answer_refused",
                      {{"channel", settings_.id.value}, {"errcode", answer ? answer->errcode : 0}});
        }
        return Problem{"channel.closed", "no address for an answer is left: the bot may not begin a talk",
                       "session.expired"};
    }

    // Where its address leads no private one is called; its bytes are sealed with the bot's key.
    Result<std::string> fetch_media(const InboundMedia& medium) override {
        const auto sealed_bytes = fetched_medium(call_, medium.url, settings_.media_bytes + 32);
        if (!sealed_bytes) return sealed_bytes.problem();
        for (const auto& key : keys_)
            if (auto bytes = open_file(key, *sealed_bytes); bytes && !bytes->empty()) return std::move(*bytes);
        return Problem{"media.gone", "the medium is not sealed with our key", {}};
    }

    Result<std::string> check() override {
        return std::string(
            "an AI bot can only be tried by a message to it: its page proves the address when it is saved");
    }

private:
    struct Opened {
        std::string text;
        std::optional<Json> json;
        Envelope::Pair used;
    };

    Result<Opened> open(const Callback& callback) const {
        const auto shell = parse_json(callback.body, {.bytes = 65536});
        if (!shell || !shell->is_object()) return bad_signature("json");
        auto opened = callbacks_.open(callback, text_in(*shell, "encrypt"));
        if (!opened) return bad_signature(opened.problem().detail);
        Opened out{std::move(opened->message), std::nullopt, opened->used};
        if (auto json = parse_json(out.text, {.bytes = 65536}); json && json->is_object()) out.json = std::move(*json);
        if (out.json && !settings_.bot_id.empty() && text_in(*out.json, "aibotid") != settings_.bot_id)
            return bad_signature("aibotid");
        return out;
    }

    static Json stream_body(const std::string& stream, const std::string& words) {
        return {{"msgtype", "stream"}, {"stream", {{"id", stream}, {"finish", true}, {"content", words}}}};
    }

    HttpAnswer sealed(const Callback& callback, const Opened& opened, const Json& body) const {
        return callbacks_.sealed_json(to_text(body), opened.used, callback, clock_.now());
    }

    const WecomAibotSettings settings_;
    const std::vector<AesKey> keys_;
    const wecom::Callbacks callbacks_;
    const Caller call_;
    Capabilities capabilities_;
    const Clock& clock_;
    JsonApi api_;
    mutable aibot::Talks talks_;
    // Of the courier's thread alone.
    Rates rates_{{}};
};

}  // namespace

Result<std::unique_ptr<Channel>> make_wecom_aibot(WecomAibotSettings settings, Caller call, const Clock& clock) {
    const auto bad = [&](const std::string& text) {
        return Problem{"channel.bad_settings", "channel \"" + settings.id.value + "\": " + text, {}};
    };
    std::erase(settings.tokens, std::string{});
    auto keys = wecom::keys_of(settings.encoding_aes_keys);
    if (!keys) return bad(keys.problem().text);
    if (settings.tokens.empty()) return bad("\"token\" is empty: copy it from the bot's page");
    if (keys->empty()) return bad("\"encoding_aes_key\" is empty: copy it from the bot's page");
    return std::unique_ptr<Channel>(
        std::make_unique<WecomAibot>(std::move(settings), std::move(*keys), std::move(call), clock));
}

}  // namespace huiyin
