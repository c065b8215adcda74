#include "channels/dingtalk/dingtalk.h"

#include <algorithm>
#include <map>
#include <optional>

#include "channels/codec/json_fields.h"
#include "channels/codec/utf8.h"
#include "channels/dingtalk/door.h"
#include "channels/dingtalk/messages.h"
#include "channels/dingtalk/notices.h"
#include "channels/dingtalk/reactions.h"
#include "channels/dingtalk/reading.h"
#include "channels/dingtalk/sessions.h"
#include "channels/outgoing/media.h"
#include "channels/outgoing/rates.h"
#include "channels/outgoing/rest.h"
#include "channels/outgoing/unanswered.h"
#include "channels/outgoing/uploads.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {
using namespace std::chrono_literals;

constexpr auto ban = 5min;
constexpr auto unsure_wait = 5min;
constexpr auto busy_rest = 1min;       // before the address for presses is told again
constexpr auto register_rest = 10min;  // … where it was refused

bool names(const Json& json, const char* list, const std::string& person) {
    const auto at = json.find(list);
    return at != json.end() && at->is_array() && std::find(at->begin(), at->end(), Json(person)) != at->end();
}

std::string later(std::chrono::milliseconds wait) { return " retry_after_ms=" + std::to_string(wait.count()); }

class Dingtalk final : public Channel {
public:
    // An outsider's talk and what lies elsewhere are no calls of the month's.
    Dingtalk(DingtalkSettings settings, const std::vector<AesKey>& keys, const Caller& uncounted, FileReader files,
             const Clock& clock)
        : settings_(std::move(settings)),
          call_(uncounted),
          clock_(clock),
          counted_(counted(uncounted, settings_.month)),
          sessions_(settings_.keeper ? settings_.keeper : kept_in_memory()),
          door_(settings_, keys, sessions_, presses_, clock),
          token_api_(counted_, settings_.api_base, dingtalk::reactions(), nullptr, dingtalk::dialect()),
          tokens_(
              clock, [this] { return fetch_token(); }, settings_.shelf),
          api_(counted_, settings_.api_base, dingtalk::reactions(), &tokens_, dingtalk::dialect()),
          old_token_api_(counted_, settings_.old_api_base, dingtalk::reactions(), nullptr),
          old_tokens_(
              clock, [this] { return fetch_old_token(); }, settings_.old_shelf),
          old_api_(counted_, settings_.old_api_base, dingtalk::reactions(), &old_tokens_),
          session_api_(uncounted, "", dingtalk::reactions(), nullptr, dingtalk::dialect()),
          uploads_(old_api_, std::move(files), clock_, [this](const ApiAnswer& answer) { return refusal(answer, 1); },
                   {.path = "/media/upload?type=image", .part = "media", .fields = {}, .answer = "/media_id"}) {
        const bool cards = has_cards();
        capabilities_.push = true;
        capabilities_.cards = true;
        capabilities_.buttons = capabilities_.settles_cards = capabilities_.toasts = cards;
        capabilities_.images = true;
        capabilities_.text_bytes = static_cast<int>(dingtalk::most_text_bytes);
        capabilities_.buttons_most = static_cast<int>(dingtalk::most_buttons);
        capabilities_.to_staff = capabilities_.to_residents = true;
        capabilities_.answer_within = 2200ms;  // of two and a half seconds
        capabilities_.press_within = 1700ms;   // of two
        for (const auto* name : {"robot/oToMessages/batchSend", "robot/groupMessages/send", "card/instances",
                                 "card/instances/createAndDeliver", "corpconversation/asyncsend_v2"})
            capabilities_.rates.push_back({name, Rate::Of::channel, 20, 1s});
        // What is beyond five hundred notices a day to one person is dropped silently.
        capabilities_.rates.push_back({"corpconversation/asyncsend_v2", Rate::Of::recipient, 500, 24h});
        rates_ = Rates(capabilities_.rates);
    }

    const ChannelId& id() const override { return settings_.id; }
    const Capabilities& capabilities() const override { return capabilities_; }
    void shared_among(const std::function<int()>& processes) override { rates_.share(processes); }

