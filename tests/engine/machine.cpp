// The engine as a machine: versions, chains, reminders, clocks.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "workflow/policy/pack.h"
#include "workflow/ticket/chain.h"
#include "workflow/ticket/evolve.h"
#include "world.h"

using namespace huiyin;
using namespace huiyin::test;

TEST_CASE("a stale wish is refused and nothing happens") {
    World world;
    const auto ticket = world.files("楼道灯坏了");
    const auto version = world.ticket(ticket).version;
    Result<Ticket> result(Problem{"test.not_run", "", ""});
    world.in_unit_of_work([&](Transaction& tx) {
        result = world.engine->execute(tx, ticket.id, {"accept", huiyin::staff(world.staff(li)), {}}, world.now(), {},
                                       version - 1);
    });
    CHECK(result.problem().code == "ticket.stale");
    world.in_unit_of_work([&](Transaction& tx) {
        result = world.engine->execute(tx, TicketId{1}, {"accept", huiyin::staff(world.staff(li)), {}}, world.now());
    });
    CHECK(result.problem().code == "ticket.not_found");
    CHECK(world.ticket(ticket).version == version);
    world.in_unit_of_work([&](Transaction& tx) {
        result = world.engine->execute(tx, ticket.id, {"accept", huiyin::staff(world.staff(li)), {}}, world.now(), {},
                                       version);
    });
    CHECK(result);
}

TEST_CASE("wrong role, wrong moment, wrong field: each says why and what instead") {
    World world;
    const auto ticket = world.files("楼道灯坏了");
    const auto stranger = world.staff_does("zhou.jie", ticket, "accept");
    CHECK(stranger.problem().code == "ticket.wrong_role");
    const auto early = world.staff_does(li, ticket, "assign", {{"assignee", zhang}});
    CHECK(early.problem().code == "ticket.not_allowed");
    CHECK(early.problem().text.find("现在可以") != std::string::npos);
    CHECK(early.problem().text.find("受理") != std::string::npos);
    const auto refused = world.staff_does(li, ticket, "reject", {{"reason", "不归我们"}});
    CHECK(refused.problem().code == "ticket.not_allowed");
    CHECK(refused.problem().clause == "property-group/3");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    CHECK(world.staff_does(li, ticket, "assign", {{"assignee", "zhou.jie"}}).problem().detail == "/assignee");
    CHECK(world.staff_does(li, ticket, "classify", {{"kind", "demand"}, {"reason", "自家的"}}).problem().detail ==
          "/category");
    REQUIRE(world.staff_does(li, ticket, "classify",
                             {{"kind", "demand"}, {"category", "special"}, {"reason", "自家的灯"}}));
    CHECK(world.ticket(ticket).kind == "demand");
    CHECK(world.due(ticket, "handle") == "2026-03-06 17:30 running");
    CHECK(world.deadlines(ticket).back().clause == "property-group/T2");
}

TEST_CASE("what may be done now comes with its fields and choices, for whoever asks") {
    World world;
    const auto ticket = world.files("楼道灯坏了");
    const auto names = [&](const Party& party) {
        std::vector<std::string> list;
        world.store->read([&](Reading& reading) {
            for (const auto& each : world.engine->allowed(reading, *reading.ticket(ticket.id), party, world.now()))
                list.push_back(each.command);
        });
        return list;
    };
    const auto has = [](const std::vector<std::string>& list, const char* name) {
        return std::find(list.begin(), list.end(), name) != list.end();
    };
    CHECK(has(names(huiyin::staff(world.staff(li))), "accept"));
    CHECK_FALSE(has(names(huiyin::staff(world.staff(zhang))), "accept"));
    CHECK(names(huiyin::staff(world.staff("zhou.jie"))).empty());
    CHECK(names(huiyin::staff(world.staff("admin"))).empty());
    CHECK(names(resident(ticket.person)) == std::vector<std::string>{"urge", "withdraw"});
    CHECK(names(resident(PersonId{1})).empty());
    REQUIRE(world.staff_does(li, ticket, "accept"));
    world.store->read([&](Reading& reading) {
        for (const auto& each :
             world.engine->allowed(reading, *reading.ticket(ticket.id), huiyin::staff(world.staff(li)), world.now()))
            for (const auto& field : each.fields) {
                if (field.name == "assignee") {
                    CHECK(has(field.choices, zhang));
                    CHECK_FALSE(has(field.choices, "zhou.jie"));
                    CHECK_FALSE(has(field.choices, "admin"));
                }
                if (each.command == "classify" && field.name == "category") CHECK(has(field.choices, "housing"));
            }
    });
}

