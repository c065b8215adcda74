// huiyin policy simulate: a policy tried on synthetic complaints, held against another policy or against what happened.
#pragma once

namespace CLI {
class App;
}

namespace huiyin {

// Adds `simulate` to `policy`.
void add_simulate_command(CLI::App& policy);

}  // namespace huiyin
