#include "workflow/engine/simulate/simulate.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "workflow/engine/simulate/centre.h"

namespace huiyin {
namespace {

// Blocks that are done before their counts are added up in order: bounds memory, and keeps all threads busy meanwhile.
constexpr std::int64_t round_of_a_thread = 12;

// Runs work(0), work(1) … work(count - 1) on some threads; rethrows what went wrong.
void side_by_side(std::int64_t count, int threads, const std::function<void(std::int64_t)>& work) {
    std::atomic<std::int64_t> next{0};
    std::vector<std::exception_ptr> problems(static_cast<std::size_t>(threads));
    const auto run = [&](std::size_t thread) {
        try {
            for (auto i = next++; i < count; i = next++) work(i);
        } catch (...) {
            problems[thread] = std::current_exception();
            next = count;
        }
    };
    {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < problems.size(); ++i) others.emplace_back(run, i);
        run(0);
    }
    for (const auto& problem : problems)
        if (problem) std::rethrow_exception(problem);
}

}  // namespace

SimulationCounts simulate(const Policy& policy, const Mix& mix, const SimulationAsked& asked) {
    const auto& zone = policy.calendar.zone();
    const auto from = zone.from_local({asked.from, Milliseconds{0}});
    const auto until = zone.from_local({asked.from + std::chrono::days{asked.days}, Milliseconds{0}});
    const WorkingHours hours(policy.calendar, from, until + std::chrono::days{60});
    const Conduct conduct(policy, mix);
    const auto size = std::max<std::int64_t>(1, static_cast<std::int64_t>(mix.tickets_per_day * asked.days + 0.5));
    const auto threads = std::max(1, asked.threads);
    const auto blocks = (asked.tickets + size - 1) / size;
    SimulationCounts all;
    for (std::int64_t done = 0; done < blocks;) {
        const auto count = std::min(blocks - done, round_of_a_thread * threads);
        std::vector<SimulationCounts> parts(static_cast<std::size_t>(count));
        side_by_side(count, threads, [&](std::int64_t i) {
            CentreTask task;
            task.first = (done + i) * size;
            task.tickets = std::min(size, asked.tickets - task.first);
            task.from = from;
            task.until = until;
            task.seed = Random(asked.seed * 1'000'003 + static_cast<std::uint64_t>(done + i)).next();
            parts[static_cast<std::size_t>(i)] = run_centre(conduct, hours, task);
        });
        for (const auto& part : parts) all.add(part);
        done += count;
        if (asked.progress) asked.progress(all.tickets);
    }
    return all;
}

}  // namespace huiyin
