#include "deploy/commands/copy_store.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>

#include "deploy/commands/ownership.h"
#include "deploy/commands/store_commands.h"
#include "workflow/base/log.h"
#include "workflow/store/address.h"
#include "workflow/store/copy.h"

namespace huiyin {
namespace {

struct Asked {
    StoreCommandOptions where;
    std::string to;
};

// "${NAME}" is taken from the environment and "file:PATH" from a file, as in the configuration: a command line is for
// all to see.
std::string address(const std::string& text) {
    if (text.starts_with("file:")) {
        std::ifstream file(text.substr(5));
        std::string line;
        if (!std::getline(file, line) || line.empty())
            refuse({"copy.no_address",
                    "no address in this file: " + text.substr(5) + ": write it into its first line",
                    {}});
        return line;
    }
    if (!text.starts_with("${") || text.back() != '}') return text;
    const auto name = text.substr(2, text.size() - 3);
    const char* value = std::getenv(name.c_str());
    if (!value || !*value) refuse({"copy.no_address", "the environment has no " + name + ": TO: set it before", {}});
    return value;
}

std::string seconds(Milliseconds took) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(1) << static_cast<double>(took.count()) / 1000 << " s";
    return text.str();
}

void show(const CopyProgress& at) {
    static constexpr const char* steps[] = {"copying", "reading back", "verifying"};
    std::cerr << '\r' << std::left << std::setw(60)
              << steps[static_cast<int>(at.step)] + (" " + at.table) + ": " + std::to_string(at.rows) << std::flush;
}

void tell(const StoreCopied& done, const std::string& to) {
    std::int64_t rows = 0;
    for (const auto& table : done.tables) {
        rows += table.rows;
        std::cout << std::left << std::setw(20) << table.name << std::right << std::setw(12) << table.rows << "  "
                  << seconds(table.took) << '\n';
    }
    std::cout << "read back: every table is what it was\n"
              << done.chains.tickets << " tickets, " << done.chains.events << " events: every chain fits\n";
    if (done.wait_again > 0)
        std::cout << done.wait_again << " messages were on their way when their process ended: they wait again\n";
    std::cout << "copied: " << done.tables.size() << " tables, " << rows << " rows in " << seconds(done.took)
              << "; now write the new place into \"store\": " << without_password(to) << '\n';
}

}  // namespace

void add_copy_store_command(CLI::App& app) {
    auto* command = app.add_subcommand("copy-store",
                                       "copy the whole store to another place, from a file to PostgreSQL or back; "
                                       "the service is stopped meanwhile");
    auto asked = std::make_shared<Asked>();
    add_store_options(*command, asked->where);
    command
        ->add_option("TO", asked->to,
                     "an empty place: postgresql://USER@HOST/DATABASE, sqlite:PATH; or '${NAME}' or file:PATH where "
                     "that stands")
        ->required();
    command->footer(
        "Copies the store that the configuration names, row by row, reads it back, compares it and verifies every\n"
        "ticket's event chain. The first store is left as it was. A copy that was cut off is taken for a store by no\n"
        "program: run the command once more, it begins anew. Attachments are files in \"media\" in both.");
    command->callback([asked] {
        log::silence(true);
        IdMaker ids(1021);
        const auto to = address(asked->to);
        const bool watched = ::isatty(STDERR_FILENO) == 1;
        auto shown = std::chrono::steady_clock::now();
        const auto from = store_options(asked->where);
        const auto done = copy_store(from, to, ids, [&](const CopyProgress& at) {
            const auto now = std::chrono::steady_clock::now();
            if (!watched || now - shown < Milliseconds{200}) return;
            shown = now;
            show(at);
        });
        if (watched) std::cerr << '\r' << std::setw(60) << "" << '\r' << std::flush;
        for (const auto& url : {from.url, to}) {
            StoreOptions place;
            place.url = url;
            commands::give_to_owner_of_folder(place);
        }
        if (!done) refuse(done.problem());
        tell(*done, to);
    });
}

}  // namespace huiyin
