#include "workflow/policy/calendar.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "workflow/policy/day_table.h"

namespace huiyin {
namespace {

using namespace std::chrono;

constexpr int farthest_days = 3660;  // a calendar that finds no work in ten years has none
constexpr Milliseconds whole_day = hours{24};

struct Waiting {  // what is still to be counted, cut into segments as it goes
    std::vector<Segment> segments;
    void add(Segment segment) {
        if (segment.from >= segment.until) return;
        if (!segments.empty()) {
            Segment& last = segments.back();
            if (last.reason == segment.reason && last.name == segment.name && last.number == 0 && segment.number == 0 &&
                last.reason != SegmentReason::counted && last.until == segment.from) {
                last.until = segment.until;
                return;
            }
        }
        segments.push_back(std::move(segment));
    }
};

const Pause* pause_at(const std::vector<Pause>& pauses, TimePoint at) {
    for (const auto& pause : pauses)
        if (pause.from <= at && at < pause.until) return &pause;
    return nullptr;
}

// Counts elapsed time of [from, until), leaving out pauses, until `left` is used up. The moment where it stopped.
TimePoint count_elapsed(TimePoint from, TimePoint until, Milliseconds& left, const std::vector<Pause>& pauses,
                        Waiting& out, const Segment& like) {
    TimePoint cursor = from;
    while (cursor < until && left > Milliseconds{0}) {
        if (const Pause* pause = pause_at(pauses, cursor)) {
            const TimePoint end = std::min(until, pause->until);
            out.add({cursor, end, SegmentReason::paused, pause->name, 0, false});
            cursor = end;
            continue;
        }
        TimePoint end = until;
        for (const auto& pause : pauses)
            if (pause.from > cursor) end = std::min(end, pause.from);
        end = std::min(end, cursor + left);
        Segment segment = like;
        segment.from = cursor;
        segment.until = end;
        segment.reason = SegmentReason::counted;
        out.add(std::move(segment));
        left -= end - cursor;
        cursor = end;
    }
    return cursor;
}

local_days add_months(local_days day, int months) {
    const year_month_day date{day};
    const year_month month = year_month{date.year(), date.month()} + std::chrono::months{months};
    const year_month_day_last last{month.year(), month_day_last{month.month()}};
    return local_days{month / std::min(date.day(), last.day())};
}

SegmentReason reason_of(DayKind kind) {
    switch (kind) {
        case DayKind::weekend:
            return SegmentReason::weekend;
        case DayKind::holiday:
            return SegmentReason::holiday;
        default:
            return SegmentReason::closed_day;
    }
}

bool is_weekend(local_days day) {
    const weekday name{day};
    return name == Saturday || name == Sunday;
}

Problem unreadable_holidays(const std::string& what) {
    return {"holidays.unreadable",
            what + ": write {\"year\":2026,\"days\":[{\"name\":\"…\",\"date\":\"2026-01-01\",\"isOffDay\":true}]}",
            {}};
}

}  // namespace

Calendar::Calendar(Zone zone, WeekHours hours) : zone_(std::move(zone)), hours_(std::move(hours)) {}

Result<Done> Calendar::add_holidays(const Json& file) {
    if (!file.is_object() || !file.contains("year") || !file["year"].is_number_integer())
        return unreadable_holidays("no \"year\" in the holiday file");
    if (!file.contains("days") || !file["days"].is_array())
        return unreadable_holidays("no \"days\" in the holiday file");
    std::map<local_days, Holiday> found;
    for (const auto& day : file["days"]) {
        if (!day.is_object() || !day.contains("date") || !day["date"].is_string() || !day.contains("isOffDay") ||
            !day["isOffDay"].is_boolean())
            return unreadable_holidays("a day without \"date\" or \"isOffDay\" in the holiday file");
        const auto date = parse_date(day["date"].get<std::string>());
        if (!date) return unreadable_holidays(date.problem().text);
        const auto name = day.find("name");
        found[*date] = Holiday{name != day.end() && name->is_string() ? name->get<std::string>() : "",
                               day["isOffDay"].get<bool>()};
    }
    for (auto& [date, holiday] : found) holidays_[date] = std::move(holiday);
    years_.insert(file["year"].get<int>());
    ready_.reset();
    return Done{};
}

Result<Done> Calendar::add_holiday_folder(const std::string& folder) {
    std::vector<std::string> files;
    std::error_code absent;
    for (const auto& entry : std::filesystem::directory_iterator(folder, absent)) {
        const std::string name = entry.path().filename().string();
        if (name.size() == 9 && name.substr(4) == ".json" && std::all_of(name.begin(), name.begin() + 4, ::isdigit))
            files.push_back(entry.path().string());
    }
    if (files.empty())
        return Problem{
            "file.missing", "no holiday files: " + folder + ": put the years' files there, named 2026.json", {}};
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        const auto json = read_json_file(file);
        if (!json) return json.problem();
        if (const auto added = add_holidays(*json); !added)
            return Problem{added.problem().code, file + ": " + added.problem().text, {}};
    }
    return Done{};
}

