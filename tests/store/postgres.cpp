// What is PostgreSQL's own: the same tables and sentences, refusals in words, a server that goes and comes back.
#include <catch2/catch.hpp>
#include <limits>
#include <list>
#include <regex>
#include <set>
#include <thread>

#include "tests/scarce_memory.h"
#include "tests/store/cluster.h"
#include "tests/store/sentence_texts.h"
#include "tests/store/store_house.h"
#include "tests/tally.h"
#include "workflow/store/address.h"
#include "workflow/store/migrate.h"
#include "workflow/store/postgres_driver.h"
#include "workflow/store/sqlite_driver.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

// A store in a schema of its own, whatever the other tests run on.
struct PostgresHouse : House {
    PostgresHouse() : House(*cluster()) {}
};

// On a connection of its own: a driver knows a sentence by its address.
std::set<std::string> rows_of(const std::unique_ptr<Driver>& driver, const char* question) {
    const Sentence sentence{question};
    std::set<std::string> rows;
    Query row(*driver, sentence);
    while (row.step()) rows.insert(row.text(0));
    return rows;
}

std::string with(std::string url, const std::string& what, const std::string& by) {
    const auto at = url.find(what);
    REQUIRE(at != std::string::npos);
    return url.replace(at, what.size(), by);
}

// "postgresql://huiyin:PASSWORD@127.0.0.1:PORT/huiyin"
std::string password_of(const std::string& url) {
    const auto begin = url.find(':', url.find("//")) + 1;
    return url.substr(begin, url.find('@') - begin);
}
std::string port_of(const std::string& url) {
    const auto begin = url.find(':', url.find('@')) + 1;
    return url.substr(begin, url.find('/', begin) - begin);
}

void say(Transaction& t, int number) {
    t.set_setting("said " + std::to_string(number), "yes");
    t.next_number("said");
}