TEST_CASE("the chain fits, its last hash is the ticket's receipt, and replaying gives the ticket") {
    World world;
    const auto ticket = world.files("楼道灯坏了");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    world.moves_to("2026-03-20 12:00");
    world.store->read([&](Reading& reading) {
        const auto events = reading.events(ticket.id);
        auto now = reading.ticket(ticket.id).value();
        CHECK_FALSE(verify_chain(events, now.last_hash, now.version));
        CHECK(now.last_hash == events.back().hash);
        std::vector<Event> read;
        for (const auto& event : events) read.push_back(event_from_text(event.text));
        auto again = replay(ticket.id, read);
        again.deadlines = now.deadlines;
        again.last_hash = now.last_hash;
        for (std::size_t i = 0; i < again.steps.size(); ++i) again.steps[i].due_at = now.steps.at(i).due_at;
        CHECK(again == now);
    });
}

TEST_CASE("a holiday file that changes afterwards moves the limit, and the reminder with it") {
    World world;
    const auto ticket = world.files("楼道灯坏了");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    CHECK(world.due(ticket, "handle") == "2026-03-06 17:30 running");
    auto changed = *world.policy;
    changed.calendar.add_day(*parse_date("2026-03-04"), {"临时放假", true});
    world.policies->put_in_force(std::make_shared<const Policy>(std::move(changed)));
    recompute_all(*world.store, *world.engine, world.service);
    CHECK(world.due(ticket, "handle") == "2026-03-09 17:30 running");
    CHECK(world.shown(world.ticket(ticket).deadlines.at(1).due_at) == "2026-03-09 17:30");
    world.moves_to("2026-03-06 17:31");
    CHECK(world.ticket(ticket).level == "general");
    world.moves_to("2026-03-09 17:30");
    CHECK(world.ticket(ticket).level == "major");
}

TEST_CASE("reminders are an index only: lost ones are rebuilt and nothing is missed or said twice") {
    World world;
    const auto ticket = world.files("楼道灯坏了");
    world.in_unit_of_work([&](Transaction& tx) { tx.drop_reminder(ticket.id, {}, "ticket", ""); });
    world.moves_to("2026-03-02 10:30");
    CHECK(world.count(ticket, "deadline.warned") == 0);
    recompute_all(*world.store, *world.engine, world.service);
    world.sweeps();
    CHECK(world.count(ticket, "deadline.warned") == 1);
    CHECK(world.shown(world.events(ticket).back().at) == "2026-03-02 10:00");
    recompute_all(*world.store, *world.engine, world.service);
    CHECK(world.sweeps() == 0);
    CHECK(world.count(ticket, "deadline.warned") == 1);
}

TEST_CASE("a command that comes before the sweep finds what fell due done first") {
    World world;
    const auto ticket = world.files("楼道灯坏了");
    world.service.set(World::at("2026-03-02 11:30"));
    REQUIRE(world.staff_does(li, ticket, "accept"));
    CHECK(world.event_types(ticket) == std::vector<std::string>{"ticket.opened", "deadline.warned", "deadline.missed",
                                                                "ticket.accepted", "ticket.routed"});
    CHECK(world.heard(wang, ticket).size() == 1);
}

TEST_CASE("a reminder whose handler fails does not hold up the others") {
    World world;
    int failed = 0, done = 0;
    world.duties.on("bad", [&](Transaction&, const Reminder&, TimePoint) {
        ++failed;
        throw std::runtime_error("broken");
    });
    world.duties.on("good", [&](Transaction&, const Reminder&, TimePoint) { ++done; });
    world.in_unit_of_work([&](Transaction& tx) {
        for (const char* kind : {"bad", "good"}) {
            Reminder reminder;
            reminder.id = world.ids.make<ReminderId>(to_ms(world.now()));
            reminder.due_at = world.now();
            reminder.conversation = ConversationId{5};
            reminder.kind = kind;
            tx.set_reminder(reminder);
        }
    });
    world.sweeps();
    CHECK(done >= 1);
    const auto before = failed;
    world.sweeps();
    CHECK(failed == before);
    world.moves_to("2026-03-02 09:01");
    CHECK(failed > before);
}

