// How often each platform takes its calls: what is beyond waits here, and the last part is kept for what matters more.
#include "channels/outgoing/rates.h"

#include <catch2/catch.hpp>

#include "tests/platforms/desk.h"

using namespace huiyin;
using namespace std::chrono_literals;

namespace {

std::int64_t number_behind(const std::string& detail, const std::string& mark) {
    const auto at = detail.find(mark);
    return at == std::string::npos ? -1 : std::stoll(detail.substr(at + mark.size()));
}

// Calls that the platform takes now, of items of this priority, one recipient each.
int taken(Channel& channel, Priority priority, int most, std::int64_t& id, const std::string& to = {}) {
    for (int i = 0; i < most; ++i) {
        ++id;
        auto item = item_to(to.empty() ? "person" + std::to_string(id) : to, saying("消息 " + std::to_string(id)), id);
        item.priority = priority;
        if (const auto sent = channel.send(item); !sent) {
            CHECK(sent.problem().code == "channel.busy");
            CHECK(sent.problem().detail.rfind("budget ", 0) == 0);
            return i;
        }
    }
    return most;
}

}  // namespace

TEST_CASE("of a minute's twenty the last are for what matters more, and a danger may use them all") {
    const Rate minute{"send", Rate::Of::channel, 20, 60s}, second{"send", Rate::Of::channel, 5, 1s};
    CHECK(share_of(minute, Priority::emergency) == 20);
    CHECK(share_of(minute, Priority::consent) == 18);
    CHECK(share_of(minute, Priority::deadline) == 17);
    CHECK(share_of(minute, Priority::progress) == 15);
    CHECK(share_of(minute, Priority::survey) == 12);
    CHECK(share_of(second, Priority::survey) == 5);  // the next second is near
    CHECK(share_of({"send", Rate::Of::channel, 1, 60s}, Priority::survey) == 1);
}

