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

const Sentence services{
    // that run: commands have the number 0

    "SELECT COUNT(*) FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2"
    " AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())"
    " AND classid = current_schema()::regnamespace::oid AND objid BETWEEN 1 AND 1000"};
const Sentence take_the_turn{
    // that each group of units waits for (postgres_driver.cpp)
    "SELECT pg_try_advisory_lock(1213552945, current_schema()::regnamespace::oid::int4)::int4"};

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

Problem locked(const std::string& what, const std::string& url) {
    return {
        "store.locked", what + ": " + without_password(url) + ": stop it first, or use a command that only reads", {}};
}

template <class Opening>
auto told(const std::string& url, Opening&& open) -> decltype(open()) {
    try {
        return open();
    } catch (const StoreFailed& e) {
        return failed(e, url);
    } catch (const std::exception& e) {
        return failed(e, url);
    }
}

std::optional<Problem> look_at(Driver& driver, const StoreOptions& options) {
    const auto any_tables = [&] {
        Query row(driver, tables);
        return row.step() && row.integer(0) > 0;
    };
    auto version = schema_version(driver);
    if (version == 0) {
        const bool some = any_tables();
        // They come with their version, perhaps a moment ago: several services may start at once on an empty database.
        if (some) version = schema_version(driver);
        if (some && version == 0)
            return unreadable("this is a database of another program", without_password(options.url),
                              "name another database in \"store\", or a schema of our own with "
                              "?options=-csearch_path%3DNAME");
        if (options.read_only && version == 0)
            return unreadable("there is no store yet", without_password(options.url),
                              "start the service once, or mend \"store\" in the configuration");
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
    // On a quiet night nobody else would find out, and whoever asks whether it is ready were told that it is.
    parts.lost = [&store] {
        if (store.writable()) store.submit([](Transaction&) {}, {});
    };
    parts.serving = [](Driver& driver) {
        Query row(driver, services);
        return row.step() ? static_cast<int>(row.integer(0)) : 0;
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
        return locked(options.node == 0 ? "another process is at work on this store"
                                        : "another process serves this store under the same number",
                      options.url);
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
    return told(options.url,
                [&] { return options.read_only ? opened_to_read(options, ids) : opened_to_write(options, ids); });
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
    return told(url, [&]() -> Result<SchemaState> {
        const auto driver = open_postgres(url, PostgresAccess::reading);
        if (auto problem = look_at(*driver, looking)) return *problem;
        return SchemaState{schema_version(*driver), newest_schema()};
    });
}

Result<Held> hold_postgres_to_read(const std::string& url) {
    StoreOptions looking;
    looking.url = url;
    looking.read_only = true;
    return told(url, [&]() -> Result<Held> {
        Held held{nullptr, open_postgres(url, PostgresAccess::reading)};
        auto& driver = *held.driver;
        const auto number_of = [&](const Sentence& sentence) {
            Query row(driver, sentence);
            return row.step() ? row.integer(0) : 0;
        };
        if (!hold_number(driver, 0)) return locked("another process is at work on this store", url);
        // The turn is ours as long as the connection lives: a service that starts meanwhile waits, and gives up.
        if (number_of(services) > 0 || number_of(take_the_turn) == 0)
            return locked("another process serves this store", url);
        if (auto problem = look_at(driver, looking)) return *problem;
        driver.begin_reading();
        return held;
    });
}

Result<Held> hold_postgres_to_fill(const std::string& url) {
    return told(url, [&]() -> Result<Held> {
        Held held{nullptr, open_postgres(url, PostgresAccess::writing)};
        if (!hold_number(*held.driver, 0)) return locked("another process is at work on this store", url);
        bool is_new = false;
        {
            Query row(*held.driver, tables);
            is_new = row.step() && row.integer(0) == 0;
        }
        if (!is_new && schema_version(*held.driver) != half_copied) return taken(without_password(url));
        return held;
    });
}

}  // namespace huiyin
