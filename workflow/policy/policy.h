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
#include "workflow/policy/consequence.h"
#include "workflow/policy/derived.h"
#include "workflow/policy/duty.h"
#include "workflow/policy/effect.h"
#include "workflow/policy/fact.h"
#include "workflow/policy/intake.h"
#include "workflow/policy/procedure.h"
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

struct Clause {
    std::string id;       // "property-group/T1"
    std::string text;     // what it says, short, for staff and customers
    bool printed = true;  // false: a reading or assumption of the pack, marked as such wherever it is shown
    std::string because;  // why the pack reads it so, when it is not printed
    friend bool operator==(const Clause&, const Clause&) = default;
};

struct Category {
    std::string key, title, about, clause;  // about: the definition
    std::vector<std::string> words = {};    // by which a customer's telling is known to be of it
};

struct Kind {
    std::string key, title, about, clause;
    std::vector<Category> categories;
    bool unasked = false;  // our own record (a delivery to look into), no customer's matter: its end tells nobody
    std::vector<std::string> words = {};  // as a category's
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
    Effects effects;                  // once, when a ticket first stands at this level, also when it is opened at it
};

struct State {
    std::string key, title;
    Phase phase = Phase::open;
    std::string about;  // what the customer is told about it: "已受理,正在安排人处理"
};

// One thing that may be done, and what follows.
struct Move {
    std::string command;            // one of the interface's; "open" for Policy.opening
    std::string title;              // on the button: "受理"
    std::vector<std::string> from;  // states, phases or "*" (every state of a phase that is no end)
    std::string to;                 // state; empty = it stays where it is
    std::vector<std::string>
        roles;         // directory roles, or "customer", "policy", "owner", "assignee", "staff" (anyone of them)
    std::string step;  // complete, decide: only for that step
    Rule when;
    std::vector<MoveField> fields;
    Effects effects;
    bool refused = false;     // this policy knows the command and says no: refuse_text and clause answer it
    std::string refuse_text;  // told when `when` does not hold, or when refused
    std::string clause;
    std::uint64_t leaves = 0;  // a bit for each state that it leaves from, found by make_ready(); 0: it was not
};

// When a deadline begins (again): the latest matching event counts; a new one recounts the span from there.
struct DeadlineStart {
    std::string event;  // "ticket.accepted"
    Rule when;          // over the facts and {"var":"event.to"}
    std::string
        unless_missed;        // no start if that deadline was missed by then ("accept": late acceptance gains no time)
    std::string same_day_as;  // only on the local day of the latest event of that type before it
    std::string from_fact;    // it counts from the moment in this fact, when that is known, not from the event's own
    std::string due_field;    // the event's field that holds the due time itself (a promise); then no span is needed
    std::uint64_t kind = 0;   // event_kind(event), found by make_ready(); 0: it was not
};

struct DeadlineStop {
    std::string event;
    Rule when;
    std::uint64_t kind = 0;  // as of a start
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
    bool outlives_end = false;       // owed among ourselves: the end of the ticket does not cancel it
    bool only_set_by_event = false;  // no span: it begins only with an event that carries the due time
    std::optional<CustomerLimit> customer_limit;
    std::vector<PromiseSource> promises_on;
    std::vector<ExtensionRule> extend;  // none: it cannot be extended
    std::vector<StretchRule> stretches_on;
    // Found by make_ready(); 0, no: they were not.
    std::uint64_t concerned = 0, begun_by = 0;  // the kinds of event that it looks at, and those that may begin it
    std::uint64_t ended_by = 0;                 // those that stop or cancel any count that is under way
    bool alone = false;                         // no other rule has its name
    bool is_breach() const { return !soft && binds.empty(); }
};

struct Route {                                                   // the first that fits
    std::vector<std::string> kinds, categories, levels, states;  // empty = any
    Rule when;                                                   // over the facts: place, nature, phase of a project
    std::string role;
    std::string unit = "nearest";  // or "own"
    std::string clause;
};

struct SurveyLimit {
    int days = 0, at_most = 0;  // no more than `at_most` in `days` days per person
};

struct SurveyAnswer {  // "一般" is worth 6
    int score = 0;
    std::string title;
};

struct Surveys {
    Milliseconds from{}, until{};       // asked only between these wall-clock times
    std::vector<SurveyLimit> limits;    // ratings; "fixed?" is never suppressed
    Span remind_after;                  // one reminder at most; a count of 0 = none
    int scale = 5;                      // the best score
    std::vector<SurveyAnswer> answers;  // worst first; empty: 1 to scale
    int low = 2;                        // a score of this or less opens the remedy
    Effects suppressed;                 // instead of a rating that the limits forbid
    std::string clause;
};

// Who is revisited, and how many of them in person.
struct RevisitStratum {
    std::string name, title;
    Rule when;                  // the first that holds
    int rate_percent = 100;     // of all, drawn
    int in_person_percent = 0;  // of those revisited
    std::string role;           // who revisits; empty: as Revisit.task says
    std::string task;           // opened for everyone drawn; empty: only the visit in person is a task
    bool by_day = false;        // shares hold in every day, not in every report period
    std::string clause;
};

struct Revisit {
    std::vector<std::string> means;      // phone, visit, chat
    std::vector<std::string> in_person;  // those of them that count as in person
    std::vector<RevisitStratum> strata;
    Effect task;                         // what a visit drawn opens: a `task`
    std::vector<std::string> questions;  // what is asked
    std::vector<MoveField> fields;       // those of them that are filled in with the revisit
    std::string clause;
};

// How a proposal goes to and fro.
struct ProposalRules {
    std::vector<std::string> answers{"agreed", "small_gap", "irreconcilable"};
    int rounds = 0;  // so many proposals at most; 0: as many as it takes
    std::string clause;
};

