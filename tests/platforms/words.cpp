// Words made fit for a platform, and what stands in its JSON, whatever it made of it.
#include "channels/outgoing/words.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "channels/codec/json_fields.h"

using namespace huiyin;

TEST_CASE("words: signs become their full-width twins, long ones end in three points, empty ones leave no gap") {
    CHECK(with_wide("<a>[b](c) *d* `e` #f", "<>[]*`#") == "＜a＞［b］(c) ＊d＊ ｀e｀ ＃f");
    CHECK(with_wide("水管<漏>水", "<") == "水管＜漏>水");
    CHECK(with_wide("~!", "~!") == "～！");
    CHECK(within("水管漏水", 12) == "水管漏水");
    CHECK(within("水管漏水了", 12) == "水管漏…");
    CHECK(within("水\x01"
                 "管",
                 12) == "水管");
    CHECK(joined("a", "b") == "a\nb");
    CHECK(joined("a", "", "; ") == "a");
    CHECK(joined("", "b", "; ") == "b");
}

TEST_CASE("fields: of another type, of nothing, of no object") {
    const Json json{{"text",
                     "a\x01"
                     "b"},
                    {"number", 7},
                    {"id", "1234567890123"},
                    {"bad", "12x"},
                    {"part", {{"x", 1}}}};
    CHECK(text_in(json, "text") == "ab");
    CHECK(text_in(json, "number").empty());
    CHECK(text_in(Json("words"), "text").empty());
    CHECK(text_in(Json(), "text").empty());
    CHECK(number_in(json, "number") == 7);
    CHECK(number_in(json, "id") == 1234567890123);
    CHECK(number_in(json, "text") == 0);
    CHECK(number_in(Json::array(), "id") == 0);
    CHECK(number_in(part_of(json, "part"), "x") == 1);
    CHECK(part_of(Json::array({1}), "part").empty());
}
