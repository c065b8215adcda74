// What somebody may ask about his own data: many ways to say it, and what only sounds like it.
#include "bot/own_data.h"

#include <catch2/catch.hpp>
#include <string>

using namespace huiyin;
using What = OwnDataWish::What;

namespace {

std::string heard(const std::string& text, bool in_hand = false) {
    const auto wish = own_data_wish(text, in_hand);
    if (!wish) return "nothing";
    static constexpr const char* names[] = {"see", "take_along", "correct", "erase", "keep"};
    return names[static_cast<int>(wish->what)] + (wish->name.empty() ? "" : " name " + wish->name) +
           (wish->phone.empty() ? "" : " phone " + wish->phone);
}

}  // namespace

TEST_CASE("what somebody wants done with his own data") {
    for (const auto* text :
         {"我的信息", "查看我的信息", "你们存了我哪些信息？", "你们有我的什么资料", "我的个人信息", "你们都留了我啥",
          "my data", "What data do you have about me?", "what data do you hold of me", "What do you know about me?"}) {
        CAPTURE(text);
        CHECK(heard(text) == "see");
    }
    for (const auto* text : {"导出我的信息", "请帮我导出我的个人信息，谢谢", "我想下载我的资料", "我的信息导出一份",
                             "匯出我的資料", "汇出我的资料", "Export my data, please"}) {
        CAPTURE(text);
        CHECK(heard(text) == "take_along");
    }
    for (const auto* text :
         {"删除我的信息", "请把我的信息删掉", "帮我删除我的所有个人信息", "注销我的账号", "把我的资料都删了吧",
          "刪除我的資料", "Delete my data", "please erase all my personal information"}) {
        CAPTURE(text);
        CHECK(heard(text) == "erase");
    }
    for (const auto* text : {"不删了", "不用删了", "取消删除", "keep my data"}) {
        CAPTURE(text);
        CHECK(heard(text) == "keep");
    }
    CHECK(heard("更正") == "correct");
    CHECK(heard("我想改一下我的电话") == "correct");
    CHECK(heard("更正 电话13900002222") == "correct phone 13900002222");
    CHECK(heard("更正：称呼王女士") == "correct name 王女士");
    CHECK(heard("请更正我的名字改成王五") == "correct name 王五");
    CHECK(heard("更正 稱呼陳太太") == "correct name 陳太太");
    CHECK(heard("更正電話13900002222") == "correct phone 13900002222");
    CHECK(heard("Correct phone 139 0000 2222.") == "correct phone 139 0000 2222");
    CHECK(heard("please correct my name to Anna Lee") == "correct name Anna Lee");
}

TEST_CASE("what is no wish about his own data") {
    for (const auto* text :
         {"物业泄露我的信息", "你们把我的信息卖给装修公司了", "我的信息没人回", "保安删了我的门禁记录",
          "楼道监控记录被删了", "我要投诉你们泄露我的电话", "电话改成13900002222", "改2", "不是5栋，更正一下是6栋",
          "邻居的信息告诉我", "删", "我的账单记录不对", "信息", "我的手机丢了", "更正 昨天说的漏水是在厨房", "data", "",
          "the meter reading is not correct", "correct the bill"}) {
        CAPTURE(text);
        CHECK(heard(text) == "nothing");
    }
    std::string many;  // wishes upon wishes: looked at once, not in every way they could be cut
    while (many.size() < 150) many += "我想要";
    for (int i = 0; i < 1000; ++i) CHECK_FALSE(own_data_wish(many + "信息吧", false));
}

TEST_CASE("while something is told or asked, what is to be put right is that") {
    for (const auto* text : {"修改", "更正", "改一下我的电话", "更正 电话13900002222"}) {
        CAPTURE(text);
        CHECK(heard(text, true) == "nothing");
    }
    CHECK(heard("我的信息", true) == "see");
    CHECK(heard("删除我的信息", true) == "erase");
}
