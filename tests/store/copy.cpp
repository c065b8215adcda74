// A whole store copied from one engine to the other: every table that the schema has, at any moment of a kill -9.
#include "workflow/store/copy.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <list>
#include <map>
#include <random>
#include <set>

#include "tests/store/cluster.h"
#include "tests/store/store_house.h"
#include "tests/tally.h"
#include "workflow/store/migrate.h"
#include "workflow/store/postgres_driver.h"
#include "workflow/store/sqlite_driver.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

struct FileHouse : House {
    FileHouse() : House(std::string()) {}
};
struct PostgresHouse : House {
    PostgresHouse() : House(*cluster()) {}
};

std::unique_ptr<Driver> engine(const StoreOptions& of, bool writing = false) {
    if (of.url.starts_with("sqlite:"))
        return open_sqlite(of.url.substr(7), writing ? SqliteAccess::writing : SqliteAccess::reading);
    return open_postgres(of.url, writing ? PostgresAccess::writing : PostgresAccess::reading);
}

struct Column {
    std::string name, type;
    bool may_be_nothing, in_key;
};
// As a file has them; both engines have the same (postgres.cpp).
std::map<std::string, std::vector<Column>> schema_of(const StoreOptions& file) {
    const Sentence columns{
        "SELECT m.name, p.name, p.type, p.\"notnull\", p.pk FROM sqlite_master m JOIN pragma_table_info(m.name) p"
        " WHERE m.type = 'table' ORDER BY m.name, p.cid"};
    const auto driver = engine(file);
    std::map<std::string, std::vector<Column>> tables;
    Query row(*driver, columns);
    while (row.step()) tables[row.text(0)].push_back({row.text(1), row.text(2), !row.flag(3), row.flag(4)});
    tables.erase("schema_versions");
    return tables;
}

// Every row of a table, told in one line each.
std::multiset<std::string> rows_of(Driver& driver, const std::string& table, const std::vector<Column>& columns) {
    static std::list<std::string> texts;  // a sentence's address is its name
    static std::list<Sentence> sentences;
    std::string all;
    for (const auto& column : columns) all += (all.empty() ? "" : ", ") + column.name;
    texts.push_back("SELECT " + all + " FROM " + table);
    sentences.push_back({texts.back().c_str()});
    std::multiset<std::string> rows;
    Query row(driver, sentences.back());
    while (row.step()) {
        std::string line;
        for (int i = 0; i < static_cast<int>(columns.size()); ++i) {
            const auto& type = columns[static_cast<std::size_t>(i)].type;
            if (row.is_nothing(i))
                line += "nothing|";
            else if (type == "BLOB" || type == "TEXT")
                line += row.text(i) + "|";
            else
                line += std::to_string(row.integer(i)) + "|";
        }
        rows.insert(line);
    }
    return rows;
}

