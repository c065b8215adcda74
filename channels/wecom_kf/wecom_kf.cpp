#include "channels/wecom_kf/wecom_kf.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "channels/codec/utf8.h"
#include "channels/codec/xml.h"
#include "channels/outgoing/rates.h"
#include "channels/outgoing/uploads.h"
#include "channels/wecom/access.h"
#include "channels/wecom/callback.h"
#include "channels/wecom/reading.h"
#include "channels/wecom_kf/messages.h"
#include "channels/wecom_kf/reactions.h"
#include "channels/wecom_kf/sessions.h"
#include "channels/window.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {
using namespace std::chrono_literals;

constexpr std::size_t most_news_bytes = 4 << 20;  // of one answer
constexpr const char* plain_reference = "plain";

// Whether the attempt before this one may have been taken: then a refusal says no more than "not again".
bool may_have_been_taken(const OutboxItem& item) {
    if (item.attempts <= 1) return false;
    const auto& before = item.error_code;
    return before.empty() || before.rfind("http.", 0) == 0 || before == "unreadable" ||
           (before.size() == 3 && (before[0] == '5' || before == "408"));
}

class WecomKfChannel final : public WecomKf {
public:
    WecomKfChannel(WecomKfSettings settings, std::vector<AesKey> keys, Caller call, FileReader files,
                   const Clock& clock)
        : settings_(std::move(settings)),
          callbacks_(settings_.tokens, std::move(keys), settings_.corp_id, settings_.signature_window),
          clock_(clock),
          tokens_(settings_.access
                      ? settings_.access
                      : wecom::token_cache_of({settings_.api_base, settings_.corp_id, settings_.secret}, call, clock)),
          api_(std::move(call), settings_.api_base, kf::reactions(), tokens_.get()),
          sessions_(api_, settings_.id, settings_.open_kfid, clock_),
          uploads_(api_, std::move(files), clock_, [this](const ApiAnswer& answer) { return refusal(answer); }) {
        capabilities_.push = true;
        capabilities_.menu = true;
        capabilities_.images = true;
        capabilities_.text_bytes = static_cast<int>(kf::most_text_bytes);
        capabilities_.menu_text_bytes = static_cast<int>(kf::most_head_bytes);
        capabilities_.buttons_most = static_cast<int>(kf::most_menu_items);
        capabilities_.button_title_bytes = static_cast<int>(kf::most_item_bytes);
        capabilities_.window = 48h;
        capabilities_.window_pushes = 5;
        capabilities_.to_residents = true;
        // What a company of the older size may ask: a newer one has five times as much.
        capabilities_.rates = {{"kf/send_msg", Rate::Of::channel, 2000, 60s},
                               {"kf/send_msg", Rate::Of::channel, 30000, 1h}};
        rates_ = Rates(capabilities_.rates);
    }

    const ChannelId& id() const override { return settings_.id; }
    const std::string& account() const override { return settings_.open_kfid; }
    bool to_servicers() const override { return settings_.to_servicers; }
    const Capabilities& capabilities() const override { return capabilities_; }
    void shared_among(const std::function<int()>& processes) override { rates_.share(processes); }

    Result<HttpAnswer> verify(const Callback& callback) const override { return callbacks_.verify(callback); }

    // Doorbells alone. The same address gets what members write to the app: that is nobody's here.
    Result<std::vector<InboundMessage>> read(const Callback& callback) const override {
        const auto opened = callbacks_.open(callback);
        if (!opened) return opened.problem();
        auto xml = Xml::read(opened->message);
        if (!xml && xml.problem().code == "xml.forbidden")
            return Problem{"channel.forbidden_xml", "a document type or entity declaration is refused",
                           "xml.forbidden"};
        std::vector<InboundMessage> messages;
        auto message = xml ? wecom::read_message(settings_.id, *xml, opened->message)
                           : wecom::unreadable_message(settings_.id, opened->message, callback.received_at);
        if (!message) return messages;
        if (message->kind == InboundKind::event && message->text == "kf_account_auth_change") {
            log::warning("channel.accounts_changed", {{"channel", settings_.id.value}});
            return messages;
        }
        const bool doorbell = message->kind == InboundKind::event && message->text == "kf_msg_or_event";
        if (!doorbell && message->raw.empty()) {
            log::info("channel.not_for_us", {{"channel", settings_.id.value}});
            return messages;
        }
        message->address.clear();
        message->staff = false;
        messages.push_back(std::move(*message));
        return messages;
    }

