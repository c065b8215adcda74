// A PostgreSQL server for tests (tests/postgres/serve): one a program, started when it is first asked for.
#pragma once
#include <optional>
#include <string>

namespace huiyin::test {

// Its address; nothing where none can be started, and then `why_no_cluster` says why.
std::optional<std::string> cluster();
std::string why_no_cluster();
// As an operator does or a power cut; each returns when it is done.
void stop_cluster();
void crash_cluster();
void start_cluster();

}  // namespace huiyin::test
