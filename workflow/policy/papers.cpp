#include "workflow/policy/papers.h"

#include "workflow/base/time_text.h"

namespace huiyin {

using namespace std::chrono;

const std::vector<std::string>& known_columns() {
    static const std::vector<std::string> names{
        "serial",       "number",         "customer_name",  "room",          "contact",       "matter",
        "wish",         "opened_date",    "opened_time",    "accepted_by",   "accepted_date", "accepted_time",
        "source",       "kind",           "category",       "level",         "state",         "unit",
        "validity",     "cause",          "owner",          "handler",       "handling",      "limit",
        "taken_date",   "taken_time",     "returned_date",  "returned_time", "resolved_date", "resolved_time",
        "revisited_by", "revisited_date", "revisited_time", "satisfaction",  "closed_date",   "closed_time"};
    return names;
}

const std::vector<std::string>& known_measures() {
    static const std::vector<std::string> names{"count",        "timeliness",   "revisits",     "in_person",
                                                "satisfaction", "direct_solve", "waiting_time", "repeats"};
    return names;
}

const std::vector<std::string>& known_divisions() {
    static const std::vector<std::string> names{"unit", "kind", "category", "level", "state", "validity", "cause"};
    return names;
}

namespace {

Problem unreadable(std::string_view label) {
    return {"report.bad_period",
            "unreadable period \"" + std::string(label.substr(0, 40)) +
                "\": write 2026-03, 2026-Q1, 2026, 2026-03-14 or 2026-03-01..2026-03-31",
            {}};
}

std::optional<int> number_in(std::string_view text, std::size_t digits, int least, int most) {
    if (text.size() != digits || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    const int value = std::stoi(std::string(text));
    return value >= least && value <= most ? std::optional(value) : std::nullopt;
}

ReportPeriod days_of(const Zone& zone, local_days first, local_days last) {
    return {zone.from_local({first, Milliseconds{0}}), zone.from_local({last + days{1}, Milliseconds{0}})};
}

// The months of the report's own rhythm that the label names: "every", and the month in which they end.
struct Months {
    const char* every;
    year_month end;
};
std::optional<Months> months_in(const Report& report, std::string_view label) {
    const auto year = number_in(label.substr(0, 4), 4, 1970, 9999);
    if (!year) return std::nullopt;
    const auto in_year = [&](int month) {
        return std::chrono::year{*year} / std::chrono::month{static_cast<unsigned>(month)};
    };
    if (label.size() == 4) return Months{"year", in_year(12)};
    if (label.size() != 7 || label[4] != '-') return std::nullopt;
    if (label[5] == 'Q') {
        const auto quarter = number_in(label.substr(6), 1, 1, 4);
        return quarter ? std::optional(Months{"quarter", in_year(*quarter * 3)}) : std::nullopt;
    }
    const auto month = number_in(label.substr(5), 2, 1, 12);
    if (!month) return std::nullopt;
    const bool longer = report.every == "quarter" || report.every == "year";
    return Months{longer ? report.every.c_str() : "month", in_year(*month)};
}

}  // namespace

Result<NamedPeriod> period_named(const Policy& policy, const Report& report, std::string_view label) {
    const auto& zone = policy.calendar.zone();
    NamedPeriod named{std::string(label), {}, std::nullopt};
    if (const auto dots = label.find(".."); dots != std::string_view::npos) {
        const auto first = parse_date(label.substr(0, dots)), last = parse_date(label.substr(dots + 2));
        if (!first || !last || *last < *first) return unreadable(label);
        named.period = days_of(zone, *first, *last);
        return named;
    }
    if (label.size() == 10) {
        const auto day = parse_date(label);
        if (!day) return unreadable(label);
        const auto since_monday = weekday{*day} - Monday;
        named.period = report.every == "week" ? days_of(zone, *day - since_monday, *day - since_monday + days{6})
                                              : days_of(zone, *day, *day);
        return named;
    }
    const auto months = months_in(report, label);
    if (!months) return unreadable(label);
    auto of_them = report;
    of_them.every = months->every;
    named.period = report_period(policy, of_them, months->end);
    named.month = months->end;
    return named;
}

std::optional<TimePoint> kept_until(const Retention& retention, const Calendar& calendar, TimePoint over) {
    if (retention.keep == "permanent") return std::nullopt;
    if (const auto span = parse_span(retention.keep)) return calendar.due(over, *span, FirstDay::not_counted);
    // Longer than any limit runs: "30 years".
    const year_month_day date{calendar.zone().to_local(over).day};
    const auto there = date + years{std::stoi(retention.keep)};
    const auto last = there.ok() ? there : year_month_day{there.year() / there.month() / std::chrono::last};
    return calendar.zone().from_local({local_days{last} + days{1}, Milliseconds{0}});
}

}  // namespace huiyin
