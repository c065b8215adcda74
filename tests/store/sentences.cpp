// The schema and the sentences keep their rules: parameters in order, keys by organisation, annotated columns, no
// scans.
#include <catch2/catch.hpp>
#include <regex>

#include "tests/store/sentence_texts.h"
#include "tests/store/store_house.h"
#include "workflow/store/migrate.h"
#include "workflow/store/sql.h"
#include "workflow/store/sqlite_driver.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

std::vector<std::string> columns_of(Driver& driver, const Sentence& sentence) {
    std::vector<std::string> rows;
    Query row(driver, sentence);
    while (row.step()) rows.push_back(row.text(0));
    return rows;
}

struct Schema {
    House house;
    std::unique_ptr<Driver> driver;
    Schema() {
        house.open();
        house.store.reset();
        driver = open_sqlite(house.file(), SqliteAccess::reading);
    }
    // A line a step; values do not matter to it.
    std::string plan_of(const std::string& sentence) {
        const auto text = "EXPLAIN QUERY PLAN " + sentence;
        const Sentence explain{text.c_str()};
        const auto own = open_sqlite(house.file(), SqliteAccess::reading);
        auto& statement = own->use(explain);
        for (int place = 1; sentence.find("$" + std::to_string(place)) != std::string::npos; ++place)
            statement.bind_nothing(place);
        std::string plan;
        while (statement.step()) plan += statement.text(3) + "\n";
        statement.reset();
        return plan;
    }
};

}  // namespace

TEST_CASE("every sentence numbers its parameters in order of first appearance") {
    const auto all = sentences_of_the_store();
    REQUIRE(all.size() > 80);
    const std::regex parameter(R"(\$(\d+))");
    for (const auto& [name, text] : all) {
        INFO(name);
        int next = 1;
        for (std::sregex_iterator it(text.begin(), text.end(), parameter), end; it != end; ++it) {
            const int number = std::stoi((*it)[1].str());
            CHECK(number <= next);
            if (number == next) ++next;
        }
    }
}

TEST_CASE("a sentence of which a place is not bound is not run") {
    Schema schema;
    const Sentence sum{"SELECT $1 + $2"};
    {
        Query row(*schema.driver, sum, 3, 4);
        REQUIRE(row.step());
        CHECK(row.integer(0) == 7);
    }
    Query row(*schema.driver, sum, 5);
    CHECK_THROWS_AS(row.step(), std::logic_error);
}

TEST_CASE("no sentence walks through a table's history") {
    Schema schema;
    // The whole directory is read into memory when it changed, and the packs' versions when the program starts; the
    // organisation's table has one row.
    const std::set<std::string> whole{"organisation"};
    const std::set<std::string> by_organisation_alone{
        "name_organisation",  "event_count",    "units",       "buildings",      "households",  "staff",
        "data_keys",          "all_tickets",    "fresh_words", "outbox_page",    "next_number", "drop_words",
        "channels_in_flight", "release_claims", "claimants",   "policy_versions"};
    for (const auto& [name, text] : sentences_of_the_store()) {
        if (name.size() > 9 && name.compare(name.size() - 9, 9, "_postgres") == 0) continue;
        const auto plan = schema.plan_of(text);
        INFO(name << ": " << text << "\n" << plan);
        if (!whole.count(name)) CHECK(plan.find("SCAN") == std::string::npos);
        CHECK(plan.find("AUTOMATIC") == std::string::npos);
        // Nor through all rows of the organisation: an index must know more than whose they are.
        if (!by_organisation_alone.count(name) && plan.find("SEARCH") != std::string::npos)
            CHECK_FALSE(std::regex_search(plan, std::regex(R"(\(organisation_id=\?\)\n)")));
    }
}

TEST_CASE("open tickets are listed by the index of open ones") {
    Schema schema;
    for (const auto* sentence : {&sql::tickets_newest_open, &sql::tickets_newest_open_owned, &sql::tickets_by_deadline,
                                 &sql::tickets_by_deadline_owned}) {
        const auto plan = schema.plan_of(sentence->text);
        CHECK(plan.substr(0, plan.find('\n')).find("tickets_open_by_") != std::string::npos);
    }
}

