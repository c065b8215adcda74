// huiyin export KIND: the directory and the tickets as files; beside a running service too.
#pragma once
namespace CLI {
class App;
}
namespace huiyin {
void add_export_command(CLI::App& app);
}
