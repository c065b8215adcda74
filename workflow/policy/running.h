// Some of a ticket's deadlines, without what is only told of them (DeadlineParts::times_only): for whoever asks all the
// time, when to act.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "workflow/policy/deadlines.h"

namespace huiyin {

// Those of deadlines() that run, are paused, or were missed and go on.
std::vector<Deadline> running_deadlines(const Policy& policy, const Facts& facts,
                                        const std::vector<HistoryEvent>& events, const Calendar& calendar,
                                        TimePoint now);
// The one of that name, as deadlines() gives it.
std::optional<Deadline> deadline_named(std::string_view name, const Policy& policy, const Facts& facts,
                                       const std::vector<HistoryEvent>& events, const Calendar& calendar,
                                       TimePoint now);

}  // namespace huiyin
