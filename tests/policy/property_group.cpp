// The figures that the rules of property-group print, and the readings where they leave room.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "workflow/policy/deadlines.h"
#include "workflow/policy/explain.h"
#include "workflow/policy/pack.h"

using namespace huiyin;

namespace {

const std::string templates = std::string(HUIYIN_SOURCE) + "/templates";
const Policy& group() {
    static const Policy policy = load_policy(templates + "/policies/property-group.json", templates).value();
    return policy;
}

TimePoint at(const std::string& text) {
    const auto day = parse_date(text.substr(0, 10));
    const auto time = parse_clock(text.substr(11));
    REQUIRE(day);
    REQUIRE(time);
    return Zone{}.from_local({*day, *time});
}
std::string when(std::optional<TimePoint> moment) {
    if (!moment) return "none";
    const std::string text = to_rfc3339(*moment);
    return text.substr(0, 10) + " " + text.substr(11, 5);
}

// A history told in lines.
struct Story {
    History history{
        {{"kind", std::string("complaint")}, {"category", std::string("housing")}, {"level", std::string("general")}},
        {}};
    Story& event(const char* type, const std::string& moment, Facts fields = {}) {
        history.events.push_back({type, at(moment), std::move(fields)});
        return *this;
    }
    Story& filed(const std::string& moment) {
        return event("ticket.opened", moment, {{"from", std::string()}, {"to", std::string("filed")}});
    }
    Story& accepted(const std::string& moment) {
        return event("ticket.accepted", moment, {{"from", std::string("filed")}, {"to", std::string("accepted")}});
    }
    Story& moved(const char* type, const std::string& moment, const char* from, const char* to, Facts more = {}) {
        more["from"] = std::string(from);
        more["to"] = std::string(to);
        return event(type, moment, std::move(more));
    }
    Story& is(const char* fact, Fact value) {
        history.facts[fact] = std::move(value);
        return *this;
    }
    std::vector<Deadline> all(const std::string& now) const {
        return deadlines(group(), history, group().calendar, at(now));
    }
    Deadline one(const std::string& name, const std::string& now) const {
        for (auto& deadline : all(now))
            if (deadline.name == name) return deadline;
        FAIL("no deadline " << name);
        return {};
    }
    bool has(const std::string& name, const std::string& now) const {
        for (const auto& deadline : all(now))
            if (deadline.name == name) return true;
        return false;
    }
};

std::vector<std::string> steps(const Deadline& deadline) {
    std::vector<std::string> list;
    for (const auto& step : deadline.steps) list.push_back(step.name + " " + when(step.at));
    return list;
}

Facts complaint(Facts more = {}) {
    more["kind"] = std::string("complaint");
    more["category"] = std::string("housing");
    return more;
}

std::string move_name(const char* state, const char* command, const ActingAs& actor, const Facts& facts,
                      const Facts& given = {}) {
    const auto move = find_move(group(), state, command, actor, facts, given);
    return move ? ((*move)->to.empty() ? std::string("stays") : (*move)->to)
                : move.problem().code + " " + move.problem().clause;
}

}  // namespace

TEST_CASE("T1: accepted Monday morning, due on Friday at closing") {
    const auto handle =
        Story{}.filed("2026-03-02 09:00").accepted("2026-03-02 09:00").one("handle", "2026-03-02 09:00");
    CHECK(when(handle.due_at) == "2026-03-06 17:30");
    CHECK(handle.clause == "property-group/T1");
    CHECK(handle.state == DeadlineState::running);
    CHECK(steps(handle) == std::vector<std::string>{"soon 2026-03-05 17:30", "miss 2026-03-06 17:30"});
    CHECK(when(handle.next_look_at) == "2026-03-05 17:30");
}

TEST_CASE("T1: filed and accepted on Monday after closing, due a week later") {
    const auto handle =
        Story{}.filed("2026-03-02 18:00").accepted("2026-03-02 18:00").one("handle", "2026-03-02 18:00");
    CHECK(when(handle.due_at) == "2026-03-09 17:30");
}

