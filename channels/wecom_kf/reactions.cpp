#include "channels/wecom_kf/reactions.h"

#include "channels/wecom/reactions.h"
#include "workflow/base/log.h"

namespace huiyin::kf {

const Reactions& reactions() {
    using enum Reaction;
    static const Reactions table = [] {
        Reactions all{
            {95000, 95000, configuration, "the open_kfid is wrong: copy it with its capitals from the account's page"},
            {95001, 95001, closed, "five messages were sent since he last wrote"},
            {95002, 95002, closed, "he last wrote more than 48 hours ago"},
            {95003, 95003, configuration, "the company is not verified: only a few consultations are let through"},
            {95004, 95004, configuration, "there is no such customer service account: compare \"open_kfid\""},
            {95007, 95007, retry, "the doorbell's token is past its time"},
            {95011, 95012, configuration,
             "the secret is of another kind of connection: take that of the self-built app that may call"},
            {95013, 95013, closed, "the session has ended"},
            {95016, 95016, wrong, "the session cannot change that way"},
            {95017, 95017, configuration, "the account is not given to the app: switch \"manage by API\" on"},
            {95018, 95018, closed, "the session's state does not let us speak"},
            {95023, 95023, configuration, "the account is given to another provider's app"},
            {95031, 95031, closed, "he has not written within 48 hours"},
            {95032, 95032, configuration, "the right to read the talks is over: renew it on the company's page"},
        };
        const auto& common = wecom::reactions();
        all.insert(all.end(), common.begin(), common.end());
        return all;
    }();
    return table;
}

Problem refusal_of(const ChannelId& channel, const ApiAnswer& answer, TimePoint now) {
    const auto reaction = reaction_to(reactions(), answer.errcode).reaction;
    if (reaction == Reaction::wrong || reaction == Reaction::configuration)
        log::warning("channel.refused",
                     {{"channel", channel.value}, {"errcode", answer.errcode}, {"errmsg", answer.errmsg}});
    return problem_of(reactions(), answer, now);
}

bool is_about_form(std::int64_t errcode) {
    return errcode == 95008 || errcode == 95009 || errcode == 95030 || errcode == 40008;
}

Failure failure_of(std::int64_t fail_type) {
    switch (fail_type) {
        case 1:
            return {.operators = true, .text = "the customer service account was deleted"};
        case 2:
            return {.operators = true, .text = "the app is closed"};
        case 4:
            return {.until_he_writes = true, .text = "he last wrote more than 48 hours ago"};
        case 5:
            return {.until_he_writes = true, .text = "the session was closed"};
        case 6:
            return {.until_he_writes = true, .text = "more than five messages"};
        case 8:
            return {.operators = true, .text = "the company is not verified"};
        case 10:
            return {.until_he_writes = true, .text = "he refuses messages"};
        case 11:
            return {.operators = true, .text = "nobody of the company is signed in"};
        case 12:
            return {.form = true, .text = "this kind of message is not allowed"};
        case 13:
            return {.text = "stopped by the platform's safety check"};
        default:
            return {.text = "the platform gives no reason"};
    }
}

}  // namespace huiyin::kf