// Rows of every table, also of one that was added to the schema yesterday: tickets and their events as the engine makes
// them, since their chains are looked at, all others of any values.
void fill(House& house, int count = 600) {
    auto& store = house.open();
    for (int i = 0; i < 5; ++i)
        store.run([&](Transaction& t) {
            for (int j = 0; j < 80; ++j) {
                auto ticket = a_ticket(house, "T" + std::to_string(i * 80 + j));
                Details details;
                details.summary = "卫生间漏水";
                file_ticket(house, t, ticket, details);
            }
        });
    house.store.reset();
    const auto driver = engine(house.options(), true);
    std::mt19937_64 random(7);
    std::list<std::string> texts;
    std::list<Sentence> sentences;
    const std::set<std::string> as_they_are{"organisations", "data_keys", "tickets", "events"};
    driver->begin();
    for (const auto& [table, columns] : schema_of(house.options())) {
        if (as_they_are.contains(table)) continue;
        std::string names, places;
        for (const auto& column : columns) {
            names += (names.empty() ? "" : ", ") + column.name;
            places +=
                (places.empty() ? "$" : ", $") + std::to_string(1 + std::count(places.begin(), places.end(), '$'));
        }
        texts.push_back("INSERT INTO " + table + " (" + names + ") VALUES (" + places + ")");
        sentences.push_back({texts.back().c_str()});
        const auto keys = std::count_if(columns.begin(), columns.end(), [](const Column& c) { return c.in_key; });
        for (int i = 0; i < count; ++i) {
            auto& put = driver->use(sentences.back());
            int place = 0;
            for (const auto& column : columns) {
                ++place;
                const auto any = random();
                if (column.may_be_nothing && any % 3 == 0) {
                    put.bind_nothing(place);
                } else if (column.type == "TEXT") {
                    // In the order of bytes, which is not that of any language.
                    put.bind_text(place, (any % 2   ? "B"
                                          : any % 5 ? "a"
                                                    : "漏水'\\") +
                                             std::to_string(any % 7) + "-" + std::to_string(i));
                } else if (column.type == "BLOB") {
                    std::string bytes(any % 40, '\0');
                    for (auto& byte : bytes) byte = static_cast<char>(random());
                    put.bind_bytes(place, column.in_key ? bytes + std::to_string(i) : bytes);
                } else {
                    put.bind(place, column.name == "organisation_id" && keys > 1 ? std::int64_t{1}
                                    : column.in_key ? static_cast<std::int64_t>(any >> 1) + i
                                                    : static_cast<std::int64_t>(any));
                }
            }
            put.step();
            put.reset();
        }
    }
    driver->commit();
    driver->script("UPDATE outbox SET state = 'waiting', claimed_by = 0");
    driver->script(
        "UPDATE outbox SET state = 'sending', claimed_by = 77 WHERE outbox_id IN (SELECT outbox_id FROM outbox ORDER "
        "BY outbox_id LIMIT 3)");
}

// What was in hand of a process that is gone waits again; all else is as it was.
void check_same(const StoreOptions& schema, const StoreOptions& from, const StoreOptions& to) {
    const auto one = engine(from), other = engine(to, true);
    const auto tables = schema_of(schema);
    REQUIRE(tables.size() >= 28);
    for (const auto& [table, columns] : tables) {
        CAPTURE(table);
        const auto there = rows_of(*one, table, columns);
        CHECK_FALSE(there.empty());
        if (table == "outbox") continue;
        CHECK(rows_of(*other, table, columns) == there);
    }
    auto outbox = tables.at("outbox");
    std::erase_if(outbox, [](const Column& c) { return c.name == "state" || c.name == "claimed_by"; });
    CHECK(rows_of(*other, "outbox", outbox) == rows_of(*one, "outbox", outbox));
    const Sentence waits{"SELECT COUNT(*) FROM outbox WHERE state = 'waiting' AND claimed_by = 0"},
        all{"SELECT COUNT(*) FROM outbox"};
    const auto number_of = [&](const Sentence& sentence) {
        Query row(*other, sentence);
        return row.step() ? row.integer(0) : -1;
    };
    CHECK(number_of(waits) == number_of(all));
}

std::string copied(House& from, const StoreOptions& to) {
    const auto done = copy_store(from.options(), to.url, from.ids);
    return done ? "copied" : done.problem().code + ": " + done.problem().text;
}

// A process that copies and is killed as soon as it says so many rows of that table.
void copy_and_die(House& from, const StoreOptions& to, const std::string& table, std::int64_t rows,
                  CopyProgress::Step step) {
    const auto child = ::fork();
    if (child == 0) {
        const auto done = copy_store(from.options(), to.url, from.ids, [&](const CopyProgress& at) {
            if (at.step == step && at.table == table && at.rows >= rows) ::kill(::getpid(), SIGKILL);
        });
        ::_exit(done ? 1 : 2);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
}

void dies_and_is_run_again(House& from, House& to) {
    using Step = CopyProgress::Step;
    const std::tuple<const char*, int, Step> moments[]{{"attachments", 1, Step::copying},
                                                       {"events", 300, Step::copying},
                                                       {"word_portions", 600, Step::copying},
                                                       {"messages", 256, Step::comparing},
                                                       {"units", 600, Step::comparing}};
    for (const auto& [table, rows, step] : moments) {
        CAPTURE(table, rows);
        copy_and_die(from, to.options(), table, rows, step);
        const auto refused = to.refused(to.options());
        CHECK(refused.code == "store.half_copied");
        CHECK_THAT(refused.text, Catch::Contains("run huiyin copy-store once more"));
        auto reading = to.options();
        reading.read_only = true;
        CHECK(to.refused(reading).code == "store.half_copied");
        const auto state = schema_state(to.options().url);
        REQUIRE_FALSE(state);
        CHECK(state.problem().code == "store.half_copied");
    }
    CHECK(copied(from, to.options()) == "copied");
    check_same(from.options(), from.options(), to.options());
    CHECK_THAT(copied(from, to.options()), Catch::StartsWith("store.taken"));
    to.open();
}

}  // namespace

