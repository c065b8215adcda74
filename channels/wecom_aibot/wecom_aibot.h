// WeCom's AI bot (智能机器人): members of the company talk to it alone or in a group. What they hear rides on the
// callback's answer; what comes later goes to the address that each of their messages brings, once each and within an
// hour. Source: WeCom developer pages 100719, 101027, 101031, 101033, 101039, 101138.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "channels/channel.h"
#include "channels/outgoing/json_api.h"
#include "channels/outgoing/talk_keeper.h"

namespace huiyin {

struct WecomAibotSettings {
    ChannelId id;
    std::string bot_id;                                    // the bot's own; empty: whichever has our key
    std::vector<std::string> tokens;                       // newest first
    std::vector<std::string> encoding_aes_keys;            // newest first
    std::string api_base = "https://qyapi.weixin.qq.com";  // where later answers go: no other place is called
    std::chrono::seconds signature_window{300};            // 0: any age
    std::size_t media_bytes = 10 << 20;
    TalkKeeper keeper = {};  // of the addresses for later answers; empty: in memory
};

// Errors: channel.bad_settings - the text names the field and how to mend it. `clock` is the system clock; it and what
// `call` refers to must outlive the channel.
Result<std::unique_ptr<Channel>> make_wecom_aibot(WecomAibotSettings settings, Caller call, const Clock& clock);

}  // namespace huiyin