TEST_CASE("acceptance: after one working hour the acceptor, after two the manager, at closing the project centre") {
    const auto accept = Story{}.filed("2026-11-20 21:40").one("accept", "2026-11-20 21:40");
    CHECK(when(accept.due_at) == "2026-11-23 10:30");
    CHECK(accept.clause == "property-group/assumed-1");
    CHECK(steps(accept) ==
          std::vector<std::string>{"remind 2026-11-23 09:30", "miss 2026-11-23 10:30", "same_day 2026-11-23 17:30"});
    CHECK(step_effects(group(), accept, "remind").at(0).field("role") == "acceptor");
    CHECK(step_effects(group(), accept, "miss").at(0).field("role") == "centre_manager");
    CHECK(step_effects(group(), accept, "same_day").at(0).field("role") == "project_centre");
    CHECK(step_effects(group(), accept, "miss").at(0).clause == "property-group/assumed-1");
    // Due exactly at closing: manager and project centre hear of it together.
    CHECK(steps(Story{}.filed("2026-03-02 15:30").one("accept", "2026-03-02 15:30")) ==
          std::vector<std::string>{"remind 2026-03-02 16:30", "miss 2026-03-02 17:30", "same_day 2026-03-02 17:30"});
}

TEST_CASE("a late acceptance gains no time, a timely one recounts") {
    CHECK(when(Story{}.filed("2026-03-02 09:00").one("handle", "2026-03-02 10:00").due_at) == "2026-03-06 17:30");
    CHECK(
        when(Story{}.filed("2026-03-02 16:30").accepted("2026-03-03 09:00").one("handle", "2026-03-03 09:00").due_at) ==
        "2026-03-09 17:30");
    CHECK(
        when(Story{}.filed("2026-03-02 16:30").accepted("2026-03-03 09:30").one("handle", "2026-03-03 09:30").due_at) ==
        "2026-03-09 17:30");
    CHECK(
        when(Story{}.filed("2026-03-02 16:30").accepted("2026-03-03 09:31").one("handle", "2026-03-03 09:31").due_at) ==
        "2026-03-06 17:30");
    const auto accept =
        Story{}.filed("2026-03-02 16:30").accepted("2026-03-03 09:31").one("accept", "2026-03-03 12:00");
    CHECK(accept.state == DeadlineState::missed);
    CHECK_FALSE(accept.next_look_at);
}

TEST_CASE("T1 over Spring Festival is told day by day") {
    const auto handle =
        Story{}.filed("2026-02-12 10:00").accepted("2026-02-12 10:30").one("handle", "2026-02-12 10:30");
    CHECK(when(handle.due_at) == "2026-02-25 17:30");
    CHECK(to_chinese(handle.derivation, group().calendar) ==
          "5个工作日，从2月12日起算：12日、13日、14日（调休上班）、24日、25日；2月15日至23日春节放假；最晚2月25日17:"
          "30。");
}

TEST_CASE("T2: a demand has five working days too, under its own clause") {
    auto story = Story{}.is("kind", std::string("demand")).filed("2026-03-02 09:00").accepted("2026-03-02 09:10");
    CHECK(story.one("handle", "2026-03-02 10:00").clause == "property-group/T2");
    // A complaint that turns out to be a demand follows the demand's rules from then on.
    auto complaint_first = Story{}
                               .filed("2026-03-02 09:00")
                               .accepted("2026-03-02 09:10")
                               .moved("ticket.resolved", "2026-03-03 10:00", "handling", "resolved");
    CHECK(when(complaint_first.one("revisit", "2026-03-03 10:00").due_at) == "2026-03-04 10:00");
    complaint_first.is("kind", std::string("demand"));
    CHECK(when(complaint_first.one("revisit", "2026-03-03 10:00").due_at) == "2026-03-06 10:00");
}

