// The platforms' door: /hooks/{channel}. Proves the sender, takes each delivery once, answers within the platform's
// time.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bot/front_desk.h"
#include "channels/channel.h"
#include "channels/edge/route_table.h"
#include "channels/rate_limit.h"
#include "channels/staff_desk.h"

namespace huiyin {

namespace advice {
class Advisor;
}

struct IntakeParts {  // all pointers must outlive the routes
    Store* store = nullptr;
    FrontDesk* desk = nullptr;
    StaffDesk* staff = nullptr;
    const Understanding* understanding = nullptr;
    advice::Advisor* advisor = nullptr;  // none: what was understood stands
    const Policies* policies = nullptr;
    const Phrases* phrases = nullptr;
    const SpeakerDesk* speaker = nullptr;
    const DirectoryHolder* directory = nullptr;  // for what printed codes say
    IdMaker* ids = nullptr;
    RateLimit* limit = nullptr;
    const Clock* service = nullptr;
    const Clock* system = nullptr;
    std::map<std::string, Channel*> channels;  // those that are called back, by id
    // A customer service account has news (a doorbell: `label` is the account, `reply_reference` its token). False: no
    // channel of that hook's company has the account. `noted` is called once it is saved, or could not be.
    std::function<bool(const ChannelId& hook, const InboundMessage& doorbell, std::function<void(bool noted)> noted)>
        ring = {};
    // The platform tells something that nobody said, in the unit of work. False: it is handled as a message.
    std::function<bool(Transaction&, const InboundMessage&, TimePoint now, TimePoint system_now)> told = {};
    std::chrono::milliseconds patience{4000};  // at most; some platforms have less (Capabilities)
};

void add_hook_routes(http::RouteTable& routes, IntakeParts parts);

}  // namespace huiyin
