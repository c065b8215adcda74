// Whatever the doorbells do, whoever dies: each message is handled once, in order.
#include <catch2/catch.hpp>

#include "house.h"

using namespace huiyin;
using namespace huiyin::test;
using namespace std::chrono_literals;

namespace {
const std::string mrs_wang = "wmTESTuser0001";
const std::string pull_path = "/cgi-bin/kf/sync_msg";
std::size_t pulls(ServiceHouse& house) { return house.platform.calls(pull_path).size(); }
}  // namespace

TEST_CASE("one doorbell for many messages, many for one: each is heard once, in order") {
    ServiceHouse house;
    house.happens({{"do", "say"}, {"from", mrs_wang}, {"texts", {"电梯坏了", "3栋2单元", "电话13812345678"}}}, false);
    house.ring(20);
    CHECK(house.heard(mrs_wang) == std::vector<std::string>{"电梯坏了", "3栋2单元", "电话13812345678"});
    CHECK(pulls(house) <= 21);
    CHECK(house.puller->figures().messages == 3);
    CHECK(house.puller->figures().repeated == 0);
    house.ring(3);
    CHECK(house.heard(mrs_wang).size() == 3);
    // Twice within one page.
    house.happens({{"do", "say"}, {"from", mrs_wang}, {"text", "有人吗"}}, false);
    house.happens({{"do", "again"}, {"msgid", "kfmsg000004"}});
    CHECK(house.heard(mrs_wang).size() == 4);
    CHECK(house.puller->figures().repeated == 1);
    // The platform lists one again.
    house.happens({{"do", "again"}, {"msgid", "kfmsg000001"}});
    CHECK(house.heard(mrs_wang).size() == 4);
    CHECK(house.puller->figures().repeated == 2);
}

TEST_CASE("a page out of order is heard in the order in which it was written") {
    ServiceHouse house;
    house.platform.setup({{"kf", {{"shuffled", true}}}});
    const auto now = to_ms(house.now()) / 1000;
    for (int i = 0; i < 4; ++i)
        house.happens({{"do", "say"},
                       {"from", mrs_wang},
                       {"text", "第" + std::to_string(i) + "条 楼道灯坏了"},
                       {"over", {{"send_time", now + i}}}},
                      false);
    house.ring();
    const auto heard = house.heard(mrs_wang);
    REQUIRE(heard.size() == 4);
    CHECK(std::is_sorted(heard.begin(), heard.end()));
}

TEST_CASE("a thousand items in pages are all stored, once, in the order of each customer") {
    ServiceHouse house;
    house.platform.setup({{"kf", {{"page", 334}, {"empty_pages", 2}}}});
    house.stops();
    house.page = 1000;
    house.starts();
    house.happens({{"do", "many"}, {"count", 1000}, {"people", 20}, {"text", "第#条 楼道灯坏了"}});
    std::size_t all = 0;
    for (int i = 0; i < 20; ++i) {
        const auto who = "wmMany" + std::string(i < 10 ? "00" : "0") + std::to_string(i);
        const auto heard = house.heard(who);
        all += heard.size();
        CHECK(heard.size() == 50);
        for (std::size_t k = 0; k < heard.size(); ++k)
            if (heard[k] != "第" + std::to_string(k * 20 + static_cast<std::size_t>(i) + 1) + "条 楼道灯坏了")
                FAIL_CHECK("out of order: " << heard[k]);
    }
    CHECK(all == 1000);
    CHECK(house.puller->figures().repeated == 0);
    CHECK(house.pulled().cursor.substr(0, 8) == "kfc_1000");
}

