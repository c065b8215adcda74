// Registers and reports made of what the store holds: what a pack may say that none of the shipped ones does.
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/engine/world.h"
#include "workflow/engine/case_records.h"
#include "workflow/policy/pack.h"
#include "workflow/reports/report.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

void change_pack(World& world, const char* more) {
    const auto here = std::string(HUIYIN_SOURCE) + "/templates/policies/property-group.json";
    std::filesystem::copy_file(here, world.folder / "property-group.json");
    auto child = *parse_json(more);
    child["extends"] = "property-group";
    std::ofstream{world.folder / "child.json"} << child.dump();
    auto policy = load_policy((world.folder / "child.json").string(), std::string(HUIYIN_SOURCE) + "/templates");
    INFO((policy ? std::string() : policy.problem().text));
    REQUIRE(policy);
    world.policies->put_in_force(std::make_shared<const Policy>(std::move(policy.value())));
}

EngineParts parts_of(World& world) {
    EngineParts parts;
    parts.policies = world.policies.get();
    parts.directory = world.directory.get();
    parts.phrases = world.phrases.get();
    parts.speaker = world.speaker.get();
    return parts;
}

Json made(World& world, const std::string& name, const std::string& label, const std::string& of_unit = "yueju") {
    const auto policy = world.policies->standard();
    const auto report = std::find_if(policy->reports.begin(), policy->reports.end(),
                                     [&](const Report& each) { return each.name == name; });
    REQUIRE(report != policy->reports.end());
    const auto period = period_named(*policy, *report, label);
    REQUIRE(period);
    ReportMaker maker(*policy, *report, *period);
    const auto directory = world.directory->get();
    const auto units = directory->with_below(directory->unit_by_key(of_unit)->id);
    each_record(*world.store, parts_of(world), {policy->id, period->period, units}, world.now(),
                [&](const CaseOnRecord& record) { maker.take(record); });
    return to_json(maker.end(), *report, *policy);
}

World::Case at_cuihu(World& world, const std::string& summary) {
    return world.files(summary, [&](OpenTicket& wish) {
        wish.unit = world.directory->get()->unit_by_key("cuihu")->id;
        wish.household = {};
    });
}

}  // namespace

TEST_CASE("what cannot be solved now is counted and listed for those who plan, and a nil report says there is none") {
    World world("2026-03-02 09:00");
    change_pack(world, R"({
        "facts": [{"name": "unsolvable_now", "type": "yes_no", "title": "暂时无法解决"}],
        "moves": [{"name": "unsolvable", "command": "classify", "title": "暂时无法解决", "from": ["*"], "roles": ["front_desk"], "when": {"!!": [{"var": "given.unsolvable_now"}]}, "fields": ["unsolvable_now"], "clause": "property-group/15"}],
        "reports": [{"name": "planning", "title": "待规划解决的问题", "every": "quarter", "where": {"var": "unsolvable_now"}, "measures": ["count"], "by": ["category"], "lists": true, "nil": true, "due_to": "quality_centre", "clause": "property-group/15"}]})");
    const auto none = made(world, "planning", "2026-Q1");
    CHECK(none["to_be_sent"] == true);
    CHECK(none["all"]["measured"]["count"]["part"] == 0);
    CHECK(none["tables"][0]["rows"].empty());
    world.files("楼道灯坏了");
    const auto stuck = world.files("地下室渗水，要等外墙大修");
    REQUIRE(world.staff_does(li, stuck, "accept"));
    REQUIRE(world.staff_does(li, stuck, "classify", {{"unsolvable_now", true}, {"reason", "等大修"}},
                             {{"unsolvable_now", "boolean"}}));
    const auto report = made(world, "planning", "2026-Q1");
    CHECK(report["all"]["measured"]["count"]["part"] == 1);
    CHECK(report["rows"][0]["split"]["category"]["title"] == "房屋管理");
    REQUIRE(report["tables"][0]["rows"].size() == 1);
    CHECK(report["tables"][0]["rows"][0][4] == "地下室渗水，要等外墙大修");
    CHECK(report["period"]["until"] == "2026-04-01T00:00:00+08:00");
    CHECK(made(world, "planning", "2026-Q2")["all"]["measured"]["count"]["part"] == 0);
}

