// A policy tried out before it goes live: synthetic tickets through virtual time, on the functions the service runs on.
//
// Tickets come to service centres of a size that the mix gives; more tickets are more centres. A centre is a block with
// a seed of its own, and blocks are added up in their order: the same question gives the same answer, byte for byte, on
// one thread or many, and memory does not grow with tickets.
#pragma once
#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "workflow/engine/simulate/counts.h"
#include "workflow/engine/simulate/mix.h"

namespace huiyin {

struct SimulationAsked {
    std::int64_t tickets = 1000;
    int days = 90;
    std::uint64_t seed = 1;
    std::chrono::local_days from;  // the first day
    int threads = 2;
    std::function<void(std::int64_t done)> progress = {};  // tickets done; on the calling thread
};
SimulationCounts simulate(const Policy& policy, const Mix& mix, const SimulationAsked& asked);

struct Simulated {
    const Policy& policy;
    const SimulationCounts& counts;
    std::string name;  // of its column when there are two
};
// A table for people; with `other` both side by side, and the difference.
std::string to_text(const Simulated& one, const SimulationAsked& asked);
std::string to_text(const Simulated& one, const Simulated& other, const SimulationAsked& asked);
nlohmann::json to_json(const Simulated& one, const SimulationAsked& asked);

}  // namespace huiyin
