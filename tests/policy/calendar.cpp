#include "workflow/policy/calendar.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace huiyin;
using namespace std::chrono;

namespace {

const std::string holidays_cn = std::string(HUIYIN_SOURCE) + "/templates/holidays-cn";

WeekHours hours_named(const std::string& name) {
    static const std::map<std::string, const char*> known{
        {"office", R"({"monday-friday":["08:30-12:00","13:30-17:30"]})"},
        {"saturday", R"({"monday-friday":["08:30-12:00","13:30-17:30"],"saturday":["09:00-12:00"]})"},
        {"every day", R"({"every day":["09:00-21:00"]})"},
        {"night", R"({"monday-friday":["18:00-24:00"]})"},
        {"always", R"({"every day":["00:00-24:00"]})"}};
    std::vector<Finding> findings;
    auto hours = read_hours(*parse_json(known.at(name)), "/hours", findings);
    REQUIRE(findings.empty());
    return hours;
}

Calendar calendar_of(const std::string& zone, const std::string& hours, const std::string& holidays) {
    Calendar calendar{*Zone::named(zone), hours_named(hours)};
    if (holidays == "cn") REQUIRE(calendar.add_holiday_folder(holidays_cn));
    return calendar;
}

Calendar office() { return calendar_of("Asia/Shanghai", "office", "cn"); }

// "2026-03-02 17:30", also 24:00
TimePoint local(const Zone& zone, const std::string& text) {
    const auto day = parse_date(text.substr(0, 10));
    const auto time = parse_clock(text.substr(11));
    REQUIRE(day);
    REQUIRE(time);
    return zone.from_local({*day, *time});
}
TimePoint at(const std::string& text) { return local(Zone{}, text); }

std::vector<std::string> split(const std::string& text, char by) {
    std::vector<std::string> parts;
    std::istringstream in{text};
    for (std::string part; std::getline(in, part, by);) parts.push_back(part);
    return parts;
}

struct DueCase {
    std::string zone, hours, holidays, start, span, first_day, pauses, due, why;
};
std::vector<DueCase> due_cases() {
    std::ifstream file{std::string(HUIYIN_SOURCE) + "/tests/policy/due_times.tsv"};
    std::vector<DueCase> cases;
    bool head = true;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#') continue;
        if (std::exchange(head, false)) continue;
        const auto cell = split(line, '\t');
        REQUIRE(cell.size() == 9);
        cases.push_back({cell[0], cell[1], cell[2], cell[3], cell[4], cell[5], cell[6], cell[7], cell[8]});
    }
    return cases;
}

std::vector<Pause> pauses_of(const Zone& zone, const std::string& text) {
    std::vector<Pause> pauses;
    if (text == "-") return pauses;
    for (const auto& part : split(text, ','))
        pauses.push_back({local(zone, part.substr(0, 16)), local(zone, part.substr(18))});
    return pauses;
}

Milliseconds counted(const Derivation& derivation) {
    Milliseconds sum{0};
    for (const auto& segment : derivation.segments)
        if (segment.reason == SegmentReason::counted) sum += segment.until - segment.from;
    return sum;
}

// Whatever the span, the segments cover start to due without gap or overlap.
void check_segments(const Derivation& derivation) {
    TimePoint cursor = derivation.start;
    int number = 0;
    for (const auto& segment : derivation.segments) {
        CHECK(segment.from == cursor);
        CHECK(segment.from < segment.until);
        if (segment.number > 0) CHECK(segment.number == ++number);
        cursor = segment.until;
    }
    CHECK(cursor == derivation.due);
}

}  // namespace

TEST_CASE("due times worked out by hand") {
    const auto cases = due_cases();
    REQUIRE(cases.size() >= 60);
    for (const auto& each : cases) {
        const Calendar calendar = calendar_of(each.zone, each.hours, each.holidays);
        CAPTURE(each.zone, each.hours, each.start, each.span, each.pauses, each.why);
        const auto span = parse_span(each.span);
        REQUIRE(span);
        const FirstDay first = each.first_day == "counted" ? FirstDay::counted : FirstDay::not_counted;
        const auto derivation =
            calendar.add(local(calendar.zone(), each.start), *span, first, pauses_of(calendar.zone(), each.pauses));
        CHECK(to_rfc3339(derivation.due, calendar.zone()) ==
              to_rfc3339(local(calendar.zone(), each.due), calendar.zone()));
        check_segments(derivation);
    }
}

