#pragma once
#include <string_view>

namespace huiyin {

// Whole characters of UTF-8 only (RFC 3629): none beyond U+10FFFF, no surrogate, none written longer than it must be.
bool is_utf8(std::string_view text);

}  // namespace huiyin
