#include <catch2/catch.hpp>

#include "tests/platforms/desk.h"

using namespace huiyin;
using namespace std::chrono_literals;

TEST_CASE("a robot speaks into its group, plain or with a card, within the lengths") {
    Desk desk;
    const auto robot = desk.robot();
    CHECK(code_of(robot->send(item_to("", saying("工单超时")))) == "sent");
    auto said = saying("<@all> [x](http://x) " + many("楼", 3000));
    said.card = Card{"请跟进", "", "https://service.example.com/t/1"};
    CHECK(code_of(robot->send(item_to("", said, 2))) == "sent");
    CHECK(code_of(robot->send(item_to("", saying(many("楼", 1000)), 3))) == "sent");
    const auto heard = desk.platform.delivered();
    REQUIRE(heard.size() == 3);
    CHECK(heard[0].at("message").at("text").at("content") == "工单超时");
    const auto markdown = heard[1].at("message").at("markdown").at("content").get<std::string>();
    CHECK(markdown.size() <= 4096);
    CHECK(markdown.find("<@all>") == std::string::npos);
    CHECK(markdown.find("［x］") != std::string::npos);
    CHECK(markdown.find("[打开工单](https://service.example.com/t/1)") != std::string::npos);
    CHECK(heard[2].at("message").at("text").at("content").get<std::string>().size() <= 2048);
    CHECK(code_of(robot->send(item_to("", Said{}, 4))) == "channel.rejected");
    CHECK(robot->capabilities().to_group);
}

TEST_CASE("a hundred alarms: twenty a minute, none lost, none refused by the platform") {
    Desk desk;
    const auto robot = desk.robot();
    int sent = 0;
    for (int minute = 0; minute < 5; ++minute) {
        for (; sent < 100; ++sent) {
            const auto one = robot->send(urgent(item_to("", saying("警报 " + std::to_string(sent)), sent + 1)));
            if (!one) {
                CHECK(one.problem().code == "channel.busy");
                CHECK(one.problem().detail.find("retry_after_ms=") != std::string::npos);
                break;
            }
        }
        desk.pass(62s);
    }
    CHECK(sent == 100);
    CHECK(desk.platform.delivered().size() == 100);
    for (const auto& call : desk.platform.calls("/cgi-bin/webhook/send")) CHECK(call.at("errcode") == 0);
}

TEST_CASE("a robot's codes, and a key that nobody sees") {
    Desk desk;
    const auto robot = desk.robot();
    std::int64_t id = 0;
    const auto code_after = [&](int errcode) {
        desk.platform.fault({{"path", "/cgi-bin/webhook"}, {"kind", "errcode"}, {"errcode", errcode}});
        return code_of(robot->send(item_to("", saying("x"), ++id)));
    };
    CHECK(code_after(45009) == "channel.busy");
    CHECK(code_after(-1) == "channel.busy");
    CHECK(code_after(93000) == "channel.alarm");
    CHECK(code_after(93004) == "channel.alarm");
    CHECK(code_after(93008) == "channel.alarm");
    CHECK(code_after(40058) == "channel.rejected");
    desk.platform.fault({{"path", "/cgi-bin/webhook"}, {"kind", "http"}});
    const auto failed = robot->send(item_to("", saying("x"), ++id));
    CHECK(code_of(failed) == "channel.busy");
    for (const auto& text : {failed.problem().text, failed.problem().detail})
        CHECK(text.find("robot-key-1") == std::string::npos);

    CHECK(robot->read({}).problem().code == "channel.bad_signature");
    CHECK(robot->verify({}).problem().code == "channel.bad_signature");
    CHECK_FALSE(
        make_wecom_robot({{"crew"}, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"}, desk.caller(), desk.clock));
}