TEST_CASE("whoever comes after a puller that ended between two pages goes on where it stopped") {
    ServiceHouse house;
    house.stops();
    house.page = 2;
    house.platform.setup({{"kf", {{"page", 2}}}});
    for (int i = 1; i <= 7; ++i)
        house.happens({{"do", "say"}, {"from", mrs_wang}, {"text", "第" + std::to_string(i) + "条 楼道灯坏了"}}, false);
    // The second page's answer is lost on the way, and then nobody is there any more.
    house.platform.fault({{"path", pull_path}, {"kind", "reset"}, {"times", -1}, {"contains", "kfc_2_"}});
    house.starts();  // now, lest a look of its own parts the pages elsewhere
    house.ring();
    CHECK(house.heard(mrs_wang).size() == 2);
    house.stops();
    CHECK(house.pulled().owner.empty());
    house.platform.mend();
    house.starts();
    house.ring();
    CHECK(house.heard(mrs_wang).size() == 7);
    CHECK(house.heard(mrs_wang).back() == "第7条 楼道灯坏了");
    CHECK(house.puller->figures().repeated == 0);
}

TEST_CASE("two pullers: one works, and the other takes over when it is gone") {
    ServiceHouse house;
    const auto other_channel = house.make_channel();
    auto other = std::make_unique<kf::Puller>(house.puller_parts(*other_channel));
    const auto until = [] { return std::chrono::steady_clock::now() + 20s; };
    house.happens({{"do", "say"}, {"from", mrs_wang}, {"text", "电梯坏了"}});
    other->flush(until());
    CHECK(house.heard(mrs_wang).size() == 1);
    CHECK(house.puller->figures().pages + other->figures().pages >= 1);
    CHECK((house.puller->figures().messages == 0 || other->figures().messages == 0));
    const bool ours = house.puller->figures().messages == 1;
    (ours ? house.puller : other).reset();
    house.happens({{"do", "say"}, {"from", mrs_wang}, {"text", "还没来人"}}, false);
    auto& left = ours ? other : house.puller;
    const auto token = house.platform.post("/_kf", {{"do", "token"}}).at("token").get<std::string>();
    std::promise<bool> noted;
    left->ring(token, house.now(), [&](bool saved) { noted.set_value(saved); });
    CHECK(noted.get_future().get());
    left->flush(until());
    CHECK(house.heard(mrs_wang).size() == 2);
    other.reset();  // before its channel
}

TEST_CASE("a doorbell is answered where it rings, though another fetched the page before") {
    ServiceHouse house;
    house.settles();
    CHECK(house.pulled().owner.empty());  // nor does an empty page keep it
    const auto other_channel = house.make_channel();
    auto other = std::make_unique<kf::Puller>(house.puller_parts(*other_channel));
    other->flush(std::chrono::steady_clock::now() + 20s);
    house.says(mrs_wang, "电梯坏了");
    CHECK(house.puller->figures().messages == 1);
    house.happens({{"do", "say"}, {"from", mrs_wang}, {"text", "还没来人"}}, false);
    const auto token = house.platform.post("/_kf", {{"do", "token"}}).at("token").get<std::string>();
    std::promise<bool> noted;
    other->ring(token, house.now(), [&](bool saved) { noted.set_value(saved); });
    CHECK(noted.get_future().get());
    other->flush(std::chrono::steady_clock::now() + 20s);
    CHECK(other->figures().messages == 1);
    CHECK(house.heard(mrs_wang).size() == 2);
    CHECK(house.pulled().owner.empty());
    other.reset();  // before its channel
}

TEST_CASE("a lease of somebody who died is waited for until it is over, and no page of his is taken") {
    ServiceHouse house;
    house.settles();
    house.room.world.store->run([&](Transaction& tx) {
        kf::drop_lease(tx, house.channel_id);
        CHECK(kf::take_lease(tx, house.channel_id, "dead", house.now(), 60s));
        CHECK_FALSE(kf::take_lease(tx, house.channel_id, "other", house.now() + 59s, 60s));
        // One that was taken when a clock was ahead holds nobody up.
        CHECK(kf::take_lease(tx, house.channel_id, "other", house.now() - 24h, 60s));
        kf::drop_lease(tx, house.channel_id);
        CHECK(kf::take_lease(tx, house.channel_id, "dead", house.now(), 60s));
    });
    const auto before = pulls(house);
    house.happens({{"do", "say"}, {"from", mrs_wang}, {"text", "电梯坏了"}});
    CHECK(house.heard(mrs_wang).empty());
    CHECK(pulls(house) == before);
    house.passes(61s);
    house.ring();
    CHECK(house.heard(mrs_wang).size() == 1);
}

