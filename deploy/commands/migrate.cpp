#include "deploy/commands/migrate.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "deploy/commands/ownership.h"
#include "deploy/commands/store_commands.h"
#include "workflow/base/log.h"

namespace huiyin {

Result<int> migrate_store(const StoreOptions& options, bool check, std::ostream& out) {
    const auto before = schema_state(options.url);
    if (!before) return before.problem();
    const auto present = std::to_string(before->present), newest = std::to_string(before->newest);
    if (check) {
        const bool current = before->present == before->newest;
        if (before->present == 0) {
            out << "no store yet: schema " << newest << " is made at the first start\n";
        } else if (current) {
            out << "schema " << present << ": up to date\n";
        } else {
            out << "schema " << present << ", this program wants " << newest << ": run huiyin migrate\n";
        }
        return current ? 0 : 1;
    }
    IdMaker ids(1023);
    const auto store = open_store(options, ids);
    if (!store) return store.problem();
    if (before->present == before->newest) {
        out << "schema " << present << ": up to date\n";
    } else {
        out << "schema " << present << " -> " << newest << '\n';
    }
    return 0;
}

void add_migrate_command(CLI::App& app) {
    auto* command = app.add_subcommand("migrate", "bring the store's schema up to date (serve does it at start, too)");
    auto where = std::make_shared<StoreCommandOptions>();
    auto check = std::make_shared<bool>(false);
    add_store_options(*command, *where);
    command->add_flag("--check", *check,
                      "only tell how the schema stands; exit code 1 if it is older than this program");
    command->callback([where, check] {
        log::silence(true);
        const auto store = store_options(*where);
        const auto code = migrate_store(store, *check, std::cout);
        commands::give_to_owner_of_folder(store);
        if (!code) refuse(code.problem());
        if (*code != 0) throw CLI::RuntimeError(*code);
    });
}

}  // namespace huiyin
