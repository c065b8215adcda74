#include "workflow/engine/simulate/working_hours.h"

#include <algorithm>

namespace huiyin {

WorkingHours::WorkingHours(const Calendar& calendar, TimePoint from, TimePoint until) : end_(until) {
    const auto last = calendar.zone().to_local(until).day;
    for (auto day = calendar.zone().to_local(from).day; day <= last; day += std::chrono::days{1})
        for (const auto& period : calendar.day(day).periods) {
            const auto begins = calendar.zone().from_local({day, period.from});
            const auto ends = calendar.zone().from_local({day, period.until});
            stretches_.push_back({begins, ends, total_});
            total_ += ends - begins;
        }
    if (!stretches_.empty()) return;
    stretches_.push_back({from, until, Milliseconds{0}});
    total_ = until - from;
}

const WorkingHours::Stretch* WorkingHours::stretch_at(TimePoint at) const {
    const auto found = std::upper_bound(stretches_.begin(), stretches_.end(), at,
                                        [](TimePoint moment, const Stretch& each) { return moment < each.until; });
    return found == stretches_.end() ? nullptr : &*found;
}

TimePoint WorkingHours::next(TimePoint at) const {
    const auto* stretch = stretch_at(at);
    return stretch ? std::max(at, stretch->from) : end_;
}

TimePoint WorkingHours::at_sum(Milliseconds sum) const {
    const auto found = std::upper_bound(stretches_.begin(), stretches_.end(), sum,
                                        [](Milliseconds wanted, const Stretch& each) { return wanted < each.before; });
    if (found == stretches_.begin()) return stretches_.front().from;
    const auto& stretch = *(found - 1);
    return std::min(stretch.from + (sum - stretch.before), stretch.until);
}

TimePoint WorkingHours::after(TimePoint at, Milliseconds work) const {
    const auto* stretch = stretch_at(at);
    if (!stretch) return end_;
    return at_sum(stretch->before + (std::max(at, stretch->from) - stretch->from) + work);
}

Milliseconds WorkingHours::before(TimePoint at) const {
    const auto* stretch = stretch_at(at);
    return stretch ? stretch->before + (std::max(at, stretch->from) - stretch->from) : total_;
}

TimePoint WorkingHours::somewhere(double share) const {
    return at_sum(Milliseconds{static_cast<std::int64_t>(share * static_cast<double>(total_.count()))});
}

}  // namespace huiyin
