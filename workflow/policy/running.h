// Some of a ticket's deadlines, without what is only told of them (DeadlineParts::times_only): for whoever asks all the
// time, when to act.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "workflow/policy/deadlines.h"

namespace huiyin {

// Those of deadlines() that run, are paused, or were missed and go on; of their steps those that wait for their moment.
std::vector<Deadline> running_deadlines(const Policy& policy, const Facts& facts,
                                        const std::vector<HistoryEvent>& events, const Calendar& calendar,
                                        TimePoint now);
// When the one of that name is due; nothing when there is none, or while it is exempt.
std::optional<TimePoint> due_named(std::string_view name, const Policy& policy, const Facts& facts,
                                   const std::vector<HistoryEvent>& events, const Calendar& calendar, TimePoint now);

}  // namespace huiyin
