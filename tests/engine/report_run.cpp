// Reports that the clock makes: once, whatever fails in between; kept as they were sent; within the unit; on their way.
#include "workflow/engine/report_run.h"

#include <catch2/catch.hpp>

#include "tests/engine/world.h"
#include "workflow/reports/table_text.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

void plan(World& world) {
    world.in_unit_of_work([&](Transaction& tx) { world.engine->plan_duties(tx, world.now()); });
}

std::vector<SentReport> sent(World& world, const std::string& report = "monthly") {
    std::vector<SentReport> found;
    world.store->read([&](Reading& reading) {
        found = sent_reports(
            reading, [&](const SentReport& each) { return each.report == report; }, 1000);
    });
    return found;
}

SentReport of_unit(World& world, const std::string& key) {
    for (const auto& each : sent(world))
        if (each.unit == world.directory->get()->unit_by_key(key)->id) return each;
    throw std::runtime_error("nothing was sent for " + key);
}

ReportMade paper(World& world, const SentReport& of, const std::function<bool(const Ticket&)>& may_see = {}) {
    std::optional<ReportMade> made;
    world.store->read([&](Reading& reading) { made = kept_paper(reading, of, may_see); });
    REQUIRE(made);
    return *made;
}

std::size_t told(World& world) {
    std::size_t rows = 0;
    for (const auto& row : world.outbox_of_no_ticket())
        if (row.key.rfind("report:", 0) == 0) ++rows;
    return rows;
}

Result<SentReport> confirms(World& world, const std::string& login, const SentReport& which) {
    std::optional<Result<SentReport>> done;
    world.in_unit_of_work(
        [&](Transaction& tx) { done = world.reports->confirm(tx, id_of(which), world.staff(login), world.now()); });
    return *done;
}

}  // namespace

TEST_CASE("each service centre sends its own month, and what was sent stays as it was") {
    World world("2026-03-02 09:00");
    plan(world);
    const auto lamp = world.files("楼道灯坏了");
    REQUIRE(world.staff_does(li, lamp, "accept"));
    world.moves_to("2026-03-25 08:59");
    CHECK(sent(world).empty());
    world.moves_to("2026-03-25 09:00");
    REQUIRE(sent(world).size() == 2);
    const auto mine = of_unit(world, "jinxiu-centre");
    CHECK(mine.period == "2026-03");
    CHECK(mine.days == "2月25日至3月24日");
    CHECK(mine.figures.rfind("件数 1，", 0) == 0);
    CHECK(of_unit(world, "cuihu-centre").figures.empty());
    CHECK(paper(world, of_unit(world, "cuihu-centre")).json["all"]["measured"]["count"]["part"] == 0);
    const auto before = paper(world, mine);
    REQUIRE(before.tables.size() == 2);
    CHECK(before.tables[1].rows.size() == 1);
    // What becomes of the case later changes the month that is counted anew, not the paper that was sent.
    REQUIRE(world.staff_does(li, lamp, "classify",
                             {{"kind", "demand"}, {"category", "other"}, {"validity", "invalid"}, {"reason", "查明"}}));
    world.restarts();
    const auto after = paper(world, mine);
    CHECK(after.json == before.json);
    CHECK(to_csv(after.tables[1]) == to_csv(before.tables[1]));
    CHECK(to_html(after.title, after.tables) == to_html(before.title, before.tables));
    // Who must keep out of the case does not find its row, but the figures are those that were sent.
    const auto without = paper(world, mine, [&](const Ticket& ticket) { return ticket.id != lamp.id; });
    CHECK(without.tables[1].rows.empty());
    CHECK(without.tables[0].rows == before.tables[0].rows);
}