struct Report {
    std::string name, title;
    int from_day = 1,
        to_day = 0;               // of the month before / of this month; 0 = calendar month. 25 and 24: 25 Feb - 24 Mar
    int due_day = 0;              // of the month in which the period ends, or of the one after; 0 = none
    bool due_next_month = false;  // the due days, its own and the receivers', are of the month after
    std::string due_to;           // role that receives it
    std::string every = "month";  // day, week, month, quarter (three of its months), year (twelve)
    std::vector<std::string> measures, by, attaches;
    std::string ranked_by;  // one of the measures: the highest row comes first and has rank 1; empty: no ranking
    bool lists = false;     // names the cases it counts, as a list of its own
    struct Receiver {
        std::string role;
        int due_day = 0;
    };
    std::vector<Receiver> receivers;  // in the order in which it goes on
    bool nil = false;                 // also when there is nothing to report
    Rule where;                       // only tickets for which it holds
    std::string clause;
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
    std::vector<Source> sources;
    std::vector<SlotRule> slots;
    AdmissionRules admission;
    IdentityRules identity;
    std::vector<DerivedFact> derived;
    Move opening;                // command "open": the first state and what follows from filing
    std::vector<Move> openings;  // others, each with its `when`: the first that fits is taken instead
    std::vector<Move> moves;
    std::vector<DeadlineRule> deadlines;
    bool starts_from_facts = false;  // does any of them count from a moment in a fact; found by make_ready()
    std::map<std::string, Calendar, std::less<>> calendars;  // others than the pack's own, for limits that name them
    std::vector<DeclaredEventKind> declared_events;
    std::vector<Duty> duties;
    std::vector<Route> routes;
    std::string accept_role;
    Recusal recusal;
    std::vector<StepRule> steps;
    std::vector<Form> forms;
    std::vector<ReactionRule> reactions;
    ProposalRules proposals;
    std::vector<Authority> authority;
    std::vector<Penalty> penalties;
    TalkRules talk;
    Published published;
    Surveys surveys;
    Revisit revisit;
    int reopen_days = 30;
    std::string number;  // "T{YYYY}{MM}{DD}-{NNN}": the counter starts anew when the text before it changes
    std::vector<ReasonChoice> reasons;
    std::vector<Report> reports;
    std::vector<RegisterColumn> register_columns;
    std::vector<RegisterBook> registers;
    std::vector<Retention> retention;
    // The pack's own texts, by locale and key; they stand before those of templates/phrases.
    std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> phrases;
    std::vector<std::string> warnings;  // of loading: "no holiday file for 2027"
    std::string written;                // the whole pack as one JSON text, what it extends put under it

    const State* state(std::string_view key) const;
    const Kind* kind(std::string_view key) const;
    const Category* category(std::string_view kind, std::string_view category) const;
    const Level* level(std::string_view key) const;
    const Clause* clause(std::string_view id) const;
    const StepRule* step(std::string_view key) const;
    const Form* form(std::string_view key) const;
    const Penalty* penalty(std::string_view key) const;
    const SlotRule* slot(std::string_view key) const;
    std::vector<std::string> phrase_keys() const;  // every phrase an effect names
};

// Who gives a command, as the ticket room sees him: all that holds of him.
// {"front_desk", "staff", "owner"}; a resident is {"customer"}, the policy's own doing {"policy"}.
using ActingAs = std::vector<std::string>;

// What filing means for these facts: the first opening that fits.
const Move& opening_for(const Policy& policy, const Facts& facts);

// The moves of a command from a state, whoever asks: the order of the pack.
std::vector<const Move*> moves_from(const Policy& policy, std::string_view state, std::string_view command);

// Finds, anew, what is asked of names all the time: from which states each move leaves, which kinds of event a limit
// looks at, whether any counts from a fact. When the pack is loaded, and again whenever moves, states or limits are
// changed.
void make_ready(Policy& policy);

// Has the step a move of its own from this state? Then those without a step do not count for it, whatever its `when`.
bool has_own_move(const Policy& policy, std::string_view state, std::string_view command, std::string_view step);

// The move that is meant: the first whose roles admit the actor and whose `when` holds. Errors, each with the clause:
//   ticket.not_allowed  no such move from this state, its `when` does not hold, or the policy refuses it
//   ticket.wrong_role   the move exists, for others
Result<const Move*> find_move(const Policy& policy, std::string_view state, std::string_view command,
                              const ActingAs& actor, const Facts& facts, const Facts& given = {});

// All moves the actor could make now (each command once, and once for each step that has moves of its own); `given` is
// not known yet, so a `when` that asks for it
// ({"var":"given.…"}) does not hide the command. `command`: of that one alone; empty: of all.
std::vector<const Move*> open_moves(const Policy& policy, std::string_view state, const ActingAs& actor,
                                    const Facts& facts, std::string_view command = {});

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
std::vector<const Effect*> due_effects(const Effects& effects, const Facts& facts, const Facts& given = {});

// "T20261122-" for a moment in the policy's zone, and the width of the counter that follows it.
struct NumberSeries {
    std::string prefix;
    int width = 3;
    std::string suffix;
};
NumberSeries number_series(const Policy& policy, TimePoint at);
NumberSeries number_series(const Policy& policy, const std::string& pattern, TimePoint at);  // of a form

// The first and the last moment (exclusive) of a report's period that is labelled by the month of its end.
struct ReportPeriod {
    TimePoint from, until;
};
ReportPeriod report_period(const Policy& policy, const Report& report, std::chrono::year_month month);
// The date of a due day of that period: the report's own or a receiver's. A day the month lacks is its last.
std::optional<std::chrono::year_month_day> report_due(const Report& report, int due_day, std::chrono::year_month month);

}  // namespace huiyin
