// The checklist of mechanisms that a pack can need, and which of the twelve packs need them: mechanisms.json.
#pragma once
#include <map>
#include <string>
#include <vector>

namespace huiyin::test {

struct Mechanism {
    std::string code, title;
    std::vector<std::string> needed_by;
    std::map<std::string, std::string> elsewhere;  // pack -> the file under tests/ that proves it, when no scenario can
    std::vector<std::string> open;  // packs that need it and have nothing yet: each entry is work that is left
};

const std::vector<Mechanism>& mechanisms();
const Mechanism* mechanism_named(const std::string& code);

}  // namespace huiyin::test
