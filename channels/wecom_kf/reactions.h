#pragma once
#include "channels/outgoing/json_api.h"
#include "workflow/base/id.h"

namespace huiyin::kf {

// WeCom's codes with those of the customer service, and what we do about them. Source: WeCom developer page 90313.
const Reactions& reactions();
// The problem of an answer with a code; what is wrong with our message or our settings is logged with WeCom's own
// words.
Problem refusal_of(const ChannelId& channel, const ApiAnswer& answer, TimePoint now);
// A menu, or this kind of message, is not taken by the account: the same words go out as text.
bool is_about_form(std::int64_t errcode);

// Why the platform says later that a message did not arrive (msg_send_fail).
struct Failure {
    bool until_he_writes = false;  // nothing reaches him before he writes again
    bool form = false;             // this kind of message: as text it may
    bool operators = false;        // somebody has to mend the account
    const char* text = "";
};
Failure failure_of(std::int64_t fail_type);

}  // namespace huiyin::kf
