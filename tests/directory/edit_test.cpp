// Changing the directory row by row, and whole files of rows: what is taken, what is refused, and how the no is said.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "workflow/directory/directory_table.h"

using namespace huiyin;

namespace {

const TimePoint now = from_ms(1772413200000);
const EditorWords words{{{"front_desk", "前台"}, {"engineering", "工程"}, {"administrator", "管理员"}},
                        {"property-group", "bank"}};

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
    DirectoryEditor editor() { return {*directory, words, ids, now}; }
    // The directory after what the editor changed.
    std::shared_ptr<const Directory> with(const DirectoryContent& changes) const {
        auto all = content;
        const auto put = [](auto& rows, const auto& changed, auto same) {
            for (const auto& one : changed) {
                const auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return same(row, one); });
                if (at == rows.end())
                    rows.push_back(one);
                else
                    *at = one;
            }
        };
        const auto by_id = [](const auto& a, const auto& b) { return a.id == b.id; };
        put(all.units, changes.units, by_id);
        put(all.buildings, changes.buildings,
            [](const Building& a, const Building& b) { return a.community == b.community && a.name == b.name; });
        put(all.households, changes.households, by_id);
        put(all.staff, changes.staff, by_id);
        return all.directory();
    }
    Result<ImportPlan> plan(DirectoryKind kind, std::string_view bytes) {
        return plan_import(kind, bytes, *directory, words, ids, now);
    }
};

std::string said(const std::vector<Finding>& findings) {
    std::string text;
    for (const auto& one : findings) text += one.pointer + ": " + one.text + "\n";
    return text;
}
std::string refusal(Demo& demo, DirectoryKind kind, const Json& row, Wish wish = Wish::either) {
    std::vector<Finding> findings;
    auto editor = demo.editor();
    editor.take(kind, row, wish, findings);
    if (findings.empty()) editor.finish(findings);
    return said(findings);
}
using Catch::Contains;

}  // namespace

TEST_CASE("a member of staff is added by titles and names, changed in what is said, and disabled") {
    Demo demo;
    std::vector<Finding> findings;
    auto editor = demo.editor();
    const Json fresh{
        {"login", "qian.wei"}, {"name", "钱伟"}, {"roles", {"工程", "front_desk"}}, {"unit", "锦绣花园物业服务中心"}};
    CHECK(editor.take(DirectoryKind::staff, fresh, Wish::add, findings) == Taken::added);
    CHECK(editor.take(DirectoryKind::staff, {{"login", "li.na"}, {"phone", "15400000999"}}, Wish::change, findings) ==
          Taken::changed);
    CHECK(editor.take(DirectoryKind::staff, {{"login", "sun.mei"}, {"disabled", true}}, Wish::change, findings) ==
          Taken::changed);
    CHECK(editor.take(DirectoryKind::staff, {{"login", "wang.fang"}, {"name", "王芳"}}, Wish::either, findings) ==
          Taken::unchanged);
    editor.finish(findings);
    REQUIRE(said(findings).empty());
    const auto after = demo.with(editor.changes());
    CHECK(after->staff_by_login("qian.wei")->roles == std::vector<std::string>{"engineering", "front_desk"});
    CHECK(after->staff_by_login("li.na")->phone == "15400000999");
    CHECK(after->staff_by_login("li.na")->name == "李娜");
    CHECK(after->holders("environment", after->unit_by_key("jinxiu-centre")->id).empty());
    CHECK(editor.changes().staff.size() == 3);
}

