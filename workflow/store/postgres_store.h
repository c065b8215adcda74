// A store in a PostgreSQL database: in the first schema of the search path, so that several services may share one
// database. Errors: those of open_store() and schema_state() in store.h, but there is no lock file.
#pragma once
#include <memory>
#include <string>

#include "workflow/store/store.h"

namespace huiyin {

Result<std::unique_ptr<Store>> open_postgres_store(const StoreOptions& options, IdMaker& ids);
// A number that no process serving this store has, for StoreOptions::node and its IdMaker; 2 to 1000. Errors: as above.
Result<int> free_number(const std::string& url);
Result<SchemaState> postgres_schema_state(const std::string& url);

}  // namespace huiyin
