// Who and what there is: the tree of units, who holds a role where, and which flat an address means.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "workflow/directory/directory_file.h"

using namespace huiyin;

namespace {

const TimePoint now = from_ms(1772413200000);

struct Demo {
    IdMaker ids{0};
    DirectoryContent content;
    std::shared_ptr<const Directory> directory;
    Demo() {
        auto read = read_directory_file(HUIYIN_SOURCE "/templates/demo/directory.json", ids, now);
        if (!read) throw std::runtime_error(read.problem().text);
        content = std::move(*read);
        directory = content.directory();
    }
    UnitId unit(const char* key) const { return directory->unit_by_key(key)->id; }
    std::vector<std::string> logins(const char* role, const char* key) const {
        std::vector<std::string> found;
        for (const auto* one : directory->holders(role, unit(key))) found.push_back(one->login);
        return found;
    }
    Place place(const char* building, const char* unit, const char* room, UnitId community = {}) const {
        return directory->find_place(building, unit, room, community);
    }
};

std::vector<Finding> findings_of(const char* text) {
    std::vector<Finding> findings;
    IdMaker ids{0};
    read_directory(nlohmann::json::parse(text), ids, now, findings);
    return findings;
}
bool has(const std::vector<Finding>& findings, const std::string& pointer, const std::string& words) {
    for (const auto& one : findings)
        if (one.pointer == pointer && one.text.find(words) != std::string::npos) return true;
    return false;
}

using Logins = std::vector<std::string>;

}  // namespace

TEST_CASE("the demo community is the one that every example speaks of") {
    const Demo demo;
    const auto& d = *demo.directory;
    CHECK(d.organisation().name == "悦居物业集团");
    CHECK(d.units().size() == 6);
    CHECK(d.unit(d.unit_by_key("jinxiu")->parent)->name == "锦绣花园物业服务中心");
    CHECK(d.unit(d.unit_by_key("jinxiu-centre")->parent)->name == "华东项目管理中心");
    CHECK(d.unit(d.unit_by_key("cuihu-centre")->parent)->name == "华东项目管理中心");
    CHECK(d.unit(d.unit_by_key("huadong")->parent)->id == d.organisation().id);
    CHECK(demo.content.households.size() == 10 * 3 * 18 * 4 + 2 * 32 * 6 + 3 * 24 * 4);
    CHECK(demo.content.demo_password == "huiyin-demo");
    CHECK(d.staff().size() == 9);
    const auto* li = d.staff_by_login("li.na");
    REQUIRE(li);
    CHECK(li->name == "李娜");
    CHECK(li->roles == Logins{"front_desk"});
    CHECK(li->unit == demo.unit("jinxiu-centre"));
    CHECK(d.staff(li->id) == li);
    CHECK_FALSE(d.staff_by_login("nobody"));
    for (const char* key : {"jinxiu", "jinxiu-centre", "cuihu", "cuihu-centre"}) {
        const auto* unit = d.unit_by_key(key);
        CHECK_FALSE(unit->duty_phone.empty());
        CHECK_FALSE(unit->gas_phone.empty());
        CHECK_FALSE(unit->lift_phone.empty());
        CHECK(unit->zone == "Asia/Shanghai");
    }
    CHECK(nlohmann::json::parse(d.unit_by_key("jinxiu-centre")->hours).contains("monday-friday"));
}

TEST_CASE("a role is held in its unit and below, and the nearest unit above answers where nobody holds it") {
    const Demo demo;
    CHECK(demo.logins("front_desk", "jinxiu") == Logins{"li.na"});
    CHECK(demo.logins("centre_manager", "jinxiu") == Logins{"wang.fang"});
    CHECK(demo.logins("centre_manager", "cuihu") == Logins{"zhou.jie"});
    CHECK(demo.logins("project_centre", "cuihu") == Logins{"chen.gang"});
    CHECK(demo.logins("quality_centre", "jinxiu-centre") == Logins{"zhao.min"});
    CHECK(demo.logins("front_desk", "cuihu").empty());
    const auto& d = *demo.directory;
    const auto* wang = d.staff_by_login("wang.fang");
    CHECK(d.holds(*wang, "centre_manager", demo.unit("jinxiu")));
    CHECK_FALSE(d.holds(*wang, "centre_manager", demo.unit("cuihu")));
    CHECK_FALSE(d.holds(*wang, "front_desk", demo.unit("jinxiu")));
    CHECK(d.holds(*d.staff_by_login("chen.gang"), "project_centre", demo.unit("cuihu")));
    auto gone = *wang;
    gone.disabled = true;
    CHECK_FALSE(d.holds(gone, "centre_manager", demo.unit("jinxiu")));
}

