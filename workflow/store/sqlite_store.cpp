#include "workflow/store/sqlite_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "workflow/store/lock.h"
#include "workflow/store/migrate.h"
#include "workflow/store/opening.h"
#include "workflow/store/served_store.h"
#include "workflow/store/sqlite_driver.h"
#include "workflow/store/wal_check.h"

namespace huiyin {
namespace {

using namespace opening;

// 32 MiB: a tenth of a second. What is larger is looked through while it is served, unless damage was found before or
// the machine went down under it.
constexpr std::int64_t pages_looked_at_first = 8192;
constexpr std::int64_t our_mark = 0x48555931;  // "HUY1" in the file's head: this is a Huiyin store

Problem damaged(const std::string& path, const std::string& detail) {
    return {"store.damaged",
            "the store's file is damaged: " + path + ": keep a copy of it and its -wal file, then restore a backup (" +
                detail + ")",
            detail};
}

Problem cannot_open(const std::string& path, const StoreFailed& e) {
    return unreadable(std::string("the store cannot be opened (") + e.what() + ")", path,
                      "see that the disk has room and the file belongs to the user who runs huiyin");
}

// The store's file, made with nobody else's right to read it.
std::optional<Problem> make_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return unreadable(std::string("the store's file cannot be opened (") + std::strerror(errno) + ")", path,
                          "give it to the user who runs huiyin");
    ::close(file);
    return std::nullopt;
}

std::optional<Problem> look_at(Driver& driver, const std::string& path, bool read_only) {
    const auto mark = application_mark(driver);
    if (mark != our_mark && (mark != 0 || page_count(driver) > 0))
        return unreadable("this is a database of another program", path, "name another file in \"store\"");
    return schema_problem(schema_version(driver), path, read_only);
}

Result<StoreLock> lock_of(const std::string& path) {
    auto lock = StoreLock::take(path + ".lock", path);
    struct stat found {};
    if (lock && lock->marked() && (::stat(path.c_str(), &found) != 0 || found.st_size == 0))
        return Problem{"store.damaged",
                       "the store's file is missing or empty, though a store was here: " + path +
                           ": restore a backup, or remove " + path + ".lock to begin a new one",
                       {}};
    return lock;
}

// Whatever the engine says while a store is opened, in words for people.
template <class Opening>
auto told(const std::string& path, Opening&& open) -> decltype(open()) {
    try {
        return open();
    } catch (const StoreFailed& e) {
        if (e.damage) return damaged(path, e.what());
        return cannot_open(path, e);
    } catch (const std::exception& e) {  // what a damaged schema makes of our sentences
        return damaged(path, e.what());
    }
}

Result<std::unique_ptr<Store>> opened(const StoreOptions& options, const std::string& path, IdMaker& ids) {
    const auto now = SystemClock().now();
    std::optional<StoreLock> lock;
    if (!options.read_only) {
        auto taken = lock_of(path);
        if (!taken) return taken.problem();
        lock.emplace(std::move(*taken));
        if (auto problem = make_file(path)) return *problem;
        if (const auto wrong = wal_damage(path + "-wal")) return damaged(path, *wrong);
    }
    // Looked at for reading first: a file that is not ours is not changed by a single byte.
    if (auto problem = look_at(*open_sqlite(path, SqliteAccess::reading), path, options.read_only)) return *problem;
    auto driver = open_sqlite(path, options.read_only ? SqliteAccess::reading : SqliteAccess::writing);
    const bool at_once = options.read_only || lock->suspected() || lock->machine_went_down() ||
                         page_count(*driver) <= pages_looked_at_first;
    if (at_once) {
        if (lock) lock->suspect(true);  // until it was looked through, however this start ends
        if (const auto found = quick_check(*driver); found != "ok") return damaged(path, found);
        if (lock) lock->suspect(false);
    }

    auto context = make_context(options, ids);
    if (options.read_only) {
        driver->begin_reading();
        auto problem = open_vault(*driver, *context, false, now);
        driver->commit();
        if (problem) return *problem;
    } else {
        if (application_mark(*driver) == 0) set_application_mark(*driver, our_mark);
        migrate(*driver, now);
        driver->begin();
        auto problem = open_vault(*driver, *context, true, now);
        if (problem) {
            driver->roll_back();
            return *problem;
        }
        driver->commit();
        lock->mark();
    }
    const auto reader = [path] { return open_sqlite(path, SqliteAccess::reading); };
    const auto held = lock ? std::make_shared<StoreLock>(std::move(*lock)) : nullptr;
    auto store = std::make_unique<ServedStore>(reader, held, std::move(context), MediaFolder(options.media));
    if (!options.read_only) {
        store->write_with(std::move(driver), reader());
        store->look_beside(
            at_once ? ServedStore::Look{} : [path](const std::stop_token& stop) { return look_through(path, stop); },
            [held] { held->suspect(true); });
    }
    return std::unique_ptr<Store>(std::move(store));
}

}  // namespace

