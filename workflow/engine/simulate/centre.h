// One simulated service centre: its tickets, its people and its customers through some weeks of virtual time, on the
// same pure functions that the service runs on. Used by simulate.cpp.
#pragma once
#include <cstdint>

#include "workflow/engine/simulate/conduct.h"
#include "workflow/engine/simulate/counts.h"
#include "workflow/engine/simulate/working_hours.h"

namespace huiyin {

struct CentreTask {
    std::int64_t first = 0, tickets = 0;  // numbers of its tickets among all
    TimePoint from, until;
    std::uint64_t seed = 0;
};
SimulationCounts run_centre(const Conduct& conduct, const WorkingHours& hours, const CentreTask& task);

}  // namespace huiyin