TEST_CASE("after an outage of a running clock limits keep their times, but nobody is asked in the night") {
    World world{"2026-03-02 14:00"};
    const auto ticket = world.files("楼道灯坏了");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
    world.moves_to("2026-03-02 20:45");
    REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "已修好"}}));
    const auto other = world.files("大堂灯坏了");
    // Down from then until the next night.
    struct Running final : Clock {
        TimePoint now() const override { return World::at("2026-03-03 23:00"); }
    } running;
    run_due(*world.store, world.duties, running, running);
    CHECK(world.count(ticket, "fixed.asked") == 0);
    CHECK(world.shown(*world.ticket(ticket).put_off_until) == "2026-03-04 09:00");
    for (const auto& event : world.events(other))
        if (event.type == "deadline.missed") CHECK(world.shown(event.at) == "2026-03-03 10:30");
    CHECK(world.count(other, "deadline.missed") == 1);
    world.moves_to("2026-03-04 09:00");
    CHECK(world.count(ticket, "fixed.asked") == 1);
}

TEST_CASE("after an outage the one reminder of a question waits for the morning too, and stays one") {
    World world;
    const auto ticket = world.files("楼道灯坏了");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
    REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "已修好"}}));
    struct Running final : Clock {
        TimePoint now() const override { return World::at("2026-03-04 23:00"); }
    } running;
    run_due(*world.store, world.duties, running, running);
    CHECK(world.count(ticket, "question.repeated") == 0);
    world.moves_to("2026-03-05 09:00");
    CHECK(world.count(ticket, "question.repeated") == 1);
    CHECK(world.count(ticket, "fixed.asked") == 1);
    world.moves_to("2026-03-20 09:00");
    CHECK(world.count(ticket, "question.repeated") == 1);
}

TEST_CASE("an emergency nobody can place yet is paged everywhere, and whoever is there takes it") {
    World world;
    const auto ticket = world.files("着火了", [](OpenTicket& wish) {
        wish.category = "order";
        wish.emergency = "fire";
        wish.unit = {};
        wish.household = {};
        wish.details.label.clear();
    });
    std::set<StaffId> paged;
    for (const auto& row : world.outbox(ticket))
        if (row.kind == "emergency" && row.staff) paged.insert(row.staff);
    CHECK(paged == std::set<StaffId>{world.staff("liu.yang"), world.staff(wang), world.staff("zhou.jie")});
    const auto is_placed = [&] {
        world.in_unit_of_work([&](Transaction& tx) {
            Amendment amendment;
            amendment.unit = world.directory->get()->unit_by_key("jinxiu")->id;
            REQUIRE(world.engine->amend(tx, ticket.id, amendment, resident(ticket.person), world.now()));
        });
    };
    SECTION("taken over at once") {
        REQUIRE(world.staff_does("zhou.jie", ticket, "accept"));
        CHECK(world.ticket(ticket).taken_over);
    }
    SECTION("placed later: paged there again") {
        is_placed();
        CHECK(world.ticket(ticket).unit == world.directory->get()->unit_by_key("jinxiu-centre")->id);
        CHECK(world.count(ticket, "emergency.paged") == 4);
        CHECK(world.staff_does("zhou.jie", ticket, "accept").problem().code == "ticket.wrong_role");
    }
    SECTION("placed after somebody took it over: those there hear of it") {
        REQUIRE(world.staff_does("zhou.jie", ticket, "accept"));
        const auto wang_heard = world.heard(wang, ticket).size();
        is_placed();
        CHECK(world.heard(wang, ticket).size() == wang_heard + 1);
    }
}

TEST_CASE("a danger that comes out in the middle of a form is paged before any question") {
    World world;
    const auto ticket = world.files("卫生间漏水");
    world.in_unit_of_work([&](Transaction& tx) {
        Amendment amendment;
        amendment.emergency = "water_on_wires";
        REQUIRE(world.engine->amend(tx, ticket.id, amendment, resident(ticket.person), world.now()));
    });
    CHECK(world.count(ticket, "emergency.paged") == 2);
    CHECK(world.heard(zhang, ticket).back().find("水漏到电线") != std::string::npos);
}

