#include "workflow/store/postgres_store.h"

#include "workflow/base/digest.h"
#include "workflow/base/log.h"
#include "workflow/store/address.h"
#include "workflow/store/migrate.h"
#include "workflow/store/opening.h"
#include "workflow/store/postgres_driver.h"
#include "workflow/store/postgres_watch.h"
#include "workflow/store/served_store.h"
#include "workflow/store/sql.h"

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

// Units of its own kind: the port knows only this process's claims.
std::unique_ptr<Watch> watch_over(ServedStore& store, const StoreOptions& options) {
    PostgresWatch::Parts parts;
    parts.url = options.url;
    parts.number = options.node;
    parts.claimants = [organisation = store.context().organisation](Driver& driver) {
        std::set<int> numbers;
        Query row(driver, sql::claimants, organisation);
        while (row.step()) numbers.insert(static_cast<int>(row.integer(0)));
        return numbers;
    };
    parts.release = [&store](int number) {
        log::warning("store.claims_released", {{"of_process", number}});
        store.submit([number](Transaction& t) { static_cast<SqlTransaction&>(t).release_claims_of(number); }, {});
    };
    return std::make_unique<PostgresWatch>(std::move(parts));
}

std::unique_ptr<Store> store_of(const StoreOptions& options, std::unique_ptr<StoreContext> context,
                                std::unique_ptr<Driver> driver) {
    const auto reader = [url = options.url] { return open_postgres(url, PostgresAccess::reading); };
    auto store = std::make_unique<ServedStore>(reader, nullptr, std::move(context), MediaFolder(options.media));
    if (!driver) return store;
    store->write_with(std::move(driver), nullptr);
    if (options.node > 0) store->watch_with(watch_over(*store, options));
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
                       (options.node == 0 ? "another process is at work on this store: "
                                          : "another process serves this store under the same number: ") +
                           without_password(options.url) + ": stop it first, or use a command that only reads",
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

Result<int> free_number(const std::string& url) {
    try {
        const auto driver = open_postgres(url, PostgresAccess::reading);
        const Sentence is_free{
            "SELECT pg_try_advisory_lock(current_schema()::regnamespace::oid::int4, $1::int4)::int4"};
        while (true) {  // by chance, so that who comes back finds his own again
            const auto bytes = random_bytes(2);
            const int number =
                2 + ((static_cast<unsigned char>(bytes[0]) << 8 | static_cast<unsigned char>(bytes[1])) % 999);
            Query row(*driver, is_free, number);
            if (row.step() && row.integer(0) != 0) return number;
        }
    } catch (const StoreFailed& e) {
        return failed(e, url);
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
