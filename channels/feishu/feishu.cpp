#include "channels/feishu/feishu.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <mutex>
#include <set>

#include "bot/in_public.h"
#include "channels/codec/feishu_seal.h"
#include "channels/codec/json_fields.h"
#include "channels/codec/utf8.h"
#include "channels/feishu/cards.h"
#include "channels/feishu/reactions.h"
#include "channels/feishu/reading.h"
#include "channels/outgoing/rates.h"
#include "channels/outgoing/uploads.h"
#include "channels/unreadable.h"
#include "channels/window.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {
using namespace std::chrono_literals;

constexpr auto token_rest = 25min;  // of the token's life, when a new one is fetched
constexpr auto cache_rest = 5min;   // that the cache leaves out by itself
// A delivery is repeated for some seven hours, and nobody says whether its time is then a new one.
constexpr std::chrono::seconds least_window = 24h;
constexpr std::chrono::seconds usual_age = 10min;
constexpr std::size_t most_event_bytes = 65536;

Problem bad_signature(std::string reason) {
    return {"channel.bad_signature",
            "the event was not signed and sealed as our settings say: compare encrypt_key and verification_token with "
            "the app's page",
            std::move(reason)};
}

std::string header_of(const Callback& callback, const char* name) {
    const auto at = callback.headers.find(name);
    return at == callback.headers.end() ? std::string{} : at->second;
}

const char* kind_of_address(const std::string& address) {
    if (address.rfind("ou_", 0) == 0) return "open_id";
    if (address.rfind("on_", 0) == 0) return "union_id";
    if (address.rfind("oc_", 0) == 0) return "chat_id";
    return address.find('@') != std::string::npos ? "email" : "user_id";
}

// The company whose app we are, as Feishu names it: said in what it sends, and in its answers. Threads: any.
class Company {
public:
    std::string get() const {
        std::lock_guard lock(mutex_);
        return key_;
    }
    void learn(std::string key) const {
        std::lock_guard lock(mutex_);
        if (key_.empty()) key_ = std::move(key);
    }

private:
    mutable std::mutex mutex_;
    mutable std::string key_;
};

// People to whom the robot could not write alone when it last tried: outside of the app's range, or they switched it
// off. Of this process only: after a restart it is tried once more. Threads: any.
class Unreached {
public:
    void note(const std::string& address) const {
        std::lock_guard lock(mutex_);
        if (addresses_.size() >= most) addresses_.clear();
        addresses_.insert(address);
    }
    void forget(const std::string& address) const {
        std::lock_guard lock(mutex_);
        addresses_.erase(address);
    }
    bool has(const std::string& address) const {
        std::lock_guard lock(mutex_);
        return addresses_.contains(address);
    }

private:
    static constexpr std::size_t most = 10000;
    mutable std::mutex mutex_;
    mutable std::set<std::string> addresses_;
};

class Feishu final : public Channel {
public:
    Feishu(FeishuSettings settings, Caller call, FileReader files, const Clock& clock)
        : settings_(std::move(settings)),
          clock_(clock),
          token_api_(call, settings_.api_base, feishu::reactions(), nullptr, feishu::dialect()),
          tokens_(
              clock, [this] { return fetch_token(); }, settings_.shelf),
          api_(std::move(call), settings_.api_base, feishu::reactions(), &tokens_, feishu::dialect()),
          uploads_(api_, std::move(files), clock_, [this](const ApiAnswer& answer) { return refusal(answer, 1); },
                   {.path = "/open-apis/im/v1/images",
                    .part = "image",
                    .fields = {{"image_type", "", "", "message"}},
                    .answer = "/data/image_key"}) {
        capabilities_.push = true;
        capabilities_.buttons = true;
        capabilities_.cards = true;
        capabilities_.settles_cards = true;
        capabilities_.toasts = true;
        capabilities_.images = true;
        capabilities_.text_bytes = static_cast<int>(feishu::most_text_bytes);
        capabilities_.buttons_most = static_cast<int>(feishu::most_buttons);
        capabilities_.to_staff = capabilities_.to_residents = true;
        capabilities_.answer_within = capabilities_.press_within = 2600ms;  // of three seconds
        capabilities_.rates = {{"im/v1/messages", Rate::Of::recipient, 5, 1s},
                               {"im/v1/messages", Rate::Of::channel, 50, 1s},
                               {"im/v1/messages", Rate::Of::channel, 1000, 60s},
                               {"im/v1/messages/:message_id", Rate::Of::recipient, 5, 1s}};  // of a card
        rates_ = Rates(capabilities_.rates);
    }

