#include "workflow/store/postgres_server.h"

namespace huiyin {
namespace {

constexpr int oldest_version = 130000;

}  // namespace

std::optional<std::string> unfit(const ServerFacts& facts, PostgresAccess access) {
    if (facts.version < oldest_version)
        return "the database is too old (version " + std::to_string(facts.version / 10000) +
               "): bring the server to PostgreSQL 13 or newer";
    if (facts.encoding != "UTF8")
        return "the database keeps text as " + facts.encoding + ": make it anew with: createdb -E UTF8 -T template0";
    if (!facts.has_schema)
        return "the search path leads to no schema: make the schema, or mend search_path of the user";
    if (access == PostgresAccess::reading) return std::nullopt;
    if (!facts.syncs)
        return "the database does not wait for its disk (fsync = off), so it may lose what was promised: set fsync = "
               "on in postgresql.conf";
    if (facts.is_standby)
        return "this is a standby that takes no writes: name the primary, or all hosts with "
               "?target_session_attrs=read-write";
    return std::nullopt;
}

}  // namespace huiyin