TEST_CASE("a doorbell that is lost is made up for; without its token the platform is asked seldom") {
    ServiceHouse house;
    house.settles();  // it has looked once, at the start
    const auto before = pulls(house);
    house.happens({{"do", "say"}, {"from", mrs_wang}, {"text", "电梯坏了"}}, false);
    house.settles();
    CHECK(pulls(house) == before);
    house.passes(299s);
    CHECK(house.heard(mrs_wang).empty());
    house.passes(2s);
    CHECK(house.heard(mrs_wang).size() == 1);
    CHECK(pulls(house) == before + 1);
    const auto asked = house.platform.calls(pull_path).back().at("body");
    CHECK_FALSE(asked.contains("token"));
    CHECK(asked.at("limit") == 1000);
    house.says(mrs_wang, "还没来人");
    CHECK(house.platform.calls(pull_path).back().at("body").at("limit") == 100);
}

TEST_CASE("a token past its time, a limit, a silent platform: asked again later, from the same place") {
    ServiceHouse house;
    house.settles();
    house.happens({{"do", "say"}, {"from", mrs_wang}, {"text", "电梯坏了"}}, false);
    std::promise<bool> noted;
    house.puller->ring("ENCofAnotherTime", house.now(), [&](bool saved) { noted.set_value(saved); });
    CHECK(noted.get_future().get());
    house.settles();
    CHECK(house.platform.calls(pull_path).back().at("errcode") == 95007);
    CHECK(house.heard(mrs_wang).empty());  // without a token only half a minute after the last time
    house.platform.fault({{"path", pull_path}, {"kind", "errcode"}, {"errcode", 45009}});
    house.passes(31s);
    CHECK(house.platform.calls(pull_path).back().at("fault") == "errcode");
    house.passes(31s);
    CHECK(house.heard(mrs_wang).empty());  // 45009 means a minute
    house.passes(31s);
    CHECK(house.heard(mrs_wang).size() == 1);

    const auto cursor = house.pulled().cursor;
    house.patience = 300ms;
    for (const auto* kind : {"http", "reset", "empty", "text", "hang", "drip", "redirect"}) {
        CAPTURE(kind);
        house.platform.fault({{"path", pull_path}, {"kind", kind}});
        const std::string words = std::string("还没来人 ") + kind;
        house.happens({{"do", "say"}, {"from", mrs_wang}, {"text", words}});
        CHECK(house.heard(mrs_wang).back() != words);
        house.passes(10min);
        CHECK(house.heard(mrs_wang).back() == words);
    }
    CHECK(house.pulled().cursor != cursor);
    CHECK(house.puller->figures().failures >= 8);
    CHECK(house.puller->figures().repeated == 0);
}

TEST_CASE("news for which memory ended is fetched again, without another doorbell") {
    ServiceHouse house;
    house.settles();
    house.memory_ends = true;
    house.happens({{"do", "say"}, {"from", mrs_wang}, {"text", "电梯坏了"}});
    CHECK_FALSE(house.memory_ends);
    CHECK(house.puller->figures().failures == 1);
    house.settles();
    CHECK(house.heard(mrs_wang).size() == 1);
}

TEST_CASE("a cursor that the platform no longer knows: from the beginning, and nothing twice") {
    ServiceHouse house;
    house.says(mrs_wang, "电梯坏了");
    house.room.world.store->run([&](Transaction& tx) {
        auto state = kf::pull_state(tx, house.channel_id);
        state.cursor = "kfc_of_another_platform";
        kf::save(tx, house.channel_id, state);
    });
    house.happens({{"do", "say"}, {"from", mrs_wang}, {"text", "还没来人"}});
    for (int i = 0; i < 6 && house.heard(mrs_wang).size() < 2; ++i) {
        house.passes(3min);
        house.ring();
    }
    CHECK(house.heard(mrs_wang) == std::vector<std::string>{"电梯坏了", "还没来人"});
    CHECK(house.puller->figures().repeated >= 1);
}

