#include "channels/unreadable.h"

#include "workflow/base/digest.h"

namespace huiyin {

InboundMessage unreadable_callback(const ChannelId& channel, const std::string& raw, TimePoint at) {
    InboundMessage message;
    message.channel = channel;
    message.key = "raw:" + sha256_hex(raw);
    message.sent_at = at;
    message.raw = raw;
    return message;
}

}  // namespace huiyin