    const ChannelId& id() const override { return settings_.id; }
    const Capabilities& capabilities() const override { return capabilities_; }
    void shared_among(const std::function<int()>& processes) override { rates_.share(processes); }

    // The address is proved by a POST, see read() and passive().
    Result<HttpAnswer> verify(const Callback&) const override { return bad_signature("get"); }

    Result<std::vector<InboundMessage>> read(const Callback& callback) const override {
        auto opened = open(callback);
        if (!opened) return opened.problem();
        std::vector<InboundMessage> messages;
        if (!opened->challenge.empty()) return messages;  // passive() answers it
        std::optional<InboundMessage> message;
        if (opened->old_press) {
            message = feishu::read_old_press(
                settings_.id, opened->json, opened->text,
                sha256_hex(header_of(callback, timestamp_header) + header_of(callback, nonce_header) + callback.body),
                company_.get(), callback.received_at);
        } else if (opened->json.is_object()) {
            company_.learn(text_in(part_of(opened->json, "header"), "tenant_key"));
            message = feishu::read_event(settings_.id, opened->json, opened->text, callback.received_at);
        } else {
            message = unreadable_callback(settings_.id, opened->text, callback.received_at);
        }
        if (!message) return messages;
        if (message->group.empty())
            unreached_.forget(message->address);  // he writes to us alone: so can we
        else if (unreached_.has(message->address))
            message->begins_alone = false;
        messages.push_back(std::move(*message));
        return messages;
    }

    // Events want no words back. A press gets a notice for whoever pressed; the address' proof its own word.
    HttpAnswer passive(const Callback& callback, const InboundMessage& message,
                       const std::vector<Said>& said) const override {
        HttpAnswer answer{200, "application/json; charset=utf-8", "{}"};
        if (message.kind == InboundKind::unknown && message.key.empty()) {
            const auto opened = open(callback);
            if (opened && !opened->challenge.empty()) answer.body = to_text(Json{{"challenge", opened->challenge}});
        } else if (message.kind == InboundKind::choice && !said.empty() && !said.front().text.empty()) {
            const auto words = cut_utf8(said.front().text, 300);
            answer.body = to_text(Json{{"toast", {{"type", "info"}, {"content", words}}}});
        }
        return answer;
    }

    Result<Receipt> send(const OutboxItem& item) override {
        if (item.kind == "card_update" && item.reference.rfind("om_", 0) == 0) return settle_card(item);
        if (item.address.empty()) return Problem{"channel.rejected", "the message has no recipient", "230034"};
        auto& progress = progress_[item.id];  // a repeat goes on where the last attempt stopped
        if (progress.bodies.empty()) progress.bodies = feishu::bodies_of(words_for(item, progress));
        auto sent = send_rest(item, progress);
        if (sent || sent.problem().code == "channel.gone" || sent.problem().code == "channel.rejected")
            progress_.erase(item.id);
        if (sent)
            unreached_.forget(item.address);
        else if (sent.problem().code == "channel.gone")
            unreached_.note(item.address);
        if (progress_.size() > 1000) progress_.clear();
        return sent;
    }

    Result<std::string> fetch_media(const InboundMedia& medium) override {
        const auto path = feishu::medium_path(medium.media_id);
        if (path.empty()) return Problem{"media.gone", "the message names no medium", {}};
        auto bytes = api_.download(path, settings_.media_bytes);
        if (!bytes && bytes.problem().code == "channel.rejected")
            return Problem{"media.gone", "Feishu does not give this medium", bytes.problem().detail};
        return bytes;
    }

    Result<std::string> check() override {
        if (auto token = tokens_.get(); !token) return token.problem();
        return std::string("Feishu answers and takes our app_id and app_secret");
    }

private:
    static constexpr const char* timestamp_header = "x-lark-request-timestamp";
    static constexpr const char* nonce_header = "x-lark-request-nonce";

    struct Opened {
        Json json;
        std::string text;       // as it stood inside
        std::string challenge;  // of a proof of the address
        bool old_press = false;
    };

    bool is_ours(const std::string& token) const {
        bool ours = false;
        for (const auto& one : settings_.verification_tokens) ours = equal_secrets(one, token) || ours;
        return ours;
    }

