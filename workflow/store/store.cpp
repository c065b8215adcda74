#include "workflow/store/store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>

#include "workflow/base/digest.h"
#include "workflow/base/log.h"
#include "workflow/base/queue.h"
#include "workflow/directory/directory_file.h"
#include "workflow/store/lock.h"
#include "workflow/store/media.h"
#include "workflow/store/migrate.h"
#include "workflow/store/sql.h"
#include "workflow/store/sqlite_driver.h"
#include "workflow/store/wal_check.h"
#include "workflow/store/writer.h"

namespace huiyin {
namespace {

constexpr std::int64_t our_mark = 0x48555931;  // "HUY1" in the file's head: this is a Huiyin store
constexpr std::string_view key_check = "huiyin data key check";

Problem unreadable(const std::string& what, const std::string& where, const std::string& mend) {
    return {"store.unreadable", what + ": " + where + ": " + mend, {}};
}
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

// "sqlite:data/huiyin.db" -> "data/huiyin.db"
Result<std::string> path_of(const std::string& url) {
    const std::string scheme = "sqlite:";
    if (url.compare(0, scheme.size(), scheme) == 0 && url.size() > scheme.size()) return url.substr(scheme.size());
    if (url.compare(0, 11, "postgresql:") == 0 || url.compare(0, 9, "postgres:") == 0)
        return Problem{"store.unreadable", "this program was built without PostgreSQL: \"store\": write sqlite:PATH",
                       url};
    return Problem{"store.unreadable", "not the address of a store: \"" + url + "\": write sqlite:PATH", url};
}

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

// A folder is never made here: a data disk that is not mounted would get an empty store in its place.
std::optional<Problem> folder_problem(const std::string& folder, const std::string& what, bool to_write) {
    struct stat found {};
    if (::stat(folder.c_str(), &found) != 0)
        return unreadable("the folder of " + what + " is missing", folder,
                          "make it (mkdir -p), or mend the path in huiyin.json");
    if (!S_ISDIR(found.st_mode))
        return unreadable("the folder of " + what + " is no folder", folder, "mend the path in huiyin.json");
    if (::access(folder.c_str(), to_write ? R_OK | W_OK | X_OK : R_OK | X_OK) != 0)
        return unreadable("the folder of " + what + " cannot be " + (to_write ? "written" : "read") + " (" +
                              std::strerror(errno) + ")",
                          folder, "give it to the user who runs huiyin");
    return std::nullopt;
}

std::string key_place(const char* column, std::int64_t organisation, const std::string& id) {
    return std::string("data_keys.") + column + "/" + std::to_string(organisation) + "/" + id;
}

// Finds or makes the organisation and the index key; learns whether the data key fits. `may_write` inside a
// transaction.
std::optional<Problem> open_vault(Driver& driver, StoreContext& context, bool may_write, TimePoint now) {
    {
        Query row(driver, sql::organisation);
        if (row.step()) context.organisation = row.integer(0);
    }
    if (context.organisation == 0) {
        if (!may_write) return unreadable("the store is empty", "\"store\"", "start the service once");
        context.organisation = context.ids->next(to_ms(now));
        change(driver, sql::add_organisation, context.organisation, to_ms(now));
    }
    std::string index_key;
    std::vector<std::string> sealed_with, unknown;
    {
        Query row(driver, sql::data_keys, context.organisation);
        while (row.step()) {
            const auto id = row.text(0);
            sealed_with.push_back(id);
            try {
                if (context.vault.open(row.text(1), key_place("check", context.organisation, id)) != key_check)
                    throw std::runtime_error("another text");
                index_key = context.vault.open(row.text(2), key_place("index_key", context.organisation, id));
            } catch (const std::runtime_error&) {
                unknown.push_back(id);
            }
        }
    }
    if (!unknown.empty())
        return Problem{
            "store.wrong_key",
            "the data_key does not open what is in the store (sealed with key " + unknown.front() +
                "): \"data_key\" in huiyin.json: give the key it was made with; a newer one goes in front of it in "
                "a list, not in its place",
            unknown.front()};
    const auto newest = to_hex(Vault::key_id(context.vault.keys().front()));
    if (std::find(sealed_with.begin(), sealed_with.end(), newest) == sealed_with.end()) {
        if (!may_write) {
            if (index_key.empty()) return unreadable("the store is empty", "\"store\"", "start the service once");
        } else {
            if (index_key.empty()) index_key = random_bytes(32);
            const auto check = context.vault.seal(key_check, key_place("check", context.organisation, newest));
            const auto sealed = context.vault.seal(index_key, key_place("index_key", context.organisation, newest));
            change(driver, sql::add_data_key, context.organisation, newest, Bytes{check}, Bytes{sealed}, to_ms(now));
        }
    }
    context.vault.set_index_key(index_key);
    return std::nullopt;
}

class SqliteStore final : public Store {
public:
    SqliteStore(std::string path, std::optional<StoreLock> lock, std::unique_ptr<StoreContext> context,
                MediaFolder media)
        : path_(std::move(path)), lock_(std::move(lock)), context_(std::move(context)), media_(std::move(media)) {}
    ~SqliteStore() override { stop(); }
    void write_with(std::unique_ptr<Driver> driver) {
        writer_ = std::make_unique<Writer>(std::move(driver), open_sqlite(path_, SqliteAccess::reading), *context_);
    }

