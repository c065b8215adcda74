// Due times with their derivations, each small enough to be checked by hand (cases.json; make_cases.py says how they
// were found).
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "workflow/policy/calendar.h"

using namespace huiyin;
using namespace std::chrono;

namespace {

const Json& file() {
    static const Json json = *read_json_file(std::string(HUIYIN_SOURCE) + "/tests/calendar/cases.json");
    return json;
}

const Calendar& calendar_of(const Json& each) {
    static std::map<std::string, Calendar> known;
    const auto name = [&](const char* key) { return each[key].get<std::string>(); };
    const std::string key = name("zone") + "|" + name("hours") + "|" + name("holidays");
    if (const auto found = known.find(key); found != known.end()) return found->second;
    std::vector<Finding> findings;
    Calendar calendar{*Zone::named(name("zone")), read_hours(file()["hours"][name("hours")], "/hours", findings)};
    REQUIRE(findings.empty());
    if (name("holidays") == "cn")
        REQUIRE(calendar.add_holiday_folder(std::string(HUIYIN_SOURCE) + "/templates/holidays-cn"));
    return known.emplace(key, std::move(calendar)).first->second;
}

TimePoint at(const Json& text) {
    const auto parsed = parse_rfc3339(text.get<std::string>());
    REQUIRE(parsed);
    return *parsed;
}

// What was counted: dates of a count in days, else moments; what joins on is one stretch.
Json counted(const Derivation& derivation, const Zone& zone) {
    std::vector<std::pair<TimePoint, TimePoint>> times;
    std::vector<std::pair<local_days, local_days>> dates;
    for (const auto& segment : derivation.segments) {
        if (segment.reason != SegmentReason::counted) continue;
        if (segment.number > 0) {
            const auto day = zone.to_local(segment.from).day;
            if (!dates.empty() && dates.back().second + days{1} == day)
                dates.back().second = day;
            else
                dates.emplace_back(day, day);
        } else if (!times.empty() && times.back().second == segment.from) {
            times.back().second = segment.until;
        } else {
            times.emplace_back(segment.from, segment.until);
        }
    }
    Json list = Json::array();
    for (const auto& [from, until] : dates)
        list.push_back(from == until ? to_date(from) : to_date(from) + " .. " + to_date(until));
    for (const auto& [from, until] : times) list.push_back(to_rfc3339(from, zone) + " .. " + to_rfc3339(until, zone));
    return list;
}

Json skipped(const Derivation& derivation, const Calendar& calendar) {
    Json list = Json::array();
    for (auto& segment : to_json(derivation, calendar)) {
        if (segment["counted"] == true) continue;
        segment.erase("counted");
        const bool joins = !list.empty() && list.back()["until"] == segment["from"] &&
                           list.back()["reason"] == segment["reason"] &&
                           list.back().value("name", "") == segment.value("name", "");
        if (joins)
            list.back()["until"] = segment["until"];
        else
            list.push_back(segment);
    }
    return list;
}

}  // namespace

TEST_CASE("due times and their derivations, five hundred of them") {
    const auto& cases = file()["cases"];
    CHECK(cases.size() >= 500);
    for (const auto& each : cases) {
        const Calendar& calendar = calendar_of(each);
        const auto span = parse_span(each["span"].get<std::string>());
        REQUIRE(span);
        std::vector<Pause> pauses;
        for (const auto& pause : each.value("pauses", Json::array())) pauses.push_back({at(pause[0]), at(pause[1])});
        const auto first = each["first_day"] == "counted" ? FirstDay::counted : FirstDay::not_counted;
        const auto derivation = calendar.add(at(each["start"]), *span, first, pauses);
        CAPTURE(each.dump());
        CHECK(Json(to_rfc3339(derivation.due, calendar.zone())) == each["due"]);
        CHECK(counted(derivation, calendar.zone()) == each["counted"]);
        CHECK(skipped(derivation, calendar) == each["skipped"]);
        const auto text = to_chinese(derivation, calendar);
        CHECK(text.find("；最晚") != std::string::npos);
    }
}
