// The days of some years worked out: what a calendar is asked again and again is looked up here. Used by calendar.cpp
// only. A value; never changed after it is made. Threads: any.
#pragma once
#include <chrono>
#include <optional>
#include <vector>

#include "workflow/policy/calendar.h"

namespace huiyin {

class DayTable {
public:
    // Every day of [from, until).
    DayTable(const Calendar& calendar, std::chrono::local_days from, std::chrono::local_days until);

    // The due time of Calendar::add() without pauses; nothing when it may lie outside of the table.
    std::optional<TimePoint> due(TimePoint start, const Span& span, FirstDay first_day) const;
    // Calendar::subtract() of working days, hours or minutes; nothing when it may lie outside of the table.
    std::optional<TimePoint> before(TimePoint due, const Span& span) const;
    std::optional<bool> is_working_time(TimePoint at) const;

private:
    struct Day {
        TimePoint begins, ends;          // 00:00 and 24:00
        TimePoint opens, closes;         // of its first and last period; `begins` where nobody works
        std::size_t periods = 0;         // index of its first period
        std::size_t working_before = 0;  // working days of the table before it
        Milliseconds work_before{0};     // working time of the table before it
        bool works = false;
    };
    struct Stretch {
        TimePoint from, until;
    };
    std::optional<std::size_t> day_of(TimePoint at) const;
    std::optional<TimePoint> days_on(TimePoint from, int wanted, bool only_working, FirstDay first) const;
    std::optional<TimePoint> work_on(TimePoint from, Milliseconds left) const;
    std::optional<TimePoint> next_opening(TimePoint at) const;
    Milliseconds work_until(std::size_t day, TimePoint at) const;  // of the table, up to a moment of that day
    Zone zone_;
    std::chrono::local_days first_;
    std::vector<Day> days_;
    std::vector<Stretch> periods_;
    std::vector<std::size_t> working_;  // indexes of the days that are worked
};

}  // namespace huiyin
