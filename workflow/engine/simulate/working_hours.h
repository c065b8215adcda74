// A calendar's working time over some years as one table: when somebody who begins now, or at the next start of work,
// has worked for so long.
#pragma once
#include <vector>

#include "workflow/policy/calendar.h"

namespace huiyin {

class WorkingHours {
public:
    // From the day of `from` to that of `until`; a calendar without working hours works round the clock.
    WorkingHours(const Calendar& calendar, TimePoint from, TimePoint until);
    TimePoint next(TimePoint at) const;                      // `at` itself while at work
    TimePoint after(TimePoint at, Milliseconds work) const;  // work done from `at` on; the table's end at the latest
    TimePoint somewhere(double share) const;                 // the moment at that share of all working time
    Milliseconds before(TimePoint at) const;                 // working time of the table before `at`
    Milliseconds total() const { return total_; }

private:
    struct Stretch {
        TimePoint from, until;
        Milliseconds before;  // working time of all stretches before it
    };
    const Stretch* stretch_at(TimePoint at) const;  // the one that ends after `at`; nullptr behind the last
    TimePoint at_sum(Milliseconds sum) const;
    std::vector<Stretch> stretches_;
    TimePoint end_;
    Milliseconds total_{};
};

}  // namespace huiyin
