// The packs a service runs on: the default, and those that units name. All of them hold, or none is taken.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "workflow/directory/directory.h"
#include "workflow/engine/policies.h"
#include "workflow/phrases/phrases.h"

namespace huiyin {

struct Rules {
    std::shared_ptr<const Policy> standard;
    std::vector<std::shared_ptr<const Policy>> others;
};
// `standard`: a path. `of_units`: ids of packs beside it, or in <share>/templates/policies. Errors: policy.invalid -
// every finding of every pack, a line each: what is wrong, file, pointer, mend.
Result<Rules> load_rules(const std::string& standard, const std::vector<std::string>& of_units,
                         const std::string& share, const Phrases& phrases);
// The packs that units name, each once.
std::vector<std::string> packs_of_units(const Directory& directory);
std::vector<std::shared_ptr<const Policy>> all_of(const Rules& rules);
// What deadlines are derived from, as one hash: the packs, what they extend, and the holiday files.
std::string rules_hash(const std::string& standard, const std::vector<std::string>& of_units, const std::string& share);

}  // namespace huiyin