TEST_CASE("the tree of units is walked both ways") {
    const Demo demo;
    const auto& d = *demo.directory;
    CHECK(d.service_centre_of(demo.unit("jinxiu")) == demo.unit("jinxiu-centre"));
    CHECK(d.service_centre_of(demo.unit("jinxiu-centre")) == demo.unit("jinxiu-centre"));
    CHECK(d.ancestor_of_kind(demo.unit("jinxiu"), "project_centre") == demo.unit("huadong"));
    CHECK_FALSE(d.ancestor_of_kind(demo.unit("huadong"), "service_centre"));
    CHECK(d.is_within(demo.unit("jinxiu"), demo.unit("yueju")));
    CHECK(d.is_within(demo.unit("jinxiu"), demo.unit("jinxiu")));
    CHECK_FALSE(d.is_within(demo.unit("jinxiu-centre"), demo.unit("jinxiu")));
    CHECK_FALSE(d.is_within(UnitId{1}, demo.unit("yueju")));
    CHECK(d.with_below(demo.unit("huadong")).size() == 5);
    CHECK(d.with_below(demo.unit("cuihu")).size() == 1);
    CHECK(d.communities_of(demo.unit("yueju")).size() == 2);
    CHECK(d.communities_of(demo.unit("jinxiu-centre")) == std::vector<UnitId>{demo.unit("jinxiu")});
}

TEST_CASE("an address is found however its parts are written") {
    const Demo demo;
    const auto jinxiu = demo.unit("jinxiu");
    const auto found = demo.place("3", "2", "501");
    REQUIRE(found.match == PlaceMatch::household);
    CHECK(found.community == jinxiu);
    CHECK(found.label == "3栋2单元501");
    const auto* flat = demo.directory->household(found.household);
    REQUIRE(flat);
    CHECK(demo.directory->household_label(*flat) == "3栋2单元501");
    CHECK(demo.place("03", "02", "501").household == found.household);
    CHECK(demo.place("3", "2", "501", jinxiu).household == found.household);
    CHECK(demo.place("12", "", "1503").label == "12栋1503");
    CHECK(demo.place("12", "", "1503").match == PlaceMatch::household);
    CHECK(demo.place("12", "1", "1503").household == demo.place("12", "", "1503").household);
    CHECK(demo.place("a", "", "1203").label == "A座1203");
    CHECK(demo.place("a", "", "1203").community == demo.unit("cuihu"));
}

TEST_CASE("an address that is not in the directory says how far it got") {
    const Demo demo;
    CHECK(demo.place("3", "2", "1901").match == PlaceMatch::building_only);
    CHECK(demo.place("3", "2", "1901").label == "3栋2单元1901");
    CHECK(demo.place("3", "4", "501").match == PlaceMatch::building_only);
    CHECK(demo.place("3", "", "501").match == PlaceMatch::building_only);
    CHECK(demo.place("12", "2", "1503").match == PlaceMatch::building_only);
    CHECK(demo.place("3", "", "").match == PlaceMatch::building_only);
    CHECK(demo.place("3", "", "").community == demo.unit("jinxiu"));
    CHECK(demo.place("13", "1", "101").match == PlaceMatch::unknown);
    CHECK(demo.place("", "", "501").match == PlaceMatch::unknown);
    CHECK(demo.place("3", "2", "501", demo.unit("cuihu")).match == PlaceMatch::unknown);
    CHECK(demo.place("3", "2", "501", demo.unit("cuihu")).community == demo.unit("cuihu"));
}

TEST_CASE("a flat that two communities have is asked about") {
    std::vector<Finding> findings;
    IdMaker ids{0};
    const auto content = read_directory(
        nlohmann::json::parse(R"({"organisation":"o","units":[{"key":"o","name":"O","kind":"organisation"},
            {"key":"x","name":"X","kind":"community","parent":"o"},{"key":"y","name":"Y","kind":"community","parent":"o"}],
            "buildings":[{"community":"x","names":["1"],"floors":2,"rooms":["01"]},
                         {"community":"y","names":["1"],"floors":3,"rooms":["01"]}],
            "households":[{"community":"x","building":"1","room":"底商2"}]})"),
        ids, now, findings);
    REQUIRE(findings.empty());
    const auto directory = content.directory();
    const auto both = directory->find_place("1", "", "201", {});
    CHECK(both.match == PlaceMatch::building_only);
    CHECK_FALSE(both.community);
    CHECK(directory->find_place("1", "", "201", directory->unit_by_key("y")->id).match == PlaceMatch::household);
    CHECK(directory->find_place("1", "", "301", {}).community == directory->unit_by_key("y")->id);
    CHECK(directory->find_place("1", "", "底商2", {}).match == PlaceMatch::household);
}

