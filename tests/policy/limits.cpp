// What sets, moves or stretches a due time beside the count: promises, the customer's own limit, extensions, declared
// events, soft limits and those that bind the other party; and duties that come round.
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "workflow/policy/check.h"
#include "workflow/policy/deadlines.h"
#include "workflow/policy/explain.h"
#include "workflow/policy/explain_time.h"
#include "workflow/policy/pack.h"
#include "workflow/policy/running.h"

using namespace huiyin;

namespace {

const std::string templates = std::string(HUIYIN_SOURCE) + "/templates";

// property-group with one deadline of our own in the place of its own, and what else the test says.
LoadedPack pack_with(const Json& deadline, const Json& more = Json::object()) {
    Json json = *read_json_file(templates + "/policies/property-group.json");
    Json rule{{"name", "limit"},
              {"title", "办结"},
              {"clause", "property-group/T1"},
              {"starts_on", "ticket.accepted"},
              {"stops_on", "ticket.resolved"},
              {"miss", Json::array({{{"effect", "notify"}, {"role", "centre_manager"}, {"phrase", "staff.overdue"}}})}};
    for (const auto& [key, value] : deadline.items()) rule[key] = value;
    json["deadlines"].push_back(rule);
    Json extend{{"name", "extend"},
                {"command", "extend"},
                {"title", "延期"},
                {"from", {"*"}},
                {"roles", {"centre_manager", "project_centre", "customer"}},
                {"clause", "property-group/T1"},
                {"fields", Json::array({{{"name", "customer_agreed"}, {"title", "客户同意"}, {"type", "boolean"}}})}};
    for (auto& move : json["moves"])
        if (move.value("command", "") == "extend") move = extend;
    for (const auto& [key, value] : more.items()) {
        if (key == "facts" && json.contains(key))
            json[key].insert(json[key].end(), value.begin(), value.end());
        else
            json[key] = value;
    }
    static int next = 0;
    const auto path = std::filesystem::temp_directory_path() /
                      ("huiyin-limits-" + std::to_string(::getpid()) + "-" + std::to_string(next++) + ".json");
    std::ofstream{path} << json.dump();
    auto pack = load_pack(path.string(), templates);
    std::filesystem::remove(path);
    return pack;
}

std::string findings(const LoadedPack& pack) {
    std::string text;
    auto all = pack.findings;
    const auto more = check_pack(pack);
    all.insert(all.end(), more.begin(), more.end());
    for (const auto& finding : all) text += finding.pointer + " " + finding.text + "\n";
    return text;
}

Policy policy_with(const Json& deadline, const Json& more = Json::object()) {
    auto pack = pack_with(deadline, more);
    CAPTURE(findings(pack));
    REQUIRE(pack.policy);
    REQUIRE_FALSE(has_errors(check_pack(pack)));
    return std::move(*pack.policy);
}

TimePoint at(const std::string& text) {
    return Zone{}.from_local({*parse_date(text.substr(0, 10)), *parse_clock(text.substr(11))});
}
std::int64_t ms(const std::string& text) { return to_ms(at(text)); }

History accepted(const std::string& when, Facts facts = {}) {
    facts["kind"] = std::string("complaint");
    facts["level"] = std::string("general");
    return {std::move(facts),
            {{"ticket.accepted", at(when), {{"from", std::string("filed")}, {"to", std::string("accepted")}}}}};
}

Deadline limit(const Policy& policy, const History& history, const std::string& now) {
    for (auto& deadline : deadlines(policy, history, policy.calendar, at(now)))
        if (deadline.name == "limit") return deadline;
    FAIL("the limit has not begun");
    return {};
}

std::string due(const Policy& policy, const Deadline& deadline) {
    if (!deadline.due_at) return "-";
    const auto local = policy.calendar.zone().to_local(*deadline.due_at);
    return to_date(local.day) + " " + to_clock(local.since_midnight);
}
std::string told(const Policy& policy, const Deadline& deadline) {
    return to_chinese(deadline.derivation, policy.calendar);
}

HistoryEvent declared(const std::string& when, const std::string& from, const std::string& until,
                      const std::string& id = "D1") {
    return {"event.declared",
            at(when),
            {{"event", std::string("storm")},
             {"title", std::string("台风红色预警")},
             {"declaration", id},
             {"from", ms(from)},
             {"until", ms(until)}}};
}
const Json storm{{"declared_events", Json::array({{{"name", "storm"},
                                                   {"title", "台风红色预警"},
                                                   {"roles", {"administrator"}},
                                                   {"longest", "7 days"},
                                                   {"clause", "property-group/T1"}}})}};

}  // namespace

