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

}  // namespace huiyin
