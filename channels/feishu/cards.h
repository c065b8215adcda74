// What we say, as Feishu's messages. Pure.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "channels/channel.h"

namespace huiyin::feishu {

inline constexpr std::size_t most_text_bytes = 8192;   // the platform takes 150 KB; nobody reads them
inline constexpr std::size_t most_card_bytes = 20480;  // of words in a card or post, which may have 30 KB in all
inline constexpr std::size_t most_buttons = 20;

struct Body {
    std::string type;        // text, post, interactive
    nlohmann::json content;  // sent as a text in the message, as an object by a group robot
};
// The messages that say `said`, in order, without pictures:
//   choices                 a card with a button a choice, whose value is {"p": payload, "t": title}
//   a card with an address  a card with a button that leads there
//   a card without          a post
//   else                    text
// More than twenty choices, or one without a payload, become numbered lines.
std::vector<Body> bodies_of(const Said& said);
// The same words as text alone, where a card or post is refused.
std::vector<Body> plain_bodies_of(const Said& said);
// Without a word that people wrote, where such words are refused: the ticket's number, its address, the buttons.
// Empty: nothing would be left.
std::vector<Body> bare_bodies_of(const Said& said);
// The card of a choice that was made or a ticket that went on: its words without buttons.
nlohmann::json settled_card_of(const Said& said);
// What a group robot may show: buttons only lead somewhere, and contacts are masked. Each request is at most
// `most_bytes` as JSON: longer words go in several, numbered, of which a card is the first.
std::vector<Body> robot_bodies_of(const Said& said, std::size_t most_bytes);

// Phones and mail addresses in words may have a message refused, and are nobody's business in a messenger.
std::string without_contacts(std::string text);
// The same for the words and the card of what is told to staff and groups. Not for what the house tells a resident: the
// number on duty is there to be called.
Said without_contacts(Said said);

}  // namespace huiyin::feishu
