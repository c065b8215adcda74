#include <algorithm>

#include "bot/advice/advice.h"

namespace huiyin::advice {

bool Choices::has(std::string_view kind, std::string_view category) const {
    return std::any_of(categories.begin(), categories.end(),
                       [&](const Choice& one) { return one.kind == kind && one.category == category; });
}

std::vector<std::string> Choices::keys() const {
    std::vector<std::string> list;
    for (const auto& one : categories)
        if (std::find(list.begin(), list.end(), one.category) == list.end()) list.push_back(one.category);
    return list;
}

}  // namespace huiyin::advice
