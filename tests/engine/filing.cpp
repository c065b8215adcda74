// What the engine knows at filing, and who may be told, given and shown what: as packs other than property-group need
// it.
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/engine/world.h"
#include "workflow/engine/timer.h"
#include "workflow/engine/wording.h"
#include "workflow/policy/pack.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

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

TEST_CASE("the way in follows from the kind of channel, whatever an installation calls it") {
    World world;
    change_pack(
        world,
        R"({"sources": [{"key": "network", "title": "网络", "channels": ["wechat_official_account"]}, {"key": "phone", "title": "来电", "otherwise": true}],
        "reactions": [{"name": "mark", "on": "ticket.accepted", "when": {"==": [{"var": "source"}, "network"]}, "effects": [{"effect": "set_flag", "flag": "key_customer"}], "clause": "property-group/15"}]})");
    const auto online = world.files("灯坏了");
    REQUIRE(world.staff_does(li, online, "accept"));
    CHECK(world.ticket(online).flags.count("key_customer") == 1);
    const auto call = world.phones("灯坏了");
    REQUIRE(world.staff_does(li, call, "accept"));
    CHECK(world.ticket(call).flags.count("key_customer") == 0);
}

TEST_CASE("a counter over tickets is known while the ticket is opened, and so is how often it came back") {
    World world;
    change_pack(world, R"({
        "facts": [{"name": "of_household", "type": "integer", "title": "本户件数", "counts": {"tickets": true, "of": "household", "within": "calendar year"}}],
        "levels": [{"key": "major", "any_of": [{"when": {">=": [{"var": "of_household"}, 3]}, "because": "本户第三件"}, {"when": {">=": [{"var": "repeats"}, 1]}, "because": "又来了"}]}]})");
    const auto first = world.files("灯坏了");
    CHECK(world.ticket(first).level == "general");
    const auto second = world.files("门坏了");
    CHECK(world.ticket(second).level == "general");
    CHECK(world.ticket(world.files("锁坏了")).level == "major");
    CHECK(world.ticket(world.phones("灯坏了")).level == "general");  // of no household
    const auto again = world.files("灯又坏了", [&](OpenTicket& wish) {
        wish.household = {};
        wish.repeat_of = first.id;
    });
    CHECK(world.ticket(again).level == "major");
}

TEST_CASE("what was told at filing counts as told, by whoever knows it") {
    World world;
    change_pack(world, R"({"slots": [
        {"key": "phone", "title": "电话", "required": true, "clause": "property-group/15"}, {"key": "name", "title": "姓名", "required": true, "clause": "property-group/15"},
        {"key": "wish", "title": "要求", "required": true, "clause": "property-group/15"}, {"key": "photo", "title": "照片", "required": true, "clause": "property-group/15"}]})");
    const auto missing = [&](const World::Case& of) {
        std::vector<std::string> told;
        const auto facts = world.ticket(of).facts;
        if (const auto* list = std::get_if<std::vector<std::string>>(&facts.at("told"))) told = *list;
        std::string all;
        for (const char* slot : {"phone", "name", "wish", "photo"})
            if (std::find(told.begin(), told.end(), slot) == told.end()) all += std::string(slot) + " ";
        return all;
    };
    // The person's record holds name and phone, the wish itself neither.
    const auto known = world.files("灯坏了", [](OpenTicket& wish) {
        wish.details.contact_name = wish.details.contact_phone = "";
        wish.more["told"] = std::vector<std::string>{"photo"};
    });
    CHECK(missing(known) == "wish ");
    const auto anonymous = world.files("灯坏了", [](OpenTicket& wish) {
        wish.details.contact_name = wish.details.contact_phone = "";
        wish.details.wish = "换新的";
        wish.anonymous = true;
    });
    CHECK(missing(anonymous) == "phone name photo ");
}

