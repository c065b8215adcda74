// Which community is meant: by a unit, by what people call it.
#pragma once
#include <string_view>

#include "workflow/directory/directory.h"

namespace huiyin {

// The community of a unit that has just one; none otherwise.
UnitId community_of(const Directory& directory, UnitId unit);
// The one of that name, else one whose name has these words in it; none: nobody is called so.
UnitId community_named(const Directory& directory, std::string_view name);

}  // namespace huiyin
