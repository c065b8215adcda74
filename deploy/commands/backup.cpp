#include "deploy/commands/backup.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "deploy/commands/ownership.h"
#include "deploy/commands/store_commands.h"
#include "workflow/base/log.h"
#include "workflow/base/time_text.h"
#include "workflow/store/backup.h"

namespace huiyin {
namespace {

struct Asked {
    StoreCommandOptions where;
    std::string file;
};

void tell(const char* done, const BackupMade& made) {
    std::cout << done << ": the store (" << made.store_bytes << " bytes) and " << made.media << " media files, as of "
              << to_rfc3339(made.fence, Zone{}) << '\n';
    for (const auto& hash : made.missing)
        std::cerr << "huiyin: a media file is missing and not in the backup: " << hash
                  << ": look for it in older ones\n";
}

void add_one(CLI::App& app, const char* name, const char* about, const char* done,
             Result<BackupMade> (*act)(const StoreOptions&, const std::string&, IdMaker&)) {
    auto* command = app.add_subcommand(name, about);
    auto asked = std::make_shared<Asked>();
    add_store_options(*command, asked->where);
    command->add_option("FILE", asked->file, "the tar")->required();
    command->callback([asked, done, act] {
        log::silence(true);
        IdMaker ids(1021);
        try {
            const auto store = store_options(asked->where);
            const auto made = act(store, asked->file, ids);
            commands::give_to_owner_of_folder(store);
            if (!made) refuse(made.problem());
            tell(done, *made);
        } catch (const CLI::RuntimeError&) {  // refused and told
            throw;
        } catch (const std::exception& e) {
            refuse({"backup.failed", std::string(e.what()) + ": " + asked->file + ": see that the disk has room", {}});
        }
    });
}

}  // namespace

void add_backup_commands(CLI::App& app) {
    add_one(app, "backup", "the store and its media in one tar; also beside a running service", "saved",
            [](const StoreOptions& from, const std::string& file, IdMaker& ids) {
                return back_up(from, file, SystemClock{}.now(), ids);
            });
    add_one(app, "restore", "what huiyin backup made, into places where nothing is yet", "restored",
            [](const StoreOptions& to, const std::string& file, IdMaker& ids) { return restore(to, file, ids); });
}

}  // namespace huiyin
