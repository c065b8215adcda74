// Pages that wait for news of a talk.
#include "channels/streams.h"

#include <catch2/catch.hpp>
#include <thread>

#include "../engine/world.h"
#include "channels/edge/http_client.h"
#include "channels/edge/http_server.h"

using namespace huiyin;
using namespace huiyin::test;
using namespace std::chrono_literals;

TEST_CASE("whoever closes his page is forgotten, though nothing more is said in his talk") {
    World world;
    std::atomic<int> opened{0}, left{0};
    {
        Streams streams(*world.store);
        http::RouteTable routes;
        routes.add("GET", "/events/{talk}", {}, [&](http::Request& request, http::Responder& responder) {
            const ConversationId talk{std::stoll(std::string(request.segment("talk")))};
            streams.open(responder, talk, 0, [](const Message&) { return std::string("{}"); });
            ++opened;
        });
        http::Server server({}, std::move(routes));
        REQUIRE(server.start());
        const auto url = "http://127.0.0.1:" + std::to_string(server.port());
        http::Client client({.trusted_origins = {url}});
        {
            std::vector<std::jthread> readers;
            for (int i = 1; i <= 24; ++i)
                readers.emplace_back([&, i] {
                    http::Call call;
                    call.url = url + "/events/" + std::to_string(i % 12 + 1);
                    call.time = 500ms;  // then he leaves
                    left += client.send(call) ? 0 : 1;
                });
        }
        CHECK(left == 24);
        CHECK(opened > 0);
        const auto until = std::chrono::steady_clock::now() + 10s;
        while (streams.count() > 0 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
        CHECK(streams.count() == 0);
    }
}
