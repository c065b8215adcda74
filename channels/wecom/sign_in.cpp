#include "channels/wecom/sign_in.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "channels/codec/json_fields.h"
#include "channels/wecom/reactions.h"
#include "workflow/base/log.h"

namespace huiyin::wecom {
namespace {
using namespace std::chrono_literals;

constexpr std::size_t waiting_most = 16;
constexpr std::size_t code_bytes = 512;
constexpr std::size_t known_most = 1000;
constexpr auto known_for = 15s;
constexpr const char* real_api = "https://qyapi.weixin.qq.com";

// WeCom's pages stand under other names than its API; a stand-in has all of it under one.
std::string page_base(const std::string& api_base, const char* real) { return api_base == real_api ? real : api_base; }

// No app takes the state of another.
std::string key_of(const SignInSettings& settings) {
    if (settings.key.empty()) return random_bytes(32);
    return derived_key(settings.key, settings.corp_id + "\n" + std::to_string(settings.agent_id));
}

}  // namespace

SignIn::SignIn(SignInSettings settings, Caller call, const Clock& clock)
    : settings_(std::move(settings)),
      clock_(clock),
      states_(key_of(settings_)),
      api_(std::move(call), settings_.api_base, reactions(), settings_.access.get()),
      thread_([this] {
          while (const auto work = work_.take()) (*work)();
      }) {}

SignIn::~SignIn() { work_.close(); }

void SignIn::forget(const std::function<bool(const std::string& userid)>& is_his) {
    std::lock_guard lock(mutex_);
    std::erase_if(known_, [&](const auto& one) { return is_his(one.second.userid); });
}

std::string SignIn::address(bool inside, const std::string& back, const std::string& state) const {
    const auto agent = std::to_string(settings_.agent_id);
    if (inside)
        return page_base(settings_.api_base, "https://open.weixin.qq.com") +
               "/connect/oauth2/authorize?appid=" + url_encoded(settings_.corp_id) +
               "&redirect_uri=" + url_encoded(back) + "&response_type=code&scope=snsapi_base&state=" + state +
               "&agentid=" + agent + "#wechat_redirect";
    return page_base(settings_.api_base, "https://login.work.weixin.qq.com") +
           "/wwlogin/sso/login?login_type=CorpApp&appid=" + url_encoded(settings_.corp_id) + "&agentid=" + agent +
           "&redirect_uri=" + url_encoded(back) + "&state=" + state + "&lang=zh";
}

void SignIn::ask(const std::string& code, const std::string& state,
                 const std::function<void(Result<std::string>)>& told) {
    if (!is_ours(state)) return told(Problem{"sign_in.again", "no state of ours came back, or an old one", {}});
    if (code.empty() || code.size() > code_bytes) return told(Problem{"sign_in.again", "no code came back", {}});
    if (work_.size() >= waiting_most) return told(Problem{"sign_in.busy", "too many sign in at this moment", {}});
    const bool taken = work_.put([this, code, state, told] {
        const auto key = state + " " + code;
        const auto now = clock_.now();
        if (auto userid = known_userid(key, now)) return told(std::move(*userid));
        Result<std::string> userid = Problem{"sign_in.busy", "not asked", {}};
        try {
            userid = userid_of(code);
        } catch (const std::exception& e) {
            log::error("sign_in.failed", {{"what", e.what()}});
        }
        if (userid) {
            std::lock_guard lock(mutex_);
            if (known_.size() >= known_most) known_.clear();
            known_[key] = {*userid, now};
        }
        told(std::move(userid));
    });
    if (!taken) told(Problem{"sign_in.busy", "the service is stopping", {}});
}

std::optional<std::string> SignIn::known_userid(const std::string& key, TimePoint now) {
    std::lock_guard lock(mutex_);
    std::erase_if(known_, [&](const auto& one) { return one.second.at + known_for <= now; });
    const auto found = known_.find(key);
    return found == known_.end() ? std::nullopt : std::optional(found->second.userid);
}

Result<std::string> SignIn::userid_of(const std::string& code) {
    constexpr int bad_code = 40029, old_code = 42003;
    const auto answer = api_.get("/cgi-bin/auth/getuserinfo?code=" + url_encoded(code));
    if (!answer) {
        log::warning("sign_in.no_answer", {{"code", answer.problem().code}, {"what", answer.problem().text}});
        return Problem{answer.problem().code == "channel.alarm" ? "sign_in.alarm" : "sign_in.busy",
                       answer.problem().text, answer.problem().detail};
    }
    if (answer->errcode == bad_code || answer->errcode == old_code)
        return Problem{"sign_in.again", "the code was used or is too old", std::to_string(answer->errcode)};
    if (answer->errcode) {
        const auto problem = problem_of(reactions(), *answer, clock_.now());
        log::warning("sign_in.refused", {{"code", problem.code}, {"what", problem.text}});
        return Problem{problem.code == "channel.busy" ? "sign_in.busy" : "sign_in.alarm", problem.text, problem.detail};
    }
    auto userid = text_in(answer->json, "userid");  // who is no member of the company has an openid instead
    if (userid.empty()) return Problem{"sign_in.refused", "no member of the company", {}};
    return userid;
}

}  // namespace huiyin::wecom