TEST_CASE("the holiday files hold the days of the State Council's notices") {
    struct Year {
        int year, off, worked;
    };
    for (const auto& [year, off, worked] :
         {Year{2023, 27, 7}, Year{2024, 28, 8}, Year{2025, 28, 5}, Year{2026, 33, 6}}) {
        const auto file = read_json_file(holidays_cn + "/" + std::to_string(year) + ".json");
        REQUIRE(file);
        int days_off = 0, days_worked = 0;
        for (const auto& day : (*file)["days"]) {
            const auto date = parse_date(day["date"].get<std::string>());
            REQUIRE(date);
            const weekday name{*date};
            const bool weekend = name == Saturday || name == Sunday;
            (day["isOffDay"].get<bool>() ? days_off : days_worked) += 1;
            CAPTURE(day["date"].get<std::string>());
            CHECK_FALSE((!day["isOffDay"].get<bool>() && !weekend));  // only weekend days are worked in exchange
        }
        CAPTURE(year);
        CHECK(days_off == off);
        CHECK(days_worked == worked);
    }
    const Calendar calendar = office();
    CHECK(calendar.day(*parse_date("2026-02-14")).kind == DayKind::make_up);
    CHECK(calendar.day(*parse_date("2026-02-15")).name == "春节");
    CHECK(calendar.day(*parse_date("2026-02-24")).kind == DayKind::working);
    CHECK(calendar.day(*parse_date("2022-12-31")).kind == DayKind::holiday);
}

TEST_CASE("a year without a file is the plain week, and is said so") {
    const Calendar calendar = office();
    const auto derivation = calendar.add(at("2026-12-31 10:00"), *parse_span("5 working days"), FirstDay::counted);
    CHECK(derivation.warnings == std::vector<std::string>{"no holiday file for 2027: plain weeks were used"});
    CHECK(calendar.add(at("2026-12-01 10:00"), *parse_span("5 working days"), FirstDay::counted).warnings.empty());
    CHECK(calendar.add(at("2026-12-31 10:00"), *parse_span("72 hours"), FirstDay::counted).warnings.empty());
    const Calendar plain = calendar_of("Asia/Shanghai", "office", "none");
    CHECK(plain.add(at("2026-12-31 10:00"), *parse_span("5 working days"), FirstDay::counted).warnings.empty());
}

TEST_CASE("a broken holiday file changes nothing") {
    Calendar calendar;
    for (const char* text :
         {R"({"days":[]})", R"({"year":2026})", R"({"year":2026,"days":[{"date":"2026-02-30","isOffDay":true}]})",
          R"({"year":2026,"days":[{"date":"2026-01-01"}]})", R"({"year":"2026","days":[]})", "[]"}) {
        CAPTURE(text);
        const auto added = calendar.add_holidays(*parse_json(text));
        REQUIRE_FALSE(added);
        CHECK(added.problem().code == "holidays.unreadable");
    }
    CHECK_FALSE(calendar.uses_holidays());
    CHECK(calendar.add_holiday_folder("/nowhere").problem().code == "file.missing");
}

TEST_CASE("a derivation is told to the customer in one sentence") {
    const Calendar calendar = office();
    const auto told = [&](const char* start, const char* span, FirstDay first = FirstDay::counted,
                          std::vector<Pause> pauses = {}) {
        return to_chinese(calendar.add(at(start), *parse_span(span), first, pauses), calendar);
    };
    CHECK(told("2026-02-12 10:00", "5 working days") ==
          "5个工作日，从2月12日起算：12日、13日、14日（调休上班）、24日、25日；2月15日至23日春节放假；最晚2月25日17:"
          "30。");
    CHECK(told("2026-03-02 09:00", "15 working days") ==
          "15个工作日，从3月2日起算：2日至6日、9日至13日、16日至20日；最晚3月20日17:30。");
    CHECK(told("2026-11-20 21:40", "2 working hours") ==
          "2个工作小时，从11月20日21:40起算：23日8:30至10:30；最晚11月23日10:30。");
    CHECK(told("2026-03-02 11:00", "2 working hours") ==
          "2个工作小时，从3月2日11:00起算：2日11:00至12:00、13:30至14:30；最晚3月2日14:30。");
    CHECK(told("2026-03-06 18:00", "24 hours") == "24小时，从3月6日18:00起算；最晚3月7日18:00。");
    CHECK(told("2026-03-02 10:00", "3 days", FirstDay::not_counted) == "3天，从3月2日起算；最晚3月5日24:00。");
    CHECK(told("2025-12-31 10:00", "3 working days") ==
          "3个工作日，从12月31日起算：31日、2026年1月4日（调休上班）、5日；2026年1月1日至3日元旦放假；最晚2026年1月5日1"
          "7:30。");
    CHECK(told("2026-03-02 09:00", "2 working days", FirstDay::counted,
               {{at("2026-03-03 10:00"), at("2026-03-04 10:00")}}) ==
          "2个工作日，从3月2日起算：2日、4日；3月3日挂起；最晚3月4日17:30。");
}

