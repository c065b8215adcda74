#include "workflow/engine/versions.h"

#include <algorithm>
#include <set>
#include <utility>

#include "workflow/base/digest.h"
#include "workflow/base/log.h"
#include "workflow/policy/pack.h"

namespace huiyin {

std::vector<std::string> missing_phrases(const Policy& policy, const Phrases& phrases) {
    std::vector<std::string> missing;
    const auto own = policy.phrases.find(phrases.locale());
    for (auto& key : policy.phrase_keys())
        if (!phrases.has(key) && (own == policy.phrases.end() || own->second.count(key) == 0))
            missing.push_back(std::move(key));
    return missing;
}

namespace {

// The version under which this text is kept, or may be: the pack's own, unless another text has it.
std::string version_for(const Policy& policy, const std::string& hash, const std::vector<PolicyVersion>& kept) {
    const auto edited = policy.version + "+" + hash.substr(0, 8);
    bool taken = false;
    for (const auto& each : kept) {
        if (each.policy != policy.id || (each.version != policy.version && each.version != edited)) continue;
        if (each.hash == hash) return each.version;
        taken = taken || each.version == policy.version;
    }
    return taken ? edited : policy.version;
}

}  // namespace

std::vector<std::shared_ptr<const Policy>> under_kept_versions(
    Reading& reading, const std::vector<std::shared_ptr<const Policy>>& policies) {
    const auto kept = reading.policy_versions();
    auto in_force = policies;
    for (auto& policy : in_force) {
        if (policy->written.empty()) continue;
        auto version = version_for(*policy, sha256_hex(policy->written), kept);
        if (version == policy->version) continue;
        auto edited = std::make_shared<Policy>(*policy);
        edited->version = std::move(version);
        policy = std::move(edited);
    }
    return in_force;
}

std::vector<std::shared_ptr<const Policy>> keep_versions(Transaction& tx,
                                                         const std::vector<std::shared_ptr<const Policy>>& policies) {
    auto in_force = under_kept_versions(tx, policies);
    for (std::size_t i = 0; i < policies.size(); ++i) {
        const auto& policy = *in_force[i];
        if (policy.written.empty()) continue;
        if (policy.version != policies[i]->version)
            log::warning(
                "policy.edited_without_version",
                {{"policy", policy.id},
                 {"version", policies[i]->version},
                 {"in_force_as", policy.version},
                 {"mend", "older tickets keep the text they were opened under; raise \"version\" in the file"}});
        tx.save(PolicyVersion{policy.id, policy.version, sha256_hex(policy.written), policy.written});
    }
    return in_force;
}

void take_kept_versions(Reading& reading, Policies& policies, const Phrases& phrases, const std::string& templates) {
    for (const auto& kept : reading.policy_versions()) {
        const auto in_force = policies.in_force(kept.policy);
        if (in_force && in_force->version == kept.version) continue;
        const auto unreadable = [&](const std::string& problem) {
            log::error("policy.version_unreadable",
                       {{"policy", kept.policy}, {"version", kept.version}, {"problem", problem}});
        };
        // It was checked when it came into force; what the check has learnt since does not take it from its tickets.
        auto pack = pack_from_text(kept.text, kept.policy + " " + kept.version, templates);
        for (const auto& finding : pack.findings) unreadable(to_text(finding));
        if (!pack.policy) continue;
        // A phrase that is missing would stop its tickets at every step.
        if (const auto missing = missing_phrases(*pack.policy, phrases); !missing.empty()) {
            for (const auto& key : missing) unreadable("missing phrase \"" + key + "\"");
            continue;
        }
        pack.policy->version = kept.version;  // the text of one that was edited says less
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
            const auto in_force = policies.in_force(each.policy);
            if (pinned.count({each.policy, each.version}) == 0 && !(in_force && in_force->version == each.version))
                tx.drop_policy_version(each.policy, each.version);
        }
    });
}

}  // namespace huiyin
