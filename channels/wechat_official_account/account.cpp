#include "channels/wechat_official_account/account.h"

#include <utility>

#include "channels/codec/json_fields.h"
#include "channels/wechat_official_account/reactions.h"

namespace huiyin::wechat {

Account::Account(AccountSettings settings, Caller call, const Clock& clock)
    : settings_(std::move(settings)),
      call_(std::move(call)),
      clock_(clock),
      token_api_(call_, settings_.api_base, reactions(), nullptr),
      tokens_(
          clock_, [this] { return fetch_token(); }, settings_.shelf),
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
    auto token = text_in(answer->json, "access_token");
    const auto life = number_in(answer->json, "expires_in");
    if (token.empty() || life <= 0) return Problem{"channel.busy", "WeChat's answer has no access_token", "unreadable"};
    return TokenCache::Fresh{std::move(token), std::chrono::seconds(life)};
}

}  // namespace huiyin::wechat
