// Whether somebody else is asked about a message, and how.
#pragma once
#include <string>

#include "bot/advice/advice.h"

namespace huiyin::advice {

// Only where the rules and the model are unsure or understood nothing. Never where a danger was found, nor for
// commands, answers, mere facts, attempts to give orders, or letters of more than a thousand characters.
bool worth_asking(const Understood& understood);

// The body of POST …/chat/completions: a constant order, the closed list as a JSON schema, and the message as data.
std::string request_text(const std::string& model, const std::string& masked_message, const Choices& choices);

// The order. It holds nothing that is secret, and still never stands in a reply.
std::string_view system_prompt();

}  // namespace huiyin::advice