TEST_CASE("units are ranked by a measure, and equal ones share a rank; a unit sees its own") {
    World world("2026-03-02 09:00");
    change_pack(world, R"({
        "facts": [{"name": "points", "type": "integer", "title": "分值", "is": {"if": [{"==": [{"var": "level"}, "major"]}, 3, 1]}}],
        "reports": [{"name": "ranking", "title": "排名", "measures": ["points", "count", "direct_solve", "waiting_time", "repeats"], "by": ["unit"], "ranked_by": "points", "clause": "property-group/15"},
                    {"name": "daily", "title": "日报", "every": "day", "measures": ["count"], "clause": "property-group/15"}]})");
    CHECK(made(world, "ranking", "2026-03")["to_be_sent"] == false);
    const auto first = world.files("楼道灯坏了");
    at_cuihu(world, "门禁坏了");
    const auto equal = made(world, "ranking", "2026-03");
    REQUIRE(equal["rows"].size() == 2);
    CHECK(equal["rows"][0]["rank"] == 1);
    CHECK(equal["rows"][1]["rank"] == 1);
    world.files("电梯停了");
    const auto ahead = made(world, "ranking", "2026-03");
    CHECK(ahead["rows"][0]["split"]["unit"]["key"] == "锦绣花园物业服务中心");
    CHECK(ahead["rows"][0]["rank"] == 1);
    CHECK(ahead["rows"][1]["rank"] == 2);
    const auto major = world.files("漏水赔偿", [&](OpenTicket& wish) {
        wish.unit = world.directory->get()->unit_by_key("cuihu")->id;
        wish.household = {};
        wish.amount_fen = 200'000;
    });
    CHECK(world.ticket(major).level == "major");
    world.moves_to("2026-03-02 09:30");
    REQUIRE(world.staff_does(li, first, "accept"));
    const auto again = world.files("楼道灯又坏了", [&](OpenTicket& wish) { wish.repeat_of = first.id; });
    CHECK(world.ticket(again).repeat_of == first.id);
    const auto report = made(world, "ranking", "2026-03");
    CHECK(report["rows"][0]["split"]["unit"]["key"] == "翠湖苑物业服务中心");
    CHECK(report["rows"][0]["measured"]["points"]["part"] == 4);
    CHECK(report["rows"][1]["measured"]["points"]["part"] == 3);
    CHECK(report["rows"][1]["measured"]["repeats"] == Json({{"part", 1}, {"of", 3}, {"percent", 33.3}}));
    CHECK(report["rows"][1]["measured"]["waiting_time"] ==
          Json({{"part", 0}, {"of", 1}, {"percent", 0.0}, {"sum", 30}}));
    CHECK(made(world, "ranking", "2026-03", "cuihu-centre")["rows"].size() == 1);
    CHECK(made(world, "daily", "2026-03-02")["all"]["measured"]["count"]["part"] == 5);
    CHECK(made(world, "daily", "2026-03-03")["to_be_sent"] == false);
}

TEST_CASE("what the customer sent back is not solved until it is again, and then not at once") {
    World world("2026-03-02 09:00");
    change_pack(
        world,
        R"({"reports": [{"name": "solved", "title": "办结", "measures": ["timeliness", "direct_solve"], "clause": "property-group/15"}]})");
    const auto ticket = world.files("卫生间漏水");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
    REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "已修好"}}));
    const auto measured = [&](const char* measure) {
        return made(world, "solved", "2026-03")["all"]["measured"][measure];
    };
    CHECK(measured("direct_solve") == Json({{"part", 1}, {"of", 1}, {"percent", 100.0}}));
    REQUIRE(world.taps(ticket, "没有好"));
    CHECK(measured("direct_solve") == Json({{"part", 0}}));
    CHECK(measured("timeliness") == Json({{"part", 0}}));
    REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "又修了一次"}}));
    CHECK(measured("direct_solve") == Json({{"part", 0}, {"of", 1}, {"percent", 0.0}}));
    CHECK(measured("timeliness") == Json({{"part", 1}, {"of", 1}, {"percent", 100.0}}));
}

