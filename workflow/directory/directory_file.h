// Reads a directory from a file: units in a tree, buildings as shapes from which the households follow, staff.
//
// Its schema lies beside the demo community: templates/demo/directory.schema.json.
#pragma once
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "workflow/base/clock.h"
#include "workflow/base/id.h"
#include "workflow/base/json_text.h"
#include "workflow/directory/directory.h"

namespace huiyin {

struct DirectoryContent {
    std::string organisation_key;
    std::vector<Unit> units;
    std::vector<Building> buildings;
    std::vector<Household> households;
    std::vector<Staff> staff;
    std::string demo_password;  // of all staff; empty: none. Only for a service that this machine alone reaches.

    std::shared_ptr<const Directory> directory() const {
        return std::make_shared<const Directory>(organisation_key, units, buildings, households, staff);
    }
};

// Whether opening hours can be read, which a policy knows; findings at `pointer` where not.
using HoursReader =
    std::function<void(const nlohmann::json& hours, const std::string& pointer, std::vector<Finding>& findings)>;

// What the packs of ours call the roles; a pack may have others.
const std::vector<std::string>& usual_roles();
// All findings at once; the content is only good if there are none. Gives new ids to everything. Without `read_hours`
// hours are not looked at.
DirectoryContent read_directory(const nlohmann::json& json, IdMaker& ids, TimePoint now, std::vector<Finding>& findings,
                                const HoursReader& read_hours = {});
// Errors: file.missing, json.*; directory.invalid - the text holds all findings, a line each.
Result<DirectoryContent> read_directory_file(const std::string& path, IdMaker& ids, TimePoint now,
                                             const HoursReader& read_hours = {});

}  // namespace huiyin
