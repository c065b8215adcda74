// Duties that come round by the calendar.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "workflow/policy/duty.h"

using namespace huiyin;

namespace {

Calendar office() {
    std::vector<Finding> findings;
    Calendar calendar{Zone{},
                      read_hours(*parse_json(R"({"monday-friday":["08:30-12:00","13:30-17:30"]})"), "", findings)};
    REQUIRE(calendar.add_holiday_folder(std::string(HUIYIN_SOURCE) + "/templates/holidays-cn"));
    return calendar;
}

TimePoint at(const std::string& text) {
    return Zone{}.from_local({*parse_date(text.substr(0, 10)), *parse_clock(text.substr(11))});
}

// The next `count` occurrences after a moment.
std::vector<std::string> next(const std::string& every, const std::string& after, int count,
                              OnDayOff rule = OnDayOff::stays, const Calendar& calendar = office()) {
    const auto rhythm = parse_rhythm(every);
    REQUIRE(rhythm);
    Duty duty;
    duty.every = *rhythm;
    duty.at = std::chrono::hours{9};
    duty.on_day_off = rule;
    std::vector<std::string> list;
    TimePoint from = at(after);
    for (int i = 0; i < count; ++i) {
        const auto found = next_occurrence(duty, calendar, from);
        if (!found) break;
        CHECK(found->at > from);
        list.push_back(to_date(found->day));
        from = found->at;
    }
    return list;
}
using Dates = std::vector<std::string>;

}  // namespace

TEST_CASE("rhythms are read and written") {
    for (const char* text :
         {"day", "working day", "tuesday", "monday and thursday", "25th of the month", "1st of the month",
          "2nd of the month", "last day of the month", "3rd working day of the month", "last working day of the month",
          "5th of the quarter", "last day of the quarter", "15 january", "15 january and 15 july"}) {
        const auto rhythm = parse_rhythm(text);
        CAPTURE(text);
        REQUIRE(rhythm);
        CHECK(to_text(*rhythm) == text);
    }
    CHECK(to_text(*parse_rhythm("monday, wednesday and friday")) == "monday and wednesday and friday");
    CHECK(to_chinese(*parse_rhythm("tuesday")) == "每周二");
    CHECK(to_chinese(*parse_rhythm("25th of the month")) == "每月25日");
    CHECK(to_chinese(*parse_rhythm("5th of the quarter")) == "每季首月5日");
    CHECK(to_chinese(*parse_rhythm("15 january and 15 july")) == "每年1月15日、每年7月15日");
    for (const char* text : {"", "tuesdy", "0th of the month", "32nd of the month", "25 of the month", "30",
                             "15 januar", "monday and", "21st working day of the month"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_rhythm(text));
    }
}

TEST_CASE("weeks, months, quarters and years") {
    CHECK(next("tuesday", "2026-03-02 10:00", 3) == Dates{"2026-03-03", "2026-03-10", "2026-03-17"});
    CHECK(next("tuesday", "2026-03-03 09:00", 1) == Dates{"2026-03-10"});
    CHECK(next("tuesday", "2026-03-03 08:59", 1) == Dates{"2026-03-03"});
    CHECK(next("25th of the month", "2026-01-25 09:00", 3) == Dates{"2026-02-25", "2026-03-25", "2026-04-25"});
    CHECK(next("30th of the month", "2026-01-30 09:00", 3) == Dates{"2026-02-28", "2026-03-30", "2026-04-30"});
    CHECK(next("30th of the month", "2024-02-01 09:00", 1) == Dates{"2024-02-29"});
    CHECK(next("last day of the month", "2026-01-31 09:00", 2) == Dates{"2026-02-28", "2026-03-31"});
    CHECK(next("5th of the quarter", "2026-01-05 09:00", 4) ==
          Dates{"2026-04-05", "2026-07-05", "2026-10-05", "2027-01-05"});
    CHECK(next("last day of the quarter", "2026-03-31 08:00", 3) == Dates{"2026-03-31", "2026-06-30", "2026-09-30"});
    CHECK(next("29 february", "2024-02-29 09:00", 2) == Dates{"2025-02-28", "2026-02-28"});
    CHECK(next("15 january and 15 july", "2025-12-31 09:00", 3) == Dates{"2026-01-15", "2026-07-15", "2027-01-15"});
    CHECK(next("31st of the month and last day of the month", "2026-03-31 09:00", 2) ==
          Dates{"2026-04-30", "2026-05-31"});
}

