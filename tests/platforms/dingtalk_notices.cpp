// Work notices: what staff are told although they never spoke with the robot.
#include "channels/dingtalk/notices.h"

#include <catch2/catch.hpp>

#include "tests/platforms/desk.h"

using namespace huiyin;
using namespace std::chrono_literals;

namespace {

const std::string notice_path = "/topapi/message/corpconversation/asyncsend_v2";

struct NoticeDesk : Desk {
    std::unique_ptr<Channel> ding() {
        auto settings = dingtalk_settings();
        settings.agent_id = 123456789;
        return dingtalk(std::move(settings));
    }
    OutboxItem to_staff(const std::string& address, const Said& said, std::int64_t id) {
        auto item = item_to(address, said, id);
        item.staff = StaffId{7};
        item.kind = "task";
        item.created_at = clock.now();
        return item;
    }
    std::vector<Json> notices() {
        std::vector<Json> all;
        for (const auto& one : platform.delivered())
            if (one.contains("notice")) all.push_back(one);
        return all;
    }
};

Said overdue() {
    auto said = saying("3栋2单元501 卫生间漏水 [点我](https://evil),超时1小时");
    said.card = Card{"请跟进", "", "https://service.example.com/console/tickets/T20260302-001"};
    said.ticket_number = "T20260302-001";
    return said;
}

}  // namespace

TEST_CASE("what staff are told goes as a work notice, with the ticket's number and the time in it") {
    NoticeDesk desk;
    const auto ding = desk.ding();
    const auto sent = ding->send(desk.to_staff("lina", overdue(), 1));
    REQUIRE(sent);
    CHECK(sent->reference == "notice:1");
    REQUIRE(desk.notices().size() == 1);
    const auto card = desk.notices()[0].at("message");
    const auto words = card.at("markdown").get<std::string>();
    CHECK(card.at("single_url") == "https://service.example.com/console/tickets/T20260302-001");
    CHECK(words.find("T20260302-001") != std::string::npos);
    CHECK(words.find("］(https://evil)") != std::string::npos);
    CHECK(words.find("月") != std::string::npos);
    // The same words a second later are another notice: DingTalk drops what is the same.
    desk.pass(1s);
    REQUIRE(ding->send(desk.to_staff("lina", overdue(), 2)));
    CHECK(desk.notices().size() == 2);
    // Without an address to open: text. What was asked, and cards with buttons, stay with the robot.
    REQUIRE(ding->send(desk.to_staff("lina", saying("明天开会"), 3)));
    CHECK(desk.notices().back().at("type") == "text");
    auto reply = desk.to_staff("lina", saying("工单请点卡片上的按钮"), 4);
    reply.kind = "reply";
    REQUIRE(ding->send(reply));
    auto task = overdue();
    task.choices = {{"受理", "p1.accept"}};
    REQUIRE(ding->send(desk.to_staff("lina", task, 5)));
    REQUIRE(ding->send(item_to("wang", saying("已登记"), 6)));  // a resident
    CHECK(desk.notices().size() == 3);
    CHECK(code_of(ding->send(desk.to_staff("lina", Said{}, 7))) == "channel.rejected");
    // Whoever has no app for it speaks by the robot, as before.
    REQUIRE(desk.dingtalk()->send(desk.to_staff("lina", overdue(), 8)));
    CHECK(desk.notices().size() == 3);
}

TEST_CASE("a notice fits, whatever was written") {
    NoticeDesk desk;
    const auto ding = desk.ding();
    std::int64_t id = 0;
    for (const auto* word : {"楼", "\"", "\n", "**", "𠮷"}) {
        CAPTURE(word);
        auto said = overdue();
        said.text = many(word, 3000);
        CHECK(to_text(dingtalk::notice_of(said, desk.clock.now())).size() <= dingtalk::most_notice_bytes);
        CHECK(code_of(ding->send(desk.to_staff("lina", said, ++id))) == "sent");
        said.card->url.clear();
        CHECK(code_of(ding->send(desk.to_staff("lina", said, ++id))) == "sent");
        said.card = Card{many(word, 400), "", "https://service.example.com/" + many("x", 600)};
        CHECK(code_of(ding->send(desk.to_staff("lina", said, ++id))) == "sent");
    }
    CHECK(dingtalk::notice_of(Said{}, desk.clock.now()).is_null());
}

TEST_CASE("whom a notice cannot reach is told at once where DingTalk says so") {
    NoticeDesk desk;
    desk.platform.setup({{"dingtalk",
                          {{"members", {"lina", "full", "fast", "rude"}},
                           {"forbidden", {{"full", 143105}, {"fast", 143103}, {"rude", 1430002}}}}}});
    const auto ding = desk.ding();
    CHECK(code_of(ding->send(desk.to_staff("nobody", overdue(), 1))) == "channel.gone");
    const auto full = ding->send(desk.to_staff("full", overdue(), 2));
    CHECK(code_of(full) == "channel.busy");
    CHECK(full.problem().detail.find("retry_after_ms=3600000") != std::string::npos);
    const auto fast = ding->send(desk.to_staff("fast", overdue(), 3));
    CHECK(fast.problem().detail.find("retry_after_ms=60000") != std::string::npos);
    CHECK(code_of(ding->send(desk.to_staff("rude", overdue(), 4))) == "channel.rejected");
    CHECK(desk.notices().empty());
    // Asked twice because the answer was lost: DingTalk knows the same words of the same day, and it is shown once.
    desk.platform.fault({{"path", notice_path}, {"kind", "lose"}});
    const auto item = desk.to_staff("lina", overdue(), 5);
    CHECK(code_of(ding->send(item)) == "channel.busy");
    CHECK(code_of(ding->send(item)) == "sent");
    CHECK(desk.notices().size() == 1);
    for (const int errcode : {33012, 34016, 88, 60020}) {
        CAPTURE(errcode);
        desk.platform.fault({{"path", notice_path}, {"kind", "errcode"}, {"errcode", errcode}});
        CHECK_FALSE(ding->send(desk.to_staff("lina", overdue(), 100 + errcode)));
    }
    // What came of it may be asked in vain: then it is taken as sent.
    desk.platform.fault({{"path", "/topapi/message/corpconversation/getsendresult"}, {"kind", "http"}});
    desk.pass(2s);
    CHECK(code_of(ding->send(desk.to_staff("lina", overdue(), 6))) == "sent");
}