TEST_CASE("a promise made in the case is the limit, the latest one counts") {
    const auto policy = policy_with({{"span", "5 working days"},
                                     {"first_day", "counted"},
                                     {"promises_on", {{"event", "ticket.replied"}, {"field", "promised"}}}});
    auto history = accepted("2026-03-02 09:00");
    CHECK(due(policy, limit(policy, history, "2026-03-02 10:00")) == "2026-03-06 17:30");
    history.events.push_back({"ticket.replied", at("2026-03-03 09:15"), {{"promised", ms("2026-03-09 12:00")}}});
    CHECK(due(policy, limit(policy, history, "2026-03-03 10:00")) == "2026-03-09 12:00");
    history.events.push_back({"ticket.replied", at("2026-03-04 10:00"), {{"text", std::string("在等配件")}}});
    history.events.push_back({"ticket.replied", at("2026-03-05 10:00"), {{"promised", std::string("2026-03-10")}}});
    const auto last = limit(policy, history, "2026-03-05 11:00");
    CHECK(due(policy, last) == "2026-03-11 00:00");
    CHECK(told(policy, last) ==
          "5个工作日，从3月2日起算：2日、3日、4日、5日、6日；原定3月6日17:30；3月3日9:15约定3月9日12:00；3月5日10:"
          "00约定3月10日24:00"
          "；最晚3月10日24:00。");
    history.events.push_back({"ticket.replied", at("2026-03-06 10:00"), {{"promised", std::string("3 hours")}}});
    CHECK(due(policy, limit(policy, history, "2026-03-06 11:00")) == "2026-03-06 13:00");
}

TEST_CASE("a promise that may only shorten leaves the limit where it is when it comes later") {
    const auto policy =
        policy_with({{"span", "48 hours"},
                     {"promises_on", {{"event", "ticket.proposed"}, {"field", "finish_by"}, {"effect", "shortens"}}}});
    auto history = accepted("2026-03-02 09:00");
    history.events.push_back({"ticket.proposed", at("2026-03-02 10:00"), {{"finish_by", ms("2026-03-05 09:00")}}});
    CHECK(due(policy, limit(policy, history, "2026-03-02 11:00")) == "2026-03-04 09:00");
    history.events.push_back({"ticket.proposed", at("2026-03-02 12:00"), {{"finish_by", ms("2026-03-03 18:00")}}});
    CHECK(due(policy, limit(policy, history, "2026-03-02 13:00")) == "2026-03-03 18:00");
}

TEST_CASE("a limit that only a promise sets begins with the promise") {
    const auto policy = policy_with(
        {{"title", "承诺"},
         {"starts_on",
          {{"event", "ticket.replied"}, {"when", {{"!!", {{"var", "event.promised"}}}}}, {"due_field", "promised"}}}});
    auto history = accepted("2026-03-02 09:00");
    CHECK(deadlines(policy, history, policy.calendar, at("2026-03-02 10:00")).back().name != "limit");
    history.events.push_back({"ticket.replied", at("2026-03-02 10:00"), {{"promised", std::string("2 working days")}}});
    const auto promised = limit(policy, history, "2026-03-02 11:00");
    CHECK(due(policy, promised) == "2026-03-04 17:30");
    CHECK(told(policy, promised) == "3月2日10:00约定3月4日17:30；最晚3月4日17:30。");
}

TEST_CASE("what would begin a limit, but sets it to no time that can be read, leaves it as it was") {
    const auto policy = policy_with(
        {{"title", "承诺"},
         {"starts_on",
          {{"event", "ticket.replied"}, {"when", {{"!!", {{"var", "event.promised"}}}}}, {"due_field", "promised"}}},
         {"stops_on", "ticket.replied"}});
    auto history = accepted("2026-03-02 09:00");
    history.events.push_back({"ticket.replied", at("2026-03-02 10:00"), {{"promised", std::string("2 working days")}}});
    history.events.push_back({"ticket.replied", at("2026-03-02 11:00"), {{"promised", std::string("soon")}}});
    const auto promised = limit(policy, history, "2026-03-02 12:00");
    CHECK(due(policy, promised) == "2026-03-04 17:30");
    CHECK(promised.state == DeadlineState::running);
    history.events.push_back({"ticket.replied", at("2026-03-02 13:00"), {{"text", std::string("done")}}});
    CHECK(limit(policy, history, "2026-03-02 14:00").state == DeadlineState::met);
}

