#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"

using namespace huiyin;
using Findings = std::vector<Finding>;

TEST_CASE("a reader gives what stands there and finds nothing wrong with it") {
    const Json json{{"name", "项目"},  {"count", 3},         {"open", true},  {"words", {"a", "b"}},
                    {"kind", "major"}, {"more", {{"x", 1}}}, {"any", nullptr}};
    Findings findings;
    Reader read(json, "/units/0", findings);
    CHECK(read.has("name"));
    CHECK_FALSE(read.has("nothing"));
    CHECK(read.text("name") == "项目");
    CHECK(read.integer("count") == 3);
    CHECK(read.boolean_or("open", false));
    CHECK(read.texts_or_none("words") == std::vector<std::string>{"a", "b"});
    CHECK(read.list_or_none("words")->size() == 2);
    CHECK(read.one_of("kind", {"general", "major"}) == "major");
    CHECK(read.object_or_none("more")->at("x") == 1);
    CHECK(read.child("more").integer("x") == 1);
    CHECK(read.any_or_none("any") == nullptr);  // null is the same as absent
    CHECK(read.text_or("absent", "standard") == "standard");
    CHECK(read.integer_or("absent", 9) == 9);
    CHECK_FALSE(read.boolean_or("absent", false));
    CHECK(read.texts_or_none("absent").empty());
    CHECK(read.list_or_none("absent") == nullptr);
    CHECK(read.object_or_none("absent") == nullptr);
    CHECK(read.one_of("absent", {"a", "b"}, "a") == "a");
    read.finish();
    CHECK(findings == Findings{});
}

TEST_CASE("all that is wrong is found at once, each with its pointer") {
    const Json json{{"name", 7},      {"count", "drei"}, {"open", "yes"}, {"words", {"a", 2}},
                    {"kind", "huge"}, {"more", {1}},     {"list", "x"}};
    Findings findings;
    Reader read(json, "/deadlines/2", findings);
    CHECK(read.text("name").empty());
    CHECK(read.text("absent").empty());
    CHECK(read.text_or("name", "standard") == "standard");
    CHECK(read.integer("count") == 0);
    CHECK(read.integer("absent") == 0);
    CHECK(read.boolean_or("open", true));
    CHECK(read.texts_or_none("words") == std::vector<std::string>{"a"});
    CHECK(read.one_of("kind", {"general", "major"}).empty());
    CHECK(read.one_of("kind", {"general", "major"}, "general") == "general");
    CHECK(read.object_or_none("more") == nullptr);
    CHECK(read.list_or_none("list") == nullptr);
    read.wrong("count", "mine");
    CHECK(findings == Findings{{"/deadlines/2/name", "this is a number: write a text"},
                               {"/deadlines/2/absent", "missing: write a text"},
                               {"/deadlines/2/name", "this is a number: write a text"},
                               {"/deadlines/2/count", "this is a text: write a whole number"},
                               {"/deadlines/2/absent", "missing: write a whole number"},
                               {"/deadlines/2/open", "this is a text: write true or false"},
                               {"/deadlines/2/words/1", "this is a number: write a text"},
                               {"/deadlines/2/kind", "unknown word \"huge\": write one of general, major"},
                               {"/deadlines/2/kind", "unknown word \"huge\": write one of general, major"},
                               {"/deadlines/2/more", "this is a list: write an object {…}"},
                               {"/deadlines/2/list", "this is a text: write a list […]"},
                               {"/deadlines/2/count", "mine"}});
}

TEST_CASE("an empty word is no allowed word") {
    const Json json{{"kind", ""}};
    Findings findings;
    Reader read(json, "", findings);
    CHECK(read.one_of("kind", {"general", "major"}).empty());
    CHECK(read.one_of("kind", {"general", "major"}, "general") == "general");
    CHECK(findings == Findings(2, {"/kind", "unknown word \"\": write one of general, major"}));
    CHECK(read.one_of("absent", {"general"}).empty());
    CHECK(findings.back() == Finding{"/absent", "missing: write a text"});
}

TEST_CASE("a number that is not whole, or beyond 2^63, is never bent into one") {
    const Json json{{"half", 2.5}, {"round", 2.0}, {"huge", 18446744073709551615u}, {"small", INT64_MIN}};
    Findings findings;
    Reader read(json, "", findings);
    CHECK(read.integer("half") == 0);
    CHECK(read.integer_or("round", 7) == 7);
    CHECK(read.integer_or("huge", 7) == 7);
    CHECK(read.integer("small") == INT64_MIN);
    CHECK(findings == Findings{{"/half", "this is a number: write a whole number"},
                               {"/round", "this is a number: write a whole number"},
                               {"/huge", "this is beyond 2^63: write a whole number"}});
}

TEST_CASE("a key that nobody read is a finding, with what was probably meant") {
    const Json json{{"spam", 1}, {"colour", 1}, {"a/b~c", 1}};
    Findings findings;
    Reader read(json, "/x", findings);
    read.text_or("span", "");
    read.text_or("unit", "");
    read.finish();
    CHECK(findings == Findings{{"/x/a~1b~0c", "unknown key: remove it"},
                               {"/x/colour", "unknown key: remove it"},
                               {"/x/spam", "unknown key: did you mean \"span\"?"}});
}

TEST_CASE("a child that is absent or no object is found once, and its fields are missing there") {
    const Json json{{"clock", 5}};
    Findings findings;
    Reader read(json, "/a", findings);
    read.child("clock").finish();
    CHECK(read.child("absent").integer_or("x", 4) == 4);
    CHECK(read.child("absent").text("x").empty());
    CHECK(findings ==
          Findings{{"/a/clock", "this is a number: write an object {…}"}, {"/a/absent/x", "missing: write a text"}});
}

TEST_CASE("a document that is no object is one finding and holds nothing") {
    const Json json = GENERATE(Json(nullptr), Json(1), Json("text"), Json::array({1}), Json(true));
    Findings findings;
    Reader read(json, "", findings);
    CHECK_FALSE(read.has("a"));
    CHECK(read.integer_or("a", 3) == 3);
    read.finish();
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].pointer.empty());
    CHECK(findings[0].text.ends_with(": write an object {…}"));
}

TEST_CASE("the nearest name is offered when it is near enough to be meant") {
    const std::vector<std::string> known{"minutes", "hours", "days", "working days", "cap"};
    CHECK(nearest("dayz", known) == "days");
    CHECK(nearest("hour", known) == "hours");
    CHECK(nearest("mintues", known) == "minutes");
    CHECK(nearest("workingdays", known) == "working days");
    CHECK(nearest("days", known) == "days");
    const std::string name = GENERATE("", "x", "tip", "weeks", "fortnight", "月");
    CAPTURE(name);
    CHECK(nearest(name, known) == std::nullopt);
    CHECK(nearest("days", {}) == std::nullopt);
    CHECK(nearest(std::string(200'000, 'd'), known) == std::nullopt);
}
