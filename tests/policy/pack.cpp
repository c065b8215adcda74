#include "workflow/policy/pack.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "workflow/policy/check.h"
#include "workflow/policy/explain.h"
#include "workflow/policy/revisit.h"

using namespace huiyin;

namespace {

const std::string templates = std::string(HUIYIN_SOURCE) + "/templates";
const std::string group_file = templates + "/policies/property-group.json";

const LoadedPack& group_pack() {
    static const LoadedPack pack = load_pack(group_file, templates);
    return pack;
}
const Policy& group() { return *group_pack().policy; }

Json group_json() { return *read_json_file(group_file); }

std::string lines(const std::vector<PackFinding>& findings) {
    std::string text;
    for (const auto& finding : findings) text += to_text(finding) + "\n";
    return text;
}

// A folder of packs written for one test, gone after it.
class Folder {
public:
    Folder()
        : path_(std::filesystem::temp_directory_path() /
                ("huiyin-packs-" + std::to_string(::getpid()) + "-" + std::to_string(next_++))) {
        std::filesystem::create_directories(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string write(const std::string& name, const Json& json) const {
        std::ofstream{path_ / name} << json.dump();
        return (path_ / name).string();
    }

private:
    static inline int next_ = 0;
    std::filesystem::path path_;
};

std::vector<PackFinding> findings_of(const Json& json) {
    const Folder folder;
    const auto pack = load_pack(folder.write("pack.json", json), templates);
    auto found = pack.findings;
    const auto more = check_pack(pack);
    found.insert(found.end(), more.begin(), more.end());
    return found;
}

// Applies a planted defect and expects one finding at that pointer whose text holds the words.
void expect(const std::function<void(Json&)>& plant, const std::string& pointer, const std::string& words) {
    Json json = group_json();
    plant(json);
    const auto found = findings_of(json);
    const bool there = std::any_of(found.begin(), found.end(), [&](const PackFinding& finding) {
        return finding.pointer == pointer && finding.text.find(words) != std::string::npos;
    });
    CAPTURE(pointer, words, lines(found));
    CHECK(there);
}

std::size_t index_of(const Json& list, const char* key, const std::string& value) {
    for (std::size_t i = 0; i < list.size(); ++i)
        if (list[i].value(key, "") == value) return i;
    FAIL("no " << value);
    return 0;
}
std::size_t move_at(const Json& json, const std::string& name) { return index_of(json["moves"], "name", name); }

}  // namespace

TEST_CASE("every policy file of the house is read and checked without a finding") {
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(templates + "/policies")) {
        if (entry.path().extension() != ".json") continue;
        ++files;
        const auto pack = load_pack(entry.path().string(), templates);
        CAPTURE(entry.path().filename().string());
        CHECK(lines(pack.findings) == "");
        CHECK(lines(check_pack(pack)) == "");
        CHECK(load_policy(entry.path().string(), templates));
    }
    CHECK(files >= 1);
}

TEST_CASE("every rule of property-group names a clause that the pack explains") {
    for (const auto& move : group().moves) CHECK(group().clause(move.clause));
    for (const auto& deadline : group().deadlines) CHECK(group().clause(deadline.clause));
    for (const char* id : {"T1", "T2", "T3", "T4", "T5", "T6", "assumed-1", "6", "8", "11", "13"})
        CHECK(group().clause(std::string("property-group/") + id));
    CHECK_FALSE(group().clause("property-group/assumed-1")->printed);
    CHECK(group().clause("property-group/T1")->printed);
}

TEST_CASE("the phrases that property-group says exist in every locale that has a file") {
    PhraseKeys phrases;
    const std::string folder = templates + "/phrases";
    if (std::filesystem::exists(folder))
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            if (entry.path().extension() != ".json") continue;
            const auto json = read_json_file(entry.path().string());
            REQUIRE(json);
            for (const auto& [key, unused] : json->items()) phrases[entry.path().stem().string()].push_back(key);
        }
    CHECK(lines(check_pack(group_pack(), phrases)) == "");
}

