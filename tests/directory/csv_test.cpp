// Files as spreadsheets save them: what is read of them, in which encoding, and how a no is said.
#include <catch2/catch.hpp>

#include "workflow/directory/csv.h"

using namespace huiyin;

namespace {

CsvTable table_of(std::string_view bytes) {
    auto table = read_csv(bytes, 100);
    if (!table) throw std::runtime_error(table.problem().text);
    return std::move(*table);
}
std::string refusal_of(std::string_view bytes, std::size_t most = 100) {
    const auto table = read_csv(bytes, most);
    return table ? std::string("none") : table.problem().text;
}

using Cells = std::vector<std::string>;

}  // namespace

TEST_CASE("a file in UTF-8, with a mark or without, and one in GB18030 say the same") {
    for (const auto* text : {"登录名,姓名\nli.na,李娜\n", "\xEF\xBB\xBF登录名,姓名\r\nli.na,李娜"}) {
        const auto table = table_of(text);
        CHECK(table.encoding == "UTF-8");
        CHECK(table.head == Cells{"登录名", "姓名"});
        CHECK(table.rows.at(0).cells == Cells{"li.na", "李娜"});
    }
    // The same bytes as an old spreadsheet writes them.
    const auto table = table_of("\xB5\xC7\xC2\xBC\xC3\xFB,\xD0\xD5\xC3\xFB\r\nli.na,\xC0\xEE\xC4\xC8\r\n");
    CHECK(table.encoding == "GB18030");
    CHECK(table.head == Cells{"登录名", "姓名"});
    CHECK(table.rows.at(0).cells == Cells{"li.na", "李娜"});
    // Four bytes that lie beyond Unicode are two characters of the other kind.
    CHECK(table_of("a\n\xF6\x8A\x91\x8C\n").encoding == "GB18030");
}

TEST_CASE("quotes keep separators, breaks and quotes; a row knows its line") {
    const auto table = table_of("a;b\n\"1;2\";\"say \"\"yes\"\"\"\n\n\"two\nlines\"; x \n;last\n");
    CHECK(table.separator == ';');
    REQUIRE(table.rows.size() == 3);
    CHECK(table.rows[0].cells == Cells{"1;2", "say \"yes\""});
    CHECK(table.rows[1].line == 4);
    CHECK(table.rows[1].cells == Cells{"two\nlines", "x"});
    CHECK(table.rows[2].line == 6);
    CHECK(table.rows[2].cells == Cells{"", "last"});
}

TEST_CASE("what was kept from being a formula is read as it was") {
    CHECK(table_of("a,b\n\"'+86 21 1055\",'quoted'\n").rows.at(0).cells == Cells{"+86 21 1055", "'quoted'"});
}

TEST_CASE("short rows are filled up; blanks of every width are taken away") {
    CHECK(table_of("a,b,c\n\u3000x\u00a0\n").rows.at(0).cells == Cells{"x", "", ""});
}

TEST_CASE("what is no table is refused with its mend") {
    using Catch::Contains;
    CHECK_THAT(refusal_of("PK\x03\x04rest"), Contains("另存为"));
    CHECK_THAT(refusal_of("\xff\xfe"
                          "a"),
               Contains("UTF-16"));
    CHECK_THAT(refusal_of("a,b\n\xff\xff\xff"), Contains("GB18030"));
    CHECK_THAT(refusal_of("a,b\n1,\"2\n3,4\n"), Contains("第2行的引号没有合上"));
    CHECK_THAT(refusal_of("a,b\n1,2\n1,2,3\n"), Contains("第3行有3格，表头只有2格"));
    CHECK_THAT(refusal_of("\n \n"), Contains("空的"));
    CHECK_THAT(refusal_of("a\n1\n2\n3\n", 2), Contains("一次最多导入2行"));
    CHECK_THAT(refusal_of("a\n" + std::string(5000, 'x')), Contains("太长"));
}
