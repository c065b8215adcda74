// A store in one file, served by one process. Errors: those of open_store() and schema_state() in store.h.
#pragma once
#include <memory>
#include <string>

#include "workflow/store/opening.h"
#include "workflow/store/store.h"

namespace huiyin {

Result<std::unique_ptr<Store>> open_sqlite_store(const StoreOptions& options, const std::string& path, IdMaker& ids);
Result<SchemaState> sqlite_schema_state(const std::string& path);

// For a copy (copy.h). To read: a snapshot of a whole store of this program's schema is begun; errors: those of
// open_sqlite_store(). To fill: a file with nothing in it, or with a copy that was cut off; errors: store.taken, and
// the same.
Result<opening::Held> hold_sqlite_to_read(const std::string& path);
Result<opening::Held> hold_sqlite_to_fill(const std::string& path);

}  // namespace huiyin
