// What Feishu's events and card callbacks mean to us. Pure.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "channels/channel.h"

namespace huiyin::feishu {

// One opened event. Nothing: a notice that nobody needs to answer or keep (read, recalled, another robot's words). A
// type that we do not know gives kind `unknown` with `raw` in it, without an address.
//   text     also a post without pictures; mentions are replaced by names, the bot's own is left out
//   image    also a post with pictures: its words are the text
//   voice, video, file
//   choice   a button of a card: `choice` our payload, `text` its title, `reply_reference` the card's message; or the
//            key of the bot's menu, also as `text`
//   entered  the talk with the bot was opened: one key a person and day
// `group`: the chat, where others read along; whoever writes there is answered alone, at his address.
// A medium's id is "image|file:<message>:<key>", see medium_path().
std::optional<InboundMessage> read_event(const ChannelId& channel, const nlohmann::json& event, const std::string& raw,
                                         TimePoint received_at);
// A press on a card at the older address. `key`: it has no id of its own. `company`: the tenant_key of ours, or empty
// while it is not known; a user_id of another may be somebody else's here.
InboundMessage read_old_press(const ChannelId& channel, const nlohmann::json& press, const std::string& raw,
                              const std::string& key, const std::string& company, TimePoint received_at);

// The API's path of a medium; empty if the id is none of read_event's.
std::string medium_path(const std::string& media_id);

}  // namespace huiyin::feishu
