// WeChat Official Account (微信公众号): callbacks in three modes, passive replies, custom messages.
// Source: channels/wechat_official_account/README.md.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "channels/channel.h"
#include "channels/outgoing/file_reader.h"
#include "channels/outgoing/json_api.h"
#include "channels/wechat_official_account/notices.h"

namespace huiyin {

struct OfficialAccountSettings {
    ChannelId id;
    std::string app_id, app_secret;
    std::vector<std::string> tokens;             // newest first
    std::vector<std::string> encoding_aes_keys;  // newest first; none: plaintext mode
    bool compat = false;                         // with a key: takes plaintext too
    bool can_custom_send = true;
    wechat::NoticeForms notices;  // while the window is closed; empty: none
    wechat::Grants grants;        // needed for subscription notifications
    std::string api_base = "https://api.weixin.qq.com";
    std::chrono::seconds signature_window{300};  // 0: any age
    std::size_t media_bytes = 10 << 20;
    TokenShelf shelf = {};
};

// Errors: channel.bad_settings - the text names the field and how to mend it. `clock` is the system clock; it and what
// the functions refer to must outlive the channel.
Result<std::unique_ptr<Channel>> make_official_account(OfficialAccountSettings settings, Caller call, FileReader files,
                                                       const Clock& clock);

}  // namespace huiyin
