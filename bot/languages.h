// In which language somebody is answered: the one he asks for or sets on the page, else the one he writes. Pure.
//
// A word or two that everybody writes ("OK", "wifi", "hello"), a number, an address, a button change nothing: what
// changes the language is a sentence in another one, or characters that only the other writing has.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "bot/message.h"
#include "bot/pack_talk.h"
#include "bot/talk.h"

namespace huiyin {

// Only asked about a language, whole clause or whole message: "English please", "请用繁体", "说中文". `text` as
// Understood has it; `traditional`: it was written in traditional characters. Nothing: no such wish.
std::optional<std::string> wished_language(std::string_view text, bool traditional);
// The same where the message says nothing beside it.
bool only_wishes_language(std::string_view text);

// Takes the language of what was heard into the talk; true: it is another one than before.
bool choose_language(Talk& talk, const Heard& heard);
// What could be tapped below the open question is offered in the new language from then on.
void put_choices_into(Talk& talk, const PackTalk& pack, std::string_view before);

}  // namespace huiyin