TEST_CASE("check finds each planted defect, with its place and how to mend it") {
    expect([](Json& j) { j["moves"][0]["to"] = "acepted"; }, "/moves/0/to", "did you mean \"accepted\"");
    expect([](Json& j) { j["moves"][0]["command"] = "acccept"; }, "/moves/0/command", "did you mean \"accept\"");
    expect([](Json& j) { j["moves"][0]["roles"] = {"frontdesk"}; }, "/moves/0/roles", "did you mean \"front_desk\"");
    expect([](Json& j) { j["moves"][0]["from"] = {"nowhere"}; }, "/moves/0/from", "unknown state");
    expect([](Json& j) { j["moves"][0].erase("roles"); }, "/moves/0/roles", "nobody may make");
    expect([](Json& j) { j["moves"][0]["effects"][0]["effect"] = "rout"; }, "/moves/0/effects/0/effect",
           "did you mean \"route\"");
    expect([](Json& j) { j["moves"][0]["effects"][1].erase("phrase"); }, "/moves/0/effects/1/phrase", "missing");
    expect([](Json& j) { j["moves"][0]["effects"][1]["prase"] = "x"; }, "/moves/0/effects/1/prase", "unknown key");
    expect([](Json& j) { j["moves"][0]["clause"] = "property-group/99"; }, "/moves/0/clause", "unknown clause");
    expect([](Json& j) { j["moves"][0].erase("clause"); }, "/moves/0/clause", "missing");
    expect(
        [](Json& j) {
            j["levels"][1]["any_of"][0]["when"] = {{"var", "medai"}};
        },
        "/levels/1/any_of/0/when", "did you mean \"media\"");
    expect(
        [](Json& j) {
            j["levels"][1]["any_of"][0]["when"] = {{"=>", {1, 2}}};
        },
        "/levels/1/any_of/0/when", "unknown operator");
    expect(
        [](Json& j) {
            j["levels"][1]["any_of"][0]["when"] = {{"<", {1}}};
        },
        "/levels/1/any_of/0/when", "Invalid Arguments");
    for (const char* taken : {"level", "wish", "occurred_at"})
        expect(
            [&](Json& j) {
                j["facts"] = Json::array({{{"name", taken}, {"type", "text"}, {"title", "新"}}});
            },
            "/facts/0/name", "a second fact");
    expect([](Json& j) { j["levels"][0]["any_of"] = j["levels"][1]["any_of"]; }, "/levels", "has no level");
    expect([](Json& j) { j["levels"][1]["effects"][1]["command"] = "reopen"; }, "/levels/1/effects/1/command",
           "no move lets the policy itself");
    expect([](Json& j) { j["deadlines"][1]["span"] = "5 dayz"; }, "/deadlines/1/span", "unknown unit \"dayz\"");
    expect([](Json& j) { j["deadlines"][1].erase("span"); }, "/deadlines/1/span", "without a length");
    expect([](Json& j) { j["deadlines"][1]["stops_on"] = Json::array(); }, "/deadlines/1/stops_on",
           "nothing ever stops \"handle\"");
    expect([](Json& j) { j["deadlines"][1]["stops_on"] = {"ticket.rejected"}; }, "/deadlines/1/stops_on",
           "nothing ever stops \"handle\"");
    expect([](Json& j) { j["deadlines"][1]["starts_on"] = {"ticket.extended"}; }, "/deadlines/1/starts_on",
           "nothing ever starts \"handle\"");
    expect([](Json& j) { j["deadlines"][1]["starts_on"][0] = "ticket.openned"; }, "/deadlines/1/starts_on/0",
           "did you mean \"ticket.opened\"");
    expect([](Json& j) { j["deadlines"][1]["starts_on"][1]["unless_missed"] = "acept"; },
           "/deadlines/1/starts_on/1/unless_missed", "did you mean \"accept\"");
    expect([](Json& j) { j["deadlines"][1].erase("resumes_on"); }, "/deadlines/1/resumes_on", "never resumed");
    expect([](Json& j) { j["deadlines"][1]["warn"][0]["before_due"] = "same day"; }, "/deadlines/1/warn/0/before_due",
           "before a deadline");
    expect([](Json& j) { j["deadlines"][1]["miss"] = Json::array(); }, "/deadlines/1/miss", "nothing happens");
    expect([](Json& j) { j["routes"].erase(3); }, "/kinds/0/categories/2", "nobody handles complaint order");
    expect([](Json& j) { j["routes"][3]["categories"] = {"ordre"}; }, "/routes/3/categories", "did you mean \"order\"");
    expect(
        [](Json& j) {
            j["states"].push_back({{"key", "limbo"}, {"title", "?"}, {"phase", "working"}});
        },
        "/states/16", "cannot be reached");
    expect([](Json& j) { j["moves"] = Json::array({j["moves"][0]}); }, "/states/1", "no end can be reached");
    expect(
        [](Json& j) {
            auto& m = j["moves"][move_at(j, "withdraw")];
            m["effects"].erase(0);
        },
        "/moves/" + std::to_string(move_at(group_json(), "withdraw")) + "/effects", "the customer hears nothing");
    expect(
        [](Json& j) {
            auto& m = j["moves"][move_at(j, "escalate")];
            m["to"] = "accepted";
            m.erase("when");
            m["effects"].push_back({{"effect", "run"}, {"command", "escalate"}});
        },
        "/moves/" + std::to_string(move_at(group_json(), "escalate")) + "/effects", "without end");
    expect([](Json& j) { j["moves"].push_back(j["moves"][0]); },
           "/moves/" + std::to_string(group_json()["moves"].size()), "never made");
    expect([](Json& j) { j["number"] = "T{YYYY}"; }, "/number", "no counter");
    expect([](Json& j) { j["number"] = "T{YEAR}-{NNN}"; }, "/number", "cannot read \"{YEAR}\"");
    expect([](Json& j) { j["zone"] = "Asia/Shanghia"; }, "/zone", "unknown time zone");
    expect([](Json& j) { j["hours"] = {{"monday", {"9-5"}}}; }, "/hours/monday/0", "write 08:30-12:00");
    expect([](Json& j) { j.erase("hours"); }, "/hours", "no opening hours");
    expect([](Json& j) { j["hours"] = Json::object(); }, "/hours", "nobody ever works");
    expect([](Json& j) { j["holidays"] = "nowhere"; }, "/holidays", "no holiday files");
    expect([](Json& j) { j["moovs"] = Json::array(); }, "/moovs", "did you mean \"moves\"");
    expect([](Json& j) { j["reports"][0]["to_day"] = 20; }, "/reports/0/to_day", "leave days out");
    expect([](Json& j) { j["accept_role"] = "desk"; }, "/accept_role", "unknown role");
    expect([](Json& j) { j["surveys"]["until"] = "08:00"; }, "/surveys/until", "end before they begin");
    expect([](Json& j) { j["clauses"].push_back(j["clauses"][0]); },
           "/clauses/" + std::to_string(group_json()["clauses"].size()) + "/id", "a second clause");
    expect([](Json& j) { j["moves"] = "none"; }, "/moves", "write a list");
}