TEST_CASE("an amount told at filing may have a fraction and is kept in fen; no other fact may") {
    World world;
    change_pack(world, R"({
        "facts": [{"name": "parts_yuan", "type": "number", "title": "配件费"}],
        "levels": [{"key": "major", "any_of": [{"when": {">=": [{"var": "parts_yuan"}, 10000]}, "because": "配件费满一万"}]}]})");
    const auto below = world.files("灯坏了", [](OpenTicket& wish) { wish.more["parts_yuan"] = 9999.99; });
    CHECK(world.ticket(below).level == "general");
    CHECK(world.ticket(below).facts.at("parts_fen") == Fact(std::int64_t{999999}));
    const auto above = world.files("灯坏了", [](OpenTicket& wish) { wish.more["parts_yuan"] = 10000.0; });
    CHECK(world.ticket(above).level == "major");
    const auto who = world.resident_named("王女士", "13812345678");
    for (const auto& [name, value, says] : std::vector<std::tuple<std::string, double, std::string>>{
             {"parts_yuan", 1.234, "最多写到分"}, {"share", 0.5, "只能写整数"}}) {
        OpenTicket wish;
        world.dress(wish, who, "jinxiu", "3", "2", "501");
        wish.kind = "complaint";
        wish.category = "housing";
        wish.by = resident(who.person);
        wish.more[name] = value;
        const auto opened = world.opens(wish);
        REQUIRE_FALSE(opened);
        CHECK(has(opened.problem().text, says));
    }
}

TEST_CASE("where the level moves the owner up, the work is still given to somebody below") {
    World world;
    const auto one = world.files("漏水赔偿");
    REQUIRE(world.staff_does(li, one, "accept"));
    world.in_unit_of_work([&](Transaction& tx) {
        Amendment amendment;
        amendment.amount_fen = 200'000;
        REQUIRE(world.engine->amend(tx, one.id, amendment, resident(one.person), world.now()));
    });
    REQUIRE(world.staff_does(chen, one, "accept"));
    CHECK(world.ticket(one).owner_unit != world.ticket(one).unit);
    std::vector<std::string> choices;
    world.store->read([&](Reading& reading) {
        const auto ticket = *reading.ticket(one.id);
        for (const auto& each : world.engine->allowed(reading, ticket, staff(world.staff(chen)), world.now()))
            if (each.command == "assign")
                for (const auto& field : each.fields)
                    if (field.name == "assignee") choices = field.choices;
    });
    CHECK(std::find(choices.begin(), choices.end(), zhang) != choices.end());
    const auto assigned = world.staff_does(chen, one, "assign", {{"assignee", zhang}});
    REQUIRE(assigned);
    CHECK(assigned->assignee == world.staff(zhang));
}

TEST_CASE("the office hears it also when somebody has the case in hand") {
    World world;
    change_pack(world, R"({"reactions": [
        {"name": "office", "on": "ticket.urged", "effects": [{"effect": "notify", "role": "office", "phrase": "staff.overdue"}], "clause": "property-group/15"}]})");
    const auto one = world.files("灯坏了");
    REQUIRE(world.staff_does(li, one, "accept"));
    REQUIRE(world.staff_does(wang, one, "assign", {{"assignee", wang}}));
    REQUIRE(world.ticket(one).assignee == world.staff(wang));
    REQUIRE(world.ticket(one).owner_role == "engineering");
    const auto before = world.heard(zhang, one).size();
    REQUIRE(world.resident_does(one, "urge"));
    CHECK(world.heard(zhang, one).size() == before + 1);
}

TEST_CASE("what is told of a paper names it and its number") {
    World world;
    change_pack(world, R"({
        "forms": [{"key": "report", "title": "8D报告", "number": "8D{YYYY}{MM}{DD}{NNN}", "clause": "property-group/15"}],
        "steps": [{"key": "report", "title": "8D报告", "by": ["front_desk"], "form": "report", "clause": "property-group/15"}],
        "reactions": [{"name": "report", "on": "ticket.accepted", "effects": [{"effect": "task", "task": "report", "role": "front_desk"}], "clause": "property-group/15"}],
        "moves": [{"name": "reported", "command": "complete", "step": "report", "from": ["*"], "roles": ["front_desk"], "effects": [{"effect": "tell", "phrase": "customer.reported"}], "clause": "property-group/15"}],
        "phrases": {"zh-CN": {"customer.reported": "{{form}}{{form_number}}已经发出。"}}})");
    const auto one = world.files("灯坏了");
    REQUIRE(world.staff_does(li, one, "accept"));
    REQUIRE(world.staff_does(li, one, "complete", {{"step", "report"}}));
    CHECK(world.last_said(one) == "8D报告8D20260302001已经发出。");
}

