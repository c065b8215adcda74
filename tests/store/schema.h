// Schemas of their own in a PostgreSQL database, and a word with it beside the store.
#pragma once
#include <unistd.h>

#include <atomic>
#include <string>

#include "workflow/store/postgres_driver.h"

namespace huiyin::test {

inline void tell_postgres(const std::string& url, const std::string& sentences) {
    open_postgres(url, PostgresAccess::writing)->script(sentences);
}
inline std::int64_t ask_postgres(const std::string& url, const std::string& question) {
    const auto driver = open_postgres(url, PostgresAccess::reading);
    const Sentence sentence{question.c_str()};
    Query row(*driver, sentence);
    return row.step() ? row.integer(0) : 0;
}

// The address of an empty schema in this database.
inline std::string fresh_schema(const std::string& database) {
    static std::atomic<int> last{0};
    const auto name = "house_" + std::to_string(::getpid()) + "_" + std::to_string(++last);
    tell_postgres(database, "CREATE SCHEMA " + name);
    return database + "?options=-csearch_path%3D" + name;
}
inline void drop_schema(const std::string& url) {
    tell_postgres(url.substr(0, url.find('?')), "DROP SCHEMA " + url.substr(url.rfind("%3D") + 3) + " CASCADE");
}

}  // namespace huiyin::test
