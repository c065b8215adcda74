// Recomputes every ticket's event chain from what is kept: whoever altered, removed or inserted an event is found out.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "workflow/store/store.h"

namespace huiyin {

struct Verified {
    std::int64_t tickets = 0, events = 0;
    std::vector<std::string> faults;  // "ticket T20260302-001: event 3: its text was altered"
};
// The same of a snapshot that is open already.
Verified verify_chains(Reading& reading, const std::function<void(std::int64_t tickets)>& progress = {});
// One snapshot of the whole store; `progress` hears the number of tickets now and then. Throws when the store cannot be
// read.
Verified verify_chains(Store& store, const std::function<void(std::int64_t tickets)>& progress = {});

}  // namespace huiyin