TEST_CASE("what is wrong with a directory file is said all at once, with the place and the mend") {
    const auto findings = findings_of(R"({"organisation":"o","demo_pasword":"x","units":[
        {"key":"o","name":"O","kind":"organisation","zone":"Asia/Shangha"},
        {"key":"c","name":"C","kind":"comunity","parent":"o"},
        {"key":"d","name":"D","kind":"community","parent":"p"},
        {"key":"d","name":"D","kind":"community","parent":"o","phones":{"duty":"call me"}},
        {"key":"lost","name":"L","kind":"community"}],
        "buildings":[{"community":"o","names":["1"],"floors":0,"rooms":["01"]}],
        "staff":[{"login":"a b","name":"N","roles":["front_dsk"],"unit":"dd"}]})");
    CHECK(has(findings, "/demo_pasword", "demo_password"));
    CHECK(has(findings, "/units/0/zone", "no time zone"));
    CHECK(has(findings, "/units/1/kind", "community"));
    CHECK(has(findings, "/units/2/parent", "unknown unit \"p\""));
    CHECK(has(findings, "/units/3/key", "stands twice"));
    CHECK(has(findings, "/units/3/phones/duty", "no phone number"));
    CHECK(has(findings, "/units/4/parent", "no parent"));
    CHECK(has(findings, "/buildings/0/community", "is a organisation"));
    CHECK(has(findings, "/buildings/0/floors", "1 to 200"));
    CHECK(has(findings, "/staff/0/login", "not a login"));
    CHECK(has(findings, "/staff/0/roles", "did you mean \"front_desk\""));
    CHECK(has(findings, "/staff/0/unit", "unknown unit \"dd\""));
    CHECK(findings.size() == 12);
}

TEST_CASE("the first directory is held to what is asked of every later change") {
    const std::string begin = R"({"organisation":"o","units":[{"key":"o","name":"O","kind":"organisation"},
        {"key":"old","name":"Old","kind":"service_centre","parent":"o","disabled":true},
        {"key":"x","name":"X","kind":"community","parent":"o"}],
        "buildings":[{"community":"x","names":["1"],"units":["1"],"floors":2,"rooms":["01"]})";
    const auto with = [&](const std::string& more) { return findings_of((begin + more + "}").c_str()); };
    CHECK(with("]").empty());
    const auto twice = with(R"(,{"community":"x","names":["01"],"floors":2,"rooms":["01"]}])");
    CHECK(has(twice, "/buildings/1/names", R"("01" stands twice in "x", as "1")"));
    const auto flats = with(R"(],"households":[{"community":"x","building":"9","room":"101"},
        {"community":"x","building":"1","unit":"7","room":"101"},{"community":"x","building":"01","unit":"1","room":"店"}])");
    CHECK(has(flats, "/households/0/building", "no building \"9\""));
    CHECK(has(flats, "/households/1/unit", "has no unit \"7\""));
    CHECK(flats.size() == 2);
    const auto people = with(R"(],"staff":[
        {"login":"a","name":"A","roles":["front_desk"],"unit":"old"},
        {"login":"b","name":"B","roles":["front_desk"],"unit":"old","disabled":true},
        {"login":"c","name":"C","roles":["front_desk"],"unit":"x","addresses":{"app":"same"}},
        {"login":"d","name":"D","roles":["front_desk"],"unit":"x","addresses":{"app":"same"}}])");
    CHECK(has(people, "/staff/0/unit", "is disabled"));
    CHECK(has(people, "/staff/3/addresses", "is that of \"c\""));
    CHECK(people.size() == 2);
    // Hours are read by whoever knows them.
    std::vector<Finding> findings;
    IdMaker ids{0};
    read_directory(
        nlohmann::json::parse(
            R"({"organisation":"o","units":[{"key":"o","name":"O","kind":"organisation","hours":{"monday":[]}}]})"),
        ids, now, findings, [](const Json& hours, const std::string& pointer, std::vector<Finding>& all) {
            CHECK(hours.contains("monday"));
            all.push_back({pointer, "never open"});
        });
    CHECK(has(findings, "/units/0/hours", "never open"));
}

TEST_CASE("units that go round in a circle are refused, and held by no question") {
    const auto findings = findings_of(R"({"organisation":"o","units":[{"key":"o","name":"O","kind":"organisation"},
        {"key":"a","name":"A","kind":"branch","parent":"b"},{"key":"b","name":"B","kind":"branch","parent":"a"}]})");
    CHECK(has(findings, "/units/1/parent", "circle"));
    std::vector<Unit> units(2);
    units[0].id = UnitId{1}, units[0].parent = UnitId{2}, units[1].id = UnitId{2}, units[1].parent = UnitId{1};
    const Directory round("", units, {}, {}, {});
    CHECK_FALSE(round.is_within(UnitId{1}, UnitId{9}));
    CHECK_FALSE(round.ancestor_of_kind(UnitId{1}, "community"));
    CHECK(round.holders("front_desk", UnitId{1}).empty());
}