Result<SchemaState> sqlite_schema_state(const std::string& path) {
    if (auto problem = folder_problem(folder_of(path), "the store", false)) return *problem;
    SchemaState state{0, newest_schema()};
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) return state;
    return told(path, [&]() -> Result<SchemaState> {
        const auto driver = open_sqlite(path, SqliteAccess::reading);
        if (auto problem = look_at(*driver, path, false)) return *problem;
        state.present = schema_version(*driver);
        return state;
    });
}

Result<Held> hold_sqlite_to_read(const std::string& path) {
    if (auto problem = folder_problem(folder_of(path), "the store", true)) return *problem;
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0)
        return unreadable("there is no store yet", path,
                          "start the service once, or mend \"store\" in the configuration");
    return told(path, [&]() -> Result<Held> {
        auto lock = lock_of(path);
        if (!lock) return lock.problem();
        Held held{std::make_shared<StoreLock>(std::move(*lock)), nullptr};
        if (const auto wrong = wal_damage(path + "-wal")) return damaged(path, *wrong);
        held.driver = open_sqlite(path, SqliteAccess::reading);
        if (auto problem = look_at(*held.driver, path, true)) return *problem;
        if (const auto said = quick_check(*held.driver); said != "ok") return damaged(path, said);
        held.driver->begin_reading();
        return held;
    });
}

Result<Held> hold_sqlite_to_fill(const std::string& path) {
    if (auto problem = folder_problem(folder_of(path), "the store", true)) return *problem;
    return told(path, [&]() -> Result<Held> {
        auto lock = lock_of(path);
        if (!lock) return lock.problem();
        Held held{std::make_shared<StoreLock>(std::move(*lock)), nullptr};
        if (auto problem = make_file(path)) return *problem;
        {  // a file that is not ours is not changed by a single byte
            const auto driver = open_sqlite(path, SqliteAccess::reading);
            const auto version = schema_version(*driver);
            const auto mark = application_mark(*driver);
            const bool is_new = mark == 0 ? page_count(*driver) == 0 : mark == our_mark && version == 0;
            if (!is_new && version != half_copied) return taken(path);
        }
        held.driver = open_sqlite(path, SqliteAccess::writing);
        set_application_mark(*held.driver, our_mark);
        return held;
    });
}

Result<std::unique_ptr<Store>> open_sqlite_store(const StoreOptions& options, const std::string& path, IdMaker& ids) {
    if (auto problem = folder_problem(folder_of(path), "the store", !options.read_only)) return *problem;
    if (auto problem = media_problem(options)) return *problem;
    struct stat found {};
    const bool is_there = ::stat(path.c_str(), &found) == 0;
    if (is_there && !S_ISREG(found.st_mode)) return unreadable("this is no file", path, "name a file in \"store\"");
    if (options.read_only && !is_there)
        return unreadable("there is no store yet", path,
                          "start the service once, or mend \"store\" in the configuration");
    return told(path, [&] { return opened(options, path, ids); });
}

}  // namespace huiyin
