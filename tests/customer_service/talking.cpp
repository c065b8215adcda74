// What customers send, what they are told, and who has the talk.
#include <catch2/catch.hpp>

#include "house.h"
#include "workflow/store/keeping.h"

using namespace huiyin;
using namespace huiyin::test;
using namespace std::chrono_literals;

namespace {
const std::string mrs_wang = "wmTESTuser0001";
bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }
Json last_message(ServiceHouse& house) { return house.platform.delivered(mrs_wang).back().at("message"); }
}  // namespace

TEST_CASE(
    "who opens the talk is welcomed within its twenty seconds, with what can be tapped; the link says where he is") {
    ServiceHouse house;
    const auto key = [&] {
        for (const auto& unit : house.room.world.directory->get()->units())
            if (unit.kind == "community") return unit.key;
        return std::string{};
    }();
    house.happens({{"do", "enter"}, {"from", mrs_wang}, {"scene", "lobby"}, {"scene_param", key}});
    const auto told = house.told(mrs_wang);
    REQUIRE(told.size() == 1);
    CHECK(has(told.front(), "机器人"));
    CHECK(house.platform.delivered(mrs_wang).back().at("by") == "welcome");
    CHECK(last_message(house).at("msgmenu").at("list").size() == 3);
    REQUIRE(house.talk(mrs_wang));
    CHECK(house.talk(mrs_wang)->unit);
    // Opening it is no message: nothing else could be said yet.
    house.pushes(mrs_wang, "进展", Priority::progress);
    CHECK(house.told(mrs_wang).empty());
    CHECK(house.rows("undeliverable").size() == 1);
    CHECK(house.taps(mrs_wang, "报事投诉").size() == 1);
    CHECK(house.heard(mrs_wang) == std::vector<std::string>{"报事投诉"});
}

TEST_CASE("a welcome that would come too late is not tried, and not missed") {
    ServiceHouse house;
    house.happens({{"do", "enter"}, {"from", mrs_wang}}, false);
    house.platform.post("/_clock", {{"advance_ms", 60000}});
    house.room.world.system.set(house.now() + 60s);
    house.ring();
    CHECK(house.told(mrs_wang).empty());
    CHECK(house.platform.calls("/cgi-bin/kf/send_msg_on_event").empty());
    CHECK(house.rows("undeliverable").empty());
    CHECK(house.says(mrs_wang, "电梯坏了").size() == 1);
}

TEST_CASE("a complaint from the first word to the rating, by taps and words") {
    ServiceHouse house;
    auto told = house.says(mrs_wang, "3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678");
    REQUIRE(told.size() == 1);
    CHECK(has(told.front(), "3栋2单元501"));
    CHECK(has(told.front(), "138****5678"));
    told = house.says(mrs_wang, "对");
    REQUIRE(told.size() == 1);
    CHECK(has(told.front(), "已登记"));
    REQUIRE(house.room.tickets().size() == 1);
    CHECK(house.room.staff_does("李娜", "accept").empty());
    house.settles();
    CHECK(house.told(mrs_wang).size() == 1);
    CHECK(house.room.staff_does("张强", "propose {\"text\":\"明天上午更换水管\"}").empty());
    house.settles();
    told = house.told(mrs_wang);
    REQUIRE(told.size() == 1);
    CHECK(has(told.front(), "更换水管"));
    told = house.taps(mrs_wang, "同意");
    REQUIRE(told.size() == 1);
    CHECK(house.room.field("phase") == "working");
    CHECK(house.room.staff_does("张强", "resolve {\"text\":\"水管换好了\"}").empty());
    house.settles();
    CHECK(has(house.told(mrs_wang).back(), "真的好了吗"));
    told = house.taps(mrs_wang, "真的好了");
    CHECK_FALSE(told.empty());
    house.passes(26h);
    const auto menus = house.platform.delivered(mrs_wang);
    const bool asked = std::any_of(menus.begin(), menus.end(), [](const Json& one) {
        return one.at("type") == "msgmenu" && has(to_text(one), "5分");
    });
    CHECK(asked);
    CHECK(house.rows("dead").empty());
}

