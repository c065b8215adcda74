// English, and Chinese of Taiwan, as residents write it: acts, dangers, what only sounds like one, and facts.
#include <catch2/catch.hpp>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/understanding/builtin.h"

using namespace huiyin;
using huiyin::test::builtin;

namespace {

Understood read(const std::string& text) {
    return builtin().understand(text, *parse_rfc3339("2026-11-26T09:00:00+08:00"), {});
}

std::vector<std::pair<std::string, std::string>> rows(const char* name) {
    std::ifstream file(std::string(HUIYIN_SOURCE "/tests/understanding/") + name);
    std::vector<std::pair<std::string, std::string>> all;
    for (std::string line; std::getline(file, line);) {
        const auto tab = line.find('\t');
        if (line.empty() || line[0] == '#' || tab == std::string::npos) continue;
        all.emplace_back(line.substr(0, tab), line.substr(tab + 1));
    }
    return all;
}

// "hand_over", or with its value: "rating:5".
bool has_meaning(const Understood& understood, const std::string& wanted) {
    const auto colon = wanted.find(':');
    for (const auto& meaning : understood.meanings)
        if (to_text(meaning.kind) == wanted.substr(0, colon) &&
            (colon == std::string::npos || meaning.value == wanted.substr(colon + 1)))
            return true;
    return false;
}

}  // namespace

TEST_CASE("english: answers and wishes are heard") {
    const auto all = rows("english_acts.tsv");
    REQUIRE(all.size() >= 140);
    for (const auto& [wanted, text] : all) {
        CAPTURE(text, wanted);
        CHECK(has_meaning(read(text), wanted));
    }
}

TEST_CASE("english: a danger is heard, and what only sounds like one is none") {
    const auto all = rows("english_dangers.tsv");
    REQUIRE(all.size() >= 95);
    for (const auto& [wanted, text] : all) {
        CAPTURE(text);
        const auto understood = read(text);
        CHECK((understood.emergency ? std::string(to_text(*understood.emergency)) : std::string("-")) == wanted);
    }
}

TEST_CASE("taiwan: dangers, matters and acts are heard as they are written there") {
    const auto all = rows("taiwanese.tsv");
    REQUIRE(all.size() >= 55);
    for (const auto& [wanted, text] : all) {
        CAPTURE(text, wanted);
        const auto understood = read(text);
        const auto what = wanted.substr(2);
        if (wanted[0] == 'E') {
            CHECK((understood.emergency ? std::string(to_text(*understood.emergency)) : std::string("-")) == what);
        } else if (wanted[0] == 'K') {
            CHECK_FALSE(understood.emergency);
            CHECK(understood.category == what.substr(what.find('/') + 1));
        } else {
            CHECK(has_meaning(understood, what));
        }
    }
}

TEST_CASE("english: a consent with a but is none, and what is not mended is not mended") {
    for (const char* text : {"ok but the light has to be fixed too", "I agree, but only if you repaint it"}) {
        CAPTURE(text);
        CHECK(read(text).means(MeaningKind::partial_consent));
        CHECK_FALSE(read(text).means(MeaningKind::agree_proposal));
    }
    for (const char* text : {"it's still not fixed", "no, it isn't fixed", "not completely fixed"}) {
        CAPTURE(text);
        CHECK_FALSE(read(text).means(MeaningKind::fixed_yes));
    }
}

TEST_CASE("english: places, times and phones") {
    const auto told = read("Building 3, Unit 2, Room 501, water leaking since yesterday 8pm, call me on 13812345678");
    CHECK(told.slots.building == "3");
    CHECK(told.slots.unit == "2");
    CHECK(told.slots.room == "501");
    CHECK(told.slots.phone == "13812345678");
    REQUIRE(told.slots.occurred_at);
    CHECK(to_rfc3339(*told.slots.occurred_at) == "2026-11-25T20:00:00+08:00");
    // A Thursday, nine in the morning.
    const auto when = [](const char* text) {
        const auto slots = read(text).slots;
        return slots.occurred_at ? to_rfc3339(*slots.occurred_at).substr(0, 16) : std::string("-");
    };
    CHECK(when("the lift broke two days ago") == "2026-11-24T00:00");
    CHECK(when("it stopped 3 hours ago") == "2026-11-26T06:00");
    CHECK(when("it happened last Tuesday at 9 in the evening") == "2026-11-24T21:00");
    CHECK(when("no hot water since Monday") == "2026-11-23T00:00");
    CHECK(when("it broke yesterday at 9:30 pm") == "2026-11-25T21:30");
    CHECK(when("the door was broken on March 1st") == "2026-03-01T00:00");
    CHECK(when("the light has been out since 24 December") == "2025-12-24T00:00");
    CHECK(when("please come on Monday, the lift is broken") == "-");
    CHECK(when("it may rain in 3 days") == "-");
    CHECK(read("the light has been out for three days").slots.duration == "three days");
    CHECK(read("Block 3").slots.building == "3");
    CHECK(read("bldg 12 unit 1 room 102").slots.room == "102");
    CHECK(read("I'm in Tower B").slots.building == "B");
    CHECK_FALSE(read("yes please").slots.wish);
    CHECK_FALSE(read("I want to complain").slots.wish);
    CHECK(read("The lift is broken, please send someone to repair it").slots.wish ==
          "please send someone to repair it");
    CHECK_FALSE(read("0912345678").emergency);
}
