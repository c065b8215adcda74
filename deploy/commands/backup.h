// `huiyin backup` and `huiyin restore`: a store with its media in one tar, and back.
#pragma once

namespace CLI {
class App;
}

namespace huiyin {

void add_backup_commands(CLI::App& app);

}  // namespace huiyin
