// What the platform tells about a follower and nobody said: whether a notice arrived, which notices he allows.
#pragma once
#include <string>

#include "channels/channel.h"
#include "channels/wechat_official_account/notices.h"
#include "workflow/store/store.h"

namespace huiyin::wechat {

// In the caller's unit of work. A notice that did not arrive is owed again, and goes on by its next way. False: it is
// nothing of the kind.
bool hear_of_follower(Transaction& tx, const InboundMessage& message, TimePoint now, TimePoint system_now);

// What he allowed, kept in the store by a hash of who he is.
Grants grants_in(Store& store, const ChannelId& channel);

}  // namespace huiyin::wechat