TEST_CASE("what cannot be is refused with its mend") {
    Demo demo;
    using enum DirectoryKind;
    CHECK_THAT(refusal(demo, staff, {{"login", "a b"}, {"name", "x"}, {"roles", {"前台"}}, {"unit", "jinxiu"}}),
               Contains("/login: 登录名只写字母"));
    CHECK_THAT(refusal(demo, staff, {{"login", "x"}, {"name", "x"}, {"roles", {"前台人"}}, {"unit", "jinxiu"}}),
               Contains("是不是“前台”"));
    CHECK_THAT(refusal(demo, staff, {{"login", "x"}, {"name", "x"}, {"roles", {"前台"}}, {"unit", "锦绣花圆"}}),
               Contains("是不是“锦绣花园”"));
    CHECK_THAT(refusal(demo, staff, {{"login", "li.na"}, {"name", "x"}}, Wish::add), Contains("已经有了"));
    CHECK_THAT(refusal(demo, staff, {{"login", "nobody"}}, Wish::change), Contains("先添加"));
    CHECK_THAT(refusal(demo, staff, {{"login", "admin"}, {"disabled", true}}), Contains("没有管理员了"));
    CHECK_THAT(refusal(demo, staff, {{"login", "admin"}, {"roles", {"前台"}}}), Contains("没有管理员了"));
    CHECK_THAT(refusal(demo, units, {{"key", "jinxiu-centre"}, {"disabled", true}}), Contains("下面还有1个单位"));
    CHECK_THAT(refusal(demo, units, {{"key", "huadong"}, {"parent", "jinxiu"}}), Contains("在它下面"));
    CHECK_THAT(refusal(demo, units, {{"key", "yueju"}, {"disabled", true}}), Contains("不能停用"));
    CHECK_THAT(refusal(demo, units, {{"key", "jinxiu"}, {"kind", "branch"}}), Contains("定了就不能改"));
    CHECK_THAT(refusal(demo, units, {{"key", "jinxiu"}, {"policy", "banck"}}), Contains("是不是“bank”"));
    CHECK_THAT(refusal(demo, buildings, {{"community", "jinxiu-centre"}, {"name", "1"}}), Contains("不是小区"));
    for (const std::string& name : {std::string{}, std::string{" \u3000"}, std::string(201, 'x')})
        CHECK_THAT(refusal(demo, staff, {{"login", "li.na"}, {"name", name}}), Contains("请写名称"));
    CHECK_THAT(refusal(demo, households, {{"community", "jinxiu"}, {"building", "99"}, {"room", "101"}}),
               Contains("没有99栋"));
    CHECK_THAT(refusal(demo, households, {{"community", "jinxiu"}, {"building", "3"}, {"unit", "9"}, {"room", "101"}}),
               Contains("没有9单元"));
}

TEST_CASE("a role is known by its key, its title, or the words that one title alone begins with") {
    Demo demo;
    const auto roles_of = [&](const char* said_role) {
        const EditorWords longer{{{"engineering", "工程维修"}, {"order", "秩序维护"}, {"gate", "秩序岗"}}, {}};
        DirectoryEditor editor(*demo.directory, longer, demo.ids, now);
        std::vector<Finding> findings;
        editor.take(DirectoryKind::staff, {{"login", "li.na"}, {"roles", {said_role}}}, Wish::change, findings);
        return findings.empty() ? editor.last_staff()->roles.front() : std::string("none");
    };
    CHECK(roles_of("engineering") == "engineering");
    CHECK(roles_of("工程维修") == "engineering");
    CHECK(roles_of("工程") == "engineering");
    CHECK(roles_of("秩序") == "none");  // two begin so
    CHECK(roles_of("秩序岗") == "gate");
}

TEST_CASE("a new building brings its flats; one that is disabled is found by no address, its tickets still name it") {
    Demo demo;
    std::vector<Finding> findings;
    auto editor = demo.editor();
    const Json block{{"community", "翠湖苑"}, {"name", "D"}, {"floors", 3}, {"rooms", {"01", "02"}}};
    CHECK(editor.take(DirectoryKind::buildings, block, Wish::add, findings) == Taken::added);
    CHECK(editor.changes().households.size() == 6);
    // Higher by a floor: only what is missing is added.
    CHECK(editor.take(DirectoryKind::buildings, {{"community", "cuihu"}, {"name", "d"}, {"floors", 4}}, Wish::change,
                      findings) == Taken::changed);
    CHECK(editor.changes().households.size() == 8);
    CHECK(editor.take(DirectoryKind::buildings, {{"community", "jinxiu"}, {"name", "3"}, {"disabled", true}},
                      Wish::change, findings) == Taken::changed);
    CHECK(editor.take(DirectoryKind::households,
                      {{"community", "jinxiu"}, {"building", "5"}, {"unit", "1"}, {"room", "101"}, {"disabled", true}},
                      Wish::change, findings) == Taken::changed);
    REQUIRE(said(findings).empty());
    const auto before = demo.directory->find_place("3", "2", "501", {});
    const auto after = demo.with(editor.changes());
    CHECK(after->find_place("D", "", "402", {}).match == PlaceMatch::household);
    CHECK(after->find_place("3", "2", "501", {}).match == PlaceMatch::unknown);
    CHECK(after->find_place("5", "1", "101", {}).match == PlaceMatch::building_only);
    CHECK(after->household_label(*after->household(before.household)) == "3栋2单元501");
}