    HttpAnswer passive(const Callback&, const InboundMessage&, const std::vector<Said>&) const override {
        return {200, "text/plain; charset=utf-8", ""};
    }

    int messages_of(const Said& said) const override {
        return static_cast<int>(kf::bodies_of(said).size()) + (said.image ? 1 : 0);
    }

    Result<Receipt> send(const OutboxItem& item) override {
        if (item.kind == "hand_over") {
            const auto wish = parse_json(item.said.text);
            return sessions_.hand_over(item.address, wish && wish->value("to", std::string{}) == "nobody");
        }
        if (item.address.empty()) return Problem{"channel.rejected", "the message has no recipient", "40096"};
        if (const auto code = read_event_reference(item.reference)) return send_by_code(item, *code);
        auto& progress = progress_[item.id];  // a repeat goes on where the last attempt stopped
        if (progress.bodies.empty()) {
            progress.plain = item.reference == plain_reference;
            progress.bodies = progress.plain ? kf::plain_bodies_of(item.said) : kf::bodies_of(item.said);
        }
        auto sent = send_rest(item, progress);
        if (sent || sent.problem().code != "channel.busy") progress_.erase(item.id);
        if (progress_.size() > 1000) progress_.clear();
        return sent;
    }

    Result<News> news(const std::string& cursor, const std::string& token, int most) override {
        Json body{{"open_kfid", settings_.open_kfid}, {"limit", most}, {"voice_format", 0}};
        if (!cursor.empty()) body["cursor"] = cursor;
        if (!token.empty()) body["token"] = token;
        auto answer = api_.post("/cgi-bin/kf/sync_msg", body, most_news_bytes);
        if (!answer) return answer.problem();
        if (answer->errcode) return refusal(*answer);
        News news;
        const auto list = answer->json.find("msg_list"), next = answer->json.find("next_cursor"),
                   more = answer->json.find("has_more");
        if (list != answer->json.end() && !list->is_array())
            return Problem{"channel.busy", "WeCom's answer has no readable msg_list", "unreadable"};
        if (list != answer->json.end())
            for (auto& one : *list) news.items.push_back(std::move(one));
        if (next != answer->json.end() && next->is_string()) news.next_cursor = next->get<std::string>();
        news.more = more != answer->json.end() && more->is_number_integer() && more->get<std::int64_t>() == 1;
        return news;
    }

    Result<std::string> fetch_media(const InboundMedia& medium) override {
        if (medium.media_id.empty()) return Problem{"media.gone", "the message names no medium", {}};
        return api_.download("/cgi-bin/media/get?media_id=" + url_encoded(medium.media_id), settings_.media_bytes);
    }

    Result<std::string> check() override {
        auto seen = sessions_.check(settings_.to_servicers);
        if (seen && settings_.tokens.empty())
            *seen += "; without token and encoding_aes_key news is only looked for every few minutes";
        return seen;
    }

private:
    struct Progress {
        std::vector<Json> bodies;
        std::size_t done = 0;
        int messages = 0;
        bool plain = false;
    };

    Problem refusal(const ApiAnswer& answer) const { return kf::refusal_of(settings_.id, answer, clock_.now()); }

