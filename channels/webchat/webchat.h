// The web chat: residents talk to the service from a page, or from any client, without a platform between.
//
// Who somebody is, is a random token that we made: a cookie, or a bearer token for clients without cookies. A token we
// do not know is never taken over: its holder gets a new one.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "bot/front_desk.h"
#include "channels/edge/route_table.h"
#include "channels/rate_limit.h"
#include "channels/streams.h"

namespace huiyin {

namespace advice {
class Advisor;
}

struct WebchatParts {  // all pointers must outlive the routes
    Store* store = nullptr;
    FrontDesk* desk = nullptr;
    const Understanding* understanding = nullptr;
    advice::Advisor* advisor = nullptr;  // none: what was understood stands
    const Policies* policies = nullptr;
    const DirectoryHolder* directory = nullptr;
    Streams* streams = nullptr;
    RateLimit* limit = nullptr;
    const Clock* service = nullptr;
    const Clock* system = nullptr;
    std::string token_key;  // derived from the configuration's secret, label "chat token"
    std::string page;       // chat page file; empty: no pages were built
    bool secure_cookie = false;
    std::size_t body_bytes = 1 << 20, media_bytes = 10 << 20;
    std::vector<std::string> channels;  // ids of the webchat channels
};

void add_webchat_routes(http::RouteTable& routes, WebchatParts parts);

}  // namespace huiyin
