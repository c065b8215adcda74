// Units, buildings, households and staff as the outside reads and names them.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "channels/api/api.h"
#include "channels/api/guard.h"
#include "workflow/directory/directory_table.h"

namespace huiyin::api {

nlohmann::json unit_json(const Directory& directory, const Unit& unit);
// Its id is "jinxiu:3", the community's key and the building's name.
nlohmann::json building_json(const Directory& directory, const Building& building);
nlohmann::json household_json(const Directory& directory, const Household& household);
// whole: with the phone and the ids on platforms as they are; else the phone is masked and the ids are left out.
nlohmann::json staff_json(const Directory& directory, const Staff& staff, bool whole);

// The roles that can be given, by key, with the titles of the packs in force; and the packs.
EditorWords editor_words(const ApiParts& parts);
// Waits until the snapshot that everybody reads has what was just saved, so that who saved it finds it; a moment.
void wait_until_seen(const ApiParts& parts, const DirectoryContent& changes);
// Saves what was changed: whoever is disabled is signed out everywhere and stays so.
void save_changes(Transaction& tx, const ApiParts& parts, const Directory& before, const DirectoryContent& changes);

// Whoever could change the whole directory could give himself every role: only an administrator of the organisation
// itself may. The refusal, or nothing.
std::optional<Problem> keeps_no_directory(const Asked& asked);

}  // namespace huiyin::api
