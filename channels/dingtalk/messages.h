// What we say, as DingTalk's messages and cards. Pure.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "channels/channel.h"

namespace huiyin::dingtalk {

inline constexpr std::size_t most_text_bytes = 12000;  // of 15,000 in all
inline constexpr std::size_t most_robot_bytes = 18000;
inline constexpr std::size_t most_buttons = 6;

struct Body {
    std::string key;         // sampleText, sampleMarkdown, sampleActionCard; "card" for an interactive card
    nlohmann::json content;  // msgParam, or the card's values
};
// The messages that say `said`, in order, without pictures:
//   choices, `cards`        an interactive card with a button each; words beyond a value's length go before it
//   a card with an address  sampleActionCard; without: sampleMarkdown
//   else                    sampleText
// Where there are no cards, or more than six choices, or one without a payload, choices become numbered lines.
std::vector<Body> bodies_of(const Said& said, bool cards);
// The same words as text alone.
std::vector<Body> plain_bodies_of(const Said& said);
// What a card says beyond the words that went before it, as text alone: its title, its choices, its address.
std::vector<Body> rest_bodies_of(const Said& said);
// Without a word that people wrote: the ticket's number, its address, its choices. Empty: nothing would be left.
std::vector<Body> bare_bodies_of(const Said& said, bool cards);
// The values of a card whose choice was made or whose ticket went on: no button is left.
nlohmann::json settled_values_of(const Said& said);
// A body as a group's robot and a talk's own address take it: {"msgtype":…}.
nlohmann::json hook_message_of(const Body& body);
// What a group's robot may show, in one message.
nlohmann::json robot_message_of(const Said& said);

}  // namespace huiyin::dingtalk
