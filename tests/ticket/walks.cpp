// What did nobody think of? Random walks through property-group: whatever is asked, in any order and at any time, the
// events tell the whole story, and nobody ends up where the policy does not lead.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "workflow/policy/pack.h"
#include "workflow/policy/quick_rule.h"
#include "workflow/policy/running.h"
#include "workflow/ticket/chain.h"
#include "workflow/ticket/decide.h"
#include "workflow/ticket/due_facts.h"
#include "workflow/ticket/evolve.h"

using namespace huiyin;
using nlohmann::json;

namespace {

const Policy& property_group() {
    static const Policy policy = [] {
        auto loaded = load_policy(HUIYIN_SOURCE "/templates/policies/property-group.json", HUIYIN_SOURCE "/templates");
        if (!loaded) throw std::runtime_error(loaded.problem().text);
        return std::move(*loaded);
    }();
    return policy;
}

// The pack without what was found when it was loaded.
const Policy& as_written() {
    static const Policy policy = [] {
        auto plain = property_group();
        for (auto& move : plain.moves) move.leaves = 0;
        for (auto& rule : plain.deadlines) {
            rule.concerned = rule.begun_by = rule.ended_by = 0;
            rule.alone = false;
            for (auto& start : rule.starts_on) start.kind = 0;
            for (auto* stops : {&rule.stops_on, &rule.cancels_on, &rule.pauses_on, &rule.resumes_on})
                for (auto& stop : *stops) stop.kind = 0;
        }
        return plain;
    }();
    return policy;
}

class Walk {
public:
    explicit Walk(unsigned seed) : random_(seed), now_(from_ms(1772413200000)) {
        for (const auto& role : property_group().roles)
            context_.unit_of[role] = UnitId{role == "project_centre" ? 2 : 3};
        context_.nobody_unit = UnitId{1};
        Ticket filed;
        filed.id = TicketId{1};
        filed.number = "T20260302-" + std::to_string(seed % 1000);
        filed.kind = chance(70) ? "complaint" : "demand";
        filed.category = filed.kind == "complaint" ? one_of({"housing", "equipment", "order", "environment", "service"})
                                                   : one_of({"consultation", "special", "dispute", "other"});
        filed.unit = UnitId{3};
        filed.customer = PersonId{8};
        filed.details = TextId{9};
        filed.conversation = ConversationId{10};
        if (chance(20)) filed.amount_fen = 150'000 + 100'000 * pick(2);
        if (chance(10)) filed.flags.insert("emergency"), filed.emergency = "lift";
        if (chance(10)) filed.flags.insert("media");
        take(decide_open(filed, resident(filed.customer), property_group(), context_, now_).value());
    }
    void step() {
        now_ += std::chrono::minutes{pick(3) == 0 ? pick(6 * 24 * 60) : pick(90)};
        context_.has_chat = !chance(5);
        if (chance(60)) take(decide_due(ticket, property_group(), context_, now_));
        const auto given = command();
        auto decision = decide(ticket, given, property_group(), context_, now_);
        const auto plain = decide(ticket, given, as_written(), context_, now_);
        CHECK((decision ? decision->events == plain.value().events : decision.problem() == plain.problem()));
        if (decision)
            take(std::move(*decision));
        else
            refused(decision.problem());
    }

    Ticket ticket;
    std::vector<Event> events;
    int refusals = 0;

private:
    int pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
    bool chance(int percent) { return pick(100) < percent; }
    std::string one_of(std::vector<std::string> list) {
        return list[static_cast<std::size_t>(pick(static_cast<int>(list.size())))];
    }