TEST_CASE("a missing phrase is named with its place and locale") {
    std::vector<std::string> keys = group().phrase_keys();
    CHECK(check_pack(group_pack(), {{"zh-CN", keys}}).empty());
    keys.erase(std::find(keys.begin(), keys.end(), "customer.withdrawn"));
    const auto found = check_pack(group_pack(), {{"zh-CN", keys}});
    REQUIRE(found.size() == 1);
    CHECK(found[0].text.find("missing phrase \"customer.withdrawn\" in zh-CN") == 0);
    CHECK(found[0].pointer == "/moves/" + std::to_string(move_at(group_json(), "withdraw")) + "/effects/0/phrase");
}

TEST_CASE("a pack says the conversation's words its own way, where there are such words") {
    Json json = group_json();
    json["phrases"]["zh-CN"] = {{"talk.greeting", "您好，哪里不对？"},
                                {"talk.greting", "您好"},
                                {"talk.handover", "好，{{whom_ever}}"},
                                {"bot.greeting", "您好"}};
    const Folder folder;
    const auto pack = load_pack(folder.write("pack.json", json), templates);
    REQUIRE(pack.findings.empty());
    auto keys = group().phrase_keys();
    keys.insert(keys.end(), {"talk.greeting", "talk.handover"});
    const auto found = lines(check_pack(pack, {{"zh-CN", keys}}));
    CAPTURE(found);
    CHECK(found.find("unknown text of the conversation \"talk.greting\" (did you mean \"talk.greeting\"?)") !=
          std::string::npos);
    CHECK(found.find("\"whom_ever\"") != std::string::npos);
    CHECK(found.find("\"bot.greeting\" does not say who is spoken to") != std::string::npos);
    CHECK(found.find("/phrases/zh-CN/talk.greeting:") == std::string::npos);
}

