#include "workflow/store/store.h"

#include "workflow/base/queue.h"
#include "workflow/directory/directory_file.h"
#include "workflow/store/address.h"
#include "workflow/store/opening.h"
#include "workflow/store/postgres_store.h"
#include "workflow/store/sqlite_store.h"

namespace huiyin {
namespace {

// "sqlite:data/huiyin.db" -> "data/huiyin.db"
Result<std::string> path_of(const std::string& url) {
    const std::string scheme = "sqlite:";
    if (url.compare(0, scheme.size(), scheme) == 0 && url.size() > scheme.size()) return url.substr(scheme.size());
    return Problem{"store.unreadable",
                   "not the address of a store: \"" + without_password(url) +
                       "\": write sqlite:PATH or postgresql://USER@HOST/DATABASE",
                   {}};
}

std::optional<Problem> key_problem(const StoreOptions& options) {
    std::vector<std::string> keys{options.data_key};
    keys.insert(keys.end(), options.older_keys.begin(), options.older_keys.end());
    for (const auto& key : keys)
        if (key.size() != 32)
            return Problem{"store.wrong_key",
                           "the data_key has " + std::to_string(key.size()) +
                               " bytes: \"data_key\" in the configuration: write 32 bytes as 64 hex digits or base64",
                           {}};
    return std::nullopt;
}

}  // namespace

void Store::run(const std::function<void(Transaction&)>& unit) {
    // Shared: the writer may still be inside put() when this thread has its answer already.
    auto answer = std::make_shared<Queue<std::exception_ptr>>();
    submit([&unit](Transaction& transaction) { unit(transaction); },
           [answer](Outcome outcome, const std::exception_ptr& problem) {
               answer->put(outcome == Outcome::saved ? nullptr : problem);
           });
    if (const auto problem = answer->take().value()) std::rethrow_exception(problem);
}

void save_directory(Transaction& transaction, const DirectoryContent& content) {
    for (const auto& unit : content.units) transaction.save(unit);
    for (const auto& building : content.buildings) transaction.save(building);
    for (const auto& household : content.households) transaction.save(household);
    for (const auto& staff : content.staff) transaction.save(staff);
}

Result<SchemaState> schema_state(const std::string& url) {
    if (is_postgres(url)) return postgres_schema_state(url);
    const auto path = path_of(url);
    if (!path) return path.problem();
    return sqlite_schema_state(*path);
}

Result<std::unique_ptr<Store>> open_store(const StoreOptions& options, IdMaker& ids) {
    if (is_postgres(options.url)) {
        if (auto problem = key_problem(options)) return *problem;
        return open_postgres_store(options, ids);
    }
    const auto path = path_of(options.url);
    if (!path) return path.problem();
    if (auto problem = key_problem(options)) return *problem;
    return open_sqlite_store(options, *path, ids);
}

}  // namespace huiyin
