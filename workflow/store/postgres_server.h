// What a PostgreSQL server must be to be trusted with promises.
#pragma once
#include <optional>
#include <string>

namespace huiyin {

enum class PostgresAccess { writing, reading };

struct ServerFacts {
    int version = 0;  // 150018 is 15.18
    std::string encoding;
    bool syncs = true;  // the setting fsync
    bool is_standby = false;
    bool has_schema = true;  // the search path leads to a schema that is there
};
// "what: how to mend it"; nothing: it will do.
std::optional<std::string> unfit(const ServerFacts& facts, PostgresAccess access);

}  // namespace huiyin
