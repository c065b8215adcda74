#pragma once

namespace CLI {
class App;
}

namespace huiyin {

// huiyin report: the periodic reports and registers of a pack, made of the store's cases; also beside a running
// service.
void add_report_command(CLI::App& app);

}  // namespace huiyin
