// Some of all the facts, for whoever asks all the time: those that a policy's deadlines look at, found once from the
// pack, and those of other rules. Pure. Threads: any.
#pragma once
#include <cstdint>

#include "workflow/ticket/decide.h"

namespace huiyin {

// Facts over those of a time before, as write_facts() does, but those alone that a set of names holds; false, and
// nothing, where it has to be all of them.
bool write_some_facts(Facts& facts, std::uint64_t names, const Ticket& ticket, const Policy& policy,
                      const DecideContext& context, TimePoint now);
// The facts that a rule looks at, as such a set.
std::uint64_t names_in(const Rule& rule);

class DueFacts {
public:
    explicit DueFacts(const Policy& policy);
    // Over those of a time before, as write_facts() does; deadlines() gives the same on them as on all facts.
    void write(Facts& facts, const Ticket& ticket, const DecideContext& context, TimePoint now) const;

private:
    const Policy& policy_;
    std::uint64_t names_;
};

}  // namespace huiyin
