// Brings the schema forward, never back: the files of migrations/, embedded when the program is built, in their order.
#pragma once
#include <string>
#include <vector>

#include "workflow/base/clock.h"
#include "workflow/store/driver.h"

namespace huiyin {

struct Migration {
    int version;
    const char* name;  // "V001__first"
    const char* text;
};
const std::vector<Migration>& migrations();  // ascending, without gaps; generated from the files
int newest_schema();
int schema_version(Driver& driver);  // 0: an empty store
// Runs what is missing, all in one transaction: afterwards the store is at newest_schema(), or as before.
void migrate(Driver& driver, TimePoint now);

// Stands as the newest version while another store is copied into this one (copy.h): no program takes it for a store.
constexpr int half_copied = 1'000'000'000;
// The empty tables with that version, in one transaction; what an earlier copy that was cut off has left goes first.
// False: something else is there, and nothing was done.
bool begin_copy(Driver& driver, TimePoint now);
void end_copy(Driver& driver);  // inside a transaction: from its commit on it is a store

}  // namespace huiyin
