#include "channels/wecom/wecom_app.h"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

#include "channels/codec/json_fields.h"
#include "channels/codec/utf8.h"
#include "channels/codec/xml.h"
#include "channels/outgoing/rates.h"
#include "channels/outgoing/unanswered.h"
#include "channels/outgoing/uploads.h"
#include "channels/wecom/access.h"
#include "channels/wecom/callback.h"
#include "channels/wecom/cards.h"
#include "channels/wecom/reactions.h"
#include "channels/wecom/reading.h"
#include "channels/window.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds unsure_wait = 5min;  // before the one repeat of words that WeCom may have taken
constexpr std::int64_t duplicate_seconds = 14400;        // the longest that WeCom keeps requests to compare

std::string lower(std::string text) {
    for (auto& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

// Of a |-list in any letter case.
bool names(const Json& json, const char* list, const std::string& userid) {
    const auto at = json.find(list);
    if (at == json.end() || !at->is_string() || userid.empty()) return false;
    return ("|" + lower(at->get<std::string>()) + "|").find("|" + lower(userid) + "|") != std::string::npos;
}

class WecomApp final : public Channel {
public:
    WecomApp(WecomAppSettings settings, std::vector<AesKey> keys, Caller call, FileReader files, const Clock& clock)
        : settings_(std::move(settings)),
          callbacks_(settings_.tokens, std::move(keys), settings_.corp_id, settings_.signature_window),
          clock_(clock),
          tokens_(settings_.access
                      ? settings_.access
                      : wecom::token_cache_of({settings_.api_base, settings_.corp_id, settings_.secret}, call, clock)),
          api_(std::move(call), settings_.api_base, wecom::reactions(), tokens_.get()),
          uploads_(api_, std::move(files), clock_, [this](const ApiAnswer& answer) { return refusal(answer); }) {
        capabilities_.push = true;
        capabilities_.buttons = true;
        capabilities_.cards = true;
        capabilities_.images = true;
        capabilities_.text_bytes = static_cast<int>(wecom::most_text_bytes);
        capabilities_.buttons_most = static_cast<int>(wecom::most_buttons);
        capabilities_.to_staff = capabilities_.to_residents = true;
        // What is beyond 30 a minute and 1,000 an hour to one member is dropped silently.
        capabilities_.rates = {{"message/send", Rate::Of::recipient, 30, 60s},
                               {"message/send", Rate::Of::recipient, 1000, 1h},
                               {"message/update_template_card", Rate::Of::channel, 2000, 60s},
                               {"message/recall", Rate::Of::channel, 2000, 60s}};
        if (settings_.day_messages > 0)
            capabilities_.rates.push_back({"message/send", Rate::Of::channel, settings_.day_messages, 24h});
        rates_ = Rates(capabilities_.rates);
    }

    const ChannelId& id() const override { return settings_.id; }
    const Capabilities& capabilities() const override { return capabilities_; }
    void shared_among(const std::function<int()>& processes) override { rates_.share(processes); }

    Result<HttpAnswer> verify(const Callback& callback) const override { return callbacks_.verify(callback); }

    Result<std::vector<InboundMessage>> read(const Callback& callback) const override {
        auto opened = callbacks_.open(callback);
        if (!opened) return opened.problem();
        const auto raw = opened->message;
        auto xml = Xml::read(raw);
        if (!xml && xml.problem().code == "xml.forbidden") return forbidden();
        if (!xml) return std::vector{wecom::unreadable_message(settings_.id, raw, callback.received_at)};
        std::vector<InboundMessage> messages;
        if (auto message = wecom::read_message(settings_.id, *xml, raw)) messages.push_back(std::move(*message));
        return messages;
    }

    // A passive reply here may be lost without notice: it only turns the tapped button grey for who tapped it.
    HttpAnswer passive(const Callback& callback, const InboundMessage& message,
                       const std::vector<Said>& said) const override {
        const HttpAnswer bare{200, "text/plain; charset=utf-8", ""};
        if (message.reply_reference.empty() || message.kind != InboundKind::choice || said.empty()) return bare;
        const auto name = wecom::replace_name_of(said.front());
        const auto opened = callbacks_.open(callback);
        if (name.empty() || !opened) return bare;
        const auto now = std::to_string(to_ms(clock_.now()) / 1000);
        XmlWriter reply;
        reply.text("ToUserName", message.address)
            .text("FromUserName", settings_.corp_id)
            .number("CreateTime", now)
            .text("MsgType", "update_button")
            .open("Button")
            .text("ReplaceName", name)
            .close("Button");
        return callbacks_.sealed(reply.done(), opened->used, clock_.now());
    }

    Result<Receipt> send(const OutboxItem& item) override {
        if (item.kind == "card_update" && !item.reference.empty()) return update_card(item);
        if (item.kind == "recall") return recall(item);
        if (item.address.empty()) return Problem{"channel.rejected", "the message has no recipient", "82001"};
        auto& progress = progress_[item.id];  // a repeat goes on where the last attempt stopped
        if (progress.bodies.empty()) progress.bodies = wecom::bodies_of(item.said, task_of(item));
        if (progress.bodies.empty() && !item.said.image) {
            progress_.erase(item.id);
            return Problem{"channel.rejected", "there is nothing to say in this message", "empty"};
        }
        // A card has a name that WeCom knows again; words have none.
        const bool named = progress.done < progress.bodies.size() && is_named(progress.bodies[progress.done]);
        if (!named && unanswered_.twice(item)) {
            progress_.erase(item.id);
            unanswered_.forget(item.id);
            return Problem{"channel.rejected",
                           "WeCom gave no answer twice: the message may stand in the talk, ask there before sending it "
                           "again",
                           "unknown"};
        }
        auto sent = send_rest(item, progress);
        const bool over = sent || sent.problem().code == "channel.gone" || sent.problem().code == "channel.rejected";
        if (over) progress_.erase(item.id);
        if (over) unanswered_.forget(item.id);
        if (progress_.size() > 1000) progress_.clear();
        return sent;
    }

    Result<std::string> fetch_media(const InboundMedia& medium) override {
        if (medium.media_id.empty()) return Problem{"media.gone", "the message names no medium", {}};
        return api_.download("/cgi-bin/media/get?media_id=" + url_encoded(medium.media_id), settings_.media_bytes);
    }

    Result<std::string> check() override {
        auto answer = api_.get("/cgi-bin/getcallbackip");
        if (!answer) return answer.problem();
        if (answer->errcode) return refusal(*answer);
        return std::string("WeCom answers and takes our corp_id and secret");
    }

private:
    static Problem forbidden() {
        return {"channel.forbidden_xml", "a document type or entity declaration is refused", "xml.forbidden"};
    }

    struct Progress {
        std::vector<Json> bodies;
        std::size_t done = 0;
        bool plain = false;     // the card was refused: the same words go as text
        bool has_code = false;  // of a card with buttons
        Receipt receipt;
        std::optional<Problem> refused;  // of one part that was to be taken back
    };

    // What failed before anything was said: the row must not look as if it had perhaps arrived.
    static Problem unsent(const char* what, const Problem& why) {
        return {why.code, why.text, std::string(what) + " " + why.detail};
    }

    Result<Receipt> send_rest(const OutboxItem& item, Progress& progress) {
        while (progress.done < progress.bodies.size()) {
            auto sent = post(item, progress.bodies[progress.done]);
            if (!sent) return sent.problem();
            if (wecom::is_about_card(sent->errcode) && !progress.plain) {
                log::warning("channel.card_refused",
                             {{"channel", settings_.id.value}, {"errcode", sent->errcode}, {"errmsg", sent->errmsg}});
                progress.plain = true;
                progress.bodies = wecom::plain_bodies_of(item.said);
                progress.done = 0;
                continue;
            }
            if (sent->errcode) return refusal(*sent);
            take_receipt(item, *sent, progress.receipt);
            note_sent(*sent, progress);
            if (is_dropped(item, *sent))
                return Problem{"channel.gone", "the member is not in the app's visible range", "0 invaliduser"};
            ++progress.done;
        }
        if (item.said.image && progress.done == progress.bodies.size()) {
            auto medium = uploads_.id_of(item.said.image);
            if (!medium) return unsent("upload", medium.problem());
            auto sent = post(item, {{"msgtype", "image"}, {"image", {{"media_id", *medium}}}});
            if (!sent) return sent.problem();
            if (sent->errcode == 40007) uploads_.forget(item.said.image);
            if (sent->errcode)
                return sent->errcode == 40007
                           ? Problem{"channel.busy", "the uploaded picture is gone: it is sent anew", "40007"}
                           : refusal(*sent);
            note_sent(*sent, progress);
            ++progress.done;
        }
        return progress.receipt;
    }

    Result<ApiAnswer> post(const OutboxItem& item, Json body) {
        if (auto room = rates_.take("message/send", lower(item.address), item.priority, clock_.now()); !room)
            return room.problem();
        if (auto token = tokens_->get(); !token) return unsent("token", token.problem());
        body["touser"] = item.address;
        body["agentid"] = settings_.agent_id;
        // The same request again within four hours is answered but not shown again: what makes a repeat safe. Only
        // where the row's own name stands in it: the same words may be said twice in earnest.
        const bool named = is_named(body);
        if (named) {
            body["enable_duplicate_check"] = 1;
            body["duplicate_check_interval"] = duplicate_seconds;
        }
        auto answer = api_.post("/cgi-bin/message/send", body);
        if (answer || named || item.priority == Priority::emergency) return answer;
        const auto& problem = answer.problem();
        unanswered_.note(item.id, problem.detail);
        if (!may_have_arrived(problem.detail)) return answer;
        return Problem{problem.code, problem.text,
                       problem.detail + " retry_after_ms=" + std::to_string(unsure_wait.count())};
    }

    static bool is_named(const Json& body) {
        const auto card = body.find("template_card");
        return card != body.end() && card->contains("task_id");
    }

    // What a person has sent once more is another card.
    static std::string task_of(const OutboxItem& item) {
        const auto name = "o" + to_text(item.id);
        return is_asked_again(item) ? name + "-" + item.reference.substr(item.reference.find(':') + 1) : name;
    }

    static bool is_dropped(const OutboxItem& item, const ApiAnswer& answer) {
        return names(answer.json, "invaliduser", item.address) || names(answer.json, "unlicenseduser", item.address);
    }

    static void take_receipt(const OutboxItem& item, const ApiAnswer& answer, Receipt& receipt) {
        for (const auto* list : {"invaliduser", "unlicenseduser", "invalidparty", "invalidtag"}) {
            const auto at = answer.json.find(list);
            if (at != answer.json.end() && at->is_string() && !at->get<std::string>().empty()) receipt.partial = true;
        }
        if (item.address.find('|') == std::string::npos && !is_dropped(item, answer)) receipt.partial = false;
    }

    // A card with buttons is known by its response code alone; of words that went in parts, every part is kept.
    static void note_sent(const ApiAnswer& answer, Progress& progress) {
        auto& reference = progress.receipt.reference;
        if (const auto code = text_in(answer.json, "response_code"); !code.empty()) {
            if (!progress.has_code) reference = code;
            progress.has_code = true;
        } else if (const auto id = text_in(answer.json, "msgid");
                   !id.empty() && !progress.has_code &&
                   (" " + reference + " ").find(" " + id + " ") == std::string::npos) {  // equal parts are shown once
            reference += (reference.empty() ? "" : " ") + id;
        }
    }

    Result<Receipt> update_card(const OutboxItem& item) {
        if (auto room = rates_.take("message/update_template_card", "", item.priority, clock_.now()); !room)
            return room.problem();
        Json body = wecom::update_of(item.said);
        body["agentid"] = settings_.agent_id;
        body["response_code"] = item.reference;
        if (item.address.empty())
            body["atall"] = 1;
        else
            body["userids"] = Json::array({item.address});
        auto answer = api_.post("/cgi-bin/message/update_template_card", body);
        if (!answer) return answer.problem();
        if (answer->errcode) return refusal(*answer);
        return Receipt{};
    }

    // All parts, one after the other; a repeat goes on behind those that are gone.
    Result<Receipt> recall(const OutboxItem& item) {
        std::vector<std::string> parts;
        std::istringstream all(item.reference);
        for (std::string one; all >> one;) parts.push_back(std::move(one));
        auto& progress = progress_[item.id];
        while (progress.done < parts.size()) {
            if (auto room = rates_.take("message/recall", "", item.priority, clock_.now()); !room)
                return room.problem();
            auto answer = api_.post("/cgi-bin/message/recall", {{"msgid", parts[progress.done]}});
            if (!answer) return answer.problem();
            if (answer->errcode) {
                auto problem = refusal(*answer);
                if (problem.code != "channel.rejected") return problem;
                progress.refused = std::move(problem);  // the others are taken back all the same
            }
            ++progress.done;
        }
        const auto refused = std::move(progress.refused);
        progress_.erase(item.id);
        if (refused) return *refused;
        return Receipt{};
    }

    Problem refusal(const ApiAnswer& answer) const {
        const auto reaction = reaction_to(wecom::reactions(), answer.errcode).reaction;
        if (reaction == Reaction::wrong)
            log::warning("channel.refused",
                         {{"channel", settings_.id.value}, {"errcode", answer.errcode}, {"errmsg", answer.errmsg}});
        return problem_of(wecom::reactions(), answer, clock_.now());
    }

    const WecomAppSettings settings_;
    const wecom::Callbacks callbacks_;
    Capabilities capabilities_;
    const Clock& clock_;
    const std::shared_ptr<TokenCache> tokens_;  // one a corp and secret
    JsonApi api_;
    // Of the courier's thread alone.
    Uploads uploads_;
    std::map<OutboxId, Progress> progress_;
    Unanswered unanswered_;
    Rates rates_{{}};
};

}  // namespace

Result<std::unique_ptr<Channel>> make_wecom_app(WecomAppSettings settings, Caller call, FileReader files,
                                                const Clock& clock) {
    const auto bad = [&](const std::string& text) {
        return Problem{"channel.bad_settings", "channel \"" + settings.id.value + "\": " + text, {}};
    };
    if (settings.corp_id.empty()) return bad("\"corp_id\" is empty: copy it from the page of the company");
    if (settings.secret.empty()) return bad("\"secret\" is empty: copy it from the app's page");
    if (settings.agent_id <= 0) return bad("\"agent_id\" is missing: copy the number from the app's page");
    auto keys = wecom::keys_of(settings.encoding_aes_keys);
    if (!keys) return bad(keys.problem().text);
    settings.tokens.erase(std::remove(settings.tokens.begin(), settings.tokens.end(), ""), settings.tokens.end());
    if (settings.tokens.empty() != keys->empty())
        return bad("\"token\" and \"encoding_aes_key\" belong together: write both, or none to receive nothing");
    if (!settings.api_base.empty() && settings.api_base.back() == '/') settings.api_base.pop_back();
    return std::unique_ptr<Channel>(
        std::make_unique<WecomApp>(std::move(settings), std::move(*keys), std::move(call), std::move(files), clock));
}

}  // namespace huiyin
