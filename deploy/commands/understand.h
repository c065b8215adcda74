// `huiyin understand [TEXT]`: what the bot understands, as JSON.
#pragma once
#include <iosfwd>
#include <nlohmann/json_fwd.hpp>

#include "bot/understanding/understand.h"

namespace CLI {
class App;
}

namespace huiyin {

void add_understand_command(CLI::App& app);

// One message's object, as interface.md fixes it; absent slots are left out, times in the zone's offset.
nlohmann::json understood_json(const Understood& understood, const Zone& zone);

}  // namespace huiyin