TEST_CASE("a unit without people and units below is disabled: nobody chooses it, what is seen stays seen") {
    Demo demo;
    std::vector<Finding> findings;
    auto editor = demo.editor();
    CHECK(editor.take(DirectoryKind::units, {{"key", "cuihu"}, {"disabled", true}}, Wish::change, findings) ==
          Taken::changed);
    CHECK(editor.take(DirectoryKind::staff, {{"login", "zhou.jie"}, {"unit", "cuihu"}}, Wish::change, findings) ==
          Taken::unchanged);
    CHECK_THAT(said(findings), Contains("已停用"));
    const auto after = demo.with(editor.changes());
    const auto root = after->organisation().id;
    CHECK(after->communities_of(root).size() == 1);
    CHECK(after->with_below(root).size() == 6);
    CHECK(after->units().size() == 5);
    CHECK(after->unit_by_key("cuihu")->name == "翠湖苑");
}

TEST_CASE("a file that is not right names every line, column and mend, and takes nothing") {
    Demo demo;
    const auto plan = demo.plan(DirectoryKind::staff,
                                "登录名,姓名,岗位,单位,电 话,停用\n"
                                "qian.wei,钱伟,前台,锦绣花园,1,\n"
                                "wu.hao,吴昊,保洁,锦绣花园,,\n"
                                "qian.wei,钱伟,前台,锦绣花园,,\n"
                                "li.na,,,,,也许\n");
    REQUIRE(plan);
    CHECK(plan->unknown_columns == std::vector<std::string>{"电 话（是不是“电话”？）"});
    REQUIRE(plan->finding_count == 3);
    CHECK(plan->findings[0].line == 3);
    CHECK(plan->findings[0].column == "岗位");
    CHECK(plan->findings[0].value == "保洁");
    CHECK_THAT(plan->findings[0].text, Contains("：写管理员、工程、前台"));
    CHECK(plan->findings[1].line == 4);
    CHECK_THAT(plan->findings[1].text, Contains("和第2行是同一条"));
    CHECK(plan->findings[2].column == "停用");
    CHECK(plan->added == 1);
    const auto nothing = demo.plan(DirectoryKind::staff, "姓名,电话\n李娜,1\n");
    CHECK_THAT(nothing.problem().text, Contains("表头缺少：登录名"));
}

TEST_CASE("lists in cells: with signs between them and from-to") {
    Demo demo;
    const auto plan =
        demo.plan(DirectoryKind::buildings,
                  "小区,楼栋,单元,层数,每层房号\n锦绣花园,13,1-2,5,01-03\n锦绣花园,14,\"1、3\",2,\"1,2\"\n");
    REQUIRE(plan);
    REQUIRE(plan->finding_count == 0);
    CHECK(plan->changes.buildings[0].units == std::vector<std::string>{"1", "2"});
    CHECK(plan->changes.buildings[0].rooms == std::vector<std::string>{"01", "02", "03"});
    CHECK(plan->changes.buildings[1].units == std::vector<std::string>{"1", "3"});
    CHECK(plan->changes.households.size() == 2 * 5 * 3 + 2 * 2 * 2);
}

TEST_CASE("a range that cannot be written out is told, and makes no flats of its own") {
    Demo demo;
    const auto rooms_of = [&](const std::string& cell) {
        return demo.plan(DirectoryKind::buildings, "小区,楼栋,层数,每层房号\n锦绣花园,13,5,\"" + cell + "\"\n");
    };
    for (const char* wrong : {"A-D", "04-01", "1-300", "01、a-c"}) {
        CAPTURE(wrong);
        const auto plan = rooms_of(wrong);
        REQUIRE(plan);
        REQUIRE(plan->finding_count == 1);
        CHECK(plan->findings[0].column == "每层房号");
        CHECK_THAT(plan->findings[0].text, Contains("从小到大"));
        CHECK(plan->changes.households.empty());
    }
    for (const char* same : {"01—04", "01~04", "01－04", "01——04"}) {
        CAPTURE(same);
        const auto plan = rooms_of(same);
        REQUIRE(plan);
        REQUIRE(plan->finding_count == 0);
        CHECK(plan->changes.buildings[0].rooms == std::vector<std::string>{"01", "02", "03", "04"});
    }
    CHECK(rooms_of("商-1、A")->changes.buildings[0].rooms == std::vector<std::string>{"商-1", "A"});
}

