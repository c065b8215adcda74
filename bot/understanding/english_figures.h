// English that only sounds dangerous: "no gas leak", "fire that guard", "shocking service".
//
// And what is said around a matter in English.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace huiyin {

// The text without such words, blanks in their place, so that a danger told beside them is still found; nothing where
// there are none or it is not in English alone. `low`: as Written has it.
std::optional<std::u32string> without_figures(std::u32string_view low);
// A matter without its greeting, with a blank behind its commas; empty where it says no more than that there is one: "I
// want to report something".
std::string tidy_english(const std::string& matter);

}  // namespace huiyin
