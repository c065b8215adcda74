// The calendar against a counter that knows no arithmetic: it walks minute by minute through a thousand days and
// counts. It shares nothing with the calendar but the zone database; what it looks up it reads off the wall clock of
// each minute.
#include <array>
#include <catch2/catch.hpp>
#include <random>

#include "workflow/policy/calendar.h"

using namespace huiyin;
using namespace std::chrono;

namespace {

using Chance = std::mt19937;
int up_to(Chance& chance, int most) { return static_cast<int>(chance() % static_cast<unsigned>(most + 1)); }

constexpr int horizon_days = 1000;
constexpr int horizon = horizon_days * 24 * 60;  // minutes

// Hours of a day as minutes of the wall clock.
using Hours = std::vector<std::pair<int, int>>;

// What is open when, minute by minute.
struct Timeline {
    TimePoint first;                // of minute 0
    std::vector<std::int32_t> day;  // of each minute: days since 1970 on the wall
    std::vector<bool> open;
    struct Day {
        int from = 0, until = 0;                // its minutes
        int opens = -1, closes = -1;            // first opening and last closing; -1: not worked
        std::vector<std::pair<int, int>> work;  // its periods as minutes of the timeline
    };
    std::map<std::int32_t, Day> days;

    int minute_of(TimePoint at) const { return static_cast<int>(duration_cast<minutes>(at - first).count()); }
    TimePoint time_of(int minute) const { return first + minutes{minute}; }
};

struct Worked {
    bool works = false;
    Hours hours;
};

Timeline walk(const Zone& zone, TimePoint first, const std::function<Worked(local_days)>& worked) {
    Timeline line;
    line.first = first;
    line.day.resize(horizon);
    line.open.resize(horizon, false);
    std::vector<int> clock(horizon);
    for (int minute = 0; minute < horizon;) {
        // Zones change by the half hour at the finest: within one, the wall clock runs evenly.
        const LocalTime wall = zone.to_local(line.time_of(minute));
        const int of_day = static_cast<int>(duration_cast<minutes>(wall.since_midnight).count());
        const int until = std::min(horizon, minute + 30 - of_day % 30);
        for (int i = minute; i < until; ++i) {
            line.day[static_cast<std::size_t>(i)] = wall.day.time_since_epoch().count();
            clock[static_cast<std::size_t>(i)] = of_day + (i - minute);
        }
        minute = until;
    }
    for (int from = 0; from < horizon;) {
        const auto number = line.day[static_cast<std::size_t>(from)];
        int until = from;
        while (until < horizon && line.day[static_cast<std::size_t>(until)] == number) ++until;
        Timeline::Day day;
        day.from = from;
        day.until = until;
        const auto plan = worked(local_days{days{number}});
        if (plan.works) {
            // A period begins when the wall first shows its beginning or more, and ends when it first shows its end.
            const auto first_showing = [&](int time) {
                int minute = from;
                while (minute < until && clock[static_cast<std::size_t>(minute)] < time) ++minute;
                return minute;
            };
            for (const auto& [opens, closes] : plan.hours) {
                const int a = first_showing(opens), b = first_showing(closes);
                for (int i = a; i < b; ++i) line.open[static_cast<std::size_t>(i)] = true;
                if (day.opens < 0) day.opens = a;
                day.closes = b;
                day.work.emplace_back(a, b);
            }
        }
        line.days[number] = day;
        from = until;
    }
    return line;
}

std::vector<Period> as_periods(const Hours& hours) {
    std::vector<Period> periods;
    for (const auto& [from, until] : hours) periods.push_back({minutes{from}, minutes{until}});
    return periods;
}

Hours random_hours(Chance& chance) {
    if (up_to(chance, 9) == 0) return {{0, 24 * 60}};
    std::vector<int> edges;
    const int periods = 1 + up_to(chance, 2);
    while (static_cast<int>(edges.size()) < 2 * periods) {
        const int edge = up_to(chance, 48) * 30;
        if (std::find(edges.begin(), edges.end(), edge) == edges.end()) edges.push_back(edge);
    }
    std::sort(edges.begin(), edges.end());
    Hours hours;
    for (int i = 0; i < periods; ++i)
        hours.emplace_back(edges[static_cast<std::size_t>(2 * i)], edges[static_cast<std::size_t>(2 * i + 1)]);
    return hours;
}

// A calendar, and the same rules in the words of the counter.
struct Rules {
    Zone zone;
    std::array<Hours, 7> week;
    Hours make_up;
    std::map<local_days, Holiday> holidays;
    std::map<local_days, Hours> dates;

