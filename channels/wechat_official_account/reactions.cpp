#include "channels/wechat_official_account/reactions.h"

namespace huiyin::wechat {

const Reactions& reactions() {
    using enum Reaction;
    static const Reactions table{
        {-1, -1, retry, "WeChat is busy"},
        {40001, 40001, renew_token, "the access token is no longer the newest: does another program use this account?"},
        {40014, 40014, renew_token, "the access token is not valid"},
        {42001, 42001, renew_token, "the access token is past its time"},
        {40003, 40003, unreachable, "no such openid in this account"},
        {40013, 40013, configuration, "the app_id is wrong: compare it with the platform's page"},
        {40125, 40125, configuration, "the app_secret is wrong: compare it with the platform's page"},
        {40164, 40164, configuration, "our address is not on the account's IP whitelist: add the one named here"},
        {40243, 40243, configuration, "the app_secret is frozen: unfreeze it on the platform's page"},
        {40015, 40028, wrong,
         "the menu breaks a rule of the platform's: 1 to 3 buttons, 1 to 5 below each, short names"},
        {40036, 40037, unreachable, "the account has no such template: compare \"templates\" with the platform's page"},
        {41030, 41030, unreachable, "the notice's page is none"},
        {43004, 43004, unreachable, "the resident does not follow the account"},
        {43019, 43019, unreachable, "the resident is on the account's black list"},
        {43101, 43101, unreachable, "the resident has not allowed this notification"},
        {45009, 45009, wait_day, "the calls of this day are used up"},
        {45011, 45011, wait_minute, "too many calls this minute"},
        {45015, 45015, closed, "the resident has not written for 48 hours"},
        {45029, 45029, configuration,
         "the account's 100,000 codes that stay for ever are used up: print some that end (--days 30)"},
        {45047, 45047, closed, "the messages that an interaction allows are used up"},
        {45087, 45087, unreachable, "custom messages of this account are blocked: look at the platform's page"},
        {45102, 45102, configuration, "the account is blocked for a while: look at the platform's page"},
        {45103, 45103, unreachable, "this account may not send such messages"},
        {46004, 46004, unreachable, "no such user"},
        {47003, 47003, unreachable, "a value breaks the template's rule"},
        {48001, 48001, unreachable,
         "the account has no right to this: look at the platform's page, and at can_custom_send"},
        {48002, 48002, unreachable, "the resident switched messages off"},
        {48004, 48004, configuration, "this interface is blocked for the account: look at the platform's page"},
        {48008, 48008, unreachable, "the account may not send this type of message"},
        {50001, 50001, configuration, "the account has not authorised this interface"},
        {50002, 50002, unreachable, "the account or the resident is restricted: look at the platform's page"},
        {50005, 50005, unreachable, "the resident does not follow the account"},
        {50007, 50007, configuration, "the account is frozen: look at the platform's page"},
        {61004, 61004, configuration, "our address is not registered with the platform"},
        {61450, 61450, retry, "WeChat's customer service system failed"},
        {70000, 70000, unreachable, "WeChat withheld the message"},
        {89501, 89503, configuration, "the account's administrator must confirm our address"},
        {89506, 89507, configuration, "the administrator refused our address for a while"},
    };
    return table;
}

}  // namespace huiyin::wechat
