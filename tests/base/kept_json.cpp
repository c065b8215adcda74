#include "workflow/base/kept_json.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "workflow/base/json_text.h"

using namespace huiyin;

namespace {

// What comes of a text: its value with the kinds of its numbers, or what the library says against it.
std::string kinds(const Json& json) {
    if (json.is_structured()) {
        std::string all = json.type_name();
        for (const auto& each : json) all += " " + kinds(each);
        return all;
    }
    return std::to_string(static_cast<int>(json.type()));
}
template <class Read>
std::string outcome(const Read& read, const std::string& text) {
    try {
        const Json json = read(text);
        return json.dump() + " " + kinds(json);
    } catch (const std::exception& problem) {
        return problem.what();
    }
}
std::string by_the_library(const std::string& text) {
    return outcome([](const std::string& of) { return Json::parse(of); }, text);
}
std::string by_us(const std::string& text) { return outcome(kept_json, text); }

class Anything {
public:
    explicit Anything(unsigned seed) : random_(seed) {}
    int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
    std::string text() {
        static const std::vector<std::string> parts{"a",  "text_id", "漏水", "\"", "\\",    "\n",   "\x01", "😀",
                                                    "\t", "é",       "/",    " ",  "u0041", "\x7f", "{",    ","};
        std::string all;
        for (int i = below(5); i > 0; --i)
            all += parts[static_cast<std::size_t>(below(static_cast<int>(parts.size())))];
        return all;
    }
    Json value(int depth) {
        switch (below(depth > 0 ? 9 : 7)) {
            case 0:
                return nullptr;
            case 1:
                return below(2) == 0;
            case 2:
                return below(1000);
            case 3:
                return -static_cast<std::int64_t>(random_() >> static_cast<unsigned>(below(63) + 1));
            case 4:
                return random_() >> static_cast<unsigned>(below(64));
            case 5:
                return 0.5 * below(100) - 3;
            case 6:
                return text();
            case 7: {
                auto array = Json::array();
                for (int i = below(4); i > 0; --i) array.push_back(value(depth - 1));
                return array;
            }
            default: {
                auto object = Json::object();
                for (int i = below(5); i > 0; --i) object[text()] = value(depth - 1);
                return object;
            }
        }
    }

private:
    std::mt19937_64 random_;
};

}  // namespace

TEST_CASE("what we wrote is read as the library reads it") {
    const auto seed = GENERATE(take(300, random(0, 1'000'000)));
    CAPTURE(seed);
    Anything anything(static_cast<unsigned>(seed));
    auto text = to_text(anything.value(5));
    CAPTURE(text);
    CHECK(by_us(text) == by_the_library(text));
    // … and what was damaged is refused, or read, as the library does.
    for (int i = 0; i < 20 && !text.empty(); ++i) {
        const auto at = static_cast<std::size_t>(anything.below(static_cast<int>(text.size())));
        static const std::string signs("\"\\{}[],:0-1.eE \x80\xed\xa0\xc0tfnu\n");
        if (anything.below(3) == 0)
            text.erase(at, 1);
        else
            text[at] = signs[static_cast<std::size_t>(anything.below(static_cast<int>(signs.size())))];
        CAPTURE(text);
        CHECK(by_us(text) == by_the_library(text));
    }
}

TEST_CASE("what is written in no usual way is the library's to read or refuse") {
    const std::vector<std::string> texts{"",
                                         " 1",
                                         "1 ",
                                         "01",
                                         "-0",
                                         "-",
                                         "--1",
                                         "1.5",
                                         "1e3",
                                         "999999999999999999",
                                         "-999999999999999999",
                                         "9223372036854775807",
                                         "-9223372036854775808",
                                         "18446744073709551615",
                                         "18446744073709551616",
                                         "\"\\u4f60\\ud83d\\ude00\"",
                                         "\"\\ud83d\"",
                                         "\"\\x\"",
                                         "\"\xed\xa0\x80\"",
                                         "\"\xf0\x9f\x98\"",
                                         R"({"b":1,"a":2})",
                                         R"({"a":1,"a":2})",
                                         R"({"a":1,})",
                                         "[1,]",
                                         "[1 2]",
                                         "tru",
                                         "nulll",
                                         std::string("\"a\0b\"", 5),
                                         std::string(100, '[') + std::string(100, ']'),
                                         std::string(64, '[') + std::string(64, ']'),
                                         std::string(64, '[')};
    for (const auto& text : texts) {
        CAPTURE(text);
        CHECK(by_us(text) == by_the_library(text));
    }
}

TEST_CASE("the fields of an object come one by one, in their order") {
    const auto fields = [](const std::string& text, std::size_t most) {
        Json all = Json::array();
        const bool usual = each_kept_field(text, [&](std::string_view name, Json&& value) {
            if (all.size() == most) return false;
            all.push_back({std::string(name), std::move(value)});
            return true;
        });
        return (usual ? "" : "not usual: ") + all.dump();
    };
    CHECK(fields("{}", 9) == "[]");
    CHECK(fields(R"({"b":[1,"x"],"a":{"c":-7531941415752826907}})", 9) ==
          R"([["b",[1,"x"]],["a",{"c":-7531941415752826907}]])");
    CHECK(fields(R"({"b":1,"a":2})", 1) == R"(not usual: [["b",1]])");
    CHECK(fields(R"({"a":1 , "b": 1.5})", 9) == R"([["a",1],["b",1.5]])");
    for (const auto* text : {"", "[]", "1", R"({"a":1}x)", R"({"a":1,})", R"({"a":01})", R"({"a":1)", R"({"a"})"})
        CHECK_THAT(fields(text, 9), Catch::StartsWith("not usual"));
}