TEST_CASE("a rate takes so many in any span, and says how long to wait and whom that concerns") {
    Rates rates({{"send", Rate::Of::recipient, 4, 60s}, {"send", Rate::Of::channel, 10, 1h}, {"other", {}, 1, 60s}});
    const auto take = [&](const char* who, TimePoint now, Priority priority = Priority::emergency) {
        const auto room = rates.take("send", who, priority, now);
        return room ? std::string("taken") : room.problem().detail;
    };
    const TimePoint start = from_ms(1'800'000'000'000);
    for (int i = 0; i < 4; ++i) CHECK(take("a", start + i * 1s) == "taken");
    const auto one = take("a", start + 5s);
    CHECK(number_behind(one, "retry_after_ms=") == 61'200 - 5'000);  // a little more than the minute: calls travel
    CHECK_FALSE(whole_channel_waits(one));
    CHECK(take("a", start + 61'199ms).rfind("budget", 0) == 0);
    CHECK(take("a", start + 61'200ms) == "taken");
    for (int i = 0; i < 5; ++i) CHECK(take(i % 2 ? "b" : "c", start + 62s) == "taken");
    const auto all = take("d", start + 62s);  // the eleventh within the hour
    REQUIRE(whole_channel_waits(all));
    CHECK(whole_channel_waits(all)->count() == number_behind(all, "retry_after_ms="));
    CHECK(rates.take("other", "d", Priority::emergency, start + 62s));
    CHECK(rates.take("unknown", "d", Priority::survey, start));  // a call without a rate
    // Whoever is refused by one rate uses none of the others up.
    Rates both({{"send", Rate::Of::channel, 2, 60s}, {"send", Rate::Of::recipient, 1, 60s}});
    CHECK(both.take("send", "a", Priority::emergency, start));
    for (int i = 0; i < 5; ++i) CHECK_FALSE(both.take("send", "a", Priority::emergency, start));
    CHECK(both.take("send", "b", Priority::emergency, start));
}

TEST_CASE("a clock that is put back silences nobody for longer than a span, and nothing is sent too much") {
    Rates rates({{"send", Rate::Of::channel, 2, 60s}});
    const TimePoint ahead = from_ms(1'800'000'000'000), now = ahead - 24h;
    const auto takes = [&](TimePoint at) { return bool(rates.take("send", "", Priority::emergency, at)); };
    CHECK(takes(ahead));
    CHECK(takes(ahead + 1s));
    CHECK_FALSE(takes(now));  // what was sent a moment ago is counted still
    CHECK_FALSE(takes(now + 61s));
    CHECK(takes(now + 62s));
    int among = 4;
    Rates shared({{"send", Rate::Of::channel, 4, 60s}});
    shared.share([&] { return among; });
    CHECK(shared.take("send", "", Priority::emergency, ahead));
    among = 1;
    CHECK_FALSE(shared.take("send", "", Priority::emergency, ahead + 1s));
    CHECK_FALSE(shared.take("send", "", Priority::emergency, now));
    CHECK(shared.take("send", "", Priority::emergency, now + 62s));
    CHECK(shared.take("send", "", Priority::emergency, now + 62s));
}

TEST_CASE("several that send by one account have their part of each rate, and whoever is left has all of it") {
    int among = 2;
    Rates rates({{"send", Rate::Of::channel, 20, 60s}, {"tell", Rate::Of::recipient, 3, 60s}});
    rates.share([&] { return among; });
    const TimePoint start = from_ms(1'800'000'000'000);
    auto now = start;
    const auto taken = [&](const char* call, Priority priority) {
        int count = 0;
        while (rates.take(call, "a", priority, now)) ++count;
        return count;
    };
    CHECK(taken("send", Priority::progress) == 8);  // three quarters of ten
    CHECK(taken("send", Priority::emergency) == 2);
    const auto refused = rates.take("send", "a", Priority::emergency, start + 1s);
    REQUIRE_FALSE(refused);
    CHECK(number_behind(refused.problem().detail, "retry_after_ms=") == 1'000);  // the other one may have room
    const auto later = rates.take("send", "a", Priority::progress, start + 1s);
    REQUIRE_FALSE(later);
    CHECK(number_behind(later.problem().detail, "retry_after_ms=") == 61'200 - 1'000);
    CHECK(taken("tell", Priority::emergency) == 1);
    // The other one is gone; what he sent still counts at the platform until the minute is over.
    among = 1;
    now = start + 30s;
    CHECK(taken("send", Priority::emergency) == 0);
    now = start + 61'200ms;  // our own ten are forgotten, his perhaps not
    CHECK(taken("send", Priority::emergency) == 10);
    now = start + 91'200ms;  // a minute after we knew
    CHECK(taken("send", Priority::emergency) == 10);
    CHECK(taken("tell", Priority::emergency) == 3);
    among = 2;  // whoever comes has his part at once
    now = start + 160s;
    CHECK(taken("send", Priority::emergency) == 10);
    // A day is not waited for: an hour after the other went.
    among = 2;
    Rates day({{"send", Rate::Of::channel, 100, 24h}});
    day.share([&] { return among; });
    const auto of_day = [&](TimePoint at) {
        int count = 0;
        while (day.take("send", "a", Priority::emergency, at)) ++count;
        return count;
    };
    CHECK(of_day(start) == 50);
    among = 1;
    CHECK(of_day(start + 10min) == 0);
    CHECK(of_day(start + 69min) == 0);
    CHECK(of_day(start + 71min) == 50);
    among = 40;  // more than there are calls: each has one
    Rates few({{"send", Rate::Of::channel, 20, 60s}});
    few.share([&] { return among; });
    CHECK(few.take("send", "a", Priority::survey, start));
    CHECK_FALSE(few.take("send", "a", Priority::emergency, start));
    among = 0;  // as if alone
    CHECK_FALSE(few.take("send", "a", Priority::emergency, start));
    CHECK(few.take("send", "a", Priority::emergency, start + 62s));
    CHECK(few.take("send", "a", Priority::emergency, start + 62s));
}

TEST_CASE("every adapter counts with its part") {
    Desk desk;
    const auto first = [&](std::unique_ptr<Channel> channel, const std::string& to, int most) {
        CAPTURE(channel->id().value);
        channel->shared_among([] { return 2; });
        std::int64_t id = 0;
        CHECK(taken(*channel, Priority::emergency, 1200, id, to) == most);
    };
    first(desk.robot(), "", 10);
    first(desk.feishu_robot(), "", 2);
    first(desk.dingtalk_robot(), "", 9);
    first(desk.feishu(), "", 25);
    first(desk.dingtalk(), "", 10);
    first(desk.app(), "lina", 15);
}

TEST_CASE("every platform's rates are declared, and no call of ours is refused by its own") {
    Desk desk;
    struct Row {
        std::string name;
        std::unique_ptr<Channel> channel;
        const char* call;
        int most;
        Milliseconds span;
    };
    std::vector<Row> rows;
    rows.push_back({"oa", desk.account(), "message/custom/send", 500'000, 24h});
    rows.push_back({"oa", desk.account(), "message/template/send", 100'000, 24h});
    rows.push_back({"app", desk.app(), "message/send", 30, 60s});
    rows.push_back({"app", desk.app(), "message/send", 1000, 1h});
    rows.push_back({"kf", desk.service(), "kf/send_msg", 2000, 60s});
    rows.push_back({"crew", desk.robot(), "webhook/send", 20, 60s});
    rows.push_back({"lark", desk.feishu(), "im/v1/messages", 1000, 60s});
    rows.push_back({"lark", desk.feishu(), "im/v1/messages", 50, 1s});
    rows.push_back({"larks", desk.feishu_robot(), "bot/v2/hook", 80, 60s});
    rows.push_back({"ding", desk.dingtalk(), "robot/oToMessages/batchSend", 20, 1s});
    rows.push_back({"ding", desk.dingtalk(), "corpconversation/asyncsend_v2", 500, 24h});
    rows.push_back({"dings", desk.dingtalk_robot(), "robot/send", 18, 60s});
    for (const auto& row : rows) {
        CAPTURE(row.name, row.call);
        const auto& rates = row.channel->capabilities().rates;
        CHECK(std::any_of(rates.begin(), rates.end(), [&](const Rate& rate) {
            return rate.call == row.call && rate.most == row.most && rate.span == row.span;
        }));
    }
}

TEST_CASE("news leaves room in a robot's minute for a danger") {
    Desk desk;
    const auto robot = desk.robot();
    std::int64_t id = 0;
    CHECK(taken(*robot, Priority::progress, 100, id) == 15);
    CHECK(taken(*robot, Priority::survey, 100, id) == 0);
    CHECK(taken(*robot, Priority::deadline, 100, id) == 2);
    CHECK(taken(*robot, Priority::consent, 100, id) == 1);
    CHECK(taken(*robot, Priority::emergency, 100, id) == 2);
    desk.pass(62s);
    CHECK(taken(*robot, Priority::progress, 100, id) == 15);
    for (const auto& call : desk.platform.calls("/cgi-bin/webhook/send")) CHECK(call.at("errcode") == 0);
}

TEST_CASE("a thousand an hour to one member, and what the app may send in a day") {
    Desk desk;
    auto settings = desk.app_settings();
    settings.day_messages = 1100;
    desk.platform.setup({{"wecom", {{"day_messages", 1100}}}});
    const auto app = desk.app(settings);
    std::int64_t id = 0;
    int sent = 0;
    for (int minute = 0; minute < 40; ++minute) {
        sent += taken(*app, Priority::emergency, 100, id, "lina");
        desk.pass(62s);
    }
    CHECK(sent == 1000);
    // A danger may use the whole day; news leaves a quarter of it, and is told so without a call.
    CHECK(taken(*app, Priority::progress, 10, id) == 0);
    CHECK(taken(*app, Priority::emergency, 200, id) == 100);
    for (const auto& call : desk.platform.calls("/cgi-bin/message/send")) CHECK(call.at("errcode") == 0);
    for (const auto& one : desk.platform.delivered()) CHECK(one.at("dropped") == false);
}

TEST_CASE("twenty calls a second at DingTalk, and fifty at Feishu, to as many people") {
    Desk desk;
    std::int64_t id = 0;
    const auto ding = desk.dingtalk();
    const auto lark = desk.feishu();
    for (int second = 0; second < 3; ++second) {
        CHECK(taken(*ding, Priority::progress, 100, id) == 20);
        CHECK(taken(*lark, Priority::progress, 100, id) == 50);
        desk.pass(1s);
    }
    for (const auto* path : {"/v1.0/robot/oToMessages/batchSend", "/open-apis/im/v1/messages"})
        for (const auto& call : desk.platform.calls(path)) CHECK(call.at("errcode") == 0);
}

TEST_CASE("five hundred notices a day to one person at DingTalk, none of them dropped") {
    Desk desk;
    auto settings = desk.dingtalk_settings();
    settings.agent_id = 123456789;
    const auto ding = desk.dingtalk(settings);
    int sent = 0;
    for (int i = 0; i < 520; ++i) {
        if (i % 15 == 0) desk.pass(1s);
        auto item = urgent(item_to("manager01", saying("消息 " + std::to_string(i)), i + 1));
        item.staff = StaffId{1};
        item.created_at = desk.clock.now();
        if (ding->send(item)) ++sent;
    }
    CHECK(sent == 500);
    for (const auto& one : desk.platform.delivered()) CHECK(one.at("dropped") == false);
}
