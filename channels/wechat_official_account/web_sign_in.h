// Whoever uses WeChat shows the web chat who he is (网页授权): the page and his talk with the account are one person
// then, with one list of tickets and one phone. What waits for him in the account and cannot be said there may be said
// in the page; what stands in a page waits there until it is opened.
//
//   GET /chat/{channel}/wechat                    the browser is sent to WeChat
//   GET /chat/{channel}/wechat?code=…&state=…     it comes back, and goes on to the page
//
// The state is good for that browser and for ten minutes; a code becomes an openid, once. A browser that comes too
// often goes to the page as it is, and WeChat is not asked.
#pragma once
#include <string>
#include <vector>

#include "channels/edge/route_table.h"
#include "channels/outgoing/json_api.h"
#include "channels/rate_limit.h"
#include "workflow/base/id.h"
#include "workflow/store/store.h"

namespace huiyin::wechat {

struct WebSignInParts {  // all pointers must outlive the routes
    Store* store = nullptr;
    IdMaker* ids = nullptr;
    RateLimit* limit = nullptr;  // of the web chat
    const Clock* service = nullptr;
    const Clock* system = nullptr;
    Caller call;
    ChannelId account;
    std::string app_id, app_secret, api_base;  // without a slash at the end
    std::string public_url;                    // ours, as the platform's page has its host
    std::string token_key;                     // of the web chat
    bool secure_cookie = false;
    std::vector<std::string> chats;  // ids of the webchat channels
};

void add_web_sign_in_routes(http::RouteTable& routes, WebSignInParts parts);

}  // namespace huiyin::wechat
