// The reference page of the pack language: every example on it is put into a small pack, read and checked.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/policy/small_pack.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

const std::string source = HUIYIN_SOURCE;

struct Example {
    std::string heading;
    Json json;
};
std::vector<Example> examples() {
    std::ifstream file{source + "/workflow/policy/language.md"};
    std::vector<Example> list;
    std::string heading, block;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line.rfind("## ", 0) == 0) heading = line.substr(3);
        if (line == "```json") {
            inside = true;
            block.clear();
        } else if (line == "```" && inside) {
            inside = false;
            const auto json = parse_json(block);
            CAPTURE(heading, block);
            REQUIRE(json);
            list.push_back({heading, *json});
        } else if (inside) {
            block += line + "\n";
        }
    }
    return list;
}

std::string complaints_about(const Json& more) {
    PhraseKeys phrases;
    const auto texts = read_json_file(source + "/templates/phrases/zh-CN.json");
    for (const auto& [key, unused] : texts->items()) phrases["zh-CN"].push_back(key);
    phrases["zh-CN"].push_back("customer.resolved");
    return lines_of(loaded_from_file(put_into_small_pack(more), phrases).findings);
}

}  // namespace

TEST_CASE("the small pack that the examples are put into is sound") { CHECK(complaints_about(Json::object()) == ""); }

TEST_CASE("every example of the language reference is read and checked without a finding") {
    const auto list = examples();
    CHECK(list.size() >= 15);
    for (const auto& example : list) {
        CAPTURE(example.heading, example.json.dump());
        CHECK(complaints_about(example.json) == "");
    }
}

TEST_CASE("the reference shows every part of a pack and every effect") {
    std::ifstream file{source + "/workflow/policy/language.md"};
    std::stringstream text;
    text << file.rdbuf();
    std::set<std::string> shown;
    for (const auto& example : examples())
        for (const auto& [key, unused] : example.json.items()) shown.insert(key);
    const auto schema = read_json_file(source + "/workflow/policy/pack.schema.json");
    REQUIRE(schema);
    // What the model pack shows.
    const std::set<std::string> elsewhere{"$schema",  "extends", "id",          "title",   "version", "zone",
                                          "holidays", "hours",   "accept_role", "roles",   "kinds",   "levels",
                                          "states",   "reasons", "reopen_days", "register"};
    for (const auto& [key, unused] : schema->at("else").at("properties").items())
        if (elsewhere.count(key) == 0) {
            CAPTURE(key);
            CHECK(shown.count(key) == 1);
        }
    for (const auto& effect : known_effects()) {
        CAPTURE(effect.name);
        CHECK(text.str().find(effect.name) != std::string::npos);
    }
}