TEST_CASE("where a danger is, and whom to call there, reaches whoever was called for it, once") {
    World world;
    const auto ticket = world.files("我被困电梯了", [](OpenTicket& wish) {
        wish.category = "equipment";
        wish.emergency = "lift";
        wish.household = {};
        wish.details.building.clear(), wish.details.unit.clear(), wish.details.room.clear();
        wish.details.label.clear();
    });
    const auto amends = [&](const std::function<void(Details&)>& change) {
        world.in_unit_of_work([&](Transaction& tx) {
            Amendment amendment;
            amendment.details = tx.details(tx.ticket(ticket.id)->details);
            change(*amendment.details);
            REQUIRE(world.engine->amend(tx, ticket.id, amendment, resident(ticket.person), world.now()));
        });
    };
    const auto place = [](Details& details) { details.building = "3", details.unit = "2", details.label = "3栋2单元"; };
    const auto count = [&](const char* login) { return world.heard(login, ticket).size(); };
    const auto zhang_heard = count(zhang), wang_heard = count(wang), li_heard = count(li);
    CHECK(world.heard(zhang, ticket).back().find("3栋") == std::string::npos);
    amends(place);
    REQUIRE(count(zhang) == zhang_heard + 1);
    REQUIRE(count(wang) == wang_heard + 1);
    CHECK(count(li) == li_heard);  // who was not called is not called now
    CHECK(world.heard(zhang, ticket).back().find("地点刚补充：3栋2单元") != std::string::npos);
    for (const auto& row : world.outbox(ticket))
        if (row.said.text.find("地点刚补充") != std::string::npos) CHECK(row.priority == Priority::emergency);
    amends(place);  // nothing new
    CHECK(count(zhang) == zhang_heard + 1);
    REQUIRE(world.staff_does(zhang, ticket, "accept"));
    amends([](Details& details) { details.contact_phone = "13900001111"; });
    REQUIRE(count(zhang) == zhang_heard + 2);
    CHECK(world.heard(zhang, ticket).back().find("联系方式刚补充：王女士 139****1111") != std::string::npos);
}

TEST_CASE("who is at work on a matter hears that it lies elsewhere, or that another number is to be called") {
    World world;
    const auto ticket = world.files("卫生间漏水");
    const auto amends = [&](const std::function<void(Details&)>& change) {
        world.in_unit_of_work([&](Transaction& tx) {
            Amendment amendment;
            amendment.details = tx.details(tx.ticket(ticket.id)->details);
            change(*amendment.details);
            REQUIRE(world.engine->amend(tx, ticket.id, amendment, resident(ticket.person), world.now()));
        });
    };
    const auto filed = world.heard(li, ticket).size();
    amends([](Details& details) { details.wish = "换新"; });
    amends([](Details& details) { details.contact_phone = "13900001111"; });
    CHECK(world.heard(li, ticket).size() == filed);
    amends([](Details& details) { details.unit = "1", details.label = "3栋1单元501"; });
    CHECK(world.heard(li, ticket).size() == filed + 1);
    CHECK(world.heard(li, ticket).back().find("地点有更新：3栋1单元501") != std::string::npos);
    REQUIRE(world.staff_does(li, ticket, "accept"));
    REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
    amends([](Details& details) { details.contact_phone = "13911112222"; });
    CHECK(world.heard(zhang, ticket).back().find("联系方式有更新：王女士 139****2222") != std::string::npos);
    CHECK(world.heard(li, ticket).size() == filed + 1);
    CHECK(world.count(ticket, "emergency.paged") == 0);
}

