// Are two texts the same? As ==, without a call for names of the usual length: the rules compare names all the time.
// Mixed into its caller, to whom a literal is a few numbers to compare.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace huiyin {

// Two words, which may lie over each other, hold all of a text that is as long as one to two of them.
template <class Word>
[[gnu::always_inline]] inline bool is_same_in_words(std::string_view one, std::string_view other) {
    const auto word_at = [](const char* at) {
        Word value = 0;
        std::memcpy(&value, at, sizeof value);
        return value;
    };
    const auto last = one.size() - sizeof(Word);
    return word_at(one.data()) == word_at(other.data()) && word_at(one.data() + last) == word_at(other.data() + last);
}

[[gnu::always_inline]] inline bool is_same_text(std::string_view one, std::string_view other) {
    const auto size = one.size();
    if (size != other.size()) return false;
    if (size >= sizeof(std::uint64_t) && size <= 2 * sizeof(std::uint64_t))
        return is_same_in_words<std::uint64_t>(one, other);
    if (size >= sizeof(std::uint32_t) && size < sizeof(std::uint64_t))
        return is_same_in_words<std::uint32_t>(one, other);
    return one == other;
}

inline bool contains(const std::vector<std::string>& list, std::string_view item) {
    return std::any_of(list.begin(), list.end(), [&](const std::string& each) { return is_same_text(each, item); });
}

}  // namespace huiyin
