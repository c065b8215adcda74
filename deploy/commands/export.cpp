#include "deploy/commands/export.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <limits>

#include "channels/api/export_command.h"
#include "deploy/commands/common.h"
#include "deploy/commands/quiet_house.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {

using commands::refuse;

struct Asked {
    std::string kind, unit, format, config = "huiyin.json", share;
};

void run(const Asked& asked) {
    log::silence(true);
    const auto format = asked.format.empty() ? std::string(asked.kind == "directory" ? "json" : "csv") : asked.format;
    if (asked.kind == "directory" && format != "json")
        refuse("the whole directory is json: --format " + format +
               ": units, buildings, households and staff have tables");
    std::string share;
    const auto config = commands::config_or_refuse(asked.config, asked.share, &share);
    const commands::QuietHouse house(config, share, true);
    const auto directory = house.directory->get();
    const auto* unit = asked.unit.empty() ? &directory->organisation() : directory->unit_by_key(asked.unit);
    if (!unit) refuse("no unit \"" + asked.unit + "\": --unit: write the key of one");
    const auto file = api::export_file_of(house.parts, asked.kind, format, directory->with_below(unit->id));
    if (!file) refuse(file.problem().text);
    std::cout << file->read_all(std::numeric_limits<std::size_t>::max());
}

}  // namespace

void add_export_command(CLI::App& app) {
    auto asked = std::make_shared<Asked>();
    auto* command =
        app.add_subcommand("export", "the directory or the tickets on standard output; also beside a running service");
    command->add_option("KIND", asked->kind, "units, buildings, households, staff, directory or tickets")
        ->required()
        ->check(CLI::IsMember({"units", "buildings", "households", "staff", "directory", "tickets"}));
    command->add_option("--format", asked->format, "csv (the default), json or xlsx; the whole directory is json")
        ->check(CLI::IsMember({"csv", "json", "xlsx"}));
    command->add_option("--unit", asked->unit, "the key of a unit: what lies in it and in the units below");
    command->add_option("--config", asked->config, "configuration file")->capture_default_str();
    command->add_option("--share", asked->share, "folder that holds templates/");
    command->callback([asked] { run(*asked); });
}

}  // namespace huiyin
