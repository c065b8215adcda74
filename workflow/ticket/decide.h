// The rule book of a ticket at work: what may happen next, and what follows from it.
//
// Pure: no I/O, no clock, no log; the same arguments give the same answer, today and in replay. Nothing about a single
// policy is written here: moves, routes, levels, deadlines and effects come from the pack.
// Source: ../README.md, "The life of a ticket".
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "workflow/base/result.h"
#include "workflow/policy/deadlines.h"
#include "workflow/policy/policy.h"
#include "workflow/policy/revisit.h"
#include "workflow/ticket/command.h"
#include "workflow/ticket/event.h"
#include "workflow/ticket/ticket.h"

namespace huiyin {

// What is pure but stands outside the ticket. The shell gathers it before it asks.
struct DecideContext {
    const Calendar* calendar = nullptr;     // the unit's; null: the policy's own
    std::vector<HistoryEvent> history;      // the ticket's events so far, oldest first
    std::map<std::string, UnitId> unit_of;  // role -> the nearest unit, from the ticket's own upwards, where it is held
    UnitId nobody_unit;                     // for a role that nobody holds: the organisation
    Facts more;                             // contacts, repeats, source, and what else the shell knows
    std::map<std::string, std::int64_t> of_others;  // what other tickets add to the pack's counters, by fact
    std::set<std::int64_t> kept_out;                // staff who may not be given it: recused, or in the line of one
    std::map<std::int64_t, std::string> role_of;    // staff -> the role he holds; for penalties against a named person
    std::function<std::string(const std::string&)> role_title;  // as staff read it; none: the pack's own texts
    bool has_chat = true;                                       // the customer can be asked in a conversation
    bool says_what_instead = true;                              // a refusal names what can be done: somebody reads it
    bool surveys_stopped = false;                               // he asked not to be surveyed
    std::vector<TimePoint> surveys_asked;                       // when he was last asked to rate, newest first
    std::map<std::string, DrawCounts> draw_counts;              // by stratum, of this report period
};

// An effect that is owed after the events are saved, as the pack wrote it: tell, notify, page, ask_*, task.
struct Owed {
    Effect effect;
    Facts given;                // fields of the command that caused it
    std::string event;          // the type of the event that caused it
    std::int64_t sequence = 0;  // and its sequence: makes keys that never notify twice
    TimePoint at;               // and its moment
};
struct Decision {
    std::vector<Event> events;           // in order; words in their data are plain and must be sealed
    std::vector<Owed> owed;              // in order
    std::vector<Draw> draws;             // lots drawn, for the running counts
    std::vector<Problem> declined;       // what the policy wanted to run and could not: for the log
    Ticket ticket;                       // what the events make of the ticket (words not sealed)
    std::vector<HistoryEvent> happened;  // the events as deadlines see them
};

// What the rules may look at. `given`: the fields of the command in hand as facts.
// `history`: the events so far, when there are more than the context knows of.
Facts facts_of(const Ticket& ticket, const Policy& policy, const DecideContext& context, TimePoint now,
               const std::vector<HistoryEvent>* history = nullptr);
// The same over those of a time before (FactWriter): for whoever asks again and again.
void write_facts(Facts& facts, const Ticket& ticket, const Policy& policy, const DecideContext& context, TimePoint now,
                 const std::vector<HistoryEvent>* history = nullptr);
Facts given_of(const nlohmann::json& fields);
// An event as the deadlines see it.
HistoryEvent history_of(const Event& event);

// A new ticket: `filed` holds id, number, kind, category, flags, unit, customer and the other things known when it
// opens. Errors: ticket.bad_field - a kind or category the policy does not know.
Result<Decision> decide_open(const Ticket& filed, const Party& by, const Policy& policy, const DecideContext& context,
                             TimePoint now);

// A command. Errors, each with its clause and a sentence that says why and what can be done instead:
//   ticket.not_allowed  the policy has no such move from this state, or says no
//   ticket.wrong_role   it has, for others
//   ticket.own_ticket   the handler would speak for a customer on a ticket he handles himself
//   ticket.bad_field    a field is missing or names something unknown (detail: its pointer)
Result<Decision> decide(const Ticket& ticket, const Command& command, const Policy& policy,
                        const DecideContext& context, TimePoint now);

// What has fallen due by `now`, in order of its time, each event at the moment it was due: warnings and misses of
// deadlines with their effects, the end of a pause, a question that waited for the hours in which one may ask, the one
// reminder of a question, the sign of life in an emergency that nobody has taken over.
// An empty decision when nothing has. Asking again at the same `now` after its events gives nothing.
Decision decide_due(const Ticket& ticket, const Policy& policy, const DecideContext& context, TimePoint now);
// When to look again: the earliest moment at which decide_due would do something; nothing when there is none.
// `deadlines`: deadlines_of the ticket as it stands.
std::optional<TimePoint> next_look(const Ticket& ticket, const std::vector<Deadline>& deadlines, const Policy& policy,
                                   const DecideContext& context);
// The ticket's deadlines from its history; the ones with a due time as the ticket's projection.
std::vector<Deadline> deadlines_of(const Ticket& ticket, const Policy& policy, const DecideContext& context,
                                   TimePoint now);
std::vector<TicketDeadline> projected(const std::vector<Deadline>& deadlines);

// What our own code records: details.amended, evidence.added, supporter.joined, classification by the talk …
// Levels are judged anew.
Decision decide_record(const Ticket& ticket, const std::string& type, const nlohmann::json& data, const Party& by,
                       const Policy& policy, const DecideContext& context, TimePoint now);

// What somebody with these roles may do now, as forms: the fields of the interface and of the pack, with the choices of
// this policy (kinds, categories, levels, deadlines, steps that are open).
struct AllowedCommand {
    std::string command, title;
    std::vector<FieldSpec> fields;
    std::vector<std::string> roles;
    std::string script = {};  // how the pack wants that part of the talk led; empty: it says nothing of it
};
// `command`: of that one alone; empty: of all.
std::vector<AllowedCommand> allowed(const Ticket& ticket, const ActingAs& actor, const Policy& policy,
                                    const DecideContext& context, TimePoint now, std::string_view command = {});

}  // namespace huiyin
