// Whatever goes wrong while talking ends in an honest answer that is saved, and a person hears of it.
#include <catch2/catch.hpp>

#include "lacking.h"
#include "room.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

const std::string who = "王女士";

// The talk as it is kept, replaced by hand: what an older program, or a fault, may have left there.
void keeps(Room& room, const std::string& body) {
    auto conversation = room.conversation(who);
    conversation.body = body;
    room.world.store->run([&](Transaction& tx) { tx.save(conversation); });
}

// As a channel does it: what the store undoes is delivered again, and is answered the second time at the latest.
Room::Heard tells(Room& room, const std::string& words) {
    try {
        return room.says(who, words);
    } catch (const std::exception&) {
        return room.says_again();
    }
}

void is_answered_honestly(Room& room, const std::string& words) {
    const auto tickets = room.tickets().size();
    const auto heard = tells(room, words);
    REQUIRE_FALSE(heard.said.empty());
    CHECK(heard.said.front().find("没办成") != std::string::npos);
    CHECK(room.conversation(who).state == "waiting");
    CHECK(room.tickets().size() == tickets);
    bool told = false;
    for (const auto& text : room.pushed_to_staff("李娜")) told = told || text.find("没能回答") != std::string::npos;
    CHECK(told);
    const auto again = room.says_again();  // the same delivery has the same answer, and no second effect
    CHECK(again.repeated);
    CHECK(again.said == heard.said);
    // What he said is there for the person to read.
    bool kept = false;
    room.world.store->read([&](Reading& reading) {
        for (const auto& message : reading.last_messages(room.conversation(who).id, 20))
            kept = kept || message.said.text == words;
    });
    CHECK(kept);
}

}  // namespace

TEST_CASE("stumbles: a talk that cannot be read is answered, and begun anew") {
    Room room;
    room.says(who, "你好");
    keeps(room, "{broken");
    is_answered_honestly(room, "3栋2单元501漏水");
    room.says(who, "继续");  // the bot is wanted back before anybody came
    const auto heard = room.says(who, "3栋2单元501卫生间漏水,电话13812345678");
    REQUIRE_FALSE(heard.said.empty());
    CHECK(heard.said.back().find("请核对") != std::string::npos);
}

TEST_CASE("stumbles: a turn that throws is answered; the draft stays") {
    Room room;
    room.says(who, "3栋2单元501卫生间漏水");
    auto talk = room.talk(who);
    talk.question = {};
    talk.question.kind = "which_answer";
    talk.question.options = {"1"};
    talk.question.variables = nlohmann::json::array({1});
    keeps(room, to_text(talk));
    is_answered_honestly(room, "1");
    CHECK(room.talk(who).question.kind.empty());
    REQUIRE(room.talk(who).draft() != nullptr);
    CHECK(room.talk(who).draft()->matter == "卫生间漏水");
}

TEST_CASE("stumbles: what was begun in the store is undone, and then answered") {
    Room room;
    room.says(who, "3栋2单元501卫生间漏水,电话13812345678");
    auto talk = room.talk(who);
    talk.draft()->attachments = {"no-such-attachment"};
    talk.draft()->occurred_at_ms = std::numeric_limits<std::int64_t>::max();
    keeps(room, to_text(talk));
    is_answered_honestly(room, "对");
    REQUIRE(room.talk(who).draft() != nullptr);  // nothing is lost
}

TEST_CASE("stumbles: danger is answered with advice and a number even then") {
    Room room;
    room.says(who, "你好");
    keeps(room, "[]broken");
    const auto heard = tells(room, "家里好大煤气味");
    REQUIRE_FALSE(heard.said.empty());
    CHECK(heard.said.front().find("119") != std::string::npos);
    CHECK(room.conversation(who).state == "waiting");
    // Somebody was paged, as is said, before all else that waits.
    bool paged = false;
    room.world.store->read([&](Reading& reading) {
        for (const auto& item : reading.outbox_page("waiting", 100, "").items)
            paged =
                paged || (item.priority == Priority::emergency && item.said.text.find("报告危险") != std::string::npos);
    });
    CHECK(paged);
}

TEST_CASE("stumbles: danger pages again when a colleague has the talk already") {
    Room room;
    room.says(who, "转人工");
    REQUIRE(room.conversation(who).state == "waiting");
    room.pushed_to_staff("李娜");
    keeps(room, "[]broken");
    tells(room, "家里好大煤气味");
    CHECK_FALSE(room.pushed_to_staff("李娜").empty());
}

TEST_CASE("stumbles: what was tapped and not done may be tapped again") {
    Room room;
    room.says(who, "3栋2单元501卫生间漏水,电话13812345678");
    room.says(who, "对");
    room.staff_does("李娜", "accept");
    room.staff_does("张强", "accept");
    REQUIRE(room.staff_does("张强", "propose {\"text\":\"周三下午上门\"}").empty());
    REQUIRE(room.prompts(who).size() == 1);
    room.says(who, "另外楼道灯坏了");
    auto talk = room.talk(who);
    REQUIRE(talk.draft() != nullptr);
    talk.question = {};
    talk.question.kind = "ask";
    talk.question.detail = "matter";
    talk.question.key = "talk.no_such_phrase";
    keeps(room, to_text(talk));
    const auto heard = tells(room, "[同意]");
    REQUIRE_FALSE(heard.said.empty());
    CHECK(heard.said.front().find("没办成") != std::string::npos);
    CHECK(room.prompts(who).size() == 1);
}

TEST_CASE("stumbles: the same words later are not the same message") {
    Room room;
    room.says(who, "你好");
    keeps(room, "{broken");
    tells(room, "3栋2单元501漏水");
    room.says(who, "继续");
    const auto heard = room.says(who, "3栋2单元501漏水");
    REQUIRE_FALSE(heard.said.empty());
    CHECK(heard.said.front().find("没办成") == std::string::npos);
}

TEST_CASE("stumbles: so is what was held for a burst") {
    Room room;
    room.says(who, "3栋2单元501卫生间漏水");
    const auto held = room.says(who, "那个", true);
    REQUIRE(held.held);
    auto talk = room.talk(who);
    talk.question = {};
    talk.question.kind = "which_answer";
    talk.question.options = {"1"};
    talk.question.variables = nlohmann::json::array({1});
    talk.held = {"1"};
    keeps(room, to_text(talk));
    room.passes(3000);
    const auto said = room.pushed(who);
    REQUIRE_FALSE(said.empty());
    CHECK(said.front().find("没办成") != std::string::npos);
    CHECK(room.talk(who).held.empty());
}

TEST_CASE("stumbles: where the words for it are missing too, he is told until when he is answered") {
    Room room;
    room.says(who, "你好");
    const Lacking texts(room, {"talk.stumbled"});
    keeps(room, "{broken");
    const auto heard = tells(room, "3栋2单元501漏水");
    REQUIRE_FALSE(heard.said.empty());
    CHECK(heard.said.back().find("出了差错") != std::string::npos);
    CHECK(heard.said.back().find("今天17:30前在这里回您") != std::string::npos);
    CHECK(room.conversation(who).state == "waiting");
}
