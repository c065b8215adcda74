// How a due time comes about: the count from its start, what was declared, the customer's own limit, promises and
// extensions, in this order (README.md, "Time"). Used by deadlines.cpp only. Pure.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "workflow/policy/deadlines.h"

namespace huiyin {

// A limit as people give it: a moment, a date (till its end), or a span from a moment on.
std::optional<TimePoint> limit_meant(const Fact& fact, TimePoint from, FirstDay first_day, const Calendar& calendar);

// What was declared for the ticket's unit.
struct Declared {
    std::size_t event;  // its place in the history
    std::string name, title, declaration;
    TimePoint at, from, until;
};

// A promise or an extension, as it was given.
struct GivenLimit {
    DueChange change;
    LimitEffect effect = LimitEffect::replaces;
};

// A count that is under way: what has happened since the latest start.
struct DeadlineCount {
    TimePoint start;
    const HistoryEvent* began = nullptr;  // by it
    std::optional<TimePoint> promised, stopped, cancelled;
    std::vector<GivenLimit> given;
    std::vector<Pause> pauses;
    std::optional<TimePoint> pause_began, pause_until;
    bool put_aside = false;  // by ticket.paused: what resolves or escalates the ticket ends that pause
    std::vector<std::string> done;
    bool missed_recorded = false;
    bool is_over() const { return stopped || cancelled; }
};

// What a due time is found from, beside the rule and its count.
struct DueTimeParts {
    const Facts& facts;
    const Calendar& calendar;  // that the rule counts by
    const std::vector<Declared>& declared;
    std::size_t events;  // what was declared by one of the first so many counts
    DeadlineParts parts;
};
Derivation due_time(const DeadlineRule& rule, const DeadlineCount& count, const DueTimeParts& parts);

}  // namespace huiyin
