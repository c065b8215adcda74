// A callback that was genuine and says nothing that we know: kept as it came, for whoever mends our reading. Pure.
#pragma once
#include <string>

#include "channels/channel.h"

namespace huiyin {

// Its key is made of its words, so that a repeat is the same one.
InboundMessage unreadable_callback(const ChannelId& channel, const std::string& raw, TimePoint at);

}  // namespace huiyin
