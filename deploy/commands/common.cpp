#include "deploy/commands/common.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "workflow/store/address.h"

namespace huiyin::commands {

void refuse(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) std::cerr << "huiyin: " << line << '\n';
    throw CLI::RuntimeError{1};
}

Config config_or_refuse(const std::string& file, const std::string& share_option, std::string* share) {
    const auto found = find_share(share_option);
    if (!found) refuse(found.problem().text);
    if (share) *share = *found;
    auto config = read_config(file, *found);
    if (!config) refuse(config.problem().text);
    return std::move(*config);
}

StoreOptions store_options(const Config& config, bool read_only) {
    StoreOptions options;
    options.url = config.store;
    options.media = config.media;
    options.data_key = config.data_keys.front();
    options.older_keys.assign(config.data_keys.begin() + 1, config.data_keys.end());
    options.read_only = read_only;
    return options;
}

bool store_is_there(const Config& config) {
    if (!is_postgres(config.store)) return std::filesystem::exists(config.store.substr(config.store.find(':') + 1));
    const auto schema = schema_state(config.store);
    return !schema || schema->present > 0;
}

std::unique_ptr<Store> store_or_refuse(const Config& config, bool read_only, IdMaker& ids) {
    // None is made by a command: it would be one that nobody serves, in the place of one that is elsewhere.
    if (!store_is_there(config))
        refuse("there is no store yet: " + without_password(config.store) +
               ": start the service once, or mend \"store\" in " + config.file);
    auto store = open_store(store_options(config, read_only), ids);
    if (!store) refuse(store.problem().text);
    return std::move(*store);
}

std::string pack_file(const std::string& written, const std::string& templates) {
    namespace fs = std::filesystem;
    if (fs::exists(written) || written.find('/') != std::string::npos) return written;
    const auto shipped = fs::path(templates) / "policies" / (written + ".json");
    return fs::exists(shipped) ? shipped.string() : written;
}

}  // namespace huiyin::commands