TEST_CASE("a derivation as JSON says what was counted and why not") {
    const Calendar calendar = office();
    const Json segments =
        to_json(calendar.add(at("2026-02-14 18:00"), *parse_span("1 working day"), FirstDay::counted), calendar);
    REQUIRE(segments.size() == 3);
    CHECK(segments[0]["reason"] == "outside hours");
    CHECK(segments[1]["reason"] == "holiday");
    CHECK(segments[1]["name"] == "春节");
    CHECK(segments[1]["until"] == "2026-02-24T00:00:00+08:00");
    CHECK(segments[2]["counted"] == true);
    CHECK(segments[2]["day"] == 1);
}

TEST_CASE("warnings stand on the same calendar") {
    const Calendar calendar = office();
    const auto before = [&](const char* due, const char* span) {
        return to_rfc3339(calendar.subtract(at(due), *parse_span(span))).substr(0, 16);
    };
    CHECK(before("2026-03-06 17:30", "1 working day") == "2026-03-05T17:30");
    CHECK(before("2026-02-24 17:30", "1 working day") == "2026-02-14T17:30");
    CHECK(before("2026-02-25 17:30", "2 working days") == "2026-02-14T17:30");
    CHECK(before("2026-03-09 10:00", "1 working day") == "2026-03-06T10:00");
    CHECK(before("2026-03-05 24:00", "1 working day") == "2026-03-04T17:30");
    CHECK(before("2026-03-09 09:30", "2 working hours") == "2026-03-06T16:30");
    CHECK(before("2026-03-02 14:00", "1 working hour") == "2026-03-02T11:30");
    CHECK(before("2026-03-02 17:30", "0 working days") == "2026-03-02T17:30");
    CHECK(before("2026-03-02 10:00", "4 hours") == "2026-03-02T06:00");
    CHECK(before("2026-03-31 24:00", "1 month") == "2026-03-01T00:00");
    CHECK(before("2026-03-05 24:00", "1 day") == "2026-03-05T00:00");
    CHECK_THROWS_AS(calendar.subtract(at("2026-03-02 10:00"), *parse_span("same day")), std::logic_error);
}

TEST_CASE("working time, closing and opening") {
    const Calendar calendar = office();
    CHECK(calendar.is_working_time(at("2026-03-02 08:30")));
    CHECK_FALSE(calendar.is_working_time(at("2026-03-02 12:00")));
    CHECK(calendar.is_working_time(at("2026-02-14 10:00")));
    CHECK_FALSE(calendar.is_working_time(at("2026-02-17 10:00")));
    CHECK(calendar.closing_of_day(at("2026-03-02 23:00")) == at("2026-03-02 17:30"));
    CHECK_FALSE(calendar.closing_of_day(at("2026-03-07 10:00")));
    CHECK(calendar.next_start_of_work(at("2026-03-02 08:30")) == at("2026-03-03 08:30"));
    CHECK(calendar.working_time(at("2026-03-02 00:00"), at("2026-03-09 00:00")) == minutes{5 * 450});
    CHECK(calendar.working_time(at("2026-03-02 11:00"), at("2026-03-02 14:00")) == minutes{90});
    CHECK(calendar.working_time(at("2026-03-02 14:00"), at("2026-03-02 11:00")) == minutes{0});
}

TEST_CASE("a calendar without work says so instead of searching for ever") {
    const Calendar nobody;
    CHECK_THROWS_AS(nobody.add(at("2026-03-02 10:00"), *parse_span("1 working day"), FirstDay::counted),
                    std::logic_error);
    CHECK_THROWS_AS(nobody.add(at("2026-03-02 10:00"), *parse_span("1 working hour"), FirstDay::counted),
                    std::logic_error);
    CHECK_THROWS_AS(nobody.next_start_of_work(at("2026-03-02 10:00")), std::logic_error);
    CHECK(nobody.add(at("2026-03-02 10:00"), *parse_span("3 days"), FirstDay::counted).due == at("2026-03-04 24:00"));
}

TEST_CASE("opening hours are read with all their mistakes at once") {
    std::vector<Finding> findings;
    read_hours(
        *parse_json(
            R"({"monday":["8-12"],"moonday":[],"tuesday":["09:00-12:00","11:00-13:00"],"wednesday":["12:00-09:00"],"thursday":"9"})"),
        "/hours", findings);
    std::vector<std::string> pointers;
    for (const auto& finding : findings) pointers.push_back(finding.pointer);
    std::sort(pointers.begin(), pointers.end());
    CHECK(pointers == std::vector<std::string>{"/hours/monday/0", "/hours/moonday", "/hours/thursday",
                                               "/hours/tuesday/1", "/hours/wednesday/0"});
}

