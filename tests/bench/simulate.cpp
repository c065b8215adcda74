// How fast a policy is simulated: prints tickets per second, the processor's time a ticket (which says the same while
// others use the machine) and the most memory the process ever had, for a growing number of tickets.
// `build/bench_simulate [TICKETS] [DAYS] [PACK]`; by default 1,000,000, 90 and property-group on as many threads as
// there are cores. Exit 0 only if the goal is reached: 60 seconds, and memory that does not grow.
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "workflow/engine/simulate/simulate.h"
#include "workflow/policy/pack.h"

using namespace huiyin;

namespace {

long peak_megabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

double processor_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double run(const Policy& policy, std::int64_t tickets, int days) {
    SimulationAsked asked;
    asked.tickets = tickets;
    asked.days = days;
    asked.from = parse_date("2026-03-02").value();
    asked.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const auto began = std::chrono::steady_clock::now();
    const auto worked = processor_seconds();
    const auto counts = simulate(policy, standard_mix(policy), asked);
    const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    std::cout << tickets << " tickets, " << days << " days, " << asked.threads << " threads: " << took << " s, "
              << static_cast<std::int64_t>(static_cast<double>(tickets) / took) << " tickets/s, "
              << static_cast<std::int64_t>(static_cast<double>(counts.events) / took) << " events/s, "
              << static_cast<std::int64_t>((processor_seconds() - worked) * 1e6 / static_cast<double>(tickets))
              << " us of processor time a ticket, at most " << peak_megabytes() << " MB, " << counts.stuck << " stuck"
              << std::endl;
    return took;
}

}  // namespace

int main(int count, char** words) {
    const auto tickets = count > 1 ? std::atoll(words[1]) : 1'000'000;
    const auto days = count > 2 ? std::atoi(words[2]) : 90;
    const std::string pack = count > 3 ? words[3] : "property-group";
    const std::string templates = HUIYIN_SOURCE "/templates";
    const auto policy = load_policy(templates + "/policies/" + pack + ".json", templates);
    if (!policy) {
        std::cerr << policy.problem().text << '\n';
        return 1;
    }
    run(*policy, std::max(1LL, tickets / 20), days);
    const auto small = peak_megabytes();
    const auto took = run(*policy, tickets, days);
    const bool grows = peak_megabytes() > small + 20;
    const bool fast = took * 1'000'000 / static_cast<double>(tickets) < 60;
    std::cout << (fast ? "reached" : "NOT reached") << ": 1,000,000 tickets in 60 s\n"
              << (grows ? "NOT reached" : "reached") << ": memory does not grow with tickets\n";
    return fast && !grows ? 0 : 1;
}
