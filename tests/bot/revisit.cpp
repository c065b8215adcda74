// The pack's revisit form: a question for free words takes words, and neither an errand nor a new matter nor a danger.
#include <catch2/catch.hpp>

#include "bot/turn.h"
#include "room.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

// A talk in which the form's question for free words was put just now, and what is said to it.
struct RevisitTalk {
    Room room;
    TimePoint now = room.world.now();
    std::shared_ptr<const PackTalk> pack = [] {
        auto policy = std::make_shared<Policy>(*shipped_pack("property-group"));
        MoveField field;
        field.name = "opinion";
        field.title = "还有什么意见";
        field.type = "text";
        policy->revisit.fields = {field};
        static const auto house = Phrases::load(HUIYIN_SOURCE "/templates/phrases/zh-CN.json");
        return made_ready(policy, nullptr, house.value());
    }();

    TurnResult says(const std::string& words, std::int64_t hours_later = 0, std::vector<Prompt> prompts = {}) {
        Talk talk;
        talk.question.kind = "revisit";
        talk.question.detail = "1";
        talk.question.key = "talk.ask_revisit_field";
        talk.question.variables = {{"ask", "还有什么意见？"}, {"index", "0"}, {"score", "5"}};
        talk.question.asked_ms = to_ms(now) - hours_later * 3600 * 1000;
        Heard heard;
        heard.text = words;
        heard.understood = room.understanding->understand(words, now, Zone{});
        huiyin::World world;
        world.directory = room.world.directory->get();
        world.pack = pack;
        world.policy = pack->policy;
        world.prompts = std::move(prompts);
        static const std::vector<OwnTicket> none;
        world.tickets = []() -> const std::vector<OwnTicket>& { return none; };
        world.progress = [](const Ticket&) { return Engine::Progress{}; };
        return turn(talk, heard, world, now);
    }
    static bool keeps(const TurnResult& result, const std::string& words) {
        for (const auto& act : result.acts)
            if (const auto* more = std::get_if<AddEvidence>(&act); more && more->words.find(words) != std::string::npos)
                return true;
        return false;
    }
};

}  // namespace

TEST_CASE("revisit: free words go to the ticket") {
    RevisitTalk form;
    for (const char* words : {"师傅很细心，就是来得晚", "希望下次提前打个电话"}) {
        CAPTURE(words);
        CHECK(RevisitTalk::keeps(form.says(words), words));
    }
}

TEST_CASE("revisit: an errand, a new matter and a danger are none of its answers") {
    RevisitTalk form;
    for (const char* words : {"4栋1单元的楼道灯坏了三天", "楼下的垃圾桶满了没人倒，臭得要命", "我的投诉到哪一步了",
                              "催一下", "物业费怎么交", "家里好大的煤气味", "别再给我发评价了", "你好"}) {
        CAPTURE(words);
        const auto result = form.says(words);
        CHECK_FALSE(RevisitTalk::keeps(result, words));
        CHECK(result.talk.question.kind != "revisit");
    }
    const auto fresh = form.says("4栋1单元的楼道灯坏了三天");
    REQUIRE(fresh.talk.drafts.size() == 1);
    CHECK(fresh.talk.drafts.front().building == "4");
}

TEST_CASE("revisit: what was asked since is answered, and nobody is held to a form of yesterday") {
    RevisitTalk form;
    CHECK_FALSE(RevisitTalk::keeps(form.says("师傅很细心，就是来得晚", 25), "师傅很细心"));
    Prompt later;
    later.ticket = TicketId{2};
    later.kind = "rating";
    later.asked_at = form.now;
    CHECK_FALSE(RevisitTalk::keeps(form.says("5", 1, {later}), "5"));
}
