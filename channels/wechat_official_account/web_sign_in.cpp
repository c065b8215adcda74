#include "channels/wechat_official_account/web_sign_in.h"

#include <algorithm>
#include <memory>
#include <thread>

#include "channels/codec/json_fields.h"
#include "channels/codec/signed_state.h"
#include "channels/webchat/chat_token.h"
#include "channels/wechat_official_account/reactions.h"
#include "workflow/base/log.h"
#include "workflow/base/queue.h"
#include "workflow/store/keeping.h"

namespace huiyin::wechat {
namespace {

constexpr std::size_t openid_bytes = 128;
constexpr std::size_t most_waiting = 100;
constexpr std::chrono::milliseconds patience{8000};

http::Answer sent_to(const std::string& address) {
    auto answer = http::Answer::empty(302);
    answer.with("Location", address).with("Cache-Control", "no-store");
    return answer;
}

class WebSignIn {
public:
    explicit WebSignIn(WebSignInParts parts)
        : parts_(std::move(parts)),
          tokens_(parts_.token_key, parts_.secure_cookie),
          states_(derived_key(parts_.token_key, "wechat sign-in")),
          api_(parts_.call, parts_.api_base, reactions(), nullptr),
          thread_([this] { run(); }) {}
    ~WebSignIn() { work_.close(); }
    WebSignIn(const WebSignIn&) = delete;
    WebSignIn& operator=(const WebSignIn&) = delete;

    void get(http::Request& request, http::Responder& responder) {
        const std::string chat(request.segment("channel"));
        if (std::find(parts_.chats.begin(), parts_.chats.end(), chat) == parts_.chats.end())
            return responder.answer(http::Answer::empty(404));
        const auto page = "/chat/" + chat;
        const auto code = request.query("code"), state = request.query("state");
        if (!code && !state) return go(request, responder, page);
        const auto token = tokens_.of(request);
        // Another browser's return, or one that is made up: nothing happens.
        const auto now = parts_.system->now();
        if (token.empty() || !code || !state || !states_.is_ours(*state, now, token))
            return responder.answer(http::Answer::empty(403));
        if (parts_.limit->take(tokens_.address(token), now) > 0) return responder.answer(sent_to(page));
        auto parked = std::make_shared<http::Parked>(responder.park());
        parked->otherwise(patience, sent_to(page));
        if (work_.size() >= most_waiting) return static_cast<void>(parked->answer(sent_to(page)));
        work_.put([this, parked, page, chat, token, given = std::string(*code)] {
            if (parked->late()) return;  // he is in the page already; his code is worth nothing to anybody
            // A clean address: a reload must not use the code again.
            auto answer = sent_to(page);
            if (const auto openid = openid_of(given); openid) {
                const auto fresh = tokens_.fresh();
                bool is_his = true;
                parts_.store->run([&](Transaction& tx) { is_his = bind(tx, *openid, ChannelId{chat}, token, fresh); });
                if (!is_his) answer.with("Set-Cookie", tokens_.cookie(fresh));
            }
            parked->answer(std::move(answer));
        });
    }

private:
    void go(const http::Request& request, http::Responder& responder, const std::string& page) {
        auto token = tokens_.of(request);
        const bool fresh = token.empty();
        const auto now = parts_.system->now();
        // A new name is free: without this, whoever comes too often would take another.
        if (fresh && parts_.limit->take("new:" + request.address(), now) > 0) return responder.answer(sent_to(page));
        if (fresh) token = tokens_.fresh();
        const auto& base = parts_.api_base;
        // In this order, and with the fragment: WeChat's client looks at both.
        auto answer =
            sent_to((base == "https://api.weixin.qq.com" ? "https://open.weixin.qq.com" : base) +
                    "/connect/oauth2/authorize?appid=" + url_encoded(parts_.app_id) +
                    "&redirect_uri=" + url_encoded(parts_.public_url + page + "/wechat") +
                    "&response_type=code&scope=snsapi_base&state=" + states_.fresh(now, token) + "#wechat_redirect");
        if (fresh) answer.with("Set-Cookie", tokens_.cookie(token));
        responder.answer(std::move(answer));
    }

    void run() {
        while (const auto work = work_.take()) try {
                (*work)();
            } catch (const std::exception& e) {
                log::error("web_sign_in.failed", {{"what", e.what()}});
            }
    }

