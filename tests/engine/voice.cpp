// What is said, to whom, when, and never twice.
#include <catch2/catch.hpp>

#include "workflow/engine/wording.h"
#include "workflow/ticket/chain.h"
#include "world.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

std::string first_characters(const std::string& text, std::size_t count) {
    const auto cut = cut_to(text, count);
    return cut == text ? cut : cut.substr(0, cut.size() - std::string("…").size());
}

World::Case resolved(World& world, const std::string& summary = "卫生间漏水",
                     const std::function<void(OpenTicket&)>& change = {}) {
    const auto ticket = world.files(summary, change);
    REQUIRE(world.staff_does(li, ticket, "accept"));
    REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
    REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "已修好"}}));
    return ticket;
}

}  // namespace

TEST_CASE("a push says place, matter, limit and action in its first forty characters, and no full phone") {
    World world;
    const auto ticket = world.files("卫生间漏水，已经漏到楼下，电话13812345678");
    for (const auto& text : world.heard(li, ticket)) {
        const auto start = first_characters(text, 40);
        CHECK(start.find("3栋2单元501") == 0);
        CHECK(start.find("卫生间漏水") != std::string::npos);
        CHECK(start.find("今天11:00前") != std::string::npos);
        CHECK(start.find("今天11:00前受理") != std::string::npos);
    }
    REQUIRE(world.staff_does(li, ticket, "accept"));
    REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
    for (const auto& row : world.outbox(ticket)) {
        CHECK(row.said.text.find("13812345678") == std::string::npos);
        if (row.said.card) CHECK(row.said.card->text.find("13812345678") == std::string::npos);
    }
    CHECK(world.heard(zhang, ticket).back().find("王女士 138****5678") != std::string::npos);
    for (const auto& row : world.outbox(ticket))
        if (row.staff) CHECK(row.said.card->url == "https://service.example.com/console/tickets/T20260302-001");
}

TEST_CASE("every channel that reaches the person gets it, the group once, and buttons only where there are any") {
    World world;
    const auto ticket = world.files("楼道灯坏了");
    int on_app = 0, in_group = 0;
    for (const auto& row : world.outbox(ticket)) {
        if (row.channel == ChannelId{"app"}) {
            ++on_app;
            CHECK(row.staff == world.staff(li));
            CHECK(row.state == OutboxState::waiting);
            REQUIRE(row.said.choices.size() == 1);
            CHECK(row.said.choices[0].title == "受理");
            CHECK(row.said.choices[0].payload.size() <= 60);
            const auto pressed = world.keys->read_staff(row.said.choices[0].payload);
            REQUIRE(pressed);
            CHECK(pressed->ticket == ticket.id);
            CHECK(staff_button(pressed->button)->command.name == "accept");
        }
        if (row.channel == ChannelId{"crew"}) {
            ++in_group;
            CHECK_FALSE(row.staff);
            CHECK(row.said.choices.empty());
        }
    }
    CHECK(on_app == 1);
    CHECK(in_group == 1);
    world.in_unit_of_work([&](Transaction& tx) {
        const auto claimed = tx.claim_outbox(ChannelId{"app"}, world.now(), world.now(), 10);
        REQUIRE(claimed.size() == 1);
        CHECK(claimed[0].address.empty());  // none kept: where his login is one, the courier knows
    });
}

TEST_CASE("what the engine says while a conversation is held is part of the answer; anything later is a push") {
    World world;
    const auto ticket = world.files("楼道灯坏了");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    std::vector<OutboxState> states;
    for (const auto& row : world.outbox(ticket))
        if (row.conversation) states.push_back(row.state);
    CHECK(states == std::vector<OutboxState>{OutboxState::sent, OutboxState::waiting});
    const auto messages = world.talk(ticket);
    REQUIRE(messages.size() == 2);
    CHECK(messages[0].id == 1);
    CHECK(messages[1].id == 2);
}

TEST_CASE("\"fixed?\" is asked between nine and half past eight, and the rating at once when he is there") {
    World world{"2026-03-02 14:00"};
    const auto ticket = world.files("卫生间漏水");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
    world.moves_to("2026-03-02 20:31");
    REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "已修好"}}));
    CHECK(world.count(ticket, "fixed.asked") == 0);
    CHECK(world.ticket(ticket).put_off == "fixed");
    world.moves_to("2026-03-03 08:59");
    CHECK(world.count(ticket, "fixed.asked") == 0);
    world.moves_to("2026-03-03 09:00");
    CHECK(world.count(ticket, "fixed.asked") == 1);
    CHECK(world.ticket(ticket).put_off.empty());
    world.moves_to("2026-03-03 20:45");
    REQUIRE(world.taps(ticket, "真的好了"));
    CHECK(world.count(ticket, "rating.asked") == 1);
}

