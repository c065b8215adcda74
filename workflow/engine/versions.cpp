#include "workflow/engine/versions.h"

#include <algorithm>
#include <set>
#include <utility>

#include "workflow/base/digest.h"
#include "workflow/base/log.h"
#include "workflow/policy/pack.h"

namespace huiyin {

void keep_versions(Transaction& tx, const Policies& policies) {
    for (const auto& policy : policies.all())
        if (!policy->written.empty())
            tx.save(PolicyVersion{policy->id, policy->version, sha256_hex(policy->written), policy->written});
}

void take_kept_versions(Reading& reading, Policies& policies, const std::string& templates) {
    for (const auto& kept : reading.policy_versions()) {
        const auto in_force = policies.newest(kept.policy);
        if (in_force && in_force->version == kept.version) continue;
        // It was checked when it came into force; what the check has learnt since does not take it from its tickets.
        auto pack = pack_from_text(kept.text, kept.policy + " " + kept.version, templates);
        if (!pack.policy) {
            for (const auto& finding : pack.findings)
                log::error("policy.version_unreadable",
                           {{"policy", kept.policy}, {"version", kept.version}, {"problem", to_text(finding)}});
            continue;
        }
        policies.add_older(std::make_shared<const Policy>(std::move(*pack.policy)));
        log::info("policy.version_kept", {{"policy", kept.policy}, {"version", kept.version}});
    }
}

void forget_unpinned_versions(Store& store, const Policies& policies) {
    std::set<std::pair<std::string, std::string>> pinned;
    std::vector<PolicyVersion> kept;
    store.read([&](Reading& reading) {
        kept = reading.policy_versions();
        reading.each_ticket([&](const Ticket& ticket) { pinned.emplace(ticket.policy_id, ticket.policy_version); });
    });
    store.run([&](Transaction& tx) {
        for (const auto& each : kept) {
            const auto in_force = policies.newest(each.policy);
            if (pinned.count({each.policy, each.version}) == 0 && !(in_force && in_force->version == each.version))
                tx.drop_policy_version(each.policy, each.version);
        }
    });
}

}  // namespace huiyin