    Result<HttpAnswer> verify(const Callback&) const override { return door_.verify(); }
    Result<std::vector<InboundMessage>> read(const Callback& callback) const override { return door_.read(callback); }
    HttpAnswer passive(const Callback& callback, const InboundMessage& message,
                       const std::vector<Said>& said) const override {
        return door_.answer(callback, message, said);
    }

    Result<Receipt> send(const OutboxItem& item) override {
        if (auto out = shut_out()) return std::move(*out);
        if (!is_outsider(item))
            if (auto room = room_in_month(settings_.month, item); !room) return room.problem();
        if (item.kind == "card_update" && item.reference.rfind(dingtalk::card_reference, 0) == 0)
            return settle_card(item);
        if (item.address.empty()) return Problem{"channel.rejected", "the message has no recipient", "33012"};
        // Nothing here has a name that the platform would know again, but cards.
        if (unanswered_.twice(item)) {
            progress_.erase(item.id);
            unanswered_.forget(item.id);
            return Problem{
                "channel.rejected",
                "DingTalk gave no answer twice: the message may stand in the talk, look there before sending "
                "it again",
                "unknown"};
        }
        if (is_notice(item)) {
            auto told = send_notice(item);
            if (told || told.problem().code != "channel.busy") unanswered_.forget(item.id);
            return told;
        }
        auto& progress = progress_[item.id];  // a repeat goes on where the last attempt stopped
        if (progress.bodies.empty()) fill(item, progress);
        if (auto out = shut_out()) {  // since just now
            progress_.erase(item.id);
            return std::move(*out);
        }
        auto sent = send_rest(item, progress);
        const bool anew = progress.without_buttons && progress.done == 0;  // perhaps with its buttons next time
        const bool over = sent || sent.problem().code == "channel.gone" || sent.problem().code == "channel.rejected";
        if (over || anew) progress_.erase(item.id);
        if (over) unanswered_.forget(item.id);
        if (progress_.size() > 1000) progress_.clear();
        if (!sent && may_have_arrived(sent.problem().detail))
            return Problem{sent.problem().code, sent.problem().text, sent.problem().detail + later(unsure_wait)};
        return sent;
    }

    Result<std::string> fetch_media(const InboundMedia& medium) override {
        if (medium.media_id.empty()) return Problem{"media.gone", "the message names no medium", {}};
        if (auto out = shut_out()) return std::move(*out);
        auto answer = asked(api_.post("/v1.0/robot/messageFiles/download",
                                      {{"downloadCode", medium.media_id}, {"robotCode", settings_.robot_code}}));
        if (!answer) return answer.problem();
        if (answer->errcode) {
            const auto problem = refusal(*answer, 1);
            if (problem.code == "channel.busy" || problem.code == "channel.alarm") return problem;
            return Problem{"media.gone", "DingTalk does not give this medium", problem.detail};
        }
        // The platform itself, asked at its own address, says where.
        return fetched_medium(call_, text_in(answer->json, "downloadUrl"), settings_.media_bytes);
    }

    Result<std::string> check() override {
        if (auto token = tokens_.get(); !token) return token.problem();
        std::string seen = "DingTalk answers and takes our app_key and app_secret";
        if (!has_cards()) seen += "; without card_template choices are numbered lines";
        return seen;
    }

private:
    bool has_cards() const { return !settings_.card_template.empty(); }
    static bool is_outsider(const OutboxItem& item) { return item.address.rfind(dingtalk::outsider, 0) == 0; }
    static Result<TokenCache::Fresh> fresh(const std::string& token, const Json& json, const char* name) {
        const auto life = json.find(name);
        if (token.empty() || life == json.end() || !life->is_number_integer())
            return Problem{"channel.busy", "DingTalk's answer has no access token", "unreadable"};
        // Renewed at 7,000 of 7,200 seconds; the cache itself leaves out the last 300.
        return TokenCache::Fresh{token, std::chrono::seconds(life->get<std::int64_t>()) + 100s};
    }

    Result<TokenCache::Fresh> fetch_token() {
        auto answer = asked(token_api_.post(
            "/v1.0/oauth2/accessToken", {{"appKey", settings_.app_key}, {"appSecret", settings_.app_secrets.front()}}));
        if (!answer) return answer.problem();
        if (answer->errcode) return problem_of(dingtalk::reactions(), *answer, clock_.now());
        return fresh(text_in(answer->json, "accessToken"), answer->json, "expireIn");
    }

