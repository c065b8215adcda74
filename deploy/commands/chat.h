// huiyin chat: the same conversation in a terminal, for trying a policy's wording.
#pragma once

namespace CLI {
class App;
}

namespace huiyin {
void add_chat_command(CLI::App& app);
}