// Until the store takes units again; it tries the database five times a second by itself.
void wait_until_writable(Store& store) {
    for (int i = 0; i < 200 && !store.writable(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    REQUIRE(store.writable());
}

}  // namespace

TEST_CASE("both engines have the same tables, columns and indexes") {
    if (!cluster()) return skip_test(why_no_cluster());
    House file("");
    PostgresHouse house;
    file.open();
    file.store.reset();
    house.open();
    const auto sqlite = [&] { return open_sqlite(file.file(), SqliteAccess::reading); };
    const auto postgres = [&] { return open_postgres(house.options().url, PostgresAccess::reading); };
    const auto columns =
        rows_of(postgres(),
                "SELECT table_name || ' ' || ordinal_position || ' ' || column_name || ' ' ||"
                " CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'bytea' THEN 'BLOB' ELSE upper(data_type) END"
                " || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END"
                " FROM information_schema.columns WHERE table_schema = current_schema()");
    CHECK(columns ==
          rows_of(sqlite(),
                  "SELECT m.name || ' ' || (p.cid + 1) || ' ' || p.name || ' ' || replace(p.type, 'BIGINT', 'INTEGER')"
                  " || CASE p.\"notnull\" WHEN 1 THEN ' NOT NULL' ELSE '' END"
                  " FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'"));
    CHECK(columns.size() > 150);
    const auto indexes = rows_of(postgres(),
                                 "SELECT CAST(indexname AS TEXT) FROM pg_catalog.pg_indexes"
                                 " WHERE schemaname = current_schema() AND indexname NOT LIKE '%pkey'");
    CHECK(indexes == rows_of(sqlite(), "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"));
    CHECK(rows_of(postgres(),
                  "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE data_type = 'text'"
                  " AND table_schema = current_schema() AND collation_name IS DISTINCT FROM 'C'") ==
          std::set<std::string>{});
}

TEST_CASE("every sentence is one for PostgreSQL") {
    if (!cluster()) return skip_test(why_no_cluster());
    PostgresHouse house;
    house.open();
    const auto driver = open_postgres(house.options().url, PostgresAccess::reading);
    int understood = 0;
    for (const auto& [name, text] : sentences_of_the_store()) {
        if (name.ends_with("_sqlite")) continue;
        INFO(name << ": " << text);
        CHECK_NOTHROW(driver->script("PREPARE tried AS " + text + "; DEALLOCATE tried"));
        ++understood;
    }
    CHECK(understood > 80);
}

TEST_CASE("no sentence of PostgreSQL walks through a table's history") {
    if (!cluster()) return skip_test(why_no_cluster());
    PostgresHouse house;
    house.open();
    const auto driver = open_postgres(house.options().url, PostgresAccess::reading);
    // Small tables are read whole whatever the index; what could not use one shows when that is forbidden.
    driver->script("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan");
    const std::set<std::string> whole{"organisation"};
    const std::regex parameter(R"(\$(\d+))");
    std::list<std::string> texts;
    std::list<Sentence> sentences;  // each at an address of its own
    for (const auto& [name, text] : sentences_of_the_store()) {
        if (name.ends_with("_sqlite") || whole.contains(name)) continue;
        int parameters = 0;
        for (std::sregex_iterator it(text.begin(), text.end(), parameter), end; it != end; ++it)
            parameters = std::max(parameters, std::stoi((*it)[1].str()));
        std::string values;
        for (int i = 0; i < parameters; ++i) values += i ? ", NULL" : "NULL";
        driver->script("PREPARE tried AS " + text);
        texts.push_back("EXPLAIN EXECUTE tried" + (parameters ? "(" + values + ")" : std::string()));
        sentences.push_back({texts.back().c_str()});
        std::string plan;
        {
            Query row(*driver, sentences.back());
            while (row.step()) plan += row.text(0) + "\n";
        }
        driver->script("DEALLOCATE tried");
        INFO(name << ": " << text << "\n" << plan);
        CHECK(plan.find("Seq Scan") == std::string::npos);
    }
}

TEST_CASE("an address that does not lead to a database is told in one line, without its password") {
    if (!cluster()) return skip_test(why_no_cluster());
    PostgresHouse house;
    const auto good = *cluster(), password = password_of(good);
    const auto refusal = [&](const std::string& url) {
        auto options = house.options();
        options.url = url;
        const auto problem = house.refused(options);
        CHECK(problem.code == "store.unreadable");
        CHECK(problem.text.find(password) == std::string::npos);
        CHECK(problem.detail.find(password) == std::string::npos);
        CHECK(problem.text.find('\n') == std::string::npos);
        const auto state = schema_state(url);
        REQUIRE_FALSE(state);
        CHECK(state.problem().text == problem.text);
        return problem.text;
    };
    CHECK_THAT(refusal(with(good, ":" + port_of(good), ":1")),
               Catch::StartsWith("the database cannot be reached") && Catch::Contains("host and port"));
    CHECK_THAT(refusal(with(good, ":" + password + "@", ":wrong@")),
               Catch::StartsWith("the database does not take this user or password (28P01)"));
    CHECK_THAT(refusal(with(good, ":" + password + "@", "@")), Catch::StartsWith("the database"));
    CHECK_THAT(refusal(good + "_of_nobody"), Catch::StartsWith("there is no such database"));
    CHECK_THAT(refusal(good + "?options=-csearch_path%3Dnowhere"),
               Catch::StartsWith("the search path leads to no schema"));
    CHECK_THAT(refusal("postgresql://huiyin:" + password + "@[127.0.0.1/x"),
               Catch::StartsWith("the address of the database cannot be read"));
}

TEST_CASE("a password is not shown, wherever it stands in the address") {
    CHECK(without_password("postgresql://u:p%40w@h:5/d") == "postgresql://u@h:5/d");
    CHECK(without_password("postgresql://u@h:5/d") == "postgresql://u@h:5/d");
    CHECK(without_password("postgresql://h:5/d?user=u&password=secret&x=1") ==
          "postgresql://h:5/d?user=u&password=&x=1");
    CHECK(without_password("postgresql://h/d?sslpassword=secret") == "postgresql://h/d?sslpassword=");
    CHECK(without_password("postgresql://u:a@b@h/d") == "postgresql://u@h/d");
    CHECK(without_password("postgresql://u:secret@h1,h2:6") == "postgresql://u@h1,h2:6");
}

TEST_CASE("a server that would not keep its word is refused") {
    const ServerFacts good{150018, "UTF8", true, false, true};
    CHECK_FALSE(unfit(good, PostgresAccess::writing));
    const auto why = [&](auto change, PostgresAccess access = PostgresAccess::writing) {
        auto facts = good;
        change(facts);
        return unfit(facts, access).value_or("nothing");
    };
    CHECK_THAT(why([](auto& f) { f.version = 120022; }), Catch::Contains("too old (version 12)"));
    CHECK_THAT(why([](auto& f) { f.encoding = "SQL_ASCII"; }), Catch::Contains("SQL_ASCII"));
    CHECK_THAT(why([](auto& f) { f.syncs = false; }), Catch::Contains("fsync = off"));
    CHECK_THAT(why([](auto& f) { f.is_standby = true; }), Catch::Contains("target_session_attrs=read-write"));
    CHECK(why([](auto& f) { f.is_standby = true; }, PostgresAccess::reading) == "nothing");
    CHECK_THAT(why([](auto& f) { f.has_schema = false; }), Catch::Contains("search_path"));
}

TEST_CASE("a database that is another program's, or a newer one's, is refused and not changed") {
    if (!cluster()) return skip_test(why_no_cluster());
    PostgresHouse house;
    const auto url = house.options().url;
    tell_postgres(url, "CREATE TABLE theirs (x INTEGER)");
    CHECK_THAT(house.refused(house.options()).text, Catch::StartsWith("this is a database of another program"));
    CHECK(ask_postgres(url, "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema()") == 1);
    tell_postgres(url, "DROP TABLE theirs");
    CHECK(schema_state(url)->present == 0);
    auto reading = house.options();
    reading.read_only = true;
    CHECK_THAT(house.refused(reading).text, Catch::StartsWith("there is no store yet"));
    house.open();
    house.store.reset();
    CHECK(schema_state(url)->present == newest_schema());
    tell_postgres(url, "INSERT INTO schema_versions (version, name, applied_at) VALUES (9999, 'later', 0)");
    CHECK(house.refused(house.options()).code == "store.too_new");
}

TEST_CASE("values of every kind come back as they went in") {
    if (!cluster()) return skip_test(why_no_cluster());
    PostgresHouse house;
    tell_postgres(house.options().url, "CREATE TABLE kinds (number BIGINT, words TEXT, bytes BYTEA)");
    const auto driver = open_postgres(house.options().url, PostgresAccess::writing);
    const Sentence put{"INSERT INTO kinds (number, words, bytes) VALUES ($1, $2, $3)"},
        get{"SELECT number, words, bytes FROM kinds ORDER BY number"};
    const std::string all_bytes = [] {
        std::string bytes;
        for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
        return bytes;
    }();
    const auto lowest = std::numeric_limits<std::int64_t>::min(), highest = std::numeric_limits<std::int64_t>::max();
    driver->begin();
    CHECK(change(*driver, put, lowest, "漏水 'x' \\ $1", Bytes{all_bytes}) == 1);
    CHECK(change(*driver, put, -1, "", Bytes{""}) == 1);
    CHECK(change(*driver, put, highest, std::optional<std::string>{}, std::optional<Bytes>{}) == 1);
    driver->commit();
    Query row(*driver, get);
    REQUIRE(row.step());
    CHECK(row.integer(0) == lowest);
    CHECK(row.text(1) == "漏水 'x' \\ $1");
    CHECK(row.text(2) == all_bytes);
    REQUIRE(row.step());
    CHECK(row.integer(0) == -1);
    CHECK(row.text(1).empty());
    CHECK_FALSE(row.is_nothing(2));
    REQUIRE(row.step());
    CHECK(row.integer(0) == highest);
    CHECK(row.is_nothing(1));
    CHECK(row.is_nothing(2));
    CHECK_FALSE(row.step());
}

TEST_CASE("a sentence that found no memory at first takes no other one's name") {
    if (!cluster()) return skip_test(why_no_cluster());
    const auto driver = open_postgres(*cluster(), PostgresAccess::reading);
    const auto answer = [&](const Sentence& sentence) {
        Query row(*driver, sentence);
        return row.step() ? row.text(0) : std::string();
    };
    std::list<Sentence> others;
    int wishes = 0;
    const Sentence first{"SELECT 'first'::text"};
    while (scarce::refused(wishes, [&] { answer(first); })) {
        ++wishes;
        CHECK(answer(others.emplace_back(Sentence{"SELECT 'other'::text"})) == "other");
    }
    CHECK(wishes > 1);
    CHECK(answer(first) == "first");
    CHECK(answer(others.emplace_back(Sentence{"SELECT 'other'::text"})) == "other");
}

TEST_CASE("a mistake of one unit is no failure of the world, and what it began can be undone") {
    if (!cluster()) return skip_test(why_no_cluster());
    PostgresHouse house;
    tell_postgres(house.options().url, "CREATE TABLE one_each (number BIGINT PRIMARY KEY)");
    const auto driver = open_postgres(house.options().url, PostgresAccess::writing);
    const Sentence put{"INSERT INTO one_each (number) VALUES ($1)"}, wrong{"SELECT nothing FROM nowhere"},
        count{"SELECT COUNT(*) FROM one_each"};
    driver->begin();
    change(*driver, put, 1);
    driver->savepoint();
    CHECK_THROWS_AS(change(*driver, put, 1), std::logic_error);
    CHECK(driver->in_transaction());
    CHECK_THROWS_AS(change(*driver, put, 2), std::logic_error);  // the savepoint is spoilt until it is given back
    driver->roll_back_to_savepoint();
    CHECK_THROWS_AS(change(*driver, wrong), std::logic_error);
    CHECK_THROWS_AS(driver->commit(), StoreFailed);  // the server would roll back and call it an end
    CHECK_FALSE(driver->in_transaction());
    Query row(*driver, count);
    REQUIRE(row.step());
    CHECK(row.integer(0) == 0);
}

TEST_CASE("a server that stops and comes back loses nothing that was promised, and the store goes on by itself") {
    if (!cluster()) return skip_test(why_no_cluster());
    PostgresHouse house;
    auto& store = house.open();
    for (const bool crash : {false, true}) {
        const int first = crash ? 10 : 0;
        for (int i = first; i < first + 5; ++i) store.run([i](Transaction& t) { say(t, i); });
        store.read([](Reading&) {});  // a connection that will be found broken
        crash ? crash_cluster() : stop_cluster();
        CHECK_THROWS_AS(store.run([&](Transaction& t) { say(t, first + 5); }), StoreFailed);
        CHECK_FALSE(store.writable());
        CHECK_THROWS_AS(store.read([](Reading&) {}), StoreFailed);
        start_cluster();
        wait_until_writable(store);
        store.run([&](Transaction& t) { say(t, first + 6); });
        store.read([&](Reading& r) {
            for (int i = first; i < first + 5; ++i) CHECK(r.setting("said " + std::to_string(i)));
            CHECK_FALSE(r.setting("said " + std::to_string(first + 5)));
            CHECK(r.setting("said " + std::to_string(first + 6)));
        });
    }
    store.run([](Transaction& t) { CHECK(t.next_number("said") == 13); });
}

TEST_CASE("a connection that is cut between two groups is made anew and nobody hears of it") {
    if (!cluster()) return skip_test(why_no_cluster());
    PostgresHouse house;
    auto& store = house.open();
    store.run([](Transaction& t) { say(t, 1); });
    const auto cut = [&] {
        ask_postgres(*cluster(),
                     "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
                     "application_name = 'huiyin'");
    };
    cut();
    store.run([](Transaction& t) { say(t, 2); });
    CHECK_THROWS_AS(store.run([&](Transaction& t) {
        say(t, 3);
        cut();  // in the middle of a unit: that one is undone
        say(t, 4);
    }),
                    StoreFailed);
    wait_until_writable(store);
    store.run([](Transaction& t) { CHECK(t.next_number("said") == 3); });
}
