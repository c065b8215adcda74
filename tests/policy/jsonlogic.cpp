#include "workflow/policy/jsonlogic.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/tally.h"

using namespace huiyin;

namespace {

// {"result":…} or {"error":{"type":…}}, as the suites write it.
Json outcome(const Json& rule, const Json& data) {
    const auto answer = evaluate(rule, data);
    if (answer) return {{"result", *answer}};
    return {{"error", {{"type", answer.problem().text}}}};
}

Json parsed(const char* text) { return *parse_json(text); }

}  // namespace

TEST_CASE("the community's JsonLogic suites, every case of every file") {
    const char* conformance = std::getenv("HUIYIN_CONFORMANCE");
    if (!conformance) {
        skip_test("set HUIYIN_CONFORMANCE to the folder that holds jsonlogic/index.json");
        return;
    }
    const std::string folder = std::string(conformance) + "/jsonlogic/";
    const auto index = read_json_file(folder + "index.json");
    REQUIRE(index);
    int cases = 0;
    for (const auto& file : *index) {
        const auto suite = read_json_file(folder + file.get<std::string>());
        REQUIRE(suite);
        for (const auto& item : *suite) {
            if (!item.is_object()) continue;
            ++cases;
            const Json data = item.contains("data") ? item["data"] : Json{};
            const Json expected =
                item.contains("error") ? Json{{"error", item["error"]}} : Json{{"result", item["result"]}};
            CAPTURE(file, to_text(item));
            CHECK(to_text(outcome(item["rule"], data)) == to_text(expected));
        }
    }
    CHECK(cases > 1000);
}

TEST_CASE("a rule of the pack on facts, one known and one not") {
    const Json rule = parsed(R"({"and":[{"==":[{"var":"overdue"},true]},{"!=":[{"var":"consent"},"agreed"]}]})");
    CHECK(outcome(rule, {{"overdue", true}}) == Json{{"result", true}});
    CHECK(outcome(rule, {{"overdue", true}, {"consent", "agreed"}}) == Json{{"result", false}});
    CHECK(outcome(rule, {{"overdue", true}, {"consent", "small_gap"}}) == Json{{"result", true}});
    CHECK(outcome(rule, Json::object()) == Json{{"result", false}});
    const Json amount = parsed(R"({">=":[{"var":"amount_yuan"},2000]})");
    CHECK(outcome(amount, {{"amount_yuan", 2000}}) == Json{{"result", true}});
    CHECK(outcome(amount, {{"amount_yuan", 1999.99}}) == Json{{"result", false}});
    CHECK(outcome(amount, Json::object()) == Json{{"result", false}});
    CHECK(outcome(parsed(R"({"in":["emergency",{"var":"flags"}]})"), Json::object()) == Json{{"result", false}});
}

TEST_CASE("Chinese texts are cut by characters, not bytes") {
    CHECK(outcome(parsed(R"({"substr":["卫生间漏水",-2]})"), nullptr) == Json{{"result", "漏水"}});
    CHECK(outcome(parsed(R"({"in":["漏水","卫生间漏水"]})"), nullptr) == Json{{"result", true}});
}

TEST_CASE("a rule that runs too deep or too long is stopped, and try does not catch that") {
    Json deep = true;
    for (int i = 0; i < 1000; ++i) {
        Json outer;
        outer["!"] = Json::array({std::move(deep)});
        deep = std::move(outer);
    }
    CHECK(evaluate(deep, nullptr).problem().code == "rule.too_long");
    // Each step doubles a text: 2^60 characters if nobody stopped it.
    Json sixty = Json::array();
    for (int i = 0; i < 60; ++i) sixty.push_back(i);
    const Json doubling = {{"reduce", {sixty, {{"cat", {{{"var", "accumulator"}}, {{"var", "accumulator"}}}}}, "ab"}}};
    CHECK(evaluate({{"try", {doubling, 1}}}, nullptr).problem().code == "rule.too_long");
    Json many = Json::array();
    for (int i = 0; i < 400; ++i) many.push_back(i);
    const Json squares = {{"map", {many, {{"map", {many, {{"var", ""}}}}}}}};
    CHECK(evaluate(squares, nullptr).problem().code == "rule.too_long");
    CHECK(evaluate(squares, nullptr, {.depth = 100, .steps = 10'000'000}));
}

TEST_CASE("an unknown operator is an error of its own, two keys are data") {
    CHECK(outcome(parsed(R"({"frobnicate":[1]})"), nullptr) == parsed(R"({"error":{"type":"Unknown Operator"}})"));
    CHECK(outcome(parsed(R"({"a":1,"b":2})"), nullptr) == parsed(R"({"result":{"a":1,"b":2}})"));
}

TEST_CASE("what a rule looks at is found without running it") {
    const auto use = rule_use(parsed(
        R"({"and":[{"var":"kind"},{">":[{"var":["amount_yuan",0]},5]},{"some":[{"var":"flags"},{"==":[{"var":""},"x"]}]},
            {"val":["given","answer"]},{"wrong":[1]},{"missing":["media"]}]})"));
    CHECK(use.facts == std::vector<std::string>{"kind", "amount_yuan", "flags", "given.answer", "media"});
    CHECK(use.unknown_operators == std::vector<std::string>{"wrong"});
}
