// Feishu (飞书): residents and staff talk to an app's robot; texts, posts, cards with buttons, pictures.
// Source: channels/feishu/README.md.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "channels/channel.h"
#include "channels/outgoing/file_reader.h"
#include "channels/outgoing/json_api.h"

namespace huiyin {

struct FeishuSettings {
    ChannelId id;
    std::string app_id, app_secret;
    std::vector<std::string> verification_tokens;  // newest first
    std::vector<std::string> encrypt_keys;         // newest first
    std::string api_base = "https://open.feishu.cn";
    std::chrono::seconds signature_window{300};  // 0: any age; less than a day counts as a day, see the README
    std::size_t media_bytes = 10 << 20;
    TokenShelf shelf = {};
};

// A recipient is an open_id (ou_…), union_id (on_…), group (oc_…), mail address, or user_id. The receipt's reference is
// the message's id; an item of kind "card_update" with that reference changes the card for everybody who sees it.
// Errors: channel.bad_settings - the text names the field and how to mend it. `clock` is the system clock; it and what
// the functions refer to must outlive the channel.
Result<std::unique_ptr<Channel>> make_feishu(FeishuSettings settings, Caller call, FileReader files,
                                             const Clock& clock);

// A group's own robot: speaks, hears nothing.
struct FeishuRobotSettings {
    ChannelId id;
    std::string webhook_url;  // holds the robot's key: a secret, in no log and no error text
    std::string secret;       // empty: the robot takes messages without a signature
};
// 80 messages a minute and 5 a second; what is beyond is answered channel.busy with the time to wait.
Result<std::unique_ptr<Channel>> make_feishu_robot(FeishuRobotSettings settings, Caller call, const Clock& clock);

}  // namespace huiyin
