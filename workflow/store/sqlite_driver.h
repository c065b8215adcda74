// SQLite through SQLiteCpp. One connection a driver; wal_autocheckpoint is 0 on all of them: the writer's connection
// alone commits and checkpoints (SQLite 3.7 to 3.51.2 may lose a WAL that two connections commit to and reset at once).
#pragma once
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "workflow/store/driver.h"

namespace huiyin {

enum class SqliteAccess { writing, reading };
// Throws StoreFailed: not to be opened, no database, damaged.
std::unique_ptr<Driver> open_sqlite(const std::string& path, SqliteAccess access);

// Start-up questions to the file behind a driver of open_sqlite().
std::string quick_check(Driver& driver);        // "ok", or the first thing that is wrong
std::int64_t application_mark(Driver& driver);  // 0: none yet
void set_application_mark(Driver& driver, std::int64_t mark);
std::int64_t page_count(Driver& driver);

// The same look as quick_check(), at one table after the other on a connection of its own, so that none holds up the
// write-ahead log for long: a table during which it grows beyond `longest_log` bytes is left, and looked at anew once
// the log has been cut. "" when it was stopped. Throws StoreFailed. Threads: any.
constexpr std::int64_t longest_log_while_looking = std::int64_t{256} << 20;
std::string look_through(const std::string& path, const std::stop_token& stop,
                         std::int64_t longest_log = longest_log_while_looking);

}  // namespace huiyin