    // Nothing: the code was used, is too old or none of ours, or there is no answer; whoever wants to comes again.
    std::optional<std::string> openid_of(const std::string& code) {
        const auto answer = api_.get("/sns/oauth2/access_token?appid=" + url_encoded(parts_.app_id) +
                                     "&secret=" + url_encoded(parts_.app_secret) + "&code=" + url_encoded(code) +
                                     "&grant_type=authorization_code");
        if (!answer || answer->errcode != 0) {
            log::warning("web_sign_in.refused",
                         {{"channel", parts_.account.value},
                          {"code", answer ? std::to_string(answer->errcode) : answer.problem().code}});
            return std::nullopt;
        }
        // Somebody who only looks at a preview has a name that is nobody's.
        if (number_in(answer->json, "is_snapshotuser") != 0) return std::nullopt;
        auto openid = text_in(answer->json, "openid");
        if (openid.empty() || openid.size() > openid_bytes) return std::nullopt;
        return openid;
    }

    Conversation talk_of(Transaction& tx, const ChannelId& channel, const std::string& address, PersonId person) {
        const auto ms = to_ms(parts_.system->now());
        Conversation talk;
        if (!person) {
            Person unknown;
            unknown.id = person = parts_.ids->make<PersonId>(ms);
            unknown.created_at = parts_.service->now();
            tx.add(unknown);
        }
        talk.id = parts_.ids->make<ConversationId>(ms);
        talk.channel = channel;
        talk.address = address;
        talk.person = person;
        talk.created_at = talk.updated_at = talk.state_since = parts_.service->now();
        return talk;
    }

    // Every talk of the one is the other's from now on: all his pages, and the account. So is what he asked about his
    // data: it is decided about who he is now.
    static void move(Transaction& tx, PersonId from, PersonId to) {
        for (auto& request : tx.keeping().privacy_requests_of(from)) {
            request.person = to;
            tx.keeping().save(request);
        }
        for (auto& talk : tx.conversations_of(from)) {
            talk.person = to;
            tx.save(talk);
        }
    }

    // This account knows him by another name: it was somebody else who proved it.
    bool is_another(Transaction& tx, PersonId person, const std::string& openid) const {
        const auto known = tx.conversations_of(person);
        return std::any_of(known.begin(), known.end(), [&](const Conversation& one) {
            return one.channel == parts_.account && one.address != openid;
        });
    }

    // False: the browser's token is of somebody else, who used it before; he goes on with the fresh one.
    bool bind(Transaction& tx, const std::string& openid, const ChannelId& chat, const std::string& token,
              const std::string& fresh) {
        auto account = tx.conversation_at(parts_.account, openid);
        if (!account) {
            account = talk_of(tx, parts_.account, openid, {});
            tx.save(*account);
        }
        auto page = tx.conversation_at(chat, tokens_.address(token));
        const bool is_his = !page || page->person == account->person || !is_another(tx, page->person, openid);
        if (!page || !is_his) {
            page = talk_of(tx, chat, tokens_.address(is_his ? token : fresh), account->person);
            page->unit = account->unit;
            tx.save(*page);
            return is_his;
        }
        if (page->person == account->person) return true;
        // Both are his. What stands in one goes along; two that both have matters stay two.
        if (tx.tickets_of(page->person, 1).empty()) {
            move(tx, page->person, account->person);
        } else if (tx.tickets_of(account->person, 1).empty()) {
            move(tx, account->person, page->person);
        } else {
            log::info("web_sign_in.two_people", {{"channel", parts_.account.value}});
        }
        return true;
    }

    const WebSignInParts parts_;
    const ChatTokens tokens_;
    const SignedState states_;
    JsonApi api_;
    Queue<std::function<void()>> work_;
    std::jthread thread_;
};

}  // namespace

void add_web_sign_in_routes(http::RouteTable& routes, WebSignInParts parts) {
    auto sign_in = std::make_shared<WebSignIn>(std::move(parts));
    const std::map<std::string, std::string> tags{{"who", "resident"}};
    routes.add(
        "GET", "/chat/{channel}/wechat", {.bytes = 1024},
        [sign_in](http::Request& q, http::Responder& a) { sign_in->get(q, a); }, tags);
}

}  // namespace huiyin::wechat