TEST_CASE("the zone of a unit that is there stays, also in a table") {
    Demo demo;
    const auto zone_of = [&](const char* zone) {
        return demo.plan(DirectoryKind::units, std::string("编号,时区\njinxiu-centre,") + zone + "\n");
    };
    const auto other = zone_of("Asia/Urumqi");
    REQUIRE(other);
    REQUIRE(other->finding_count == 1);
    CHECK_THAT(other->findings[0].text, Contains("时区定了就不能改"));
    CHECK(zone_of("Asia/Shanghai")->unchanged == 1);
    // One that is new has none yet.
    CHECK(refusal(demo, DirectoryKind::units,
                  {{"key", "new"},
                   {"name", "新中心"},
                   {"kind", "service_centre"},
                   {"parent", "huadong"},
                   {"zone", "Asia/Urumqi"}})
              .empty());
}

TEST_CASE("an address on a channel is one person's, until he gives it up or leaves; two may exchange theirs") {
    Demo demo;
    auto editor = demo.editor();
    const auto take = [&](const char* login, const Json& more) {
        Json row = more;
        row["login"] = login;
        std::vector<Finding> findings;
        editor.take(DirectoryKind::staff, row, Wish::change, findings);
        REQUIRE(findings.empty());
        editor.finish(findings);
        return said(findings);
    };
    const auto app = [](const char* address) { return Json{{"addresses", {{"app", address}}}}; };
    CHECK(take("li.na", app("lina")).empty());
    CHECK(take("li.na", app("lina")).empty());
    CHECK_THAT(take("sun.mei", app("lina")), Contains("/addresses: “app”上的账号“lina”") && Contains("李娜") &&
                                                 Contains("孙梅") && Contains("一个账号只给一个人"));
    CHECK(take("sun.mei", {{"addresses", {{"other", "lina"}}}}).empty());  // another channel
    CHECK_FALSE(take("sun.mei", app("lina")).empty());
    CHECK(take("li.na", {{"disabled", true}}).empty());
    CHECK_FALSE(take("li.na", {{"disabled", false}}).empty());
    CHECK(take("sun.mei", app("sunmei")).empty());
    CHECK_FALSE(take("li.na", app("sunmei")).empty());  // in between both have it
    CHECK(take("sun.mei", app("lina")).empty());
}

TEST_CASE("what was exported comes in again and changes nothing") {
    Demo demo;
    auto kind =
        GENERATE(DirectoryKind::units, DirectoryKind::buildings, DirectoryKind::households, DirectoryKind::staff);
    std::string file;
    const auto line = [&](const std::vector<std::string>& cells) {
        for (const auto& cell : cells) file += "\"" + cell + "\",";
        file += "\n";
    };
    std::vector<std::string> head;
    for (const auto& column : columns_of(kind)) head.push_back(column.title);
    line(head);
    const auto& all = *demo.directory;
    if (kind == DirectoryKind::units)
        for (const auto& one : all.all_units()) line(cells_of(all, one));
    if (kind == DirectoryKind::buildings)
        for (const auto& one : all.all_buildings()) line(cells_of(all, one));
    if (kind == DirectoryKind::households)
        for (const auto& one : all.all_households()) line(cells_of(all, one));
    auto titles = words;
    for (const auto* role : {"order", "environment", "centre_manager", "project_centre", "quality_centre"})
        titles.roles.emplace(role, std::string("岗位 ") + role);
    if (kind == DirectoryKind::staff) {
        for (auto& [role, title] : titles.roles) title.erase(std::remove(title.begin(), title.end(), ' '), title.end());
        for (const auto& one : all.staff()) line(cells_of(all, one, titles.roles));
    }
    const auto plan = plan_import(kind, file, *demo.directory, titles, demo.ids, now);
    REQUIRE(plan);
    CAPTURE(plan->findings.empty() ? std::string() : plan->findings[0].column + plan->findings[0].text);
    CHECK(plan->finding_count == 0);
    CHECK(plan->unchanged == plan->rows);
    CHECK(plan->rows > 3);
    CHECK(plan->changes.units.size() + plan->changes.buildings.size() + plan->changes.households.size() +
              plan->changes.staff.size() ==
          0);
}
