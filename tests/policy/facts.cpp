// Facts by name: each once, found and compared in whatever order they became
// known.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/scarce_memory.h"
#include "workflow/engine/simulate/random.h"
#include "workflow/policy/fact.h"

using namespace huiyin;

TEST_CASE("facts: what a map does, in the order of coming") {
    Facts facts{{"kind", "complaint"}, {"people", std::int64_t{3}}};
    CHECK(facts.size() == 2);
    facts["kind"] = std::string("demand");
    facts["media"] = true;
    CHECK(facts.size() == 3);
    CHECK(facts.find("kind")->second == Fact(std::string("demand")));
    CHECK(facts.find("kin") == facts.end());
    CHECK(facts.count(std::string("media")) == 1);
    CHECK(facts.begin()->first == "kind");
    CHECK(facts.erase("people") == 1);
    CHECK(facts.erase("people") == 0);
    CHECK(to_json(facts) == Json{{"kind", "demand"}, {"media", true}});
    CHECK_THROWS_AS(facts.at("people"), std::out_of_range);
    CHECK(facts.at("media") == Fact(true));
    facts.clear();
    CHECK(facts.empty());
}

TEST_CASE("facts: equal in whatever order, and not else") {
    const Facts one{{"a", true}, {"b", std::int64_t{1}}}, other{{"b", std::int64_t{1}}, {"a", true}};
    CHECK(one == other);
    CHECK_FALSE(one == Facts{{"a", true}, {"b", std::int64_t{2}}});
    CHECK_FALSE(one == Facts{{"a", true}, {"c", std::int64_t{1}}});
    CHECK_FALSE(one == Facts{{"a", true}});
    CHECK(Facts{{"a", true}, {"a", false}} == Facts{{"a", true}});
}

TEST_CASE("facts: names that look alike are told apart, as a map tells them") {
    Random random(4);
    Facts facts;
    std::map<std::string, Fact, std::less<>> map;
    for (int i = 0; i < 4000; ++i) {
        std::string name;
        for (auto left = random.below(12); left >= 0; --left) name += random.chance(50) ? "a" : "ab";
        if (random.chance(20)) {
            CHECK(facts.erase(name) == map.erase(name));
        } else {
            facts[name] = std::int64_t{i};
            map[name] = std::int64_t{i};
        }
        const auto found = map.find(name);
        CHECK((found == map.end()) == (facts.find(name) == facts.end()));
        if (found != map.end()) CHECK(facts.at(name) == found->second);
    }
    CHECK(facts.size() == map.size());
}

TEST_CASE("facts: written over those of the time before they are what is written, and nothing else") {
    Random random(9);
    const std::vector<std::string> names{"kind", "category", "level", "state", "phase", "people", "contacts", "media"};
    Facts facts;
    for (int round = 0; round < 2000; ++round) {
        Facts expected;
        FactWriter writer(facts);
        for (const auto& name : names) {
            if (random.chance(30)) continue;
            if (random.chance(50)) {
                writer.put(name, std::to_string(round));
                expected[name] = std::to_string(round);
            } else {
                writer.put(name, std::int64_t{round});
                expected[name] = std::int64_t{round};
            }
        }
        if (random.chance(50)) {
            writer.list("flags", 2) = {"media", std::to_string(round)};
            expected["flags"] = std::vector<std::string>{"media", std::to_string(round)};
        }
        for (const auto& name : names) {
            if (random.chance(50)) continue;
            writer.put_if_new(name, Fact(std::int64_t{-2}));
            if (expected.count(name) == 0) expected[name] = std::int64_t{-2};
        }
        writer.finish();
        CHECK(facts == expected);
        // What is put beside them is gone the next time, though it has the name of one that was not written now.
        for (const auto& name : names)
            if (facts.count(name) == 0 && random.chance(50)) facts.add(name, std::int64_t{-1});
    }
}

TEST_CASE("facts: without memory for a new one they stay whole, and can be written over") {
    const auto whole = [](const Facts& facts) {
        return std::all_of(facts.begin(), facts.end(), [&](const auto& each) {
            return facts.find(each.first) != facts.end() && facts.find(each.first)->first == each.first;
        });
    };
    Facts facts;
    const auto write = [&] {
        FactWriter writer(facts);
        writer.put("a name that needs memory of its own", std::string("and a value that needs some, too"));
        writer.put("another name that needs memory", std::int64_t{2});
        writer.put("and a third, so that room is made again", true);
        writer.finish();
    };
    int wishes = 0;
    while (scarce::refused(wishes, write)) {
        REQUIRE(whole(facts));
        ++wishes;
    }
    CHECK(wishes > 3);
    CHECK(facts.size() == 3);

    Facts one{{"media", true}};
    wishes = 0;
    while (scarce::refused(wishes, [&] { one["a name that needs memory of its own"] = true; })) {
        REQUIRE(whole(one));
        REQUIRE(one.count("media") == 1);
        ++wishes;
    }
    CHECK(wishes > 0);
    CHECK(one.size() == 2);
}