void Calendar::add_day(local_days day, Holiday holiday) {
    holidays_[day] = std::move(holiday);
    ready_.reset();
}

void Calendar::make_ready(local_days from, local_days until) {
    ready_ = std::make_shared<const DayTable>(*this, from, until);
}

void Calendar::make_ready() {
    constexpr int first_year = 2024, last_year = 2030;  // for calendars without holidays
    const year first{years_.empty() ? first_year : *years_.begin()};
    const year last{years_.empty() ? last_year : *years_.rbegin() + 1};
    make_ready(local_days{first / January / 1}, local_days{(last + std::chrono::years{1}) / January / 1});
}

Calendar Calendar::with_hours(WeekHours hours) const {
    Calendar other = *this;
    for (auto& [date, periods] : other.hours_.dates) hours.dates.try_emplace(date, std::move(periods));
    other.hours_ = std::move(hours);
    other.ready_.reset();
    return other;
}

Calendar Calendar::in_zone(Zone zone) const {
    Calendar other = *this;
    other.zone_ = std::move(zone);
    other.ready_.reset();
    return other;
}

DayStatus Calendar::day(local_days day) const {
    const auto& plain = hours_.days[weekday{day}.iso_encoding() - 1];
    const auto found = holidays_.find(day);
    if (const auto own = hours_.dates.find(day); own != hours_.dates.end()) {
        const std::string name = found == holidays_.end() ? std::string() : found->second.name;
        const bool off = found == holidays_.end() ? plain.empty() : found->second.day_off;
        if (!own->second.empty()) return {off ? DayKind::make_up : DayKind::working, off ? name : "", own->second};
        return {off && !name.empty()     ? DayKind::holiday
                : off && is_weekend(day) ? DayKind::weekend
                                         : DayKind::closed,
                name,
                {}};
    }
    if (found != holidays_.end()) {
        if (found->second.day_off) return {DayKind::holiday, found->second.name, {}};
        if (plain.empty()) return {DayKind::make_up, found->second.name, hours_.make_up};
        return {DayKind::make_up, found->second.name, plain};
    }
    if (!plain.empty()) return {DayKind::working, {}, plain};
    return {is_weekend(day) ? DayKind::weekend : DayKind::closed, {}, {}};
}

bool Calendar::is_working_time(TimePoint at) const {
    if (ready_)
        if (const auto known = ready_->is_working_time(at)) return *known;
    const LocalTime local = zone_.to_local(at);
    const DayStatus status = day(local.day);
    return std::any_of(status.periods.begin(), status.periods.end(), [&](const Period& period) {
        return period.from <= local.since_midnight && local.since_midnight < period.until;
    });
}

std::optional<TimePoint> Calendar::closing_of_day(TimePoint at) const {
    const local_days today = zone_.to_local(at).day;
    const DayStatus status = day(today);
    if (!status.works()) return std::nullopt;
    return zone_.from_local({today, status.periods.back().until});
}

TimePoint Calendar::next_start_of_work(TimePoint at) const {
    local_days today = zone_.to_local(at).day;
    for (int i = 0; i < farthest_days; ++i, today += days{1}) {
        const DayStatus status = day(today);
        if (!status.works()) continue;
        const TimePoint opening = zone_.from_local({today, status.periods.front().from});
        if (opening > at) return opening;
    }
    throw std::logic_error("the calendar has no working day within ten years");
}