    void take(Decision decision) {
        for (auto& event : decision.events) {
            event.id = EventId{static_cast<std::int64_t>(events.size()) + 1};
            context_.history.push_back(history_of(event));
            ticket = evolve(std::move(ticket), event);
            events.push_back(event);
        }
        ticket.id = TicketId{1};
        ticket.deadlines = projected(deadlines_of(ticket, property_group(), context_, now_));
        for (const auto& owed : decision.owed) {
            CHECK(owed.sequence >= 1);
            CHECK(owed.sequence <= ticket.version);
        }
        look_at_due_facts();
        look_at_what_was_found();
    }
    // The few facts that deadlines look at give the same deadlines as all facts do.
    void look_at_due_facts() {
        static const DueFacts due_facts(property_group());
        due_facts.write(few_, ticket, context_, now_);
        const auto by_few =
            projected(deadlines(property_group(), few_, context_.history, property_group().calendar, now_));
        CHECK(by_few == ticket.deadlines);
        CHECK(few_.size() < facts_of(ticket, property_group(), context_, now_).size());
    }
    // And those that levels look at, the same level.
    void look_at_level_facts(const Facts& all) {
        auto names = bit_of("kind");
        for (const auto& level : property_group().levels)
            for (const auto& reason : level.any_of) names |= names_in(reason.when);
        CHECK(write_some_facts(few_, names, ticket, property_group(), context_, now_));
        CHECK(judge_level(property_group(), few_).level == judge_level(property_group(), all).level);
        CHECK(few_.size() < all.size());
    }
    // What was found when the pack was loaded, and when an event was made, changes no answer; and those deadlines that
    // go on are those of all that have not stopped.
    void look_at_what_was_found() {
        auto plain = context_.history;
        for (auto& event : plain) event.kind_and_end = 0;
        const auto& calendar = property_group().calendar;
        const auto facts = facts_of(ticket, property_group(), context_, now_);
        look_at_level_facts(facts);
        auto all = deadlines(as_written(), facts, plain, calendar, now_);
        CHECK(projected(all) == ticket.deadlines);
        std::erase_if(all, [](const Deadline& each) { return each.stopped_at.has_value(); });
        const auto go_on = running_deadlines(property_group(), facts, context_.history, calendar, now_);
        CHECK(projected(go_on) == projected([&] {
                  auto told = all;  // whoever asks for them alone is not told the clause
                  for (auto& each : told) each.clause.clear();
                  return told;
              }()));
        CHECK(next_look(ticket, go_on, property_group(), context_) == next_look(ticket, all, as_written(), context_));
        for (const auto& each : all)
            CHECK(due_named(each.name, property_group(), facts, context_.history, calendar, now_) == each.due_at);
    }
    void refused(const Problem& problem) {
        ++refusals;
        const bool known = problem.code == "ticket.not_allowed" || problem.code == "ticket.wrong_role" ||
                           problem.code == "ticket.bad_field" || problem.code == "ticket.own_ticket";
        CHECK(known);
        CHECK_FALSE(problem.text.empty());
    }
    Command command() {
        const auto& list = command_list();
        Command given;
        given.name = list[static_cast<std::size_t>(pick(static_cast<int>(list.size())))].name;
        const bool by_customer = chance(35);
        given.by = by_customer ? resident(ticket.customer) : staff(StaffId{20 + pick(4)});
        if (by_customer) {
            given.roles = {"customer"};
        } else {
            given.roles = {one_of({"front_desk", "engineering", "centre_manager", "project_centre", "quality_centre"}),
                           "staff"};
            if (chance(60)) given.roles.push_back("owner");
            if (chance(60)) given.roles.push_back("assignee");
            if (chance(80)) given.means = one_of({"phone", "visit"});
        }
        // Most walks go on for long, and along the main road.
        if (chance(50) || ends(given.name))
            given.name = one_of({"accept", "assign", "propose", "consent", "resolve", "confirm", "rate"});
        given.fields = fields_for(given.name);
        return given;
    }
    bool ends(const std::string& name) {
        return (name == "withdraw" || name == "merge" || name == "terminate") && !chance(15);
    }
    json fields_for(const std::string& name) {
        json fields = json::object();
        for (const auto& field : find_command(name)->fields) {
            if (!field.required && chance(60)) continue;
            if (field.type == "text" || field.type == "ticket") fields[field.name] = "话";
            if (field.type == "person") fields[field.name] = std::to_string(20 + pick(4));
            if (field.type == "integer") fields[field.name] = 1 + pick(6);
            if (field.type == "boolean") fields[field.name] = chance(50);
            if (field.type == "time") fields[field.name] = to_ms(now_ + std::chrono::hours{pick(300) - 20});
            if (field.type == "choice" && !field.choices.empty()) fields[field.name] = one_of(field.choices);
            if (field.type == "flags")
                fields[field.name] = json::array({one_of({"exempt", "group", "unreasonable", "safety"})});
        }
        if (fields.contains("role")) fields["role"] = one_of({"order", "engineering"});
        if (fields.contains("kind")) fields["kind"] = one_of({"complaint", "demand"});
        if (fields.contains("category")) fields["category"] = one_of({"housing", "other"});
        if (fields.contains("level")) fields["level"] = one_of({"general", "major"});
        if (fields.contains("step")) fields["step"] = one_of({"visit", "revisit", "remedy_revisit", "call_customer"});
        if (name == "merge") fields["into"] = "77";
        return fields;
    }

