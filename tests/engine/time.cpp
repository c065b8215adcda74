// Time at work in the engine: extensions, facts of the pack, declared events, duties that come round.
#include <catch2/catch.hpp>

#include "workflow/policy/duty.h"
#include "world.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

// The pack of the world with something changed, in force from now on.
void change_pack(World& world, const std::function<void(Policy&)>& change) {
    auto policy = std::make_shared<Policy>(*world.policies->standard());
    change(*policy);
    world.policies->put_in_force(policy);
}

void with_storm(Policy& policy) {
    policy.declared_events = {{"storm", "台风红色预警", {"administrator"}, *parse_span("7 days"), "property-group/T1"}};
    for (auto& rule : policy.deadlines)
        if (rule.name == "handle") rule.stretches_on = {{"storm", true, 0, "property-group/T1"}};
}

Result<Declaration> declares(World& world, const std::string& from, const std::string& until,
                             const std::string& login = "admin", const std::string& unit = "jinxiu-centre") {
    Result<Declaration> made = Problem{"test.not_run", "", ""};
    const auto directory = world.directory->get();
    const auto id = directory->unit_by_key(unit)->id;
    world.in_unit_of_work([&](Transaction& tx) {
        made = world.engine->declare(tx, {"storm", id, World::at(from), World::at(until), "气象台8时发布"},
                                     world.staff(login), world.now());
    });
    world.sweeps();
    return made;
}

Duty weekly(const char* every = "tuesday") {
    Duty duty;
    duty.name = "weekly";
    duty.title = "投诉周报";
    duty.every = *parse_rhythm(every);
    duty.at = std::chrono::hours{9};
    duty.role = "quality_centre";
    duty.phrase = "duty.reminder";
    duty.clause = "property-group/17";
    return duty;
}

std::vector<std::string> duties_told(World& world) {
    std::vector<std::string> texts;
    world.store->read([&](Reading& reading) {
        const auto page = reading.outbox_page("", 200, "");
        for (auto row = page.items.rbegin(); row != page.items.rend(); ++row)
            if (row->key.rfind("duty:", 0) == 0) texts.push_back(world.shown(row->created_at) + " " + row->said.text);
    });
    return texts;
}

void plan(World& world) {
    world.in_unit_of_work([&](Transaction& tx) { world.engine->plan_duties(tx, world.now()); });
}

}  // namespace

TEST_CASE("a storm declared for a centre stops the clock of its tickets, with an event in each chain") {
    World world("2026-03-02 09:00");
    change_pack(world, with_storm);
    const auto here = world.files("楼道灯坏了");
    REQUIRE(world.staff_does(li, here, "accept"));
    CHECK(world.due(here, "handle") == "2026-03-06 17:30 running");
    world.moves_to("2026-03-03 08:00");
    const auto made = declares(world, "2026-03-03 00:00", "2026-03-05 00:00");
    REQUIRE(made);
    CHECK(made->id == "D20260303-1");
    CHECK(world.count(here, "event.declared") == 1);
    CHECK(world.due(here, "handle") == "2026-03-10 17:30 running");
    // The reminder moved with it: nothing is said on the old day.
    world.moves_to("2026-03-06 18:00");
    CHECK(world.count(here, "deadline.missed") == 0);
    // A ticket of the time of the storm has it from the start.
    world.sweeps();
    CHECK(world.count(here, "event.declared") == 1);
}

TEST_CASE("a ticket opened during the storm knows of it; one of another centre and one after it do not") {
    World world("2026-03-03 09:00");
    change_pack(world, with_storm);
    REQUIRE(declares(world, "2026-03-03 00:00", "2026-03-05 00:00"));
    const auto during = world.files("阳台漏水");
    CHECK(world.count(during, "event.declared") == 1);
    CHECK(world.due(during, "handle") == "2026-03-11 17:30 running");
    const auto elsewhere = world.files("电梯异响", [&](OpenTicket& wish) {
        wish.unit = world.directory->get()->unit_by_key("cuihu")->id;
        wish.household = {};
    });
    CHECK(world.count(elsewhere, "event.declared") == 0);
    world.moves_to("2026-03-05 09:00");
    CHECK(world.count(world.files("门禁坏了"), "event.declared") == 0);
}