TEST_CASE("every row of every table of a file comes to PostgreSQL, and from there into another file") {
    if (!cluster()) return skip_test(why_no_cluster());
    FileHouse file;
    fill(file);
    PostgresHouse postgres;
    const auto done = copy_store(file.options(), postgres.options().url, file.ids);
    INFO((done ? "" : done.problem().text));
    REQUIRE(done);
    CHECK(done->tables.size() == schema_of(file.options()).size());
    CHECK(done->chains.tickets == 400);
    CHECK(done->chains.events == 400);
    CHECK(done->wait_again == 3);
    for (const auto& table : done->tables) {
        CAPTURE(table.name);
        CHECK(table.rows > 0);
    }
    check_same(file.options(), file.options(), postgres.options());
    CHECK(schema_state(postgres.options().url)->present == newest_schema());

    FileHouse back;
    CHECK(copied(postgres, back.options()) == "copied");
    check_same(file.options(), file.options(), back.options());
    CHECK(engine(back.options()) != nullptr);
    back.open();
    CHECK(back.store->writable());
}

TEST_CASE("numbers are given by the tables alone: no sequence would have to be moved forward") {
    if (!cluster()) return skip_test(why_no_cluster());
    PostgresHouse postgres;
    postgres.open().run([](Transaction& t) {
        for (int i = 0; i < 7; ++i) t.next_number("T20260302");
    });
    postgres.store.reset();
    CHECK(ask_postgres(postgres.options().url,
                       "SELECT COUNT(*) FROM pg_class WHERE relkind = 'S' AND relnamespace = "
                       "current_schema()::regnamespace") == 0);
    CHECK(ask_postgres(postgres.options().url,
                       "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = current_schema() AND "
                       "is_identity = 'YES'") == 0);
    FileHouse file;
    CHECK(copied(postgres, file.options()) == "copied");
    file.open().run([](Transaction& t) { CHECK(t.next_number("T20260302") == 8); });
}

TEST_CASE("a copy that was killed is no store, and the next one begins it anew: into a file") {
    FileHouse from, to;
    fill(from);
    dies_and_is_run_again(from, to);
}

TEST_CASE("a copy that was killed is no store, and the next one begins it anew: into PostgreSQL") {
    if (!cluster()) return skip_test(why_no_cluster());
    FileHouse from;
    fill(from);
    PostgresHouse to;
    dies_and_is_run_again(from, to);
}