TEST_CASE("of waits the shortest is ranked first, and whoever accepted none last") {
    World world("2026-03-02 09:00");
    change_pack(
        world,
        R"({"reports": [{"name": "waits", "title": "等待", "measures": ["waiting_time"], "by": ["category"], "ranked_by": "waiting_time", "clause": "property-group/15"}]})");
    const auto in = [](const char* category) { return [=](OpenTicket& wish) { wish.category = category; }; };
    const auto slow = world.files("楼道灯坏了", in("equipment")), quick = world.files("卫生间漏水", in("housing")),
               alike = world.files("门口有垃圾", in("environment"));
    world.files("没人管", in("service"));
    world.moves_to("2026-03-02 09:10");
    REQUIRE(world.staff_does(li, quick, "accept"));
    REQUIRE(world.staff_does(li, alike, "accept"));
    world.moves_to("2026-03-02 09:40");
    REQUIRE(world.staff_does(li, slow, "accept"));
    std::vector<std::pair<std::string, int>> ranks;
    const auto report = made(world, "waits", "2026-03");
    for (const auto& row : report["rows"])
        ranks.emplace_back(row["split"]["category"]["key"].get<std::string>(), row["rank"].get<int>());
    CHECK(ranks == std::vector<std::pair<std::string, int>>{
                       {"environment", 1}, {"housing", 1}, {"equipment", 3}, {"service", 4}});
}

TEST_CASE("a case stands in the register of one month: that in which it counts") {
    World world("2026-03-31 17:00");
    change_pack(
        world,
        R"({"reports": [{"name": "all_of_it", "title": "月报", "measures": ["count"], "lists": true, "clause": "property-group/15"}]})");
    const auto ticket = world.files("楼道灯坏了");
    const auto rows = [&](const char* month) { return made(world, "all_of_it", month)["tables"][0]["rows"].size(); };
    CHECK(rows("2026-03") == 1);
    world.moves_to("2026-04-01 09:00");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    int in_march = 0, in_april = 0;
    const auto policy = world.policies->standard();
    const auto directory = world.directory->get();
    const auto units = directory->with_below(directory->organisation().id);
    for (auto [month, count] : {std::pair{"2026-03", &in_march}, std::pair{"2026-04", &in_april}})
        each_record(*world.store, parts_of(world), {policy->id, period_named(*policy, {}, month)->period, units},
                    world.now(), [&, number = count](const CaseOnRecord&) { ++*number; });
    CHECK(in_march == 0);
    CHECK(in_april == 1);
    CHECK(rows("2026-03") == 0);
    CHECK(rows("2026-04") == 1);
}

TEST_CASE("a register names nobody who wants to stay unknown, and shows no whole phone number") {
    World world("2026-03-02 09:00");
    change_pack(
        world,
        R"({"reports": [{"name": "names", "measures": ["count"], "attaches": ["register"], "clause": "property-group/15"}]})");
    world.files("楼道灯坏了，电话13812345678");
    world.files("楼上太吵", [](OpenTicket& wish) { wish.anonymous = true; });
    const auto rows = made(world, "names", "2026-03")["tables"][0]["rows"];
    REQUIRE(rows.size() == 2);
    CHECK(rows[0][1] == "王女士");
    CHECK(rows[0][3] == "138****5678");
    CHECK(rows[0][4].get<std::string>().find("13812345678") == std::string::npos);
    CHECK(rows[1][1] == "");
    CHECK(rows[1][3] == "");
}