TEST_CASE("T1 missed without an agreed solution: major, and from there the project centre's fifteen days") {
    auto story = Story{}.filed("2026-03-02 09:00").accepted("2026-03-02 09:10");
    CHECK(story.one("handle", "2026-03-06 17:29").state == DeadlineState::running);
    const auto missed = story.one("handle", "2026-03-06 17:30");
    CHECK(missed.state == DeadlineState::missed);
    CHECK(step_effects(group(), missed, "miss").at(0).name == "set_level");
    CHECK(judge_level(group(), complaint({{"overdue", true}})).level == "major");
    CHECK(judge_level(group(), complaint({{"overdue", true}})).reasons.at(0).clause == "property-group/T1");
    CHECK(judge_level(group(), complaint({{"overdue", true}, {"consent", std::string("agreed")}})).level == "general");
    CHECK(judge_level(group(), complaint({{"overdue", true}, {"exempt", true}})).level == "general");
    story
        .event("deadline.missed", "2026-03-06 17:30",
               {{"deadline", std::string("handle")},
                {"step", std::string("miss")},
                {"start_at", to_ms(at("2026-03-02 09:10"))}})
        .moved("ticket.escalated", "2026-03-06 17:30", "accepted", "escalated");
    CHECK(story.one("handle", "2026-03-10 09:00").state == DeadlineState::missed);
    CHECK_FALSE(story.one("handle", "2026-03-10 09:00").next_look_at);
    // Notified at closing: the next working day is day 1.
    CHECK(when(story.one("escalated", "2026-03-06 17:30").due_at) == "2026-03-27 17:30");
    CHECK(story.one("escalated", "2026-03-06 17:30").clause == "property-group/T3");
}

TEST_CASE("T3 counts from acceptance on the day of notice, else from the notice") {
    const auto escalated = [](const char* notice) {
        return Story{}
            .filed("2026-03-02 09:00")
            .accepted("2026-03-02 09:10")
            .moved("ticket.escalated", notice, "handling", "escalated");
    };
    const auto accepted = [](Story story, const char* moment) {
        return story.moved("ticket.accepted", moment, "escalated", "escalated_handling");
    };
    CHECK(when(escalated("2026-03-03 10:00").one("escalated", "2026-03-03 10:00").due_at) == "2026-03-23 17:30");
    CHECK(
        when(accepted(escalated("2026-03-03 10:00"), "2026-03-03 15:00").one("escalated", "2026-03-03 15:00").due_at) ==
        "2026-03-23 17:30");
    CHECK(
        when(accepted(escalated("2026-03-03 10:00"), "2026-03-03 18:00").one("escalated", "2026-03-03 18:00").due_at) ==
        "2026-03-24 17:30");
    CHECK(
        when(accepted(escalated("2026-03-03 10:00"), "2026-03-05 10:00").one("escalated", "2026-03-05 10:00").due_at) ==
        "2026-03-23 17:30");
    CHECK(when(escalated("2026-03-03 17:30").one("escalated", "2026-03-03 17:30").due_at) == "2026-03-24 17:30");
    const auto handle = escalated("2026-03-03 10:00").one("handle", "2026-03-03 10:00");
    CHECK(handle.state == DeadlineState::cancelled);
}

TEST_CASE("T4 and T5: the revisit runs by the clock on the wall") {
    auto story = Story{}
                     .filed("2026-03-02 09:00")
                     .accepted("2026-03-02 09:10")
                     .moved("ticket.resolved", "2026-03-06 18:00", "handling", "resolved");
    const auto revisit = story.one("revisit", "2026-03-06 18:00");
    CHECK(when(revisit.due_at) == "2026-03-07 18:00");
    CHECK(revisit.clause == "property-group/T4");
    CHECK(story.one("handle", "2026-03-06 18:00").state == DeadlineState::missed);  // half an hour late
    CHECK(step_effects(group(), revisit, "miss").at(0).field("role") == "front_desk");
    auto rated = story;
    CHECK(rated.moved("ticket.confirmed", "2026-03-06 19:00", "resolved", "revisiting", {{"fixed", std::string("yes")}})
              .one("revisit", "2026-03-06 19:00")
              .state == DeadlineState::running);
    CHECK(rated.moved("ticket.rated", "2026-03-06 19:05", "revisiting", "closed", {{"score", std::int64_t{5}}})
              .one("revisit", "2026-03-09 09:00")
              .state == DeadlineState::met);
    auto tried = story;
    CHECK(tried.moved("ticket.revisited", "2026-03-07 10:00", "resolved", "resolved", {{"reached", false}})
              .one("revisit", "2026-03-07 10:00")
              .state == DeadlineState::running);
    CHECK(tried.moved("ticket.revisited", "2026-03-07 11:00", "resolved", "closed", {{"reached", true}})
              .one("revisit", "2026-03-09 10:00")
              .state == DeadlineState::met);
}