    bool is_timely(const Callback& callback) const {
        const auto text = header_of(callback, timestamp_header);
        std::int64_t seconds = 0;
        const auto end = text.data() + text.size();
        const auto [at, error] = std::from_chars(text.data(), end, seconds);
        if (text.empty() || error != std::errc{} || at != end) return false;
        const auto age = to_ms(callback.received_at) / 1000 - seconds;
        if (age > usual_age.count())
            log::info("channel.late_delivery", {{"channel", settings_.id.value}, {"seconds", age}});
        const auto window = std::max(settings_.signature_window, least_window).count();
        return settings_.signature_window == 0s || (age <= window && age >= -window);
    }

    // The key that the signature was made with; nothing: it was made with none of ours.
    const std::string* signing_key(const Callback& callback) const {
        const auto signature = header_of(callback, "x-lark-signature");
        for (const auto& key : settings_.encrypt_keys)
            if (equal_secrets(feishu::signature(header_of(callback, timestamp_header),
                                                header_of(callback, nonce_header), key, callback.body),
                              signature))
                return &key;
        return nullptr;
    }

    // Errors: channel.bad_signature.
    Result<Opened> open(const Callback& callback) const {
        const auto shell = parse_json(callback.body, {.bytes = most_event_bytes});
        if (!shell || !shell->is_object()) return bad_signature("json");
        const auto encrypt = text_in(*shell, "encrypt");
        if (encrypt.empty()) return open_old_press(callback, *shell);
        if (const auto* key = signing_key(callback)) {
            if (!is_timely(callback)) return bad_signature("timestamp");
            auto opened = open_with(*key, encrypt);
            if (!opened) return bad_signature(opened.problem().code);
            if (opened->json.is_object() && !is_ours(token_of(opened->json))) return bad_signature("token");
            return opened;
        }
        // The proof of the address comes unsigned; nothing else does.
        for (const auto& key : settings_.encrypt_keys)
            if (auto opened = open_with(key, encrypt);
                opened && !opened->challenge.empty() && is_ours(token_of(opened->json)))
                return opened;
        return bad_signature("signature");
    }

    static std::string token_of(const Json& json) {
        const auto header = json.find("header");
        return header != json.end() && header->is_object() ? text_in(*header, "token") : text_in(json, "token");
    }

    static Result<Opened> open_with(const std::string& key, const std::string& encrypt) {
        auto text = feishu::open(key, encrypt);
        if (!text) return text.problem();
        Opened opened;
        opened.text = std::move(*text);
        if (auto json = parse_json(opened.text, {.bytes = most_event_bytes}); json && json->is_object())
            opened.json = std::move(*json);
        if (text_in(opened.json, "type") == "url_verification") opened.challenge = text_in(opened.json, "challenge");
        return opened;
    }

    // Of an app that has the older address for cards: not sealed, and signed with the verification token.
    Result<Opened> open_old_press(const Callback& callback, const Json& json) const {
        if (json.contains("schema") || json.contains("type") || !json.contains("action")) return bad_signature("open");
        const auto signature = header_of(callback, "x-lark-signature");
        bool ours = false;
        for (const auto& token : settings_.verification_tokens)
            ours = equal_secrets(feishu::old_card_signature(header_of(callback, timestamp_header),
                                                            header_of(callback, nonce_header), token, callback.body),
                                 signature) ||
                   ours;
        if (!ours) return bad_signature("signature");
        if (!is_timely(callback)) return bad_signature("timestamp");
        return Opened{json, callback.body, {}, true};
    }

    Result<TokenCache::Fresh> fetch_token() {
        auto answer = token_api_.post("/open-apis/auth/v3/tenant_access_token/internal",
                                      {{"app_id", settings_.app_id}, {"app_secret", settings_.app_secret}});
        if (!answer) return answer.problem();
        if (answer->errcode) return problem_of(feishu::reactions(), *answer, clock_.now());
        const auto token = text_in(answer->json, "tenant_access_token");
        const auto life = answer->json.find("expire");
        if (token.empty() || life == answer->json.end() || !life->is_number_integer())
            return Problem{"channel.busy", "Feishu's answer has no tenant_access_token", "unreadable"};
        const std::chrono::seconds span{life->get<std::int64_t>()};
        return TokenCache::Fresh{token, span > 2 * token_rest ? span - (token_rest - cache_rest) : span};
    }

