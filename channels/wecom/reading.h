// What WeCom's messages and events to a self-built app mean to us.
#pragma once
#include <optional>
#include <string>

#include "channels/channel.h"
#include "channels/codec/xml.h"

namespace huiyin::wecom {

// One decrypted message or event of a member. Nothing: a notice that nobody needs to answer or keep. A type that we do
// not know gives kind `unknown` with `raw` in it.
//   choice   a card's button or menu (`choice` its key, `label` the card's task id, `reply_reference` the code that
//            updates the card, `text` what was selected on it), or the app menu's key (also as `text`)
//   entered  enter_agent: the app was opened; one key a person and day
//   left     unsubscribe: no longer in the app's visible range
//   event    changes of the directory, batch jobs, customer service doorbells, warnings; `text` names it
// `event` and `left` are marked `staff`: of all others the directory says whether he is one.
std::optional<InboundMessage> read_message(const ChannelId& channel, const Xml& xml, const std::string& raw);

// A message that could not be read at all.
InboundMessage unreadable_message(const ChannelId& channel, const std::string& raw, TimePoint at);

}  // namespace huiyin::wecom
