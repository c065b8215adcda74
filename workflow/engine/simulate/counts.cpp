#include "workflow/engine/simulate/counts.h"

#include <algorithm>
#include <cmath>

namespace huiyin {
namespace {

const double growth = std::log(1.125);

void add_up(Tallies& all, const Tallies& more) {
    for (const auto& [name, count] : more) all[name] += count;
}

}  // namespace

void Spread::add(double minutes) {
    const auto place = minutes <= 1 ? 0.0 : std::log(minutes) / growth + 1;
    ++in_class_[std::min(classes - 1, static_cast<std::size_t>(place))];
    ++count_;
}

void Spread::add(const Spread& other) {
    for (std::size_t i = 0; i < classes; ++i) in_class_[i] += other.in_class_[i];
    count_ += other.count_;
}

double Spread::percentile(double percent) const {
    const auto wanted = std::ceil(static_cast<double>(count_) * percent / 100);
    double seen = 0;
    for (std::size_t i = 0; i < classes && count_ > 0; ++i) {
        seen += static_cast<double>(in_class_[i]);
        if (seen >= wanted) return i == 0 ? 0.5 : std::exp((static_cast<double>(i) - 0.5) * growth);
    }
    return 0;
}

void DeadlineCounts::add(const DeadlineCounts& other) {
    begun += other.begun;
    met += other.met;
    missed += other.missed;
    cancelled += other.cancelled;
    exempt += other.exempt;
    running += other.running;
}

void RoleCounts::add(const RoleCounts& other) {
    commands += other.commands;
    pushes += other.pushes;
    tasks += other.tasks;
    minutes += other.minutes;
    waited.add(other.waited);
}

void SimulationCounts::add(const SimulationCounts& other) {
    centres += other.centres;
    tickets += other.tickets;
    open += other.open;
    commands += other.commands;
    refused += other.refused;
    events += other.events;
    told += other.told;
    rounds += other.rounds;
    stuck += other.stuck;
    add_up(kinds, other.kinds);
    add_up(levels, other.levels);
    add_up(ends, other.ends);
    add_up(raised, other.raised);
    add_up(escalated, other.escalated);
    add_up(warned, other.warned);
    add_up(tasks, other.tasks);
    add_up(scores, other.scores);
    add_up(revisits, other.revisits);
    for (const auto& [name, more] : other.deadlines) deadlines[name].add(more);
    for (const auto& [name, more] : other.roles) roles[name].add(more);
    to_acceptance.add(other.to_acceptance);
    to_resolution.add(other.to_resolution);
    to_end.add(other.to_end);
}

}  // namespace huiyin