TEST_CASE("a report is sent once, whether the process dies before it is made, while it is kept, or after") {
    World world("2026-03-06 09:00");
    plan(world);
    world.files("楼道灯坏了");
    int tries = 0;
    world.duties.beside("report", [&](Store&, const Reminder&, TimePoint) {
        ++tries;
        throw std::runtime_error("the power fails");
    });
    world.moves_to("2026-03-25 09:00");
    CHECK(tries == 2);
    CHECK(sent(world).empty());
    CHECK(told(world) == 0);
    // After a restart, and once more as if nobody had noticed that it was done.
    world.restarts();
    const auto made = *world.duties.find_beside("report");
    world.duties.beside("report", [&](Store& store, const Reminder& reminder, TimePoint at) {
        ++tries;
        made(store, reminder, at);
        throw std::runtime_error("the power fails");
    });
    world.moves_to("2026-03-25 09:01");
    CHECK(tries == 4);
    CHECK(sent(world).size() == 2);
    const auto rows = told(world);
    CHECK(rows == 4);  // two managers, and the project centre twice
    world.moves_to("2026-03-25 09:02");
    CHECK(tries == 6);
    world.duties.beside("report", made);
    world.moves_to("2026-03-25 09:03");
    plan(world);
    world.sweeps();
    CHECK(sent(world).size() == 2);
    CHECK(told(world) == rows);
}

TEST_CASE("a unit of work that is run twice keeps one paper and tells once") {
    World world("2026-03-02 09:00");
    plan(world);
    world.moves_to("2026-03-25 09:00");
    const auto first = sent(world);
    const auto rows = told(world);
    REQUIRE(first.size() == 2);
    // The reminders come up again, as they would if the commit had been lost behind a copy.
    world.in_unit_of_work([&](Transaction& tx) {
        for (const auto& each : first) {
            Reminder reminder;
            reminder.id = world.ids.make<ReminderId>(to_ms(world.now()));
            reminder.due_at = world.now();
            reminder.kind = "report";
            reminder.name = id_of(each);
            tx.set_reminder(reminder);
        }
    });
    world.sweeps();
    CHECK(sent(world).size() == 2);
    CHECK(sent(world)[0].paper == first[0].paper);
    CHECK(told(world) == rows);
    world.store->read([](Reading& reading) { CHECK_FALSE(sent_report(reading, "property-group~monthly~2026-03")); });
}

TEST_CASE("a report goes on to the next when it is confirmed, and by its day when it is not") {
    World world("2026-03-02 09:00");
    plan(world);
    world.moves_to("2026-03-25 09:00");
    const auto mine = of_unit(world, "jinxiu-centre"), other = of_unit(world, "cuihu-centre");
    CHECK(confirms(world, wang, mine).problem().code == "report.wrong_role");
    CHECK(confirms(world, zhao, mine).problem().code == "report.wrong_role");  // it has not come to him yet
    world.system.set(world.now() + std::chrono::hours(24 * 400));  // the audit is kept by the clock of the machine
    REQUIRE(confirms(world, chen, mine));
    world.store->read([&](Reading& reading) {
        const auto noted = reading.audit_page({}, 1, {}).items;
        REQUIRE(noted.size() == 1);
        CHECK(noted[0].action == "report_confirm");
        CHECK(noted[0].at == world.system.now());
    });
    world.system.set(world.now());
    CHECK(confirms(world, chen, mine).problem().code == "report.not_allowed");
    SentReport none = mine;
    none.period = "2025-03";
    CHECK(confirms(world, chen, none).problem().code == "report.unknown");
    world.restarts();
    world.moves_to("2026-03-28 17:29");
    CHECK_FALSE(of_unit(world, "cuihu-centre").way[1].told_at);
    const auto rows = told(world);
    world.moves_to("2026-03-28 17:30");
    const auto late = of_unit(world, "cuihu-centre");
    CHECK(late.way[1].unconfirmed);
    CHECK(late.way[1].told == std::vector<StaffId>{world.staff(zhao)});
    CHECK_FALSE(of_unit(world, "jinxiu-centre").way[1].unconfirmed);
    CHECK(told(world) == rows + 1);
    // Confirmed late: noted, and told to nobody again. The last one confirms too, and nobody comes after him.
    REQUIRE(confirms(world, chen, other));
    REQUIRE(confirms(world, zhao, other));
    CHECK(of_unit(world, "cuihu-centre").way[1].confirmed_by == world.staff(zhao));
    CHECK(told(world) == rows + 1);
}