TEST_CASE("not fixed: the revisit falls away and a new five days begin") {
    auto story =
        Story{}
            .filed("2026-03-02 09:00")
            .accepted("2026-03-02 09:10")
            .moved("ticket.resolved", "2026-03-03 10:00", "handling", "resolved")
            .moved("ticket.confirmed", "2026-03-03 12:00", "resolved", "handling", {{"fixed", std::string("no")}});
    CHECK(story.one("revisit", "2026-03-03 12:00").state == DeadlineState::cancelled);
    CHECK(when(story.one("handle", "2026-03-03 12:00").due_at) == "2026-03-09 17:30");
    CHECK(story.one("handle", "2026-03-03 12:00").state == DeadlineState::running);
    story.moved("ticket.resolved", "2026-03-05 10:00", "handling", "resolved");
    CHECK(when(story.one("revisit", "2026-03-05 10:00").due_at) == "2026-03-06 10:00");
}

TEST_CASE("an exempt complaint has no fixed limit and is never overdue") {
    auto story = Story{}.filed("2026-03-02 09:00").accepted("2026-03-02 09:10").is("exempt", true);
    const auto handle = story.one("handle", "2026-04-02 09:00");
    CHECK(handle.exempt);
    CHECK_FALSE(handle.due_at);
    CHECK(handle.state == DeadlineState::running);
    CHECK_FALSE(handle.next_look_at);
    CHECK(handle.clause == "property-group/assumed-9");
}

TEST_CASE("a pause stands still, by its end or until it is resumed") {
    const auto paused = [](Facts fields) {
        return Story{}
            .filed("2026-03-02 09:00")
            .accepted("2026-03-02 09:10")
            .event("ticket.paused", "2026-03-03 10:00", std::move(fields));
    };
    auto open = paused({});
    CHECK(open.one("handle", "2026-03-05 15:00").state == DeadlineState::paused);
    CHECK(when(open.one("handle", "2026-03-05 15:00").due_at) == "2026-03-10 17:30");
    open.event("ticket.resumed", "2026-03-05 15:00");
    CHECK(when(open.one("handle", "2026-03-06 09:00").due_at) == "2026-03-10 17:30");
    CHECK(open.one("handle", "2026-03-06 09:00").state == DeadlineState::running);
    auto until = paused({{"until", std::string("2026-03-05T15:00:00+08:00")}});
    CHECK(when(until.one("handle", "2026-03-04 09:00").due_at) == "2026-03-10 17:30");
    CHECK(when(until.one("handle", "2026-03-04 09:00").next_look_at) == "2026-03-05 15:00");
    CHECK(until.one("handle", "2026-03-06 09:00").state ==
          DeadlineState::running);  // nobody resumed it: it ran on by itself
    CHECK(when(until.one("handle", "2026-03-06 09:00").due_at) == "2026-03-10 17:30");
    CHECK(until.one("accept", "2026-03-04 09:00").state == DeadlineState::met);
}