    Result<TokenCache::Fresh> fetch_old_token() {
        auto answer = asked(old_token_api_.get("/gettoken?appkey=" + url_encoded(settings_.app_key) +
                                               "&appsecret=" + url_encoded(settings_.app_secrets.front())));
        if (!answer) return answer.problem();
        if (answer->errcode) return problem_of(dingtalk::reactions(), *answer, clock_.now());
        return fresh(text_in(answer->json, "access_token"), answer->json, "expires_in");
    }

    void begin_ban() { banned_ = {clock_.now(), clock_.now() + ban}; }

    std::optional<Problem> shut_out() const {
        const auto now = clock_.now();
        if (!banned_.lasts(now)) return std::nullopt;
        return Problem{"channel.busy", "DingTalk shut our address out for some minutes",
                       "ban" + later(banned_.until - now)};
    }

    // What an answer says in truth. A page instead of one: our address is shut out, and so is a punishment.
    Result<ApiAnswer> asked(Result<ApiAnswer> answer) {
        if (!answer) {
            if (answer.problem().detail == "unreadable") begin_ban();
            return answer;
        }
        auto told = dingtalk::settled(std::move(*answer));
        if (dingtalk::is_ban(told.errcode)) {
            begin_ban();
            told.wait = ban;
        }
        return told;
    }

    struct Progress {
        std::vector<dingtalk::Body> bodies;
        std::size_t done = 0;
        enum class Form { whole, plain, bare } form = Form::whole;
        bool cards = false;            // choices may be buttons
        bool without_buttons = false;  // for now: nobody would hear them pressed
        Receipt receipt;
    };

    void fill(const OutboxItem& item, Progress& progress) {
        progress.cards = has_cards() && !is_outsider(item);
        progress.bodies = dingtalk::bodies_of(item.said, progress.cards);
        const auto is_card = [](const dingtalk::Body& body) { return body.key == "card"; };
        if (std::none_of(progress.bodies.begin(), progress.bodies.end(), is_card) || presses_arrive()) return;
        progress.cards = false;
        progress.without_buttons = true;
        progress.bodies = dingtalk::bodies_of(item.said, false);
    }

    Result<Receipt> send_rest(const OutboxItem& item, Progress& progress) {
        if (progress.bodies.empty() && !item.said.image)
            return Problem{"channel.rejected", "there is nothing to say in this message", "empty"};
        while (progress.done < progress.bodies.size()) {
            const auto& body = progress.bodies[progress.done];
            // A card has a name that the platform knows again.
            auto sent = body.key == "card" ? post_card(item, body) : post(item, body);
            if (!sent && body.key != "card") unanswered_.note(item.id, sent.problem().detail);
            if (!sent) return sent.problem();
            if (sent->errcode == 0 || dingtalk::is_known_card(sent->errcode)) {
                if (body.key == "card") progress.receipt.reference = dingtalk::card_reference + card_name(item);
                ++progress.done;
            } else if (!say_otherwise(item, progress, *sent)) {
                return refusal(*sent, item.attempts);
            }
        }
        if (item.said.image && progress.done == progress.bodies.size() && !is_outsider(item)) {
            auto medium = uploads_.id_of(item.said.image);
            if (!medium) return medium.problem();
            auto sent = post(item, {"sampleImageMsg", {{"photoURL", *medium}}});
            if (!sent) unanswered_.note(item.id, sent.problem().detail);
            if (!sent) return sent.problem();
            if (sent->errcode) {
                uploads_.forget(item.said.image);
                return refusal(*sent, item.attempts);
            }
            ++progress.done;
        }
        return progress.receipt;
    }

    // What staff are told without having asked; a card with buttons goes to the robot's talk, where presses are heard.
    bool is_notice(const OutboxItem& item) const {
        return settings_.agent_id > 0 && item.staff && item.kind != "reply" && item.kind != "card_update" &&
               item.address.rfind("cid", 0) != 0 && (item.said.choices.empty() || !has_cards());
    }

