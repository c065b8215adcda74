// How a due time is told in English: "5 working days, counted from Thu 12 Feb: 12, 13, 14 Feb (worked in exchange), …".
#include <nlohmann/json.hpp>
#include <optional>

#include "workflow/engine/language.h"

namespace huiyin {
namespace {

using namespace std::chrono;

constexpr std::string_view days_of_week[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::string_view months_of_year[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
struct HolidayName {
    std::string_view chinese, english;
};
constexpr HolidayName holiday_names[] = {{"元旦", "New Year"},
                                         {"春节", "Spring Festival"},
                                         {"清明节", "Qingming Festival"},
                                         {"劳动节", "Labour Day"},
                                         {"端午节", "Dragon Boat Festival"},
                                         {"中秋节、国庆节", "Mid-Autumn Festival and National Day"},
                                         {"国庆节、中秋节", "National Day and Mid-Autumn Festival"},
                                         {"中秋节", "Mid-Autumn Festival"},
                                         {"国庆节", "National Day"}};

std::string holiday_in_english(const std::string& name) {
    for (const auto& [chinese, english] : holiday_names)
        if (name == chinese) return std::string(english);
    return name;
}

std::string date(local_days day) {
    const year_month_day parts{day};
    return std::string(days_of_week[weekday{day}.c_encoding()]) + " " +
           std::to_string(static_cast<unsigned>(parts.day())) + " " +
           std::string(months_of_year[static_cast<unsigned>(parts.month()) - 1]);
}

LocalTime as_end(const Zone& zone, TimePoint at) {
    const auto local = zone.to_local(at);
    if (local.since_midnight == Milliseconds{0}) return {local.day - days{1}, hours{24}};
    return local;
}

std::string moment(TimePoint at, const Zone& zone) {
    const auto local = as_end(zone, at);
    return date(local.day) + " " + to_clock(local.since_midnight);
}

std::string range(TimePoint from, TimePoint until, const Zone& zone) {
    const auto first = zone.to_local(from).day, last = as_end(zone, until).day;
    return first == last ? date(first) : date(first) + " to " + date(last);
}

// The days that count: one by one where they are few, else the first and the last.
std::string counted_days(const Derivation& derivation, const Zone& zone) {
    constexpr std::size_t few = 7;
    std::vector<std::string> said;
    for (const auto& segment : derivation.segments)
        if (segment.number > 0)
            said.push_back(date(zone.to_local(segment.from).day) + (segment.make_up ? " (worked in exchange)" : ""));
    if (said.empty()) return {};
    if (said.size() > few) return said.front() + " to " + said.back() + ", working days only";
    std::string text;
    for (const auto& one : said) text += (text.empty() ? "" : ", ") + one;
    return text;
}

std::string counted_hours(const Derivation& derivation, const Zone& zone) {
    std::string text;
    std::optional<local_days> said;
    for (const auto& segment : derivation.segments) {
        if (segment.reason != SegmentReason::counted) continue;
        const auto from = zone.to_local(segment.from);
        if (!text.empty()) text += ", ";
        if (said != from.day) text += date(from.day) + " ";
        said = from.day;
        text += to_clock(from.since_midnight) + "–" + to_clock(as_end(zone, segment.until).since_midnight);
    }
    return text;
}

std::string changed(const Derivation& derivation, const Zone& zone) {
    std::string text;
    for (const auto& change : derivation.changes) {
        if (change.by == DueChange::By::stretch) continue;
        if (text.empty() && !derivation.set_by_event) text += "; first set for " + moment(derivation.due, zone);
        if (change.by == DueChange::By::customer)
            text += "; you asked for " + moment(change.due, zone);
        else if (change.by == DueChange::By::promise)
            text += "; agreed on " + moment(change.at, zone) + " for " + moment(change.due, zone);
        else
            text += "; extended on " + moment(change.at, zone) + " to " + moment(change.due, zone);
    }
    return text;
}

}  // namespace

std::string reason_in(std::string_view language, const Derivation& derivation, const Calendar& calendar) {
    if (language != "en") return to_chinese(derivation, calendar);
    const auto& zone = calendar.zone();
    const auto latest = "; the latest is " + moment(derivation.due_in_force(), zone) + ".";
    if (derivation.set_by_event)
        return "Agreed on " + moment(derivation.start, zone) + " for " + moment(derivation.due, zone) +
               changed(derivation, zone) + latest;
    const auto unit = derivation.span.unit;
    std::string text = to_text(derivation.span);
    for (const auto& change : derivation.changes)
        if (change.by == DueChange::By::stretch)
            text += " (" + change.name + ": " + std::to_string(change.percent) + "% longer)";
    text += ", counted from ";
    text += counts_days(unit) ? date(zone.to_local(derivation.start).day) : moment(derivation.start, zone);
    if (unit == SpanUnit::working_days || unit == SpanUnit::closing) {
        if (const auto counted = counted_days(derivation, zone); !counted.empty()) text += ": " + counted;
    } else if (unit == SpanUnit::working_hours || unit == SpanUnit::working_minutes) {
        text += ": " + counted_hours(derivation, zone);
    }
    for (const auto& segment : derivation.segments) {
        if (segment.reason == SegmentReason::holiday)
            text += "; " + range(segment.from, segment.until, zone) + " is " + holiday_in_english(segment.name);
        if (segment.reason == SegmentReason::paused)
            text += "; " + range(segment.from, segment.until, zone) +
                    (segment.name.empty() ? " on hold" : " not counted (" + segment.name + ")");
    }
    return text + changed(derivation, zone) + latest;
}

}  // namespace huiyin
