#include "channels/wechat_official_account/account.h"

#include <utility>

#include "channels/wechat_official_account/reactions.h"

namespace huiyin::wechat {
namespace {

AccountSettings without_slash(AccountSettings settings) {
    while (!settings.api_base.empty() && settings.api_base.back() == '/') settings.api_base.pop_back();
    return settings;
}

}  // namespace

Account::Account(AccountSettings settings, Caller call, const Clock& clock)
    : settings_(without_slash(std::move(settings))),
      call_(std::move(call)),
      clock_(clock),
      token_api_(call_, settings_.api_base, reactions(), nullptr),
      tokens_(clock_, [this] { return fetch_token(); }),
      api_(call_, settings_.api_base, reactions(), &tokens_) {}

Problem Account::problem(const ApiAnswer& answer) const { return problem_of(reactions(), answer, clock_.now()); }

Result<ApiAnswer> Account::good(Result<ApiAnswer> answer) const {
    if (!answer || answer->errcode == 0) return answer;
    return problem(*answer);
}

Result<TokenCache::Fresh> Account::fetch_token() {
    auto answer = token_api_.post("/cgi-bin/stable_token", {{"grant_type", "client_credential"},
                                                            {"appid", settings_.app_id},
                                                            {"secret", settings_.app_secret},
                                                            {"force_refresh", false}});
    if (!answer) return answer.problem();
    // 40001 here means the secret, not a token; renew_token counts as configuration in a problem.
    if (answer->errcode) return problem(*answer);
    const auto token = answer->json.find("access_token"), life = answer->json.find("expires_in");
    if (token == answer->json.end() || !token->is_string() || life == answer->json.end() || !life->is_number_integer())
        return Problem{"channel.busy", "WeChat's answer has no access_token", "unreadable"};
    return TokenCache::Fresh{token->get<std::string>(), std::chrono::seconds(life->get<std::int64_t>())};
}

}  // namespace huiyin::wechat