TEST_CASE("the latest start counts: what paused, warned, missed or stopped the count before it is forgotten") {
    const auto policy = policy_with(
        {{"span", "2 working days"},
         {"pauses_on", "ticket.paused"},
         {"resumes_on", "ticket.resumed"},
         {"warn",
          Json::array(
              {{{"name", "soon"},
                {"before_due", "1 working day"},
                {"effects",
                 Json::array({{{"effect", "notify"}, {"role", "centre_manager"}, {"phrase", "staff.due_soon"}}})}}})}});
    const auto recorded = [](const std::string& type, const std::string& when, const std::string& step) {
        return HistoryEvent{
            type, at(when), {{"deadline", std::string("limit")}, {"step", step}, {"start_at", ms("2026-03-02 09:00")}}};
    };
    auto history = accepted("2026-03-02 09:00");
    history.events.push_back({"ticket.paused", at("2026-03-02 10:00"), {{"until", ms("2026-03-02 11:00")}}});
    history.events.push_back({"ticket.resumed", at("2026-03-02 11:00"), {}});
    history.events.push_back(recorded("deadline.warned", "2026-03-03 17:30", "soon"));
    history.events.push_back(recorded("deadline.missed", "2026-03-04 17:30", "miss"));
    history.events.push_back({"ticket.resolved", at("2026-03-05 09:00"), {}});
    CHECK(limit(policy, history, "2026-03-05 10:00").state == DeadlineState::missed);
    CHECK(limit(policy, history, "2026-03-05 10:00").stopped_at == at("2026-03-05 09:00"));
    history.events.push_back({"ticket.accepted", at("2026-03-09 09:00"), {{"from", std::string("filed")}}});
    const auto anew = limit(policy, history, "2026-03-09 10:00");
    CHECK(anew.start_at == at("2026-03-09 09:00"));
    CHECK(due(policy, anew) == "2026-03-11 17:30");
    CHECK(anew.state == DeadlineState::running);
    CHECK_FALSE(anew.stopped_at);
    CHECK(anew.next_look_at == at("2026-03-10 17:30"));
    for (const auto& step : anew.steps) CHECK_FALSE(step.done);
    // Whoever asks only for those that go on hears of the same one, and of none once it has stopped.
    const auto goes_on = [&](const std::string& now) {
        const auto running = running_deadlines(policy, history.facts, history.events, policy.calendar, at(now));
        return std::any_of(running.begin(), running.end(), [&](const Deadline& each) {
            return each.name == "limit" && each.start_at == anew.start_at && each.next_look_at == anew.next_look_at;
        });
    };
    CHECK(goes_on("2026-03-09 10:00"));
    history.events.push_back({"ticket.resolved", at("2026-03-09 11:00"), {}});
    CHECK_FALSE(goes_on("2026-03-09 12:00"));
}

TEST_CASE("a limit of \"at once\" is due at its start") {
    const auto policy = policy_with({{"span", "at once"}});
    const auto now = limit(policy, accepted("2026-03-02 09:00"), "2026-03-02 09:00");
    CHECK(due(policy, now) == "2026-03-02 09:00");
    CHECK(now.state == DeadlineState::missed);
}

TEST_CASE("the customer's own limit: replaces, or only shortens") {
    const Json facts{{"facts", Json::array({{{"name", "wanted_by"}, {"type", "text"}, {"title", "客户要求的时间"}}})}};
    const auto replaces = policy_with({{"span", "2 days"}, {"customer_limit", {{"fact", "wanted_by"}}}}, facts);
    CHECK(due(replaces, limit(replaces, accepted("2026-03-02 09:00"), "2026-03-02 10:00")) == "2026-03-05 00:00");
    const auto later =
        limit(replaces, accepted("2026-03-02 09:00", {{"wanted_by", std::string("5 days")}}), "2026-03-02 10:00");
    CHECK(due(replaces, later) == "2026-03-08 00:00");
    CHECK(told(replaces, later) == "2天，从3月2日起算；原定3月4日24:00；客户要求3月7日24:00前；最晚3月7日24:00。");
    const auto shortens =
        policy_with({{"span", "2 days"}, {"customer_limit", {{"fact", "wanted_by"}, {"effect", "shortens"}}}}, facts);
    const auto wish = [&](const char* words) {
        return limit(shortens, accepted("2026-03-02 09:00", {{"wanted_by", std::string(words)}}), "2026-03-02 10:00");
    };
    CHECK(due(shortens, wish("5 days")) == "2026-03-05 00:00");
    CHECK(due(shortens, wish("2026-03-03T18:00:00+08:00")) == "2026-03-03 18:00");
    CHECK(due(shortens, wish("尽快")) == "2026-03-05 00:00");
    CHECK(wish("尽快").derivation.warnings.size() == 1);
    CHECK(due(shortens, wish("2026-02-28")) == "2026-03-05 00:00");  // gone by when it began
}

