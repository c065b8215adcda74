// What we say to staff, as WeCom's message bodies. Pure.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "channels/channel.h"

namespace huiyin::wecom {

inline constexpr std::size_t most_text_bytes = 2048;
inline constexpr std::size_t most_buttons = 6;

// The message bodies ({"msgtype":…, <msgtype>:{…}}) that say `said`, in order, without pictures:
//   choices                 button_interaction: a button a choice, its key the payload; text with numbered lines
//                           where a card without an address would cut the words
//   a card with an address  text_notice that leads there
//   a card without          markdown
//   else                    text, cut at 2048 bytes
// More than six choices, or one without a payload, become numbered lines. `task` names the card within the app.
std::vector<nlohmann::json> bodies_of(const Said& said, const std::string& task);
// The same words as text alone, for a recipient or app that shows no cards.
std::vector<nlohmann::json> plain_bodies_of(const Said& said);

// The part of update_template_card that says what the card becomes: its buttons turn into a grey text, or, with a card
// that has an address, the whole card is replaced.
nlohmann::json update_of(const Said& said);
// The grey text of a button.
std::string replace_name_of(const Said& said);

}  // namespace huiyin::wecom