TEST_CASE("a storm lifted early gives the time back; who may, what for, and for how long is the pack's") {
    World world("2026-03-02 09:00");
    change_pack(world, with_storm);
    const auto here = world.files("楼道灯坏了");
    REQUIRE(world.staff_does(li, here, "accept"));
    world.moves_to("2026-03-03 08:00");
    CHECK(declares(world, "2026-03-03 00:00", "2026-03-05 00:00", li).problem().code == "declared.wrong_role");
    CHECK(declares(world, "2026-03-03 00:00", "2026-03-20 00:00").problem().detail == "/until");
    const auto made = declares(world, "2026-03-03 00:00", "2026-03-05 00:00");
    REQUIRE(made);
    CHECK(declares(world, "2026-03-04 00:00", "2026-03-06 00:00").problem().code == "declared.conflict");
    world.moves_to("2026-03-03 20:00");
    world.in_unit_of_work([&](Transaction& tx) {
        const auto lifted = world.engine->lift(tx, made->id, world.staff("admin"), world.now());
        CHECK(lifted);
        CHECK(world.engine->lift(tx, "D1", world.staff("admin"), world.now()).problem().code == "declared.not_found");
    });
    world.sweeps();
    CHECK(world.count(here, "event.lifted") == 1);
    CHECK(world.due(here, "handle") == "2026-03-09 17:30 running");
    for (const auto& deadline : world.deadlines(here))
        if (deadline.name == "handle")
            CHECK(to_chinese(deadline.derivation, world.policy->calendar) ==
                  "5个工作日，从3月2日起算：2日、4日、5日、6日、9日；3月3日台风红色预警，不计时；最晚3月9日17:30。");
    // What the time brings is decided from the events alone, so that everything can be made anew from them.
    world.in_unit_of_work([&](Transaction& tx) { world.engine->recompute(tx, here.id, world.now()); });
    CHECK(world.due(here, "handle") == "2026-03-09 17:30 running");
}

TEST_CASE("what was missed before the storm was declared stays missed") {
    World world("2026-03-02 09:00");
    change_pack(world, with_storm);
    const auto here = world.files("楼道灯坏了");
    REQUIRE(world.staff_does(li, here, "accept"));
    world.moves_to("2026-03-07 10:00");
    REQUIRE(declares(world, "2026-03-03 00:00", "2026-03-08 00:00"));
    CHECK(world.due(here, "handle").find("missed") != std::string::npos);
}

TEST_CASE("an extension: the approver's cap and the number are held, and the limit moves") {
    World world("2026-03-02 09:00");
    change_pack(world, [](Policy& policy) {
        for (auto& rule : policy.deadlines) {
            if (rule.name != "handle") continue;
            ExtensionRule manager;
            manager.roles = {"centre_manager"};
            manager.times = 1;
            manager.at_most = *parse_span("3 working days");
            manager.clause = "property-group/T1";
            rule.extend = {manager};
        }
        for (auto& move : policy.moves)
            if (move.command == "extend") {
                move.refused = false;
                move.roles = {"centre_manager", "project_centre"};
            }
    });
    const auto ticket = world.files("楼道灯坏了");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    const auto extends = [&](const char* login, const std::string& until) {
        const auto done =
            world.staff_does(login, ticket, "extend",
                             {{"clock", "handle"}, {"until", to_rfc3339(World::at(until))}, {"reason", "等配件"}});
        return done ? std::string("yes") : done.problem().code + " " + done.problem().clause;
    };
    CHECK(extends(li, "2026-03-10 17:30") == "ticket.wrong_role property-group/T1");
    CHECK(extends(chen, "2026-03-10 17:30") == "ticket.wrong_role property-group/T1");
    CHECK(extends(wang, "2026-03-12 17:30") == "ticket.bad_field property-group/T1");
    CHECK(extends(wang, "2026-03-11 17:30") == "yes");
    CHECK(world.due(ticket, "handle") == "2026-03-11 17:30 running");
    CHECK(extends(wang, "2026-03-12 17:30") == "ticket.not_allowed property-group/T1");
    world.moves_to("2026-03-11 17:29");
    CHECK(world.count(ticket, "deadline.missed") == 0);
    world.moves_to("2026-03-11 17:30");
    CHECK(world.due(ticket, "handle") == "2026-03-11 17:30 missed");
}

TEST_CASE(
    "the customer's own limit, told to staff with a command, is the limit; soft ones and the trader's are no breach") {
    World world("2026-03-02 09:00");
    change_pack(world, [](Policy& policy) {
        policy.facts.push_back({"wanted_by", FactType::integer, "客户要求的时间", {}, {}});
        for (auto& rule : policy.deadlines)
            if (rule.name == "handle") rule.customer_limit = CustomerLimit{"wanted_by", LimitEffect::replaces, {}};
        for (auto& move : policy.moves)
            if (move.command == "accept")
                move.fields.push_back({"wanted_by", "客户要求的时间", "time", false, {}, {}, true});
        DeadlineRule soft = policy.deadlines.at(1);
        soft.name = "wish";
        soft.customer_limit.reset();
        soft.span = *parse_span("1 day");
        soft.first_day = FirstDay::not_counted;
        soft.soft = true;
        soft.miss.clear();
        policy.deadlines.push_back(soft);
    });
    const auto ticket = world.files("楼道灯坏了");
    REQUIRE(world.staff_does(li, ticket, "accept", {{"wanted_by", "2026-03-04T12:00:00+08:00"}},
                             {{"wanted_by", "time", false, {}, "客户要求的时间"}}));
    CHECK(world.due(ticket, "handle") == "2026-03-04 12:00 running");
    world.moves_to("2026-03-04 00:00");
    CHECK(world.due(ticket, "wish") == "2026-03-04 00:00 missed");
    CHECK(world.ticket(ticket).missed.empty());
    world.moves_to("2026-03-04 12:00");
    CHECK(world.ticket(ticket).missed == std::set<std::string>{"handle"});
}

