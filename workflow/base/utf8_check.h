#pragma once
#include <string_view>

namespace huiyin {

// Whole characters of UTF-8 only, none of them a surrogate or written longer than it must be. Pure.
bool is_utf8(std::string_view text);

}  // namespace huiyin
