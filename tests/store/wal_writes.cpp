// The log's writes are gathered: a transaction larger than the cache must still read its own pages, change them again,
// and be there whole after it was committed, or not at all.
#include <catch2/catch.hpp>

#include "tests/store/store_house.h"
#include "workflow/store/sqlite_driver.h"
#include "workflow/store/wal_writes.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

constexpr int rows = 3000;
const Sentence put{
    "INSERT INTO pages (id, words) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET words = excluded.words"};
const Sentence look{"SELECT words FROM pages WHERE id = $1"};

std::string words_of(int row, int round) { return std::string(900, static_cast<char>('a' + (row + round) % 26)); }

std::unique_ptr<Driver> opened(const House& house) {
    auto driver = open_sqlite(house.file(), SqliteAccess::writing);
    driver->script("PRAGMA cache_size=10");  // nearly every page goes to the log before the commit
    driver->script("CREATE TABLE IF NOT EXISTS pages (id INTEGER NOT NULL PRIMARY KEY, words TEXT NOT NULL)");
    return driver;
}

void write(Driver& driver, int round) {
    for (int row = 0; row < rows; ++row) change(driver, put, row, words_of(row, round));
}

int wrong(Driver& driver, int round) {
    int count = 0;
    for (int row = 0; row < rows; ++row) {
        Query query(driver, look, row);
        count += !query.step() || query.text(0) != words_of(row, round);
    }
    return count;
}

}  // namespace

TEST_CASE("a transaction larger than the cache is read, changed and kept") {
    House house;
    std::ofstream(house.file()).flush();
    auto driver = opened(house);
    for (int round = 0; round < 3; ++round) {
        driver->begin();
        write(*driver, round);
        CHECK(wrong(*driver, round) == 0);
        for (int row = 0; row < rows; row += 3) change(*driver, put, row, words_of(row, 7));
        for (int row = 0; row < rows; row += 3) change(*driver, put, row, words_of(row, round));
        CHECK(wrong(*driver, round) == 0);
        driver->commit();
        // Whoever reads beside the writer, through SQLite's own file system, sees the same.
        const auto reader = open_sqlite(house.file(), SqliteAccess::reading);
        CHECK(wrong(*reader, round) == 0);
        if (round == 1) driver->checkpoint();
    }
    driver->begin();
    write(*driver, 9);
    driver->roll_back();
    CHECK(wrong(*driver, 2) == 0);
    driver = opened(house);
    CHECK(wrong(*driver, 2) == 0);
    CHECK(quick_check(*driver) == "ok");
}

TEST_CASE("a log that grew while somebody read is short again afterwards") {
    House house;
    std::ofstream(house.file()).flush();
    const auto driver = opened(house);
    const auto size = [&] { return std::filesystem::file_size(house.file() + "-wal"); };
    constexpr std::uintmax_t most = 64U << 20;
    const auto reader = open_sqlite(house.file(), SqliteAccess::reading);
    reader->begin_reading();
    CHECK(wrong(*reader, 0) == rows);  // nothing is there yet; from now on it keeps what it sees
    for (int round = 0; size() <= most; ++round) {
        driver->begin();
        write(*driver, round);
        driver->commit();
        driver->checkpoint();
    }
    reader->commit();
    driver->checkpoint();
    for (int round = 0; round < 2; ++round) {
        driver->begin();
        change(*driver, put, 1, "short again");
        driver->commit();
    }
    CHECK(size() <= most);
    CHECK(quick_check(*driver) == "ok");
}
