#include "workflow/policy/duty.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "workflow/base/json_text.h"

namespace huiyin {
namespace {

using namespace std::chrono;

constexpr std::array<const char*, 7> weekdays{"monday", "tuesday",  "wednesday", "thursday",
                                              "friday", "saturday", "sunday"};
constexpr std::array<const char*, 7> weekdays_chinese{"周一", "周二", "周三", "周四", "周五", "周六", "周日"};
constexpr std::array<const char*, 12> months_of_year{"january",   "february", "march",    "april",
                                                     "may",       "june",     "july",     "august",
                                                     "september", "october",  "november", "december"};
constexpr int farthest_days = 3660;
constexpr int farthest_shift = 40;  // no row of days off is as long as that

template <std::size_t Count>
int index_of(const std::array<const char*, Count>& list, std::string_view name) {
    for (std::size_t i = 0; i < Count; ++i)
        if (name == list[i]) return static_cast<int>(i) + 1;
    return 0;
}

// "25th" -> 25, "15" -> 15; 0 when it is no number from 1 to `most`, or has a wrong ending.
int number_in(std::string_view text, int most, bool ordinal) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || value < 1 || value > most) return 0;
    const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
    if (!ordinal) return rest.empty() ? value : 0;
    return rest == "st" || rest == "nd" || rest == "rd" || rest == "th" ? value : 0;
}

std::string ordinal(int value) {
    const int ten = value % 100, one = value % 10;
    const char* ending = ten >= 11 && ten <= 13 ? "th" : one == 1 ? "st" : one == 2 ? "nd" : one == 3 ? "rd" : "th";
    return std::to_string(value) + ending;
}

bool take_end(std::string_view& text, std::string_view ending) {
    if (text.size() <= ending.size() || text.substr(text.size() - ending.size()) != ending) return false;
    text.remove_suffix(ending.size());
    return true;
}

std::optional<Beat> beat_named(std::string_view text) {
    using Every = Beat::Every;
    if (text == "day") return Beat{};
    if (text == "working day") return Beat{Every::working_day};
    if (const int weekday = index_of(weekdays, text)) return Beat{Every::weekday, weekday};
    if (text == "last day of the month") return Beat{Every::month};
    if (text == "last day of the quarter") return Beat{Every::quarter};
    if (text == "last working day of the month") return Beat{Every::month, 0, 0, 0, true};
    std::string_view rest = text;
    if (take_end(rest, " working day of the month")) {
        const int day = number_in(rest, 20, true);
        return day ? std::optional(Beat{Every::month, 0, 0, day, true}) : std::nullopt;
    }
    if (take_end(rest, " of the month")) {
        const int day = number_in(rest, 31, true);
        return day ? std::optional(Beat{Every::month, 0, 0, day}) : std::nullopt;
    }
    if (take_end(rest, " of the quarter")) {
        const int day = number_in(rest, 31, true);
        return day ? std::optional(Beat{Every::quarter, 0, 0, day}) : std::nullopt;
    }
    const auto space = text.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    const int day = number_in(text.substr(0, space), 31, false),
              month = index_of(months_of_year, text.substr(space + 1));
    return day && month ? std::optional(Beat{Every::year, 0, month, day}) : std::nullopt;
}

std::string to_text(const Beat& beat) {
    switch (beat.every) {
        case Beat::Every::day:
            return "day";
        case Beat::Every::working_day:
            return "working day";
        case Beat::Every::weekday:
            return weekdays.at(static_cast<std::size_t>(beat.weekday - 1));
        case Beat::Every::month:
            if (beat.working)
                return (beat.day == 0 ? std::string("last") : ordinal(beat.day)) + " working day of the month";
            return beat.day == 0 ? "last day of the month" : ordinal(beat.day) + " of the month";
        case Beat::Every::quarter:
            return beat.day == 0 ? "last day of the quarter" : ordinal(beat.day) + " of the quarter";
        case Beat::Every::year:
            return std::to_string(beat.day) + " " + months_of_year.at(static_cast<std::size_t>(beat.month - 1));
    }
    return {};
}

std::string to_chinese(const Beat& beat) {
    switch (beat.every) {
        case Beat::Every::day:
            return "每天";
        case Beat::Every::working_day:
            return "每个工作日";
        case Beat::Every::weekday:
            return std::string("每") + weekdays_chinese.at(static_cast<std::size_t>(beat.weekday - 1));
        case Beat::Every::month:
            if (beat.working)
                return beat.day == 0 ? "每月最后一个工作日" : "每月第" + std::to_string(beat.day) + "个工作日";
            return beat.day == 0 ? "每月最后一天" : "每月" + std::to_string(beat.day) + "日";
        case Beat::Every::quarter:
            return beat.day == 0 ? "每季最后一天" : "每季首月" + std::to_string(beat.day) + "日";
        case Beat::Every::year:
            return "每年" + std::to_string(beat.month) + "月" + std::to_string(beat.day) + "日";
    }
    return {};
}

bool works(const Calendar& calendar, local_days day) { return calendar.day(day).works(); }

// Is it the number-th working day of its month (0: the last)?
bool is_working_day_number(const Calendar& calendar, const year_month_day& date, int number) {
    const local_days today{date};
    if (!works(calendar, today)) return false;
    const local_days last{date.year() / date.month() / std::chrono::last};
    if (number == 0) {
        for (local_days day = today + days{1}; day <= last; day += days{1})
            if (works(calendar, day)) return false;
        return true;
    }
    int count = 0;
    for (local_days day{date.year() / date.month() / 1}; day <= today; day += days{1})
        if (works(calendar, day)) ++count;
    return count == number;
}

