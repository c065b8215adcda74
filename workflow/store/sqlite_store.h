// A store in one file, served by one process. Errors: those of open_store() and schema_state() in store.h.
#pragma once
#include <memory>
#include <string>

#include "workflow/store/store.h"

namespace huiyin {

Result<std::unique_ptr<Store>> open_sqlite_store(const StoreOptions& options, const std::string& path, IdMaker& ids);
Result<SchemaState> sqlite_schema_state(const std::string& path);

}  // namespace huiyin
