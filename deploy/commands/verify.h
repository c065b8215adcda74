// huiyin verify: recomputes every ticket's event chain.
#pragma once
#include <iosfwd>

namespace CLI {
class App;
}

namespace huiyin {

class Store;

void add_verify_command(CLI::App& app);
// "N tickets, M events: every chain fits", or a line a fault. The exit code: 0, or 1 if anything does not fit.
int verify_store(Store& store, std::ostream& out, std::ostream& errors);

}  // namespace huiyin
