// Reads a policy pack: JSON with // comments, as pack.schema.json beside this file describes it.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "workflow/policy/policy.h"

namespace huiyin {

struct PackFinding {
    enum class Weight { error, warning } weight = Weight::error;
    std::string file, pointer, text;  // text: "what is wrong: how to mend"
    friend bool operator==(const PackFinding&, const PackFinding&) = default;
};
// `unknown unit "dayz": property-group.json /deadlines/2/span: write minutes, hours …`
std::string to_text(const PackFinding& finding);
bool has_errors(const std::vector<PackFinding>& findings);

// Where the parts of a pack that extends another one were written. A pack on its own has one file.
struct PackOrigins {
    struct Place {
        std::string file, pointer;
    };
    std::string file;                     // the pack's own
    std::map<std::string, Place> places;  // pointer in the merged pack -> where that part was written
    PackFinding finding(std::string pointer, std::string text,
                        PackFinding::Weight weight = PackFinding::Weight::error) const;
};

struct LoadedPack {
    std::optional<Policy> policy;  // nothing if a finding is an error
    std::vector<PackFinding> findings;
    PackOrigins origins;
    std::vector<std::string> files;  // its own, and those that it extends
};

// `holidays`: the folder whose sub-folders hold years' files; a pack that says "holidays": "holidays-cn" takes the
// calendar from <holidays>/holidays-cn (the installed templates folder). `extends` names a pack beside the file, else
// one that came with the program: <holidays>/policies.
//
// A pack that extends another says only what differs: objects field by field; entries of lists by their key, id or name
// ("removed": true takes one out); moves and routes without a name of the parent's come before the parent's.
LoadedPack load_pack(const std::string& path, const std::string& holidays);

// A pack from its whole text (Policy::written), as it was kept; `name` stands for the file in findings.
LoadedPack pack_from_text(const std::string& text, const std::string& name, const std::string& holidays);

// A pack that may be used: load_pack and check_pack without errors. Errors: policy.invalid - all of them, a line each.
Result<Policy> load_policy(const std::string& path, const std::string& holidays);

}  // namespace huiyin
