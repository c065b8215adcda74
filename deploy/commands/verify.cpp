#include "deploy/commands/verify.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "deploy/commands/store_commands.h"
#include "workflow/base/log.h"
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

void add_verify_command(CLI::App& app) {
    auto* command = app.add_subcommand("verify", "recompute every ticket's event chain; also beside a running service");
    auto where = std::make_shared<StoreCommandOptions>();
    add_store_options(*command, *where);
    command->callback([where] {
        log::silence(true);
        auto options = store_options(*where);
        options.read_only = true;
        IdMaker ids(1023);
        auto store = open_store(options, ids);
        if (!store) refuse(store.problem());
        int code = 1;
        try {
            code = verify_store(**store, std::cout, std::cerr);
        } catch (const std::exception& e) {
            refuse({"store.unreadable", std::string("the store cannot be read to its end: ") + e.what(), {}});
        }
        if (code != 0) throw CLI::RuntimeError(code);
    });
}

}  // namespace huiyin