TEST_CASE("an extension moves the due time and never back") {
    auto story = Story{}
                     .filed("2026-03-02 09:00")
                     .accepted("2026-03-02 09:10")
                     .event("ticket.extended", "2026-03-04 10:00",
                            {{"clock", std::string("handle")}, {"until", to_ms(at("2026-03-11 17:30"))}});
    CHECK(when(story.one("handle", "2026-03-06 18:00").due_at) == "2026-03-11 17:30");
    CHECK(story.one("handle", "2026-03-06 18:00").extended_to);
    CHECK(story.one("handle", "2026-03-06 18:00").state == DeadlineState::running);
    story.history.events.back().fields =
        Facts{{"clock", std::string("handle")}, {"until", to_ms(at("2026-03-05 10:00"))}};
    CHECK(when(story.one("handle", "2026-03-05 18:00").due_at) == "2026-03-06 17:30");
}

TEST_CASE("the customer has two working days to answer a proposal, each proposal anew") {
    auto story = Story{}
                     .filed("2026-03-02 09:00")
                     .accepted("2026-03-02 09:10")
                     .moved("ticket.proposed", "2026-03-03 10:00", "handling", "awaiting_consent");
    const auto consent = story.one("consent", "2026-03-03 10:00");
    CHECK(steps(consent) == std::vector<std::string>{"remind 2026-03-04 17:30", "miss 2026-03-05 17:30"});
    CHECK(consent.clause == "property-group/T6");
    story.moved("ticket.consented", "2026-03-03 11:00", "awaiting_consent", "handling",
                {{"answer", std::string("small_gap")}});
    CHECK(story.one("consent", "2026-03-03 11:00").state == DeadlineState::met);
    story.moved("ticket.proposed", "2026-03-05 10:00", "handling", "awaiting_consent");
    CHECK(when(story.one("consent", "2026-03-05 10:00").due_at) == "2026-03-09 17:30");
    // A proposal that is under internal review asks nobody yet.
    CHECK_FALSE(Story{}
                    .filed("2026-03-02 09:00")
                    .moved("ticket.proposed", "2026-03-03 10:00", "escalated_handling", "internal_review")
                    .has("consent", "2026-03-03 10:00"));
}

TEST_CASE("what was said once is not said again, and a withdrawn ticket owes nothing") {
    auto story = Story{}.filed("2026-03-02 09:00");
    const auto start = to_ms(at("2026-03-02 09:00"));
    CHECK(when(story.one("accept", "2026-03-02 12:00").next_look_at) == "2026-03-02 10:00");
    story.event("deadline.warned", "2026-03-02 10:00",
                {{"deadline", std::string("accept")}, {"step", std::string("remind")}, {"start_at", start}});
    CHECK(when(story.one("accept", "2026-03-02 12:00").next_look_at) == "2026-03-02 11:00");
    story.event("deadline.missed", "2026-03-02 11:00",
                {{"deadline", std::string("accept")}, {"step", std::string("miss")}, {"start_at", start}});
    CHECK(when(story.one("accept", "2026-03-02 12:00").next_look_at) == "2026-03-02 17:30");
    story.moved("ticket.withdrawn", "2026-03-02 13:00", "filed", "withdrawn");
    for (const auto& deadline : story.all("2026-04-01 09:00")) {
        CHECK_FALSE(deadline.next_look_at);
        CHECK((deadline.state == DeadlineState::cancelled || deadline.state == DeadlineState::missed));
    }
}

TEST_CASE("recomputed at any later moment, a deadline that was kept stays as it was") {
    const auto seed = GENERATE(take(50, random(0, 1'000'000)));
    CAPTURE(seed);
    const TimePoint filed = at("2026-01-05 00:00") + std::chrono::minutes{seed % (300 * 1440)};
    Story story;
    story.history.events.push_back({"ticket.opened", filed, {{"to", std::string("filed")}}});
    story.history.events.push_back({"ticket.accepted",
                                    filed + std::chrono::minutes{seed % 600},
                                    {{"from", std::string("filed")}, {"to", std::string("accepted")}}});
    const auto first = deadlines(group(), story.history, group().calendar, story.history.events.back().at);
    for (const int hours : {1, 30, 300, 5000}) {
        const auto later = deadlines(group(), story.history, group().calendar, filed + std::chrono::hours{hours});
        REQUIRE(later.size() == first.size());
        for (std::size_t i = 0; i < first.size(); ++i) {
            CHECK(later[i].due_at == first[i].due_at);
            CHECK(later[i].derivation == first[i].derivation);
        }
    }
}

