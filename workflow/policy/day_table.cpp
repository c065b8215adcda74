#include "workflow/policy/day_table.h"

#include <algorithm>

namespace huiyin {

using namespace std::chrono;

namespace {

constexpr Milliseconds whole_day = hours{24};

}  // namespace

DayTable::DayTable(const Calendar& calendar, local_days from, local_days until) : zone_(calendar.zone()), first_(from) {
    Milliseconds work{0};
    for (auto day = from; day < until; day += days{1}) {
        const auto status = calendar.day(day);
        Day row;
        row.begins = zone_.from_local({day, Milliseconds{0}});
        row.ends = zone_.from_local({day, whole_day});
        row.opens = row.closes = row.begins;
        row.periods = periods_.size();
        row.working_before = working_.size();
        row.work_before = work;
        row.works = status.works();
        for (const auto& period : status.periods) {
            const Stretch stretch{zone_.from_local({day, period.from}), zone_.from_local({day, period.until})};
            work += stretch.until - stretch.from;
            periods_.push_back(stretch);
        }
        if (row.works) {
            row.opens = periods_[row.periods].from;
            row.closes = periods_.back().until;
            working_.push_back(days_.size());
        }
        days_.push_back(row);
    }
}

std::optional<std::size_t> DayTable::day_of(TimePoint at) const {
    if (days_.empty() || at < days_.front().begins || at >= days_.back().ends) return std::nullopt;
    auto day = static_cast<std::size_t>((at - days_.front().begins) / whole_day);
    day = std::min(day, days_.size() - 1);
    while (at < days_[day].begins) --day;  // days with a change of the clock are longer or shorter
    while (at >= days_[day].ends) ++day;
    return day;
}

std::optional<TimePoint> DayTable::days_on(TimePoint from, int wanted, bool only_working, FirstDay first) const {
    if (wanted == 0) return from;
    const auto start = day_of(from);
    if (!start) return std::nullopt;
    const auto& today = days_[*start];
    const auto count = static_cast<std::size_t>(wanted);
    if (!only_working) {
        const auto last = *start + count - (first == FirstDay::counted ? 1 : 0);
        return last < days_.size() ? std::optional(days_[last].ends) : std::nullopt;
    }
    const bool counts_today = first == FirstDay::counted && today.works && from < today.closes;
    const auto before = today.working_before + (today.works && !counts_today ? 1 : 0);
    const auto place = before + count - 1;
    return place < working_.size() ? std::optional(days_[working_[place]].closes) : std::nullopt;
}

Milliseconds DayTable::work_until(std::size_t day, TimePoint at) const {
    auto work = days_[day].work_before;
    const auto end = day + 1 < days_.size() ? days_[day + 1].periods : periods_.size();
    for (auto i = days_[day].periods; i < end && periods_[i].from < at; ++i)
        work += std::min(at, periods_[i].until) - periods_[i].from;
    return work;
}

std::optional<TimePoint> DayTable::work_on(TimePoint from, Milliseconds left) const {
    if (left == Milliseconds{0}) return from;
    const auto start = day_of(from);
    if (!start) return std::nullopt;
    const auto wanted = work_until(*start, from) + left;
    // The last day before which there was less work than that.
    const auto after = std::lower_bound(days_.begin() + static_cast<std::ptrdiff_t>(*start), days_.end(), wanted,
                                        [](const Day& day, Milliseconds sum) { return day.work_before < sum; });
    const auto& day = *(after - 1);
    auto missing = wanted - day.work_before;
    const auto end = after == days_.end() ? periods_.size() : after->periods;
    for (auto i = day.periods; i < end; ++i) {
        const auto length = periods_[i].until - periods_[i].from;
        if (missing <= length) return periods_[i].from + missing;
        missing -= length;
    }
    return std::nullopt;
}

std::optional<TimePoint> DayTable::next_opening(TimePoint at) const {
    const auto today = day_of(at);
    if (!today) return std::nullopt;
    const auto& day = days_[*today];
    if (day.works && day.opens > at) return day.opens;
    const auto place = day.working_before + (day.works ? 1 : 0);
    return place < working_.size() ? std::optional(days_[working_[place]].opens) : std::nullopt;
}

std::optional<TimePoint> DayTable::due(TimePoint start, const Span& span, FirstDay first_day) const {
    auto from = start;
    if (span.unit == SpanUnit::start_of_work || span.from_start_of_work) {
        const auto today = day_of(start);
        if (!today) return std::nullopt;
        const auto& day = days_[*today];
        const bool at_work = day.works && day.opens <= start && start < day.closes;
        if (span.unit == SpanUnit::start_of_work || !at_work) {
            const auto opening = next_opening(start);
            if (!opening) return std::nullopt;
            from = *opening;
        }
    }
    switch (span.unit) {
        case SpanUnit::minutes:
            return from + minutes{span.count};
        case SpanUnit::hours:
            return from + hours{span.count};
        case SpanUnit::working_minutes:
            return work_on(from, minutes{span.count});
        case SpanUnit::working_hours:
            return work_on(from, hours{span.count});
        case SpanUnit::working_days:
            return days_on(from, span.count, true, first_day);
        case SpanUnit::days:
            return days_on(from, span.count, false, first_day);
        case SpanUnit::weeks:
            return days_on(from, 7 * span.count, false, first_day);
        case SpanUnit::same_day:
            return days_on(from, 1, false, FirstDay::counted);
        case SpanUnit::closing:
            return days_on(from, 1, true, FirstDay::counted);
        case SpanUnit::start_of_work:
            return from;
        case SpanUnit::months:
        case SpanUnit::years:
            break;  // seldom, and a matter of dates
    }
    return std::nullopt;
}

std::optional<TimePoint> DayTable::before(TimePoint due, const Span& span) const {
    if (span.count == 0) return due;
    if (span.unit == SpanUnit::working_days) {
        const auto moment = due - Milliseconds{1};
        const auto today = day_of(moment);
        if (!today) return std::nullopt;
        const auto& own = days_[*today];
        const auto count = static_cast<std::size_t>(span.count);
        if (own.working_before < count) return std::nullopt;
        const auto that = working_[own.working_before - count];
        const auto closing = days_[that].closes;
        if (!own.works || due >= own.closes) return closing;
        const auto clock = zone_.to_local(due).since_midnight;
        return std::min(closing, zone_.from_local({first_ + days{static_cast<int>(that)}, clock}));
    }
    if (span.unit != SpanUnit::working_minutes && span.unit != SpanUnit::working_hours) return std::nullopt;
    const auto today = day_of(due);
    if (!today) return std::nullopt;
    auto left =
        span.unit == SpanUnit::working_hours ? Milliseconds{hours{span.count}} : Milliseconds{minutes{span.count}};
    const auto end = *today + 1 < days_.size() ? days_[*today + 1].periods : periods_.size();
    for (auto i = end; i > 0; --i) {
        const auto& period = periods_[i - 1];
        const auto closes = std::min(due, period.until);
        if (closes <= period.from) continue;
        if (closes - period.from >= left) return closes - left;
        left -= closes - period.from;
    }
    return std::nullopt;
}

std::optional<bool> DayTable::is_working_time(TimePoint at) const {
    const auto today = day_of(at);
    // Where the clock is changed, an hour comes twice or not at all.
    if (!today || days_[*today].ends - days_[*today].begins != whole_day) return std::nullopt;
    const auto end = *today + 1 < days_.size() ? days_[*today + 1].periods : periods_.size();
    for (auto i = days_[*today].periods; i < end; ++i)
        if (periods_[i].from <= at && at < periods_[i].until) return true;
    return false;
}

}  // namespace huiyin