TEST_CASE("hours without a working day are none: no limit would ever end") {
    const auto wrong = [](const char* hours) {
        std::vector<Finding> findings;
        read_hours(*parse_json(hours), "/hours", findings);
        return findings;
    };
    for (const char* never : {"{}", R"({"monday":[]})", R"({"every day":[]})", R"({"2026-03-04":["09:00-12:00"]})",
                              R"({"make-up":["09:00-12:00"],"saturday-sunday":[]})"}) {
        CAPTURE(never);
        const auto findings = wrong(never);
        REQUIRE(findings.size() == 1);
        CHECK(findings[0].pointer == "/hours");
        CHECK(findings[0].text.find("nobody ever works") != std::string::npos);
    }
    CHECK(wrong(R"({"sunday":["09:00-12:00"]})").empty());
    CHECK(wrong(R"({"monday":["9"]})").size() == 1);  // told once
}

TEST_CASE("spans are read and written as people say them") {
    for (const char* text :
         {"5 working days", "1 working day", "8 working hours", "90 working minutes", "24 hours", "30 minutes",
          "1 month", "2 months", "1 year", "2 weeks", "same day", "closing of the day", "next start of work", "at once",
          "1 hour after next start of work", "2 working hours after next start of work"}) {
        const auto span = parse_span(text);
        REQUIRE(span);
        CHECK(to_text(*span) == text);
        CHECK_FALSE(to_chinese(*span).empty());
    }
    for (const char* text : {"", "5", "5 dayz", "days", "-1 days", "5  days", "5 working", "99999999999 days",
                             "11 years", "5 working days after lunch"}) {
        CAPTURE(text);
        CHECK(parse_span(text).problem().code == "span.unreadable");
    }
    CHECK(parse_span("5 dayz").problem().text.find("did you mean") != std::string::npos);
    CHECK(to_chinese(*parse_span("5 working days")) == "5个工作日");
    CHECK(to_chinese(*parse_span("1 hour after next start of work")) == "上班后1小时");
}

TEST_CASE("whatever the start and the span, segments fit and what is counted is the span") {
    const Calendar calendars[] = {office(), calendar_of("Europe/Berlin", "saturday", "none"),
                                  calendar_of("America/New_York", "always", "none")};
    const auto seed = GENERATE(take(200, random(0, 1'000'000)));
    CAPTURE(seed);
    std::uint64_t state = static_cast<std::uint64_t>(seed) * 2654435761u + 1;
    const auto next = [&](std::uint64_t below) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return static_cast<std::int64_t>((state >> 33) % below);
    };
    const Calendar& calendar = calendars[next(3)];
    const TimePoint start = at("2023-01-01 00:00") + minutes{next(4 * 365 * 1440)};
    std::vector<Pause> pauses;
    TimePoint cursor = start;
    for (std::int64_t count = next(3); count > 0; --count) {
        const TimePoint from = cursor + minutes{1 + next(4000)};
        cursor = from + minutes{1 + next(4000)};
        pauses.push_back({from, cursor});
    }
    const auto amount = static_cast<int>(1 + next(60));
    const FirstDay first = next(2) ? FirstDay::counted : FirstDay::not_counted;

    const auto by_hours = calendar.add(start, {amount, SpanUnit::working_hours, false}, first, pauses);
    check_segments(by_hours);
    CHECK(counted(by_hours) == hours{amount});
    CHECK(calendar.working_time(start, by_hours.due) >= hours{amount});
    if (pauses.empty()) {
        CHECK(calendar.working_time(start, by_hours.due) == hours{amount});
        CHECK(calendar.working_time(calendar.subtract(by_hours.due, by_hours.span), by_hours.due) == hours{amount});
    }
    const auto elapsed = calendar.add(start, {amount, SpanUnit::hours, false}, first, pauses);
    check_segments(elapsed);
    CHECK(counted(elapsed) == hours{amount});
    const auto by_days = calendar.add(start, {amount, SpanUnit::working_days, false}, first, pauses);
    check_segments(by_days);
    CHECK(calendar.closing_of_day(by_days.due - Milliseconds{1}) == by_days.due);
    int days_counted = 0;
    for (const auto& segment : by_days.segments) days_counted += segment.number > 0 ? 1 : 0;
    CHECK(days_counted == amount);
    CHECK(calendar.add(start, by_days.span, first, pauses) == by_days);
    // A longer span never ends earlier, an earlier start never later.
    CHECK(calendar.add(start, {amount + 1, SpanUnit::working_days, false}, first, pauses).due > by_days.due);
    CHECK(calendar.add(start - minutes{next(5000)}, by_days.span, first, pauses).due <= by_days.due);
    if (pauses.empty() && amount > 1) {
        const auto one_less = calendar.add(start, {amount - 1, SpanUnit::working_days, false}, first);
        CHECK(calendar.subtract(by_days.due, {1, SpanUnit::working_days, false}) == one_less.due);
    }
}
