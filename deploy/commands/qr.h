// huiyin qr: codes to hang up, by community, building and entrance.
#pragma once

namespace CLI {
class App;
}

namespace huiyin {
void add_qr_command(CLI::App& app);
}
