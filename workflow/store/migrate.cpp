#include "workflow/store/migrate.h"

namespace huiyin {
namespace {

const Sentence has_versions_sqlite{
    "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_versions'"};
const Sentence has_versions_postgres{
    "SELECT COUNT(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = "
    "'schema_versions'"};
const Sentence last_version{"SELECT COALESCE(MAX(version), 0) FROM schema_versions"};
const Sentence our_tables_sqlite{"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"};
const Sentence our_tables_postgres{
    "SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = current_schema()"};
const Sentence drop_version{"DELETE FROM schema_versions WHERE version = $1"};
const Sentence note_version{"INSERT INTO schema_versions (version, name, applied_at) VALUES ($1, $2, $3)"};
const char* const versions_table =
    "CREATE TABLE IF NOT EXISTS schema_versions (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL,"
    " applied_at BIGINT NOT NULL)";

std::int64_t one_integer(Driver& driver, const Sentence& sentence) {
    Query query(driver, sentence);
    return query.step() ? query.integer(0) : 0;
}

void bring_forward(Driver& driver, TimePoint now) {
    driver.script(versions_table);
    const int present = schema_version(driver);
    // It was looked at before this transaction; a copy into it may have begun since.
    if (present > newest_schema()) throw StoreFailed("store: something else is made of it at this moment", false);
    for (const auto& step : migrations()) {
        if (step.version <= present) continue;
        driver.script(step.text);
        change(driver, note_version, step.version, step.name, to_ms(now));
    }
}

std::vector<std::string> tables_there(Driver& driver) {
    std::vector<std::string> names;
    Query row(driver, driver.of(our_tables_sqlite, our_tables_postgres));
    while (row.step()) names.push_back(row.text(0));
    return names;
}

}  // namespace

int newest_schema() { return migrations().back().version; }

int schema_version(Driver& driver) {
    if (one_integer(driver, driver.of(has_versions_sqlite, has_versions_postgres)) == 0) return 0;
    return static_cast<int>(one_integer(driver, last_version));
}

void migrate(Driver& driver, TimePoint now) {
    if (schema_version(driver) == newest_schema()) return;
    driver.begin();
    try {
        bring_forward(driver, now);
        driver.commit();
    } catch (...) {
        driver.roll_back();
        throw;
    }
}

bool begin_copy(Driver& driver, TimePoint now) {
    driver.begin();
    try {
        const auto there = tables_there(driver);
        if (!there.empty() && schema_version(driver) != half_copied) {
            driver.roll_back();
            return false;
        }
        for (const auto& table : there) driver.script("DROP TABLE " + table);
        bring_forward(driver, now);
        change(driver, note_version, half_copied, "a copy that is not finished", to_ms(now));
        driver.commit();
        return true;
    } catch (...) {
        driver.roll_back();
        throw;
    }
}

void end_copy(Driver& driver) { change(driver, drop_version, half_copied); }

}  // namespace huiyin
