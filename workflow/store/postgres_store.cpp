#include "workflow/store/postgres_store.h"

#include "workflow/store/address.h"
#include "workflow/store/migrate.h"
#include "workflow/store/opening.h"
#include "workflow/store/postgres_driver.h"
#include "workflow/store/served_store.h"

namespace huiyin {
namespace {

using namespace opening;

const Sentence tables{"SELECT COUNT(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema()"};

// "FATAL …: where: mend" of postgres_connection.h is for people already.
Problem failed(const StoreFailed& e, const std::string& url) {
    if (!e.damage) return {"store.unreadable", e.what(), {}};
    return {"store.damaged",
            std::string("the database is damaged (") + e.what() + "): " + without_password(url) +
                ": stop the server, keep a copy of its files, then restore a backup of it",
            e.what()};
}
Problem failed(const std::exception& e, const std::string& url) {
    return {"store.unreadable",
            std::string("the tables are not what they should be (") + e.what() + "): " + without_password(url) +
                ": name an empty database or schema in \"store\", or restore a backup",
            e.what()};
}

std::optional<Problem> look_at(Driver& driver, const StoreOptions& options) {
    const auto version = schema_version(driver);
    if (version == 0) {
        Query row(driver, tables);
        if (row.step() && row.integer(0) > 0)
            return unreadable("this is a database of another program", without_password(options.url),
                              "name another database in \"store\", or a schema of our own with "
                              "?options=-csearch_path%3DNAME");
        if (options.read_only)
            return unreadable("there is no store yet", without_password(options.url),
                              "start the service once, or mend \"store\" in huiyin.json");
    }
    return schema_problem(version, without_password(options.url), options.read_only);
}

std::unique_ptr<Store> store_of(const StoreOptions& options, std::unique_ptr<StoreContext> context,
                                std::unique_ptr<Driver> driver) {
    const auto reader = [url = options.url] { return open_postgres(url, PostgresAccess::reading); };
    auto store = std::make_unique<ServedStore>(reader, nullptr, std::move(context), MediaFolder(options.media));
    if (driver) store->write_with(std::move(driver), nullptr);
    return store;
}

Result<std::unique_ptr<Store>> opened_to_read(const StoreOptions& options, IdMaker& ids) {
    const auto driver = open_postgres(options.url, PostgresAccess::reading);
    if (auto problem = look_at(*driver, options)) return *problem;
    auto context = make_context(options, ids);
    driver->begin_reading();
    auto problem = open_vault(*driver, *context, false, SystemClock().now());
    driver->commit();
    if (problem) return *problem;
    return store_of(options, std::move(context), nullptr);
}

Result<std::unique_ptr<Store>> opened_to_write(const StoreOptions& options, IdMaker& ids) {
    const auto now = SystemClock().now();
    auto driver = open_postgres(options.url, PostgresAccess::writing);
    if (!hold_number(*driver, options.node))
        return Problem{"store.locked",
                       "another process serves this store: " + without_password(options.url) +
                           ": stop it first, or use a command that only reads",
                       {}};
    if (auto problem = look_at(*driver, options)) return *problem;
    migrate(*driver, now);
    auto context = make_context(options, ids);
    driver->begin();
    auto problem = open_vault(*driver, *context, true, now);
    if (problem) {
        driver->roll_back();
        return *problem;
    }
    driver->commit();
    take_turns(*driver, context->organisation);
    return store_of(options, std::move(context), std::move(driver));
}

}  // namespace

Result<std::unique_ptr<Store>> open_postgres_store(const StoreOptions& options, IdMaker& ids) {
    if (auto problem = media_problem(options)) return *problem;
    try {
        return options.read_only ? opened_to_read(options, ids) : opened_to_write(options, ids);
    } catch (const StoreFailed& e) {
        return failed(e, options.url);
    } catch (const std::exception& e) {
        return failed(e, options.url);
    }
}

Result<SchemaState> postgres_schema_state(const std::string& url) {
    StoreOptions looking;
    looking.url = url;
    try {
        const auto driver = open_postgres(url, PostgresAccess::reading);
        if (auto problem = look_at(*driver, looking)) return *problem;
        return SchemaState{schema_version(*driver), newest_schema()};
    } catch (const StoreFailed& e) {
        return failed(e, url);
    } catch (const std::exception& e) {
        return failed(e, url);
    }
}

}  // namespace huiyin