TEST_CASE("a pack names its parts in another language, and only parts that it has") {
    Json json = group_json();
    json["phrases"]["en"]["customer.category.housng"] = "Building";
    json["phrases"]["en"]["customer.state.filed"] = "on file";
    json["phrases"]["en"]["customer.clause.property-group/T99"] = "a rule";
    const Folder folder;
    const auto pack = load_pack(folder.write("pack.json", json), templates);
    REQUIRE(pack.findings.empty());
    const auto found = lines(check_pack(pack, {{"zh-CN", group().phrase_keys()}}));
    CAPTURE(found);
    CHECK(found.find("unknown part of the pack \"housng\" (did you mean \"housing\"?)") != std::string::npos);
    CHECK(found.find("property-group/T99") != std::string::npos);
    CHECK(found.find("customer.state.filed") == std::string::npos);
    CHECK(found.find("missing phrase") == std::string::npos);
}

TEST_CASE("a finding is told as what, where, how to mend") {
    CHECK(to_text(PackFinding{PackFinding::Weight::error, "p.json", "/deadlines/2/span",
                              "unknown unit \"a: b\": write days"}) ==
          "unknown unit \"a: b\": p.json /deadlines/2/span: write days");
    CHECK(to_text(PackFinding{PackFinding::Weight::error, "p.json", "", "missing"}) == "missing: p.json");
}

TEST_CASE("a pack that is broken as text, absent, or no object is refused, not thrown at") {
    const Folder folder;
    CHECK(has_errors(load_pack("/nowhere/at-all.json", templates).findings));
    for (const Json& json :
         {Json::array(), Json{}, Json(5), Json::object(), Json{{"extends", "absent"}}, Json{{"extends", 5}}}) {
        CAPTURE(json.dump());
        const auto pack = load_pack(folder.write("p.json", json), templates);
        CHECK_FALSE(pack.policy);
        CHECK(has_errors(pack.findings));
        const auto policy = load_policy(folder.write("p.json", json), templates);
        REQUIRE_FALSE(policy);
        CHECK(policy.problem().code == "policy.invalid");
    }
    folder.write("a.json", {{"extends", "b"}});
    CHECK(has_errors(load_pack(folder.write("b.json", {{"extends", "a"}}), templates).findings));
}

TEST_CASE("a pack kept elsewhere extends one that came with the program, also under the same name") {
    const Folder folder;
    const auto shipped = std::string(templates) + "/policies/";
    for (const auto* name : {"harbour.json", "property-group.json"}) {
        CAPTURE(name);
        const auto own = folder.write(name, {{"extends", "property-group"}, {"id", "harbour"}, {"title", "港湾物业"}});
        const auto pack = load_pack(own, templates);
        CHECK(lines(pack.findings) == "");
        REQUIRE(pack.policy);
        CHECK(pack.policy->id == "harbour");
        CHECK(pack.policy->deadlines.size() == group().deadlines.size());
        CHECK(pack.files == std::vector<std::string>{own, shipped + "property-group.json"});
    }
    // One that lies nowhere is told at the pack that wants it.
    const auto lost = lines(load_pack(folder.write("lost.json", {{"extends", "absent"}}), templates).findings);
    CHECK(lost.find("no other pack \"absent\": lost.json /extends: none lies beside this file or in " +
                    shipped.substr(0, shipped.size() - 1)) != std::string::npos);
    CHECK(has_errors(load_pack(folder.write("own.json", {{"extends", "own"}}), templates).findings));
}