bool falls_on(const Beat& beat, const Calendar& calendar, local_days day) {
    const year_month_day date{day};
    const unsigned month = static_cast<unsigned>(date.month()), number = static_cast<unsigned>(date.day());
    const unsigned last = static_cast<unsigned>(year_month_day_last{date.year(), month_day_last{date.month()}}.day());
    const auto is_the = [&](int wanted) {
        return number == (wanted == 0 ? last : std::min(static_cast<unsigned>(wanted), last));
    };
    switch (beat.every) {
        case Beat::Every::day:
            return true;
        case Beat::Every::working_day:
            return works(calendar, day);
        case Beat::Every::weekday:
            return weekday{day}.iso_encoding() == static_cast<unsigned>(beat.weekday);
        case Beat::Every::month:
            return beat.working ? is_working_day_number(calendar, date, beat.day) : is_the(beat.day);
        case Beat::Every::quarter:
            return month % 3 == (beat.day == 0 ? 0U : 1U) && is_the(beat.day);
        case Beat::Every::year:
            return month == static_cast<unsigned>(beat.month) && is_the(beat.day);
    }
    return false;
}

// Where a duty of that day is done; nothing when it is left out.
std::optional<local_days> day_done(const Duty& duty, const Calendar& calendar, local_days nominal) {
    if (duty.on_day_off == OnDayOff::stays || works(calendar, nominal)) return nominal;
    if (duty.on_day_off == OnDayOff::left_out) return std::nullopt;
    const days step{duty.on_day_off == OnDayOff::next_working_day ? 1 : -1};
    local_days day = nominal;
    for (int i = 0; i < farthest_shift; ++i) {
        day += step;
        if (works(calendar, day)) return day;
    }
    return nominal;
}

std::string date_chinese(local_days day, bool with_year) {
    const year_month_day date{day};
    std::string text;
    if (with_year) text = std::to_string(static_cast<int>(date.year())) + "年";
    return text + std::to_string(static_cast<unsigned>(date.month())) + "月" +
           std::to_string(static_cast<unsigned>(date.day())) + "日";
}

}  // namespace

Result<Rhythm> parse_rhythm(std::string_view text) {
    Rhythm rhythm;
    std::string_view rest = text;
    while (true) {
        const auto comma = rest.find(", "), word = rest.find(" and ");
        const auto cut = std::min(comma, word);
        const std::string_view one = rest.substr(0, cut);
        const auto beat = beat_named(one);
        if (!beat) {
            std::vector<std::string> known{"day", "working day", "last day of the month", "last day of the quarter"};
            known.insert(known.end(), weekdays.begin(), weekdays.end());
            const auto near = nearest(one, known);
            return Problem{
                "rhythm.unreadable",
                "cannot read \"" + std::string(one.substr(0, 60)) + "\" as a rhythm" +
                    (near ? " (did you mean \"" + *near + "\"?)" : "") +
                    ": write day, working day, tuesday, 25th of the month, last day of the month, 3rd working "
                    "day of the month, 5th of the quarter, last day of the quarter or 15 january",
                {}};
        }
        rhythm.beats.push_back(*beat);
        if (cut == std::string_view::npos) return rhythm;
        rest.remove_prefix(cut + (cut == comma ? 2 : 5));
    }
}

std::string to_text(const Rhythm& rhythm) {
    std::string text;
    for (const auto& beat : rhythm.beats) text += (text.empty() ? "" : " and ") + to_text(beat);
    return text;
}

std::string to_chinese(const Rhythm& rhythm) {
    std::string text;
    for (const auto& beat : rhythm.beats) text += (text.empty() ? "" : "、") + to_chinese(beat);
    return text;
}

std::optional<DutyOccurrence> next_occurrence(const Duty& duty, const Calendar& calendar, TimePoint after) {
    std::optional<DutyOccurrence> best;
    const local_days from = calendar.zone().to_local(after).day - days{farthest_shift};
    for (local_days nominal = from; nominal <= from + days{farthest_days}; nominal += days{1}) {
        if (best && nominal > best->day + days{farthest_shift}) break;  // nothing is brought forward so far
        const bool falls = std::any_of(duty.every.beats.begin(), duty.every.beats.end(),
                                       [&](const Beat& beat) { return falls_on(beat, calendar, nominal); });
        if (!falls) continue;
        const auto day = day_done(duty, calendar, nominal);
        if (!day) continue;
        const TimePoint at = calendar.zone().from_local({*day, duty.at});
        if (at <= after || (best && at >= best->at)) continue;
        best = DutyOccurrence{nominal, *day, at, calendar.day(nominal)};
    }
    return best;
}

std::string to_chinese(const Duty& duty, const DutyOccurrence& occurrence) {
    std::string text = to_chinese(duty.every) + "；" + date_chinese(occurrence.nominal, true);
    if (occurrence.day != occurrence.nominal) {
        const auto name = weekdays_chinese.at(weekday{occurrence.nominal}.iso_encoding() - 1);
        text += "是" + (occurrence.status.name.empty() ? std::string(name) : occurrence.status.name + "放假") +
                (occurrence.day > occurrence.nominal ? "，顺延到" : "，提前到") +
                date_chinese(occurrence.day,
                             year_month_day{occurrence.day}.year() != year_month_day{occurrence.nominal}.year());
    }
    std::string clock = to_clock(duty.at);
    return text + "；" + (clock[0] == '0' ? clock.substr(1) : clock) + "。";
}

}  // namespace huiyin