    std::mt19937 random_;
    TimePoint now_;
    DecideContext context_;
    Facts few_;
};

}  // namespace

TEST_CASE("whatever is asked, replaying the events gives the same ticket") {
    const auto seed = GENERATE(values({192522}), take(200, random(0, 1'000'000)));
    CAPTURE(seed);
    Walk walk(static_cast<unsigned>(seed));
    for (int i = 0; i < 60; ++i) walk.step();

    auto again = replay(walk.ticket.id, walk.events);
    again.deadlines = walk.ticket.deadlines;  // projections of the engine
    CHECK(again == walk.ticket);

    // And through their kept text, as after a restart.
    std::string previous = first_hash;
    std::vector<Event> read_back;
    for (const auto& event : walk.events) {
        const auto stored = chained(event, previous, Zone{});
        previous = stored.hash;
        read_back.push_back(event_from_text(stored.text));
    }
    auto from_text = replay(walk.ticket.id, read_back);
    from_text.deadlines = walk.ticket.deadlines;
    CHECK(from_text == walk.ticket);
    CHECK(ticket_from_json(to_json_value(walk.ticket)) == walk.ticket);

    TimePoint before{};
    for (std::size_t i = 0; i < walk.events.size(); ++i) {
        CHECK(walk.events[i].sequence == static_cast<std::int64_t>(i) + 1);
        CHECK(walk.events[i].at >= before);
        before = walk.events[i].at;
    }
    CHECK(property_group().state(walk.ticket.state)->phase == walk.ticket.phase);
}

TEST_CASE("no silent closure: whoever is closed has spoken, or was asked and tried") {
    const auto seed = GENERATE(take(200, random(0, 1'000'000)));
    CAPTURE(seed);
    Walk walk(static_cast<unsigned>(seed));
    for (int i = 0; i < 60 && walk.ticket.phase != Phase::closed; ++i) walk.step();
    if (walk.ticket.phase != Phase::closed) return;
    const auto spoke = std::any_of(walk.events.begin(), walk.events.end(), [](const Event& event) {
        return event.type == "ticket.confirmed" || event.type == "ticket.rated" || event.type == "ticket.revisited";
    });
    CHECK(spoke);
    CHECK(walk.ticket.closed_at);
}

TEST_CASE("time alone does not do a thing twice") {
    const auto seed = GENERATE(take(100, random(0, 1'000'000)));
    CAPTURE(seed);
    Walk walk(static_cast<unsigned>(seed));
    for (int i = 0; i < 30; ++i) walk.step();
    std::map<std::string, int> recorded;
    for (const auto& event : walk.events)
        if (event.type == "deadline.warned" || event.type == "deadline.missed")
            CHECK(++recorded[event.data.dump()] == 1);
}

TEST_CASE("the walks get everywhere, or they would prove little") {
    std::set<std::string> phases, types;
    for (unsigned seed = 0; seed < 300; ++seed) {
        Walk walk(seed);
        for (int i = 0; i < 60; ++i) {
            walk.step();
            phases.insert(to_text(walk.ticket.phase));
        }
        for (const auto& event : walk.events) types.insert(event.type);
        CHECK(walk.refusals > 0);
    }
    CHECK(phases == std::set<std::string>{"open", "accepted", "working", "deciding", "resolved", "revisiting", "closed",
                                          "withdrawn", "merged", "terminated"});
    for (const char* type : {"ticket.escalated", "ticket.paused", "ticket.resumed", "ticket.rated", "ticket.reopened",
                             "deadline.warned", "deadline.missed", "question.put_off", "question.repeated",
                             "revisit.drawn", "task.opened", "ticket.level_changed", "emergency.kept_alive"})
        CHECK(types.count(type) == 1);
}
