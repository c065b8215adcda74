// What WeChat's messages and events mean to us.
#pragma once
#include <optional>
#include <string>

#include "channels/channel.h"
#include "channels/codec/xml.h"

namespace huiyin::wechat {

// One decrypted message or event. Nothing: a notice that nobody needs to answer or keep (a menu page was opened, a
// position was reported). A type that we do not know gives kind `unknown` with `raw` in it.
//   entered  subscribe, SCAN; `label` holds the scene of the printed code, if there was one
//   left     unsubscribe
//   choice   CLICK (the menu's key, also as `text`: a key that is no payload of ours is taken as words), or a tapped
//            line of a msgmenu (its id; `text` has its words)
//   event    results and privacy notices; `text` names the event in lower case, `label` says how it went (of
//            subscription notifications a line a template: id, accept, reject or an error code, number of the notice),
//            `reply_reference` holds the notice's number
// The key tells repeats apart: message by sender and MsgId, event by sender, time, name, key and what else it is about.
std::optional<InboundMessage> read_message(const ChannelId& channel, const Xml& xml, const std::string& raw);

// A message that could not be read at all.
InboundMessage unreadable_message(const ChannelId& channel, const std::string& raw, TimePoint at);

}  // namespace huiyin::wechat
