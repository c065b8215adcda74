// What a policy's deadlines look at, of all the facts: a few names, written alone for whoever asks all the time when to
// act. Pure; found once from the pack. Threads: any.
#pragma once
#include <cstdint>

#include "workflow/ticket/decide.h"

namespace huiyin {

class DueFacts {
public:
    explicit DueFacts(const Policy& policy);
    // Over those of a time before, as write_facts() does; deadlines() gives the same on them as on all facts.
    void write(Facts& facts, const Ticket& ticket, const DecideContext& context, TimePoint now) const;

private:
    void look_at(const Rule& rule);
    void look_at(FactName name);
    const Policy& policy_;
    bool all_ = false;         // a rule may look at anything
    std::uint64_t names_ = 0;  // a bit for each name; where two share one, more is written than is asked for
};

}  // namespace huiyin