TEST_CASE("extensions: who, how far, how often, and with the customer's consent") {
    const auto policy = policy_with(
        {{"span", "5 working days"},
         {"first_day", "counted"},
         {"extend",
          {{{"roles", "centre_manager"}, {"levels", "general"}, {"times", 1}, {"at_most", "3 working days"}},
           {{"roles", "project_centre"},
            {"times", 2},
            {"at_most", "5 working days"},
            {"in_all", "8 working days"},
            {"late", true}},
           {{"roles", "customer"}, {"consent", true}, {"clause", "property-group/T2"}}}}});
    auto history = accepted("2026-03-02 09:00");
    const auto asks = [&](const char* role, const std::string& until, const std::string& now, bool agreed = false) {
        const auto deadline = limit(policy, history, now);
        const auto answer = may_extend(policy, deadline, history.facts, policy.calendar, {{role}, at(until), agreed});
        return answer ? std::string("yes") : answer.problem().code + " " + answer.problem().text;
    };
    CHECK(asks("centre_manager", "2026-03-11 17:30", "2026-03-05 10:00") == "yes");
    CHECK(asks("centre_manager", "2026-03-11 17:31", "2026-03-05 10:00") == "ticket.bad_field 一次最多延3个工作日");
    CHECK(asks("centre_manager", "2026-03-06 17:30", "2026-03-05 10:00").rfind("ticket.bad_field", 0) == 0);
    CHECK(asks("front_desk", "2026-03-09 17:30", "2026-03-05 10:00").rfind("ticket.wrong_role", 0) == 0);
    CHECK(asks("customer", "2026-04-01 09:00", "2026-03-05 10:00").rfind("ticket.not_allowed 延期要客户同意", 0) == 0);
    CHECK(asks("customer", "2026-04-01 09:00", "2026-03-05 10:00", true) == "yes");
    // Once it is missed, only the project centre may, and it stays missed.
    CHECK(asks("centre_manager", "2026-03-11 17:30", "2026-03-06 17:30").rfind("ticket.not_allowed", 0) == 0);
    CHECK(asks("project_centre", "2026-03-11 17:30", "2026-03-06 17:30") == "yes");

    history.events.push_back({"ticket.extended",
                              at("2026-03-05 10:00"),
                              {{"clock", std::string("limit")}, {"until", ms("2026-03-11 17:30")}}});
    const auto extended = limit(policy, history, "2026-03-06 18:00");
    CHECK(extended.state == DeadlineState::running);
    CHECK(extended.extensions == 1);
    CHECK(due(policy, extended) == "2026-03-11 17:30");
    CHECK(told(policy, extended) ==
          "5个工作日，从3月2日起算：2日、3日、4日、5日、6日；原定3月6日17:30；3月5日10:00批准延期到3月11日17:"
          "30；最晚3月11日17:30。");
    CHECK(asks("centre_manager", "2026-03-12 17:30", "2026-03-09 10:00") ==
          "ticket.not_allowed “办结”最多延期1次，已经用完");
    // Eight working days in all from Friday the 6th: Wednesday the 18th.
    CHECK(asks("project_centre", "2026-03-18 17:30", "2026-03-09 10:00") == "yes");
    CHECK(asks("project_centre", "2026-03-18 17:31", "2026-03-09 10:00") == "ticket.bad_field 一次最多延5个工作日");
    history.facts["level"] = std::string("major");
    CHECK(asks("centre_manager", "2026-03-12 17:30", "2026-03-09 10:00").rfind("ticket.wrong_role", 0) == 0);
}

