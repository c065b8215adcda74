// A loaded policy pack: the rule book of an organisation as plain values, in the language of the pack.
// Pure. A Policy is never changed after loading; share it as std::shared_ptr<const Policy>. Threads: any.
//
// How the rooms use it: `workflow/ticket` finds the move for a command, writes its event, collects the effects whose
// `when` holds; `workflow/engine` carries the effects out. Nothing about a single policy is written in code.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/base/result.h"
#include "workflow/policy/adjustments.h"
#include "workflow/policy/calendar.h"
#include "workflow/policy/duty.h"
#include "workflow/policy/fact.h"
#include "workflow/policy/span.h"

namespace huiyin {

// Where a ticket stands in the life that every policy shares. The order is the order of that life.
enum class Phase {
    open,
    accepted,
    working,
    deciding,
    resolved,
    revisiting,
    closed,
    rejected,
    withdrawn,
    merged,
    terminated
};
[[nodiscard]] constexpr bool is_end(Phase phase) { return phase >= Phase::closed; }
const std::string& to_text(Phase phase);
std::optional<Phase> phase_named(std::string_view name);

// clang-format off
// What must follow. A closed set; `when` is asked of the facts *after* the event (the command's fields as "given").
// Fields are texts; those in [] may be absent.
//
// name        fields                          who, what
// tell        phrase                          engine: outbox row to the customer and to every supporter
// notify      phrase, role, [unit]            engine: push to the staff who hold the role (a card where the channel has them)
// page        phrase, role, [unit]            engine: the same as kind `emergency`, first in every queue; event emergency.paged
// ask_consent [phrase]                        engine: prompt agreed / small_gap / irreconcilable to the customer
// ask_fixed   [phrase]                        engine: prompt yes / partly / no, within Surveys.from-until, else at the next `from`
// ask_rating  [phrase]                        engine: prompt 1-5 under the survey limits; suppressed -> Surveys.suppressed
// task        task, role, [unit], [phrase],   engine: a duty on the work list of a role, due with that deadline; event
//             [deadline], [means]             task.opened; with a phrase the role is told at once
// sample      revisit                         engine: draws whether this ticket is visited in person (revisit.h) and opens
//                                             Revisit.task, or drops it when a later draw no longer wants it
// route       [role], [unit]                  decide: owner role and unit anew: by the routes, or as written; "given" takes
//                                             the command's fields of that name, if there; the assignee is released
// assign      to                              decide: "actor" (who gave the command), "given" (its field assignee), "nobody"
// set_level   level                           decide: ticket.level_changed with the effect's clause, never downwards
// set_flag    flag                            decide: added to the flags
// clear       fact                            decide: "consent", "fixed", "score": forgotten, a new round begins
// run         command                         decide: the same unit of work goes on with that command, as actor "policy"
//
// `role`: a role of the directory (front_desk …), or "owner" (who owns the ticket now), "assignee" (falls back to owner),
// "acceptor" (Policy.accept_role), "handler" (the role that the routes without states name: the field of work).
// `unit`: "nearest" (default: the ticket's unit, or the nearest above it where somebody holds the role) or "own".
// clang-format on
struct Effect {
    std::string name;
    std::map<std::string, std::string, std::less<>> fields;
    Rule when;
    std::string clause;
    std::string field(std::string_view key) const;  // "" if absent
};
using Effects = std::vector<Effect>;

struct EffectInfo {
    std::string name;
    std::vector<std::string> required, optional;  // fields
};
const std::vector<EffectInfo>& known_effects();

struct Clause {
    std::string id;       // "property-group/T1"
    std::string text;     // what it says, short, for staff and customers
    bool printed = true;  // false: a reading or assumption of the pack, marked as such wherever it is shown
    friend bool operator==(const Clause&, const Clause&) = default;
};

struct Category {
    std::string key, title, about, clause;  // about: the definition
};

struct Kind {
    std::string key, title, about, clause;
    std::vector<Category> categories;
};

struct LevelReason {  // one rule that makes a case this severe
    Rule when;
    std::string because;  // "涉及金额达到2000元"
    std::string clause;
};

struct Level {
    std::string key, title, clause;
    int rank = 0;                     // higher = more severe
    std::vector<std::string> kinds;   // only for these; empty = all
    std::vector<LevelReason> any_of;  // empty: the level of a case that no other level claims
    Effects effects;                  // once, when a ticket reaches this level
};

struct State {
    std::string key, title;
    Phase phase = Phase::open;
    std::string about;  // what the customer is told about it: "已受理,正在安排人处理"
};

struct MoveField {  // of a command, beyond the types that the interface fixes
    std::string name, title;
    std::string type;  // text, integer, number, boolean, time, choice, person, unit
    bool required = false;
    std::vector<std::string> choices;
};

// One thing that may be done, and what follows.
struct Move {
    std::string command;            // one of the interface's; "open" for Policy.opening
    std::string title;              // on the button: "受理"
    std::vector<std::string> from;  // states, phases or "*" (every state of a phase that is no end)
    std::string to;                 // state; empty = it stays where it is
    std::vector<std::string>
        roles;  // directory roles, or "customer", "policy", "owner", "assignee", "staff" (anyone of them)
    Rule when;
    std::vector<MoveField> fields;
    Effects effects;
    bool refused = false;     // this policy knows the command and says no: refuse_text and clause answer it
    std::string refuse_text;  // told when `when` does not hold, or when refused
    std::string clause;
};

// When a deadline begins (again): the latest matching event counts; a new one recounts the span from there.
struct DeadlineStart {
    std::string event;  // "ticket.accepted"
    Rule when;          // over the facts and {"var":"event.to"}
    std::string
        unless_missed;        // no start if that deadline was missed by then ("accept": late acceptance gains no time)
    std::string same_day_as;  // only on the local day of the latest event of that type before it
    std::string due_field;    // the event's field that holds the due time itself (a promise); then no span is needed
};

struct DeadlineStop {
    std::string event;
    Rule when;
};

struct DeadlineStep {  // before or after the due time
    enum class From { start, due_before, due_after } from = From::start;
    Span span;  // after the start, before the due time, or after it
    Effects effects;
    std::string name;  // unique in the deadline: "remind"
    std::string clause;
};

struct DeadlineRule {
    std::string name,
        title;  // name: as in `deadlines[].clock`; several rules may share one, the first that applies is it
    std::vector<std::string> kinds, levels;  // only for these; empty = all
    Rule when;                               // over the facts now
    std::vector<DeadlineStart> starts_on;
    Span span;
    FirstDay first_day = FirstDay::not_counted;
    std::vector<DeadlineStop> stops_on;    // kept if in time
    std::vector<DeadlineStop> cancels_on;  // no longer owed
    std::vector<DeadlineStop> pauses_on, resumes_on;
    std::vector<DeadlineStep> warns;  // at most once each per start
    Effects miss;                     // once per start, at the due time
    Rule exempt;                      // no fixed limit while it holds: watched, never missed
    std::string exempt_clause;
    std::string clause;
    // How the count is set, moved or stretched otherwise (adjustments.h).
    std::string calendar;            // one of Policy::calendars; empty: the unit's own
    std::string binds;               // who has to keep it, when that is not us: "trader"; its miss is no breach of ours
    bool soft = false;               // "should": watched and reported, never a breach
    bool only_set_by_event = false;  // no span: it begins only with an event that carries the due time
    std::optional<CustomerLimit> customer_limit;
    std::vector<PromiseSource> promises_on;
    std::vector<ExtensionRule> extend;  // none: it cannot be extended
    std::vector<StretchRule> stretches_on;
    bool is_breach() const { return !soft && binds.empty(); }
};

struct Route {                                                   // the first that fits
    std::vector<std::string> kinds, categories, levels, states;  // empty = any
    std::string role;
    std::string unit = "nearest";  // or "own"
    std::string clause;
};

struct SurveyLimit {
    int days = 0, at_most = 0;  // no more than `at_most` in `days` days per person
};

struct Surveys {
    Milliseconds from{}, until{};     // asked only between these wall-clock times
    std::vector<SurveyLimit> limits;  // ratings; "fixed?" is never suppressed
    Span remind_after;                // one reminder at most; a count of 0 = none
    int scale = 5;
    int low = 2;         // a score of this or less opens the remedy
    Effects suppressed;  // instead of a rating that the limits forbid
    std::string clause;
};

// Who is revisited, and how many of them in person.
struct RevisitStratum {
    std::string name, title;
    Rule when;                  // the first that holds
    int rate_percent = 100;     // of all, drawn
    int in_person_percent = 0;  // of those revisited
    std::string clause;
};

struct Revisit {
    std::vector<std::string> means;      // phone, visit, chat
    std::vector<std::string> in_person;  // those of them that count as in person
    std::vector<RevisitStratum> strata;
    Effect task;                         // what a visit drawn opens: a `task`
    std::vector<std::string> questions;  // what is asked
    std::string clause;
};

struct Report {
    std::string name, title;
    int from_day = 1,
        to_day = 0;      // of the month before / of this month; 0 = calendar month. 25 and 24: 25 Feb - 24 Mar
    int due_day = 0;     // of the month in which the period ends; 0 = none
    std::string due_to;  // role that receives it
    std::string clause;
};

struct RegisterColumn {
    std::string key, title;
    std::string group;  // the head above it; empty = its own head
};

struct ReasonChoice {  // a reason that staff may pick for a command
    std::string command, key, title, clause;
};

struct Policy {
    std::string id, title;
    std::string version;  // of the pack; pinned to a ticket when it opens
    Calendar calendar;    // zone, hours, holidays
    std::vector<Clause> clauses;
    std::vector<FactInfo> facts;  // common ones and the pack's own
    std::vector<std::string> roles;
    std::vector<Kind> kinds;
    std::vector<Level> levels;  // by rank, mildest first
    std::vector<State> states;
    Move opening;  // command "open": the first state and what follows from filing
    std::vector<Move> moves;
    std::vector<DeadlineRule> deadlines;
    std::map<std::string, Calendar, std::less<>> calendars;  // others than the pack's own, for limits that name them
    std::vector<DeclaredEventKind> declared_events;
    std::vector<Duty> duties;
    std::vector<Route> routes;
    std::string accept_role;
    Surveys surveys;
    Revisit revisit;
    int reopen_days = 30;
    std::string number;  // "T{YYYY}{MM}{DD}-{NNN}": the counter starts anew when the text before it changes
    std::vector<ReasonChoice> reasons;
    std::vector<Report> reports;
    std::vector<RegisterColumn> register_columns;
    std::vector<std::string> warnings;  // of loading: "no holiday file for 2027"