TEST_CASE("a choice that is none is a finding, whatever stands in its place") {
    for (const auto* choice : {"null", "3", "[]", R"({"key":null})", R"({"title":"一"})", R"({"key":"a","title":3})"}) {
        CAPTURE(choice);
        auto json = group_json();
        json["facts"].push_back(
            {{"name", "new_fact"}, {"type", "text"}, {"title", "新"}, {"choices", {"b", *parse_json(choice, {})}}});
        CHECK(lines(findings_of(json)).find("no choice: ") != std::string::npos);
    }
}

TEST_CASE("a pack extends another and says only what differs") {
    const Folder folder;
    folder.write("property-group.json", group_json());
    const Json child{{"extends", "property-group"},
                     {"id", "harbour"},
                     {"title", "港湾物业"},
                     {"version", "1"},
                     {"hours", {{"every day", {"08:00-20:00"}}}},
                     {"surveys", {{"from", "10:00"}}},
                     {"levels",
                      {{{"key", "urgent"},
                        {"title", "紧急"},
                        {"clause", "property-group/6"},
                        {"any_of", {{{"when", {{"in", {"safety", {{"var", "flags"}}}}}}, {"because", "有危险"}}}}}}},
                     {"states", {{{"key", "handling"}, {"title", "维修中"}}}},
                     {"deadlines", {{{"name", "accept"}, {"span", "30 minutes"}}}},
                     {"routes",
                      {{{"kinds", {"complaint"}},
                        {"categories", {"equipment"}},
                        {"role", "order"},
                        {"clause", "property-group/8"}}}},
                     {"moves", {{{"name", "reject"}, {"removed", true}}, {{"name", "accept"}, {"title", "接单"}}}}};
    const auto pack = load_pack(folder.write("harbour.json", child), templates);
    CHECK(lines(pack.findings) == "");
    REQUIRE(pack.policy);
    const Policy& policy = *pack.policy;
    CHECK(lines(check_pack(pack)) == "");
    CHECK(policy.id == "harbour");
    CHECK(policy.surveys.from == std::chrono::hours{10});
    CHECK(policy.surveys.scale == 5);
    CHECK(policy.levels.back().key == "urgent");
    CHECK(policy.state("handling")->title == "维修中");
    CHECK(policy.state("handling")->phase == Phase::working);
    CHECK(policy.deadlines[0].span == *parse_span("30 minutes"));
    CHECK(policy.deadlines[0].stops_on.size() == 2);
    CHECK(policy.deadlines.size() == group().deadlines.size());
    CHECK(policy.moves.size() == group().moves.size() - 1);
    CHECK(handler_route(policy, {{"kind", "complaint"}, {"category", "equipment"}})->role == "order");
    CHECK(handler_route(policy, {{"kind", "complaint"}, {"category", "housing"}})->role == "engineering");

    // What is wrong is shown where it was written.
    Json wrong = child;
    wrong["deadlines"][0]["span"] = "30 minuts";
    wrong["states"][0]["phase"] = "wroking";
    const auto found = load_pack(folder.write("wrong.json", wrong), templates).findings;
    REQUIRE(found.size() == 2);
    CHECK(found[0].file == "wrong.json");
    CHECK(found[0].pointer == "/states/0/phase");
    CHECK(found[1].pointer == "/deadlines/0/span");
    Json parent = group_json();
    parent["routes"][3]["role"] = "odrer";
    folder.write("property-group.json", parent);
    const auto pack_of_broken = load_pack(folder.write("harbour.json", child), templates);
    const auto below = check_pack(pack_of_broken);
    REQUIRE(below.size() == 1);
    CHECK(below[0].file == "property-group.json");
    CHECK(below[0].pointer == "/routes/3/role");
}

