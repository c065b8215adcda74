// Whoever uses WeChat shows the web chat who he is (网页授权): the page and his talk with the account are one person
// then, with one list of tickets and one phone, and what cannot be said in the one can be said in the other.
//
//   GET /chat/{channel}/wechat                  sends the browser to WeChat, with a state that only this browser can
//   have GET /chat/{channel}/wechat?code=…&state=…   it comes back: the code becomes an openid, once; then on to the
//   page
#pragma once
#include <string>
#include <vector>

#include "channels/edge/route_table.h"
#include "channels/outgoing/json_api.h"
#include "workflow/base/id.h"
#include "workflow/store/store.h"

namespace huiyin::wechat {

struct WebSignInParts {  // all pointers must outlive the routes
    Store* store = nullptr;
    IdMaker* ids = nullptr;
    const Clock* service = nullptr;
    const Clock* system = nullptr;
    Caller call;
    ChannelId account;
    std::string app_id, app_secret, api_base;
    std::string public_url;  // ours, as the platform's page has its host
    std::string token_key;   // of the web chat
    bool secure_cookie = false;
    std::vector<std::string> chats;  // ids of the webchat channels
};

void add_web_sign_in_routes(http::RouteTable& routes, WebSignInParts parts);

}  // namespace huiyin::wechat
