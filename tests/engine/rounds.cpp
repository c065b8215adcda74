// What begins anew when work begins anew, and what of the first round stays.
#include <catch2/catch.hpp>

#include "world.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

World::Case in_hand(World& world) {
    const auto ticket = world.files("卫生间漏水");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
    return ticket;
}

World::Case resolved(World& world) {
    const auto ticket = in_hand(world);
    REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "已修好"}}));
    return ticket;
}

// He agreed in time, and the work was not done in time: Friday, 6 March.
World::Case agreed_and_late(World& world) {
    const auto ticket = in_hand(world);
    REQUIRE(world.staff_does(zhang, ticket, "propose", {{"text", "换一段水管"}}));
    REQUIRE(world.taps(ticket, "同意"));
    world.moves_to("2026-03-06 18:00");
    REQUIRE(world.count(ticket, "deadline.missed") == 1);
    REQUIRE(world.ticket(ticket).level == "general");
    world.moves_to("2026-03-09 09:00");
    return ticket;
}

std::vector<std::string> open_questions(World& world, const World::Case& of) {
    std::vector<std::string> kinds;
    world.store->read([&](Reading& reading) {
        for (const auto& prompt : reading.open_prompts(of.conversation)) kinds.push_back(prompt.kind);
    });
    return kinds;
}

}  // namespace

TEST_CASE("each resolution is asked about three times before it closes on silence") {
    World world;
    const auto ticket = resolved(world);
    const auto calls = [&] {
        REQUIRE(world.staff_does(li, ticket, "revisit", {{"means", "phone"}, {"reached", false}}));
        return world.ticket(ticket).phase;
    };
    calls(), calls();
    REQUIRE(calls() == Phase::closed);
    REQUIRE(world.resident_does(ticket, "reopen", {{"reason", "又漏了"}}));
    CHECK(world.ticket(ticket).attempts == 0);
    REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "又修了一次"}}));
    CHECK(calls() == Phase::resolved);
    CHECK(calls() == Phase::resolved);
    CHECK(calls() == Phase::closed);
}

TEST_CASE("a question that waited for the morning is not asked when work has begun again") {
    World world{"2026-03-02 14:00"};
    const auto ticket = in_hand(world);
    world.moves_to("2026-03-02 20:31");
    REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "已修好"}}));
    REQUIRE(world.ticket(ticket).put_off == "fixed");
    REQUIRE(world.staff_does(li, ticket, "revisit", {{"means", "phone"}, {"reached", true}, {"score", 1}}));
    CHECK(world.ticket(ticket).phase == Phase::working);
    CHECK(world.ticket(ticket).put_off.empty());
    world.moves_to("2026-03-03 12:00");
    CHECK(world.count(ticket, "fixed.asked") == 0);
}

TEST_CASE("a limit missed before work began again makes the new one no later") {
    World world;
    const auto ticket = agreed_and_late(world);
    REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "已修好"}}));
    SECTION("sent back by the customer") {
        REQUIRE(world.taps(ticket, "没有好"));
        CHECK(world.ticket(ticket).missed.empty());
        CHECK(world.due(ticket, "handle") == "2026-03-13 17:30 running");
        REQUIRE(world.staff_does(zhang, ticket, "propose", {{"text", "换整根水管"}}));
        CHECK(world.ticket(ticket).state == "awaiting_consent");
        CHECK(world.ticket(ticket).level == "general");
        REQUIRE(world.taps(ticket, "同意"));
        // The new one counts as ever.
        world.moves_to("2026-03-13 18:00");
        CHECK(world.count(ticket, "deadline.missed") == 2);
        CHECK(world.ticket(ticket).missed == std::set<std::string>{"handle"});
    }
    SECTION("closed and reopened") {
        REQUIRE(world.taps(ticket, "真的好了"));
        REQUIRE(world.taps(ticket, "5分 很满意"));
        CHECK(world.ticket(ticket).missed == std::set<std::string>{"handle"});
        REQUIRE(world.resident_does(ticket, "reopen", {{"reason", "又漏了"}}));
        CHECK(world.ticket(ticket).state == "handling");
        CHECK(world.ticket(ticket).level == "general");
        CHECK(world.count(ticket, "ticket.escalated") == 0);
    }
}

TEST_CASE("a question that going up has outrun in the same moment is not put") {
    World world;
    const auto ticket = agreed_and_late(world);
    // A new proposal takes the agreed one off the table when it is late: the rules find it major, and it goes up.
    REQUIRE(world.staff_does(zhang, ticket, "propose", {{"text", "换整根水管"}}));
    REQUIRE(world.ticket(ticket).level == "major");
    REQUIRE(world.ticket(ticket).state == "escalated");
    CHECK(world.ticket(ticket).asked.empty());
    CHECK(open_questions(world, ticket).empty());
    CHECK(world.last_said(ticket).find("同意") == std::string::npos);
}

TEST_CASE("a pause ends where the matter is resolved or goes up") {
    World world;
    const auto ticket = in_hand(world);
    REQUIRE(world.staff_does(wang, ticket, "pause", {{"reason", "等配件"}, {"until", "2026-03-10T09:00:00+08:00"}}));
    SECTION("resolved, and not fixed") {
        world.moves_to("2026-03-03 10:00");
        REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "已修好"}}));
        CHECK_FALSE(world.ticket(ticket).paused);
        REQUIRE(world.taps(ticket, "没有好"));
        CHECK_FALSE(world.ticket(ticket).paused);
        CHECK(world.due(ticket, "handle") == "2026-03-09 17:30 running");
        world.moves_to("2026-03-10 09:01");
        CHECK(world.count(ticket, "ticket.resumed") == 0);
    }
    SECTION("goes up") {
        REQUIRE(world.staff_does(wang, ticket, "escalate", {{"reason", "要上级协调"}}));
        CHECK_FALSE(world.ticket(ticket).paused);
        CHECK(world.due(ticket, "escalated").find("running") != std::string::npos);
        world.moves_to("2026-03-10 09:01");
        CHECK(world.count(ticket, "ticket.resumed") == 0);
    }
}
