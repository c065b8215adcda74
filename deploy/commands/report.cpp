#include "deploy/commands/report.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "deploy/commands/common.h"
#include "deploy/commands/quiet_house.h"
#include "workflow/base/log.h"
#include "workflow/engine/report_desk.h"
#include "workflow/reports/table_text.h"
#include "workflow/reports/workbook.h"

namespace huiyin {
namespace {

using commands::refuse;

struct Asked {
    std::string name = "monthly", period, unit, policy, format = "json", config = "huiyin.json", share;
};

template <class T>
T good(Result<T> result) {
    if (!result) refuse(result.problem().text);
    return std::move(*result);
}

ReportWish wish_of(const Asked& asked, const commands::QuietHouse& house) {
    ReportWish wish;
    const auto directory = house.directory->get();
    const auto* unit = asked.unit.empty() ? &directory->organisation() : directory->unit_by_key(asked.unit);
    if (!unit) refuse("no unit \"" + asked.unit + "\": --unit: write the key of one");
    wish.units = directory->with_below(unit->id);
    wish.policy =
        asked.policy.empty() ? house.policies->for_unit(unit->id, *directory) : house.policies->in_force(asked.policy);
    if (!wish.policy) refuse("no pack \"" + asked.policy + "\" is in force: --policy: write the id of one");
    wish.name = asked.name;
    wish.period = asked.period;
    return wish;
}

void run(const Asked& asked) {
    log::silence(true);
    std::string share;
    const auto config = commands::config_or_refuse(asked.config, asked.share, &share);
    const commands::QuietHouse house(config, share, true);
    const auto made = good(make_report(*house.store, house.engine_parts, wish_of(asked, house), house.now));
    if (asked.format == "json")
        std::cout << (made.json.contains("all") ? made.json : made.json.at("table")).dump(2) << '\n';
    else if (asked.format == "csv")
        std::cout << to_csv(made.tables.front());
    else if (asked.format == "xlsx")
        std::cout << to_xlsx(made.title, made.tables, made.numbers);
    else
        std::cout << to_html(made.title, made.tables);
}

}  // namespace

void add_report_command(CLI::App& app) {
    auto asked = std::make_shared<Asked>();
    auto* command =
        app.add_subcommand("report", "the periodic report and the registers; also beside a running service");
    command->add_option("NAME", asked->name, "a report or register of the rules, register, or files")
        ->capture_default_str();
    command->add_option("--period", asked->period,
                        "2026-11, 2026-Q4, 2026, 2026-11-26 or 2026-11-01..2026-11-30; by default the present one");
    command->add_option("--unit", asked->unit, "the key of a unit: its matters and those of the units below");
    command->add_option("--policy", asked->policy, "the id of a pack in force; by default the unit's");
    command->add_option("--format", asked->format, "how it is written")
        ->check(CLI::IsMember({"json", "xlsx", "csv", "html"}))
        ->capture_default_str();
    command->add_option("--config", asked->config, "configuration file")->capture_default_str();
    command->add_option("--share", asked->share, "folder that holds templates/");
    command->callback([asked] { run(*asked); });
}

}  // namespace huiyin
