// Which facts change without an event of the case: what is worked out of one of them does, too.
#include "workflow/policy/moving.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "workflow/policy/pack.h"

using namespace huiyin;

namespace {

Policy shipped(const std::string& id) {
    const auto templates = std::string(HUIYIN_SOURCE) + "/templates";
    auto policy = load_policy(templates + "/policies/" + id + ".json", templates);
    REQUIRE(policy);
    return std::move(*policy);
}

bool looks(const char* rule) {
    static const std::set<std::string, std::less<>> names{"working_time", "age"};
    return looks_at(rule_of(Json::parse(rule)), names);
}

}  // namespace

TEST_CASE(
    "a rule looks at a moving fact wherever it names it, and when it "
    "works the name out") {
    CHECK(looks(R"({"var": "working_time"})"));
    CHECK(looks(R"({"var": ["age", 3]})"));
    CHECK(looks(R"({"and": [{"==": [{"var": "kind"}, "x"]}, {"!": [{"var": "age"}]}]})"));
    CHECK(looks(R"({"missing": ["kind", "age"]})"));
    CHECK(looks(R"({"val": ["age"]})"));
    CHECK(looks(R"({"some": [{"var": "flags"}, {"==": [{"var": ""}, {"var": "age"}]}]})"));
    CHECK(looks(R"({"var": {"cat": ["a", "ge"]}})"));
    CHECK(looks(R"({"!!": [{"var": ""}]})"));  // all facts
    CHECK_FALSE(looks(R"({"var": "kind"})"));
    CHECK_FALSE(looks(R"({"some": [{"var": "flags"}, {"==": [{"var": ""}, "media"]}]})"));
    CHECK_FALSE(looks(R"({"==": [{"var": "event.to"}, "closed"]})"));
    CHECK_FALSE(looks(R"({"in": [{"var": "cause"}, [null, "own"]]})"));
    CHECK_FALSE(looks_at(Rule{}, {"age"}));
}

TEST_CASE(
    "what counts other cases, or the time that goes by, moves; what is "
    "between two moments stands") {
    const auto relay = moving_facts(shipped("property-relay"), true);
    CHECK(relay.names.contains("office_points"));
    CHECK_FALSE(relay.names.contains("points"));
    const auto telecom = moving_facts(shipped("telecom-regulator"), true);
    CHECK(telecom.names.contains("operator_time_over"));
    CHECK_FALSE(telecom.names.contains("older_than_5_months"));
    const auto group = moving_facts(shipped("property-group"), true);
    CHECK(group.names ==
          std::set<std::string, std::less<>>{"working_time", "days_since_resolved", "days_since_closed"});
    CHECK_FALSE(group.limits);
}

TEST_CASE(
    "what a case came in by stands when it has a talk of its own, with "
    "all that is worked out of it") {
    const auto dealer = shipped("car-dealer-ladder");
    CHECK(moving_facts(dealer, false).names.contains("special_source"));
    CHECK_FALSE(moving_facts(dealer, true).names.contains("special_source"));
    CHECK(moving_facts(dealer, true).names.contains("car_is_late"));  // it waits longer day by day
}

TEST_CASE("limits move where one of them looks at what moves") {
    auto policy = shipped("property-group");
    CHECK_FALSE(moving_facts(policy, true).limits);
    policy.deadlines.front().exempt = rule_of(Json::parse(R"({"var": "working_time"})"));
    CHECK(moving_facts(policy, true).limits);
}
