// The one line that stands in a group: never more than is true, and never in the way of the answer.
#include "bot/in_public.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "lacking.h"
#include "room.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

const std::string who = "王女士";

Room::Heard tells(Room& room, const std::string& words) {
    try {
        return room.says(who, words);
    } catch (const std::exception&) {
        return room.says_again();
    }
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("in public: nobody says that those on duty know when they could not be told") {
    Room room;
    room.says(who, "你好");
    const Lacking texts(room, {"staff.handover.danger"});
    auto conversation = room.conversation(who);
    conversation.body = "[]broken";
    room.world.store->run([&](Transaction& tx) { tx.save(conversation); });
    const auto heard = tells(room, "[群] 家里好大煤气味");
    REQUIRE_FALSE(heard.said.empty());
    CHECK(has(heard.said.front(), "119"));  // help all the same, to himself …
    CHECK_FALSE(has(heard.said.front(), "已经通知"));
    const auto lines = room.said_in_public();
    REQUIRE(lines.size() == 1);
    CHECK(has(lines.front(), "119"));  // … and to all
    CHECK_FALSE(has(lines.front(), "已经通知"));
}

TEST_CASE("in public: a line that cannot be had keeps no message from its answer") {
    Room room;
    const Lacking texts(room, {"talk.public", "talk.public.gas"});
    const auto heard = room.says(who, "[群] 3栋2单元501卫生间漏水");
    REQUIRE_FALSE(heard.said.empty());
    CHECK_FALSE(has(heard.said.front(), "没办成"));
    CHECK(room.said_in_public().empty());
    const auto danger = room.says(who, "[群] 家里好大煤气味");
    REQUIRE_FALSE(danger.said.empty());
    CHECK(has(danger.said.front(), "119"));
    const auto lines = room.said_in_public();
    REQUIRE(lines.size() == 1);
    CHECK(has(lines.front(), "119"));
    CHECK(room.tickets().size() == 1);
}

TEST_CASE("in public: no phone of a community that may not be theirs") {
    Room room;
    Arrived arrived;
    arrived.channel = ChannelId{"oa"};
    arrived.address = "resident:" + who;
    arrived.group = "业主群";
    arrived.begins_alone = false;
    const auto says = [&](const std::string& words) {
        room.passes(70'000);
        arrived.key = arrived.text = words;
        const auto understood = room.understanding->understand(words, room.world.now(), Zone{});
        room.world.store->run([&](Transaction& tx) {
            REQUIRE(room.desk->hear(tx, arrived, understood, room.world.now(), room.world.system.now()));
        });
        const auto lines = room.said_in_public();
        return lines.empty() ? std::string{} : lines.back();
    };
    for (const auto* words : {"路灯坏了三天", "家里好大煤气味"}) {
        CAPTURE(words);
        const auto line = says(words);
        CHECK(has(line, "单独"));
        CHECK_FALSE(has(line, "021-"));
    }
    arrived.unit = room.world.directory->get()->unit_by_key("cuihu")->id;  // now it is known
    CHECK(has(says("楼道里还是好大煤气味"), "021-1055-02"));
}

TEST_CASE("in public: a danger told in pieces is heard in the group where the last of them was said") {
    Room room;
    room.says(who, "[群外人] 你好");
    room.passes(70'000);
    room.says(who, "在吗");
    room.said_in_public();
    REQUIRE(room.says(who, "[群外人] 那个", true).held);
    CHECK(room.said_in_public().empty());
    auto talk = room.talk(who);
    talk.held = {"电梯里", "有人困住了"};  // as they are understood only together
    auto conversation = room.conversation(who);
    conversation.body = to_text(talk);
    room.world.store->run([&](Transaction& tx) { tx.save(conversation); });
    room.passes(3000);
    CHECK(room.field("emergency") == "lift");
    const auto lines = room.said_in_public();
    REQUIRE(lines.size() == 1);
    CHECK(has(lines.front(), "业主群"));
    CHECK(has(lines.front(), "别扒门"));
    CHECK(has(lines.front(), "单独告诉我"));  // we cannot write to him first
    CHECK(room.talk(who).held_in.group.empty());
}
