// Registers, reports and kept records: the words that a pack may use in them, and the times they speak of. Pure.
// Threads: any.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/policy/policy.h"

namespace huiyin {

// What a column may show, beside facts, slots, fields of moves and steps, `<kind>_category`, and an event that it
// names.
const std::vector<std::string>& known_columns();
// What a report may measure, beside a fact of the pack that is a number: it is added up.
const std::vector<std::string>& known_measures();
// By what a report may be split, beside the facts.
const std::vector<std::string>& known_divisions();

// A period of a report, and the month of its end where the pack's due days are counted from one.
struct NamedPeriod {
    std::string label;
    ReportPeriod period;
    std::optional<std::chrono::year_month> month;
};
// "2026-03" (the pack says which days that is), "2026-Q1" and "2026" (so many of these months), "2026-03-14" (that day,
// or the week it lies in), "2026-03-01..2026-03-31" (both days counted). Errors: report.bad_period.
Result<NamedPeriod> period_named(const Policy& policy, const Report& report, std::string_view label);

// Until when what was over at that moment is kept: 24:00 of the last day; nothing: for ever.
std::optional<TimePoint> kept_until(const Retention& retention, const Calendar& calendar, TimePoint over);

}  // namespace huiyin