    Worked worked(local_days day) const {
        if (const auto own = dates.find(day); own != dates.end()) return {!own->second.empty(), own->second};
        const auto& plain = week.at(weekday{day}.iso_encoding() - 1);
        if (const auto found = holidays.find(day); found != holidays.end()) {
            if (found->second.day_off) return {};
            return {true, plain.empty() ? make_up : plain};
        }
        return {!plain.empty(), plain};
    }
    Calendar calendar() const {
        WeekHours hours;
        for (std::size_t i = 0; i < 7; ++i) hours.days.at(i) = as_periods(week.at(i));
        hours.make_up = as_periods(make_up);
        for (const auto& [day, own] : dates) hours.dates[day] = as_periods(own);
        Calendar calendar{zone, hours};
        for (const auto& [day, holiday] : holidays) calendar.add_day(day, holiday);
        return calendar;
    }
};

Rules random_rules(Chance& chance, local_days first) {
    static const std::array<const char*, 7> zones{"Asia/Shanghai",    "Asia/Shanghai",       "Europe/Berlin",
                                                  "America/New_York", "Australia/Lord_Howe", "Africa/Cairo",
                                                  "America/St_Johns"};
    Rules rules;
    rules.zone = *Zone::named(zones.at(static_cast<std::size_t>(up_to(chance, 6))));
    const Hours plain = random_hours(chance);
    for (std::size_t i = 0; i < 7; ++i) {
        const int kind = up_to(chance, 9);
        if (i < 5 ? kind > 0 : kind > 7) rules.week.at(i) = kind == 8 ? random_hours(chance) : plain;
    }
    if (std::all_of(rules.week.begin(), rules.week.end(), [](const Hours& hours) { return hours.empty(); }))
        rules.week[0] = plain;
    rules.make_up = plain;
    for (int i = 0; i < 60; ++i) {
        local_days day = first + days{up_to(chance, horizon_days)};
        const bool off = up_to(chance, 3) > 0;
        for (int length = off ? 1 + up_to(chance, 7) : 1; length > 0; --length, day += days{1})
            rules.holidays[day] = Holiday{off ? "放假" : "调休", off};
    }
    for (int i = 0; i < 10; ++i)
        rules.dates[first + days{up_to(chance, horizon_days)}] = up_to(chance, 2) ? random_hours(chance) : Hours{};
    return rules;
}

struct Question {
    int start = 0;  // minute
    Span span;
    FirstDay first_day = FirstDay::not_counted;
    std::vector<std::pair<int, int>> pauses;

    bool paused(int minute) const {
        return std::any_of(pauses.begin(), pauses.end(),
                           [&](const auto& pause) { return pause.first <= minute && minute < pause.second; });
    }
};

Question random_question(Chance& chance) {
    static const std::array<std::pair<SpanUnit, int>, 12> units{{{SpanUnit::minutes, 3000},
                                                                 {SpanUnit::hours, 200},
                                                                 {SpanUnit::days, 30},
                                                                 {SpanUnit::weeks, 5},
                                                                 {SpanUnit::months, 7},
                                                                 {SpanUnit::years, 1},
                                                                 {SpanUnit::working_minutes, 2000},
                                                                 {SpanUnit::working_hours, 40},
                                                                 {SpanUnit::working_days, 20},
                                                                 {SpanUnit::same_day, 0},
                                                                 {SpanUnit::closing, 0},
                                                                 {SpanUnit::start_of_work, 0}}};
    Question question;
    question.start = (5 + up_to(chance, 300)) * 24 * 60 + up_to(chance, 24 * 60 - 1);
    if (up_to(chance, 1)) question.start -= question.start % 30;  // on the edges of periods, days and pauses
    const auto& [unit, most] = units.at(static_cast<std::size_t>(up_to(chance, 11)));
    question.span = {most ? up_to(chance, most) : 0, unit, false};
    if (most && up_to(chance, 9) == 0) question.span.from_start_of_work = true;
    if (up_to(chance, 1)) question.first_day = FirstDay::counted;
    int from = question.start;
    for (int pauses = up_to(chance, 7) - 5; pauses > 0; --pauses) {
        from += up_to(chance, 100) * 30;
        const int until = from + 1 + up_to(chance, 4000);
        question.pauses.emplace_back(from, until);
        from = until + 1;
    }
    return question;
}

// The minute at which it is due, found by walking.
class Counter {
public:
    Counter(const Timeline& line, const Question& question) : line_(line), question_(question) {}

