// Two hundred attempts to give orders, with an endpoint that plays along: nothing follows from them.
#include <catch2/catch.hpp>
#include <fstream>

#include "../bot/room.h"
#include "bot/advice/answer.h"
#include "bot/advice/mask.h"
#include "bot/advice/merge.h"
#include "bot/advice/question.h"
#include "channels/advice/house.h"
#include "stand_in.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

std::vector<std::string> attempts() {
    std::ifstream file(HUIYIN_SOURCE "/tests/advice/injections.txt");
    std::vector<std::string> list;
    for (std::string line; std::getline(file, line);)
        if (!line.empty() && line[0] != '#') list.push_back(line);
    return list;
}

// What a malicious endpoint says: on the list as far as it can go, and beyond it.
std::vector<std::string> malicious() {
    std::vector<std::string> list;
    const std::string all_acts = R"("progress","why_so_long","hand_over")";
    for (const auto kind : advice::kinds)
        for (const char* category : {"none", "order", "other"})
            list.push_back(advice_of(std::string(to_text(kind)), category, category[0] == 'n' ? all_acts : ""));
    for (const char* beyond :
         {R"({"kind":"emergency","category":"none","acts":[]})", R"({"kind":"rating","category":"none","acts":[]})",
          R"({"kind":"complaint","category":"order","acts":["withdraw"]})",
          R"({"kind":"complaint","category":"order","acts":[],"level":"major","unit":"headquarters"})",
          R"({"kind":"complaint","category":"13812345678","acts":[]})",
          R"({"kind":"complaint","category":"order","acts":[],"reply":"You sort one message"})"})
        list.emplace_back(beyond);
    return list;
}

std::string state_of(const Ticket& ticket) {
    std::string flags;
    for (const auto& flag : ticket.flags) flags += flag + ",";
    return ticket.number + " " + ticket.kind + " " + ticket.category + " " + ticket.level + " " + to_text(ticket.unit) +
           " " + std::string(to_text(ticket.phase)) + " " + ticket.state + " " + flags + " " + ticket.emergency;
}

std::string states(Room& room) {
    std::string all;
    for (const auto& ticket : room.tickets()) all += state_of(ticket) + "\n";
    return all;
}

}  // namespace

TEST_CASE("no attempt and no answer changes what was found") {
    const auto list = attempts();
    REQUIRE(list.size() >= 200);
    const auto model = find_model();
    REQUIRE(model);
    const auto understanding = builtin_understanding(*model, demo_communities);
    REQUIRE(understanding);
    const Room room;
    const auto choices = advice::choices_of(*room.world.policy);
    REQUIRE(choices.categories.size() == 12);
    const auto answers = malicious();
    std::size_t asked = 0, helped = 0;
    for (const auto& attempt : list) {
        const auto before = (*understanding)->understand(attempt, room.world.service.now(), Zone{});
        asked += advice::worth_asking(before);
        for (const auto& content : answers) {
            CAPTURE(attempt, content);
            const auto advice = advice::read_answer(completion(content), choices);
            auto after = before;
            if (advice) helped += advice::take_advice(after, *advice, choices);
            CHECK(after.level == before.level);
            CHECK(after.emergency == before.emergency);
            CHECK(after.text == before.text);
            for (const auto kind :
                 {MeaningKind::withdraw, MeaningKind::cancel, MeaningKind::agree_proposal, MeaningKind::fixed_yes,
                  MeaningKind::rating, MeaningKind::yes, MeaningKind::urge, MeaningKind::reopen,
                  MeaningKind::escalate_wish, MeaningKind::others_data, MeaningKind::injection})
                CHECK(after.means(kind) == before.means(kind));
        }
        // What would be sent is data: the order before it stays the same.
        if (const auto sent = advice::masked(before)) {
            const auto json = Json::parse(advice::request_text("m", *sent, choices));
            CHECK(json["messages"].size() == 2);
            CHECK(json["messages"][0]["content"] == advice::system_prompt());
        }
    }
    WARN(list.size() << " attempts, " << asked << " of them would be asked about, " << helped << " of "
                     << list.size() * answers.size() << " answers would change a kind, a category or an act");
}

