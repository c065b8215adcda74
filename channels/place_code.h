// What a printed code says of the place where it hangs. Whoever scans it, or copies it, only says where he is: it is a
// help against being asked, and opens nothing.
#pragma once
#include <string>
#include <string_view>

#include "workflow/directory/directory.h"

namespace huiyin {

struct Spot {
    UnitId unit;                     // a community, mostly; none: it says nothing
    std::string building, entrance;  // as the directory names them; may be empty
};

// "v1:jinxiu:3:2": ASCII, so that every platform carries it as it is.
std::string scene_of(const Directory& directory, const Spot& spot);
// Also a unit's key alone. Nothing is taken that the directory does not know.
Spot spot_of(const Directory& directory, std::string_view scene);

}  // namespace huiyin