    Result<Receipt> send_notice(const OutboxItem& item) {
        const auto message = dingtalk::notice_of(item.said, item.created_at);
        if (message.is_null()) return Problem{"channel.rejected", "there is nothing to say in this message", "empty"};
        if (auto token = old_tokens_.get(); !token) return token.problem();  // nothing was sent
        if (auto room = take("corpconversation/asyncsend_v2", item); !room) return room.problem();
        auto sent =
            asked(old_api_.post("/topapi/message/corpconversation/asyncsend_v2",
                                {{"agent_id", settings_.agent_id}, {"userid_list", item.address}, {"msg", message}}));
        if (!sent) {
            unanswered_.note(item.id, sent.problem().detail);
            if (may_have_arrived(sent.problem().detail))
                return Problem{sent.problem().code, sent.problem().text, sent.problem().detail + later(unsure_wait)};
            return sent.problem();
        }
        if (sent->errcode) return refusal(*sent, item.attempts);
        // It is sent by and by; what is refused for this person is often known at once.
        const auto task = number_in(sent->json, "task_id");
        auto result = asked(old_api_.post("/topapi/message/corpconversation/getsendresult",
                                          {{"agent_id", settings_.agent_id}, {"task_id", task}}));
        if (result && result->errcode == 0)
            if (auto problem = dingtalk::outcome_of(part_of(result->json, "send_result"), item.address))
                return std::move(*problem);
        Receipt receipt;
        receipt.reference = "notice:" + std::to_string(task);
        return receipt;
    }

    // The same in another form, where this one is refused. False: there is none.
    bool say_otherwise(const OutboxItem& item, Progress& progress, const ApiAnswer& answer) {
        using Form = Progress::Form;
        if (dingtalk::is_about_card(answer.errcode) && progress.form == Form::whole) {
            log::warning("channel.card_refused", {{"channel", settings_.id.value}, {"code", answer.name}});
            progress.form = Form::plain;
            // The words that went before the card are not said again.
            progress.bodies =
                progress.done > 0 ? dingtalk::rest_bodies_of(item.said) : dingtalk::plain_bodies_of(item.said);
        } else if (dingtalk::is_about_words(answer.errcode) && progress.form != Form::bare) {
            auto bare = dingtalk::bare_bodies_of(item.said, progress.cards && progress.form == Form::whole);
            if (bare.empty()) return false;
            log::warning("channel.words_refused", {{"channel", settings_.id.value}, {"code", answer.name}});
            progress.form = Form::bare;
            progress.bodies = std::move(bare);
        } else if (dingtalk::is_too_long(answer.errcode)) {
            return halve(item, progress);
        } else {
            return false;
        }
        progress.done = 0;
        return true;
    }

    static bool halve(const OutboxItem& item, Progress& progress) {
        auto& body = progress.bodies[progress.done];
        if (body.key != "sampleText") {
            if (progress.form != Progress::Form::whole) return false;
            progress.form = Progress::Form::plain;
            progress.bodies = dingtalk::plain_bodies_of(item.said);
            progress.done = 0;
            return true;
        }
        const auto words = body.content.at("content").get<std::string>();
        auto halves = cut_text(words, std::max<std::size_t>(words.size() / 2 + 1, 64));
        if (halves.size() < 2) return false;
        std::vector<dingtalk::Body> texts;
        for (auto& half : halves) texts.push_back({"sampleText", {{"content", std::move(half)}}});
        const auto at = progress.bodies.begin() + static_cast<std::ptrdiff_t>(progress.done);
        progress.bodies.insert(progress.bodies.erase(at), texts.begin(), texts.end());
        return true;
    }