TEST_CASE("levels: two thousand yuan itself is major") {
    const auto level = [](Facts facts) { return judge_level(group(), complaint(std::move(facts))).level; };
    CHECK(level({{"amount_yuan", std::int64_t{2000}}}) == "major");
    CHECK(level({{"amount_yuan", 1999.99}}) == "general");
    CHECK(level({{"purchase_yuan", std::int64_t{9000}}}) == "general");
    CHECK(level({{"media", true}}) == "major");
    CHECK(level({{"lawsuit", true}}) == "major");
    CHECK(level({{"group", true}}) == "major");
    CHECK(level({}) == "general");
    CHECK(judge_level(group(), {{"kind", std::string("demand")}, {"amount_yuan", std::int64_t{9000}}}).level ==
          "general");
    CHECK(judge_level(group(), complaint({{"amount_yuan", std::int64_t{2000}}, {"media", true}})).reasons.size() == 2);
}

TEST_CASE("who handles what") {
    const auto handler = [](const char* kind, const char* category) {
        return handler_route(group(), {{"kind", std::string(kind)}, {"category", std::string(category)}})->role;
    };
    CHECK(handler("complaint", "housing") == "engineering");
    CHECK(handler("complaint", "equipment") == "engineering");
    CHECK(handler("complaint", "order") == "order");
    CHECK(handler("complaint", "environment") == "environment");
    CHECK(handler("complaint", "service") == "centre_manager");
    CHECK(handler("demand", "consultation") == "front_desk");
    CHECK(find_route(group(), complaint({{"state", std::string("filed")}}))->role == "front_desk");
    CHECK(find_route(group(), complaint({{"state", std::string("escalated")}}))->role == "project_centre");
    CHECK(find_route(group(), complaint({{"state", std::string("handling")}}))->role == "engineering");
}

TEST_CASE("the consent round: three answers, for complaint and demand, twice when escalated") {
    const ActingAs customer{"customer"};
    const auto answer = [&](const char* state, const char* kind, const char* said, Facts more = {}) {
        more["kind"] = std::string(kind);
        return move_name(state, "consent", customer, more, {{"answer", std::string(said)}});
    };
    CHECK(answer("awaiting_consent", "complaint", "agreed") == "handling");
    CHECK(answer("awaiting_consent", "complaint", "small_gap") == "handling");
    const auto apart = find_move(group(), "awaiting_consent", "consent", customer, complaint(),
                                 {{"answer", std::string("irreconcilable")}});
    REQUIRE(apart);
    CHECK((*apart)->effects.at(0).name == "run");
    CHECK((*apart)->effects.at(0).field("command") == "escalate");
    CHECK(answer("awaiting_consent", "demand", "irreconcilable") == "not_provided");
    CHECK(answer("escalated_consent", "complaint", "agreed", {{"reviews", std::int64_t{1}}}) == "escalated_handling");
    CHECK(answer("escalated_consent", "complaint", "small_gap", {{"reviews", std::int64_t{1}}}) ==
          "escalated_handling");
    CHECK(answer("escalated_consent", "complaint", "small_gap", {{"reviews", std::int64_t{2}}}) == "external_review");
    CHECK(answer("escalated_consent", "complaint", "irreconcilable", {{"reviews", std::int64_t{1}}}) ==
          "external_review");
    CHECK(answer("handling", "complaint", "agreed") == "ticket.not_allowed property-group/11");
}

