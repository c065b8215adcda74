#include "channels/wecom/reactions.h"

namespace huiyin::wecom {

const Reactions& reactions() {
    using enum Reaction;
    static const Reactions table{
        {-1, -1, retry, "WeCom is busy"},
        {40014, 40014, renew_token, "the access token is not valid"},
        {42001, 42001, renew_token, "the access token is past its time"},
        {40001, 40001, configuration, "the secret is wrong or the app is gone: compare \"secret\" with the app's page"},
        {40003, 40003, unreachable, "no member with this userid"},
        {60111, 60111, unreachable, "no member with this userid"},
        {46004, 46004, unreachable, "no such member"},
        {40013, 40013, configuration, "the corp_id is wrong: compare it with the page of the company"},
        {40056, 40056, configuration, "the agent_id is wrong: compare it with the app's page"},
        {43009, 43009, configuration, "the company is not verified"},
        {43012, 43012, configuration, "cards with buttons need the app's callback address: enter it on the app's page"},
        {45009, 45009, wait_minute, "too many calls"},
        {45033, 45033, wait_minute, "too many calls at once"},
        {48002, 48003, configuration, "this app lacks the right: look at the app's page"},
        {48005, 48006, configuration, "the interface was taken from the app: look at the app's page"},
        {50001, 50001, configuration, "the address is not a trusted domain of the app"},
        {50002, 50002, unreachable, "the member is outside the app's visible range"},
        {60011, 60011, unreachable, "the member is outside the app's visible range"},
        {60021, 60021, unreachable, "the member is outside the app's visible range"},
        {81013, 81013, unreachable, "no recipient is a member in the app's visible range"},
        {40096, 40096, unreachable, "no such customer"},
        {84061, 84061, unreachable, "the customer has no tie to this member"},
        {50003, 50003, configuration, "the app is disabled: enable it on its page"},
        {60020, 60020, configuration, "our address is not among the app's trusted IPs: add the one named here"},
        {93000, 93000, configuration, "the robot is gone or its key is wrong: copy webhook_url anew from the group"},
        {93004, 93004, configuration, "the robot is disabled: enable it in the group"},
        {93008, 93008, configuration, "the robot is not in the group"},
        {301002, 301002, configuration, "the agent_id belongs to another app than the secret"},
    };
    return table;
}

bool is_about_card(std::int64_t errcode) {
    return errcode == 41016 || errcode == 41033 || (errcode >= 42027 && errcode <= 42046) || errcode == 42014 ||
           errcode == 43012;
}

}  // namespace huiyin::wecom