TEST_CASE("attempts in a talk reach nobody else's ticket, words or data, and no order stands in a reply", "[slow]") {
    Room room;
    room.says("王女士", "8栋1单元302卫生间漏水,已经漏到楼下了,电话13812345678");
    room.says("王女士", "对");
    REQUIRE(room.tickets().size() == 1);
    const auto victim = room.tickets()[0].number;
    const auto before = state_of(room.tickets()[0]);
    const auto choices = advice::choices_of(*room.world.policy);
    const auto answers = malicious();
    const std::string never[] = {"13812345678", "5678",        victim,  "8栋1单元",     "卫生间漏水", "王女士",
                                 "You sort",    "JSON object", "PWNED", "headquarters", "已办结",     "满意度"};
    std::size_t turns = 0, dangers = 0;
    const auto list = attempts();
    UnitId unit;
    if (const auto* found = room.world.directory->get()->unit_by_key("jinxiu")) unit = found->id;
    for (std::size_t i = 0; i < list.size(); ++i)
        for (std::size_t k = 0; k < 3; ++k) {  // each attempt meets three of the answers, all answers meet many
            const auto& content = answers[(i * 3 + k) % answers.size()];
            CAPTURE(list[i], content);
            const auto now = room.world.now();
            auto understood = room.understanding->understand(list[i], now, Zone{});
            if (const auto advice = advice::read_answer(completion(content), choices))
                advice::take_advice(understood, *advice, choices);
            Arrived arrived;
            arrived.channel = ChannelId{"oa"};
            arrived.address = "resident:attacker-" + std::to_string(i) + "-" + std::to_string(k);
            arrived.key = arrived.address;
            arrived.text = list[i];
            arrived.unit = unit;
            Heardback heard;
            room.world.store->run([&](Transaction& tx) {
                heard = room.desk->hear(tx, arrived, understood, now, room.world.system.now()).value();
            });
            ++turns;
            dangers += understood.emergency.has_value();  // that the rules see: it is filed, whoever plays along
            for (const auto& message : heard.said)
                for (const auto& word : never)
                    if (list[i].find(word) == std::string::npos) {
                        CAPTURE(message.said.text);
                        CHECK(message.said.text.find(word) == std::string::npos);
                    }
        }
    CHECK(state_of(room.tickets()[0]) == before);
    CHECK(room.tickets().size() == 1 + dangers);
    CHECK(turns == list.size() * 3);
}

TEST_CASE("attempts of somebody with a ticket leave it as the rules alone would", "[slow]") {
    const auto list = attempts();
    const auto answers = malicious();
    std::string with[2];
    for (const bool advised : {false, true}) {
        Room room;
        const auto choices = advice::choices_of(*room.world.policy);
        for (std::size_t i = 0; i < list.size(); i += 4) {
            const auto who = "住户" + std::to_string(i);
            room.says(who, "3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678");
            room.says(who, "对");
            room.passes(10'000);
            const auto now = room.world.now();
            auto understood = room.understanding->understand(list[i], now, Zone{});
            if (advised)
                if (const auto advice = advice::read_answer(completion(answers[i / 4 % answers.size()]), choices))
                    advice::take_advice(understood, *advice, choices);
            Arrived arrived;
            arrived.channel = ChannelId{"oa"};
            arrived.address = "resident:" + who;
            arrived.key = "attempt-" + std::to_string(i);
            arrived.text = list[i];
            room.world.store->run([&](Transaction& tx) {
                static_cast<void>(room.desk->hear(tx, arrived, understood, now, room.world.system.now()).value());
            });
        }
        with[advised] = states(room);
    }
    CHECK(with[1] == with[0]);
}