TEST_CASE("a report that was sent is given out as long as the pack keeps it") {
    World world("2026-03-02 09:00");
    plan(world);
    world.moves_to("2026-03-25 09:00");
    const auto mine = of_unit(world, "jinxiu-centre");
    auto policy = *world.policies->standard();
    CHECK_FALSE(given_until(policy, mine));  // no rule
    policy.retention.push_back({"monthly", "1 year", "", "property-group/16"});
    CHECK(world.shown(*given_until(policy, mine)) == "2027-03-26 00:00");
    policy.retention.push_back({"register", "3 years", "", "property-group/16"});
    CHECK(world.shown(*given_until(policy, mine)) == "2029-03-26 00:00");
    policy.retention.push_back({"report", "permanent", "", "property-group/16"});
    CHECK_FALSE(given_until(policy, mine));
}

TEST_CASE("several due days at once: every period once, the newest first in the list, a page after the other") {
    World world("2026-01-10 09:00");
    plan(world);
    world.moves_to("2026-04-10 09:00");
    std::vector<std::string> periods;
    for (const auto& each : sent(world, "consolidated")) periods.push_back(each.period);
    CHECK(periods == std::vector<std::string>{"2026-03", "2026-02", "2026-01"});
    CHECK(sent(world).size() == 6);
    std::vector<std::string> seen;
    world.store->read([&](Reading& reading) {
        const auto any = [](const SentReport&) { return true; };
        const auto all = sent_reports(reading, any, 1000);
        std::string after;
        for (auto page = sent_reports(reading, any, 2); !page.empty(); page = sent_reports(reading, any, 2, after)) {
            for (const auto& each : page) seen.push_back(id_of(each));
            after = seen.back();
        }
        REQUIRE(seen.size() == all.size());
        for (std::size_t i = 0; i < all.size(); ++i) CHECK(seen[i] == id_of(all[i]));
    });
    // The clock goes back and comes again: what was sent is sent.
    world.service.set(World::at("2026-02-01 09:00"));
    plan(world);
    world.moves_to("2026-04-10 10:00");
    CHECK(sent(world).size() == 6);
}

TEST_CASE("a day that was brought forward: the report is of the period that its day names, made when that is over") {
    World world("2026-03-06 09:00");
    world.files("楼道灯坏了");
    const auto policy = world.policies->standard();
    const auto& duty = policy->duties.front();
    REQUIRE(report_of(*policy, duty) != nullptr);
    using namespace std::chrono;
    DutyOccurrence occurrence;
    occurrence.nominal = local_days{year{2026} / 3 / 25};
    occurrence.day = occurrence.nominal - days{1};
    occurrence.at = world.local("2026-03-24 09:00");
    EngineParts parts;
    parts.policies = world.policies.get();
    parts.directory = world.directory.get();
    parts.ids = &world.ids;
    parts.system = &world.system;
    world.in_unit_of_work([&](Transaction& tx) { plan_reports(tx, parts, *policy, duty, occurrence); });
    world.moves_to("2026-03-24 23:59");
    CHECK(sent(world).empty());
    world.moves_to("2026-03-25 00:00");
    REQUIRE(sent(world).size() == 2);
    CHECK(of_unit(world, "jinxiu-centre").period == "2026-03");
}

TEST_CASE("a report that is made late leaves those whom it reaches a working day") {
    World world("2026-03-06 09:00");
    plan(world);
    world.files("楼道灯坏了");
    int tries = 0;
    world.duties.beside("report", [&](Store&, const Reminder&, TimePoint) {
        ++tries;
        throw std::runtime_error("the power fails");
    });
    world.moves_to("2026-03-25 09:00");
    REQUIRE(tries > 0);
    world.service.set(World::at("2026-03-30 10:00"));  // a Monday; the next place was to have it on the 28th
    world.sweeps();
    world.restarts();
    world.moves_to("2026-03-30 10:05");
    const auto late = of_unit(world, "jinxiu-centre");
    REQUIRE(late.way.size() == 2);
    CHECK_FALSE(late.way[1].told_at);
    CHECK(late.way[0].until == world.local("2026-03-31 17:30"));
}