TEST_CASE("one reminder at most, then the front desk is to call") {
    World world;
    const auto ticket = resolved(world);
    world.moves_to("2026-03-02 20:59");
    CHECK(world.count(ticket, "question.repeated") == 0);
    world.moves_to("2026-03-03 09:00");  // twelve hours later is 21:00: it waits for the morning
    CHECK(world.count(ticket, "question.repeated") == 1);
    CHECK(world.last_said(ticket).find("只问这一次") != std::string::npos);
    world.moves_to("2026-03-20 12:00");
    CHECK(world.count(ticket, "question.repeated") == 1);
    const auto now = world.ticket(ticket);
    CHECK(now.phase == Phase::resolved);  // nobody answered: it is not closed silently
    CHECK(std::any_of(now.steps.begin(), now.steps.end(), [](const Step& step) {
        return step.step == "revisit" && step.role == "front_desk" && step.state == "open";
    }));
    // Three calls that reach nobody: then the policy lets it close, and says so.
    for (int i = 0; i < 2; ++i) {
        REQUIRE(world.staff_does(li, ticket, "revisit", {{"means", "phone"}, {"reached", false}}));
        CHECK(world.ticket(ticket).phase == Phase::resolved);
    }
    const auto third = world.staff_does(li, ticket, "revisit", {{"means", "phone"}, {"reached", false}});
    INFO((third ? std::string{} : third.problem().code + ": " + third.problem().text + " " + third.problem().detail));
    REQUIRE(third);
    CHECK(world.ticket(ticket).phase == Phase::closed);
    CHECK(world.last_said(ticket).find("没联系上") != std::string::npos);
}

TEST_CASE(
    "no more than one rating in seven days and two in thirty: each suppression names its rule and becomes a task") {
    World world;
    const auto first = resolved(world);
    REQUIRE(world.taps(first, "真的好了"));
    REQUIRE(world.taps(first, "5分 很满意"));
    const auto again = [&](const std::string& when) {
        world.moves_to(when);
        // The same resident, in the same conversation.
        return resolved(world, "楼道灯坏了", [&](OpenTicket& wish) {
            wish.customer = first.person;
            wish.conversation = first.conversation;
            wish.by = resident(first.person);
        });
    };
    const auto answers = [&](World::Case& ticket) {
        ticket.person = first.person;
        ticket.conversation = first.conversation;
        REQUIRE(world.resident_does(ticket, "confirm", {{"fixed", "yes"}}));
    };
    auto second = again("2026-03-04 10:00");
    answers(second);
    CHECK(world.count(second, "rating.asked") == 0);
    CHECK(world.count(second, "survey.suppressed") == 1);
    CHECK(world.last_said(second).find("记下了") != std::string::npos);
    for (const auto& event : world.events(second))
        if (event.type == "survey.suppressed") CHECK(event.data.at("rule") == "1 in 7 days");
    const auto steps = world.ticket(second).steps;
    CHECK(std::any_of(steps.begin(), steps.end(),
                      [](const Step& step) { return step.step == "revisit" && step.role == "front_desk"; }));
    auto third = again("2026-03-11 10:00");
    answers(third);
    CHECK(world.count(third, "rating.asked") == 1);
    auto fourth = again("2026-03-20 10:00");
    answers(fourth);
    for (const auto& event : world.events(fourth))
        if (event.type == "survey.suppressed") CHECK(event.data.at("rule") == "2 in 30 days");
    CHECK(world.count(fourth, "survey.suppressed") == 1);
    REQUIRE(world.staff_does(li, fourth, "revisit", {{"means", "phone"}, {"reached", true}, {"score", 4}}));
    CHECK(world.ticket(fourth).phase == Phase::closed);
}

TEST_CASE("who asked not to be surveyed is still asked whether it is fixed") {
    World world;
    const auto ticket = world.files("楼道灯坏了");
    world.in_unit_of_work([&](Transaction& tx) {
        auto person = tx.person(ticket.person).value();
        person.surveys_stopped = true;
        tx.save(person);
    });
    REQUIRE(world.staff_does(li, ticket, "accept"));
    REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
    REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "已修好"}}));
    CHECK(world.count(ticket, "fixed.asked") == 1);
    REQUIRE(world.taps(ticket, "真的好了"));
    CHECK(world.count(ticket, "survey.suppressed") == 1);
}

