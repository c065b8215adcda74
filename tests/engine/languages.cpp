// Whoever is told of a ticket is told in the language of his own talk; staff in the house's.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "world.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

void speaks(World& world, const World::Case& who, const char* language) {
    world.in_unit_of_work([&](Transaction& tx) {
        auto conversation = *tx.conversation(who.conversation);
        conversation.body = to_text(Json{{"language", language}});
        tx.save(conversation);
    });
}

bool has_chinese(const std::string& text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) >= 0xe4) return true;
    return false;
}

}  // namespace

TEST_CASE("each of those who are told of a ticket is told in his own language, and staff in the house's") {
    World world;
    const auto ticket = world.files("The lift is broken", [](OpenTicket& wish) { wish.category = "equipment"; });
    const auto neighbour = world.files("别的事");
    const auto friends = world.files("还有一件");
    speaks(world, ticket, "en");
    speaks(world, neighbour, "zh-TW");
    world.in_unit_of_work([&](Transaction& tx) {
        for (const auto& one : {neighbour, friends})
            REQUIRE(world.engine->join(tx, ticket.id, one.person, one.conversation, world.now()));
    });
    CHECK(world.last_said(neighbour).find("已經把您加進案件") == 0);
    REQUIRE(world.staff_does(li, ticket, "accept"));
    const auto accepted = world.last_said(ticket);
    CHECK(accepted.find("has been accepted; the engineering team is on it. You'll have a result by ") !=
          std::string::npos);
    CHECK_FALSE(has_chinese(accepted));
    CHECK(world.last_said(neighbour).find("已經受理，由機電組處理") != std::string::npos);
    CHECK(world.last_said(friends).find("已受理，由工程部处理") != std::string::npos);
    CHECK(world.heard(zhang, ticket).back().find("请派人处理") != std::string::npos);

    REQUIRE(world.staff_does(zhang, ticket, "propose", {{"text", "new motor"}}));
    const auto asked = world.talk(ticket).back();
    CHECK(asked.said.text.find("we suggest: new motor") != std::string::npos);
    REQUIRE(asked.said.choices.size() == 3);
    CHECK(asked.said.choices[0].title == "Agree");
    CHECK(asked.said.choices[1].title == "Not quite");

    Engine::Progress now;
    world.store->read([&](Reading& reading) {
        now = world.engine->progress(reading, *reading.ticket(ticket.id), world.now(), "en");
    });
    CHECK(now.state == "the plan is with you, waiting for your answer");
    CHECK(now.next == "waiting for your answer to the plan");
    CHECK(now.why.find("5 working days, counted from Mon 2 Mar") == 0);
    CHECK_FALSE(has_chinese(now.why));
}

TEST_CASE("names and words of others are put in traditional characters; an unknown language is the house's") {
    World world;
    const auto ticket = world.files("楼道灯坏了");
    speaks(world, ticket, "zh-TW");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    CHECK(world.last_said(ticket).find("案件") == 0);
    REQUIRE(world.staff_does(li, ticket, "reply", {{"text", "师傅今天来修"}}));
    CHECK(world.last_said(ticket).find("師傅今天來修") != std::string::npos);
    speaks(world, ticket, "fr");
    REQUIRE(world.staff_does(li, ticket, "reply", {{"text", "今天来修"}}));
    CHECK(world.last_said(ticket).find("锦绣花园物业服务中心回复您") == 0);
}