TEST_CASE("caps in calendar days end at 24:00, whatever minute the limit has") {
    const auto policy = policy_with({{"span", "10 days"}, {"extend", {{"at_most", "3 days"}, {"in_all", "3 days"}}}});
    const auto history = accepted("2026-02-18 09:00");
    const auto deadline = limit(policy, history, "2026-02-20 09:00");
    CHECK(due(policy, deadline) == "2026-03-01 00:00");
    const auto asks = [&](const char* until) {
        return static_cast<bool>(
            may_extend(policy, deadline, history.facts, policy.calendar, {{"staff"}, at(until), false}));
    };
    CHECK(asks("2026-03-04 00:00"));
    CHECK_FALSE(asks("2026-03-04 00:01"));
}

TEST_CASE("a deadline without \"extend\" is not extended") {
    const auto policy = policy_with({{"span", "2 days"}});
    const auto history = accepted("2026-03-02 09:00");
    const auto answer = may_extend(policy, limit(policy, history, "2026-03-02 10:00"), history.facts, policy.calendar,
                                   {{"project_centre"}, at("2026-03-09 10:00"), true});
    REQUIRE_FALSE(answer);
    CHECK(answer.problem().code == "ticket.not_allowed");
    CHECK(answer.problem().clause == "property-group/T1");
}

TEST_CASE("a declared storm stops the clock or lengthens the span, and is told") {
    const auto stops = policy_with(
        {{"span", "5 working days"}, {"first_day", "counted"}, {"stretches_on", {{"event", "storm"}}}}, storm);
    auto history = accepted("2026-03-02 09:00");
    history.events.push_back(declared("2026-03-03 08:00", "2026-03-03 00:00", "2026-03-05 00:00"));
    const auto later = limit(stops, history, "2026-03-04 09:00");
    CHECK(due(stops, later) == "2026-03-10 17:30");
    CHECK(told(stops, later) ==
          "5个工作日，从3月2日起算：2日、5日、6日、9日、10日；3月3日至4日台风红色预警，不计时；最晚3月10日17:30。");
    // Lifted a day early: Wednesday counts again.
    history.events.push_back({"event.lifted",
                              at("2026-03-03 20:00"),
                              {{"declaration", std::string("D1")}, {"until", ms("2026-03-04 00:00")}}});
    CHECK(due(stops, limit(stops, history, "2026-03-04 09:00")) == "2026-03-09 17:30");

    const auto grows = policy_with(
        {{"span", "5 working days"}, {"first_day", "counted"}, {"stretches_on", {{"event", "storm"}, {"percent", 50}}}},
        storm);
    auto other = accepted("2026-03-02 09:00");
    other.events.push_back(declared("2026-03-03 08:00", "2026-03-03 00:00", "2026-03-05 00:00"));
    const auto longer = limit(grows, other, "2026-03-04 09:00");
    CHECK(due(grows, longer) == "2026-03-11 17:30");
    CHECK(told(grows, longer) ==
          "8个工作日（台风红色预警，延长50%），从3月2日起算：2日至6日、9日至11日；最晚3月11日17:"
          "30。");
    // Declared for a time after the limit, or for another kind of event: nothing changes.
    auto unrelated = accepted("2026-03-02 09:00");
    unrelated.events.push_back(declared("2026-03-03 08:00", "2026-03-06 17:30", "2026-03-08 00:00"));
    CHECK(due(grows, limit(grows, unrelated, "2026-03-04 09:00")) == "2026-03-06 17:30");
}

TEST_CASE("a storm that was there before the limit began stops the rest of it; with a pause nothing counts twice") {
    const auto policy = policy_with({{"span", "24 hours"},
                                     {"pauses_on", "ticket.paused"},
                                     {"resumes_on", "ticket.resumed"},
                                     {"stretches_on", {{"event", "storm"}}}},
                                    storm);
    History history = accepted("2026-03-02 09:00");
    history.events.insert(history.events.begin(), declared("2026-03-01 12:00", "2026-03-01 12:00", "2026-03-02 15:00"));
    CHECK(due(policy, limit(policy, history, "2026-03-02 10:00")) == "2026-03-03 15:00");
    history.events.push_back({"ticket.paused", at("2026-03-02 14:00"), {}});
    history.events.push_back({"ticket.resumed", at("2026-03-02 18:00"), {}});
    CHECK(due(policy, limit(policy, history, "2026-03-02 19:00")) == "2026-03-03 18:00");
}

