#include "deploy/commands/store_commands.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <sstream>

#include "deploy/service/config.h"

namespace huiyin {

void add_store_options(CLI::App& command, StoreCommandOptions& options) {
    command.add_option("--config", options.config, "the configuration")->capture_default_str();
    command.add_option("--share", options.share, "where templates/ and pages are");
}

StoreOptions store_options(const StoreCommandOptions& options) {
    const auto share = find_share(options.share);
    if (!share) refuse(share.problem());
    const auto config = read_config(options.config, *share);
    if (!config) refuse(config.problem());
    StoreOptions store;
    store.url = config->store;
    store.media = config->media;
    if (!config->data_keys.empty()) {
        store.data_key = config->data_keys.front();
        store.older_keys.assign(config->data_keys.begin() + 1, config->data_keys.end());
    }
    return store;
}

void refuse(const Problem& problem) {
    std::istringstream lines(problem.text);
    for (std::string line; std::getline(lines, line);) std::cerr << "huiyin: " << line << '\n';
    throw CLI::RuntimeError(1);
}

}  // namespace huiyin
