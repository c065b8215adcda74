// Whole messages and whole clauses that are an act: the table, and what politeness around them may be taken off.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bot/understanding/meaning.h"

namespace huiyin {

// Threads: any; does not change once it is built.
class ActPhrases {
public:
    struct Act {
        MeaningKind kind;
        const char* value;
    };
    ActPhrases();
    // The acts of a phrase as it stands, or with politeness stripped from its ends; nothing if it is none. `strips`
    // counts what was taken off.
    const std::vector<Act>* match(std::u32string_view text, int& strips) const;

private:
    const std::vector<Act>* lookup(std::u32string_view text) const;
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::u32string_view text) const { return std::hash<std::u32string_view>{}(text); }
    };
    std::unordered_map<std::u32string, std::vector<Act>, Hash, std::equal_to<>> phrases_;
    std::size_t longest_ = 0;
};

}  // namespace huiyin
