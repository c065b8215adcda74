// The languages that residents are spoken to in, and the one writing that can be made from another. Pure; threads: any.
#pragma once
#include <array>
#include <string>
#include <string_view>

namespace huiyin {

inline constexpr std::string_view house_language = "zh-CN";  // what everything has a text in; staff read it
inline constexpr std::array<std::string_view, 3> languages{"zh-CN", "zh-TW", "en"};
bool is_language(std::string_view name);

// Simplified characters as traditional ones, character for character as far as that is possible; the words stay. For
// what nobody has written in traditional: names, places, what people themselves said.
// Throws std::runtime_error if the system has no dictionaries for it.
std::string in_traditional(const std::string& text);

// The text as somebody of that language can read it best: traditional characters for zh-TW, else as it is.
std::string in_writing_of(std::string_view language, const std::string& text);

}  // namespace huiyin
