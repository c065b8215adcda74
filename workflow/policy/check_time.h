// The checks of a pack's parts about time: adjustments of deadlines, declared events, duties. Used by check.cpp only.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "workflow/policy/pack.h"

namespace huiyin {

// What check.cpp lends: its own ways to complain and to look into rules, at a JSON pointer.
struct TimeCheck {
    const Policy& policy;
    std::function<void(const std::string& pointer, const std::string& text, PackFinding::Weight)> wrong;
    std::function<void(const std::string& pointer, const Rule& rule, bool with_event)> rule;
    std::function<void(const std::string& pointer, const std::string& id)> clause;
    std::function<void(const std::string& pointer, const std::string& role)> role;
};
void check_time(const TimeCheck& check);

}  // namespace huiyin
