// A connection to PostgreSQL that is fit to be trusted with promises, and what its failures are in words for people.
#pragma once
#include <libpq-fe.h>

#include <memory>
#include <string>

#include "workflow/store/postgres_server.h"

namespace huiyin {

struct EndConnection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
using PostgresConnection = std::unique_ptr<PGconn, EndConnection>;
struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
using PostgresResult = std::unique_ptr<PGresult, ClearResult>;

// Connects and looks whether the server keeps what it says it keeps. Throws StoreFailed: a sentence that says what,
// where and how to mend it. Waits ten seconds at most (and as long as the system takes to look up the host's name).
PostgresConnection connect_postgres(const std::string& url, PostgresAccess access);

// Throws what a failed sentence means: std::logic_error where one unit was wrong, StoreFailed where the world failed.
// Only the server's first words are taken over: its details quote the row, and a row may name a person.
[[noreturn]] void tell_failure(PGconn* connection, const PGresult* result, const std::string& where);

}  // namespace huiyin