    int due() const {
        const Span& span = question_.span;
        int from = question_.start;
        if (span.unit == SpanUnit::start_of_work || span.from_start_of_work) {
            const auto& today = day_of(from);
            const bool at_work = today.opens >= 0 && today.opens <= from && from < today.closes;
            if (span.unit == SpanUnit::start_of_work || !at_work) from = opening_after(from);
        }
        switch (span.unit) {
            case SpanUnit::minutes:
                return minutes_from(from, span.count, false);
            case SpanUnit::hours:
                return minutes_from(from, 60 * span.count, false);
            case SpanUnit::working_minutes:
                return minutes_from(from, span.count, true);
            case SpanUnit::working_hours:
                return minutes_from(from, 60 * span.count, true);
            case SpanUnit::days:
                return days_from(from, span.count, false, question_.first_day);
            case SpanUnit::weeks:
                return days_from(from, 7 * span.count, false, question_.first_day);
            case SpanUnit::months:
                return days_from(from, days_to_the_same_date(from, span.count), false, question_.first_day);
            case SpanUnit::years:
                return days_from(from, days_to_the_same_date(from, 12 * span.count), false, question_.first_day);
            case SpanUnit::working_days:
                return days_from(from, span.count, true, question_.first_day);
            case SpanUnit::same_day:
                return days_from(from, 1, false, FirstDay::counted);
            case SpanUnit::closing:
                return days_from(from, 1, true, FirstDay::counted);
            case SpanUnit::start_of_work:
                return from;
        }
        return -1;
    }

private:
    const Timeline::Day& day_of(int minute) const { return line_.days.at(line_.day[static_cast<std::size_t>(minute)]); }
    int opening_after(int minute) const {
        for (int i = minute + 1; i < horizon; ++i)
            if (day_of(i).opens == i) return i;
        FAIL("the timeline is too short");
        return -1;
    }
    int minutes_from(int from, int left, bool only_open) const {
        int minute = from;
        for (; left > 0; ++minute)
            if ((!only_open || line_.open[static_cast<std::size_t>(minute)]) && !question_.paused(minute)) --left;
        return minute;
    }
    int days_from(int from, int left, bool only_worked, FirstDay first_day) const {
        if (left == 0) return from;
        const int first = day_of(from).from;
        for (int minute = first;;) {
            const auto& day = day_of(minute);
            const int end = only_worked && day.closes >= 0 ? day.closes : day.until;
            const bool worked = !only_worked || day.closes >= 0;
            const bool over = day.from == first && (from >= end || first_day == FirstDay::not_counted);
            // A day in which nothing is left before its end, or whose last minute lies in a pause, does not count.
            if (worked && !over && !question_.paused(end - 1) && --left == 0) return end;
            minute = day.until;
        }
    }
    // Walks day by day until the wall shows the same number so many months later, or the last day of that month.
    int days_to_the_same_date(int from, int months) const {
        const local_days start{days{line_.day[static_cast<std::size_t>(from)]}};
        const auto number = [](local_days day) { return static_cast<unsigned>(year_month_day{day}.day()); };
        const auto is_last = [&](local_days day) { return number(day + days{1}) == 1; };
        local_days day = start;
        int walked = 0;
        for (int changes = 0; changes < months;) {
            day += days{1};
            ++walked;
            if (number(day) == 1) ++changes;
        }
        if (months == 0) return 0;
        while (number(day) != number(start) && !is_last(day)) {
            day += days{1};
            ++walked;
        }
        return walked;
    }

    const Timeline& line_;
    const Question& question_;
};

std::string shown(const Question& question) {
    std::string text = to_text(question.span) + (question.first_day == FirstDay::counted ? ", counted" : "");
    for (const auto& [from, until] : question.pauses)
        text += ", pause " + std::to_string(from) + ".." + std::to_string(until);
    return text;
}

}  // namespace

TEST_CASE("counting minute by minute gives the same due times, a hundred thousand times") {
    constexpr int worlds = 100, questions = 1000;
    const local_days first{year{2023} / June / 1};
    int asked = 0, wrong = 0;
    for (int world = 0; world < worlds; ++world) {
        Chance chance(static_cast<unsigned>(world));
        const Rules rules = random_rules(chance, first);
        const Calendar calendar = rules.calendar();
        const TimePoint begin{sys_days{first.time_since_epoch()}};
        const Timeline line = walk(rules.zone, begin, [&](local_days day) { return rules.worked(day); });
        for (int i = 0; i < questions; ++i) {
            const Question question = random_question(chance);
            std::vector<Pause> pauses;
            for (const auto& [from, until] : question.pauses)
                pauses.push_back({line.time_of(from), line.time_of(until)});
            const auto found = calendar.add(line.time_of(question.start), question.span, question.first_day, pauses);
            const int expected = Counter(line, question).due();
            ++asked;
            TimePoint cursor = found.start;
            bool gapless = true;
            for (const auto& segment : found.segments) {
                gapless = gapless && segment.from == cursor && segment.from < segment.until;
                cursor = segment.until;
            }
            if (found.due == line.time_of(expected) && gapless && cursor == found.due) continue;
            if (++wrong > 5) continue;
            CAPTURE(world, i, rules.zone.name(), shown(question), to_rfc3339(found.start, rules.zone));
            CHECK(to_rfc3339(found.due, rules.zone) == to_rfc3339(line.time_of(expected), rules.zone));
            CHECK(gapless);
        }
    }
    CHECK(asked == worlds * questions);
    CHECK(wrong == 0);
}

