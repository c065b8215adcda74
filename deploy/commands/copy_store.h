// huiyin copy-store: the whole store into an empty place, usually from a file into PostgreSQL.
#pragma once
namespace CLI {
class App;
}

namespace huiyin {

void add_copy_store_command(CLI::App& app);

}  // namespace huiyin
