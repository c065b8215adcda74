#pragma once
#include <string>

#include "channels/outgoing/json_api.h"

namespace huiyin::dingtalk {

// How the newer API speaks (codes are words, with a status); the older one speaks as the default does.
const ApiDialect& dialect();
// Codes of both APIs, of the group robot and of cards, and what we do about them. Words have numbers of our own here.
// Source: DingTalk open platform, "error codes", "call frequency", "custom robots", "one-on-one messages in batches",
// "create and deliver cards".
const Reactions& reactions();
std::int64_t number_of(std::string_view name);

// What an answer says in truth: a code of the older API in an answer of the newer one, a code inside a code, a
// punishment without any.
ApiAnswer settled(ApiAnswer answer);

bool is_about_words(std::int64_t code);  // what people wrote is refused: the message goes without it
bool is_about_card(std::int64_t code);   // the card is wrong here: the same as text
bool is_too_long(std::int64_t code);     // in two halves
bool is_known_card(std::int64_t code);   // this card was sent before: it is done
bool is_lost_card(std::int64_t code);    // there is no such card to be changed
bool is_too_fast(std::int64_t code);     // one, two, four … seconds
bool is_ban(std::int64_t code);          // our address is shut out for five minutes
bool is_muted(std::int64_t code);        // this robot is, for ten

}  // namespace huiyin::dingtalk