TEST_CASE("what is not at rest, not empty, not of this program or not ours to open is not copied") {
    FileHouse from, to;
    CHECK_THAT(copied(from, to.options()), Catch::StartsWith("store.unreadable: there is no store yet"));
    CHECK_FALSE(std::filesystem::exists(to.file()));
    fill(from, 5);
    from.open();
    CHECK_THAT(copied(from, to.options()), Catch::StartsWith("store.locked: another process serves this store"));
    from.store.reset();
    CHECK_THAT(copied(from, from.options()), Catch::StartsWith("copy.same"));
    {
        auto nowhere = to.options();
        nowhere.url = "mysql://root@localhost/x";
        CHECK_THAT(copied(from, nowhere), Catch::Contains("write sqlite:PATH or postgresql:"));
    }
    {
        auto wrong = from.options();
        wrong.data_key = other_key;
        const auto done = copy_store(wrong, to.options().url, from.ids);
        REQUIRE_FALSE(done);
        CHECK(done.problem().code == "store.wrong_key");
        CHECK_FALSE(std::filesystem::exists(to.file()));
    }
    write_bytes(to.file(), "something of another program, longer than a page's head is");
    CHECK_THAT(copied(from, to.options()), Catch::StartsWith("store."));
    CHECK(bytes_of(to.file()) == "something of another program, longer than a page's head is");
    std::filesystem::remove(to.file());
    to.open().run([](Transaction& t) { t.set_setting("ours", "yes"); });
    CHECK_THAT(copied(from, to.options()), Catch::StartsWith("store.locked"));
    to.store.reset();
    CHECK_THAT(copied(from, to.options()), Catch::StartsWith("store.taken: there is something already"));
    to.open().read([](Reading& r) { CHECK(r.setting("ours") == "yes"); });
    to.store.reset();
    FileHouse empty;
    engine(from.options(), true)
        ->script("DELETE FROM schema_versions WHERE version = " + std::to_string(newest_schema()));
    CHECK_THAT(copied(from, empty.options()), Catch::StartsWith("store.older"));
    engine(from.options(), true)->script("INSERT INTO schema_versions VALUES (9999, 'later', 0)");
    CHECK_THAT(copied(from, empty.options()), Catch::StartsWith("store.too_new"));
}

TEST_CASE("a database that a service holds, or that has other tables, is not copied and not filled") {
    if (!cluster()) return skip_test(why_no_cluster());
    PostgresHouse from, to;
    FileHouse file;
    auto serving = from.options();
    serving.node = 5;
    from.open(serving).run([](Transaction& t) { t.set_setting("ours", "yes"); });
    CHECK_THAT(copied(from, file.options()), Catch::StartsWith("store.locked: another process serves this store"));
    from.store.reset();
    tell_postgres(to.options().url, "CREATE TABLE theirs (x INTEGER)");
    CHECK_THAT(copied(from, to.options()), Catch::StartsWith("store.taken"));
    tell_postgres(to.options().url, "DROP TABLE theirs");
    CHECK(copied(from, to.options()) == "copied");
    to.open().read([](Reading& r) { CHECK(r.setting("ours") == "yes"); });
}

TEST_CASE("while a database is copied nothing is written to it, and the copy is not to be served") {
    if (!cluster()) return skip_test(why_no_cluster());
    PostgresHouse from, to;
    from.open();
    from.store.reset();
    bool looked = false;
    const auto done = copy_store(from.options(), to.options().url, from.ids, [&](const CopyProgress&) {
        if (std::exchange(looked, true)) return;
        CHECK(from.refused(from.options()).code == "store.locked");
        CHECK(to.refused(to.options()).code == "store.locked");
        auto serving = to.options();
        serving.node = 9;
        CHECK(to.refused(serving).code == "store.half_copied");
    });
    CHECK(looked);
    CHECK(done);
}

TEST_CASE("a copy that is not what was read is no store") {
    if (!cluster()) return skip_test(why_no_cluster());
    FileHouse from;
    fill(from, 20);
    PostgresHouse to;
    const auto done = copy_store(from.options(), to.options().url, from.ids, [&](const CopyProgress& at) {
        if (at.table == "word_portions" && at.step == CopyProgress::Step::copying)
            tell_postgres(to.options().url,
                          "UPDATE audit SET field = field || '!' WHERE audit_id = (SELECT MIN(audit_id) FROM audit)");
    });
    REQUIRE_FALSE(done);
    CHECK(done.problem().code == "copy.differs");
    CHECK_THAT(done.problem().text, Catch::Contains("table audit (20 rows of 20)"));
    CHECK(to.refused(to.options()).code == "store.half_copied");

    engine(from.options(), true)
        ->script(
            "UPDATE events SET body = replace(body, '{', '{ ') WHERE event_id = (SELECT MIN(event_id) FROM events)");
    CHECK_THAT(copied(from, to.options()),
               Catch::StartsWith("copy.differs: the event chains do not fit: ticket T0: event 1"));
    CHECK(to.refused(to.options()).code == "store.half_copied");
}

