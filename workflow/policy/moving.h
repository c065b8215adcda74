// What moves by itself: facts of a case that time or other cases change, without an event of its own. Everything else
// is what its events have made it under its pack (and, of `source`, what kind its channel is configured to be). Pure.
// Threads: any.
#pragma once
#include <set>
#include <string>

#include "workflow/policy/policy.h"

namespace huiyin {

struct MovingFacts {
    std::set<std::string, std::less<>> names;
    bool limits = false;  // the pack's deadlines look at one of them: their course
                          // moves otherwise than by running out
};
// `has_talk`: the case has a conversation of its own; else its channel, and what it came in by, is the one that its
// customer used last.
MovingFacts moving_facts(const Policy& policy, bool has_talk);
// Does the rule look at one of these? Where that cannot be told for sure: yes.
bool looks_at(const Rule& rule, const std::set<std::string, std::less<>>& names);

}  // namespace huiyin
