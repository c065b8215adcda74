#include "deploy/service/rules.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "workflow/base/digest.h"
#include "workflow/base/log.h"
#include "workflow/engine/versions.h"
#include "workflow/policy/pack.h"

namespace huiyin {
namespace {

// Beside the standard one, where an organisation keeps its own; else among those that came with the program.
std::string file_of(const std::string& id, const std::string& standard, const std::string& share) {
    const auto beside = std::filesystem::path(standard).parent_path() / (id + ".json");
    std::error_code absent;
    return std::filesystem::exists(beside, absent) ? beside.string() : share + "/templates/policies/" + id + ".json";
}

std::shared_ptr<const Policy> loaded(const std::string& file, const std::string& share, const Phrases& phrases,
                                     std::string& findings) {
    const auto add = [&](const std::string& text) { findings += (findings.empty() ? "" : "\n") + text; };
    auto policy = load_policy(file, share + "/templates");
    if (!policy) {
        add(policy.problem().text);
        return nullptr;
    }
    for (const auto& warning : policy->warnings) log::warning("policy.warning", {{"text", warning}});
    const auto missing = missing_phrases(*policy, phrases);
    for (const auto& key : missing)
        add("missing phrase \"" + key + "\": " + file + ": write it there under /phrases/" + phrases.locale() +
            ", or into templates/phrases/" + phrases.locale() + ".json");
    return missing.empty() ? std::make_shared<const Policy>(std::move(*policy)) : nullptr;
}

}  // namespace

Result<Rules> load_rules(const std::string& standard, const std::vector<std::string>& of_units,
                         const std::string& share, const Phrases& phrases) {
    Rules rules;
    std::string findings;
    rules.standard = loaded(standard, share, phrases, findings);
    for (const auto& id : of_units)
        if (!rules.standard || rules.standard->id != id)
            rules.others.push_back(loaded(file_of(id, standard, share), share, phrases, findings));
    if (!findings.empty()) return Problem{"policy.invalid", findings, {}};
    return rules;
}

std::vector<std::string> packs_of_units(const Directory& directory) {
    std::vector<std::string> ids;
    for (const auto& unit : directory.units())
        if (!unit.policy.empty() && std::find(ids.begin(), ids.end(), unit.policy) == ids.end())
            ids.push_back(unit.policy);
    return ids;
}

std::vector<std::shared_ptr<const Policy>> all_of(const Rules& rules) {
    auto all = rules.others;
    all.insert(all.begin(), rules.standard);
    return all;
}

std::string rules_hash(const std::string& standard, const std::vector<std::string>& of_units,
                       const std::string& share) {
    std::vector<std::string> files;
    const auto add = [&](const std::string& file) {
        const auto pack = load_pack(file, share + "/templates");
        files.insert(files.end(), pack.files.begin(), pack.files.end());
    };
    add(standard);
    for (const auto& id : of_units) add(file_of(id, standard, share));
    std::error_code error;
    for (const auto& folder : std::filesystem::directory_iterator(share + "/templates", error))
        if (folder.path().filename().string().starts_with("holidays-"))
            for (const auto& year : std::filesystem::directory_iterator(folder.path(), error))
                files.push_back(year.path().string());
    std::sort(files.begin(), files.end());
    std::string bytes;
    for (const auto& name : files) {
        std::ifstream file(name, std::ios::binary);
        bytes.append(std::istreambuf_iterator<char>(file), {});
    }
    return sha256_hex(bytes);
}

}  // namespace huiyin