TEST_CASE("every column says its class and how long it is kept") {
    for (const auto& file : std::filesystem::directory_iterator(HUIYIN_SOURCE "/workflow/store/migrations")) {
        const auto text = bytes_of(file.path());
        std::istringstream lines(text);
        const std::regex column(R"(^    ([a-z_0-9]+) (BIGINT|INTEGER|TEXT|BLOB)\b)"),
            annotated(R"(-- class: (none|personal|secret); keep: \S)"), added(R"(ADD COLUMN)");
        int columns = 0;
        for (std::string line; std::getline(lines, line);) {
            const bool is_column = std::regex_search(line, column) || std::regex_search(line, added);
            if (!is_column) continue;
            ++columns;
            INFO(file.path().filename().string() << ": " << line);
            CHECK(std::regex_search(line, annotated));
            if (line.find("_sealed ") != std::string::npos) CHECK(line.find("class: none") == std::string::npos);
        }
        const bool indexes_alone =
            text.find("CREATE TABLE") == std::string::npos && text.find("ADD COLUMN") == std::string::npos;
        CHECK((columns > 0) != indexes_alone);
    }
}

TEST_CASE("every table's key begins with the organisation") {
    Schema schema;
    const Sentence tables{
        "SELECT m.name || ' ' || p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p"
        " WHERE m.type = 'table' AND p.pk = 1 ORDER BY m.name"};
    const auto keys = columns_of(*schema.driver, tables);
    REQUIRE(keys.size() > 25);
    for (const auto& key : keys) {
        if (key == "schema_versions version") continue;  // it tells of the file, not of an organisation
        CHECK(std::regex_search(key, std::regex(" organisation_id$")));
    }
    const Sentence indexes{
        "SELECT m.name || ' ' || i.name FROM sqlite_master m JOIN pragma_index_info(m.name) i"
        " WHERE m.type = 'index' AND m.sql IS NOT NULL AND i.seqno = 0"};
    for (const auto& key : columns_of(*schema.driver, indexes))
        CHECK(std::regex_search(key, std::regex(" organisation_id$")));
}

TEST_CASE("in tables without rowid the key's columns stand first, or quick_check would see damage") {
    Schema schema;
    const Sentence out_of_place{
        "SELECT m.name || '.' || p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p"
        " WHERE m.type = 'table' AND m.sql LIKE '%WITHOUT ROWID' AND p.pk > 0 AND p.pk <> p.cid + 1"};
    CHECK(columns_of(*schema.driver, out_of_place) == std::vector<std::string>{});
}

TEST_CASE("migrations stand in order without gaps, and running them again changes nothing") {
    int version = 0;
    for (const auto& step : migrations()) CHECK(step.version == ++version);
    House house;
    house.open();
    house.store.reset();
    const auto driver = open_sqlite(house.file(), SqliteAccess::writing);
    const Sentence schema{"SELECT name || coalesce(sql, '') FROM sqlite_master ORDER BY name"};
    const auto before = columns_of(*driver, schema);
    migrate(*driver, after(1));
    CHECK(columns_of(*driver, schema) == before);
    CHECK(schema_version(*driver) == newest_schema());
}

TEST_CASE("a migration that fails leaves the store as it was") {
    House house;
    write_bytes(house.file(), "");
    const auto driver = open_sqlite(house.file(), SqliteAccess::writing);
    driver->script("CREATE TABLE tickets (in_the_way INTEGER)");
    CHECK_THROWS(migrate(*driver, nine));
    CHECK(schema_version(*driver) == 0);
    const Sentence tables{"SELECT name FROM sqlite_master WHERE type = 'table'"};
    CHECK(columns_of(*driver, tables) == std::vector<std::string>{"tickets"});
}