TEST_CASE("the chain is recomputed by a program that shares nothing with ours") {
    World world;
    const auto ticket = world.files("楼道灯坏了，😀 \"急\"");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    world.moves_to("2026-03-20 12:00");
    auto list = nlohmann::json::array();
    world.store->read([&](Reading& reading) {
        for (const auto& event : reading.events(ticket.id)) {
            auto json = nlohmann::json::parse(event.text);
            json["previous_hash"] = event.previous_hash;
            json["hash"] = event.hash;
            json["by_name"] = "谁";
            list.push_back(json);
        }
    });
    const auto checked = [&] {
        const auto file = (world.folder / "events.json").string();
        std::ofstream(file, std::ios::trunc) << list.dump();
        return std::system(("node " HUIYIN_SOURCE "/tests/chain/check.mjs " + file + " >/dev/null 2>&1").c_str());
    };
    CHECK(checked() == 0);
    list.at(1)["data"]["step"] = "miss";
    CHECK(checked() != 0);
}

TEST_CASE("the timer's own thread does what is due when it is woken") {
    World world;
    const auto ticket = world.files("楼道灯坏了");
    Queue<int> done;
    world.duties.on("ring", [&](Transaction&, const Reminder&, TimePoint) { done.put(1); });
    world.in_unit_of_work([&](Transaction& tx) {
        Reminder reminder;
        reminder.id = world.ids.make<ReminderId>(to_ms(world.now()));
        reminder.due_at = World::at("2026-03-02 10:01");
        reminder.conversation = ConversationId{5};
        reminder.kind = "ring";
        tx.set_reminder(reminder);
    });
    Timer timer(*world.store, world.duties, world.service, world.system);
    world.service.set(World::at("2026-03-02 10:01"));
    timer.wake();
    CHECK(done.take_up_to(1, std::chrono::seconds{20}).size() == 1);
    CHECK(timer.run_now() == 0);
    CHECK(world.count(ticket, "deadline.warned") == 1);
}

TEST_CASE("who ends while masses are due does not wait for all of them, and none is lost") {
    World world;
    constexpr int all = 200;
    std::stop_source end;
    int done = 0;
    world.duties.on("ring", [&](Transaction&, const Reminder&, TimePoint) {
        ++done;
        end.request_stop();
    });
    world.in_unit_of_work([&](Transaction& tx) {
        for (int i = 0; i < all; ++i) {
            Reminder reminder;
            reminder.id = world.ids.make<ReminderId>(to_ms(world.now()));
            reminder.due_at = world.now();
            reminder.conversation = ConversationId{5 + i};
            reminder.kind = "ring";
            tx.set_reminder(reminder);
        }
    });
    CHECK(run_due(*world.store, world.duties, world.service, world.system, end.get_token()) < all / 2);
    CHECK(done < all / 2);
    world.sweeps();
    CHECK(done == all);
}

TEST_CASE("the visits drawn keep the share the policy wants, and anybody can draw them again") {
    World world;
    int visits = 0;
    for (int i = 0; i < 20; ++i) {
        const auto ticket = world.files("楼道灯坏了");
        REQUIRE(world.staff_does(li, ticket, "accept"));
        REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
        REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "已修好"}}));
        for (const auto& event : world.events(ticket))
            if (event.type == "revisit.drawn") {
                CHECK(event.data.at("stratum") == "complaint");
                const auto lot =
                    draw_revisit(*world.policy, {{"kind", std::string("complaint")}}, world.ticket(ticket).number).lot;
                CHECK(event.data.at("lot") == lot);
                visits += event.data.at("in_person").get<bool>() ? 1 : 0;
            }
        CHECK(visits * 100 >= 80 * (i + 1));
    }
    CHECK(visits <= 20);
}

TEST_CASE("progress says the next promised moment and why") {
    World world;
    const auto ticket = world.files("楼道灯坏了");
    const auto progress = [&] {
        Engine::Progress found;
        world.store->read([&](Reading& reading) {
            found = world.engine->progress(reading, *reading.ticket(ticket.id), world.now());
        });
        return found;
    };
    CHECK(progress().next == "今天11:00前受理，最晚3月6日(周五)17:30给您结果");
    CHECK(world.shown(*progress().next_at) == "2026-03-02 11:00");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    CHECK(progress().next == "最晚3月6日(周五)17:30给您结果");
    CHECK(progress().why.find("5个工作日") != std::string::npos);
    CHECK(progress().clause == "property-group/T1");
    world.moves_to("2026-05-20 12:00");
    CHECK(progress().next.find("超过时限") != std::string::npos);
}
