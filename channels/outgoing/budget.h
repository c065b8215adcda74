// How many calls a platform takes in a span of time, counted on our side because it drops or punishes what is beyond.
#pragma once
#include <chrono>
#include <deque>
#include <map>
#include <string>

#include "workflow/base/clock.h"

namespace huiyin {

// A sliding window a key (a robot, a member of staff). Threads: one.
class Budget {
public:
    Budget(std::size_t most, std::chrono::milliseconds span) : most_(most), span_(span) {}
    // Zero: there is room, and it is taken. Else how long until there is.
    std::chrono::milliseconds take(const std::string& key, TimePoint now);

private:
    std::size_t most_;
    std::chrono::milliseconds span_;
    std::map<std::string, std::deque<TimePoint>> taken_;
};

}  // namespace huiyin
