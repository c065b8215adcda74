// What a simulation counts. Values that add up: the counts of two blocks together are those of both.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>

namespace huiyin {

// How long things took, in classes that grow by an eighth; enough for a percentile, of any number of cases.
class Spread {
public:
    void add(double minutes);
    void add(const Spread& other);
    std::int64_t count() const { return count_; }
    double percentile(double percent) const;  // minutes, the middle of its class; 0 without cases

private:
    static constexpr std::size_t classes = 160;
    std::array<std::int64_t, classes> in_class_{};
    std::int64_t count_ = 0;
};

using Tallies = std::map<std::string, std::int64_t>;

struct DeadlineCounts {
    std::int64_t begun = 0, met = 0, missed = 0, cancelled = 0, exempt = 0, running = 0;
    void add(const DeadlineCounts& other);
};
struct RoleCounts {
    std::int64_t commands = 0, pushes = 0, tasks = 0;
    double minutes = 0;  // at work on tickets
    Spread waited;       // from when a job was there to when somebody began, in minutes on the wall
    void add(const RoleCounts& other);
};

struct SimulationCounts {
    std::int64_t centres = 0, tickets = 0, open = 0, commands = 0, refused = 0, events = 0, told = 0, rounds = 0;
    std::int64_t stuck = 0;  // open, and neither a command nor time leads on: the pack has a dead end
    Tallies kinds, levels, ends, raised, escalated, warned, tasks, scores, revisits;
    std::map<std::string, DeadlineCounts> deadlines;
    std::map<std::string, RoleCounts> roles;
    Spread to_acceptance, to_resolution, to_end;
    void add(const SimulationCounts& other);
};

}  // namespace huiyin
