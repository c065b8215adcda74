#include "deploy/commands/quiet_house.h"

#include "deploy/commands/common.h"
#include "deploy/service/channels.h"
#include "deploy/service/rules.h"
#include "workflow/engine/versions.h"
#include "workflow/store/address.h"

namespace huiyin::commands {
namespace {

template <class T>
T good(Result<T> result) {
    if (!result) refuse(result.problem().text);
    return std::move(*result);
}

}  // namespace

QuietHouse::QuietHouse(const Config& config, const std::string& share, bool read_only)
    : phrases(good(Phrases::load(share + "/templates/phrases/zh-CN.json"))),
      store(store_or_refuse(config, read_only, ids)),
      keys(config.secrets),
      speaker(ids, system, keys, traits_of(config)),
      now(system.now()) {
    store->read([&](Reading& reading) {
        directory = std::make_unique<DirectoryHolder>(reading.directory());
        if (const auto stood = reading.setting("manual_clock"))
            if (const auto at = parse_rfc3339(*stood)) now = *at;
    });
    if (!directory->get() || directory->get()->units().empty())
        refuse("the store knows no organisation yet: " + without_password(config.store) +
               ": start the service once, so that it reads \"directory\"");
    const auto rules = good(load_rules(config.policy, packs_of_units(*directory->get()), share, phrases));
    policies = std::make_unique<Policies>(rules.standard);
    store->read([&](Reading& reading) {
        const auto all = under_kept_versions(reading, all_of(rules));
        policies->put_in_force(all.front(), {all.begin() + 1, all.end()});
        take_kept_versions(reading, *policies, phrases, share + "/templates");
    });
    engine_parts.policies = policies.get();
    engine_parts.directory = directory.get();
    engine_parts.phrases = &phrases;
    engine_parts.speaker = &speaker;
    engine = std::make_unique<Engine>(engine_parts);
    parts.store = store.get();
    parts.engine = engine.get();
    parts.policies = policies.get();
    parts.directory = directory.get();
    parts.phrases = &phrases;
    parts.speaker = &speaker;
    parts.ids = &ids;
    parts.service = parts.system = &system;
    parts.companies = companies_of(config);
}

QuietHouse::~QuietHouse() { store->stop(); }

}  // namespace huiyin::commands
