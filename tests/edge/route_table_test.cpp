#include "channels/edge/route_table.h"

#include <catch2/catch.hpp>

using namespace huiyin::http;

namespace {
void nobody(Request&, Responder&) {}
RouteTable house() {
    RouteTable table;
    for (const auto& [method, pattern] :
         std::vector<std::pair<const char*, const char*>>{{"GET", "/"},
                                                          {"GET", "/tickets"},
                                                          {"POST", "/tickets"},
                                                          {"GET", "/tickets/{number}"},
                                                          {"POST", "/tickets/{id}/commands"},
                                                          {"GET", "/tickets/open"},
                                                          {"DELETE", "/sessions/current"},
                                                          {"GET", "/console/{path*}"},
                                                          {"GET", "/chat/{channel}/attachments/{id}"}})
        table.add(method, pattern, {}, nobody);
    return table;
}
}  // namespace

TEST_CASE("a path finds its route, and the route what stood at its names") {
    const auto table = house();
    const auto ticket = table.find("GET", "/tickets/T7");
    REQUIRE(ticket.route);
    CHECK(ticket.route->pattern == "/tickets/{number}");
    CHECK(ticket.segments == decltype(ticket.segments){{"number", "T7"}});
    const auto command = table.find("POST", "/tickets/T7/commands");
    REQUIRE(command.route);
    CHECK(command.segments == decltype(command.segments){{"id", "T7"}});
    CHECK(table.find("GET", "/tickets/open").route->pattern == "/tickets/open");
    CHECK(table.find("GET", "/").route->pattern == "/");
    const auto media = table.find("GET", "/chat/oa/attachments/0f");
    CHECK(media.segments == decltype(media.segments){{"channel", "oa"}, {"id", "0f"}});
}

TEST_CASE("{name*} takes the rest of a path, even none") {
    const auto table = house();
    CHECK(table.find("GET", "/console/a/b.js").segments.at(0).second == "a/b.js");
    CHECK(table.find("GET", "/console/").segments.at(0).second.empty());
    CHECK(table.find("GET", "/console").segments.at(0).second.empty());
}

TEST_CASE("what no route has is not found; a wrong method hears which ones there are") {
    const auto table = house();
    for (const char* path :
         {"/ticket", "/tickets/", "/tickets/T7/commands/x", "", "tickets", "/chat/oa/attachments/"}) {
        CAPTURE(path);
        const auto found = table.find("GET", path);
        CHECK(found.route == nullptr);
        CHECK(found.allow.empty());
    }
    CHECK(table.find("PUT", "/tickets").allow == "GET, HEAD, POST");
    CHECK(table.find("GET", "/sessions/current").allow == "DELETE");
    // /tickets/open has only GET, but /tickets/{number} could have had the method too: both speak.
    CHECK(table.find("DELETE", "/tickets/open").allow == "GET, HEAD");
    CHECK(table.find("HEAD", "/tickets").route->method == "GET");
    CHECK(table.find("HEAD", "/sessions/current").route == nullptr);
}

TEST_CASE("no route answers a method it was not added for") {
    const auto table = house();
    for (const auto* route : table.routes())
        for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
            const auto found = table.find(method, route->pattern);
            CAPTURE(method, route->pattern);
            if (found.route)
                CHECK(found.route->method == method);
            else
                CHECK(found.allow.find(route->method) != std::string::npos);
        }
}

TEST_CASE("a mistaken pattern does not start") {
    for (const char* pattern : {"", "tickets", "/a//b", "/{}", "/{A}", "/{a}/{a}", "/{a*}/b", "/x{a}", "/{a"}) {
        CAPTURE(pattern);
        RouteTable table;
        CHECK_THROWS_AS(table.add("GET", pattern, {}, nobody), std::logic_error);
    }
    auto table = house();
    CHECK_THROWS_AS(table.add("GET", "/tickets/{other}", {}, nobody), std::logic_error);
    CHECK_THROWS_AS(table.add("HEAD", "/x", {}, nobody), std::logic_error);
    CHECK_THROWS_AS(table.add("GET", "/x", {}, nullptr), std::logic_error);
    CHECK(table.routes().size() == 9);
}