// HUIYIN_TICKETS=100000 build/test_store "how long*"
TEST_CASE("how long a store is copied", "[.bench]") {
    if (!cluster()) return skip_test(why_no_cluster());
    const char* wished = std::getenv("HUIYIN_TICKETS");
    const int tickets = wished ? std::stoi(wished) : 10000;
    FileHouse file;
    auto& store = file.open();
    const std::string answer =
        "记下了:1 事情 卫生间漏水,已经漏到楼下了 2 地点 3栋2单元501 3 电话 138****5678。对的话回“对”,要改回数字。";
    const auto file_one = [&](Transaction& t, int i) {
        auto talk = a_conversation(file, "openid-of-resident-" + std::to_string(i));
        Person person;
        person.id = talk.person = file.id<PersonId>();
        person.name = "王女士";
        person.phone = std::to_string(13800000000 + i);
        person.created_at = nine;
        t.add(person);
        talk.last_message = 10;
        t.save(talk);
        for (int m = 1; m <= 10; ++m)
            t.add(Message{m, talk.id, after(m), m % 2 ? Speaker::resident : Speaker::bot, {.text = answer}});
        for (int d = 0; d < 4; ++d)
            t.claim_delivery({talk.channel, std::to_string(24800000000LL + 10LL * i + d), talk.id, "[2]", nine});
        t.save(Prompt{file.id<PromptId>(), talk.id, {}, "rating", "{}", "answered", nine, nine});
        auto ticket = a_ticket(file, "T20260302-" + std::to_string(i));
        ticket.conversation = talk.id;
        ticket.customer = person.id;
        Details details;
        details.summary = "卫生间漏水,已经漏到楼下了 " + std::to_string(i);
        ticket.details = t.add_text(to_text(details), ticket.id, talk.id, nine);
        std::vector<StoredEvent> events;
        std::vector<EventId> ids;
        for (int e = 1; e <= 8; ++e) {
            events.push_back(an_event(file, e, events.empty() ? first_hash : events.back().hash, "ticket.noted"));
            ids.push_back(file.id<EventId>());
            if (e < 4) t.add_text("明天上午更换水管", ticket.id, talk.id, nine);
        }
        ticket.version = 8;
        ticket.last_hash = events.back().hash;
        t.save(ticket, 0, events, ids);
        for (int o = 0; o < 6; ++o) {
            OutboxItem item;
            item.id = file.id<OutboxId>();
            item.channel = talk.channel;
            item.conversation = talk.id;
            item.ticket = ticket.id;
            item.said.text = answer;
            item.state = o == 0 && i % 100 == 0 ? OutboxState::waiting : OutboxState::sent;
            t.add(item);
        }
        t.set_reminder({{}, after(i), false, ticket.id, talk.id, "deadline", "handle"});
    };
    for (int i = 0; i < tickets; i += 100)
        store.run([&](Transaction& t) {
            for (int j = i; j < i + 100 && j < tickets; ++j) file_one(t, j);
        });
    file.store.reset();
    const auto most_memory = [] {
        rusage used{};
        ::getrusage(RUSAGE_SELF, &used);
        return used.ru_maxrss / 1024;
    };
    const auto before = most_memory();
    PostgresHouse postgres;
    const auto done = copy_store(file.options(), postgres.options().url, file.ids);
    REQUIRE(done);
    std::int64_t rows = 0;
    for (const auto& table : done->tables) {
        rows += table.rows;
        if (table.rows >= tickets)
            std::printf("%-14s %9lld rows %7.1f s\n", table.name.c_str(), static_cast<long long>(table.rows),
                        static_cast<double>(table.took.count()) / 1000);
    }
    std::printf("%d tickets, %lld rows, %.0f MB: %.1f s with reading back and every chain; memory %ld -> %ld MB\n",
                tickets, static_cast<long long>(rows),
                static_cast<double>(std::filesystem::file_size(file.file())) / 1e6,
                static_cast<double>(done->took.count()) / 1000, before, most_memory());
    CHECK(done->chains.tickets == tickets);
}
