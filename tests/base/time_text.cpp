#include "workflow/base/time_text.h"

#include <catch2/catch.hpp>

using namespace huiyin;
using namespace std::chrono;

namespace {

Zone zone(const char* name) { return Zone::named(name).value(); }
local_days date_of(int y, unsigned m, unsigned d) { return local_days{year{y} / month{m} / day{d}}; }
TimePoint utc(const char* text) { return parse_rfc3339(text).value(); }
LocalTime wall(int y, unsigned m, unsigned d, minutes since_midnight) { return {date_of(y, m, d), since_midnight}; }

}  // namespace

TEST_CASE("the manual clock stands still until it is moved") {
    ManualClock clock(from_ms(1'000));
    CHECK(clock.is_manual());
    CHECK(to_ms(clock.now()) == 1'000);
    clock.set(from_ms(-5));
    CHECK(to_ms(clock.now()) == -5);
    CHECK_FALSE(SystemClock{}.is_manual());
    CHECK(SystemClock{}.now() > utc("2024-01-01T00:00:00Z"));
}

TEST_CASE("a zone is known by the name of the system's database, and by nothing else") {
    CHECK(Zone{}.name() == "Asia/Shanghai");
    CHECK(Zone{} == zone("Asia/Shanghai"));
    CHECK_FALSE(Zone{} == zone("UTC"));
    const std::string name =
        GENERATE("", "Asia/Beijing", "asia/shanghai", "../../etc/passwd", "/etc/localtime", "Asia/Shanghai ");
    const auto unknown = Zone::named(name);
    REQUIRE_FALSE(unknown);
    CHECK(unknown.problem().code == "zone.unknown");
    CHECK(unknown.problem().text == "unknown time zone \"" + name + "\": write one like Asia/Shanghai");
}

TEST_CASE("a moment and the wall clock of a zone are two views of one thing") {
    const auto at = utc("2026-03-02T16:30:00Z");
    CHECK(Zone{}.to_local(at) == wall(2026, 3, 3, 30min));
    CHECK(Zone{}.from_local(wall(2026, 3, 3, 30min)) == at);
    CHECK(Zone{}.offset_at(at) == 8h);
    CHECK(zone("America/St_Johns").offset_at(at) == -(3h + 30min));
    CHECK(zone("America/St_Johns").to_local(utc("1960-01-01T00:00:00.001Z")).since_midnight ==
          20h + 30min + milliseconds(1));
}

TEST_CASE("a wall clock that a jump left out is the first moment after the gap") {
    const auto new_york = zone("America/New_York");
    const auto after = utc("2026-03-08T07:00:00Z");
    CHECK(new_york.from_local(wall(2026, 3, 8, 2h)) == after);
    CHECK(new_york.from_local(wall(2026, 3, 8, 2h + 30min)) == after);
    CHECK(new_york.from_local(wall(2026, 3, 8, 3h)) == after);
    CHECK(new_york.from_local(wall(2026, 3, 8, 1h + 59min)) == after - 1min);
    CHECK(zone("Asia/Shanghai").from_local(wall(1986, 5, 4, 2h + 30min)) == utc("1986-05-03T18:00:00Z"));
}

TEST_CASE("a wall clock that happens twice is taken the first time") {
    const auto new_york = zone("America/New_York");
    CHECK(new_york.from_local(wall(2026, 11, 1, 1h + 30min)) == utc("2026-11-01T05:30:00Z"));
    CHECK(new_york.to_local(utc("2026-11-01T05:30:00Z")) == new_york.to_local(utc("2026-11-01T06:30:00Z")));
}

TEST_CASE("a day may lack its midnight") {
    CHECK(zone("America/Santiago").from_local(wall(2026, 9, 6, 0min)) == utc("2026-09-06T04:00:00Z"));
}

TEST_CASE("moments are written with the offset of their zone") {
    const auto at = utc("2026-03-02T01:00:00.045Z");
    CHECK(to_rfc3339(at) == "2026-03-02T09:00:00+08:00");
    CHECK(to_rfc3339(at, {}, Precision::milliseconds) == "2026-03-02T09:00:00.045+08:00");
    CHECK(to_rfc3339(at, zone("UTC")) == "2026-03-02T01:00:00+00:00");
    CHECK(to_rfc3339(at, zone("America/St_Johns")) == "2026-03-01T21:30:00-03:30");
    CHECK(to_rfc3339(from_ms(-1), zone("UTC"), Precision::milliseconds) == "1969-12-31T23:59:59.999+00:00");
}

TEST_CASE("every form of one moment is read as the same") {
    const auto text = GENERATE("2026-03-02T01:00:00Z", "2026-03-02t01:00:00z", "2026-03-02 09:00:00+08:00",
                               "2026-03-01T21:30:00-03:30", "2026-03-02T01:00:00.000999Z", "2026-03-02T01:00:00-00:00",
                               "2026-03-02T00:59:60Z");
    CAPTURE(text);
    CHECK(to_ms(utc(text)) == 1'772'413'200'000);
}

TEST_CASE("a fraction is kept to the millisecond") {
    CHECK(to_ms(utc("1970-01-01T00:00:00.5Z")) == 500);
    CHECK(to_ms(utc("1970-01-01T00:00:00.0019999999999Z")) == 1);
    CHECK(to_ms(utc("1970-01-01T00:00:00.123456Z")) == 123);
}

TEST_CASE("what is no moment is refused") {
    const auto text =
        GENERATE("", "2026", "2026-03-02", "2026-03-02T09:00", "2026-03-02T09:00:00", "2026-03-02T09:00:00+8:00",
                 "2026-03-02T09:00:00+0800", "2026-03-02T09:00:00+24:00", "2026-03-02T09:00:00+08:60",
                 "2026-03-02T09:00:00+08:00 ", " 2026-03-02T09:00:00Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
                 "2026-00-01T00:00:00Z", "2026-04-31T00:00:00Z", "2026-03-02T24:00:00Z", "2026-03-02T24:00:00.5Z",
                 "2026-03-02T09:60:00Z", "2026-03-02T09:00:61Z", "2026-03-02T09:00:00.Z", "2026-03-02X09:00:00Z",
                 "2026/03/02T09:00:00Z", "+026-03-02T09:00:00Z", "2026-03-02T09:00:0aZ", "2026-03-02T-1:00:00Z",
                 "2026-03-02T09:00:00+", "2026-03-02T09:00:00+08:", "2026-03-02T09:00:00ZZ",
                 "9999-12-31T23:59:60-23:59", "0000-01-01T00:00:00+10:00");
    CAPTURE(text);
    const auto read = parse_rfc3339(text);
    REQUIRE_FALSE(read);
    CHECK(read.problem().code == "time.unreadable");
}

TEST_CASE("an unreadable moment is quoted at no more than 40 bytes") {
    const auto problem = parse_rfc3339(std::string(100'000, '9')).problem();
    CHECK(problem.text ==
          "cannot read \"" + std::string(40, '9') + "\" as a time: write it like 2026-03-02T09:00:00+08:00");
}

TEST_CASE("any moment is read back as it was written, in any zone") {
    const auto seed = GENERATE(take(300, random(-2'500'000'000L, 4'102'444'800L)));  // 1890 to 2100
    CAPTURE(seed);
    const auto at = from_ms(seed * 1000 + (seed & 511));
    for (const auto* name : {"Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Africa/Monrovia", "UTC"}) {
        CAPTURE(name);
        CHECK(utc(to_rfc3339(at, zone(name), Precision::milliseconds).c_str()) == at);
    }
}

TEST_CASE("a wall clock outside jumps leads back to its moment") {
    const auto seed = GENERATE(take(200, random(0L, 4'102'444'800L)));
    CAPTURE(seed);
    const auto at = from_ms(seed * 1000);
    const auto new_york = zone("America/New_York");
    const auto back = new_york.from_local(new_york.to_local(at));
    CHECK((back == at || back == at - 1h));  // the second of two equal hours is taken for the first
    CHECK(zone("UTC").from_local(zone("UTC").to_local(at)) == at);
}

TEST_CASE("dates are written and read") {
    CHECK(to_date(date_of(2026, 2, 9)) == "2026-02-09");
    CHECK(parse_date("2024-02-29").value() == date_of(2024, 2, 29));
    const auto text = GENERATE("", "2026-2-9", "2026-02-30", "2025-02-29", "2026-02-09 ", "2026/02/09", "20260209",
                               "2026-00-09", "2026-02-00", "2026-02-0x");
    CAPTURE(text);
    REQUIRE_FALSE(parse_date(text));
    CHECK(parse_date(text).problem().code == "time.unreadable");
}

TEST_CASE("times of day are written and read, midnight at either end") {
    CHECK(to_clock(9h + 5min) == "09:05");
    CHECK(to_clock(24h) == "24:00");
    CHECK(parse_clock("00:00").value() == 0min);
    CHECK(parse_clock("08:30").value() == 8h + 30min);
    CHECK(parse_clock("24:00").value() == 24h);
    const auto text = GENERATE("", "8:30", "24:01", "25:00", "08:60", "0830", "08:30:00", "08-30", "-1:30", "ab:cd");
    CAPTURE(text);
    REQUIRE_FALSE(parse_clock(text));
    CHECK(parse_clock(text).problem().code == "time.unreadable");
}
