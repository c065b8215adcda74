// Reads a policy pack. Source: pack.schema.json beside this file.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "workflow/policy/policy.h"

namespace huiyin {

struct PackFinding {
    enum class Weight { error, warning } weight = Weight::error;
    std::string file, pointer, text;
    friend bool operator==(const PackFinding&, const PackFinding&) = default;
};
std::string to_text(const PackFinding& finding);  // "what: property-group.json /deadlines/2/span: how to mend"

struct LoadedPack {
    std::optional<Policy> policy;  // nothing if a finding is an error
    std::vector<PackFinding> findings;
};

// `holidays`: the folder with the years' files (templates/holidays-cn). `extends` is looked up beside the file.
LoadedPack load_pack(const std::string& path, const std::string& holidays);

// As load_pack, all errors in one text. Errors: policy.invalid.
Result<Policy> load_policy(const std::string& path, const std::string& holidays);

}  // namespace huiyin
