// huiyin serve | demo: the running service.
#pragma once

namespace CLI {
class App;
}

namespace huiyin {
void add_serve_commands(CLI::App& app);
}
