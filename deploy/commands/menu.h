// huiyin menu: what stands under the talk in an official account.
#pragma once

namespace CLI {
class App;
}

namespace huiyin {
void add_menu_command(CLI::App& app);
}