TEST_CASE("an answer that is too large is asked for in smaller pages") {
    ServiceHouse house;
    Json long_talk = Json::array();
    for (int i = 0; i < 900; ++i)
        long_talk.push_back({{"send_time", 1},
                             {"msgtype", "text"},
                             {"sender_name", "王"},
                             {"msg_content", "{\"text\":{\"content\":\"" + std::string(300, 'x') + "\"}}"}});
    for (int i = 0; i < 20; ++i)
        house.happens({{"do", "say"},
                       {"from", mrs_wang},
                       {"msgtype", "merged_msg"},
                       {"body", {{"title", "第" + std::to_string(i)}, {"item", long_talk}}}},
                      false);
    house.ring();
    CHECK(house.heard(mrs_wang).size() == 20);
}

TEST_CASE("what was written before the service was connected is kept and told to the front desk, and not answered") {
    ServiceHouse house;
    house.room.world.store->run([&](Transaction& tx) {
        kf::PullState fresh;
        fresh.live_since = house.now() + 30min;  // it went live after this was written
        kf::save(tx, house.channel_id, fresh);
    });
    house.happens({{"do", "say"}, {"from", mrs_wang}, {"texts", {"电梯坏了", "有人吗"}}}, false);
    house.platform.post("/_clock", {{"advance_ms", 40 * 60 * 1000}});
    house.room.world.system.set(house.now() + 40min);
    house.happens({{"do", "say"}, {"from", "wmNew"}, {"text", "楼道灯坏了"}});
    CHECK(house.heard(mrs_wang) == std::vector<std::string>{"电梯坏了", "有人吗"});
    CHECK(house.told(mrs_wang).empty());
    CHECK(house.told("wmNew").size() == 1);
    const auto pushed = house.room.pushed_to_staff("李娜");
    REQUIRE_FALSE(pushed.empty());
    CHECK(pushed.front().find("2条留言") != std::string::npos);
    // When he writes again, he is answered.
    CHECK(house.says(mrs_wang, "还没来人").size() == 1);
}

TEST_CASE("a talk that cannot be read is answered honestly, and holds up nobody behind it") {
    ServiceHouse house;
    house.says(mrs_wang, "你好");
    house.room.world.store->run([&](Transaction& tx) {
        auto with = tx.conversation_at(house.channel_id, mrs_wang);
        with->body = "{\"drafts\":7}";
        tx.save(*with);
    });
    house.happens({{"do", "say"}, {"from", mrs_wang}, {"text", "电梯坏了"}}, false);
    house.happens({{"do", "say"}, {"from", "wmNext"}, {"text", "楼道灯坏了"}});
    house.passes(2s);
    house.passes(2s);
    CHECK(house.heard(mrs_wang).back() == "电梯坏了");
    CHECK_FALSE(house.told(mrs_wang).empty());
    CHECK(house.told("wmNext").size() == 1);
}

TEST_CASE("an item that can never be handled is kept as it came, and the page goes on") {
    ServiceHouse house;
    std::vector<kf::News> page(2);
    for (std::size_t i = 0; i < page.size(); ++i) {
        page[i].item = kf::read_item(house.channel_id, {{"msgid", "m" + std::to_string(i)},
                                                        {"origin", 3},
                                                        {"external_userid", mrs_wang},
                                                        {"send_time", to_ms(house.now()) / 1000},
                                                        {"msgtype", "text"},
                                                        {"text", {{"content", "第" + std::to_string(i) + "条"}}}});
        page[i].raw = "{}";
    }
    const kf::NewsDesk desk(house.puller_parts(*house.channel).desk);
    house.room.world.store->run([&](Transaction& tx) {
        std::string failing;
        const auto handled =
            desk.handle(tx, page, {}, {page[0].item.key}, failing, house.room.world.now(), house.now());
        CHECK(handled.given_up == 1);
        CHECK(handled.messages == 1);
        CHECK(failing.empty());
    });
    CHECK(house.heard(mrs_wang) == std::vector<std::string>{"第1条"});
}