Derivation Calendar::add(TimePoint start, const Span& span, FirstDay first_day,
                         const std::vector<Pause>& pauses) const {
    Derivation result;
    result.start = start;
    result.span = span;
    result.first_day = first_day;
    Waiting out;
    TimePoint from = start;
    std::set<int> unknown_years;
    const auto look_at = [&](local_days today) {
        const int year = static_cast<int>(year_month_day{today}.year());
        if (uses_holidays() && !knows_year(year)) unknown_years.insert(year);
        return day(today);
    };
    const auto midnight_after = [&](local_days today) { return zone_.from_local({today, whole_day}); };

    if (span.unit == SpanUnit::start_of_work || span.from_start_of_work) {
        const local_days today = zone_.to_local(start).day;
        const DayStatus status = look_at(today);
        const bool at_work = status.works() && zone_.from_local({today, status.periods.front().from}) <= start &&
                             start < zone_.from_local({today, status.periods.back().until});
        if (span.unit == SpanUnit::start_of_work || !at_work) {
            from = next_start_of_work(start);
            for (local_days each = today; each <= zone_.to_local(from).day; each += days{1}) look_at(each);
            out.add({start, from, SegmentReason::before_start_of_work, {}, 0, false});
        }
    }

    // Days, one by one: a day counts if it is worked (or every day does) and no pause lies over its end.
    const auto count_days = [&](int wanted, bool only_working, FirstDay first) {
        const local_days first_date = zone_.to_local(from).day;
        TimePoint cursor = from;
        int number = 0;
        if (wanted == 0) return cursor;
        for (local_days today = first_date;; today += days{1}) {
            if (only_working && today - first_date > days{farthest_days} + days{3 * wanted})
                throw std::logic_error("the calendar has no working day within ten years");
            const TimePoint midnight = midnight_after(today);
            DayStatus status;
            if (only_working) status = look_at(today);
            const TimePoint end =
                only_working && status.works() ? zone_.from_local({today, status.periods.back().until}) : midnight;
            Segment segment{cursor, midnight, SegmentReason::counted, status.name, 0, status.kind == DayKind::make_up};
            if (only_working && !status.works())
                segment.reason = reason_of(status.kind);
            else if (today == first_date && from >= end)
                segment.reason = SegmentReason::outside_hours;
            else if (today == first_date && first == FirstDay::not_counted)
                segment.reason = SegmentReason::first_day_not_counted;
            else if (const Pause* pause = pause_at(pauses, end - Milliseconds{1})) {
                segment.reason = SegmentReason::paused;
                segment.name = pause->name;
            } else
                segment.number = ++number;
            if (segment.reason != SegmentReason::counted) segment.make_up = false;
            if (number == wanted) segment.until = end;
            out.add(segment);
            cursor = segment.until;
            if (number == wanted) return cursor;
        }
    };
    const auto count_working_time = [&](Milliseconds left) {
        TimePoint cursor = from;
        const local_days first_date = zone_.to_local(from).day;
        for (local_days today = first_date; left > Milliseconds{0}; today += days{1}) {
            if (today - first_date > days{farthest_days})
                throw std::logic_error("the calendar has no working hour within ten years");
            const DayStatus status = look_at(today);
            const TimePoint midnight = midnight_after(today);
            if (!status.works()) {
                out.add({cursor, midnight, reason_of(status.kind), status.name, 0, false});
                cursor = midnight;
                continue;
            }
            const Segment like{{}, {}, SegmentReason::counted, status.name, 0, status.kind == DayKind::make_up};
            for (const auto& period : status.periods) {
                const TimePoint opens = zone_.from_local({today, period.from}),
                                closes = zone_.from_local({today, period.until});
                if (closes <= cursor) continue;
                if (opens > cursor) {
                    out.add({cursor, opens, SegmentReason::outside_hours, {}, 0, false});
                    cursor = opens;
                }
                cursor = count_elapsed(cursor, closes, left, pauses, out, like);
                if (left == Milliseconds{0}) return cursor;
            }
            out.add({cursor, midnight, SegmentReason::outside_hours, {}, 0, false});
            cursor = midnight;
        }
        return cursor;
    };
    const auto count_months = [&](int count) {
        const local_days today = zone_.to_local(from).day;
        return count_days(static_cast<int>((add_months(today, count) - today).count()), false, first_day);
    };

    switch (span.unit) {
        case SpanUnit::minutes:
        case SpanUnit::hours: {
            Milliseconds left =
                span.unit == SpanUnit::hours ? Milliseconds{hours{span.count}} : Milliseconds{minutes{span.count}};
            const TimePoint never = from + left + days{36600};
            result.due = count_elapsed(from, never, left, pauses, out, {});
            break;
        }
        case SpanUnit::working_minutes:
            result.due = count_working_time(minutes{span.count});
            break;
        case SpanUnit::working_hours:
            result.due = count_working_time(hours{span.count});
            break;
        case SpanUnit::working_days:
            result.due = count_days(span.count, true, first_day);
            break;
        case SpanUnit::days:
            result.due = count_days(span.count, false, first_day);
            break;
        case SpanUnit::weeks:
            result.due = count_days(7 * span.count, false, first_day);
            break;
        case SpanUnit::months:
            result.due = count_months(span.count);
            break;
        case SpanUnit::years:
            result.due = count_months(12 * span.count);
            break;
        case SpanUnit::same_day:
            result.due = count_days(1, false, FirstDay::counted);
            break;
        case SpanUnit::closing:
            result.due = count_days(1, true, FirstDay::counted);
            break;
        case SpanUnit::start_of_work:
            result.due = from;
            break;
    }
    result.segments = std::move(out.segments);
    for (const int year : unknown_years)
        result.warnings.push_back("no holiday file for " + std::to_string(year) + ": plain weeks were used");
    return result;
}

