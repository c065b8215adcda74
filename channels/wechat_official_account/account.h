// How we speak with the platform in the account's name: one token for all calls, and what its codes mean.
// Threads: any.
#pragma once
#include <string>

#include "channels/outgoing/json_api.h"
#include "workflow/base/clock.h"

namespace huiyin::wechat {

struct AccountSettings {
    std::string app_id, app_secret;
    std::string api_base = "https://api.weixin.qq.com";
    TokenShelf shelf = {};
};

class Account {
public:
    // `clock`: the system clock; it must outlive the account.
    Account(AccountSettings settings, Caller call, const Clock& clock);
    Account(const Account&) = delete;
    Account& operator=(const Account&) = delete;

    JsonApi& api() { return api_; }
    const Caller& caller() const { return call_; }
    const AccountSettings& settings() const { return settings_; }
    Problem problem(const ApiAnswer& answer) const;
    // The answer, or the problem of its code.
    Result<ApiAnswer> good(Result<ApiAnswer> answer) const;

private:
    Result<TokenCache::Fresh> fetch_token();
    const AccountSettings settings_;
    const Caller call_;
    const Clock& clock_;
    JsonApi token_api_;
    TokenCache tokens_;
    JsonApi api_;
};

}  // namespace huiyin::wechat
