// What WeCom's customer service hands out (sync_msg), one item at a time. Pure.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "channels/channel.h"

namespace huiyin::kf {

enum class ItemKind {
    customer,         // he wrote, tapped or sent something: `message`
    servicer,         // a colleague wrote to him in his WeCom: `message` holds the words, `servicer` who
    entered,          // he opened the talk: `code` (perhaps) lets us say one thing at once, `scene` where he came from
    send_failed,      // what we sent did not reach him: `failed_id` (ours), `number` why
    session_changed,  // `number` 1 taken, 2 passed on, 3 ended, 4 taken up again; `servicer` who has it; `code`
    recalled,         // he took back `failed_id`
    notice,           // kept in the log alone; `about` names it
    unknown           // `raw`
};
struct Item {
    ItemKind kind = ItemKind::unknown;
    std::string key;       // of the delivery; never empty
    std::string customer;  // external_userid; the letter case counts
    TimePoint sent_at;
    InboundMessage message;
    std::string servicer, code, scene, scene_param, failed_id, about;
    std::int64_t number = 0;
    std::string raw;  // of what cannot be read
};

// Never fails: what is not as it should be is `unknown`, with its raw text.
Item read_item(const ChannelId& channel, const nlohmann::json& json);

}  // namespace huiyin::kf
