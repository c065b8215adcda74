// What several commands do alike: refuse in the house's form, read the configuration, open the store.
#pragma once
#include <memory>
#include <string>

#include "deploy/service/config.h"
#include "workflow/store/store.h"

namespace huiyin::commands {

// Every line of `text` on standard error as `huiyin: …`; then the command ends with 1.
[[noreturn]] void refuse(const std::string& text);
Config config_or_refuse(const std::string& file, const std::string& share_option, std::string* share = nullptr);
StoreOptions store_options(const Config& config, bool read_only);
// Whether a store was ever made there; also when it cannot be looked at.
bool store_is_there(const Config& config);
std::unique_ptr<Store> store_or_refuse(const Config& config, bool read_only, IdMaker& ids);

// A pack's file, or that of the pack with this id which came with the program; what was written, if neither is there.
std::string pack_file(const std::string& written, const std::string& templates);

}  // namespace huiyin::commands
