#include "deploy/commands/report.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "deploy/commands/common.h"
#include "deploy/service/rules.h"
#include "workflow/base/log.h"
#include "workflow/engine/report_desk.h"
#include "workflow/engine/versions.h"
#include "workflow/reports/table_text.h"
#include "workflow/reports/workbook.h"

namespace huiyin {
namespace {

using commands::refuse;

struct Asked {
    std::string name = "monthly", period, unit, policy, format = "json", config = "huiyin.json", share;
};

// What the service would know, read from its store without changing anything.
struct House {
    std::unique_ptr<Store> store;
    Phrases phrases;
    std::unique_ptr<DirectoryHolder> directory;
    std::unique_ptr<Policies> policies;
    TimePoint now;
    EngineParts parts() const {
        EngineParts parts;
        parts.policies = policies.get();
        parts.directory = directory.get();
        parts.phrases = &phrases;
        return parts;
    }
};

template <class T>
T good(Result<T> result) {
    if (!result) refuse(result.problem().text);
    return std::move(*result);
}

House house_of(const Asked& asked, IdMaker& ids) {
    std::string share;
    const auto config = commands::config_or_refuse(asked.config, asked.share, &share);
    House house{nullptr, good(Phrases::load(share + "/templates/phrases/zh-CN.json")), nullptr, nullptr,
                SystemClock{}.now()};
    house.store = commands::store_or_refuse(config, true, ids);
    house.store->read([&](Reading& reading) {
        house.directory = std::make_unique<DirectoryHolder>(reading.directory());
        // Where the clock is set by hand, it stands still until it is moved.
        if (const auto stood = reading.setting("manual_clock"))
            if (const auto at = parse_rfc3339(*stood)) house.now = *at;
    });
    const auto rules = good(load_rules(config.policy, packs_of_units(*house.directory->get()), share, house.phrases));
    house.policies = std::make_unique<Policies>(rules.standard);
    house.policies->put_in_force(rules.standard, rules.others);
    house.store->read(
        [&](Reading& reading) { take_kept_versions(reading, *house.policies, house.phrases, share + "/templates"); });
    return house;
}

ReportWish wish_of(const Asked& asked, const House& house) {
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
    IdMaker ids(1022);
    const auto house = house_of(asked, ids);
    const auto wish = wish_of(asked, house);
    const auto made = good(make_report(*house.store, house.parts(), wish, house.now));
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