TEST_CASE("each kind of message is kept; what cannot be read is said so") {
    ServiceHouse house;
    house.says(mrs_wang, "电梯坏了,3栋2单元,电话13812345678");
    const auto sends = [&](const char* type, Json body) {
        house.happens({{"do", "say"}, {"from", mrs_wang}, {"msgtype", type}, {"body", std::move(body)}});
        return house.told(mrs_wang);
    };
    for (const auto* type : {"business_card", "miniprogram", "link", "channels", "note"}) {
        CAPTURE(type);
        CHECK_FALSE(sends(type, {{"title", "某物"}, {"userid", "某人"}, {"nickname", "某号"}}).empty());
    }
    CHECK_FALSE(sends("hologram", {{"depth", 3}}).empty());
    std::int64_t kept = 0;
    house.room.world.store->run([&](Transaction& tx) {
        for (const auto& [name, rows] : tx.keeping().drop_raw(house.room.world.now() + std::chrono::hours{1}, 100))
            kept += rows;
    });
    CHECK(kept == 1);
    CHECK(
        sends("location", {{"latitude", 23.1}, {"longitude", 113.3}, {"name", "快递柜"}, {"address", "东门"}}).size() <=
        1);
    sends("merged_msg",
          {{"title", "业主群"},
           {"item",
            {{{"msgtype", "text"}, {"sender_name", "赵"}, {"msg_content", "{\"text\":{\"content\":\"灯又坏了\"}}"}}}}});
    CHECK(has(house.heard(mrs_wang).back(), "赵：灯又坏了"));
    const auto png =
        std::string("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=");
    const auto media = house.platform.post("/_media", {{"base64", png}, {"name", "a.png"}, {"type", "image/png"}});
    sends("image", {{"media_id", media.at("media_id")}});
    std::optional<Attachment> photo;
    house.room.world.store->read([&](Reading& reading) {
        const auto with = reading.conversation_at(house.channel_id, mrs_wang);
        for (const auto& message : reading.messages(with->id, 0, 1000))
            if (message.from == Speaker::resident && message.said.image) photo = reading.attachment(message.said.image);
    });
    REQUIRE(photo);
    CHECK(photo->media_type == "image/png");
    CHECK(photo->bytes == 68);
    sends("voice", {{"media_id", media.at("media_id")}});
    house.happens({{"do", "recall"}, {"from", mrs_wang}, {"msgid", "kfmsg000001"}});
    CHECK(house.heard(mrs_wang).back() == "[撤回了一条消息]");
    CHECK(house.heard(mrs_wang).front() == "电梯坏了,3栋2单元,电话13812345678");
    // An event that nobody knows is kept, once.
    house.happens(
        {{"do", "raw"}, {"item", {{"origin", 4}, {"msgtype", "event"}, {"event", {{"event_type", "hologram"}}}}}});
    CHECK(house.puller->figures().unreadable == 1);
}

TEST_CASE("a menu of another time is words; a number or the words are as good as a tap") {
    ServiceHouse house;
    house.says(mrs_wang, "你好");
    house.happens({{"do", "say"}, {"from", mrs_wang}, {"text", "电梯坏了"}, {"menu_id", "p1.forged"}});
    CHECK(house.heard(mrs_wang).back() == "电梯坏了");
    CHECK_FALSE(house.told(mrs_wang).empty());
    house.files("wmOther");
    CHECK(house.room.staff_does("李娜", "accept").empty());
    CHECK(house.room.staff_does("张强", "propose {\"text\":\"明天上午更换水管\"}").empty());
    house.settles();
    house.says("wmOther", "同意");
    CHECK(house.room.field("phase") == "working");
}

