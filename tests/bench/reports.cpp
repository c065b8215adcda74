// How long the month takes that is counted from the cases: prints seconds and the processor's time a case, for figures
// alone and for figures with the register beside them. `build/bench_reports [TICKETS]`, by default 10,000 of one
// service centre in one month, each accepted and resolved. Exit 0 only if the goal is reached: 2 seconds for figures.
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

#include "tests/engine/world.h"
#include "workflow/engine/report_desk.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

double processor_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void store_cases(World& world, int tickets) {
    constexpr int in_one_unit = 200;
    const auto resident = world.resident_named("王女士", "13812345678");
    OpenTicket wish;
    wish.kind = "complaint";
    wish.category = "housing";
    wish.details.summary = "楼道灯坏了三天没人修";
    world.dress(wish, resident, "jinxiu", "3", "2", "501");
    Command accept, resolve;
    accept.name = "accept";
    accept.by = staff(world.staff(li));
    resolve.name = "resolve";
    resolve.by = staff(world.staff(zhang));
    resolve.fields = {{"text", "换了灯管"}};
    for (int done = 0; done < tickets; done += in_one_unit)
        world.in_unit_of_work([&](Transaction& tx) {
            for (int i = done; i < std::min(done + in_one_unit, tickets); ++i) {
                const auto ticket = world.engine->open(tx, wish, world.now());
                if (!ticket) throw std::runtime_error(ticket.problem().text);
                for (const auto& command : {accept, resolve})
                    if (const auto given = world.engine->execute(tx, ticket->id, command, world.now()); !given)
                        throw std::runtime_error(given.problem().text);
            }
        });
}

double seconds_for(World& world, const std::string& name, int tickets) {
    EngineParts parts;
    parts.policies = world.policies.get();
    parts.directory = world.directory.get();
    parts.phrases = world.phrases.get();
    parts.speaker = world.speaker.get();
    ReportWish wish;
    wish.policy = world.policies->standard();
    wish.name = name;
    wish.period = "2026-03";
    wish.units = world.directory->get()->with_below(world.directory->get()->organisation().id);
    const auto began = std::chrono::steady_clock::now();
    const auto worked = processor_seconds();
    const auto made = make_report(*world.store, parts, wish, world.now());
    const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    if (!made || made->json["all"]["measured"]["count"]["part"] != tickets)
        throw std::runtime_error("it counted something else");
    std::cout << name << ": " << tickets << " cases: " << took << " s, "
              << static_cast<std::int64_t>((processor_seconds() - worked) * 1e6 / tickets)
              << " us of processor time a case" << std::endl;
    return took;
}

}  // namespace

int main(int count, char** words) {
    const auto tickets = count > 1 ? std::atoi(words[1]) : 10'000;
    World world("2026-03-02 09:00");
    store_cases(world, tickets);
    const auto figures = seconds_for(world, "consolidated", tickets);
    seconds_for(world, "monthly", tickets);
    return figures <= 2 ? 0 : 1;
}
