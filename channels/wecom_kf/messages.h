// What we say to customers, as the customer service's message bodies. Pure.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "channels/channel.h"

namespace huiyin::kf {

inline constexpr std::size_t most_text_bytes = 2048;
inline constexpr std::size_t most_head_bytes = 1024;  // of a menu
inline constexpr std::size_t most_menu_items = 10;
inline constexpr std::size_t most_item_bytes = 128;

// The bodies ({"msgtype":…, <msgtype>:{…}}) that say `said`, in order, without pictures: text; the last one a msgmenu
// where there are choices or an address to open. More than ten choices become numbered lines.
std::vector<nlohmann::json> bodies_of(const Said& said);
// The same words as text alone.
std::vector<nlohmann::json> plain_bodies_of(const Said& said);

}  // namespace huiyin::kf
