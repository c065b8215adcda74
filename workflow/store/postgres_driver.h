// PostgreSQL through libpq: one connection a driver, every sentence prepared once a connection, values in binary form.
//
// A connection that broke takes with it what was open (StoreFailed); the next begin() or begin_reading() connects anew.
//
// Several processes may write to one database. Their groups of units go one after the other: begin() of a writing
// driver waits for its turn, which ends with the transaction, also when its process is killed. So between begin() and
// commit() nobody else writes, as on SQLite; before begin() somebody may have, and others_wrote() tells.
#pragma once
#include <memory>
#include <string>

#include "workflow/store/driver.h"
#include "workflow/store/postgres_server.h"

namespace huiyin {

// Throws StoreFailed: a sentence for people (postgres_connection.h).
std::unique_ptr<Driver> open_postgres(const std::string& url, PostgresAccess access);

// Takes the number of a process that serves this store: a lock, let go with the connection. Waits three seconds for it.
// False: another process has it. A connection that is made anew takes it again, or begin() throws StoreFailed.
bool hold_number(Driver& driver, int number);
// From now on the driver notes in this organisation's rows who wrote last.
void take_turns(Driver& driver, std::int64_t organisation);

// A migration in PostgreSQL's words: BYTEA for BLOB, BIGINT for every whole number, text compared byte by byte as
// SQLite does whatever the database's language, and no WITHOUT ROWID.
std::string postgres_words(const std::string& sqlite_words);

}  // namespace huiyin