TimePoint Calendar::due(TimePoint start, const Span& span, FirstDay first_day, const std::vector<Pause>& pauses) const {
    if (ready_ && pauses.empty())
        if (const auto known = ready_->due(start, span, first_day)) return *known;
    return add(start, span, first_day, pauses).due;
}

TimePoint Calendar::subtract(TimePoint due, const Span& span) const {
    if (ready_)
        if (const auto known = ready_->before(due, span)) return *known;
    return counted_before(due, span);
}

TimePoint Calendar::counted_before(TimePoint due, const Span& span) const {
    switch (span.unit) {
        case SpanUnit::minutes:
            return due - minutes{span.count};
        case SpanUnit::hours:
            return due - hours{span.count};
        case SpanUnit::days:
        case SpanUnit::weeks:
        case SpanUnit::months:
        case SpanUnit::years: {
            LocalTime local = zone_.to_local(due);
            if (span.unit == SpanUnit::days) local.day -= days{span.count};
            if (span.unit == SpanUnit::weeks) local.day -= days{7 * span.count};
            if (span.unit == SpanUnit::months) local.day = add_months(local.day, -span.count);
            if (span.unit == SpanUnit::years) local.day = add_months(local.day, -12 * span.count);
            return zone_.from_local(local);
        }
        case SpanUnit::working_days: {
            if (span.count == 0) return due;
            const LocalTime local = zone_.to_local(due - Milliseconds{1});
            local_days today = local.day;
            for (int left = span.count, looked = 0; left > 0;) {
                if (++looked > farthest_days + 3 * span.count)
                    throw std::logic_error("the calendar has no working day within ten years");
                today -= days{1};
                if (day(today).works()) --left;
            }
            const TimePoint closing = zone_.from_local({today, day(today).periods.back().until});
            const auto own_closing = closing_of_day(due - Milliseconds{1});
            if (!own_closing || due >= *own_closing) return closing;
            return std::min(closing, zone_.from_local({today, zone_.to_local(due).since_midnight}));
        }
        case SpanUnit::working_minutes:
        case SpanUnit::working_hours: {
            Milliseconds left = span.unit == SpanUnit::working_hours ? Milliseconds{hours{span.count}}
                                                                     : Milliseconds{minutes{span.count}};
            local_days today = zone_.to_local(due).day;
            for (int looked = 0; left > Milliseconds{0}; today -= days{1}) {
                if (++looked > farthest_days)
                    throw std::logic_error("the calendar has no working hour within ten years");
                const auto periods = day(today).periods;
                for (auto period = periods.rbegin(); period != periods.rend(); ++period) {
                    const TimePoint opens = zone_.from_local({today, period->from});
                    const TimePoint closes = std::min(due, zone_.from_local({today, period->until}));
                    if (closes <= opens) continue;
                    if (closes - opens >= left) return closes - left;
                    left -= closes - opens;
                }
            }
            return due;
        }
        case SpanUnit::same_day:
        case SpanUnit::closing:
        case SpanUnit::start_of_work:
            break;
    }
    throw std::logic_error("nothing stands \"" + to_text(span) + "\" before a moment");
}

