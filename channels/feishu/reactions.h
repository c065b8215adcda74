#pragma once
#include "channels/outgoing/json_api.h"

namespace huiyin::feishu {

// Where the token goes and how an answer is read.
const ApiDialect& dialect();
// Codes of the open API and of the group robot, and what we do about them.
// Source: Feishu open platform, "send message", "general error codes", "frequency control", "custom bot guide".
const Reactions& reactions();
// The card, or the post, is what is refused: the same words go out as text.
bool is_about_form(std::int64_t code);
// What people wrote is refused: the message goes without it.
bool is_about_words(std::int64_t code);
// ... and it is the numbers and addresses in it that are refused.
bool is_about_contacts(std::int64_t code);
// The card that was to be changed is gone or too old: a new message says it.
bool is_past_change(std::int64_t code);
// Too much for this person or this organisation: one, two, four … seconds.
bool is_too_fast(std::int64_t code);

}  // namespace huiyin::feishu
