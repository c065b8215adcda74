#include "channels/codec/utf8.h"

#include <catch2/catch.hpp>

using namespace huiyin;

namespace {
std::string many(const std::string& text, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += text;
    return out;
}
bool is_valid(std::string_view text) {
    for (; !text.empty(); text.remove_prefix(first_code_point(text).size))
        if (first_code_point(text).size == 0) return false;
    return true;
}
}  // namespace

TEST_CASE("a code point is read strictly") {
    CHECK(first_code_point("a").value == U'a');
    CHECK(first_code_point("楼").value == U'楼');
    CHECK(first_code_point("😡").value == U'😡');
    for (const auto* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                            "\xF5\x80\x80\x80", "\xE6\xA5", "\xFF"})
        CHECK(first_code_point(bad).size == 0);
}

TEST_CASE("2049 bytes of Chinese are cut on a character") {
    const auto pieces = cut_text(many("楼", 683), 2048);
    REQUIRE(pieces.size() == 2);
    CHECK(pieces[0] == many("楼", 682));
    CHECK(pieces[1] == "楼");
    CHECK(cut_text(many("楼", 3000), 2048).size() == 5);
}

TEST_CASE("a piece ends with a line or a sentence where one ends late enough") {
    const auto lines = cut_text(many("一二三四五六七。\n", 100), 120);
    for (const auto& piece : lines) CHECK(piece.substr(piece.size() - 3) == "。");
    CHECK(cut_text("第一句。第二句很长很长很长很长很长", 30) ==
          std::vector<std::string>{"第一句。第二句很长很", "长很长很长很长"});
    CHECK(cut_text("第一句长长长。第二句很长很长", 30) == std::vector<std::string>{"第一句长长长。", "第二句很长很长"});
}

TEST_CASE("characters of several code points and links stay whole") {
    const std::string family = "👨‍👩‍👧";  // 18 bytes
    for (const auto& piece : cut_text(many(family, 10), 40)) CHECK(piece.size() % family.size() == 0);
    for (const auto& piece : cut_text("x" + many("🇨🇳", 20), 30)) CHECK((piece.size() - (piece[0] == 'x')) % 8 == 0);
    for (const auto& piece : cut_text(many("👍🏽", 20), 30)) CHECK(piece.size() % 8 == 0);
    const auto linked = cut_text("看这里很要紧的 <a href=\"https://a.example/t/1\">工单一</a> 好", 60);
    REQUIRE(linked.size() == 2);
    CHECK(linked[1].substr(0, 3) == "<a ");
}

TEST_CASE("no piece is empty, too long or broken, and no words get lost") {
    const std::string text =
        many("楼道灯坏了 3 天,😡没人修!\n\n", 60) + "<a href=" + many("x", 500) + many("\xCC\x81", 300);
    for (std::size_t most = 16; most < 300; most += 7) {
        std::string joined;
        for (const auto& piece : cut_text(text, most)) {
            CHECK_FALSE(piece.empty());
            CHECK(piece.size() <= most);
            CHECK(is_valid(piece));
            joined += piece;
        }
        const auto without_space = [](std::string all) {
            all.erase(std::remove_if(all.begin(), all.end(), [](char c) { return c == ' ' || c == '\n'; }), all.end());
            return all;
        };
        CHECK(without_space(joined) == without_space(text));
    }
    CHECK(cut_text("", 100).empty());
    CHECK(cut_text(" \n\n ", 100).empty());
}
