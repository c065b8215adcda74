// Facts that are worked out rather than told: by a rule, by the calendar, or by counting.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "workflow/policy/fact.h"
#include "workflow/policy/span.h"

namespace huiyin {

struct Policy;
struct HistoryEvent;
class Calendar;

// How often something happened to this ticket, or in how many tickets of one unit, customer … something holds.
struct Counter {
    std::string event;   // of this ticket; empty: over tickets
    Rule when;           // over the facts and the event; over tickets: what makes a ticket count
    std::string of;      // unit, customer, household, assignee
    std::string within;  // "calendar month", "calendar year", or a span back from now ("12 months")
    Span back;
    std::string sum;  // a fact to add up; empty: one each
};

struct DerivedFact {
    std::string name;
    FactType type = FactType::yes_no;
    Rule is;            // a rule over the facts that stand before it
    std::string since;  // or: more than `longer_than` since that moment: a fact that holds a time, or
    Span longer_than;   // occurred_at, opened_at, accepted_at, resolved_at
    std::string until;  // … up to that moment instead of now
    std::optional<Counter> counts;
};

// What a ticket with these facts adds to a counter over tickets.
std::int64_t own_count(const Counter& counter, const Facts& facts);

// Puts the pack's worked-out facts beside the others, in the order of the pack. `of_others`: what other tickets add to
// the counters over tickets, by fact. A fact that cannot be worked out is left out.
void derive(const Policy& policy, Facts& facts, const std::vector<HistoryEvent>& events, const Calendar& calendar,
            TimePoint now, const std::map<std::string, std::int64_t>& of_others = {});

}  // namespace huiyin
