// How long the month takes: counted from the cases, and added up from what is kept of them; and what it takes to count
// a case and keep that. Prints seconds and the processor's time a case. `build/bench_reports [TICKETS]`, by default
// 10,000 of one month. At most 20,000 of them are cases with events of their own, filed, accepted, resolved and rated
// in many ways; what is kept of these is written down again under other numbers until there are as many as were asked
// for. Exit 0 only if the goal is reached: 2 seconds for figures that are kept.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>

#include "tests/engine/world.h"
#include "workflow/engine/kept_figures.h"
#include "workflow/engine/report_desk.h"
#include "workflow/engine/simulate/random.h"
#include "workflow/store/sqlite_driver.h"

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

// As various as a month is: two centres, every kind and category, a dozen amounts, who took it and what it was worth.
void store_cases(World& world, int tickets) {
    constexpr int in_one_unit = 200;
    Random random(7);
    const auto resident = world.resident_named("王女士", "13812345678");
    const auto policy = world.policies->standard();
    const auto one_of = [&](const auto& list) -> const auto& {
        return list[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(list.size())))];
    };
    const auto by = [&](const char* login) { return staff(world.staff(login)); };
    const auto give = [&](Transaction& tx, TicketId ticket, const char* name, const Party& who, Json fields) {
        Command command;
        command.name = name;
        command.by = who;
        command.fields = std::move(fields);
        return static_cast<bool>(world.engine->execute(tx, ticket, command, world.now()));
    };
    const auto begins = world.now();
    for (int done = 0; done < tickets; done += in_one_unit) {
        world.service.set(begins + std::chrono::minutes{done * 20 * 24 * 60LL / tickets});
        world.in_unit_of_work([&](Transaction& tx) {
            for (int i = done; i < std::min(done + in_one_unit, tickets); ++i) {
                OpenTicket wish;
                const auto& kind = one_of(policy->kinds);
                wish.kind = kind.key;
                if (!kind.categories.empty()) wish.category = one_of(kind.categories).key;
                wish.details.summary = "楼道灯坏了三天没人修";
                if (random.chance(20)) wish.amount_fen = random.below(12) * 50'000;
                world.dress(wish, resident, "jinxiu", "3", "2", "501");
                if (random.chance(40)) {
                    wish.unit = world.directory->get()->unit_by_key("cuihu")->id;
                    wish.household = {};
                }
                const auto ticket = world.engine->open(tx, wish, world.now());
                if (!ticket) throw std::runtime_error(ticket.problem().text);
                give(tx, ticket->id, "accept", by(li), Json::object());
                const auto* const who = random.chance(50) ? zhang : random.chance(50) ? wang : li;
                if (random.chance(80)) give(tx, ticket->id, "resolve", by(who), {{"text", "换了灯管"}});
                if (random.chance(60))
                    give(tx, ticket->id, "rate", huiyin::resident(resident.person),
                         {{"score", 1 + random.below(5)}, {"scale", 5}});
            }
        });
    }
    world.service.set(begins + std::chrono::hours{20 * 24});
}

EngineParts parts_of(World& world) {
    EngineParts parts;
    parts.policies = world.policies.get();
    parts.directory = world.directory.get();
    parts.phrases = world.phrases.get();
    parts.speaker = world.speaker.get();
    return parts;
}

struct Measured {
    double seconds = 0;
    Json report;
};

template <class Work>
double measured(const std::string& what, int tickets, const Work& work) {
    const auto began = std::chrono::steady_clock::now();
    const auto worked = processor_seconds();
    work();
    const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    std::cout << what << ": " << tickets << " cases: " << took << " s, "
              << (processor_seconds() - worked) * 1e6 / tickets << " us of processor time a case" << std::endl;
    return took;
}

Measured report(World& world, const std::string& name, int tickets, bool anew) {
    ReportWish wish;
    wish.policy = world.policies->standard();
    wish.name = name;
    wish.period = "2026-03-01..2026-03-31";
    wish.units = world.directory->get()->with_below(world.directory->get()->organisation().id);
    wish.anew = anew;
    Measured made;
    made.seconds = measured(name + (anew ? ", looking at each" : ""), tickets, [&] {
        const auto paper = make_report(*world.store, parts_of(world), wish, world.now());
        if (!paper) throw std::runtime_error(paper.problem().text);
        made.report = paper->json;
    });
    return made;
}

void count_all(World& world) {
    const auto parts = parts_of(world);
    FigureKeeper keeper(*world.store, parts);
    while (keeper.count_due(world.now())) continue;
}

// Writes what is kept of these cases down again, whole months of it, until there are `tickets`: with the store closed.
void copy_figures(World& world, int real, int tickets) {
    world.store->stop();
    world.store.reset();
    const auto driver = open_sqlite((world.folder / "huiyin.db").string(), SqliteAccess::writing);
    driver->script("CREATE TEMP TABLE counted AS SELECT * FROM case_figures");
    for (int times = 1; times < tickets / real; ++times)
        driver->script("INSERT INTO case_figures SELECT organisation_id, policy, counted_at + " +
                       std::to_string(times) + ", ticket_id + " + std::to_string(times) +
                       ", unit_id, owner_unit_id, edition, settled_at, settled_until, kept_out, shared, own"
                       " FROM counted");
}

}  // namespace

int main(int count, char** words) {
    constexpr int most_real = 20'000;
    const auto wanted = count > 1 ? std::atoi(words[1]) : 10'000;
    const auto real = std::min(wanted, most_real);
    const auto tickets = wanted / real * real;
    World world("2026-03-02 09:00");
    measured("filed, accepted, resolved", real, [&] { store_cases(world, real); });
    const auto anew = report(world, "consolidated", real, true);
    report(world, "monthly", real, true);
    measured("counted and kept", real, [&] { count_all(world); });
    if (report(world, "consolidated", real, false).report != anew.report)
        throw std::runtime_error("what is kept gives another report");
    if (real < tickets) {
        copy_figures(world, real, tickets);
        world.restarts();
    }
    double slowest = 0;
    for (const auto* name : {"consolidated", "timeliness", "workload"}) {
        const auto kept = report(world, name, tickets, false);
        if (kept.report["all"]["measured"]["count"]["part"].get<std::int64_t>() * real !=
            anew.report["all"]["measured"]["count"]["part"].get<std::int64_t>() * tickets)
            throw std::runtime_error("it counted something else");
        slowest = std::max(slowest, kept.seconds);
    }
    return slowest <= 2 ? 0 : 1;
}
