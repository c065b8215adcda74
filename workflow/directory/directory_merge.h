// A whole directory, written like the file of a first start, brought into the one that is there, where rows are
// added or changed and nothing is erased; and written. Pure. Threads: any.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/directory/directory_table.h"

namespace huiyin {

// Units may stand in any order. What a row does not say stays as it is; of a unit that is there hours and zone stay,
// as its limits were told by them. A finding's column is its place in the file: "/staff/3/unit".
// Errors: json.*; import.other_organisation; csv.unreadable - more rows than one import may bring.
Result<ImportPlan> plan_whole_directory(std::string_view text, const Directory& directory, const EditorWords& words,
                                        const HoursReader& read_hours, IdMaker& ids, TimePoint now);

// What lies in these units, written as such a file: brought in again it changes nothing.
Json whole_directory(const Directory& directory, const std::vector<UnitId>& units);

}  // namespace huiyin