TEST_CASE("a pause of the ticket ends where it is resolved or goes up, another pause does not") {
    const auto by = [](const char* pauses) {
        return policy_with({{"span", "24 hours"},
                            {"stops_on", "ticket.closed"},
                            {"pauses_on", pauses},
                            {"resumes_on", "ticket.resumed"}});
    };
    for (const char* ends : {"ticket.escalated", "ticket.resolved"}) {
        CAPTURE(ends);
        auto history = accepted("2026-03-02 09:00");
        history.events.push_back({"ticket.paused", at("2026-03-02 10:00"), {{"until", ms("2026-03-04 10:00")}}});
        const auto policy = by("ticket.paused");
        CHECK(limit(policy, history, "2026-03-02 11:00").state == DeadlineState::paused);
        history.events.push_back({ends, at("2026-03-02 12:00"), {}});
        const auto goes_on = limit(policy, history, "2026-03-02 13:00");
        CHECK(goes_on.state == DeadlineState::running);
        CHECK(due(policy, goes_on) == "2026-03-03 11:00");
        auto other = accepted("2026-03-02 09:00");
        other.events.push_back({"ticket.proposed", at("2026-03-02 10:00"), {}});
        other.events.push_back({ends, at("2026-03-02 12:00"), {}});
        const auto waits = by("ticket.proposed");
        CHECK(limit(waits, other, "2026-03-02 13:00").state == DeadlineState::paused);
    }
}

TEST_CASE("a limit was missed before the storm was declared: it stays missed") {
    const auto policy = policy_with({{"span", "2 hours"}, {"stretches_on", {{"event", "storm"}}}}, storm);
    auto history = accepted("2026-03-02 09:00");
    history.events.push_back(
        {"deadline.missed",
         at("2026-03-02 11:00"),
         {{"deadline", std::string("limit")}, {"step", std::string("miss")}, {"start_at", ms("2026-03-02 09:00")}}});
    history.events.push_back(declared("2026-03-02 12:00", "2026-03-02 08:00", "2026-03-02 20:00"));
    CHECK(limit(policy, history, "2026-03-02 13:00").state == DeadlineState::missed);
}

TEST_CASE("soft limits and those of the other party are watched, and are no breach of ours") {
    const auto soft = policy_with({{"span", "10 days"}, {"soft", true}});
    const auto missed = limit(soft, accepted("2026-03-02 09:00"), "2026-03-13 00:00");
    CHECK(missed.state == DeadlineState::missed);
    CHECK_FALSE(missed.is_breach());
    const auto theirs = policy_with({{"span", "10 days"}, {"binds", "trader"}});
    CHECK(limit(theirs, accepted("2026-03-02 09:00"), "2026-03-13 00:00").binds == "trader");
    CHECK_FALSE(limit(theirs, accepted("2026-03-02 09:00"), "2026-03-13 00:00").is_breach());
    const auto ours = policy_with({{"span", "10 days"}});
    CHECK(limit(ours, accepted("2026-03-02 09:00"), "2026-03-13 00:00").is_breach());
}

TEST_CASE("a limit may count by a calendar of its own") {
    const auto policy =
        policy_with({{"span", "2 working days"}, {"calendar", "seven_days"}, {"first_day", "counted"}},
                    {{"calendars", {{"seven_days", {{"hours", {{"every day", Json::array({"09:00-21:00"})}}}}}}}});
    CHECK(due(policy, limit(policy, accepted("2026-03-07 10:00"), "2026-03-07 10:00")) == "2026-03-08 21:00");
}

TEST_CASE("a longer limit while a condition holds: the first rule of a name that applies") {
    const auto policy = policy_with({{"span", "48 hours"}, {"when", {{">", {{{"var", "attempts"}}, 0}}}}});
    CHECK(deadlines(policy, accepted("2026-03-02 09:00"), policy.calendar, at("2026-03-02 10:00")).back().name !=
          "limit");
    CHECK(due(policy, limit(policy, accepted("2026-03-02 09:00", {{"attempts", std::int64_t{1}}}),
                            "2026-03-02 10:00")) == "2026-03-04 09:00");
}

TEST_CASE("after a due time at 24:00 the next day is one day after") {
    const auto policy =
        policy_with({{"span", "2 days"}, {"warn", Json::array({{{"name", "again"}, {"after_due", "1 day"}}})}});
    const auto steps = limit(policy, accepted("2026-03-02 09:00"), "2026-03-02 10:00").steps;
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].at == at("2026-03-05 00:00"));
    CHECK(steps[1].at == at("2026-03-06 00:00"));
}

