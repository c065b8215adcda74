// Past tickets under a policy: what it would have done with what really happened. Pure.
#pragma once
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "workflow/base/json_text.h"
#include "workflow/policy/policy.h"

namespace huiyin {

struct PastDeadline {
    std::int64_t had = 0, missed = 0;  // as the tickets tell
    std::int64_t would_have = 0, would_miss = 0;
    std::int64_t newly = 0, no_longer = 0;  // missed only under the policy; missed only in fact
};
struct PastCounts {
    std::int64_t tickets = 0, same_level = 0;
    std::map<std::string, std::int64_t> levels;  // "general -> major": in fact, under the policy
    std::map<std::string, std::int64_t> owners;  // who would own what was accepted
    std::map<std::string, PastDeadline> deadlines;
    std::vector<std::string> changed;  // numbers of tickets of which something would be otherwise, at most 50
};

// `tickets`: a list of tickets as the API gives them, or {"items": […]}: kind, category, level, flags, facts,
// opened_at, accepted_at, resolved_at, closed_at, deadlines. Findings name what cannot be read, or a kind that the
// policy lacks.
PastCounts past_under(const Policy& policy, const Json& tickets, std::vector<Finding>& findings);
std::string to_text(const PastCounts& counts, const Policy& policy);

}  // namespace huiyin