TEST_CASE("an old button still means what it meant; a foreign or altered one means nothing") {
    World world;
    const auto mine = resolved(world), other = resolved(world);
    const auto messages = world.talk(mine);
    const auto& choices = messages.back().said.choices;
    REQUIRE(choices.size() == 3);
    world.store->read([&](Reading& reading) {
        const auto tapped = world.speaker->tapped(reading, mine.conversation, choices[2].payload);
        REQUIRE(tapped);
        CHECK(tapped->action == nlohmann::json{{"command", "confirm"}, {"fixed", "no"}});
        CHECK(tapped->prompt.ticket == mine.id);
        CHECK_FALSE(world.speaker->tapped(reading, other.conversation, choices[2].payload));
        auto altered = choices[2].payload;
        altered[5] = altered[5] == 'A' ? 'B' : 'A';
        CHECK_FALSE(world.speaker->tapped(reading, mine.conversation, altered));
        CHECK_FALSE(world.speaker->tapped(reading, mine.conversation, "p1."));
        CHECK_FALSE(world.speaker->tapped(reading, mine.conversation, choices[2].payload + "AAAA"));
        CHECK_FALSE(world.keys->read_staff(choices[2].payload));
        CHECK(world.engine->open_questions(reading, mine.conversation).size() == 1);
    });
    REQUIRE(world.taps(mine, "真的好了"));
    world.store->read([&](Reading& reading) {
        const auto questions = world.engine->open_questions(reading, mine.conversation);
        REQUIRE(questions.size() == 1);
        CHECK(questions[0].question == "rating");
        CHECK(world.speaker->tapped(reading, mine.conversation, choices[0].payload)->prompt.state == "answered");
    });
}

TEST_CASE("payloads signed with an older secret are read, only the newest signs") {
    const PayloadKeys old_keys({std::string(32, 'a')}), keys({std::string(32, 'b'), std::string(32, 'a')}),
        strange({std::string(32, 'c')});
    const ConversationId conversation{9'000'000'000'000'000'000};
    const PromptId prompt{8'999'999'999'999'999'999};
    const auto payload = old_keys.for_choice(conversation, prompt, 4);
    CHECK(payload.size() <= 60);
    CHECK(payload.rfind("p1.", 0) == 0);
    CHECK(keys.read_choice(conversation, payload) == PayloadKeys::Pressed{prompt, 4});
    CHECK(keys.for_choice(conversation, prompt, 4) != payload);
    CHECK_FALSE(strange.read_choice(conversation, payload));
    CHECK_FALSE(keys.read_choice(ConversationId{1}, payload));
    const auto button = keys.for_staff(TicketId{7}, "progress");
    CHECK(keys.read_staff(button) == PayloadKeys::StaffPressed{TicketId{7}, "progress"});
    CHECK_FALSE(old_keys.read_staff(button));
    for (const char* name : {"accept", "take", "return", "progress", "resolve", "approve"}) {
        const auto known = staff_button(name);
        REQUIRE(known);
        std::vector<Finding> findings;
        auto body = known->command.fields;
        body["command"] = known->command.name;
        read_command(body, findings);
        CHECK(findings.empty());
        CHECK(keys.for_staff(TicketId{9'000'000'000'000'000'000}, name).size() <= 60);
    }
    CHECK_FALSE(staff_button("terminate"));
}

TEST_CASE("a neighbour who joins is told what the customer is told, and counts") {
    World world;
    const auto ticket = world.files("电梯坏了", [](OpenTicket& wish) { wish.category = "equipment"; });
    const auto neighbour = world.files("别的事");
    world.in_unit_of_work([&](Transaction& tx) {
        REQUIRE(world.engine->join(tx, ticket.id, neighbour.person, neighbour.conversation, world.now()));
        REQUIRE(world.engine->join(tx, ticket.id, neighbour.person, neighbour.conversation, world.now()));  // once
    });
    CHECK(world.ticket(ticket).supporters == std::vector<PersonId>{neighbour.person});
    CHECK(world.count(ticket, "supporter.joined") == 1);
    CHECK(world.last_said(neighbour).find(world.ticket(ticket).number) != std::string::npos);
    CHECK(world.heard(li, ticket).back().find("又有一户") != std::string::npos);
    REQUIRE(world.staff_does(li, ticket, "accept"));
    CHECK(world.last_said(neighbour).find("已受理") != std::string::npos);
    CHECK(world.resident_does({ticket.id, neighbour.person, neighbour.conversation}, "withdraw", {{"reason", "算了"}})
              .problem()
              .code == "ticket.wrong_role");
}

