#include "deploy/commands/user.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "deploy/commands/common.h"
#include "deploy/commands/ownership.h"
#include "deploy/service/channels.h"
#include "deploy/service/control.h"
#include "workflow/base/log.h"
#include "workflow/store/address.h"

namespace huiyin {
namespace {

struct Asked {
    std::string config = "huiyin.json", share, login, name, unit;
    std::vector<std::string> roles;
};

// Through the running service if there is one, else on the store itself: one process alone writes to it.
Json ask(const Asked& asked, const Json& wish) {
    log::silence(true);
    const auto config = commands::config_or_refuse(asked.config, asked.share);
    auto answer = ask_service(config.store, wish);
    if (!answer && answer.problem().code == "control.nobody") {
        IdMaker ids{1};
        auto store = commands::store_or_refuse(config, false, ids);
        std::shared_ptr<const Directory> known;
        store->read([&](Reading& reading) { known = reading.directory(); });
        if (!known || known->units().empty())
            commands::refuse("the store knows no organisation yet: " + without_password(config.store) +
                             ": start the service once, so that it reads \"directory\"");
        DirectoryHolder directory(known);
        const SystemClock system;
        Access access(*store, directory, system, config.public_url);
        answer = staff_command(wish, *store, access, directory, ids, system,
                               {config.address_of_links(config.port), config.public_url.empty()}, companies_of(config));
        store->stop();
        commands::give_to_owner_of_folder(commands::store_options(config, false));
    }
    if (!answer) commands::refuse(answer.problem().text);
    return std::move(*answer);
}

void print_link(const Json& answer, const char* what, const std::string& config) {
    std::cout << what << " " << answer.value("login", "")
              << "\none-time sign-in link, 24 hours: " << answer.value("link", "") << '\n';
    if (answer.value("here_only", false))
        std::cerr << "huiyin: this link opens on this machine alone: write \"public_url\" into " << config
                  << ", and links lead to where people come\n";
}

}  // namespace

void add_user_commands(CLI::App& app) {
    auto asked = std::make_shared<Asked>();
    auto* user = app.add_subcommand("user", "staff accounts");
    user->require_subcommand(1);
    const auto common = [asked](CLI::App* command) {
        command->add_option("--config", asked->config, "configuration file")->capture_default_str();
        command->add_option("--share", asked->share, "folder that holds templates/");
    };
    auto* adding = user->add_subcommand("add", "adds a member of staff and prints a one-time sign-in link");
    adding->add_option("LOGIN", asked->login, "letters, digits, - . _ @")->required();
    adding->add_option("--name", asked->name, "as residents read it")->required();
    adding
        ->add_option("--role", asked->roles,
                     "front_desk, engineering, order, environment, centre_manager, project_centre, quality_centre, "
                     "administrator")
        ->required();
    adding->add_option("--unit", asked->unit, "key or name of a unit")->required();
    common(adding);
    adding->callback([asked] {
        print_link(ask(*asked, {{"command", "user.add"},
                                {"login", asked->login},
                                {"name", asked->name},
                                {"roles", asked->roles},
                                {"unit", asked->unit}}),
                   "added", asked->config);
    });
    auto* listing = user->add_subcommand("list", "all accounts");
    common(listing);
    listing->callback([asked] {
        const auto answer = ask(*asked, {{"command", "user.list"}});
        for (const auto& one : answer["users"]) {
            std::string roles;
            for (const auto& role : one["roles"]) roles += (roles.empty() ? "" : ",") + role.get<std::string>();
            std::cout << one.value("login", "") << '\t' << one.value("name", "") << '\t' << roles << '\t'
                      << one.value("unit", "") << (one.value("second_factor", false) ? "\tsecond factor" : "")
                      << (one.value("disabled", false) ? "\tdisabled" : "") << '\n';
        }
    });
    auto* resetting = user->add_subcommand("reset-password", "ends all sessions and prints a one-time sign-in link");
    resetting->add_option("LOGIN", asked->login, "who")->required();
    common(resetting);
    resetting->callback([asked] {
        print_link(ask(*asked, {{"command", "user.reset-password"}, {"login", asked->login}}), "reset", asked->config);
    });
    auto* without = user->add_subcommand(
        "reset-second-factor",
        "his phone is lost: ends all sessions; his password opens without a code until he sets one up");
    without->add_option("LOGIN", asked->login, "who")->required();
    common(without);
    without->callback([asked] {
        const auto answer = ask(*asked, {{"command", "user.reset-second-factor"}, {"login", asked->login}});
        std::cout << "reset " << answer.value("login", "") << '\n';
    });
    auto* disabling = user->add_subcommand("disable", "ends all sessions; the login opens nothing any more");
    disabling->add_option("LOGIN", asked->login, "who")->required();
    common(disabling);
    // Asked first: nothing is said to be done that was refused.
    const auto switched = [asked](const char* command, const char* done) {
        const auto answer = ask(*asked, {{"command", command}, {"login", asked->login}});
        std::cout << done << ' ' << answer.value("login", "") << '\n';
    };
    disabling->callback([switched] { switched("user.disable", "disabled"); });
    auto* enabling = user->add_subcommand("enable", "a disabled login opens again what it opened before");
    enabling->add_option("LOGIN", asked->login, "who")->required();
    common(enabling);
    enabling->callback([switched] { switched("user.enable", "enabled"); });
}

}  // namespace huiyin
