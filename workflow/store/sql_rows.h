// What the sentences of several tables share: places in lists, JSON of rows, how long a delivery is known.
#pragma once
#include <chrono>
#include <cstdint>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>

#include "workflow/base/clock.h"

namespace huiyin::rows {

inline constexpr std::int64_t far_future = std::numeric_limits<std::int64_t>::max();
inline constexpr auto delivery_days = std::chrono::hours(8 * 24);

// A place in a list: the value it is ordered by, and the id that makes it unique.
using Key = std::pair<std::int64_t, std::int64_t>;
std::string to_cursor(const Key& key);
std::optional<Key> from_cursor(const std::string& text);  // nothing: not one of ours

std::optional<std::int64_t> ms_of(const std::optional<TimePoint>& at);
// Throws std::runtime_error: what cannot be read.
nlohmann::json read_json(const std::string& text, const char* what);

}  // namespace huiyin::rows
