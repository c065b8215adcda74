// Signing in by a platform, over HTTP: whoever waits for it takes one of few places, and gives it back.
#include <atomic>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "channels/api/access.h"
#include "channels/api/routes.h"
#include "channels/edge/http_client.h"
#include "channels/edge/http_server.h"
#include "channels/wecom/sign_in.h"
#include "tests/scarce_memory.h"
#include "tests/store/store_house.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

// A house whose platform refuses everybody.
struct Office {
    Office() {
        house.open();
        access = std::make_unique<Access>(*house.store, holder, clock, "");
        const auto parts = std::make_shared<ApiParts>();
        parts->access = access.get();
        parts->sign_in_ways = {{ChannelId{"app"}, &sign_in}};
        api::add_sign_in_routes(routes, parts);
        http::RouteTable served;
        const auto* back = routes.find("GET", "/api/v1/sessions/wecom/app/back").route;
        served.add("GET", back->pattern, {}, [this, back](http::Request& request, http::Responder& responder) {
            const scarce::Memory memory(granted);
            back->handler(request, responder);
        });
        server = std::make_unique<http::Server>(http::ServerOptions{}, std::move(served));
        REQUIRE(server->start());
        origin = "http://127.0.0.1:" + std::to_string(server->port());
        client = std::make_unique<http::Client>(http::ClientOptions{.trusted_origins = {origin}});
    }
    // Where he is led, or the status.
    std::string comes_back() {
        const auto state = sign_in.new_state();
        const auto reply = client->send({.url = origin + "/api/v1/sessions/wecom/app/back?code=c&state=" + state,
                                         .headers = {{"Cookie", "huiyin_sign_in=" + state + "./console/"}}});
        REQUIRE(reply);
        return std::string(reply->header("Location").value_or(std::to_string(reply->status)));
    }
    House house;
    ManualClock clock{nine};
    DirectoryHolder holder{nullptr};
    std::unique_ptr<Access> access;
    wecom::SignIn sign_in{{.corp_id = "ww1", .agent_id = 1, .access = nullptr},
                          [](const http::Call&) -> Result<http::Reply> {
                              return http::Reply{200, {}, R"({"errcode":99999,"errmsg":"no"})"};
                          },
                          clock};
    http::RouteTable routes;
    std::atomic<int> granted{-1};  // to the handler, then one wish is refused
    std::unique_ptr<http::Server> server;
    std::string origin;
    std::unique_ptr<http::Client> client;
};

}  // namespace

TEST_CASE("whoever signs in by a platform gives his place back, also where memory ended") {
    Office office;
    CHECK(office.comes_back() == "/console/#/sign-in/alarm");
    int failed = 0;
    for (int granted = 0; granted < 80; ++granted) {
        CAPTURE(granted);
        office.granted = granted;
        const auto led_to = office.comes_back();
        CHECK(led_to != "/console/#/sign-in/busy");
        failed += led_to == "500" || led_to == "503";
    }
    CHECK(failed > 10);
    office.granted = -1;
    CHECK(office.comes_back() == "/console/#/sign-in/alarm");
}