TEST_CASE("what property-group refuses, with the clause that says so") {
    const Facts facts = complaint();
    CHECK(move_name("filed", "reject", {"front_desk", "staff"}, facts) == "ticket.not_allowed property-group/3");
    CHECK(move_name("handling", "extend", {"centre_manager", "staff"}, facts) ==
          "ticket.not_allowed property-group/T1");
    CHECK(find_move(group(), "handling", "extend", {"staff"}, facts).problem().text.find("免时限") !=
          std::string::npos);
    CHECK(move_name("filed", "accept", {"order", "staff"}, facts) == "ticket.wrong_role property-group/8");
    CHECK(move_name("filed", "accept", {"quality_centre", "staff"}, facts) == "ticket.wrong_role property-group/8");
    CHECK(move_name("filed", "resolve", {"owner", "staff"}, facts) == "ticket.not_allowed property-group/11");
    CHECK(move_name("awaiting_consent", "resolve", {"owner", "staff"}, facts) ==
          "ticket.not_allowed property-group/11");
    CHECK(move_name("escalated_handling", "resolve", {"owner"}, facts) ==
          "ticket.not_allowed property-group/11-review");
    CHECK(move_name("escalated_handling", "resolve", {"owner"}, complaint({{"consent", std::string("agreed")}})) ==
          "resolved");
    CHECK(move_name("handling", "resolve", {"owner"}, complaint({{"consent", std::string("small_gap")}})) ==
          "ticket.not_allowed property-group/11");
    CHECK(move_name("handling", "escalate", {"owner"}, {{"kind", std::string("demand")}}) ==
          "ticket.not_allowed property-group/10");
    const Facts exempt{{"flags", std::vector<std::string>{"exempt"}}};
    CHECK(move_name("handling", "classify", {"owner", "staff"}, facts, exempt) ==
          "ticket.wrong_role property-group/assumed-9");
    CHECK(move_name("handling", "classify", {"project_centre", "staff"}, facts, exempt) == "stays");
}

TEST_CASE("fixed, rating, revisit, reopening, withdrawing") {
    const ActingAs customer{"customer"};
    const Facts facts = complaint();
    const auto given = [](const char* name, Fact value) { return Facts{{name, std::move(value)}}; };
    CHECK(move_name("resolved", "confirm", customer, facts, given("fixed", std::string("yes"))) == "revisiting");
    CHECK(move_name("resolved", "confirm", customer, facts, given("fixed", std::string("partly"))) == "handling");
    CHECK(move_name("resolved", "confirm", customer, facts, given("fixed", std::string("no"))) == "handling");
    CHECK(move_name("resolved", "confirm", customer, complaint({{"escalated", true}}),
                    given("fixed", std::string("no"))) == "escalated_handling");
    for (const std::int64_t score : {3, 4, 5})
        CHECK(move_name("revisiting", "rate", customer, facts, given("score", score)) == "closed");
    for (const std::int64_t score : {1, 2})
        CHECK(move_name("revisiting", "rate", customer, facts, given("score", score)) == "handling");
    const auto low = find_move(group(), "revisiting", "rate", customer, facts, given("score", std::int64_t{1}));
    REQUIRE(low);
    CHECK(std::any_of((*low)->effects.begin(), (*low)->effects.end(), [](const Effect& effect) {
        return effect.name == "task" && effect.field("role") == "centre_manager";
    }));
    const ActingAs desk{"front_desk", "staff"};
    CHECK(move_name("resolved", "revisit", desk, facts, {{"reached", true}, {"score", std::int64_t{4}}}) == "closed");
    CHECK(move_name("resolved", "revisit", desk, facts, {{"reached", true}}) == "closed");
    CHECK(move_name("resolved", "revisit", desk, facts, {{"reached", true}, {"score", std::int64_t{2}}}) == "handling");
    CHECK(move_name("resolved", "revisit", desk, complaint({{"attempts", std::int64_t{1}}}), {{"reached", false}}) ==
          "stays");
    CHECK(move_name("resolved", "revisit", desk, complaint({{"attempts", std::int64_t{2}}}), {{"reached", false}}) ==
          "closed");
    CHECK(move_name("closed", "revisit", desk, facts, {{"reached", true}, {"score", std::int64_t{5}}}) == "stays");
    CHECK(move_name("closed", "reopen", customer, complaint({{"days_since_closed", std::int64_t{29}}})) == "handling");
    CHECK(move_name("closed", "reopen", customer, complaint({{"days_since_closed", std::int64_t{30}}})) ==
          "ticket.not_allowed property-group/assumed-7");
    CHECK(move_name("awaiting_consent", "withdraw", customer, facts) == "withdrawn");
    CHECK(move_name("closed", "withdraw", customer, facts) == "ticket.not_allowed property-group/assumed-12");
}