    void submit(Unit unit, After after) override {
        if (writer_) return writer_->submit(std::move(unit), std::move(after));
        after(Outcome::undone, std::make_exception_ptr(std::logic_error("store: opened for reading only")));
    }
    void read(const std::function<void(Reading&)>& look) override {
        auto driver = idle_reader();
        try {
            driver->begin_reading();
            SqlTransaction reading(*driver, *context_);
            look(reading);
            driver->commit();
        } catch (const StoreFailed&) {
            throw;  // and the connection goes
        } catch (...) {
            driver->roll_back();
            give_back(std::move(driver));
            throw;
        }
        give_back(std::move(driver));
    }
    void on_commit(std::function<void(const Touched&)> listen) override {
        if (writer_) writer_->on_commit(std::move(listen));
    }
    bool writable() override { return writer_ && writer_->writable(); }
    std::size_t waiting() override { return writer_ ? writer_->waiting() : 0; }
    void stop() override {
        if (writer_) writer_->stop();
    }
    std::string saved_media(const std::string& bytes) override { return media_.save(bytes); }
    Result<std::string> media_path(const std::string& sha256) override { return media_.path(sha256); }
    void limit_pages(std::int64_t pages) override {
        if (writer_) writer_->limit_pages(pages);
    }
    std::uint64_t commits() override { return writer_ ? writer_->commits() : 0; }

private:
    // As many connections as threads ever read at once; each is used by one thread at a time.
    std::unique_ptr<Driver> idle_reader() {
        {
            std::lock_guard lock(readers_mutex_);
            if (!readers_.empty()) {
                auto driver = std::move(readers_.back());
                readers_.pop_back();
                return driver;
            }
        }
        return open_sqlite(path_, SqliteAccess::reading);
    }
    void give_back(std::unique_ptr<Driver> driver) {
        std::lock_guard lock(readers_mutex_);
        readers_.push_back(std::move(driver));
    }

    std::string path_;
    std::optional<StoreLock> lock_;  // let go last
    std::unique_ptr<StoreContext> context_;
    MediaFolder media_;
    std::mutex readers_mutex_;
    std::vector<std::unique_ptr<Driver>> readers_;
    std::unique_ptr<Writer> writer_;  // ends first
};

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
    const auto version = schema_version(driver);
    if (version > newest_schema())
        return Problem{"store.too_new",
                       "the store was made by a newer program (schema " + std::to_string(version) +
                           ", this one knows " + std::to_string(newest_schema()) + "): " + path +
                           ": use the newer program, or restore an older backup",
                       {}};
    if (read_only && version < newest_schema())
        return Problem{"store.older",
                       "the store's schema is older than this program: " + path +
                           ": run huiyin migrate, or start the service once",
                       {}};
    return std::nullopt;
}

Result<std::unique_ptr<Store>> opened(const StoreOptions& options, const std::string& path, IdMaker& ids) {
    const auto now = SystemClock().now();
    std::optional<StoreLock> lock;
    if (!options.read_only) {
        auto taken = StoreLock::take(path + ".lock", path);
        if (!taken) return taken.problem();
        lock.emplace(std::move(*taken));
        struct stat found {};
        if (lock->marked() && (::stat(path.c_str(), &found) != 0 || found.st_size == 0))
            return Problem{"store.damaged",
                           "the store's file is missing or empty, though a store was here: " + path +
                               ": restore a backup, or remove " + path + ".lock to begin a new one",
                           {}};
        if (auto problem = make_file(path)) return *problem;
        if (const auto wrong = wal_damage(path + "-wal")) return damaged(path, *wrong);
    }
    // Looked at for reading first: a file that is not ours is not changed by a single byte.
    if (auto problem = look_at(*open_sqlite(path, SqliteAccess::reading), path, options.read_only)) return *problem;
    auto driver = open_sqlite(path, options.read_only ? SqliteAccess::reading : SqliteAccess::writing);
    if (const auto found = quick_check(*driver); found != "ok") return damaged(path, found);

    auto context = std::make_unique<StoreContext>(StoreContext{0, Vault([&] {
                                                                   std::vector<std::string> keys{options.data_key};
                                                                   keys.insert(keys.end(), options.older_keys.begin(),
                                                                               options.older_keys.end());
                                                                   return keys;
                                                               }()),
                                                               &ids});
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
    auto store = std::make_unique<SqliteStore>(path, std::move(lock), std::move(context), MediaFolder(options.media));
    if (!options.read_only) store->write_with(std::move(driver));
    return std::unique_ptr<Store>(std::move(store));
}

}  // namespace

