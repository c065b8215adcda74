// Text as URLs carry it. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace huiyin::http {

enum class Plus { is_space, is_plus };
// Decodes %XX once. Nothing if an escape is broken or the outcome holds a NUL or is no UTF-8.
std::optional<std::string> percent_decode(std::string_view text, Plus plus);
// "a=1&b=%20" in order; a field without "=" has an empty value. Nothing if a part cannot be decoded.
std::optional<std::vector<std::pair<std::string, std::string>>> read_query(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);  // ASCII letters

}  // namespace huiyin::http