TEST_CASE("random damage to a pack gives findings or a policy, never a crash") {
    const auto seed = GENERATE(take(60, random(0, 1'000'000)));
    CAPTURE(seed);
    std::uint64_t state = static_cast<std::uint64_t>(seed) * 2654435761u + 1;
    const auto next = [&](std::size_t below) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return static_cast<std::size_t>((state >> 33) % below);
    };
    Json json = group_json();
    for (int damage = 0; damage < 4; ++damage) {
        Json* here = &json;
        for (std::size_t depth = 1 + next(5); depth > 0 && here->is_structured() && !here->empty(); --depth)
            here = &*std::next(here->begin(), static_cast<std::ptrdiff_t>(next(here->size())));
        const Json values[] = {nullptr,        true,           -1,          1e300,    "",         "*", Json::array(),
                               Json::object(), {{"var", "x"}}, {{"if", 5}}, "closed", 99999999999};
        *here = values[next(12)];
    }
    const Folder folder;
    const auto pack = load_pack(folder.write("p.json", json), templates);
    const auto found = check_pack(pack);
    CHECK((pack.policy.has_value() || has_errors(pack.findings)));  // a policy, or the reason why there is none
    if (pack.policy && !has_errors(found)) {
        ExplainCase what;
        what.facts = {{"kind", std::string("complaint")}, {"category", std::string("housing")}};
        what.opened_at = *parse_rfc3339("2026-03-02T09:00:00+08:00");
        CHECK_FALSE(to_text(explain(*pack.policy, what), *pack.policy).empty());
    }
}

TEST_CASE("the schema names the same effects, commands and phases as the code") {
    const auto schema = read_json_file(std::string(HUIYIN_SOURCE) + "/workflow/policy/pack.schema.json");
    REQUIRE(schema);
    const Json& definitions = (*schema)["definitions"];
    const Json& effects = definitions["effect"]["oneOf"];
    REQUIRE(effects.size() == known_effects().size());
    for (std::size_t i = 0; i < effects.size(); ++i) {
        const EffectInfo& info = known_effects()[i];
        CAPTURE(info.name);
        CHECK(effects[i]["properties"]["effect"]["const"] == info.name);
        Json required = Json::array({"effect"});
        for (const auto& field : info.required) required.push_back(field);
        CHECK(effects[i]["required"] == required);
        CHECK(effects[i]["properties"].size() == 3 + info.required.size() + info.optional.size());
    }
    CHECK(definitions["move"]["properties"]["command"]["enum"] == Json(known_commands()));
    const Json& top = (*schema)["else"]["properties"];
    CHECK(top["states"]["items"]["properties"]["phase"]["enum"].size() == 11);
    const Json pack = group_json();
    for (const auto& [key, unused] : pack.items()) CHECK(top.contains(key));
}

TEST_CASE("a changed policy is made ready anew: nothing stays of what its moves and limits said before") {
    auto policy = group();
    const auto can_accept = [&](const std::string& state) { return !moves_from(policy, state, "accept").empty(); };
    const auto wanted = [&](const std::vector<std::string>& from) {
        for (auto& move : policy.moves)
            if (move.command == "accept") move.from = from;
        make_ready(policy);
    };
    wanted({"filed", "handling"});
    CHECK((can_accept("filed") && can_accept("handling")));
    wanted({"handling"});
    CHECK((!can_accept("filed") && can_accept("handling")));
    // With more states than a set holds, names are compared.
    for (int i = 0; i < 64; ++i) policy.states.push_back({"more_" + std::to_string(i), "别的", Phase::working, "别的"});
    wanted({"filed", "more_63"});
    CHECK((can_accept("filed") && can_accept("more_63") && !can_accept("handling") && !can_accept("more_0")));

    CHECK_FALSE(policy.starts_from_facts);
    auto& start = policy.deadlines.front().starts_on.front();
    start.from_fact = "received_at";
    make_ready(policy);
    CHECK(policy.starts_from_facts);
    start.from_fact.clear();
    make_ready(policy);
    CHECK_FALSE(policy.starts_from_facts);
}

