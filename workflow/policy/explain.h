// What a policy would do with a case: its level, who owns it, what is owed when, how it is revisited - each with the
// clause it comes from. Pure.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "workflow/policy/deadlines.h"
#include "workflow/policy/revisit.h"

namespace huiyin {

// A case to explain: its facts, and when its milestones were. Accepted at once where nothing is said.
struct ExplainCase {
    Facts facts;
    TimePoint opened_at;
    std::optional<TimePoint> accepted_at, escalated_accepted_at, proposed_at, resolved_at;
    std::vector<HistoryEvent> events;  // what else happened: promises, extensions, pauses, declared events
};

// {"kind":"complaint","category":"housing","amount_yuan":2500,"opened_at":"2026-03-02T09:00:00+08:00"}: facts, and
// the moments by name; without opened_at the case is filed at `now`. "events" holds what else happened:
// [{"type":"ticket.extended","at":"2026-03-05T10:00:00+08:00","clock":"handle","until":"2026-03-11T17:30:00+08:00"}].
ExplainCase read_case(const Json& json, const Policy& policy, TimePoint now, std::vector<Finding>& findings);

struct ExplainedDeadline {
    DeadlineRule rule;
    std::optional<Deadline> deadline;  // nothing: it has not begun in this case
};

struct Explanation {
    LevelJudgement level;
    std::string level_title, level_clause;
    std::string accept_role, accept_clause;
    std::string owner_role, owner_clause;  // once accepted (and escalated, if its level asks for that)
    std::string state;
    std::vector<ExplainedDeadline> deadlines;
    std::optional<RevisitStratum> revisit;
    std::vector<std::string> warnings;
    TimePoint now;  // of the last thing that happened in the case: the duties that follow are shown from here on
};
Explanation explain(const Policy& policy, const ExplainCase& what);

std::string to_text(const Explanation& explanation, const Policy& policy);
Json to_json(const Explanation& explanation, const Policy& policy);

// A line a fact: name, type, title, choices.
std::string list_facts(const Policy& policy);

}  // namespace huiyin
