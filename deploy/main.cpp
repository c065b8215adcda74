// The program: one subcommand a file of deploy/commands.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

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
#include "workflow/base/json_text.h"

namespace {

// What is wrong with the words of a command line, and where its help is: the command's own, as far as it was
// understood.
std::string usage_error(const CLI::App& app, int argc, char** argv, const std::string& said) {
    const CLI::App* at = &app;
    std::string known = "huiyin";
    int next = 1;
    for (auto inside = at->get_subcommands(); !inside.empty(); inside = at->get_subcommands()) {
        at = inside.front();
        known += " " + at->get_name();
        while (next < argc && argv[next] != at->get_name()) ++next;
        ++next;
    }
    const auto help = ": `" + known + " --help` shows what there is";
    std::vector<std::string> commands;
    for (const auto* one : at->get_subcommands([](const CLI::App*) { return true; }))
        commands.push_back(one->get_name());
    while (next < argc && argv[next][0] == '-') ++next;
    if (commands.empty() || next >= argc) return said + help;
    const std::string word = argv[next];
    const auto near = huiyin::nearest(word, commands);
    return "unknown command \"" + word + "\"" + (near ? ": did you mean \"" + *near + "\"?" : std::string()) + help;
}

}  // namespace

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
        // What a service does is done without its words; what another command says may be all that it does.
        if (!app.got_subcommand("serve") && !app.got_subcommand("demo") && !std::cout.flush())
            throw std::runtime_error("the output did not take it all: is the disk full?");
    } catch (const CLI::RuntimeError& ended) {
        return ended.get_exit_code();
    } catch (const CLI::ParseError& wrong) {
        if (wrong.get_exit_code() == 0) return app.exit(wrong);  // --help, --version
        std::fprintf(stderr, "huiyin: %s\n", usage_error(app, argc, argv, wrong.what()).c_str());
        return 2;
    } catch (const std::exception& failed) {
        std::fprintf(stderr, "huiyin: %s\n", failed.what());
        return 1;
    }
    return 0;
}