TEST_CASE("a weekly duty is told once a week to whoever holds the role, through jumps and restarts") {
    World world("2026-03-02 09:00");
    change_pack(world, [](Policy& policy) { policy.duties = {weekly()}; });
    plan(world);
    CHECK(duties_told(world).empty());
    world.moves_to("2026-03-03 09:00");
    const auto first = duties_told(world);
    REQUIRE(first.size() == 1);
    CHECK(first[0].find("2026-03-03 09:00 ") == 0);
    CHECK(first[0].find("投诉周报") != std::string::npos);
    // A restart, and another: nothing is told again.
    plan(world);
    world.sweeps();
    plan(world);
    world.sweeps();
    CHECK(duties_told(world).size() == 1);
    // Three weeks in one jump: three occurrences, each at its own time.
    world.moves_to("2026-03-25 12:00");
    const auto all = duties_told(world);
    REQUIRE(all.size() == 4);
    CHECK(all[1].find("2026-03-10 09:00 ") == 0);
    CHECK(all[2].find("2026-03-17 09:00 ") == 0);
    CHECK(all[3].find("2026-03-24 09:00 ") == 0);
    // The clock goes back and comes again: what was done is done.
    world.service.set(World::at("2026-03-10 08:00"));
    plan(world);
    world.sweeps();
    world.moves_to("2026-03-24 10:00");
    CHECK(duties_told(world).size() == 4);
    world.moves_to("2026-03-31 09:00");
    CHECK(duties_told(world).size() == 5);
}

TEST_CASE("an occurrence that failed half-way is done whole the next time, and once") {
    World world("2026-03-02 09:00");
    change_pack(world, [](Policy& policy) { policy.duties = {weekly()}; });
    plan(world);
    world.service.set(World::at("2026-03-03 09:00"));
    CHECK_THROWS(world.in_unit_of_work([&](Transaction& tx) {
        for (const auto& reminder : tx.take_due(world.now(), false, 1))
            world.engine->duty_due(tx, reminder, world.now());
        throw std::runtime_error("the power fails before the commit");
    }));
    CHECK(duties_told(world).empty());
    world.sweeps();
    CHECK(duties_told(world).size() == 1);
}

TEST_CASE("when the pack moves a duty, the occurrence that waits moves; a duty that is gone is silent") {
    World world("2026-03-02 09:00");
    change_pack(world, [](Policy& policy) { policy.duties = {weekly()}; });
    plan(world);
    change_pack(world, [](Policy& policy) { policy.duties = {weekly("friday")}; });
    world.moves_to("2026-03-05 09:00");
    CHECK(duties_told(world).empty());
    world.moves_to("2026-03-06 09:00");
    CHECK(duties_told(world).size() == 1);
    change_pack(world, [](Policy& policy) { policy.duties.clear(); });
    world.moves_to("2026-03-20 09:00");
    CHECK(duties_told(world).size() == 1);
}

TEST_CASE("a matter that moves to another unit goes by the hours there from then on") {
    World world;
    auto units = world.directory->get()->all_units();
    for (auto& unit : units)
        if (unit.key == "cuihu-centre") unit.hours = R"({"monday-friday":["10:00-16:00"]})";
    const auto before = world.directory->get();
    world.directory->set(std::make_shared<const Directory>(before->organisation().key, units, before->all_buildings(),
                                                           before->all_households(), before->staff()));
    const auto ticket = world.files("卫生间漏水");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
    CHECK(world.due(ticket, "handle") == "2026-03-06 17:30 running");
    REQUIRE(world.staff_does(wang, ticket, "transfer",
                             {{"unit", "cuihu"}, {"role", "centre_manager"}, {"reason", "是翠湖苑的"}}));
    const auto now = world.ticket(ticket);
    CHECK(now.unit == world.directory->get()->unit_by_key("cuihu-centre")->id);
    const auto handle = std::find_if(now.deadlines.begin(), now.deadlines.end(),
                                     [](const TicketDeadline& each) { return each.name == "handle"; });
    REQUIRE(handle != now.deadlines.end());
    CHECK(world.shown(handle->due_at) == "2026-03-06 16:00");
    CHECK(world.heard("zhou.jie", ticket).back().find("16:00前办完") != std::string::npos);
    // So does the reminder.
    world.moves_to("2026-03-06 16:00");
    CHECK(world.count(ticket, "deadline.missed") == 1);
}
