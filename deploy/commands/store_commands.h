// What the commands on a store share: where it is, and how a refusal is said.
#pragma once
#include <string>

#include "workflow/base/result.h"
#include "workflow/store/store.h"

namespace CLI {
class App;
}

namespace huiyin {

struct StoreCommandOptions {
    std::string config = "huiyin.json", share;
};
void add_store_options(CLI::App& command, StoreCommandOptions& options);
// As the configuration says it; ends the command with exit code 1 and all findings if that cannot be read.
StoreOptions store_options(const StoreCommandOptions& options);
// Prints `huiyin: text` on standard error and ends the command with exit code 1.
[[noreturn]] void refuse(const Problem& problem);

}  // namespace huiyin