TEST_CASE("while a servicer has the talk the bot is silent; when he ends it the bot says so by the event's code") {
    ServiceHouse house;
    house.says(mrs_wang, "电梯坏了");
    house.happens({{"do", "take"}, {"from", mrs_wang}, {"servicer", "li.na"}});
    CHECK(house.talk(mrs_wang)->state == "person");
    CHECK(house.talk(mrs_wang)->taken_by == house.room.world.staff("li.na"));
    CHECK(house.says(mrs_wang, "什么时候来人").empty());
    house.happens({{"do", "servicer_says"}, {"from", mrs_wang}, {"text", "师傅马上到"}});
    CHECK(house.heard(mrs_wang, Speaker::staff) == std::vector<std::string>{"师傅马上到"});
    CHECK(house.told(mrs_wang).empty());
    house.happens({{"do", "end"}, {"from", mrs_wang}});
    CHECK(house.talk(mrs_wang)->state == "bot");
    const auto told = house.told(mrs_wang);
    REQUIRE(told.size() == 1);
    CHECK(has(told.front(), "还是我在"));
    CHECK(house.platform.delivered(mrs_wang).back().at("by") == "msg_code");
    CHECK_FALSE(house.says(mrs_wang, "3栋2单元").empty());
    // An end that is heard of late: the talk is the bot's, and nothing is tried.
    house.happens({{"do", "take"}, {"from", mrs_wang}, {"servicer", "li.na"}});
    house.happens({{"do", "end"}, {"from", mrs_wang}}, false);
    house.passes(60s);
    house.ring();
    CHECK(house.talk(mrs_wang)->state == "bot");
    CHECK(house.told(mrs_wang).empty());
}

TEST_CASE("a servicer who has the talk is believed, also when nobody told us") {
    ServiceHouse house;
    house.says(mrs_wang, "电梯坏了");
    house.happens({{"do", "take"}, {"from", mrs_wang}, {"servicer", "li.na"}});
    house.room.world.store->run([&](Transaction& tx) {
        auto with = tx.conversation_at(house.channel_id, mrs_wang);
        with->state = "bot";  // as if the event had been lost
        tx.save(*with);
    });
    CHECK(house.says(mrs_wang, "3栋2单元").empty());
    CHECK(house.talk(mrs_wang)->state == "person");
    const auto asked = house.platform.calls("/cgi-bin/kf/send_msg").size();
    CHECK(house.says(mrs_wang, "什么时候来人").empty());
    CHECK(house.platform.calls("/cgi-bin/kf/send_msg").size() == asked);
}

TEST_CASE("who asks for a person is handed to a servicer after he was told, where the account has servicers") {
    ServiceHouse house(true);
    house.says(mrs_wang, "电梯坏了");
    const auto told = house.says(mrs_wang, "转人工");
    REQUIRE(told.size() == 1);
    CHECK(has(told.front(), "找人"));
    CHECK(house.platform.post("/_kf_state", {{"from", mrs_wang}}).at("state") == 3);
    CHECK(house.talk(mrs_wang)->state == "person");
    CHECK(house.says(mrs_wang, "在吗").empty());
    CHECK(house.rows("dead").empty());
}

TEST_CASE("where no servicers are, colleagues answer from the console") {
    ServiceHouse house;
    house.says(mrs_wang, "电梯坏了");
    CHECK(house.says(mrs_wang, "转人工").size() == 1);
    CHECK(house.platform.calls("/cgi-bin/kf/service_state/trans").empty());
    CHECK(house.talk(mrs_wang)->state == "waiting");
    CHECK_FALSE(house.room.pushed_to_staff("李娜").empty());
}

TEST_CASE("what he wrote long ago and is heard now opens the window from when he wrote") {
    ServiceHouse house;
    house.happens({{"do", "say"}, {"from", mrs_wang}, {"text", "电梯坏了"}}, false);
    house.puller.reset();
    house.platform.post("/_clock", {{"advance_ms", 47 * 3600 * 1000}});
    house.room.world.system.set(house.now() + 47h);
    house.room.world.service.set(house.room.world.now() + 47h);
    house.puller = std::make_unique<kf::Puller>(house.puller_parts(*house.channel));
    house.ring();
    CHECK(house.told(mrs_wang).size() == 1);
    house.passes(2h);
    house.pushes(mrs_wang, "进展", Priority::progress);
    CHECK(house.told(mrs_wang).empty());
    CHECK(house.rows("undeliverable").size() == 1);
}