TEST_CASE("who joined hears what becomes of it, and nothing of what was said to the customer or by him") {
    World world;
    const auto ticket = world.files("5栋停水了,老人要吃药");
    const auto neighbour = world.files("别的事");
    world.in_unit_of_work([&](Transaction& tx) {
        REQUIRE(world.engine->join(tx, ticket.id, neighbour.person, neighbour.conversation, world.now()));
    });
    CHECK(world.last_said(neighbour).find("老人") == std::string::npos);  // the customer's own words
    REQUIRE(world.staff_does(li, ticket, "accept"));
    CHECK(world.last_said(neighbour).find("已受理") != std::string::npos);
    const auto before = world.last_said(neighbour);
    REQUIRE(world.staff_does(zhang, ticket, "propose", {{"text", "换水泵,补偿王女士200元"}}));
    REQUIRE(world.resident_does(ticket, "consent", {{"answer", "agreed"}}));
    CHECK(world.last_said(neighbour) == before);
    REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "换好了"}}));
    CHECK(world.last_said(neighbour).find("还没好") != std::string::npos);
    REQUIRE(world.resident_does(ticket, "confirm", {{"fixed", "no"}}));
    CHECK(world.last_said(neighbour).find("接着办") != std::string::npos);
    REQUIRE(world.resident_does(ticket, "withdraw", {{"reason", "算了"}}));
    CHECK(world.last_said(neighbour).find("撤回了") != std::string::npos);
    CHECK(world.last_said(neighbour).find("您的意思") == std::string::npos);
}

TEST_CASE("a case beside another knows it") {
    World world;
    const auto first = world.files("电梯坏了");
    const auto second = world.files("电梯又坏了", [&](OpenTicket& wish) { wish.joined_to = first.id; });
    CHECK(world.ticket(second).joined_to == first.id);
    CHECK_FALSE(world.ticket(first).joined_to);
}

TEST_CASE("merging keeps whoever reported it informed by the ticket that goes on") {
    World world;
    const auto first = world.files("3栋大门坏了"), second = world.files("3栋门禁坏了");
    const auto wrong = world.staff_does(li, second, "merge", {{"into", "T20200101-001"}, {"reason", "同一件事"}});
    CHECK(wrong.problem().detail == "/into");
    REQUIRE(world.staff_does(li, second, "merge", {{"into", world.ticket(first).number}, {"reason", "同一件事"}}));
    CHECK(world.ticket(second).phase == Phase::merged);
    CHECK(world.ticket(first).supporters == std::vector<PersonId>{second.person});
    REQUIRE(world.staff_does(li, first, "accept"));
    CHECK(world.last_said(second).find(world.ticket(first).number) != std::string::npos);
}

TEST_CASE("more words and pictures reach the handler; words are sealed, events carry only their hash") {
    World world;
    const auto ticket = world.files("卫生间漏水");
    world.in_unit_of_work([&](Transaction& tx) {
        REQUIRE(
            world.engine->add_evidence(tx, ticket.id, "楼下天花板也湿了", {}, resident(ticket.person), world.now()));
    });
    CHECK(world.heard(li, ticket).back().find("补充了情况") != std::string::npos);
    const auto last = world.events(ticket).back();
    REQUIRE(last.data.at("words").is_object());
    CHECK(last.data.at("words").at("hash").get<std::string>().size() >= 32);
    world.store->read([&](Reading& reading) {
        const auto id = TextId{std::stoll(last.data.at("words").at("text_id").get<std::string>())};
        CHECK(reading.text(id) == "楼下天花板也湿了");
        for (const auto& event : reading.events(ticket.id)) {
            CHECK(event.text.find("天花板") == std::string::npos);
            CHECK(event.text.find("王女士") == std::string::npos);
            CHECK(event.text.find("13812345678") == std::string::npos);
        }
    });
}

