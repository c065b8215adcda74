// huiyin user add | list | reset-password | reset-second-factor | disable | enable: staff accounts.
#pragma once

namespace CLI {
class App;
}

namespace huiyin {
void add_user_commands(CLI::App& app);
}
