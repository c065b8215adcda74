#include "deploy/commands/verify.h"

#include <unistd.h>

#include <algorithm>
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <set>

#include "deploy/commands/common.h"
#include "deploy/commands/quiet_house.h"
#include "deploy/commands/store_commands.h"
#include "workflow/base/log.h"
#include "workflow/engine/kept_figures.h"
#include "workflow/store/verify.h"

namespace huiyin {

int verify_store(Store& store, std::ostream& out, std::ostream& errors) {
    const bool watched = ::isatty(STDERR_FILENO) == 1;
    const auto found = verify_chains(store, [&](std::int64_t tickets) {
        if (watched) errors << '\r' << tickets << " tickets" << std::flush;
    });
    if (watched) errors << '\r' << std::flush;
    for (const auto& fault : found.faults) out << fault << '\n';
    if (!found.faults.empty()) return 1;
    out << found.tickets << " tickets, " << found.events << " events: every chain fits\n";
    return 0;
}

namespace {

// Under every pack that tickets were opened under: one that is in force no more has no reports.
bool keeps_figures(Store& store) {
    std::set<std::string> packs;
    bool any = false;
    store.read([&](Reading& reading) {
        for (const auto& version : reading.policy_versions()) packs.insert(version.policy);
        for (const auto& pack : packs)
            reading.each_case_figures(pack, from_ms(0), {}, TimePoint::max(), [&](const CaseFigures&) {
                any = true;
                return false;
            });
    });
    return any;
}

int verify_reports(const StoreCommandOptions& where) {
    std::string share;
    const auto config = commands::config_or_refuse(where.config, where.share, &share);
    const commands::QuietHouse house(config, share, true);
    const auto found = verify_figures(*house.store, house.engine_parts, house.now);
    for (const auto& fault : found.faults) std::cout << fault << '\n';
    if (!found.faults.empty()) return 1;
    std::cout << found.settled << " tickets counted for reports: all as they are; " << found.due << " to be counted\n";
    return 0;
}

}  // namespace

void add_verify_command(CLI::App& app) {
    auto* command = app.add_subcommand("verify", "recompute every ticket's event chain; also beside a running service");
    auto where = std::make_shared<StoreCommandOptions>();
    add_store_options(*command, *where);
    command->footer("Beside the chains, what is kept of the cases for reports is compared with what they give now.");
    command->callback([where] {
        log::silence(true);
        auto options = store_options(*where);
        options.read_only = true;
        IdMaker ids(1023);
        auto store = open_store(options, ids);
        if (!store) refuse(store.problem());
        int code = 1;
        bool keeps = false;
        try {
            code = verify_store(**store, std::cout, std::cerr);
            keeps = keeps_figures(**store);
        } catch (const std::exception& e) {
            refuse({"store.unreadable", std::string("the store cannot be read to its end: ") + e.what(), {}});
        }
        if (keeps) code = std::max(code, verify_reports(*where));
        if (code != 0) throw CLI::RuntimeError(code);
    });
}

}  // namespace huiyin
