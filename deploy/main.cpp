// The program: one subcommand a file of deploy/commands.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "deploy/commands/backup.h"
#include "deploy/commands/chat.h"
#include "deploy/commands/copy_store.h"
#include "deploy/commands/doctor.h"
#include "deploy/commands/export.h"
#include "deploy/commands/import.h"
#include "deploy/commands/menu.h"
#include "deploy/commands/migrate.h"
#include "deploy/commands/policy.h"
#include "deploy/commands/qr.h"
#include "deploy/commands/report.h"
#include "deploy/commands/serve.h"
#include "deploy/commands/understand.h"
#include "deploy/commands/user.h"
#include "deploy/commands/verify.h"

int main(int argc, char** argv) {
    CLI::App app{"Huiyin: complaints from the first message to the rating", "huiyin"};
    app.set_version_flag("--version", "huiyin " HUIYIN_VERSION);
    app.require_subcommand(1);
    huiyin::add_serve_commands(app);
    huiyin::add_chat_command(app);
    huiyin::add_policy_commands(app);
    huiyin::add_report_command(app);
    huiyin::add_understand_command(app);
    huiyin::add_user_commands(app);
    huiyin::add_import_command(app);
    huiyin::add_export_command(app);
    huiyin::add_backup_commands(app);
    huiyin::add_copy_store_command(app);
    huiyin::add_verify_command(app);
    huiyin::add_migrate_command(app);
    huiyin::add_doctor_command(app);
    huiyin::add_qr_command(app);
    huiyin::add_menu_command(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::RuntimeError& ended) {
        return ended.get_exit_code();
    } catch (const CLI::ParseError& wrong) {
        if (wrong.get_exit_code() == 0) return app.exit(wrong);  // --help, --version
        std::fprintf(stderr, "huiyin: %s: command line: huiyin --help shows what there is\n", wrong.what());
        return 2;
    } catch (const std::exception& failed) {
        std::fprintf(stderr, "huiyin: %s\n", failed.what());
        return 1;
    }
    return 0;
}
