// The sentences of the store as they are written, for tests that look at each of them.
#pragma once
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "tests/store/store_house.h"

namespace huiyin::test {

// sql.h as it is written: name -> text.
inline std::vector<std::pair<std::string, std::string>> sentences_of_the_store() {
    const auto source = bytes_of(HUIYIN_SOURCE "/workflow/store/sql.h");
    std::vector<std::pair<std::string, std::string>> found;
    const std::regex one(R"(inline constexpr Sentence (\w+)\{([^}]*)\};)"), piece(R"re("([^"]*)")re");
    for (std::sregex_iterator it(source.begin(), source.end(), one), end; it != end; ++it) {
        const auto body = (*it)[2].str();
        std::string text;
        for (std::sregex_iterator p(body.begin(), body.end(), piece); p != end; ++p) text += (*p)[1].str();
        found.emplace_back((*it)[1].str(), text);
    }
    return found;
}

}  // namespace huiyin::test