TEST_CASE("working time between two moments is the number of open minutes") {
    int wrong = 0;
    for (unsigned seed = 1000; seed < 1020; ++seed) {
        Chance chance(seed);
        const local_days first{year{2024} / January / 1};
        const Rules rules = random_rules(chance, first);
        const Calendar calendar = rules.calendar();
        const TimePoint begin{sys_days{first.time_since_epoch()}};
        const Timeline line = walk(rules.zone, begin, [&](local_days day) { return rules.worked(day); });
        for (int i = 0; i < 200; ++i) {
            const int from = (2 + up_to(chance, 900)) * 24 * 60 + up_to(chance, 1439),
                      until = from + up_to(chance, 20000);
            int open = 0;
            for (int minute = from; minute < until; ++minute) open += line.open[static_cast<std::size_t>(minute)];
            wrong += calendar.working_time(line.time_of(from), line.time_of(until)) != minutes{open};
            const bool now = line.open[static_cast<std::size_t>(from)];
            wrong += calendar.is_working_time(line.time_of(from)) != now;
        }
        CAPTURE(seed, rules.zone.name());
        CHECK(wrong == 0);
    }
}

TEST_CASE("days that were worked out give what counting gives") {
    static const std::vector<Span> spans{{1, SpanUnit::working_days},
                                         {5, SpanUnit::working_days},
                                         {30, SpanUnit::working_days},
                                         {4, SpanUnit::working_hours},
                                         {90, SpanUnit::working_minutes},
                                         {300, SpanUnit::working_hours},
                                         {3, SpanUnit::days},
                                         {2, SpanUnit::weeks},
                                         {1, SpanUnit::months},
                                         {90, SpanUnit::minutes},
                                         {24, SpanUnit::hours},
                                         {0, SpanUnit::same_day},
                                         {0, SpanUnit::closing},
                                         {0, SpanUnit::start_of_work},
                                         {1, SpanUnit::working_hours, true},
                                         {30, SpanUnit::minutes, true},
                                         {0, SpanUnit::working_days},
                                         {2, SpanUnit::working_days, true}};
    for (unsigned seed = 2000; seed < 2040; ++seed) {
        Chance chance(seed);
        const local_days first{year{2024} / January / 1};
        const Rules rules = random_rules(chance, first);
        const Calendar calendar = rules.calendar();
        Calendar ready = calendar;
        // Less than is asked about: what lies outside is counted as before.
        ready.make_ready(first + days{100}, first + days{700});
        int wrong = 0;
        for (int i = 0; i < 300; ++i) {
            auto at = rules.zone.from_local({first + days{up_to(chance, 900)}, minutes{up_to(chance, 1439)}});
            if (const auto closing = calendar.closing_of_day(at); closing && up_to(chance, 4) == 0) at = *closing;
            if (up_to(chance, 4) == 0) at = calendar.next_start_of_work(at);
            at += Milliseconds{up_to(chance, 2) - 1};
            const auto& span = spans.at(static_cast<std::size_t>(up_to(chance, static_cast<int>(spans.size()) - 1)));
            const auto counted = up_to(chance, 1) ? FirstDay::counted : FirstDay::not_counted;
            wrong += ready.due(at, span, counted) != calendar.add(at, span, counted).due;
            wrong += ready.is_working_time(at) != calendar.is_working_time(at);
            if (span.unit != SpanUnit::same_day && span.unit != SpanUnit::closing &&
                span.unit != SpanUnit::start_of_work)
                wrong += ready.subtract(at, span) != calendar.subtract(at, span);
            const std::vector<Pause> pauses{{at + hours{1}, at + hours{50}}};
            wrong += ready.due(at, span, counted, pauses) != calendar.add(at, span, counted, pauses).due;
        }
        CAPTURE(seed, rules.zone.name());
        CHECK(wrong == 0);
        // What changes the calendar is not overlooked.
        Calendar changed = ready;
        const auto noon = rules.zone.from_local({first + days{300}, hours{12}});
        for (int day = 300; day < 310; ++day) {
            changed.add_day(first + days{day}, Holiday{"放假", true});
            ready.add_day(first + days{day}, Holiday{"放假", true});
        }
        changed.make_ready(first + days{100}, first + days{700});
        const Span week{5, SpanUnit::working_days};
        CHECK(changed.due(noon, week, FirstDay::counted) == ready.add(noon, week, FirstDay::counted).due);
        CHECK(ready.due(noon, week, FirstDay::counted) == ready.add(noon, week, FirstDay::counted).due);
    }
}
