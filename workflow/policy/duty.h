// Duties that come round by the calendar: a report every Tuesday, a round of calls on the 25th. Pure values and
// functions; the engine keeps which occurrence was done last.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/policy/calendar.h"

namespace huiyin {

// One way of coming round. Days that a month lacks become its last one.
struct Beat {
    enum class Every { day, working_day, weekday, month, quarter, year } every = Every::day;
    int weekday = 0;       // 1 Monday … 7 Sunday
    int month = 0;         // of the year, 1 to 12
    int day = 0;           // of the month, of the quarter's first month; 0: the last of month or quarter
    bool working = false;  // the day-th working day of the month (0: its last)
    friend bool operator==(const Beat&, const Beat&) = default;
};

// Several beats are one rhythm: "15 january and 15 july".
struct Rhythm {
    std::vector<Beat> beats;
    friend bool operator==(const Rhythm&, const Rhythm&) = default;
};
// "day", "working day", "tuesday", "monday and thursday", "25th of the month", "last day of the month", "3rd working
// day of the month", "last working day of the month", "5th of the quarter" (of its first month), "last day of the
// quarter", "15 january". Errors: rhythm.unreadable.
Result<Rhythm> parse_rhythm(std::string_view text);
std::string to_text(const Rhythm& rhythm);     // as parse_rhythm reads it
std::string to_chinese(const Rhythm& rhythm);  // "每月25日"

enum class OnDayOff { stays, next_working_day, working_day_before, left_out };

struct Duty {
    std::string name, title;  // "weekly-review", "投诉周例会材料"
    Rhythm every;
    Milliseconds at{};  // on the wall
    OnDayOff on_day_off = OnDayOff::stays;
    std::string role;    // everyone who holds it in a unit under this pack is told
    std::string phrase;  // may name duty, date, limit, why, clause and unit
    std::string clause;
    friend bool operator==(const Duty&, const Duty&) = default;
};

struct DutyOccurrence {
    std::chrono::local_days nominal;  // by the rhythm
    std::chrono::local_days day;      // after the rule for days off
    TimePoint at;
    DayStatus status;  // of the nominal day
};

// The first occurrence strictly after a moment; two that fall on one day are one. Nothing when none comes within ten
// years (a rhythm of days that are always left out).
std::optional<DutyOccurrence> next_occurrence(const Duty& duty, const Calendar& calendar, TimePoint after);
// "每月25日；2026年10月25日是周日，顺延到10月26日；9:00。"
std::string to_chinese(const Duty& duty, const DutyOccurrence& occurrence);

}  // namespace huiyin
