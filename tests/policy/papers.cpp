// Registers, reports and kept records as a pack writes them: which days a period has, how long something is kept, and
// what the check says of words that mean nothing.
#include "workflow/policy/papers.h"

#include <catch2/catch.hpp>

#include "small_pack.h"
#include "workflow/base/time_text.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

std::string days_of(const Report& report, const std::string& label) {
    const auto policy = small_pack("{}");
    const auto named = period_named(policy, report, label);
    if (!named) return named.problem().code;
    const auto& zone = policy.calendar.zone();
    return to_rfc3339(named->period.from, zone).substr(0, 10) + " " +
           to_rfc3339(named->period.until, zone).substr(0, 10) + (named->month ? " due" : "");
}

std::string kept(const std::string& keep, const std::string& over) {
    const auto policy = small_pack("{}");
    const auto until = kept_until({"case", keep, "", ""}, policy.calendar, *parse_rfc3339(over + ":00+08:00"));
    return until ? to_rfc3339(*until, policy.calendar.zone()).substr(0, 16) : "for ever";
}

std::string says(const std::string& more) {
    return lines_of(loaded_from_file(put_into_small_pack(*parse_json(more))).findings);
}

}  // namespace

TEST_CASE("papers: a period has the days that the report gives it, by day, week, month, quarter and year") {
    Report own;
    own.from_day = 25;
    own.to_day = 24;
    CHECK(days_of(own, "2026-03") == "2026-02-25 2026-03-25 due");
    CHECK(days_of(own, "2026-Q1") == "2025-12-25 2026-03-25 due");
    CHECK(days_of(own, "2026") == "2025-12-25 2026-12-25 due");
    CHECK(days_of(own, "2026-03-01..2026-03-31") == "2026-03-01 2026-04-01");
    Report calendar;
    CHECK(days_of(calendar, "2026-02") == "2026-02-01 2026-03-01 due");
    CHECK(days_of(calendar, "2028-02-29") == "2028-02-29 2028-03-01");
    calendar.every = "quarter";
    CHECK(days_of(calendar, "2026-03") == "2026-01-01 2026-04-01 due");
    CHECK(days_of(calendar, "2026-Q4") == "2026-10-01 2027-01-01 due");
    calendar.every = "week";  // from Monday to Sunday, over the turn of the year too
    CHECK(days_of(calendar, "2026-03-02") == "2026-03-02 2026-03-09");
    CHECK(days_of(calendar, "2026-03-08") == "2026-03-02 2026-03-09");
    CHECK(days_of(calendar, "2026-01-01") == "2025-12-29 2026-01-05");
    calendar.every = "day";
    CHECK(days_of(calendar, "2026-03-08") == "2026-03-08 2026-03-09");
    for (const char* wrong : {"", "2026-13", "2026-00", "2026-Q5", "2026-Q0", "march", "2026-3", "2026-02-30", "26",
                              "2026-03-31..2026-03-01", "2026-03-01..", "..", "2026-03-011"}) {
        INFO(wrong);
        CHECK(days_of(own, wrong) == "report.bad_period");
    }
}

TEST_CASE("papers: what is kept ends with its last day, or never") {
    CHECK(kept("permanent", "2026-03-02T10:00") == "for ever");
    CHECK(kept("10 years", "2026-03-02T10:00") == "2036-03-03T00:00");
    CHECK(kept("30 years", "2026-03-02T10:00") == "2056-03-03T00:00");
    CHECK(kept("30 years", "2028-02-29T10:00") == "2058-03-01T00:00");
    CHECK(kept("6 months", "2026-08-31T23:59") == "2027-03-01T00:00");
}

TEST_CASE("papers: a column, a measure, a division and an attachment name what there is") {
    CHECK(says(R"({"register": [{"key": "customer_nmae", "title": "客户"}]})").find("did you mean \"customer_name\"") !=
          std::string::npos);
    CHECK(
        says(
            R"({"register": [{"key": "own", "title": "自己的", "event": "ticket.replied", "shows": "date"}, {"key": "complaint_category", "title": "投诉类型"}]})")
            .empty());
    CHECK(
        says(R"({"register": [{"key": "own", "title": "自己的", "event": "ticket.repled"}]})").find("unknown event") !=
        std::string::npos);
    CHECK(says(R"({"register": [{"key": "signature", "title": "签名", "shows": "blank"}]})").empty());
    CHECK(
        says(R"({"register": [{"key": "signature", "title": "签名", "shows": "date"}]})").find("write the \"event\"") !=
        std::string::npos);
    const auto report = [](const std::string& more) {
        return says(R"({"reports": [{"name": "monthly", "clause": "example/1", )" + more + "}]}");
    };
    CHECK(report(R"("measures": ["count", "timelines"])").find("did you mean \"timeliness\"") != std::string::npos);
    CHECK(report(R"("measures": ["people"])").empty());  // a fact that is a number is added up
    CHECK(report(R"("by": ["catgory"])").find("did you mean \"category\"") != std::string::npos);
    CHECK(report(R"("attaches": ["ledger"])").find("unknown register") != std::string::npos);
    CHECK(report(R"("measures": ["count"], "by": ["unit"], "ranked_by": "points")").find("unknown measure") !=
          std::string::npos);
    CHECK(report(R"("measures": ["count"], "ranked_by": "count")").find("nothing to rank") != std::string::npos);
    CHECK(says(R"({"retention": [{"what": "case", "keep": "permanent", "filed_by": "shelf", "clause": "example/1"}]})")
              .find("unknown file") != std::string::npos);
}
