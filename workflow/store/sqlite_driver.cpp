#include "workflow/store/sqlite_driver.h"

#include <sqlite3.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "workflow/store/wal_writes.h"

namespace huiyin {
namespace {

// A constraint or a wrong sentence is a mistake of one unit; all else says that the world failed.
[[noreturn]] void tell(const SQLite::Exception& e, const std::string& where) {
    const int code = e.getErrorCode() & 0xff;
    const auto text = where + ": " + e.what();
    switch (code) {
        case SQLITE_CONSTRAINT:
        case SQLITE_ERROR:
        case SQLITE_MISMATCH:
        case SQLITE_MISUSE:
        case SQLITE_RANGE:
            throw std::logic_error("store: " + text);
        default:
            throw StoreFailed("store: " + text, code == SQLITE_CORRUPT || code == SQLITE_NOTADB);
    }
}

class SqliteStatement final : public Statement {
public:
    SqliteStatement(SQLite::Database& database, const char* text)
        : statement_(database, text), text_(text), places_(statement_.getBindParameterCount()) {}
    void bind(int place, std::int64_t value) override {
        at(place, [&] { statement_.bind(place, static_cast<int64_t>(value)); });
    }
    void bind_text(int place, std::string_view value) override {
        at(place, [&] { statement_.bind(place, std::string(value)); });
    }
    void bind_bytes(int place, std::string_view value) override {
        // An empty value is zero bytes, not nothing: the pointer must not be null.
        at(place, [&] { statement_.bind(place, value.data() ? value.data() : "", static_cast<int>(value.size())); });
    }
    void lend_text(int place, const std::string& value) override {
        at(place, [&] { statement_.bindNoCopy(place, value); });
    }
    void lend_bytes(int place, std::string_view value) override {
        at(place,
           [&] { statement_.bindNoCopy(place, value.data() ? value.data() : "", static_cast<int>(value.size())); });
    }
    void bind_nothing(int place) override {
        at(place, [&] { statement_.bind(place); });
    }
    bool step() override {
        // A place that is not bound holds what it held the time before, and nothing would tell.
        if (bound_ != places_)
            throw std::logic_error("store: " + std::string(text_) + ": " + std::to_string(bound_) + " of " +
                                   std::to_string(places_) + " places are bound");
        bool row = false;
        guarded([&] { row = statement_.executeStep(); });
        return row;
    }
    std::int64_t integer(int column) const override { return statement_.getColumn(column).getInt64(); }
    std::string text(int column) const override { return statement_.getColumn(column).getString(); }
    bool is_nothing(int column) const override { return statement_.getColumn(column).isNull(); }
    void reset() noexcept override {
        in_use = false;
        bound_ = 0;
        statement_.tryReset();  // its bindings stay: every use binds all places anew
    }
    bool in_use = false;

private:
    template <class F>
    void guarded(F&& work) {
        try {
            work();
        } catch (const SQLite::Exception& e) {
            tell(e, text_);
        }
    }
    template <class F>
    void at(int place, F&& work) {
        guarded(work);
        bound_ = place;  // they are bound in their order
    }
    mutable SQLite::Statement statement_;  // its columns are read by a call that is not const
    const char* text_;
    int places_, bound_ = 0;
};

constexpr int busy_ms = 2000;
constexpr std::int64_t log_cut_to = std::int64_t{64} << 20;

const Sentence begin_writing{"BEGIN IMMEDIATE"}, begin_snapshot{"BEGIN DEFERRED"}, commit_all{"COMMIT"},
    roll_back_all{"ROLLBACK"}, savepoint_open{"SAVEPOINT unit_of_work"}, savepoint_release{"RELEASE unit_of_work"},
    savepoint_undo{"ROLLBACK TO unit_of_work"};

class SqliteDriver final : public Driver {
public:
    SqliteDriver(const std::string& path, SqliteAccess access) : path_(path), database_(opened(path, access)) {
        sqlite3_extended_result_codes(database_.getHandle(), 1);
        sqlite3_db_config(database_.getHandle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
        // Each pragma one by one: a damaged file may fail at any of them.
        for (const char* pragma : {"PRAGMA trusted_schema=OFF", "PRAGMA cell_size_check=ON", "PRAGMA temp_store=MEMORY",
                                   "PRAGMA mmap_size=0", "PRAGMA cache_size=-16384"})
            script(pragma);
        if (access == SqliteAccess::writing) {
            script("PRAGMA secure_delete=ON");
            script("PRAGMA foreign_keys=ON");
            if (const auto mode = pragma("PRAGMA journal_mode=WAL"); mode != "wal")
                throw StoreFailed("store: " + path + ": the file system takes no write-ahead log (" + mode + ")",
                                  false);
            script("PRAGMA synchronous=FULL");
            // A log that grew while somebody read for long does not stay that long: the next start reads all of it.
            script("PRAGMA journal_size_limit=" + std::to_string(log_cut_to));
        } else {
            script("PRAGMA query_only=ON");
        }
        // Last: the pragma installs a hook of its own, ours replaces it.
        script("PRAGMA wal_autocheckpoint=0");
        sqlite3_wal_hook(
            database_.getHandle(),
            [](void* self, sqlite3*, const char*, int pages) {
                static_cast<SqliteDriver*>(self)->pages_ = pages;
                return SQLITE_OK;
            },
            this);
    }
    Statement& use(const Sentence& sentence) override {
        auto& slot = statements_[&sentence];
        if (!slot) {
            try {
                slot = std::make_unique<SqliteStatement>(database_, sentence.text);
            } catch (const SQLite::Exception& e) {
                tell(e, sentence.text);
            }
        }
        if (slot->in_use) throw std::logic_error(std::string("store: sentence used inside itself: ") + sentence.text);
        slot->in_use = true;
        return *slot;
    }
    std::int64_t changed() const override { return sqlite3_changes64(database_.getHandle()); }
    void begin() override { step(begin_writing); }
    void begin_reading() override { step(begin_snapshot); }
    void commit() override { step(commit_all); }
    void roll_back() noexcept override {
        for (auto& [sentence, statement] : statements_)
            if (statement) statement->reset();
        if (!in_transaction()) return;
        try {
            step(roll_back_all);
        } catch (const std::exception&) {  // SQLite rolls back by itself where it cannot be asked to
        }
    }
    void savepoint() override { step(savepoint_open); }
    void release() override { step(savepoint_release); }
    void roll_back_to_savepoint() override {
        step(savepoint_undo);
        step(savepoint_release);
    }
    bool in_transaction() const override { return sqlite3_get_autocommit(database_.getHandle()) == 0; }
    void script(const std::string& sentences) override {
        try {
            database_.exec(sentences);
        } catch (const SQLite::Exception& e) {
            tell(e, path_);
        }
    }
    void limit_pages(std::int64_t pages) override {
        script("PRAGMA max_page_count=" + std::to_string(pages > 0 ? pages : 1073741823));
    }
    int pages_waiting() const override { return pages_; }
    void checkpoint() override {
        int in_log = 0, carried = 0;
        const int code =
            sqlite3_wal_checkpoint_v2(database_.getHandle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &carried);
        if (code != SQLITE_OK && code != SQLITE_BUSY)
            throw StoreFailed("store: " + path_ + ": checkpoint: " + sqlite3_errstr(code),
                              (code & 0xff) == SQLITE_CORRUPT);
        if (code == SQLITE_OK) pages_ = in_log - carried;
    }
    bool wipe_log() override {
        sqlite3_busy_timeout(database_.getHandle(), 0);
        const int code =
            sqlite3_wal_checkpoint_v2(database_.getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
        sqlite3_busy_timeout(database_.getHandle(), busy_ms);
        if (code != SQLITE_OK && code != SQLITE_BUSY)
            throw StoreFailed("store: " + path_ + ": checkpoint: " + sqlite3_errstr(code),
                              (code & 0xff) == SQLITE_CORRUPT);
        if (code == SQLITE_OK) pages_ = 0;
        return code == SQLITE_OK;
    }
    std::string pragma(const char* text) {
        try {
            return database_.execAndGet(text).getString();
        } catch (const SQLite::Exception& e) {
            tell(e, path_);
        }
    }

private:
    static SQLite::Database opened(const std::string& path, SqliteAccess access) {
        try {
            const int flags = (access == SqliteAccess::writing ? SQLite::OPEN_READWRITE : SQLite::OPEN_READONLY) |
                              SQLite::OPEN_NOMUTEX;
            return SQLite::Database(path, flags, busy_ms, access == SqliteAccess::writing ? gathered_wal_writes() : "");
        } catch (const SQLite::Exception& e) {
            tell(e, path);
        }
    }
    void step(const Sentence& sentence) {
        Query query(*this, sentence);
        query.step();
    }
    std::string path_;
    SQLite::Database database_;
    std::unordered_map<const Sentence*, std::unique_ptr<SqliteStatement>> statements_;  // ended before the database
    int pages_ = 0;
};

std::string ask(Driver& driver, const char* text) { return static_cast<SqliteDriver&>(driver).pragma(text); }

}  // namespace

std::unique_ptr<Driver> open_sqlite(const std::string& path, SqliteAccess access) {
    // Counting its own memory takes a lock at every allocation. Only the first call of a process can say so.
    [[maybe_unused]] static const int said = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return std::make_unique<SqliteDriver>(path, access);
}

std::string quick_check(Driver& driver) { return ask(driver, "PRAGMA quick_check(1)"); }
std::int64_t application_mark(Driver& driver) { return std::stoll(ask(driver, "PRAGMA application_id")); }
void set_application_mark(Driver& driver, std::int64_t mark) {
    driver.script("PRAGMA application_id=" + std::to_string(mark));
}
std::int64_t page_count(Driver& driver) { return std::stoll(ask(driver, "PRAGMA page_count")); }

namespace {

// Interrupts a look that holds up the write-ahead log: it cannot begin anew while somebody reads.
class LogWatch {
public:
    LogWatch(SQLite::Database& database, std::string log, std::int64_t longest, const std::stop_token& stop)
        : database_(database), log_(std::move(log)), longest_(longest), stop_(stop) {
        watching_ = std::jthread([this](const std::stop_token& done) {
            while (pause(done, look_every))
                if (stop_.stop_requested() || size() > longest_) sqlite3_interrupt(database_.getHandle());
        });
    }
    // Until the log has been cut, and longer each time, so that a look under load does not begin over and over. False:
    // stopped.
    bool wait() {
        if (!pause(stop_, pause_)) return false;
        pause_ = std::min<std::chrono::milliseconds>(pause_ * 2, longest_pause);
        while (size() > std::min(longest_, log_cut_to))
            if (!pause(stop_, look_every)) return false;
        return true;
    }
    bool too_long() const { return size() > longest_; }

private:
    static constexpr std::chrono::milliseconds look_every{50}, longest_pause{60'000};
    static bool pause(const std::stop_token& stop, std::chrono::milliseconds time) {
        std::mutex mutex;
        std::condition_variable_any never;
        std::unique_lock lock(mutex);
        never.wait_for(lock, stop, time, [] { return false; });
        return !stop.stop_requested();
    }
    std::int64_t size() const {
        struct stat found {};
        return ::stat(log_.c_str(), &found) == 0 ? static_cast<std::int64_t>(found.st_size) : 0;
    }
    SQLite::Database& database_;
    std::string log_;
    std::int64_t longest_;
    std::stop_token stop_;
    std::chrono::milliseconds pause_{100};
    std::jthread watching_;
};

}  // namespace

std::string look_through(const std::string& path, const std::stop_token& stop, std::int64_t longest_log) {
    try {
        SQLite::Database database(path, SQLite::OPEN_READONLY, busy_ms);
        std::vector<std::string> tables;
        for (SQLite::Statement name(database, "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0");
             name.executeStep();)
            tables.push_back(name.getColumn(0).getString());
        LogWatch log(database, path + "-wal", longest_log, stop);  // from here on: what it interrupts is begun anew
        for (auto table = tables.begin(); table != tables.end();) {
            if (log.too_long() && !log.wait()) return "";
            try {
                const auto said = database.execAndGet("PRAGMA quick_check('" + *table + "')").getString();
                if (stop.stop_requested()) return "";
                if (said != "ok") return *table + ": " + said;
                ++table;
            } catch (const SQLite::Exception& e) {
                if ((e.getErrorCode() & 0xff) != SQLITE_INTERRUPT) throw;
                if (!log.wait()) return "";
            }
        }
        return "ok";
    } catch (const SQLite::Exception& e) {
        if (stop.stop_requested()) return "";
        if ((e.getErrorCode() & 0xff) == SQLITE_CORRUPT) return e.what();
        tell(e, "PRAGMA quick_check");
    }
}

}  // namespace huiyin