TEST_CASE("what is wrong with these parts is found, with its place and the mend") {
    const auto wrong = [](const Json& deadline, const Json& more, const std::string& pointer,
                          const std::string& words) {
        const auto found = findings(pack_with(deadline, more));
        CAPTURE(found, pointer, words);
        CHECK(found.find(pointer + " ") != std::string::npos);
        CHECK(found.find(words) != std::string::npos);
    };
    const std::string at = "/deadlines/7";
    REQUIRE(read_json_file(templates + "/policies/property-group.json")->at("deadlines").size() == 7);
    wrong({{"span", "2 days"}, {"calendar", "seven"}}, {}, at + "/calendar", "unknown calendar");
    wrong({{"span", "2 days"}, {"customer_limit", {{"fact", "wanted"}}}}, {}, at + "/customer_limit/fact",
          "unknown fact");
    wrong({{"span", "2 days"}, {"customer_limit", {{"fact", "people"}, {"effect", "shorten"}}}}, {},
          at + "/customer_limit/effect", "write one of");
    wrong({{"span", "2 days"}, {"promises_on", {{"event", "ticket.promised"}, {"field", "x"}}}}, {},
          at + "/promises_on/0/event", "unknown event");
    wrong({{"span", "2 days"}, {"extend", {{"roles", "manager"}}}}, {}, at + "/extend/0/roles", "unknown role");
    wrong({{"span", "2 days"}, {"extend", {{"at_most", "same day"}}}}, {}, at + "/extend/at_most", "is no length");
    wrong({{"span", "2 days"}, {"extend", {{"at_most", "9 days"}, {"in_all", "3 days"}}}}, {}, at + "/extend/0/at_most",
          "write the smaller cap");
    wrong({{"span", "2 days"}, {"stretches_on", {{"event", "flood"}}}}, storm, at + "/stretches_on/0/event",
          "unknown declared event");
    wrong({{"span", "same day"}, {"stretches_on", {{"event", "storm"}, {"percent", 50}}}}, storm,
          at + "/stretches_on/0/percent", "no length to grow");
    wrong({{"span", "2 days"}, {"stretches_on", {{"event", "storm"}, {"stops_clock", false}}}}, storm,
          at + "/stretches_on/percent", "stretches nothing");
    wrong({{"span", "2 days"}}, storm, "/declared_events/0", "stretches no limit");
    wrong({{"span", "2 days"}, {"soft", true}, {"miss", Json::array({{{"effect", "set_level"}, {"level", "major"}}})}},
          {}, at + "/miss/0", "a soft limit is reported and no more");
    wrong({{"span", "2 days"},
           {"binds", "trader"},
           {"miss", Json::array({{{"effect", "penalty"}, {"penalty", "late"}}})}},
          {}, at + "/miss/0", "nobody of ours is to pay for it");
    wrong({{"span", "2 days"},
           {"soft", true},
           {"warn", Json::array({{{"name", "later"},
                                  {"after_due", "1 day"},
                                  {"effects", Json::array({{{"effect", "route"}, {"role", "project_centre"}}})}}})}},
          {}, at + "/warn/0/effects/0", "a soft limit is reported and no more");
    const auto duty = [&](const char* key, const char* value) {
        Json json{{"name", "weekly"},         {"title", "周报"},           {"every", "tuesday"},
                  {"role", "quality_centre"}, {"phrase", "duty.reminder"}, {"clause", "property-group/17"}};
        json[key] = value;
        return Json{{"duties", Json::array({json})}};
    };
    wrong({{"span", "2 days"}}, duty("every", "teusday"), "/duties/0/every", "did you mean \"tuesday\"?");
    wrong({{"span", "2 days"}}, duty("at", "24:00"), "/duties/0/at", "no time of the day");
    wrong({{"span", "2 days"}}, duty("role", "boss"), "/duties/0/role", "unknown role");
    wrong({{"span", "2 days"}}, duty("clause", "nowhere"), "/duties/0/clause", "unknown clause");
    wrong({{"span", "2 days"}}, duty("on_day_off", "next day"), "/duties/0/on_day_off", "write one of");
}

