#include "workflow/store/postgres_connection.h"

#include <poll.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>

#include "workflow/store/address.h"
#include "workflow/store/driver.h"

namespace huiyin {
namespace {

constexpr std::chrono::seconds connecting_most{10};

std::string first_line(const char* words) {
    const std::string text = words ? words : "";
    return text.substr(0, text.find('\n'));
}

[[noreturn]] void refuse(const std::string& what, const std::string& url, const std::string& mend) {
    throw StoreFailed(what + ": " + without_password(url) + ": " + mend, false);
}

// "… failed: FATAL:  28P01": the server says no in a code, whatever its language.
std::string code_of(const PGconn* connection) {
    std::string words = PQerrorMessage(connection);
    while (!words.empty() && words.back() == '\n') words.pop_back();
    const auto code = words.size() < 5 ? std::string() : words.substr(words.size() - 5);
    const bool is_code = code.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
    return is_code && words.find("  " + code) != std::string::npos ? code : std::string();
}

[[noreturn]] void tell_refusal(const PGconn* connection, const std::string& url) {
    const auto code = code_of(connection);
    if (code == "28P01" || code == "28000")
        refuse("the database does not take this user or password (" + code + ")", url,
               "mend user and password in \"store\", or pg_hba.conf on the server");
    if (code == "3D000") refuse("there is no such database", url, "make it (createdb), or mend its name in \"store\"");
    if (code == "53300") refuse("the database has no connection left", url, "raise max_connections on the server");
    if (code == "57P03") refuse("the database is starting or stopping", url, "try again in a moment");
    const auto words = first_line(PQerrorMessage(connection));
    if (code.empty())
        refuse("the database cannot be reached (" + words + ")", url,
               "see that the server runs, and that host and port in \"store\" are its own");
    refuse("the database refuses to be used (" + words + ")", url, "see the server's log");
}

// Like PQconnectdbParams, but the server's no comes as a code, and no address may hold us longer than a moment.
void wait_until_connected(PGconn* connection, const std::string& url) {
    const auto until = std::chrono::steady_clock::now() + connecting_most;
    for (auto state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK; state = PQconnectPoll(connection)) {
        if (state == PGRES_POLLING_FAILED) tell_refusal(connection, url);
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        pollfd socket{PQsocket(connection), static_cast<short>(state == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
        const int ready = left.count() > 0 ? ::poll(&socket, 1, static_cast<int>(left.count())) : 0;
        if (ready == 0)
            refuse("the database does not answer", url,
                   "see that the server runs, and that host and port in \"store\" are its own");
        if (ready < 0 && errno != EINTR) refuse(std::string("no waiting: ") + std::strerror(errno), url, "try again");
    }
}

PostgresResult asked(PGconn* connection, const char* words, const std::string& url) {
    PostgresResult result(PQexec(connection, words));
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        tell_failure(connection, result.get(), without_password(url));
    return result;
}

bool can_be_read(const std::string& url) {
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parts(PQconninfoParse(url.c_str(), nullptr),
                                                                             &PQconninfoFree);
    return parts != nullptr;
}

bool is_true(const PGresult* result, int column) { return std::strcmp(PQgetvalue(result, 0, column), "t") == 0; }

}  // namespace

PostgresConnection connect_postgres(const std::string& url, PostgresAccess access) {
    if (!can_be_read(url))  // what libpq says of it would repeat the password
        refuse("the address of the database cannot be read", url,
               "write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, and other signs than letters and digits in USER "
               "and PASSWORD as %40 stands for @");
    // What stands in the address goes before our own wishes, but for the encoding.
    static constexpr std::array<const char*, 9> names{"fallback_application_name",
                                                      "keepalives_idle",
                                                      "keepalives_interval",
                                                      "keepalives_count",
                                                      "tcp_user_timeout",
                                                      "connect_timeout",
                                                      "dbname",
                                                      "client_encoding",
                                                      nullptr};
    const std::array<const char*, 9> values{"huiyin", "10", "5", "3", "15000", "5", url.c_str(), "UTF8", nullptr};
    PostgresConnection connection(PQconnectStartParams(names.data(), values.data(), 1));
    if (!connection) throw std::bad_alloc();
    if (PQstatus(connection.get()) == CONNECTION_BAD) tell_refusal(connection.get(), url);
    PQsetNoticeProcessor(
        connection.get(), [](void*, const char*) {}, nullptr);
    PQsetErrorVerbosity(connection.get(), PQERRORS_SQLSTATE);
    wait_until_connected(connection.get(), url);
    PQsetErrorVerbosity(connection.get(), PQERRORS_DEFAULT);

    const auto found =
        asked(connection.get(),
              "SELECT current_setting('fsync') = 'on', pg_is_in_recovery(), current_schema() IS NOT NULL", url);
    const ServerFacts facts{PQserverVersion(connection.get()), PQparameterStatus(connection.get(), "server_encoding"),
                            is_true(found.get(), 0), is_true(found.get(), 1), is_true(found.get(), 2)};
    if (const auto why = unfit(facts, access)) {
        const auto colon = why->find(": ");
        refuse(why->substr(0, colon), url, why->substr(colon + 2));
    }
    // A commit is on disk when it returns, whatever the server's habit. A process that stands still inside a group must
    // not hold up the others for ever, nor wait for ever for its turn.
    asked(connection.get(), "SET jit = off", url);  // our questions are small: compiling them takes longer than they do
    if (access == PostgresAccess::writing)
        asked(connection.get(),
              "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN "
              "('off', 'local'); SET idle_in_transaction_session_timeout = '10s'; SET lock_timeout = '20s'",
              url);
    return connection;
}

void tell_failure(PGconn* connection, const PGresult* result, const std::string& where) {
    const char* code = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
    const char* words = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
    const auto text = where + ": " + (words ? std::string(words) : first_line(PQerrorMessage(connection)));
    if (!code) throw StoreFailed("store: " + text, false);
    const std::string_view state(code);
    const auto kind = state.substr(0, 2);
    // 25P02: a unit went on after a sentence of its own had failed. 42501: no right to touch this table.
    const bool of_the_unit = kind == "22" || kind == "23" || kind == "25" || (kind == "42" && state != "42501");
    if (of_the_unit && state != "25P03" && state != "25006") throw std::logic_error("store: " + text);
    throw StoreFailed("store: " + text, state == "XX001" || state == "XX002");
}

}  // namespace huiyin
