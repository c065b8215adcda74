// What the engine adds to a pack's constructs: numbers of forms, counters over tickets, who keeps out, texts of the
// pack's own.
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/engine/world.h"
#include "workflow/policy/pack.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// The demo community under property-group with something added.
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

}  // namespace

TEST_CASE("a form is numbered when its step is done, day by day") {
    World world;
    change_pack(world, R"({
        "forms": [{"key": "report", "title": "8D报告", "number": "8D{YYYY}{MM}{DD}{NNN}", "clause": "property-group/15"}],
        "steps": [{"key": "report", "title": "8D报告", "by": ["front_desk"], "form": "report", "fields": [{"name": "root", "title": "原因", "type": "text", "required": true}], "clause": "property-group/15"}],
        "reactions": [{"name": "report", "on": "ticket.accepted", "effects": [{"effect": "task", "task": "report", "role": "front_desk"}], "clause": "property-group/15"}]})");
    std::vector<std::string> numbers;
    for (const char* day : {"2026-03-02 09:10", "2026-03-02 09:20", "2026-03-03 09:00"}) {
        world.moves_to(day);
        const auto one = world.files("楼道灯坏了");
        REQUIRE(world.staff_does(li, one, "accept"));
        CHECK_FALSE(world.staff_does(li, one, "complete", {{"step", "report"}}));
        REQUIRE(world.staff_does(li, one, "complete", {{"step", "report"}, {"fields", {{"root", "灯座进水"}}}}));
        for (const auto& event : world.events(one))
            if (event.type == "ticket.completed") {
                numbers.push_back(event.data.at("form_number").get<std::string>());
                CHECK(event.data.at("fields").contains("text_id"));  // the words are sealed
            }
    }
    CHECK(numbers == std::vector<std::string>{"8D20260302001", "8D20260302002", "8D20260303001"});
}

TEST_CASE("points of valid complaints add up over the unit's tickets of a month") {
    World world;
    change_pack(world, R"({
        "facts": [{"name": "unit_points", "type": "integer", "title": "当月分值", "counts": {"tickets": {"==": [{"var": "validity"}, "valid"]}, "of": "unit", "within": "calendar month"}}],
        "reactions": [{"name": "three", "on": "ticket.classified", "when": {">=": [{"var": "unit_points"}, 3]}, "effects": [{"effect": "task", "task": "points_report", "role": "front_desk"}], "clause": "property-group/15"}],
        "steps": [{"key": "points_report", "title": "处理报告", "clause": "property-group/15"}]})");
    const auto valid = [&](const World::Case& one) {
        return world.staff_does(li, one, "classify", {{"validity", "valid"}, {"reason", "属实"}});
    };
    std::vector<World::Case> march;
    for (int i = 0; i < 4; ++i) march.push_back(world.files("灯坏了"));
    for (int i = 0; i < 2; ++i) {
        const auto done = valid(march.at(static_cast<std::size_t>(i)));
        REQUIRE(done);
        CHECK(done->steps.empty());
    }
    // Found invalid later: it counts no more.
    REQUIRE(world.staff_does(li, march[0], "classify", {{"validity", "invalid"}, {"reason", "查明不是"}}));
    auto third = valid(march[2]);
    REQUIRE(third);
    CHECK(third->steps.empty());
    auto fourth = valid(march[3]);
    REQUIRE(fourth);
    CHECK(fourth->steps.size() == 1);
    // A new month begins anew.
    world.moves_to("2026-04-01 09:00");
    const auto april = valid(world.files("门坏了"));
    REQUIRE(april);
    CHECK(april->steps.empty());
}

TEST_CASE("who is complained of may do nothing with it and hears nothing of it") {
    World world;
    change_pack(world, R"({
        "recusal": {"fields": ["complained_of"], "clause": "property-group/15"},
        "moves": [{"name": "name-person", "command": "classify", "title": "登记被投诉人", "from": ["*"], "roles": ["front_desk"], "when": {"var": "given.complained_of"},
            "fields": [{"name": "complained_of", "title": "被投诉人", "type": "person"}], "clause": "property-group/15"}]})");
    const auto one = world.files("保安态度恶劣", [](OpenTicket& wish) { wish.category = "service"; });
    REQUIRE(world.staff_does(li, one, "accept"));
    CHECK(world.ticket(one).owner_role == "centre_manager");
    const std::vector<FieldSpec> more{{"complained_of", "person"}};
    const auto nobody =
        world.staff_does(li, one, "classify", {{"complained_of", "no.such"}, {"reason", "客户指名"}}, more);
    REQUIRE_FALSE(nobody);
    CHECK(has(nobody.problem().text, "没有这位同事"));
    const auto named = world.staff_does(li, one, "classify", {{"complained_of", wang}, {"reason", "客户指名"}}, more);
    REQUIRE(named);
    CHECK(named->recused.count(world.staff(wang).value) == 1);
    const auto heard_before = world.heard(wang, one).size();
    const auto refused = world.staff_does(wang, one, "note", {{"text", "我来看看"}});
    REQUIRE_FALSE(refused);
    CHECK(refused.problem().code == "ticket.wrong_role");
    REQUIRE(world.resident_does(one, "urge"));
    CHECK(world.heard(wang, one).size() == heard_before);
    const auto assigned = world.staff_does(li, one, "assign", {{"assignee", wang}});
    REQUIRE_FALSE(assigned);
    CHECK(has(assigned.problem().text, "要回避"));
}

TEST_CASE("the pack's own texts stand before those of the house and may name its facts") {
    World world;
    change_pack(world, R"({
        "facts": [{"name": "phase_of_project", "type": "text", "title": "阶段", "choices": ["before", "after"]}],
        "phrases": {"zh-CN": {"customer.accepted": "本公司已经受理{{number}}，{{phase_of_project}}。"}}})");
    const auto one =
        world.files("灯坏了", [](OpenTicket& wish) { wish.more["phase_of_project"] = std::string("after"); });
    REQUIRE(world.staff_does(li, one, "accept"));
    bool said = false;
    for (const auto& message : world.talk(one))
        said = said || message.said.text == "本公司已经受理" + world.ticket(one).number + "，after。";
    CHECK(said);
}

TEST_CASE("the way in is named, or follows from the channel, or is the one for all the rest") {
    World world;
    change_pack(
        world,
        R"({"sources": [{"key": "network", "title": "网络", "channels": ["oa"]}, {"key": "manufacturer", "title": "厂家"}, {"key": "phone", "title": "来电", "otherwise": true}],
        "facts": [{"name": "from_network", "type": "yes_no", "title": "网络来的", "is": {"==": [{"var": "source"}, "network"]}}],
        "reactions": [{"name": "mark", "on": "ticket.accepted", "when": {"or": [{"var": "from_network"}, {"==": [{"var": "source"}, "manufacturer"]}]}, "effects": [{"effect": "set_flag", "flag": "key_customer"}], "clause": "property-group/15"}]})");
    const auto online = world.files("灯坏了");
    REQUIRE(world.staff_does(li, online, "accept"));
    CHECK(world.ticket(online).flags.count("key_customer") == 1);
    const auto call = world.phones("灯坏了");
    REQUIRE(world.staff_does(li, call, "accept"));
    CHECK(world.ticket(call).flags.count("key_customer") == 0);
    const auto relayed =
        world.files("灯坏了", [](OpenTicket& wish) { wish.more["source"] = std::string("manufacturer"); });
    REQUIRE(world.staff_does(li, relayed, "accept"));
    CHECK(world.ticket(relayed).flags.count("key_customer") == 1);
}
