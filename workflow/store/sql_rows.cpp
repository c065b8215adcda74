#include "workflow/store/sql_rows.h"

#include <new>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "workflow/base/kept_json.h"

namespace huiyin::rows {

std::string to_cursor(const Key& key) { return std::to_string(key.first) + "." + std::to_string(key.second); }
std::optional<Key> from_cursor(const std::string& text) {
    const auto dot = text.find('.');
    if (dot == std::string::npos) return std::nullopt;
    try {
        std::size_t used_first = 0, used_second = 0;
        const auto first = text.substr(0, dot), second = text.substr(dot + 1);
        const Key key{std::stoll(first, &used_first), std::stoll(second, &used_second)};
        if (used_first != first.size() || used_second != second.size()) return std::nullopt;
        return key;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

std::optional<std::int64_t> ms_of(const std::optional<TimePoint>& at) {
    if (!at) return std::nullopt;
    return to_ms(*at);
}

nlohmann::json read_json(const std::string& text, const char* what) {
    try {
        return kept_json(text);
    } catch (const std::bad_alloc&) {
        throw;  // not the row's fault
    } catch (const std::exception& e) {
        throw std::runtime_error(std::string("store: ") + what + " cannot be read: " + e.what());
    }
}

}  // namespace huiyin::rows
