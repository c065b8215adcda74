// How a due time is told: to customers in Chinese, to programs as JSON.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/policy/calendar.h"

namespace huiyin {
namespace {

using namespace std::chrono;

// Says dates one after the other: year and month only where they change.
class Dates {
public:
    explicit Dates(local_days first) : first_(first), said_(first) {}
    std::string say(local_days day) {
        const year_month_day date{day}, before{said_};
        std::string text;
        if (date.year() != before.year()) text += std::to_string(static_cast<int>(date.year())) + "年";
        if (fresh_ || date.year() != before.year() || date.month() != before.month())
            text += std::to_string(static_cast<unsigned>(date.month())) + "月";
        said_ = day;
        fresh_ = false;
        return text + std::to_string(static_cast<unsigned>(date.day())) + "日";
    }
    // A clause of its own names the month again, and the year if it is not that of the beginning.
    void new_clause() {
        fresh_ = true;
        said_ = first_;
    }

private:
    local_days first_, said_;
    bool fresh_ = true;
};

struct Wall {
    local_days day;
    Milliseconds time;
};

// Midnight at the end of something is 24:00 of the day before.
Wall as_end(const Zone& zone, TimePoint at) {
    const LocalTime local = zone.to_local(at);
    if (local.since_midnight == Milliseconds{0}) return {local.day - days{1}, hours{24}};
    return {local.day, local.since_midnight};
}

std::string clock(Milliseconds time) {
    std::string text = to_clock(time);
    return text[0] == '0' ? text.substr(1) : text;
}

std::string counted_days(const Derivation& derivation, const Zone& zone, Dates& dates) {
    std::vector<std::pair<local_days, bool>> counted;  // day, make-up
    for (const auto& segment : derivation.segments)
        if (segment.number > 0) counted.emplace_back(zone.to_local(segment.from).day, segment.make_up);
    constexpr std::size_t few = 7;  // beyond that, runs are said as ranges
    std::string text;
    for (std::size_t i = 0; i < counted.size(); ++i) {
        if (!text.empty()) text += "、";
        std::size_t last = i;
        if (counted.size() > few)
            while (last + 1 < counted.size() && counted[last + 1].first == counted[last].first + days{1} &&
                   !counted[last + 1].second && !counted[i].second)
                ++last;
        text += dates.say(counted[i].first);
        if (last - i >= 2) {
            text += "至" + dates.say(counted[last].first);
            i = last;
        }
        if (counted[i].second) text += "（调休上班）";
    }
    return text;
}

std::string counted_hours(const Derivation& derivation, const Zone& zone, Dates& dates) {
    std::string text;
    local_days said{};
    for (const auto& segment : derivation.segments) {
        if (segment.reason != SegmentReason::counted) continue;
        const LocalTime from = zone.to_local(segment.from);
        const Wall until = as_end(zone, segment.until);
        if (!text.empty()) text += "、";
        if (text.empty() || from.day != said) text += dates.say(from.day);
        said = from.day;
        text += clock(from.since_midnight) + "至" + clock(until.time);
        if (segment.make_up) text += "（调休上班）";
    }
    return text;
}

std::string skipped(const Derivation& derivation, const Zone& zone, Dates& dates) {
    std::string text;
    const auto range = [&](TimePoint from, TimePoint until) {
        dates.new_clause();
        const local_days first = zone.to_local(from).day, last = as_end(zone, until).day;
        std::string said = dates.say(first);
        if (last != first) said += "至" + dates.say(last);
        return said;
    };
    for (std::size_t i = 0; i < derivation.segments.size(); ++i) {
        const Segment& segment = derivation.segments[i];
        if (segment.reason == SegmentReason::holiday)
            text += "；" + range(segment.from, segment.until) + segment.name + "放假";
        if (segment.reason == SegmentReason::paused)
            text += "；" + range(segment.from, segment.until) +
                    (segment.name.empty() ? std::string("挂起") : segment.name + "，不计时");
    }
    return text;
}

const char* reason_text(SegmentReason reason) {
    switch (reason) {
        case SegmentReason::counted:
            return "counted";
        case SegmentReason::first_day_not_counted:
            return "first day not counted";
        case SegmentReason::weekend:
            return "weekend";
        case SegmentReason::holiday:
            return "holiday";
        case SegmentReason::closed_day:
            return "closed day";
        case SegmentReason::outside_hours:
            return "outside hours";
        case SegmentReason::paused:
            return "paused";
        case SegmentReason::before_start_of_work:
            return "before start of work";
    }
    return "";
}

const char* change_text(DueChange::By by) {
    switch (by) {
        case DueChange::By::customer:
            return "customer";
        case DueChange::By::promise:
            return "promise";
        case DueChange::By::extension:
            return "extension";
        case DueChange::By::stretch:
            return "declared event";
    }
    return "";
}

// "3月5日10:00"; 24:00 stays with the day it ends.
std::string moment(TimePoint at, const Zone& zone, Dates& dates) {
    dates.new_clause();
    const Wall wall = as_end(zone, at);
    return dates.say(wall.day) + clock(wall.time);
}

// "；原定3月9日17:30；3月5日10:00批准延期到3月12日17:30"
std::string changed(const Derivation& derivation, const Zone& zone, Dates& dates) {
    std::string text;
    for (const auto& change : derivation.changes) {
        if (change.by == DueChange::By::stretch) continue;
        if (text.empty() && !derivation.set_by_event) text += "；原定" + moment(derivation.due, zone, dates);
        if (change.by == DueChange::By::customer)
            text += "；客户要求" + moment(change.due, zone, dates) + "前";
        else
            text += "；" + moment(change.at, zone, dates) +
                    (change.by == DueChange::By::promise ? "约定" : "批准延期到") + moment(change.due, zone, dates);
    }
    return text;
}

std::string stretched(const Derivation& derivation) {
    std::string text;
    for (const auto& change : derivation.changes)
        if (change.by == DueChange::By::stretch)
            text += (text.empty() ? "（" : "，") + change.name + "，延长" + std::to_string(change.percent) + "%";
    return text.empty() ? text : text + "）";
}

}  // namespace

std::string to_chinese(const Derivation& derivation, const Calendar& calendar) {
    const Zone& zone = calendar.zone();
    const LocalTime start = zone.to_local(derivation.start);
    Dates dates{start.day};
    if (derivation.set_by_event)
        return moment(derivation.start, zone, dates) + "约定" + moment(derivation.due, zone, dates) +
               changed(derivation, zone, dates) + "；最晚" + moment(derivation.due_in_force(), zone, dates) + "。";
    std::string text = to_chinese(derivation.span) + stretched(derivation) + "，从" + dates.say(start.day);
    const bool by_day = counts_days(derivation.span.unit);
    if (!by_day) text += clock(start.since_midnight);
    text += "起算";
    const bool plain_days =
        by_day && derivation.span.unit != SpanUnit::working_days && derivation.span.unit != SpanUnit::closing;
    if (by_day && !plain_days) text += "：" + counted_days(derivation, zone, dates);
    if (derivation.span.unit == SpanUnit::working_hours || derivation.span.unit == SpanUnit::working_minutes)
        text += "：" + counted_hours(derivation, zone, dates);
    text += skipped(derivation, zone, dates) + changed(derivation, zone, dates);
    return text + "；最晚" + moment(derivation.due_in_force(), zone, dates) + "。";
}

Json changes_json(const Derivation& derivation, const Calendar& calendar) {
    Json list = Json::array();
    for (const auto& change : derivation.changes) {
        Json item{{"by", change_text(change.by)},
                  {"at", to_rfc3339(change.at, calendar.zone())},
                  {"due_at", to_rfc3339(change.due, calendar.zone())}};
        if (!change.name.empty()) item["name"] = change.name;
        if (change.percent > 0) item["percent"] = change.percent;
        if (!change.clause.empty()) item["clause"] = change.clause;
        list.push_back(std::move(item));
    }
    return list;
}

Json to_json(const Derivation& derivation, const Calendar& calendar) {
    Json segments = Json::array();
    for (const auto& segment : derivation.segments) {
        Json item{{"from", to_rfc3339(segment.from, calendar.zone())},
                  {"until", to_rfc3339(segment.until, calendar.zone())},
                  {"counted", segment.reason == SegmentReason::counted},
                  {"reason", reason_text(segment.reason)}};
        if (segment.reason == SegmentReason::counted && segment.make_up) item["reason"] = "make-up working day";
        if (!segment.name.empty()) item["name"] = segment.name;
        if (segment.number > 0) item["day"] = segment.number;
        segments.push_back(std::move(item));
    }
    return segments;
}

}  // namespace huiyin
