// What property-group keeps, reports and has to do by the calendar, as its rules print it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <stdexcept>

#include "workflow/policy/pack.h"

using namespace huiyin;

namespace {

const Policy& group() {
    static const std::string templates = std::string(HUIYIN_SOURCE) + "/templates";
    static const Policy policy = load_policy(templates + "/policies/property-group.json", templates).value();
    return policy;
}

const Report& report(const std::string& name) {
    const auto found = std::find_if(group().reports.begin(), group().reports.end(),
                                    [&](const Report& each) { return each.name == name; });
    if (found == group().reports.end()) throw std::runtime_error("no report " + name);
    return *found;
}

using Names = std::vector<std::string>;

// "2026-02-28 project_centre property-group/17": when a duty comes round after the last day of January, and for whom.
std::string comes(const std::string& name) {
    for (const auto& duty : group().duties) {
        if (duty.name != name) continue;
        const auto after = Zone{}.from_local({*parse_date("2026-01-31"), *parse_clock("12:00")});
        const auto next = next_occurrence(duty, group().calendar, after);
        return next ? to_date(next->day) + " " + duty.role + " " + duty.clause : "never";
    }
    return "no such duty";
}

}  // namespace

TEST_CASE("property-group: records are kept for ever, one file a household or in the folder") {
    Names kept;
    for (const auto& each : group().retention) kept.push_back(each.keep + " " + each.filed_by);
    CHECK(kept == Names{"permanent household", "permanent folder", "permanent "});
}

TEST_CASE("property-group: what is counted, by what, and who gets it on which day") {
    const auto& monthly = report("monthly");
    CHECK(monthly.from_day == 25);
    CHECK(monthly.to_day == 24);
    CHECK(monthly.due_day == 25);
    CHECK(monthly.due_to == "project_centre");
    CHECK(monthly.measures == Names{"count", "timeliness", "revisits", "in_person", "satisfaction"});
    CHECK(monthly.by == Names{"kind", "category"});
    CHECK(monthly.attaches == Names{"register"});
    REQUIRE(monthly.receivers.size() == 1);
    CHECK(monthly.receivers[0].role == "quality_centre");
    CHECK(monthly.receivers[0].due_day == 28);
    CHECK(report("consolidated").due_day == 28);
    CHECK(report("quarterly").every == "quarter");
    CHECK(report("developer").where);
}

TEST_CASE("property-group: the 25th, the 28th, the 5th, and the 5th of a quarter") {
    CHECK(comes("monthly") == "2026-02-25 centre_manager property-group/17");
    CHECK(comes("consolidated") == "2026-02-28 project_centre property-group/17");
    CHECK(comes("quality_monthly") == "2026-02-05 quality_centre property-group/17-quality");
    CHECK(comes("quarterly") == "2026-04-05 quality_centre property-group/17-quality");
}

TEST_CASE("property-group: nothing is refused, and two thousand yuan is where the centre's own say ends") {
    CHECK(group().admission.refusal_forbidden);
    std::set<std::string> may;
    for (const auto& each : group().authority)
        if (each.at_most >= 2000) may.insert(each.role);
    CHECK(may == std::set<std::string>{"project_centre"});
    const Facts complaint{{"kind", std::string("complaint")}, {"level", std::string("general")}};
    const auto asks = [&](const char* role, double yuan) {
        return judge_authority(group(), {role}, complaint, {{"amount_yuan", yuan}}).over;
    };
    CHECK_FALSE(asks("engineering", 1999.99));
    CHECK(asks("engineering", 2000));
    CHECK(asks("centre_manager", 2000));
    CHECK_FALSE(asks("project_centre", 2000));
}
