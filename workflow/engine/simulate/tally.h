// What one centre counts while it runs.
#pragma once
#include <string>
#include <vector>

#include "workflow/engine/simulate/counts.h"
#include "workflow/ticket/decide.h"

namespace huiyin {

class Tally {
public:
    explicit Tally(const Policy& policy) : policy_(policy) {}
    void decided(const Decision& decision);  // its events, and what is owed
    // history: all that happened to it.
    void over(const Ticket& ticket, const std::vector<HistoryEvent>& history, const std::vector<Deadline>& deadlines,
              bool stuck);
    RoleCounts& role(const std::string& name) { return counts.roles[name]; }
    SimulationCounts counts;

private:
    void happened(const Event& event);
    void owes(const Owed& owed, const Ticket& ticket);
    const Policy& policy_;
};

}  // namespace huiyin