Milliseconds Calendar::working_time(TimePoint from, TimePoint until) const {
    Milliseconds sum{0};
    if (until <= from) return sum;
    for (local_days today = zone_.to_local(from).day; today <= zone_.to_local(until).day; today += days{1})
        for (const auto& period : day(today).periods) {
            const TimePoint opens = std::max(from, zone_.from_local({today, period.from}));
            const TimePoint closes = std::min(until, zone_.from_local({today, period.until}));
            if (closes > opens) sum += closes - opens;
        }
    return sum;
}

WeekHours read_hours(const Json& object, const std::string& pointer, std::vector<Finding>& findings) {
    static const std::vector<std::string> names{"monday", "tuesday",  "wednesday", "thursday",
                                                "friday", "saturday", "sunday"};
    WeekHours hours;
    if (!object.is_object()) {
        findings.push_back(
            {pointer, "opening hours are an object: write {\"monday-friday\":[\"08:30-12:00\",\"13:30-17:30\"]}"});
        return hours;
    }
    const auto index = [&](const std::string& name) {
        return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    };
    bool has_make_up = false;
    const auto before = findings.size();
    for (const auto& [key, value] : object.items()) {
        const std::string where = pointer + "/" + key;
        std::vector<Period> periods;
        if (!value.is_array()) {
            findings.push_back(
                {where, "the hours of a day are a list: write [\"08:30-12:00\",\"13:30-17:30\"], or [] for a day off"});
            continue;
        }
        std::size_t at = 0;
        for (const auto& item : value) {
            const std::string place = where + "/" + std::to_string(at++);
            const std::string text = item.is_string() ? item.get<std::string>() : "";
            const auto dash = text.find('-');
            const auto from = parse_clock(text.substr(0, dash));
            const auto until = parse_clock(dash == std::string::npos ? "" : text.substr(dash + 1));
            if (!from || !until || *from >= *until)
                findings.push_back(
                    {place, "cannot read \"" + text.substr(0, 40) + "\" as a period of the day: write 08:30-12:00"});
            else if (!periods.empty() && periods.back().until >= *from)
                findings.push_back(
                    {place, "\"" + text +
                                "\" begins before the period before it has ended: write periods in order and apart"});
            else
                periods.push_back({*from, *until});
        }
        if (const auto date = parse_date(key)) {
            hours.dates[*date] = periods;
            continue;
        }
        if (key == "make-up") {
            hours.make_up = periods;
            has_make_up = true;
            continue;
        }
        std::size_t first = 0, last = 6;
        if (key != "every day") {
            const auto dash = key.find('-');
            first = index(key.substr(0, dash));
            last = dash == std::string::npos ? first : index(key.substr(dash + 1));
        }
        if (first > 6 || last > 6 || first > last) {
            const auto near = nearest(key, names);
            findings.push_back({where, "unknown day \"" + key + "\"" +
                                           (near ? " (did you mean \"" + *near + "\"?)" : "") +
                                           ": write monday, monday-friday, every day, make-up or a date"});
            continue;
        }
        for (std::size_t i = first; i <= last; ++i) hours.days[i] = periods;
    }
    const bool never = std::all_of(hours.days.begin(), hours.days.end(), [](const auto& day) { return day.empty(); });
    if (never && findings.size() == before)
        findings.push_back(
            {pointer,
             "nobody ever works, and no limit would end: write the hours of one day of the week at least, "
             "{\"monday-friday\":[\"08:30-12:00\",\"13:30-17:30\"]}"});
    if (!has_make_up)
        for (const auto& periods : hours.days)
            if (hours.make_up.empty()) hours.make_up = periods;
    return hours;
}

}  // namespace huiyin