    Result<Receipt> send_rest(const OutboxItem& item, Progress& progress) {
        if (progress.bodies.empty() && !item.said.image)
            return Problem{"channel.rejected", "there is nothing to say in this message", "empty"};
        while (progress.done < progress.bodies.size()) {
            auto sent = post(item, progress, progress.bodies[progress.done]);
            if (!sent) return sent.problem();
            if (kf::is_about_form(sent->errcode) && !progress.plain && progress.done + 1 == progress.bodies.size()) {
                log::warning("channel.menu_refused",
                             {{"channel", settings_.id.value}, {"errcode", sent->errcode}, {"errmsg", sent->errmsg}});
                // What went before the menu has been said: the menu's own words follow as text.
                progress.plain = true;
                auto rest = plain_form(progress.bodies.back());
                progress.bodies.pop_back();
                progress.bodies.insert(progress.bodies.end(), rest.begin(), rest.end());
                continue;
            }
            if (sent->errcode == 45002) {
                if (auto halves = halves_of(progress.bodies[progress.done]); halves.size() > 1) {
                    const auto at = progress.bodies.begin() + static_cast<std::ptrdiff_t>(progress.done);
                    progress.bodies.insert(progress.bodies.erase(at), halves.begin(), halves.end());
                    continue;
                }
            }
            if (auto taken = taken_or_not(item, *sent); !taken) return taken.problem();
            ++progress.done;
            ++progress.messages;
        }
        if (item.said.image && progress.done == progress.bodies.size()) {
            auto medium = uploads_.id_of(item.said.image);
            if (!medium) return medium.problem();
            auto sent = post(item, progress, {{"msgtype", "image"}, {"image", {{"media_id", *medium}}}});
            if (!sent) return sent.problem();
            if (sent->errcode == 40007) {
                uploads_.forget(item.said.image);
                return Problem{"channel.busy", "the uploaded picture is gone: it is sent anew", "40007"};
            }
            if (auto taken = taken_or_not(item, *sent); !taken) return taken.problem();
            ++progress.done;
            ++progress.messages;
        }
        Receipt receipt;
        receipt.messages = progress.messages;
        return receipt;
    }

    Result<ApiAnswer> post(const OutboxItem& item, const Progress& progress, Json body) {
        if (auto room = rates_.take("kf/send_msg", item.address, item.priority, clock_.now()); !room)
            return room.problem();
        body["touser"] = item.address;
        body["open_kfid"] = settings_.open_kfid;
        // The platform takes a name once: what makes a repeat safe.
        body["msgid"] = platform_message_id(item.id, progress.done, progress.plain,
                                            is_asked_again(item) ? item.reference : std::string{});
        return api_.post("/cgi-bin/kf/send_msg", body);
    }

    Result<Done> taken_or_not(const OutboxItem& item, const ApiAnswer& answer) {
        if (answer.errcode == 0) return Done{};
        if (answer.errcode == 95018) return sessions_.why_refused(item.address);
        auto problem = refusal(answer);
        if (problem.code == "channel.rejected" && may_have_been_taken(item)) {
            // The name was used: what was asked before its answer was lost is not asked again.
            log::info("channel.taken_before", {{"channel", settings_.id.value}, {"errcode", answer.errcode}});
            return Done{};
        }
        return problem;
    }

    Result<Receipt> send_by_code(const OutboxItem& item, const EventCode& code) {
        if (clock_.now() > code.until) return Problem{"channel.gone", "the time to answer this event is over", "late"};
        auto bodies = kf::bodies_of(item.said);
        if (bodies.size() != 1) bodies = kf::plain_bodies_of(item.said);
        if (bodies.empty()) return Problem{"channel.rejected", "there is nothing to say in this message", "empty"};
        auto body = bodies.front();  // one message a code
        body["code"] = code.code;
        body["msgid"] = platform_message_id(item.id, 0, false);
        auto answer = api_.post("/cgi-bin/kf/send_msg_on_event", body);
        if (!answer) return answer.problem();
        if (answer->errcode && !(kf::is_about_form(answer->errcode) && body.at("msgtype") == "msgmenu")) {
            if (auto taken = taken_or_not(item, *answer); !taken) return taken.problem();
        } else if (answer->errcode) {
            body = plain_form(bodies.front()).front();
            body["code"] = code.code;
            body["msgid"] = platform_message_id(item.id, 0, true);
            answer = api_.post("/cgi-bin/kf/send_msg_on_event", body);
            if (!answer) return answer.problem();
            if (answer->errcode) return refusal(*answer);
        }
        return Receipt{.reference = {}, .partial = false, .messages = 0};  // outside of the window
    }