TEST_CASE("days off: stays, after, before, left out; several that meet are one") {
    // 25 October 2026 is a Sunday; 1-7 October National Day, Saturday the 10th is worked.
    CHECK(next("25th of the month", "2026-10-01 09:00", 1) == Dates{"2026-10-25"});
    CHECK(next("25th of the month", "2026-10-01 09:00", 1, OnDayOff::next_working_day) == Dates{"2026-10-26"});
    CHECK(next("25th of the month", "2026-10-01 09:00", 1, OnDayOff::working_day_before) == Dates{"2026-10-23"});
    CHECK(next("25th of the month", "2026-10-01 09:00", 1, OnDayOff::left_out) == Dates{"2026-11-25"});
    CHECK(next("day", "2026-09-30 09:00", 4, OnDayOff::next_working_day) ==
          Dates{"2026-10-08", "2026-10-09", "2026-10-10", "2026-10-12"});
    CHECK(next("day", "2026-09-30 09:00", 2) == Dates{"2026-10-01", "2026-10-02"});
    CHECK(next("working day", "2026-10-08 09:00", 4) == Dates{"2026-10-09", "2026-10-10", "2026-10-12", "2026-10-13"});
    CHECK(next("3rd working day of the month", "2026-09-30 09:00", 1) == Dates{"2026-10-10"});
    CHECK(next("last working day of the month", "2026-02-01 09:00", 1) == Dates{"2026-02-28"});
    CHECK(next("2nd of the month", "2026-10-01 00:00", 1, OnDayOff::working_day_before) == Dates{"2026-11-02"});
    CHECK(next("2nd of the month", "2026-09-30 08:00", 1, OnDayOff::working_day_before) == Dates{"2026-09-30"});
}

TEST_CASE("a rhythm that never comes is nothing, not an endless search") {
    Calendar nobody{Zone{}, WeekHours{}};
    CHECK(next("day", "2026-03-02 09:00", 1, OnDayOff::left_out, nobody).empty());
    CHECK(next("working day", "2026-03-02 09:00", 1, OnDayOff::stays, nobody).empty());
}

TEST_CASE("on the day the clocks go forward a duty in the gap is done at the end of the gap") {
    std::vector<Finding> findings;
    const Calendar berlin{*Zone::named("Europe/Berlin"),
                          read_hours(*parse_json(R"({"every day":["00:00-24:00"]})"), "", findings)};
    Duty duty;
    duty.every = *parse_rhythm("day");
    duty.at = std::chrono::minutes{150};
    const auto before = *parse_rfc3339("2026-03-28T12:00:00+01:00");
    const auto found = next_occurrence(duty, berlin, before);
    REQUIRE(found);
    CHECK(to_rfc3339(found->at, berlin.zone()) == "2026-03-29T03:00:00+02:00");
    const auto after = next_occurrence(duty, berlin, found->at);
    REQUIRE(after);
    CHECK(to_rfc3339(after->at, berlin.zone()) == "2026-03-30T02:30:00+02:00");
}

TEST_CASE("an occurrence says its rhythm, where it moved and when") {
    Duty duty;
    duty.every = *parse_rhythm("25th of the month");
    duty.at = std::chrono::hours{9};
    duty.on_day_off = OnDayOff::next_working_day;
    const auto calendar = office();
    CHECK(to_chinese(duty, *next_occurrence(duty, calendar, at("2026-10-01 09:00"))) ==
          "每月25日；2026年10月25日是周日，顺延到10月26日；9:00。");
    CHECK(to_chinese(duty, *next_occurrence(duty, calendar, at("2026-11-01 09:00"))) ==
          "每月25日；2026年11月25日；9:00。");
    duty.every = *parse_rhythm("1 october");
    duty.on_day_off = OnDayOff::working_day_before;
    CHECK(to_chinese(duty, *next_occurrence(duty, calendar, at("2026-09-01 09:00"))) ==
          "每年10月1日；2026年10月1日是国庆节放假，提前到9月30日；9:00。");
}
