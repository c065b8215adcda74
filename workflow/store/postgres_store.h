// A store in a PostgreSQL database: in the first schema of the search path, so that several services may share one
// database. Errors: those of open_store() and schema_state() in store.h, but there is no lock file.
#pragma once
#include <memory>
#include <string>

#include "workflow/store/opening.h"
#include "workflow/store/store.h"

namespace huiyin {

Result<std::unique_ptr<Store>> open_postgres_store(const StoreOptions& options, IdMaker& ids);
// A number that no process serving this store has, for StoreOptions::node and its IdMaker; 2 to 1000. Errors: as above.
Result<int> free_number(const std::string& url);
Result<SchemaState> postgres_schema_state(const std::string& url);

// For a copy (copy.h). To read: a snapshot of a whole store of this program's schema is begun, and nobody writes to it
// meanwhile; errors: those of open_postgres_store(), store.locked - a service runs on it. To fill: a schema with
// nothing in it, or with a copy that was cut off; errors: store.taken, and the same.
Result<opening::Held> hold_postgres_to_read(const std::string& url);
Result<opening::Held> hold_postgres_to_fill(const std::string& url);

}  // namespace huiyin
