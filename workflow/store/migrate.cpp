#include "workflow/store/migrate.h"

namespace huiyin {
namespace {

const Sentence has_versions_sqlite{
    "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_versions'"};
const Sentence has_versions_postgres{
    "SELECT COUNT(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = "
    "'schema_versions'"};
const Sentence last_version{"SELECT COALESCE(MAX(version), 0) FROM schema_versions"};
const Sentence note_version{"INSERT INTO schema_versions (version, name, applied_at) VALUES ($1, $2, $3)"};
const char* const versions_table =
    "CREATE TABLE IF NOT EXISTS schema_versions (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL,"
    " applied_at BIGINT NOT NULL)";

std::int64_t one_integer(Driver& driver, const Sentence& sentence) {
    Query query(driver, sentence);
    return query.step() ? query.integer(0) : 0;
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
        driver.script(versions_table);
        const int present = schema_version(driver);
        for (const auto& step : migrations()) {
            if (step.version <= present) continue;
            driver.script(step.text);
            change(driver, note_version, step.version, step.name, to_ms(now));
        }
        driver.commit();
    } catch (...) {
        driver.roll_back();
        throw;
    }
}

}  // namespace huiyin
