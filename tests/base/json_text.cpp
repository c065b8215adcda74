#include "workflow/base/json_text.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "workflow/base/digest.h"

using namespace huiyin;

namespace {

std::string refusal(std::string_view text, const JsonLimits& limits = {}) {
    const auto json = parse_json(text, limits);
    return json ? "read" : json.problem().code;
}
std::string said(std::string_view text, const JsonLimits& limits = {}) {
    return parse_json(text, limits).problem().text;
}
std::string nested(std::size_t depth, char open, char close) {
    return std::string(depth, open) + std::string(depth, close);
}

// A folder of its own that is gone afterwards.
struct Folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("huiyin-" + random_hex(8));
    Folder() { std::filesystem::create_directory(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string with(const char* name, const std::string& bytes) const {
        std::ofstream(path / name, std::ios::binary) << bytes;
        return path / name;
    }
};

}  // namespace

TEST_CASE("JSON of every kind is read") {
    const auto json = parse_json(R"( {"a":[1,-2,2.5,true,false,null,"\u4f60\ud83d\ude00"],"b":{}} )").value();
    CHECK(json == Json{{"a", {1, -2, 2.5, true, false, nullptr, "你😀"}}, {"b", Json::object()}});
    CHECK(parse_json("7").value() == 7);
    CHECK(parse_json("18446744073709551615").value() == 18446744073709551615u);
}

TEST_CASE("what is no JSON is refused, with the place and without its words") {
    CHECK(said("{\"phone\":13812345678x}") == "not readable as JSON at line 1, column 21");
    CHECK(said("{\n  \"a\": 1,\n  oops\n}") == "not readable as JSON at line 3, column 3");
    CHECK(said("[\"a\nb\"]") == "not readable as JSON at line 1, column 4");
    CHECK(said("") == "not readable as JSON at line 1, column 1");
    CHECK(parse_json("{\"phone\":13812345678x}").problem().detail.find("13812345678") == std::string::npos);
}

TEST_CASE("every departure from JSON is refused") {
    const auto text = GENERATE("", " ", "{", "[1,]", "{\"a\"}", "{'a':1}", "nul", "01", "+1", "1e999", "\"\\x\"",
                               "\"\\ud800\"", "\"\xff\"", "\"\xc0\xaf\"", "\"\t\"", "1 2", "{} x", "// c\n1", "NaN");
    CAPTURE(text);
    CHECK(refusal(text) == "json.unreadable");
}

TEST_CASE("a text over the limit is refused before it is read") {
    CHECK(refusal("[1]", {.bytes = 3}) == "read");
    CHECK(refusal("[1] ", {.bytes = 3}) == "json.too_large");
    CHECK(said("[1] ", {.bytes = 3}) == "the text has more than 3 bytes");
    CHECK(refusal(std::string(262'145, ' ')) == "json.too_large");
}

TEST_CASE("a hundred thousand nested brackets are refused, not followed") {
    CHECK(refusal(nested(64, '[', ']')) == "read");
    CHECK(refusal(nested(65, '[', ']')) == "json.too_deep");
    CHECK(refusal(nested(100'000, '[', ']')) == "json.too_deep");
    CHECK(refusal(std::string(100'000, '[')) == "json.too_deep");
    std::string objects;
    for (int i = 0; i < 40'000; ++i) objects += "{\"a\":";
    CHECK(refusal(objects) == "json.too_deep");
    CHECK(said(nested(3, '[', ']'), {.depth = 2}) == "nested deeper than 2 levels");
}

TEST_CASE("a key that stands twice in one object is refused, unless asked for") {
    CHECK(said(R"({"a":1,"b":{"a":2},"a":3})") == "the key \"a\" stands twice in one object");
    CHECK(refusal(R"({"a":1,"\u0061":3})") == "json.duplicate_key");
    CHECK(refusal(R"([{"a":1},{"a":2},{"b":{"a":{"a":3}}}])") == "read");
    CHECK(parse_json(R"({"a":1,"a":3})", {.duplicate_keys = true}).value() == Json{{"a", 3}});
}

TEST_CASE("comments are read only where people edit") {
    const auto text = "{ // one\n  \"a\": 1\n}";
    CHECK(refusal(text) == "json.unreadable");
    CHECK(parse_json(text, {.comments = true}).value() == Json{{"a", 1}});
}

TEST_CASE("a file is read, and what is wrong names it") {
    const Folder folder;
    CHECK(read_json_file(folder.with("good.json", "{\"a\": 1} // said so")).value() == Json{{"a", 1}});

    const auto bad = folder.with("bad.json", "{\n]");
    CHECK(read_json_file(bad).problem().code == "json.unreadable");
    CHECK(read_json_file(bad).problem().text ==
          "not readable as JSON at line 2, column 1 (unexpected ']'; expected string literal): " + bad);
    CHECK(read_json_file(folder.with("empty.json", "")).problem().code == "json.unreadable");
    CHECK(read_json_file(folder.path / "none.json").problem().code == "file.missing");
    CHECK(read_json_file(folder.path).problem().code == "file.missing");
    CHECK(read_json_file(folder.with("big.json", "[1,2]"), {.bytes = 4}).problem().code == "json.too_large");
}

TEST_CASE("to_text writes one line and never throws") {
    CHECK(to_text(Json{{"b", "一\n"}, {"a", 1.5}}) == R"({"a":1.5,"b":"一\n"})");
    CHECK(to_text(Json("\xff\xfe")) == "\"\uFFFD\uFFFD\"");
}

TEST_CASE("a writer puts the marks between what it is given") {
    JsonWriter json;
    json.begin('{').key("a").begin('[').null().boolean(true).number(-1).text("一\n\xff").end(']');
    json.key("b").begin('{').end('}').key("c").json(Json{{"d", 1.5}}).end('}');
    CHECK(json.done() == R"({"a":[null,true,-1,"一\n)"
                         "\uFFFD"
                         R"("],"b":{},"c":{"d":1.5}})");
}

TEST_CASE("canonical JSON sorts keys as RFC 8785 does, by UTF-16 units") {
    // RFC 8785, section 3.2.3: U+1F600 is written with surrogates (0xd83d…) and so comes before U+FB33.
    const auto json =
        parse_json(
            "{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet With "
            "Dagesh\",\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\","
            "\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}")
            .value();
    CHECK(canonical(json) ==
          "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With "
          "Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\uFB33\":\"Hebrew Letter Dalet With "
          "Dagesh\"}");
}

TEST_CASE("canonical JSON escapes as little as RFC 8785 allows") {
    // RFC 8785, section 3.2.2, its integers and texts.
    const auto json =
        parse_json(R"({"string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]})");
    CHECK(canonical(json.value()) == R"({"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"})");
    CHECK(canonical(Json(std::string("\b\t\n\f\r\x00\x1f\x7f</", 10))) == "\"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f</\"");
    CHECK(canonical(Json{{"b", Json::array()}, {"a", {{"c", 1}}}, {"", -0}}) == R"({"":0,"a":{"c":1},"b":[]})");
}

TEST_CASE("canonical numbers are whole and within 2^53") {
    CHECK(canonical(Json(9007199254740992)) == "9007199254740992");
    CHECK(canonical(Json(-9007199254740992)) == "-9007199254740992");
    CHECK(canonical(Json(0u)) == "0");
    CHECK_THROWS_AS(canonical(Json(9007199254740993)), std::logic_error);
    CHECK_THROWS_AS(canonical(Json(-9007199254740993)), std::logic_error);
    CHECK_THROWS_AS(canonical(Json(18446744073709551615u)), std::logic_error);
    CHECK_THROWS_AS(canonical(Json{{"a", {1, 1.5}}}), std::logic_error);
    CHECK_THROWS_AS(canonical(Json(1.0)), std::logic_error);
}

TEST_CASE("canonical text is read back as the same JSON") {
    const auto seed = GENERATE(take(100, random(0, 1'000'000)));
    CAPTURE(seed);
    Json json = Json::object();
    for (int i = 0; i < 20; ++i)
        json[sha256_hex(std::to_string(seed + i)).substr(0, 3) + (i % 3 ? "键" : "😀")] = {i, -seed, nullptr};
    const auto text = canonical(json);
    CHECK(parse_json(text).value() == json);
    CHECK(canonical(parse_json(text).value()) == text);
}
