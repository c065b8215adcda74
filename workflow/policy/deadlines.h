// What is owed, when, and why: every deadline of a ticket, computed from its history alone.
// Pure; the same history gives the same answer at any time, on any machine, after any restart.
// Source: README.md, "The life of a deadline".
#pragma once
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "workflow/policy/policy.h"

namespace huiyin {

// Facts that nobody changes any more: copying them is nothing.
class SharedFacts {
public:
    SharedFacts() = default;
    SharedFacts(Facts facts)  // not explicit: what has facts may give them
        : facts_(facts.empty() ? nullptr : std::make_shared<const Facts>(std::move(facts))) {}
    SharedFacts(std::initializer_list<Facts::value_type> facts) : SharedFacts(Facts(facts)) {}
    const Facts& get() const { return facts_ ? *facts_ : none_; }
    operator const Facts&() const { return get(); }
    auto find(FactName name) const { return get().find(name); }
    auto begin() const { return get().begin(); }
    auto end() const { return get().end(); }
    friend bool operator==(const SharedFacts& a, const SharedFacts& b) { return a.get() == b.get(); }

private:
    inline static const Facts none_{};
    std::shared_ptr<const Facts> facts_;
};

struct HistoryEvent {
    std::string type;  // known_events()
    TimePoint at;
    SharedFacts fields;  // from, to, and the command's own: {"answer": "agreed"}; times as milliseconds or RFC 3339
    std::uint64_t kind_and_end = 0;  // kind_and_end(type, fields), where that has been found already; 0: it has not
    friend bool operator==(const HistoryEvent& a, const HistoryEvent& b) {
        return a.type == b.type && a.at == b.at && a.fields == b.fields;
    }
};

// A ticket's life as far as deadlines look: the events in order, and what is known of it now.
struct History {
    Facts facts;
    std::vector<HistoryEvent> events;
};

enum class DeadlineState { running, met, missed, paused, cancelled };
const std::string& to_text(DeadlineState state);

struct StepDue {       // a warning, the miss itself, or a late step, with its moment
    std::string name;  // the step's; "miss" for the miss
    TimePoint at;
    bool done = false;  // the history holds the deadline.warned / deadline.missed event of this start
    friend bool operator==(const StepDue&, const StepDue&) = default;
};

struct Deadline {
    std::string name, title, clause;
    DeadlineState state = DeadlineState::running;
    TimePoint start_at;                   // of the count that is in force
    std::string starts_on;                // the event that began it
    std::optional<TimePoint> due_at;      // nothing while exempt
    std::optional<TimePoint> stopped_at;  // met, cancelled, or done late (state missed)
    std::optional<TimePoint> extended_to;
    Derivation derivation;
    std::vector<StepDue> steps;             // in order of their moments
    std::optional<TimePoint> next_look_at;  // the earliest undone step, the end of a pause; nothing when all is done
    std::size_t rule = 0;                   // index into Policy::deadlines
    bool exempt = false;
    bool soft = false;   // its miss is reported, and no breach
    std::string binds;   // who has to keep it, when that is not us
    int extensions = 0;  // approved in this count
    bool is_breach() const { return state == DeadlineState::missed && !soft && binds.empty(); }
};

// Events beside those of commands that change due times: event.declared {event, declaration, title, from, until} and
// event.lifted {declaration, until}: what an administrator declared for the ticket's unit, and when it was over sooner.

// Every deadline that has begun, in the order of the pack. `calendar` is the policy's, or the unit's own hours on it.
// A step is recorded by the ticket room as an event deadline.warned / deadline.missed with the fields
// {"deadline": name, "step": StepDue.name, "start_at": milliseconds of Deadline.start_at}.
std::vector<Deadline> deadlines(const Policy& policy, const History& history, const Calendar& calendar, TimePoint now);
// The same, of what lies elsewhere. `times_only`: for those who ask when to act; without what is only told (title,
// clause, starts_on, the segments of the derivation) and without the steps of one that has stopped.
enum class DeadlineParts { all, times_only };
std::vector<Deadline> deadlines(const Policy& policy, const Facts& facts, const std::vector<HistoryEvent>& events,
                                const Calendar& calendar, TimePoint now, DeadlineParts parts = DeadlineParts::all);

// May this deadline be extended so, by somebody with these roles? The rule that allows it, else why not and what can be
// done instead, with the clause. Errors: ticket.not_allowed, ticket.wrong_role, ticket.bad_field.
struct ExtensionWish {
    ActingAs roles;
    TimePoint until;
    bool customer_agreed = false;
};
Result<const ExtensionRule*> may_extend(const Policy& policy, const Deadline& deadline, const Facts& facts,
                                        const Calendar& calendar, const ExtensionWish& wish);

// The effects of a step, with the step's or the rule's clause where they name none.
Effects step_effects(const Policy& policy, const Deadline& deadline, std::string_view step);

}  // namespace huiyin
