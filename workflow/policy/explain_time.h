// What a limit may still become, and the duties that come round, in the words of policy explain. Used by explain.cpp
// only.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "workflow/policy/deadlines.h"

namespace huiyin {

// A line each: soft, whom it binds, its calendar, the customer's own limit, promises, extensions, what stretches it.
std::vector<std::string> adjustments_in_words(const DeadlineRule& rule, const Policy& policy);
nlohmann::json adjustments_json(const DeadlineRule& rule);
// "weekly-review  2026-03-03T09:00:00+08:00 quality_centre 投诉周报 [clause]" and why then.
std::string duties_in_words(const Policy& policy, TimePoint now);
nlohmann::json duties_json(const Policy& policy, TimePoint now);

}  // namespace huiyin