    struct Progress {
        std::vector<feishu::Body> bodies;
        std::size_t done = 0;
        enum class Form { whole, plain, bare } form = Form::whole;
        bool masked = false;  // a resident's message whose contacts the platform refused
        Receipt receipt;
    };

    // What goes to staff or a group has residents' words in it. A resident is told what the house says as it stands.
    static bool is_to_resident(const OutboxItem& item) {
        return (item.conversation || item.kind == public_kind) && !item.staff;
    }
    static Said words_for(const OutboxItem& item, const Progress& progress) {
        return is_to_resident(item) && !progress.masked ? item.said : feishu::without_contacts(item.said);
    }

    Result<Receipt> send_rest(const OutboxItem& item, Progress& progress) {
        if (progress.bodies.empty() && !item.said.image)
            return Problem{"channel.rejected", "there is nothing to say in this message", "empty"};
        while (progress.done < progress.bodies.size()) {
            auto sent = post(item, progress, progress.bodies[progress.done]);
            if (!sent) return sent.problem();
            if (sent->errcode == 0) {
                take_receipt(*sent, progress.receipt);
                ++progress.done;
            } else if (!say_otherwise(item, progress, *sent)) {
                return refusal(*sent, item.attempts);
            }
        }
        if (item.said.image && progress.done == progress.bodies.size()) {
            auto key = uploads_.id_of(item.said.image);
            if (!key) return key.problem();
            auto sent = post(item, progress, {"image", {{"image_key", *key}}});
            if (!sent) return sent.problem();
            if (sent->errcode == 230001) uploads_.forget(item.said.image);
            if (sent->errcode) return refusal(*sent, item.attempts);
            take_receipt(*sent, progress.receipt);
            ++progress.done;
        }
        return progress.receipt;
    }

    // The same in another form, where this one is refused. False: there is none.
    bool say_otherwise(const OutboxItem& item, Progress& progress, const ApiAnswer& answer) {
        using Form = Progress::Form;
        if (feishu::is_about_form(answer.errcode) && progress.form == Form::whole &&
            progress.bodies[progress.done].type != "text") {
            log::warning("channel.card_refused",
                         {{"channel", settings_.id.value}, {"code", answer.errcode}, {"msg", answer.errmsg}});
            progress.form = Form::plain;
            progress.bodies = feishu::plain_bodies_of(words_for(item, progress));
        } else if (feishu::is_about_contacts(answer.errcode) && is_to_resident(item) && !progress.masked &&
                   progress.form != Form::bare) {
            log::warning("channel.contacts_refused", {{"channel", settings_.id.value}, {"code", answer.errcode}});
            progress.masked = true;
            const auto words = words_for(item, progress);
            progress.bodies = progress.form == Form::whole ? feishu::bodies_of(words) : feishu::plain_bodies_of(words);
        } else if (feishu::is_about_words(answer.errcode) && progress.form != Form::bare) {
            auto bare = feishu::bare_bodies_of(item.said);
            if (bare.empty()) return false;
            log::warning("channel.words_refused", {{"channel", settings_.id.value}, {"code", answer.errcode}});
            progress.form = Form::bare;
            progress.bodies = std::move(bare);
        } else if (answer.errcode == 230025) {
            return halve(item, progress);
        } else {
            return false;
        }
        progress.done = 0;
        return true;
    }

    static bool halve(const OutboxItem& item, Progress& progress) {
        auto& body = progress.bodies[progress.done];
        if (body.type != "text") {
            progress.form = Progress::Form::plain;
            progress.bodies = feishu::plain_bodies_of(words_for(item, progress));
            progress.done = 0;
            return true;
        }
        const auto words = body.content.at("text").get<std::string>();
        auto halves = cut_text(words, std::max<std::size_t>(words.size() / 2 + 1, 64));
        if (halves.size() < 2) return false;
        std::vector<feishu::Body> texts;
        for (auto& half : halves) texts.push_back({"text", {{"text", std::move(half)}}});
        const auto at = progress.bodies.begin() + static_cast<std::ptrdiff_t>(progress.done);
        progress.bodies.insert(progress.bodies.erase(at), texts.begin(), texts.end());
        return true;
    }