void Store::run(const std::function<void(Transaction&)>& unit) {
    // Shared: the writer may still be inside put() when this thread has its answer already.
    auto answer = std::make_shared<Queue<std::exception_ptr>>();
    submit([&unit](Transaction& transaction) { unit(transaction); },
           [answer](Outcome outcome, const std::exception_ptr& problem) {
               answer->put(outcome == Outcome::saved ? nullptr : problem);
           });
    if (const auto problem = answer->take_up_to(1).front()) std::rethrow_exception(problem);
}

void save_directory(Transaction& transaction, const DirectoryContent& content) {
    for (const auto& unit : content.units) transaction.save(unit);
    for (const auto& building : content.buildings) transaction.save(building);
    for (const auto& household : content.households) transaction.save(household);
    for (const auto& staff : content.staff) transaction.save(staff);
}

Result<SchemaState> schema_state(const std::string& url) {
    const auto path = path_of(url);
    if (!path) return path.problem();
    if (auto problem = folder_problem(folder_of(*path), "the store", false)) return *problem;
    SchemaState state{0, newest_schema()};
    struct stat found {};
    if (::stat(path->c_str(), &found) != 0) return state;
    try {
        const auto driver = open_sqlite(*path, SqliteAccess::reading);
        if (auto problem = look_at(*driver, *path, false)) return *problem;
        state.present = schema_version(*driver);
        return state;
    } catch (const StoreFailed& e) {
        if (e.damage) return damaged(*path, e.what());
        return cannot_open(*path, e);
    } catch (const std::exception& e) {
        return damaged(*path, e.what());
    }
}

Result<std::unique_ptr<Store>> open_store(const StoreOptions& options, IdMaker& ids) {
    const auto path = path_of(options.url);
    if (!path) return path.problem();
    std::vector<std::string> keys{options.data_key};
    keys.insert(keys.end(), options.older_keys.begin(), options.older_keys.end());
    for (const auto& key : keys)
        if (key.size() != 32)
            return Problem{"store.wrong_key",
                           "the data_key has " + std::to_string(key.size()) +
                               " bytes: \"data_key\" in huiyin.json: write 32 bytes as 64 hex digits or base64",
                           {}};
    if (auto problem = folder_problem(folder_of(*path), "the store", !options.read_only)) return *problem;
    if (!options.media.empty() && !options.read_only) {
        if (::mkdir(options.media.c_str(), 0700) != 0 && errno != EEXIST)
            return unreadable(std::string("the media folder cannot be made (") + std::strerror(errno) + ")",
                              options.media, "make the folder above it, or mend \"media\" in huiyin.json");
        if (auto problem = folder_problem(options.media, "attachments", true)) return *problem;
    }
    struct stat found {};
    const bool is_there = ::stat(path->c_str(), &found) == 0;
    if (is_there && !S_ISREG(found.st_mode)) return unreadable("this is no file", *path, "name a file in \"store\"");
    if (options.read_only && !is_there)
        return unreadable("there is no store yet", *path, "start the service once, or mend \"store\" in huiyin.json");
    try {
        return opened(options, *path, ids);
    } catch (const StoreFailed& e) {
        if (e.damage) return damaged(*path, e.what());
        return cannot_open(*path, e);
    } catch (const std::exception& e) {  // what a damaged schema makes of our sentences
        return damaged(*path, e.what());
    }
}

}  // namespace huiyin