TEST_CASE("numbers and report periods") {
    const auto at = *parse_rfc3339("2026-11-21T17:00:00Z");  // the 22nd in Shanghai
    CHECK(number_series(group(), at).prefix == "T20261122-");
    CHECK(number_series(group(), at).width == 3);
    const auto period = report_period(group(), group().reports[0], std::chrono::year{2026} / 3);
    CHECK(to_rfc3339(period.from) == "2026-02-25T00:00:00+08:00");
    CHECK(to_rfc3339(period.until) == "2026-03-25T00:00:00+08:00");
    Report calendar_month;
    const auto december = report_period(group(), calendar_month, std::chrono::year{2026} / 12);
    CHECK(to_rfc3339(december.until) == "2027-01-01T00:00:00+08:00");
    Report quarter;
    quarter.every = "quarter";
    const auto last = report_period(group(), quarter, std::chrono::year{2026} / 3);
    CHECK(to_rfc3339(last.from) == "2026-01-01T00:00:00+08:00");
    CHECK(to_rfc3339(last.until) == "2026-04-01T00:00:00+08:00");
    quarter.every = "year";
    CHECK(to_rfc3339(report_period(group(), quarter, std::chrono::year{2026} / 12).from) ==
          "2026-01-01T00:00:00+08:00");
    // A due day counts in the month of the end, or in the one after; a day that the month lacks is its last.
    const auto due = [&](int day, std::chrono::year_month month) {
        const auto found = report_due(quarter, day, month);
        return found ? to_date(std::chrono::local_days{*found}) : std::string("-");
    };
    CHECK(due(0, std::chrono::year{2026} / 3) == "-");
    CHECK(due(31, std::chrono::year{2027} / 2) == "2027-02-28");
    quarter.due_next_month = true;
    CHECK(due(5, std::chrono::year{2026} / 12) == "2027-01-05");
    CHECK(due(31, std::chrono::year{2028} / 1) == "2028-02-29");
}

TEST_CASE("papers are kept for good, for a span, or for as many years as an archive asks") {
    for (const auto& [keep, good] : {std::pair{"permanent", true},
                                     {"10 years", true},
                                     {"30 years", true},
                                     {"99 years", true},
                                     {"100 years", false},
                                     {"for ever", false}}) {
        Json pack = group_json();
        pack["retention"] = Json::array({{{"what", "case"}, {"keep", keep}, {"clause", "property-group/15"}}});
        const auto found = lines(findings_of(pack));
        CAPTURE(keep, found);
        CHECK((found.find("unknown length") == std::string::npos) == good);
    }
}

TEST_CASE("the draw can be made again by anyone, and holds the shares") {
    const Facts complaint{{"kind", std::string("complaint")}};
    const auto once = draw_revisit(group(), complaint, "T20260302-001");
    CHECK(once.stratum == "complaint");
    CHECK(once.revisit);
    CHECK(once.lot == draw_revisit(group(), complaint, "T20260302-001").lot);
    CHECK(once.lot >= 0);
    CHECK(once.lot < 10000);
    int by_lot = 0;
    for (int i = 0; i < 2000; ++i)
        by_lot += draw_revisit(group(), complaint, "T" + std::to_string(i)).in_person ? 1 : 0;
    CHECK(by_lot > 1500);
    CHECK(by_lot < 1700);

    Facts satisfied{{"kind", std::string("demand")}, {"score", std::int64_t{5}}};
    DrawCounts counts;
    for (int i = 0; i < 200; ++i) {
        const auto draw = draw_revisit(group(), satisfied, "D" + std::to_string(i), counts);
        CHECK(draw.stratum == "demand_satisfied");
        ++counts.tickets;
        counts.revisits += draw.revisit ? 1 : 0;
        counts.in_person += draw.in_person ? 1 : 0;
        CHECK(counts.revisits * 100 >= 15 * counts.tickets);
        CHECK(counts.in_person * 100 >= 20 * counts.revisits);
    }
    CHECK(counts.revisits < 80);  // and does not visit everybody
    satisfied["score"] = std::int64_t{4};
    CHECK(draw_revisit(group(), satisfied, "D1").stratum == "demand");
}