    Result<ApiAnswer> post(const OutboxItem& item, const Progress& progress, const feishu::Body& body) {
        if (auto room = rates_.take("im/v1/messages", item.address, item.priority, clock_.now()); !room)
            return room.problem();
        // The platform takes a name once an hour: what makes a repeat safe.
        const auto form = progress.form == Progress::Form::whole   ? ""
                          : progress.form == Progress::Form::plain ? "p"
                                                                   : "b";
        auto name = "o" + to_text(item.id) + "-" + std::to_string(progress.done) + form + (progress.masked ? "m" : "");
        if (is_asked_again(item)) name += "-" + sha256_hex(item.reference).substr(0, 8);
        return api_.post(std::string("/open-apis/im/v1/messages?receive_id_type=") + kind_of_address(item.address),
                         {{"receive_id", item.address},
                          {"msg_type", body.type},
                          {"content", to_text(body.content)},
                          {"uuid", name}});
    }

    void take_receipt(const ApiAnswer& answer, Receipt& receipt) const {
        const auto data = answer.json.find("data");
        if (data != answer.json.end()) company_.learn(text_in(part_of(*data, "sender"), "tenant_key"));
        if (data != answer.json.end() && receipt.reference.empty()) receipt.reference = text_in(*data, "message_id");
    }

    // The card as it is now, for everybody who sees it. What can no longer be changed is said anew.
    Result<Receipt> settle_card(const OutboxItem& item) {
        if (auto room = rates_.take("im/v1/messages/:message_id", item.reference, item.priority, clock_.now()); !room)
            return room.problem();
        Progress progress;
        const auto change = [&] {
            return api_.send("PATCH", "/open-apis/im/v1/messages/" + url_encoded(item.reference),
                             {{"content", to_text(feishu::settled_card_of(words_for(item, progress)))}});
        };
        auto answer = change();
        if (answer && feishu::is_about_contacts(answer->errcode) && is_to_resident(item)) {
            progress.masked = true;
            answer = change();
        }
        if (!answer) return answer.problem();
        if (answer->errcode == 0) {
            Receipt receipt;
            receipt.reference = item.reference;
            return receipt;
        }
        if (!feishu::is_past_change(answer->errcode)) return refusal(*answer, item.attempts);
        auto anew = item;
        anew.kind = "reply";
        anew.reference.clear();
        return send(anew);
    }

    Problem refusal(const ApiAnswer& answer, int attempts) const {
        const auto reaction = reaction_to(feishu::reactions(), answer.errcode).reaction;
        if (reaction == Reaction::wrong)
            log::warning("channel.refused",
                         {{"channel", settings_.id.value}, {"code", answer.errcode}, {"msg", answer.errmsg}});
        auto told = answer;
        if (told.wait == 0ms && feishu::is_too_fast(answer.errcode))
            told.wait = 1000ms * (1 << std::clamp(attempts - 1, 0, 6));
        if (told.wait == 0ms && answer.errcode == 230049) told.wait = 1s;
        return problem_of(feishu::reactions(), told, clock_.now());
    }

    const FeishuSettings settings_;
    Capabilities capabilities_;
    const Clock& clock_;
    JsonApi token_api_;
    TokenCache tokens_;
    JsonApi api_;
    // Of the courier's thread alone.
    Uploads uploads_;
    std::map<OutboxId, Progress> progress_;
    Rates rates_{{}};
    Company company_;
    Unreached unreached_;
};

}  // namespace

Result<std::unique_ptr<Channel>> make_feishu(FeishuSettings settings, Caller call, FileReader files,
                                             const Clock& clock) {
    const auto bad = [&](const std::string& text) {
        return Problem{"channel.bad_settings", "channel \"" + settings.id.value + "\": " + text, {}};
    };
    std::erase(settings.encrypt_keys, std::string{});
    std::erase(settings.verification_tokens, std::string{});
    if (settings.app_id.empty()) return bad("\"app_id\" is empty: copy it from the app's page");
    if (settings.app_secret.empty()) return bad("\"app_secret\" is empty: copy it from the app's page");
    if (settings.encrypt_keys.empty())
        return bad(
            "\"encrypt_key\" is empty: set one on the app's page under events, and copy it; without it nothing "
            "proves who writes");
    if (settings.verification_tokens.empty())
        return bad("\"verification_token\" is empty: copy it from the app's page, under events");
    if (!settings.api_base.empty() && settings.api_base.back() == '/') settings.api_base.pop_back();
    return std::unique_ptr<Channel>(
        std::make_unique<Feishu>(std::move(settings), std::move(call), std::move(files), clock));
}

}  // namespace huiyin
