// A length of time as a policy writes it: "5 working days", "24 hours", "1 hour after next start of work".
#pragma once
#include <string>
#include <string_view>

#include "workflow/base/result.h"

namespace huiyin {

enum class SpanUnit {
    minutes,  // elapsed, as the clock on the wall runs
    hours,
    days,  // plain dates; end at 24:00 of the last
    weeks,
    months,  // plain dates; a day that the month lacks becomes its last
    years,
    working_minutes,  // within opening hours of working days
    working_hours,
    working_days,   // end at closing of the last
    same_day,       // 24:00 of the day, count is 0
    closing,        // "closing of the day": of this day if it is a working day not yet closed, else of the next one
    start_of_work,  // "next start of work": the first opening of a working day after the moment; count is 0
};

struct Span {
    int count = 0;
    SpanUnit unit = SpanUnit::minutes;
    bool from_start_of_work = false;  // "… after next start of work": counted from there; from now on while at work
    friend bool operator==(const Span&, const Span&) = default;
};

// "30 minutes", "24 hours", "1 hour", "3 days", "2 weeks", "2 months", "1 year", "90 working minutes", "8 working
// hours", "5 working days", "same day", "closing of the day", "next start of work", "1 hour after next start of work",
// "at once". Errors: span.unreadable (the text names the unit that is nearest).
Result<Span> parse_span(std::string_view text);
bool counts_days(SpanUnit unit);           // ends with a day: at its closing or at 24:00
std::string to_text(const Span& span);     // as parse_span reads it
std::string to_chinese(const Span& span);  // "5个工作日", for customers

}  // namespace huiyin
