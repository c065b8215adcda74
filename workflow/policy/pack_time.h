// Reads the parts of a pack about time beside the plain count: adjustments of deadlines, further calendars, declared
// events, duties. Used by pack.cpp only.
#pragma once
#include <string>
#include <vector>

#include "workflow/base/json_text.h"
#include "workflow/policy/policy.h"

namespace huiyin {

// Of a deadline: calendar, binds, soft, customer_limit, promises_on, extend, stretches_on.
void read_adjustments(Reader& reader, DeadlineRule& rule, std::vector<Finding>& findings);
// Of the pack: calendars, declared_events, duties. `policy.calendar` must be read already; `holidays` as for load_pack.
void read_time_parts(Reader& reader, Policy& policy, const std::string& holidays, std::vector<Finding>& findings);

}  // namespace huiyin