TEST_CASE("a caller without a conversation is asked by telephone, by somebody who has no part in it") {
    World world;
    const auto ticket = world.phones("水压不够");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
    REQUIRE(world.staff_does(zhang, ticket, "propose", {{"text", "换增压泵"}}));
    const auto steps = world.ticket(ticket).steps;
    REQUIRE(steps.size() == 1);
    CHECK(steps[0].step == "call_consent");
    CHECK(steps[0].role == "front_desk");
    REQUIRE(world.staff_does(li, ticket, "consent", {{"answer", "agreed"}, {"means", "phone"}}));
    CHECK(world.ticket(ticket).steps[0].state == "done");
    REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "已换"}}));
    REQUIRE(world.staff_does(li, ticket, "confirm", {{"fixed", "yes"}, {"means", "phone"}}));
    REQUIRE(world.staff_does(li, ticket, "rate", {{"score", 4}, {"means", "phone"}}));
    CHECK(world.ticket(ticket).phase == Phase::closed);
    const auto told = world.heard(li, ticket);
    CHECK(std::any_of(told.begin(), told.end(),
                      [](const std::string& text) { return text.find("请打电话告诉客户") != std::string::npos; }));
}

TEST_CASE("a card whose buttons have done their work is updated, once") {
    World world;
    const auto ticket = world.files("楼道灯坏了");
    world.in_unit_of_work([&](Transaction& tx) {
        for (auto row : tx.outbox_of(ticket.id))
            if (row.channel == ChannelId{"app"}) {
                row.state = OutboxState::sent;
                row.reference = "response-code-1";
                tx.save(row);
            }
    });
    REQUIRE(world.staff_does(li, ticket, "accept"));
    REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
    std::vector<OutboxItem> updates;
    for (const auto& row : world.outbox(ticket))
        if (row.kind == "card_update") updates.push_back(row);
    REQUIRE(updates.size() == 1);
    CHECK(updates[0].reference == "response-code-1");
    CHECK(updates[0].said.text.find("李娜已受理") != std::string::npos);
    CHECK(updates[0].said.choices.empty());
}

TEST_CASE("phones, moments and sums as people read them") {
    CHECK(phone_masked("13812345678") == "138****5678");
    CHECK(phone_masked("021-6543 2109") == "021****2109");
    CHECK(phone_masked("65432109") == "****2109");
    CHECK(phone_masked("").empty());
    CHECK(numbers_masked("打13812345678找我,3栋2单元") == "打138****78找我,3栋2单元");
    CHECK(cut_to("卫生间漏水", 3) == "卫生间…");
    CHECK(cut_to("卫生间", 3) == "卫生间");
    CHECK(yuan_in_words(200'000) == "2000元");
    CHECK(yuan_in_words(12'005) == "120.05元");
    const auto now = World::at("2026-12-30 09:00");
    CHECK(moment_in_words(World::at("2026-12-30 17:30"), now, Zone{}) == "今天17:30");
    CHECK(moment_in_words(World::at("2026-12-31 17:30"), now, Zone{}) == "明天(周四)17:30");
    CHECK(moment_in_words(World::at("2027-01-04 17:30"), now, Zone{}) == "2027年1月4日(周一)17:30");
    CHECK(moment_in_short(World::at("2027-01-04 17:30"), now, Zone{}) == "周一17:30");
    CHECK(moment_in_short(World::at("2027-02-04 17:30"), now, Zone{}) == "2月4日17:30");
    CHECK(moment_in_words(World::at("2026-12-31 00:00"), now, Zone{}) == "今天24:00");
    CHECK(moment_in_words(World::at("2027-01-01 00:00"), now, Zone{}) == "明天(周四)24:00");
    CHECK(moment_in_words(World::at("2027-01-05 00:00"), now, Zone{}) == "2027年1月4日(周一)24:00");
    CHECK(moment_in_short(World::at("2027-01-05 00:00"), now, Zone{}) == "周一24:00");
    CHECK(moment_in_short(World::at("2027-02-05 00:00"), now, Zone{}) == "2月4日24:00");
}

TEST_CASE("a rating that is corrected counts as corrected, also as the revisit that it is") {
    World world;
    const auto ticket = resolved(world);
    REQUIRE(world.taps(ticket, "真的好了"));
    REQUIRE(world.taps(ticket, "5分 很满意"));
    REQUIRE(world.ticket(ticket).revisits.size() == 1);
    REQUIRE(world.resident_does(ticket, "rate", {{"score", 3}}));
    const auto now = world.ticket(ticket);
    REQUIRE(now.rating);
    CHECK(now.rating->score == 3);
    REQUIRE(now.revisits.size() == 1);
    CHECK(now.revisits.back().score == 3);
}
