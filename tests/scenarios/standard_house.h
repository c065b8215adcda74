// The house that a scenario plays in, made from its pack alone: units in a tree, flats, and people for every role.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tests/engine/house.h"

namespace huiyin::test {

// Units: "head" above "district" above the service centres "centre" and "other-centre", with the communities "home" and
// "other-home"; flats 1 to 9, units 1 to 3, floors 1 to 6, rooms 01 to 04.
// People: for a role `accept_desk` the logins "accept_desk" and "accept_desk.2" in "centre", and "accept_desk.other" in
// "other-centre". A line "accept_desk at district" of tests/scenarios/<pack>/house.txt puts the first two elsewhere,
// "accept_desk has 3" makes more of them. Throws on a line that it cannot read or a role that the pack does not have.
DirectoryContent standard_directory(const Policy& policy);

}  // namespace huiyin::test
