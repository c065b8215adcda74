#include "tests/story.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace huiyin::test {

std::vector<Line> read_story(const std::string& path) {
    std::ifstream in(path);
    std::vector<Line> lines;
    std::string text;
    while (std::getline(in, text)) lines.push_back({static_cast<int>(lines.size()) + 1, text});
    if (lines.empty()) throw std::runtime_error("no story: " + path + ": the file is absent or empty");
    return lines;
}

bool begins(const std::string& text, const std::string& with) { return text.rfind(with, 0) == 0; }
std::string after(const std::string& text, const std::string& with) { return text.substr(with.size()); }

std::vector<std::string> words(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> list;
    for (std::string word; in >> word;) list.push_back(word);
    return list;
}

bool fits(const std::string& line, const std::string& wanted) {
    const auto has = words(line);
    const auto asked = words(wanted);
    return std::all_of(asked.begin(), asked.end(),
                       [&](const std::string& word) { return std::find(has.begin(), has.end(), word) != has.end(); });
}

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace huiyin::test
