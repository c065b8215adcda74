#include "channels/wechat_official_account/official_account.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <map>

#include "channels/codec/envelope.h"
#include "channels/codec/utf8.h"
#include "channels/codec/xml.h"
#include "channels/outgoing/rates.h"
#include "channels/outgoing/unanswered.h"
#include "channels/outgoing/uploads.h"
#include "channels/wechat_official_account/account.h"
#include "channels/wechat_official_account/media.h"
#include "channels/wechat_official_account/reactions.h"
#include "channels/wechat_official_account/reading.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {
using namespace std::chrono_literals;

constexpr std::size_t most_text_bytes = 2048;
constexpr std::size_t most_menu_items = 10;
constexpr std::size_t most_menu_item_bytes = 60;
constexpr std::chrono::milliseconds unsure_wait{10000};  // before the one repeat of what WeChat may have taken

std::string query_of(const Callback& callback, const char* name) {
    const auto at = callback.query.find(name);
    return at == callback.query.end() ? std::string{} : at->second;
}

Problem bad_signature(std::string reason) {
    return {
        "channel.bad_signature",
        "the callback was not signed and sealed as our settings say: compare token, encoding_aes_key and app_id with "
        "the platform's page",
        std::move(reason)};
}

std::string trimmed(const std::string& text) {
    const auto from = text.find_first_not_of(" \t\r\n");
    if (from == std::string::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

// WeChat turns <a href=…> into a link: what people wrote must not become one.
std::string without_links(std::string text) {
    for (std::size_t at = 0; (at = text.find('<', at)) != std::string::npos; ++at)
        if (at + 1 < text.size() && (text[at + 1] == 'a' || text[at + 1] == 'A')) text.replace(at, 1, "＜");
    return text;
}

std::string linked(const Card& card) {
    std::string out = without_links(card.title);
    if (!card.text.empty()) (out += out.empty() ? "" : "\n") += without_links(card.text);
    if (!card.url.empty() && card.url.find('"') == std::string::npos)
        (out += out.empty() ? "" : "\n") += "<a href=\"" + card.url + "\">点这里看详情</a>";
    return out;
}

// The words of one thing said, choices as numbered lines.
std::string words_of(const Said& said, bool with_choices) {
    std::string out = without_links(with_choices ? with_numbered_choices(said) : said.text);
    if (said.card) (out += out.empty() ? "" : "\n\n") += linked(*said.card);
    return out;
}

std::string words_of(const std::vector<Said>& all) {
    std::string out;
    for (const auto& said : all) {
        const auto words = words_of(said, true);
        if (!words.empty()) (out += out.empty() ? "" : "\n\n") += words;
    }
    return out;
}

class OfficialAccount final : public Channel {
public:
    OfficialAccount(OfficialAccountSettings settings, std::vector<AesKey> keys, Caller call, FileReader files,
                    const Clock& clock)
        : settings_(std::move(settings)),
          envelope_(settings_.tokens, std::move(keys), settings_.app_id),
          clock_(clock),
          account_({settings_.app_id, settings_.app_secret, settings_.api_base, settings_.shelf}, std::move(call),
                   clock),
          notices_(account_, settings_.notices, settings_.grants, clock_),
          uploads_(account_.api(), std::move(files), clock_,
                   [this](const ApiAnswer& answer) { return account_.problem(answer); }) {
        capabilities_.passive_reply = true;
        capabilities_.push = settings_.can_custom_send;
        capabilities_.menu = settings_.can_custom_send;
        capabilities_.images = settings_.can_custom_send;
        capabilities_.text_bytes = static_cast<int>(most_text_bytes);
        capabilities_.buttons_most = static_cast<int>(most_menu_items);
        capabilities_.button_title_bytes = static_cast<int>(most_menu_item_bytes);
        capabilities_.window = 48h;
        capabilities_.window_pushes = 5;
        capabilities_.to_residents = true;
        capabilities_.rates = {{"message/custom/send", Rate::Of::channel, 500'000, 24h},
                               {"message/template/send", Rate::Of::channel, 100'000, 24h}};
        rates_ = Rates(capabilities_.rates);
    }

    const ChannelId& id() const override { return settings_.id; }
    const Capabilities& capabilities() const override { return capabilities_; }
    void shared_among(const std::function<int()>& processes) override { rates_.share(processes); }

    Result<HttpAnswer> verify(const Callback& callback) const override {
        const auto signed_by = envelope_.check_plain(query_of(callback, "signature"), query_of(callback, "timestamp"),
                                                     query_of(callback, "nonce"));
        if (!signed_by) return bad_signature(signed_by.problem().code);
        const auto echo = query_of(callback, "echostr");
        if (echo.empty() || echo.size() > 256) return bad_signature("echostr");
        return HttpAnswer{200, "text/plain; charset=utf-8", echo};
    }

    Result<std::vector<InboundMessage>> read(const Callback& callback) const override {
        auto opened = open(callback);
        if (!opened) return opened.problem();
        const auto raw = opened->message;
        auto xml = Xml::read(raw);
        if (!xml && xml.problem().code == "xml.forbidden") return forbidden();
        if (!xml) return std::vector{wechat::unreadable_message(settings_.id, raw, callback.received_at)};
        std::vector<InboundMessage> messages;
        if (auto message = wechat::read_message(settings_.id, *xml, raw)) messages.push_back(std::move(*message));
        return messages;
    }

    HttpAnswer passive(const Callback& callback, const InboundMessage& message,
                       const std::vector<Said>& said) const override {
        const HttpAnswer bare{200, "text/plain; charset=utf-8", "success"};
        if (message.kind == InboundKind::left) return bare;  // nobody hears it
        const auto pieces = cut_text(clean_text(words_of(said)), most_text_bytes);
        if (pieces.empty()) return bare;
        const auto opened = open(callback);
        const auto xml = opened ? Xml::read(opened->message) : Result<Xml>(opened.problem());
        if (!xml || xml->text("FromUserName").empty()) return bare;
        const auto now = std::to_string(to_ms(clock_.now()) / 1000);
        XmlWriter reply;
        reply.text("ToUserName", xml->text("FromUserName"))
            .text("FromUserName", xml->text("ToUserName"))
            .number("CreateTime", now)
            .text("MsgType", "text")
            .text("Content", pieces.front());
        if (!opened->sealed) return {200, "text/xml; charset=utf-8", reply.done()};
        const auto nonce = random_hex(8);
        const auto sealed = envelope_.seal(reply.done(), now, nonce, opened->used);
        XmlWriter shell;
        shell.text("Encrypt", sealed.encrypt)
            .text("MsgSignature", sealed.signature)
            .number("TimeStamp", now)
            .text("Nonce", nonce);
        return {200, "text/xml; charset=utf-8", shell.done()};
    }

    bool passive_fits(const std::vector<Said>& said) const override {
        for (const auto& one : said)
            if (one.image) return false;
        return words_of(said).size() <= most_text_bytes;
    }

    int messages_of(const Said& said) const override {
        const auto plan = parts_of(said);
        return plan ? static_cast<int>(plan->size()) : 1;
    }

    bool rings(const OutboxItem& item) const override { return notices_.has_for(item); }

    Result<Receipt> send(const OutboxItem& item) override {
        if (item.reference == ring_by_notice) return ring(item);
        auto sent = send_as_message(item);
        if (sent || !item.ticket || sent.problem().code != "channel.closed" || !notices_.has_for(item)) return sent;
        // The platform knows better how much may still be said.
        if (auto told = ring(item); told || told.problem().code == "channel.busy") return told;
        return sent;
    }

    Result<std::string> fetch_media(const InboundMedia& medium) override {
        return wechat::fetch_media(account_, medium.media_id, settings_.media_bytes);
    }

    Result<std::string> check() override {
        auto answer = account_.good(account_.api().get("/cgi-bin/get_api_domain_ip"));
        if (!answer) return answer.problem();
        auto notices = notices_.look();
        if (!notices) return notices.problem();
        return "WeChat answers and takes our app_id and app_secret" + (notices->empty() ? "" : "; " + *notices);
    }

private:
    Result<Receipt> ring(const OutboxItem& item) {
        if (auto room = rates_.take("message/template/send", item.address, item.priority, clock_.now()); !room)
            return room.problem();
        const auto id = notices_.send(item);
        if (!id) return id.problem();
        Receipt receipt;
        receipt.reference = rung + *id;
        receipt.messages = 0;
        return receipt;
    }

    Result<Receipt> send_as_message(const OutboxItem& item) {
        if (!settings_.can_custom_send)
            return Problem{"channel.gone", "this account may not write first: can_custom_send is false", "48001"};
        // Nothing here has a name that WeChat would know again.
        if (unanswered_.twice(item)) {
            parts_sent_.erase(item.id);
            unanswered_.forget(item.id);
            return Problem{
                "channel.rejected",
                "WeChat twice did not say whether it took the message: it may stand in the talk, ask there before "
                "sending it again",
                "unknown"};
        }
        auto plan = parts_of(item.said);
        if (!plan) return plan.problem();
        auto& done = parts_sent_[item.id];  // a repeat goes on where the last attempt stopped
        while (done < plan->size()) {
            if (auto sent = send_part(item, (*plan)[done]); !sent) {
                const auto code = sent.problem().code;
                unanswered_.note(item.id, sent.problem().detail);
                if (code == "channel.gone" || code == "channel.rejected") parts_sent_.erase(item.id);
                if (parts_sent_.size() > 1000) parts_sent_.clear();
                return sent.problem();
            }
            ++done;
        }
        parts_sent_.erase(item.id);
        unanswered_.forget(item.id);
        Receipt receipt;
        receipt.messages = static_cast<int>(plan->size());
        return receipt;
    }

    struct Opened {
        std::string message;
        bool sealed = false;
        Envelope::Pair used;
    };

    static Problem forbidden() {
        return {"channel.forbidden_xml", "a document type or entity declaration is refused", "xml.forbidden"};
    }

    bool is_timely(const Callback& callback) const {
        const auto text = query_of(callback, "timestamp");
        std::int64_t seconds = 0;
        const auto end = text.data() + text.size();
        const auto [at, error] = std::from_chars(text.data(), end, seconds);
        if (text.empty() || error != std::errc{} || at != end) return false;
        const auto now = to_ms(callback.received_at) / 1000;
        const auto window = settings_.signature_window.count();
        return window == 0 || (seconds >= now - window && seconds <= now + window);
    }

    // The words of the callback as WeChat wrote them. Errors: channel.bad_signature, channel.forbidden_xml.
    Result<Opened> open(const Callback& callback) const {
        if (!is_timely(callback)) return bad_signature("timestamp");
        const auto timestamp = query_of(callback, "timestamp"), nonce = query_of(callback, "nonce");
        const bool says_sealed = query_of(callback, "encrypt_type") == "aes";
        if (envelope_.has_key() && (!settings_.compat || says_sealed)) {
            const auto signature = query_of(callback, "msg_signature");
            if (!says_sealed || signature.empty()) return bad_signature("plaintext");
            const auto shell = Xml::read(callback.body);
            if (!shell && shell.problem().code == "xml.forbidden") return forbidden();
            if (!shell) return bad_signature(shell.problem().code);
            auto opened = envelope_.open(signature, timestamp, nonce, trimmed(shell->text("Encrypt")));
            if (!opened) return bad_signature(opened.problem().code);
            return Opened{std::move(opened->message), true, opened->used};
        }
        if (says_sealed) return bad_signature("no key");
        const auto signed_by = envelope_.check_plain(query_of(callback, "signature"), timestamp, nonce);
        if (!signed_by) return bad_signature(signed_by.problem().code);
        return Opened{callback.body, false, {*signed_by, 0}};
    }

    struct Part {
        enum class Kind { text, menu, image } kind = Kind::text;
        std::string text;
        std::vector<Choice> choices = {};
        AttachmentId image = {};
    };

    bool shows_menu(const Said& said) const {
        return menu_works_ && !said.choices.empty() && said.choices.size() <= most_menu_items &&
               std::all_of(said.choices.begin(), said.choices.end(), [](const Choice& choice) {
                   return !choice.payload.empty() && choice.title.size() <= most_menu_item_bytes;
               });
    }

    Result<std::vector<Part>> parts_of(const Said& said) const {
        std::vector<Part> parts;
        const bool menu = shows_menu(said);
        for (auto& piece : cut_text(clean_text(words_of(said, !menu)), most_text_bytes))
            parts.push_back({Part::Kind::text, std::move(piece)});
        if (menu && !parts.empty()) {
            parts.back().kind = Part::Kind::menu;
            parts.back().choices = said.choices;
        }
        if (said.image) parts.push_back({Part::Kind::image, {}, {}, said.image});
        if (parts.empty()) return Problem{"channel.rejected", "there is nothing to say in this message", "empty"};
        return parts;
    }

    Result<Done> send_part(const OutboxItem& item, const Part& part) {
        if (auto room = rates_.take("message/custom/send", item.address, item.priority, clock_.now()); !room)
            return room.problem();
        Json body{{"touser", item.address}};
        if (part.kind == Part::Kind::image) {
            auto medium = uploads_.id_of(part.image);
            if (!medium) return medium.problem();
            body["msgtype"] = "image";
            body["image"] = {{"media_id", *medium}};
            auto sent = post(item.id, body);
            if (sent || code_of(sent) != 40007) return sent;
            uploads_.forget(part.image);
            medium = uploads_.id_of(part.image);
            if (!medium) return medium.problem();
            body["image"] = {{"media_id", *medium}};
            return post(item.id, body);
        }
        if (part.kind == Part::Kind::menu) {
            body["msgtype"] = "msgmenu";
            auto list = Json::array();
            for (const auto& choice : part.choices) list.push_back({{"id", choice.payload}, {"content", choice.title}});
            body["msgmenu"] = {{"head_content", part.text}, {"list", std::move(list)}};
            auto sent = post(item.id, body);
            const auto code = code_of(sent);
            if (sent || (code != 40200 && code != 45098 && code != 45099 && code != 48008)) return sent;
            // This account shows no menus, or not this one: the same as numbered lines.
            if (code == 40200 || code == 48008) menu_works_ = false;
            body.erase("msgmenu");
            Said numbered{
                .text = part.text, .choices = part.choices, .card = {}, .image = {}, .ticket = {}, .ticket_number = {}};
            return post_text(item.id, body, with_numbered_choices(numbered));
        }
        return post_text(item.id, body, part.text);
    }

    Result<Done> post_text(OutboxId id, Json body, const std::string& text) {
        body["msgtype"] = "text";
        body["text"] = {{"content", text}};
        auto sent = post(id, body);
        if (sent || code_of(sent) != 45002) return sent;
        for (const auto& piece : cut_text(text, std::max<std::size_t>(text.size() / 2 + 1, 64))) {
            body["text"] = {{"content", piece}};
            if (sent = post(id, body); !sent) return sent;
        }
        return sent;
    }

    Result<Done> post(OutboxId id, const Json& body) {
        constexpr int busy = -1;  // of which nobody knows whether the message was taken
        auto answer = account_.api().post("/cgi-bin/message/custom/send", body);
        if (!answer) return answer.problem();
        if (answer->errcode == 0) return Done{};
        auto told = *answer;
        if (told.errcode == busy) {
            unanswered_.note(id);
            told.wait = unsure_wait;
        }
        auto problem = account_.problem(told);
        const auto code = answer->errcode;
        if (code == 48001 || code == 45087 || code == 50002 ||
            reaction_to(wechat::reactions(), code).reaction == Reaction::wrong)
            log::warning("channel.refused",
                         {{"channel", settings_.id.value}, {"errcode", code}, {"errmsg", answer->errmsg}});
        return problem;
    }

    static std::int64_t code_of(const Result<Done>& sent) {
        std::int64_t code = 0;
        if (!sent) {
            const auto& detail = sent.problem().detail;
            std::from_chars(detail.data(), detail.data() + detail.size(), code);
        }
        return code;
    }

    const OfficialAccountSettings settings_;
    const Envelope envelope_;
    Capabilities capabilities_;
    const Clock& clock_;
    wechat::Account account_;
    wechat::Notices notices_;
    // Of the courier's thread alone.
    Uploads uploads_;
    std::map<OutboxId, std::size_t> parts_sent_;
    Unanswered unanswered_;
    Rates rates_{{}};
    bool menu_works_ = true;
};

}  // namespace

Result<std::unique_ptr<Channel>> make_official_account(OfficialAccountSettings settings, Caller call, FileReader files,
                                                       const Clock& clock) {
    const auto bad = [&](const std::string& text) {
        return Problem{"channel.bad_settings", "channel \"" + settings.id.value + "\": " + text, {}};
    };
    if (settings.app_id.empty()) return bad("\"app_id\" is empty: copy it from the platform's page");
    if (settings.tokens.empty() || settings.tokens.front().empty())
        return bad("\"token\" is empty: write the one that the platform's page has");
    std::vector<AesKey> keys;
    for (const auto& text : settings.encoding_aes_keys) {
        if (text.empty()) continue;
        auto key = read_aes_key(text);
        if (!key) return bad("\"encoding_aes_key\": " + key.problem().text);
        keys.push_back(*key);
    }
    if (keys.empty())
        log::warning("channel.plaintext_mode", {{"channel", settings.id.value}});  // bodies are not signed in this mode
    return std::unique_ptr<Channel>(std::make_unique<OfficialAccount>(std::move(settings), std::move(keys),
                                                                      std::move(call), std::move(files), clock));
}

}  // namespace huiyin
