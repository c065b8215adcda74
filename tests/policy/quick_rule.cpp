// Rules made ready say what the full evaluator says: on random rules over random facts, whenever they say anything.
#include "workflow/policy/quick_rule.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "workflow/policy/jsonlogic.h"
#include "workflow/policy/pack.h"

using namespace huiyin;

namespace {

class Maker {
public:
    explicit Maker(unsigned seed) : random_(seed) {}

    Facts facts() {
        Facts made;
        for (const char* name : {"a", "b", "c", "d"}) {
            if (chance(25)) continue;
            made[name] = fact();
        }
        return made;
    }
    Json rule(int depth) {
        if (depth == 0 || chance(15)) return operand();
        switch (pick(9)) {
            case 0:
                return {{"and", several(depth)}};
            case 1:
                return {{"or", several(depth)}};
            case 2:
                return {{chance(50) ? "!" : "!!", Json::array({rule(depth - 1)})}};
            case 3:
                return {{"in", {operand(), chance(50) ? Json::array({"x", "agreed", 2, true, nullptr}) : name()}}};
            case 4:
                return {{"if", {rule(depth - 1), true, false}}};  // more than the everyday part
            default:
                static const std::vector<const char*> names{"==", "!=", "===", "!==", "<", "<=", ">", ">="};
                return {{names[static_cast<std::size_t>(pick(8))], {operand(), operand()}}};
        }
    }

private:
    int pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
    bool chance(int percent) { return pick(100) < percent; }
    Fact fact() {
        static const std::vector<std::string> words{"", "x", "agreed", "2", " 2 ", "Infinity", "总部", "-"};
        switch (pick(5)) {
            case 0:
                return chance(50);
            case 1:
                return static_cast<std::int64_t>(pick(4) - 1);
            case 2:
                return pick(8) / 2.0;
            case 3:
                return words[static_cast<std::size_t>(pick(8))];
            default:
                return chance(30) ? std::vector<std::string>{} : std::vector<std::string>{"x", "agreed"};
        }
    }
    Json name() {
        static const std::vector<const char*> names{"a", "b", "c", "d", "given.a", "event.b", "given.c", "e"};
        return {{"var", names[static_cast<std::size_t>(pick(8))]}};
    }
    Json operand() {
        static const std::vector<Json> literals{nullptr, true, false, 0, 1, 2, 2.5, "", "x", "agreed", "2", "总部"};
        return chance(60) ? name() : literals[static_cast<std::size_t>(pick(12))];
    }
    Json several(int depth) {
        auto list = Json::array();
        for (int i = 1 + pick(3); i > 0; --i) list.push_back(rule(depth - 1));
        return list;
    }
    std::mt19937 random_;
};

Json seen(const Facts& facts, const Facts& given, const Facts& event) {
    auto data = to_json(facts);
    data["given"] = to_json(given);
    data["event"] = to_json(event);
    return data;
}

bool fully(const Json& logic, const Json& data) {
    const auto answer = evaluate(logic, data);
    return answer && is_truthy(*answer);
}

}  // namespace

TEST_CASE("a rule made ready never says what the full evaluator does not say") {
    int ready = 0, sure = 0, held = 0;
    for (unsigned seed = 1; seed <= 60'000; ++seed) {
        Maker maker(seed);
        const auto logic = maker.rule(3);
        const auto quick = QuickRule::made_of(logic);
        if (!quick) continue;
        ++ready;
        const auto facts = maker.facts(), given = maker.facts(), event = maker.facts();
        const auto said = quick->holds(facts, given, event);
        if (!said) continue;
        ++sure;
        held += *said ? 1 : 0;
        const auto full = fully(logic, seen(facts, given, event));
        if (*said != full) {
            CAPTURE(seed, logic.dump(), seen(facts, given, event).dump(), *said);
            REQUIRE(*said == full);
        }
    }
    CHECK(ready > 20'000);
    CHECK(sure > 10'000);
    CHECK(held > 2'000);
    CHECK(held < sure - 2'000);
}

TEST_CASE("nearly every rule of property-group is made ready") {
    const auto policy =
        load_policy(HUIYIN_SOURCE "/templates/policies/property-group.json", HUIYIN_SOURCE "/templates");
    REQUIRE(policy);
    int rules = 0, ready = 0;
    for (const auto& move : policy->moves) {
        if (!move.when) continue;
        ++rules;
        ready += move.when.quick ? 1 : 0;
    }
    CHECK(rules > 20);
    CHECK(ready == rules);
}
