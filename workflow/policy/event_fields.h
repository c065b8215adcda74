// What the fields of an event hold. Pure.
#pragma once
#include <optional>
#include <string>

#include "workflow/base/clock.h"
#include "workflow/base/time_text.h"
#include "workflow/policy/fact.h"

namespace huiyin {

inline const std::string& text_field(const Facts& fields, FactName name) {
    static const std::string none;
    const auto found = fields.find(name);
    if (found == fields.end()) return none;
    const auto* text = std::get_if<std::string>(&found->second);
    return text ? *text : none;
}

// A moment, as milliseconds or RFC 3339.
inline std::optional<TimePoint> time_of(const Fact& fact) {
    if (const auto* ms = std::get_if<std::int64_t>(&fact)) return from_ms(*ms);
    if (const auto* text = std::get_if<std::string>(&fact))
        if (const auto at = parse_rfc3339(*text)) return *at;
    return std::nullopt;
}

inline std::optional<TimePoint> time_field(const Facts& fields, FactName name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::nullopt : time_of(found->second);
}

}  // namespace huiyin
