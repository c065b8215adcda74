// Changes to a directory, row by row, each judged against those before it: what a form or a line of an import says.
// Nothing is saved here: what has changed is given as values, for one unit of work. Threads: one.
#pragma once
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "workflow/base/clock.h"
#include "workflow/base/json_text.h"
#include "workflow/directory/directory_file.h"

namespace huiyin {

enum class DirectoryKind { units, buildings, households, staff };
std::optional<DirectoryKind> directory_kind(std::string_view name);

// What a unit or a person may be called: not blank, 200 bytes at most.
bool is_name(std::string_view text);

enum class Wish { add, change, either };
enum class Taken { added, changed, unchanged };

// What rows may name besides the directory itself.
struct EditorWords {
    std::map<std::string, std::string> roles;  // key -> title, of the packs in force and the usual ones
    std::vector<std::string> policies;         // ids of the packs in force
};

// A row names what it is about by its own key: a unit by "key"; a building by "community" and "name"; a household by
// "community", "building", "unit", "room"; a member of staff by "login". Units may be named by key or by name, roles by
// key or by title. A field that is not there stays as it is.
class DirectoryEditor {
public:
    DirectoryEditor(const Directory& directory, EditorWords words, IdMaker& ids, TimePoint now);
    ~DirectoryEditor();
    // Findings point into the row ("/login") and are written for people; where there is one, nothing of the row is
    // taken and the answer means nothing.
    Taken take(DirectoryKind kind, const Json& row, Wish wish, std::vector<Finding>& findings);
    // What holds only for all rows together: somebody must be left who can let everybody in again, and an address on a
    // channel is one person's.
    void finish(std::vector<Finding>& findings) const;
    // What has to be saved, each at its newest.
    DirectoryContent changes() const;
    // The one that the last row was about, as it now is.
    const Unit* last_unit() const;
    const Building* last_building() const;
    const Household* last_household() const;
    const Staff* last_staff() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace huiyin
