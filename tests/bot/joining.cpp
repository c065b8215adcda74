// Who goes along with a ticket of others: which may be joined, and that what he was invited to say is heard.
#include <catch2/catch.hpp>

#include "bot/shared_matters.h"
#include "room.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

bool has(const std::vector<std::string>& texts, const std::string& part) {
    return std::any_of(texts.begin(), texts.end(),
                       [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

UnitId unit_called(const Directory& directory, const std::string& name) {
    for (const auto& unit : directory.units())
        if (unit.name == name) return unit.id;
    return {};
}

// "停水" told twice in other words, put together by staff, and done.
void put_together(Room& room, const std::string& told = "5栋2单元601一滴水都放不出来,电话13912345678") {
    room.says("王女士", "5栋2单元502停水了,从早上停到现在,电话13812345678");
    room.says("王女士", "对");
    room.says("李先生", told);
    room.says("李先生", "对");
    const auto tickets = room.tickets();
    REQUIRE(tickets.size() == 2);
    REQUIRE(room.world.staff_does(li, {tickets[1].id, {}, {}}, "merge",
                                  {{"into", tickets[0].number}, {"reason", "同一件事"}}));
    REQUIRE(room.world.staff_does(li, {tickets[0].id, {}, {}}, "accept"));
    REQUIRE(room.world.staff_does(zhang, {tickets[0].id, {}, {}}, "resolve", {{"text", "水泵换好了"}}));
    REQUIRE(has(room.pushed("李先生"), "回“还没好”"));
}

}  // namespace

TEST_CASE("joining: a building 3 of another community is another building") {
    Room room;
    const auto directory = room.world.directory->get();
    const auto group = unit_called(*directory, "悦居物业集团"),
               centre = unit_called(*directory, "锦绣花园物业服务中心");
    const auto jinxiu = unit_called(*directory, "锦绣花园"), cuihu = unit_called(*directory, "翠湖苑");
    REQUIRE((group && centre && jinxiu && cuihu));
    const auto here = directory->find_place("3", "2", "501", jinxiu).household;
    REQUIRE(here);
    // One who answers for several communities keeps them apart …
    CHECK(of_one_community(*directory, group, here, jinxiu));
    CHECK_FALSE(of_one_community(*directory, group, here, cuihu));
    CHECK_FALSE(of_one_community(*directory, group, here, {}));
    CHECK_FALSE(of_one_community(*directory, group, {}, jinxiu));
    // … who answers for one has nothing to keep apart.
    CHECK(of_one_community(*directory, centre, {}, jinxiu));
    CHECK(of_one_community(*directory, centre, here, {}));
}

TEST_CASE("joining: who was put together with another by staff says that he still waits, and has a case of his own") {
    Room room;
    put_together(room);
    const auto heard = room.says("李先生", "还没好");
    REQUIRE(has(heard.said, "请核对"));
    CHECK(has(heard.said, "5栋2单元601"));
    CHECK(has(heard.said, "一滴水都放不出来"));
    CHECK(has(heard.said, "139****5678"));
    room.says("李先生", "对");
    const auto tickets = room.tickets();
    REQUIRE(tickets.size() == 3);
    CHECK(tickets[2].joined_to == tickets[0].id);
}

TEST_CASE("joining: what he was invited to say is heard though he has a matter of his own, while it is the last word") {
    Room room;
    room.says("李先生", "3栋1单元楼道灯坏了,电话13912345678");
    room.says("李先生", "对");
    room.says("王女士", "5栋2单元502停水了,从早上停到现在,电话13812345678");
    room.says("王女士", "对");
    const auto tickets = room.tickets();
    REQUIRE(tickets.size() == 2);
    room.says("李先生", "5栋2单元也停水了");
    room.says("李先生", "[一起跟进]");
    // The talk forgets what he joined; the ticket does not.
    auto conversation = room.conversation("李先生");
    auto talk = room.talk("李先生");
    REQUIRE(talk.joined.size() == 1);
    talk.joined.clear();
    conversation.body = to_text(talk);
    room.world.store->run([&](Transaction& tx) { tx.save(conversation); });
    room.restarts();
    REQUIRE(room.world.staff_does(li, {tickets[1].id, {}, {}}, "accept"));
    REQUIRE(room.world.staff_does(zhang, {tickets[1].id, {}, {}}, "resolve", {{"text", "水泵换好了"}}));
    REQUIRE(has(room.pushed("李先生"), "回“还没好”"));
    const auto heard = room.says("李先生", "还没好,5楼以上都没水");
    REQUIRE_FALSE(heard.said.empty());
    talk = room.talk("李先生");
    REQUIRE(talk.draft() != nullptr);
    CHECK(talk.draft()->same_as == tickets[1].id);
    // What he says with it is not lost.
    CHECK(talk.draft()->words.back() == "还没好,5楼以上都没水");
}

TEST_CASE("joining: another thing that broke, and what was mended long ago, are new matters") {
    Room room;
    put_together(room, "3栋1单元101停水了,电话13912345678");
    SECTION("another thing") {
        const auto heard = room.says("李先生", "楼道灯又坏了");
        REQUIRE(room.talk("李先生").draft() != nullptr);
        CHECK_FALSE(has(heard.said, "停水"));
        CHECK(room.talk("李先生").draft()->matter.find("水") == std::string::npos);
    }
    SECTION("long ago") {
        room.passes(std::int64_t{60} * 24 * 3600 * 1000);
        room.says("李先生", "还停着水呢");
        auto talk = room.talk("李先生");
        const auto* draft = talk.draft();
        CHECK((draft == nullptr || !draft->same_as));
    }
}
