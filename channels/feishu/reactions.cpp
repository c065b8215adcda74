#include "channels/feishu/reactions.h"

namespace huiyin::feishu {

const ApiDialect& dialect() {
    static const ApiDialect speaks{.code = "code",
                                   .text = "msg",
                                   .token_header = "Authorization",
                                   .token_prefix = "Bearer ",
                                   .refuses_by_status = true,
                                   .wait_header = "x-ogw-ratelimit-reset"};
    return speaks;
}

const Reactions& reactions() {
    using enum Reaction;
    static const Reactions table{
        {99991400, 99991400, retry, "too many calls"},
        {230020, 230020, retry, "too many messages to this person"},
        {11247, 11247, retry, "too many messages"},
        {11233, 11233, retry, "too many messages"},
        {230049, 230049, retry, "it is being sent"},
        {2200, 2200, retry, "Feishu is busy"},
        {5000, 5000, retry, "Feishu is busy"},
        {99991661, 99991661, renew_token, "the access token is missing"},
        {99991663, 99991663, renew_token, "the access token is not valid"},
        {99991665, 99991665, renew_token, "the access token is not valid"},
        {99991668, 99991668, renew_token, "the access token is of another kind"},
        {99991671, 99991671, renew_token, "the access token is of another kind"},
        {99991403, 99991403, configuration, "the month's calls are used up: buy more on the page of the organisation"},
        {99991672, 99991672, configuration,
         "the app lacks a permission: add the one named here on its page, and publish a version"},
        {99991401, 99991401, configuration, "our address is not among those the app may be called from: add it"},
        {10014, 10014, configuration, "the app is disabled or not published: look at its page"},
        {10015, 10015, configuration, "the secret is wrong: compare \"app_secret\" with the app's page"},
        {10003, 10003, configuration, "the app_id is wrong: compare it with the app's page"},
        {230006, 230006, configuration, "the app has no robot: switch it on on the app's page, and publish a version"},
        {230027, 230027, configuration,
         "the app lacks a permission: add the one named here on its page, and publish a version"},
        {230002, 230002, unreachable, "the robot is not in the group"},
        {232009, 232009, unreachable, "the group is no more"},
        {230013, 230013, unreachable, "the person is outside the app's range"},
        {230029, 230029, unreachable, "the person has left"},
        {230018, 230018, unreachable, "the group's settings forbid it"},
        {230035, 230035, unreachable, "the organisation's rules forbid it"},
        {230034, 230034, unreachable, "no such person"},
        {230038, 230038, unreachable, "the person is in another organisation"},
        {230053, 230053, unreachable, "the person switched the robot off"},
        {230001, 230001, wrong, "a field of this message is wrong"},
        {230099, 230099, wrong, "the card is wrong"},
        {230022, 230022, wrong, "the words are refused"},
        {230028, 230028, wrong, "the organisation's data protection refuses the words"},
        {230025, 230025, wrong, "the message is too long"},
        // The group robot's.
        {9499, 9499, wrong, "the message is malformed"},
        {19002, 19002, wrong, "the message has no kind"},
        {19036, 19036, wrong, "the message is too long"},
        {11232, 11232, wait_minute, "too many messages of this robot"},
        {19001, 19001, configuration,
         "the robot is gone or its address is wrong: copy webhook_url anew from the group"},
        {19021, 19021, configuration,
         "the signature or its time is refused: set this machine's clock, then compare \"secret\" with the robot's "
         "page"},
        {19022, 19022, configuration, "our address is not among those the robot takes: add it on the robot's page"},
        {19024, 19024, configuration,
         "the robot wants a keyword: add 工单 to its keywords, or take its signature instead"},
    };
    return table;
}

bool is_about_form(std::int64_t code) { return code == 230001 || code == 230099; }
bool is_about_words(std::int64_t code) { return code == 230022 || code == 230028; }
bool is_about_contacts(std::int64_t code) { return code == 230028; }
bool is_past_change(std::int64_t code) { return code == 230011 || code == 230031; }
bool is_too_fast(std::int64_t code) { return code == 230020 || code == 11247 || code == 11233; }

}  // namespace huiyin::feishu
