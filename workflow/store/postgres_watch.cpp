#include "workflow/store/postgres_watch.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

#include "workflow/base/log.h"
#include "workflow/store/address.h"
#include "workflow/store/news.h"
#include "workflow/store/postgres_driver.h"

namespace huiyin {
namespace {

constexpr std::chrono::milliseconds look_again{5000}, connect_again{1000};

PostgresResult asked(PGconn* connection, const std::string& words, const std::string& url) {
    PostgresResult result(PQexec(connection, words.c_str()));
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        tell_failure(connection, result.get(), without_password(url));
    return result;
}

// Whoever was found dead may come back under his number, whatever happens while he is buried.
struct Unlock {
    PGconn* connection;  // none: nothing was locked
    std::string words;
    ~Unlock() {
        if (connection) PostgresResult(PQexec(connection, words.c_str()));
    }
};

}  // namespace

PostgresWatch::PostgresWatch(Parts parts) : parts_(std::move(parts)) {
    if (::pipe2(stop_, O_CLOEXEC) != 0) throw StoreFailed("store: no pipe", false);
    connect();
    thread_ = std::thread([this] { work(); });
}

PostgresWatch::~PostgresWatch() {
    ::close(stop_[1]);
    thread_.join();
    ::close(stop_[0]);
}

void PostgresWatch::listen(std::function<void(const Touched&)> hear) {
    std::lock_guard lock(mutex_);
    hear_ = std::move(hear);
}

// All or nothing: a connection that does not listen would look like one that has nothing to tell.
void PostgresWatch::connect() {
    auto connection = connect_postgres(parts_.url, PostgresAccess::reading);
    auto asking = open_postgres(parts_.url, PostgresAccess::reading);
    const auto schema = asked(connection.get(), "SELECT current_schema()::regnamespace::oid::text", parts_.url);
    asked(connection.get(), std::string("LISTEN huiyin_") + PQgetvalue(schema.get(), 0, 0), parts_.url);
    connection_ = std::move(connection);
    asking_ = std::move(asking);
    count();
}

// A number is locked by the connection that writes, so it goes with its process.
void PostgresWatch::count() {
    const auto now = std::max(parts_.serving(*asking_), 1);
    const auto before = processes_.exchange(now);
    if (now != before) log::info("store.processes", {{"serve", now}, {"served", before}});
}

void PostgresWatch::work() {
    auto look_at = std::chrono::steady_clock::now() + look_again;
    while (true) {
        const bool is_there = PQstatus(connection_.get()) == CONNECTION_OK;
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(look_at - std::chrono::steady_clock::now());
        pollfd ready[2]{{stop_[0], POLLIN, 0}, {is_there ? PQsocket(connection_.get()) : -1, POLLIN, 0}};
        const auto wait = is_there ? std::max(left, std::chrono::milliseconds{0}) : connect_again;
        ::poll(ready, 2, static_cast<int>(wait.count()));
        if (ready[0].revents != 0) return;
        try {
            const bool owed = std::exchange(owes_all_, true);  // also when what follows fails half-way
            if (!is_there)
                connect();
            else if (ready[1].revents != 0)
                hear_news();
            if (owed || !is_there)
                tell({.conversations = {}, .tickets = {}, .channels = {}, .reminders = true, .directory = true});
            owes_all_ = false;
            if (std::chrono::steady_clock::now() < look_at) continue;
            look_at = std::chrono::steady_clock::now() + look_again;
            count();
            look_for_the_dead();
        } catch (const std::exception& e) {
            log::warning("store.watch_failed", {{"problem", e.what()}});
            if (PQstatus(connection_.get()) != CONNECTION_OK) parts_.lost();
        }
    }
}

void PostgresWatch::hear_news() {
    PQconsumeInput(connection_.get());
    struct Free {
        void operator()(PGnotify* notice) const { PQfreemem(notice); }
    };
    while (const std::unique_ptr<PGnotify, Free> notice{PQnotifies(connection_.get())}) {
        const std::string words = notice->extra;
        const auto space = words.find(' ');
        if (space == std::string::npos || words.substr(0, space) == std::to_string(parts_.number)) continue;
        tell(from_news(words.substr(space + 1)));
    }
}

// Who is silent twice is dead: a connection that was cut is made anew in between, and a call to a platform has ended.
void PostgresWatch::look_for_the_dead() {
    std::set<int> silent;
    for (const auto number : parts_.claimants(*asking_)) {
        if (number == parts_.number) continue;
        const auto lock = "(current_schema()::regnamespace::oid::int4, " + std::to_string(number) + ")";
        Unlock unlock{nullptr, "SELECT pg_advisory_unlock" + lock};
        const auto taken = asked(connection_.get(), "SELECT pg_try_advisory_lock" + lock, parts_.url);
        if (PQgetvalue(taken.get(), 0, 0)[0] != 't') continue;
        unlock.connection = connection_.get();
        if (silent_.contains(number)) parts_.release(number);
        silent.insert(number);
    }
    silent_ = std::move(silent);
}

void PostgresWatch::tell(const Touched& touched) {
    std::lock_guard lock(mutex_);
    if (hear_) hear_(touched);
}

}  // namespace huiyin