    // A menu's words as text.
    static std::vector<Json> plain_form(const Json& body) {
        if (body.at("msgtype") != "msgmenu") return {body};
        const auto& menu = body.at("msgmenu");
        Said said;
        said.text = menu.value("head_content", std::string{});
        for (const auto& one : menu.at("list")) {
            if (one.at("type") == "click")
                said.choices.push_back({one.at("click").at("content").get<std::string>(), {}});
            else if (one.at("type") == "view")
                said.card = Card{{}, {}, one.at("view").at("url").get<std::string>()};
        }
        return kf::plain_bodies_of(said);
    }

    static std::vector<Json> halves_of(const Json& body) {
        if (body.at("msgtype") != "text") return {};
        const auto text = body.at("text").at("content").get<std::string>();
        std::vector<Json> halves;
        for (const auto& piece : cut_text(text, std::max<std::size_t>(text.size() / 2 + 1, 64)))
            halves.push_back({{"msgtype", "text"}, {"text", {{"content", piece}}}});
        return halves;
    }

    const WecomKfSettings settings_;
    const wecom::Callbacks callbacks_;
    Capabilities capabilities_;
    const Clock& clock_;
    const std::shared_ptr<TokenCache> tokens_;
    JsonApi api_;
    // Of the courier's thread alone.
    kf::Sessions sessions_;
    Uploads uploads_;
    std::map<OutboxId, Progress> progress_;
    Rates rates_{{}};
};

std::optional<std::int64_t> number_in(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

std::string event_reference(const std::string& code, TimePoint until) {
    return "code:" + std::to_string(to_ms(until)) + ":" + code;
}

std::optional<EventCode> read_event_reference(const std::string& reference) {
    if (reference.rfind("code:", 0) != 0) return std::nullopt;
    const auto colon = reference.find(':', 5);
    if (colon == std::string::npos) return std::nullopt;
    const auto until = number_in(std::string_view(reference).substr(5, colon - 5));
    if (!until) return std::nullopt;
    return EventCode{reference.substr(colon + 1), from_ms(*until)};
}

std::string platform_message_id(OutboxId item, std::size_t part, bool plain, const std::string& again) {
    const auto colon = again.find(':');
    return (plain ? "t" : "o") + to_text(item) + "-" + std::to_string(part) +
           (colon == std::string::npos ? "" : "-" + again.substr(colon + 1));
}

std::optional<OutboxId> item_of_message_id(const std::string& message_id) {
    if (message_id.size() < 4 || (message_id[0] != 'o' && message_id[0] != 't')) return std::nullopt;
    const auto dash = message_id.find('-');
    if (dash == std::string::npos) return std::nullopt;
    const auto last = std::min(message_id.find('-', dash + 1), message_id.size());
    const auto id = number_in(std::string_view(message_id).substr(1, dash - 1));
    if (!id || *id <= 0 || !number_in(std::string_view(message_id).substr(dash + 1, last - dash - 1)))
        return std::nullopt;
    return OutboxId{*id};
}

Result<std::unique_ptr<WecomKf>> make_wecom_kf(WecomKfSettings settings, Caller call, FileReader files,
                                               const Clock& clock) {
    const auto bad = [&](const std::string& text) {
        return Problem{"channel.bad_settings", "channel \"" + settings.id.value + "\": " + text, {}};
    };
    if (settings.corp_id.empty()) return bad("\"corp_id\" is empty: copy it from the page of the company");
    if (settings.secret.empty()) return bad("\"secret\" is empty: copy it from the page of the app that may call");
    if (settings.open_kfid.empty())
        return bad("\"open_kfid\" is empty: copy it, with its capitals, from the customer service account's page");
    auto keys = wecom::keys_of(settings.encoding_aes_keys);
    if (!keys) return bad(keys.problem().text);
    settings.tokens.erase(std::remove(settings.tokens.begin(), settings.tokens.end(), ""), settings.tokens.end());
    if (settings.tokens.empty() != keys->empty())
        return bad("\"token\" and \"encoding_aes_key\" belong together: write both, or none to only look for news");
    if (!settings.api_base.empty() && settings.api_base.back() == '/') settings.api_base.pop_back();
    return std::unique_ptr<WecomKf>(std::make_unique<WecomKfChannel>(std::move(settings), std::move(*keys),
                                                                     std::move(call), std::move(files), clock));
}

}  // namespace huiyin