TEST_CASE("policy explain tells what moved a limit, what may still move it, and which duties follow") {
    const auto policy = policy_with(
        {{"span", "5 working days"},
         {"first_day", "counted"},
         {"customer_limit", {{"fact", "people"}}},
         {"promises_on", {{"event", "ticket.replied"}, {"field", "promised"}}},
         {"extend", {{"roles", "centre_manager"}, {"times", 1}, {"at_most", "3 working days"}, {"consent", true}}},
         {"stretches_on", {{"event", "storm"}, {"percent", 50}, {"clause", "property-group/T1"}}}},
        {{"declared_events", storm["declared_events"]},
         {"duties", Json::array({{{"name", "weekly"},
                                  {"title", "投诉周报"},
                                  {"every", "tuesday"},
                                  {"role", "quality_centre"},
                                  {"phrase", "duty.reminder"},
                                  {"clause", "property-group/17"}}})}});
    const auto case_json =
        parse_json(R"({"kind":"complaint","category":"housing","opened_at":"2026-03-02T09:00:00+08:00",
        "events":[{"type":"ticket.extended","at":"2026-03-05T10:00:00+08:00","clock":"limit","until":"2026-03-11T17:30:00+08:00"}]})");
    REQUIRE(case_json);
    std::vector<Finding> found;
    const auto what = read_case(*case_json, policy, at("2026-03-02 09:00"), found);
    REQUIRE(found.empty());
    const auto explained = explain(policy, what);
    const auto text = to_text(explained, policy);
    CAPTURE(text);
    for (const char* words :
         {"limit      2026-03-11T17:30:00+08:00 running  [property-group/T1]", "；3月5日10:00批准延期到3月11日17:30；",
          "the customer's own limit (fact people) replaces it",
          "a promise (ticket.replied, field promised) replaces it",
          "may be extended by centre_manager, once, by at most 3 working days, with the customer's consent",
          "storm 台风红色预警 lengthens it by 50%  [property-group/T1]",
          "weekly     2026-03-10T09:00:00+08:00 quality_centre 投诉周报  [property-group/17]",
          "每周二；2026年3月10日；9:00。"})
        CHECK(text.find(words) != std::string::npos);
    const auto json = to_json(explained, policy);
    CHECK(json["duties"][0]["next_at"] == "2026-03-10T09:00:00+08:00");
    CHECK(json["deadlines"].back()["changes"][0]["by"] == "extension");
    CHECK(json["deadlines"].back()["extend"][0]["at_most"] == "3 working days");

    const auto wrong =
        parse_json(R"({"kind":"complaint","events":[{"type":"ticket.extnded","at":"x"},{"type":"ticket.extended"}]})");
    read_case(*wrong, policy, at("2026-03-02 09:00"), found);
    REQUIRE(found.size() == 2);
    CHECK(found[0].text.find("did you mean \"ticket.extended\"?") != std::string::npos);
    CHECK(found[1].pointer == "/events/1/at");
}

TEST_CASE("a limit that counts from a moment told later, and outlives the end, is explained so") {
    const auto policy =
        policy_with({{"span", "2 days"},
                     {"outlives_end", true},
                     {"starts_on", {{"event", "ticket.accepted"}, {"from_fact", "received_at"}}},
                     {"stops_on", "ticket.completed"}},
                    {{"facts", Json::array({{{"name", "received_at"}, {"type", "time"}, {"title", "收到的时间"}}})}});
    const auto& rule = policy.deadlines.back();
    REQUIRE(rule.name == "limit");
    const auto lines = adjustments_in_words(rule, policy);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == "outlives the end: it is owed when the case is closed, too");
    CHECK(lines[1] == "counts from the fact received_at once that is known, until then from ticket.accepted");
    const auto json = adjustments_json(rule);
    CHECK(json.at("outlives_end") == true);
    CHECK(json.at("starts_from").at(0).at("fact") == "received_at");
    // Told as a moment, or as the text of one; told after the end, it still moves the start.
    auto history = accepted("2026-03-02 09:00");
    CHECK(due(policy, limit(policy, history, "2026-03-02 10:00")) == "2026-03-05 00:00");
    history.facts["received_at"] = ms("2026-03-01 15:00");
    CHECK(due(policy, limit(policy, history, "2026-03-02 10:00")) == "2026-03-04 00:00");
    history.facts["received_at"] = std::string("2026-02-28T15:00:00+08:00");
    CHECK(due(policy, limit(policy, history, "2026-03-02 10:00")) == "2026-03-03 00:00");
    history.events.push_back({"ticket.closed", at("2026-03-02 11:00"), {{"to", std::string("closed")}}});
    const auto after = limit(policy, history, "2026-03-02 12:00");
    CHECK(after.state == DeadlineState::running);
    CHECK(limit(policy, history, "2026-03-03 00:00").state == DeadlineState::missed);
}