TEST_CASE("who is in the line of one who keeps out sees it no more than he does") {
    World world;
    change_pack(world, R"({
        "recusal": {"fields": ["complained_of"], "line": true, "clause": "property-group/15"},
        "moves": [{"name": "name-person", "command": "classify", "title": "登记被投诉人", "from": ["*"], "roles": ["front_desk"], "when": {"var": "given.complained_of"},
            "fields": [{"name": "complained_of", "title": "被投诉人", "type": "person"}], "clause": "property-group/15"}]})");
    const auto one = world.files("保安态度恶劣");
    const auto directory = world.directory->get();
    const auto sees = [&](const char* login) {
        return !world.engine->keeps_out(world.ticket(one), *directory->staff_by_login(login));
    };
    CHECK(sees(wang));
    REQUIRE(world.staff_does(li, one, "classify", {{"complained_of", wang}, {"reason", "客户指名"}},
                             {{"complained_of", "person"}}));
    CHECK_FALSE(sees(wang));
    CHECK_FALSE(sees(zhang));  // works under him
    CHECK(sees(chen));
}

TEST_CASE("what outlives the end is looked after by the timer, also when the reminders are made anew") {
    World world;
    change_pack(world, R"({
        "steps": [{"key": "feedback", "title": "反馈处理单", "clause": "property-group/15"}],
        "reactions": [{"name": "feedback", "on": "ticket.resolved", "effects": [{"effect": "task", "task": "feedback", "role": "centre_manager"}], "clause": "property-group/15"}],
        "deadlines": [{"name": "feedback", "title": "反馈", "span": "2 days", "outlives_end": true, "starts_on": {"event": "task.opened", "when": {"==": [{"var": "event.task"}, "feedback"]}},
          "stops_on": {"event": "ticket.completed", "when": {"==": [{"var": "event.step"}, "feedback"]}}, "miss": [{"effect": "notify", "role": "centre_manager", "phrase": "staff.overdue"}], "clause": "property-group/15"}]})");
    const auto one = world.files("灯坏了");
    REQUIRE(world.staff_does(li, one, "accept"));
    REQUIRE(world.resident_does(one, "withdraw", {{"reason", "不办了"}}));  // an end before: nothing of it runs
    const auto other = world.files("门坏了");
    REQUIRE(world.staff_does(li, other, "accept"));
    REQUIRE(world.staff_does(zhang, other, "resolve", {{"text", "换了门锁"}}));
    REQUIRE(world.resident_does(other, "confirm", {{"fixed", "yes"}}));
    REQUIRE(world.staff_does(li, other, "note", {{"text", "记一下"}}));
    REQUIRE(world.resident_does(other, "rate", {{"score", 5}}));
    REQUIRE(is_end(world.ticket(other).phase));
    world.in_unit_of_work([&](Transaction& tx) { tx.drop_reminders(other.id, "ticket"); });
    recompute_all(*world.store, *world.engine, world.service);
    const auto before = world.heard(wang, other).size();
    world.moves_to("2026-03-05 00:00");
    CHECK(world.count(other, "deadline.missed") == 1);
    CHECK(world.heard(wang, other).size() == before + 1);
    CHECK(world.count(one, "deadline.missed") == 0);
}

TEST_CASE("midnight is read as the end of its day") {
    const auto now = World::at("2026-03-02 09:00");
    CHECK(moment_in_words(World::at("2026-03-05 00:00"), now, Zone{}) == "3月4日(周三)24:00");
    CHECK(moment_in_words(World::at("2026-03-03 00:00"), now, Zone{}) == "今天24:00");
    CHECK(moment_in_words(World::at("2026-03-04 00:00"), now, Zone{}) == "明天(周二)24:00");
    CHECK(moment_in_words(World::at("2027-01-01 00:00"), now, Zone{}) == "12月31日(周四)24:00");
    CHECK(moment_in_short(World::at("2026-03-05 00:00"), now, Zone{}) == "周三24:00");
    CHECK(moment_in_words(World::at("2026-03-05 00:01"), now, Zone{}) == "3月5日(周四)00:01");
}