    const State* state(std::string_view key) const;
    const Kind* kind(std::string_view key) const;
    const Category* category(std::string_view kind, std::string_view category) const;
    const Level* level(std::string_view key) const;
    const Clause* clause(std::string_view id) const;
    std::vector<std::string> phrase_keys() const;  // every phrase an effect names
};

// Who gives a command, as the ticket room sees him: all that holds of him.
// {"front_desk", "staff", "owner"}; a resident is {"customer"}, the policy's own doing {"policy"}.
using ActingAs = std::vector<std::string>;

// The moves of a command from a state, whoever asks: the order of the pack.
std::vector<const Move*> moves_from(const Policy& policy, std::string_view state, std::string_view command);

// The move that is meant: the first whose roles admit the actor and whose `when` holds. Errors, each with the clause:
//   ticket.not_allowed  no such move from this state, its `when` does not hold, or the policy refuses it
//   ticket.wrong_role   the move exists, for others
Result<const Move*> find_move(const Policy& policy, std::string_view state, std::string_view command,
                              const ActingAs& actor, const Facts& facts, const Facts& given = {});

// All moves the actor could make now (each command once); `given` is not known yet, so a `when` that asks for it
// ({"var":"given.…"}) does not hide the command.
std::vector<const Move*> open_moves(const Policy& policy, std::string_view state, const ActingAs& actor,
                                    const Facts& facts);

struct LevelJudgement {
    std::string level;
    struct Because {
        std::string because, clause;
    };
    std::vector<Because> reasons;  // every rule of that level that holds
};
// The most severe level that a rule claims; levels are judged anew on every new fact.
LevelJudgement judge_level(const Policy& policy, const Facts& facts);

// The route for a ticket in this state; nothing if no route fits (check finds that).
// handler_route: as if the ticket stood in no special state, the role of the field of work.
const Route* find_route(const Policy& policy, const Facts& facts);
const Route* handler_route(const Policy& policy, const Facts& facts);

// Those whose `when` holds.
Effects due_effects(const Effects& effects, const Facts& facts, const Facts& given = {});

// "T20261122-" for a moment in the policy's zone, and the width of the counter that follows it.
struct NumberSeries {
    std::string prefix;
    int width = 3;
    std::string suffix;
};
NumberSeries number_series(const Policy& policy, TimePoint at);

// The first and the last moment (exclusive) of a report's period that is labelled by the month of its end.
struct ReportPeriod {
    TimePoint from, until;
};
ReportPeriod report_period(const Policy& policy, const Report& report, std::chrono::year_month month);

}  // namespace huiyin
