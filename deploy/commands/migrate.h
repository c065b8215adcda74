// huiyin migrate: brings the store's schema up to date, or tells how it stands.
#pragma once
#include <iosfwd>

#include "workflow/base/result.h"

namespace CLI {
class App;
}

namespace huiyin {

struct StoreOptions;

void add_migrate_command(CLI::App& app);
// check: only tells; the answer is the exit code, 1 when the schema is older than this program.
// Errors: those of open_store(); store.locked while the service runs.
Result<int> migrate_store(const StoreOptions& options, bool check, std::ostream& out);

}  // namespace huiyin