TEST_CASE("anonymous matters: refused, or taken without an answer; false statements are warned of") {
    World world;
    change_pack(world, R"({"identity": {"anonymous": "refused", "clause": "property-group/15"}})");
    OpenTicket wish;
    const auto who = world.resident_named("王女士", "13812345678");
    world.dress(wish, who, "jinxiu", "3", "2", "501");
    wish.kind = "complaint";
    wish.category = "housing";
    wish.by = resident(who.person);
    wish.anonymous = true;
    const auto refused = world.opens(wish);
    REQUIRE_FALSE(refused);
    CHECK(has(refused.problem().text, "实名"));
    CHECK(refused.problem().clause == "property-group/15");
    wish.anonymous = false;
    CHECK(world.opens(wish));

    World other;
    change_pack(
        other,
        R"({"identity": {"anonymous": "taken", "result_to": "identified", "warning": "customer.truthful", "clause": "property-group/15"},
        "phrases": {"zh-CN": {"customer.truthful": "请如实反映。"}}})");
    const auto one = other.files("灯坏了", [](OpenTicket& open) { open.anonymous = true; });
    const auto heard = [&](const std::string& part) {
        int times = 0;
        for (const auto& message : other.talk(one)) times += has(message.said.text, part) ? 1 : 0;
        return times;
    };
    CHECK(heard("请如实反映") == 1);
    REQUIRE(other.staff_does(li, one, "accept"));
    const auto before = other.talk(one).size();
    REQUIRE(other.staff_does(li, one, "withdraw", {{"reason", "不办了"}, {"means", "phone"}}));
    CAPTURE(other.last_said(one));
    CHECK(other.talk(one).size() == before);
    const auto named = other.files("灯坏了");
    REQUIRE(other.staff_does(li, named, "accept"));
    const auto said = other.talk(named).size();
    REQUIRE(other.staff_does(li, named, "withdraw", {{"reason", "不办了"}, {"means", "phone"}}));
    CHECK(other.talk(named).size() > said);
}

namespace {

// The demo community with packs named for some of its units.
std::string directory_with(const std::filesystem::path& folder, const std::map<std::string, std::string>& pack_of) {
    auto json = *read_json_file(std::string(HUIYIN_SOURCE) + "/templates/demo/directory.json");
    json.erase("$schema");
    for (auto& unit : json["units"])
        if (const auto found = pack_of.find(unit["key"].get<std::string>()); found != pack_of.end())
            unit["policy"] = found->second;
    const auto file = (folder / "directory.json").string();
    std::ofstream{file} << json.dump();
    return file;
}

}  // namespace

TEST_CASE("a matter is filed under the pack of its community, though the centre above has another") {
    World folder;
    World world("property-group", directory_with(folder.folder, {{"jinxiu", "bank"}, {"cuihu-centre", "bank"}}),
                "2026-03-02 09:00");
    world.policies->put_in_force(shipped_pack("property-group"), {shipped_pack("bank")});
    const auto at = [&](const char* unit, const char* category) {
        OpenTicket wish;
        const auto who = world.resident_named("王女士", "13812345678");
        wish.customer = who.person;
        wish.conversation = who.conversation;
        wish.unit = world.directory->get()->unit_by_key(unit)->id;
        wish.kind = "complaint";
        wish.category = category;
        wish.by = resident(who.person);
        const auto opened = world.opens(wish);
        INFO(unit);
        REQUIRE(opened);
        const auto ticket = world.ticket(*opened);
        CHECK(ticket.state == world.policies->in_force(ticket.policy_id)->opening.to);
        return ticket.policy_id;
    };
    CHECK(at("jinxiu", "queue") == "bank");
    CHECK(at("jinxiu-centre", "housing") == "property-group");
    CHECK(at("cuihu", "queue") == "bank");  // by the centre above it
    CHECK(at("yueju", "housing") == "property-group");
}

TEST_CASE("a duty of a pack that only a community names is told to those above it who hold the role") {
    World folder;
    World world("property-group", directory_with(folder.folder, {{"jinxiu", "own-rules"}}), "2026-03-02 09:00");
    auto own = std::make_shared<Policy>(*shipped_pack("property-group"));
    own->id = "own-rules";
    for (auto& duty : own->duties) duty.role = "centre_manager";
    own->duties.resize(1);
    own->duties.front().name = "reminder";  // no report's name: it is only told
    own->duties.front().phrase = "duty.reminder";
    auto standard = std::make_shared<Policy>(*shipped_pack("property-group"));
    standard->duties.clear();
    world.policies->put_in_force(standard, {own});
    world.in_unit_of_work([&](Transaction& tx) { world.engine->plan_duties(tx, world.now()); });
    world.moves_to("2026-04-02 09:00");
    std::vector<StaffId> told;
    for (const auto& row : world.outbox_of_no_ticket()) told.push_back(row.staff);
    CHECK(told == std::vector<StaffId>{world.staff(wang)});
}
