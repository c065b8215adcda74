// The small pack of minimal.json with what a test puts into it: for tests of the language and of what it does.
#pragma once
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "workflow/policy/check.h"
#include "workflow/policy/pack.h"

namespace huiyin::test {

// Lists of `more` come before those of the small pack, as the special stands before the general; one of the same name
// is taken instead.
inline Json put_into_small_pack(const Json& more) {
    auto pack = *read_json_file(std::string(HUIYIN_SOURCE) + "/tests/policy/minimal.json");
    for (const auto& [key, value] : more.items()) {
        if (!pack.contains(key) || !pack[key].is_array() || !value.is_array()) {
            pack[key] = value;
            continue;
        }
        Json list = value;
        for (const auto& old : pack[key]) {
            const auto same = [&](const Json& fresh) {
                return fresh.is_object() && old.is_object() && fresh.contains("name") &&
                       fresh.at("name") == old.value("name", "");
            };
            if (std::none_of(value.begin(), value.end(), same)) list.push_back(old);
        }
        pack[key] = list;
    }
    return pack;
}

// Reads and checks it from a file, as a service does; what is wrong stands in its findings.
inline LoadedPack loaded_from_file(const Json& pack, const PhraseKeys& phrases = {}) {
    const auto folder = std::filesystem::temp_directory_path() / ("huiyin-small-pack-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream{folder / "pack.json"} << pack.dump();
    auto loaded = load_pack((folder / "pack.json").string(), std::string(HUIYIN_SOURCE) + "/templates");
    const auto more = check_pack(loaded, phrases);
    loaded.findings.insert(loaded.findings.end(), more.begin(), more.end());
    std::filesystem::remove_all(folder);
    return loaded;
}

inline std::string lines_of(const std::vector<PackFinding>& findings) {
    std::string lines;
    for (const auto& finding : findings) lines += to_text(finding) + "\n";
    return lines;
}

inline Policy small_pack(const std::string& more) {
    const auto parsed = parse_json(more);
    if (!parsed) throw std::runtime_error(parsed.problem().text);
    auto loaded = loaded_from_file(put_into_small_pack(*parsed));
    if (!loaded.findings.empty()) throw std::runtime_error(lines_of(loaded.findings));
    return std::move(*loaded.policy);
}

}  // namespace huiyin::test
