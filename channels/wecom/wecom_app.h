// WeCom (企业微信) self-built app: staff's messages and card taps in; cards, texts and card updates out.
// Source: channels/wecom/README.md.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "channels/channel.h"
#include "channels/outgoing/file_reader.h"
#include "channels/outgoing/json_api.h"

namespace huiyin {

struct WecomAppSettings {
    ChannelId id;
    std::string corp_id, secret;
    std::int64_t agent_id = 0;
    std::vector<std::string> tokens;             // newest first; none: nothing is received
    std::vector<std::string> encoding_aes_keys;  // newest first
    std::string api_base = "https://qyapi.weixin.qq.com";
    std::chrono::seconds signature_window{300};  // 0: any age
    std::size_t media_bytes = 10 << 20;
    int day_messages = 0;                     // that WeCom lets the app send in a day, by person; 0: not counted here
    std::shared_ptr<TokenCache> access = {};  // shared with the other channels of this secret; none: its own
};

// An outbox item of kind "card_update" with a `reference` (the response code of a tap or of the card's sending) updates
// that card for its address, or for everybody who got it when the address is empty; any other is a new message, whose
// receipt's reference is the card's response code, or the ids of all its parts.
// One of kind "recall" takes the message with that reference back, every part, within a day and on WeCom's own clients
// alone. Errors: channel.bad_settings - the text names the field and how to mend it. `clock` is the system clock; it
// and what the functions refer to must outlive the channel.
Result<std::unique_ptr<Channel>> make_wecom_app(WecomAppSettings settings, Caller call, FileReader files,
                                                const Clock& clock);

}  // namespace huiyin