    Result<ApiAnswer> post(const OutboxItem& item, const dingtalk::Body& body) {
        if (is_outsider(item)) return post_in_session(item, body);
        const bool group = item.address.rfind("cid", 0) == 0;
        Json message{{"robotCode", settings_.robot_code}, {"msgKey", body.key}, {"msgParam", to_text(body.content)}};
        if (group)
            message["openConversationId"] = item.address;
        else
            message["userIds"] = Json::array({item.address});
        if (auto token = tokens_.get(); !token) return token.problem();  // nothing was sent
        if (auto room = take(group ? "robot/groupMessages/send" : "robot/oToMessages/batchSend", item); !room)
            return room.problem();
        auto answer =
            asked(api_.post(group ? "/v1.0/robot/groupMessages/send" : "/v1.0/robot/oToMessages/batchSend", message));
        if (!answer || answer->errcode) return answer;
        // Taken as a whole, and yet not for this one.
        if (names(answer->json, "invalidStaffIdList", item.address))
            return Problem{"channel.gone", "no such member", "0 invalidStaffIdList"};
        if (names(answer->json, "flowControlledStaffIdList", item.address))
            return Problem{"channel.busy", "this member got as many messages as DingTalk lets through",
                           "flowControlled" + later(step(item.attempts))};
        if (text_in(answer->json, "processQueryKey").empty()) {
            begin_ban();
            return Problem{"channel.busy", "the platform's answer cannot be read", "unreadable"};
        }
        return answer;
    }

    Result<ApiAnswer> post_in_session(const OutboxItem& item, const dingtalk::Body& body) {
        const auto url = sessions_.url_of(item.address, clock_.now());
        if (!url) return Problem{"channel.gone", "the time to answer in this talk is over", "session.expired"};
        auto answer = asked(session_api_.post(*url, dingtalk::hook_message_of(body)));
        if (answer && (answer->name == "session.expired" || answer->name == "session.notExisted"))
            sessions_.close(item.address, *url);
        return answer;
    }

    Result<Done> take(const char* call, const OutboxItem& item) {
        return rates_.take(call, item.address, item.priority, clock_.now());
    }

    static std::string card_name(const OutboxItem& item) { return "o" + to_text(item.id); }

    Result<ApiAnswer> post_card(const OutboxItem& item, const dingtalk::Body& body) {
        const bool group = item.address.rfind("cid", 0) == 0;
        Json card{{"cardTemplateId", settings_.card_template},
                  {"outTrackId", card_name(item)},
                  {"callbackType", "HTTP"},
                  {"callbackRouteKey", route_key()},
                  {"userIdType", 1},
                  {"cardData", {{"cardParamMap", body.content}}},
                  {"openSpaceId", (group ? "dtv1.card//IM_GROUP." : "dtv1.card//IM_ROBOT.") + item.address}};
        const Json space{{"supportForward", false}, {"notification", {{"alertContent", body.content.at("title")}}}};
        if (group) {
            card["imGroupOpenSpaceModel"] = space;
            card["imGroupOpenDeliverModel"] = {{"robotCode", settings_.robot_code}};
        } else {
            card["imRobotOpenSpaceModel"] = space;
            card["imRobotOpenDeliverModel"] = {{"spaceType", "IM_ROBOT"}, {"robotCode", settings_.robot_code}};
        }
        if (auto room = take("card/instances/createAndDeliver", item); !room) return room.problem();
        return asked(api_.post("/v1.0/card/instances/createAndDeliver", card));
    }

    std::string route_key() const { return "huiyin-" + settings_.id.value; }

    // Where presses go: told to the platform once, before the first card that asks for one. While it does not take
    // that, choices are numbered lines; it is asked again after a while, and the operator hears of it once.
    bool presses_arrive() {
        if (registered_) return true;
        if (no_buttons_.lasts(clock_.now())) return false;
        auto answer = asked(api_.post("/v1.0/card/callbacks/register", {{"callbackRouteKey", route_key()},
                                                                        {"callbackUrl", settings_.hook_url},
                                                                        {"apiSecret", settings_.card_secret},
                                                                        {"forceUpdate", true}}));
        registered_ = answer && answer->errcode == 0;
        if (registered_) return true;
        const auto problem = answer ? refusal(*answer, 1) : answer.problem();
        const bool busy = problem.code == "channel.busy";
        no_buttons_ = {clock_.now(), clock_.now() + (busy ? busy_rest : register_rest)};
        if (!busy && !told_of_buttons_)
            log::error("channel.no_buttons", {{"channel", settings_.id.value},
                                              {"code", problem.detail.substr(0, problem.detail.find(' '))},
                                              {"mend", problem.text}});
        told_of_buttons_ = told_of_buttons_ || !busy;
        return false;
    }

