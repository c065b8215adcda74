// /api/v1/news: what the asker may see and what was changed of it, as it happens.
#include "channels/api/guard.h"
#include "channels/api/routes.h"
#include "channels/api/staff_streams.h"

namespace huiyin::api {

void add_news_routes(http::RouteTable& routes, const Shared& parts) {
    add_stream(
        routes, parts,
        {"GET", "/api/v1/news",
         "Server-sent events, what to read again: hello (all), ticket {number, version, by, by_kind}, talk {id}."},
        [](Asked& asked, http::Responder& responder) {
            if (!asked.parts.news->open(responder, asked.who))
                responder.answer(
                    problem_answer(Problem{"api.busy", "现在等消息的页面太多：页面会自己每隔一会儿来看一次", {}}));
        });
}

}  // namespace huiyin::api