TEST_CASE("the commands open to each, once each") {
    const auto names = [](const char* state, const ActingAs& actor, const Facts& facts) {
        std::vector<std::string> list;
        for (const Move* move : open_moves(group(), state, actor, facts)) list.push_back(move->command);
        return list;
    };
    CHECK(names("filed", {"front_desk", "staff"}, complaint()) ==
          std::vector<std::string>{"accept", "urge", "classify", "withdraw", "merge", "note", "reply", "complete"});
    CHECK(names("awaiting_consent", {"customer"}, complaint()) ==
          std::vector<std::string>{"urge", "consent", "withdraw"});
    CHECK(names("resolved", {"customer"}, complaint()) == std::vector<std::string>{"confirm", "reopen", "withdraw"});
}

TEST_CASE("explain: a complaint over 2500 yuan, from the desk to the project centre") {
    std::vector<Finding> findings;
    const auto what = read_case(
        *parse_json(
            R"({"kind":"complaint","category":"housing","amount_yuan":2500,"opened_at":"2026-03-02T09:00:00+08:00"})"),
        group(), at("2026-01-01 00:00"), findings);
    REQUIRE(findings.empty());
    const Json told = to_json(explain(group(), what), group());
    CHECK(told["level"]["key"] == "major");
    CHECK(told["level"]["because"][0]["clause"] == "property-group/6");
    CHECK(told["accept"]["role"] == "front_desk");
    CHECK(told["owner"]["role"] == "project_centre");
    CHECK(told["owner"]["clause"] == "property-group/8");
    CHECK(told["revisit"]["stratum"] == "complaint");
    std::map<std::string, std::string> due;
    for (const auto& deadline : told["deadlines"]) due[deadline["clock"]] = deadline.value("due_at", "not begun");
    CHECK(due == std::map<std::string, std::string>{{"accept", "2026-03-02T11:00:00+08:00"},
                                                    {"handle", "2026-03-06T17:30:00+08:00"},
                                                    {"escalated", "2026-03-20T17:30:00+08:00"},
                                                    {"revisit", "not begun"},
                                                    {"consent", "not begun"}});
    CHECK(to_text(explain(group(), what), group()).find("property-group/T3") != std::string::npos);
}

TEST_CASE("explain: the plain case, and what is wrong with a case") {
    std::vector<Finding> findings;
    const auto what =
        read_case(*parse_json(R"({"kind":"demand","category":"basic"})"), group(), at("2026-03-02 18:00"), findings);
    REQUIRE(findings.empty());
    const auto told = explain(group(), what);
    CHECK(told.level.level == "general");
    CHECK(told.owner_role == "front_desk");
    CHECK(when(told.deadlines.at(1).deadline->due_at) == "2026-03-09 17:30");
    CHECK(told.deadlines.at(1).rule.clause == "property-group/T2");

    read_case(*parse_json(R"({"kind":"complain","amount_yuan":"many","opened_at":"yesterday","catgory":"x"})"), group(),
              at("2026-03-02 18:00"), findings);
    std::vector<std::string> pointers;
    for (const auto& finding : findings) pointers.push_back(finding.pointer);
    std::sort(pointers.begin(), pointers.end());
    CHECK(pointers == std::vector<std::string>{"/amount_yuan", "/catgory", "/kind", "/opened_at"});
    CHECK(list_facts(group()).find("amount_yuan") != std::string::npos);
}
