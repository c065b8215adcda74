// huiyin import KIND FILE: rows of the directory, looked at first, taken with --apply; beside a running service too.
#pragma once
namespace CLI {
class App;
}
namespace huiyin {
void add_import_command(CLI::App& app);
}