    // The card as it is now, for everybody who sees it. One that is lost is sent anew, without buttons.
    Result<Receipt> settle_card(const OutboxItem& item) {
        const auto card = item.reference.substr(std::string_view(dingtalk::card_reference).size());
        if (presses_.is_open(card, clock_.now()))
            return Problem{"channel.busy", "the press on this card is being answered", "press" + later(200ms)};
        if (auto room = take("card/instances", item); !room) return room.problem();
        auto answer = asked(api_.send("PUT", "/v1.0/card/instances",
                                      {{"outTrackId", card},
                                       {"cardData", {{"cardParamMap", dingtalk::settled_values_of(item.said)}}},
                                       {"cardUpdateOptions", {{"updateCardDataByKey", true}}}}));
        if (!answer) return answer.problem();
        if (answer->errcode == 0) {
            Receipt receipt;
            receipt.reference = item.reference;
            return receipt;
        }
        if (!dingtalk::is_lost_card(answer->errcode)) return refusal(*answer, item.attempts);
        auto anew = item;
        anew.kind = "reply";
        anew.reference.clear();
        return send(anew);
    }

    static std::chrono::milliseconds step(int attempts) { return 1000ms * (1 << std::clamp(attempts - 1, 0, 6)); }

    Problem refusal(const ApiAnswer& answer, int attempts) const {
        const auto code = answer.name.empty() ? std::to_string(answer.errcode) : answer.name;
        if (reaction_to(dingtalk::reactions(), answer.errcode).reaction == Reaction::wrong)
            log::warning("channel.refused",
                         {{"channel", settings_.id.value}, {"code", code}, {"errmsg", answer.errmsg}});
        auto told = answer;
        if (told.wait == 0ms && dingtalk::is_too_fast(answer.errcode)) told.wait = step(attempts);
        return problem_of(dingtalk::reactions(), told, clock_.now());
    }

    const DingtalkSettings settings_;
    Capabilities capabilities_;
    const Caller call_;
    const Clock& clock_;
    const Caller counted_;
    dingtalk::Sessions sessions_;
    dingtalk::Presses presses_;
    const dingtalk::Door door_;
    JsonApi token_api_;
    TokenCache tokens_;
    JsonApi api_;
    JsonApi old_token_api_;
    TokenCache old_tokens_;
    JsonApi old_api_;
    JsonApi session_api_;
    // Of the courier's thread alone.
    Uploads uploads_;
    std::map<OutboxId, Progress> progress_;
    Unanswered unanswered_;
    Rates rates_{{}};
    Lull banned_, no_buttons_;
    bool registered_ = false;
    bool told_of_buttons_ = false;
};

}  // namespace

Result<std::unique_ptr<Channel>> make_dingtalk(DingtalkSettings settings, const Caller& call, FileReader files,
                                               const Clock& clock) {
    const auto bad = [&](const std::string& text) {
        return Problem{"channel.bad_settings", "channel \"" + settings.id.value + "\": " + text, {}};
    };
    std::erase(settings.app_secrets, std::string{});
    std::erase(settings.tokens, std::string{});
    if (settings.app_key.empty()) return bad("\"app_key\" is empty: copy it (or the Client ID) from the app's page");
    if (settings.app_secrets.empty())
        return bad("\"app_secret\" is empty: copy it (or the Client Secret) from the app's page");
    if (settings.robot_code.empty()) return bad("\"robot_code\" is empty: copy it from the robot's page");
    std::vector<AesKey> keys;
    for (const auto& text : settings.aes_keys) {
        if (text.empty()) continue;
        auto key = read_aes_key(text);
        if (!key) return bad("\"aes_key\": " + key.problem().text);
        keys.push_back(*key);
    }
    if (settings.tokens.empty() != keys.empty())
        return bad("\"token\" and \"aes_key\" belong together: write both, or none to take no events");
    if (!settings.card_template.empty() && (settings.card_secret.empty() || settings.hook_url.empty()))
        return bad("\"card_template\" needs \"card_secret\" (any long random text) and the service's \"public_url\"");
    for (auto* base : {&settings.api_base, &settings.old_api_base})
        if (!base->empty() && base->back() == '/') base->pop_back();
    return std::unique_ptr<Channel>(
        std::make_unique<Dingtalk>(std::move(settings), keys, call, std::move(files), clock));
}

}  // namespace huiyin
