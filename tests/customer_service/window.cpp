// Five messages after he wrote, for two days: what is said in them, and what becomes of the rest.
#include "channels/window.h"

#include <catch2/catch.hpp>

#include "house.h"

using namespace huiyin;
using namespace huiyin::test;
using namespace std::chrono_literals;

namespace {
const std::string mrs_wang = "wmTESTuser0001";
int left(ServiceHouse& house) { return house.platform.post("/_kf_state", {{"from", mrs_wang}}).at("left").get<int>(); }
int calls_for(ServiceHouse& house) {
    int calls = 0;
    house.room.world.store->read([&](Reading& reading) {
        for (const auto& item : reading.outbox_page("waiting", 1000, "").items) calls += item.key.find("call:") == 0;
    });
    return calls;
}
}  // namespace

TEST_CASE("what is said in one turn goes in one message") {
    ServiceHouse house;
    house.says(mrs_wang, "你好");
    CHECK(left(house) == 4);
    house.room.world.store->run([&](Transaction& tx) {
        auto with = tx.conversation_at(house.channel_id, mrs_wang);
        Hearing::SaidIn said;
        for (const auto* words : {"第一句", "第二句", "第三句"}) {
            Said one;
            one.text = words;
            Saying how;
            how.how = How::passive;
            said.emplace_back(with->id,
                              house.room.world.speaker->say(tx, *with, one, {}, how, house.room.world.now())->id);
        }
        Hearing::push_instead(tx, said, house.room.world.now(), house.now());
    });
    house.settles();
    CHECK(house.told(mrs_wang).back() == "第一句\n\n第二句\n\n第三句");
    CHECK(left(house) == 3);
    CHECK(house.rows("waiting").empty());
    CHECK(house.rows("sent").size() >= 4);
    CHECK(house.talk(mrs_wang)->pushes_since_inbound == 2);
}

TEST_CASE("the last two messages are kept for what must arrive; news goes along with it") {
    ServiceHouse house;
    const auto ticket = house.files(mrs_wang);
    house.told(mrs_wang);
    REQUIRE(left(house) == 4);
    house.pushes(mrs_wang, "进展一", Priority::progress, ticket);
    house.pushes(mrs_wang, "进展二", Priority::progress, ticket);
    CHECK(house.told(mrs_wang) == std::vector<std::string>{"进展一", "进展二"});
    CHECK(left(house) == 2);
    house.pushes(mrs_wang, "进展三", Priority::progress, ticket);
    house.pushes(mrs_wang, "进展四", Priority::progress, ticket);
    CHECK(house.told(mrs_wang).empty());
    CHECK(house.rows("waiting").size() == 2);
    house.pushes(mrs_wang, "这样处理可以吗?", Priority::consent, ticket, {{"同意", {{"talk", "x"}}}});
    CHECK(house.told(mrs_wang) == std::vector<std::string>{"进展三\n\n进展四\n\n这样处理可以吗?"});
    CHECK(house.rows("waiting").empty());
    CHECK(left(house) == 1);
    house.pushes(mrs_wang, "今天17:30前给您结果", Priority::deadline, ticket);
    CHECK(left(house) == 0);
    // The sixth is not tried: somebody has to call him.
    house.told(mrs_wang);
    const auto asked = house.platform.calls("/cgi-bin/kf/send_msg").size();
    house.pushes(mrs_wang, "明天9:00前给您结果", Priority::deadline, ticket);
    CHECK(house.told(mrs_wang).empty());
    CHECK(house.platform.calls("/cgi-bin/kf/send_msg").size() == asked);
    REQUIRE(house.rows("undeliverable").size() == 1);
    CHECK(house.rows("undeliverable").front().error_code == "window_closed");
    CHECK(calls_for(house) > 0);
    for (const auto& one : house.platform.calls("/cgi-bin/kf/send_msg")) CHECK(one.at("errcode") == 0);
}

TEST_CASE("news that was kept goes when he writes again") {
    ServiceHouse house;
    const auto ticket = house.files(mrs_wang);
    for (const auto* words : {"进展一", "进展二", "进展三"}) house.pushes(mrs_wang, words, Priority::progress, ticket);
    house.told(mrs_wang);
    REQUIRE(house.rows("waiting").size() == 1);
    house.says(mrs_wang, "查进度");
    CHECK(house.rows("waiting").empty());
    bool heard = false;
    for (const auto& one : house.platform.delivered(mrs_wang))
        heard = heard || to_text(one).find("进展三") != std::string::npos;
    CHECK(heard);
}

TEST_CASE("news that was kept goes before the window ends") {
    ServiceHouse house;
    const auto ticket = house.files(mrs_wang);
    for (const auto* words : {"进展一", "进展二", "进展三", "进展四"})
        house.pushes(mrs_wang, words, Priority::progress, ticket);
    house.told(mrs_wang);
    REQUIRE(house.rows("waiting").size() == 2);
    house.platform.post("/_clock", {{"advance_ms", (47 * 60 + 15) * 60 * 1000}});
    house.room.world.system.set(house.now() + 47h + 15min);
    house.room.world.service.set(house.room.world.now() + 47h + 15min);
    house.settles();
    CHECK(house.told(mrs_wang).empty());
    house.platform.post("/_clock", {{"advance_ms", 20 * 60 * 1000}});
    house.room.world.system.set(house.now() + 20min);
    house.room.world.service.set(house.room.world.now() + 20min);
    house.settles();
    CHECK(house.told(mrs_wang) == std::vector<std::string>{"进展三\n\n进展四"});
}

TEST_CASE("the platform counts otherwise than we do: nothing more is tried before he writes") {
    ServiceHouse house;
    const auto ticket = house.files(mrs_wang);
    house.platform.fault({{"path", "/cgi-bin/kf/send_msg"}, {"kind", "errcode"}, {"errcode", 95001}});
    house.pushes(mrs_wang, "进展一", Priority::progress, ticket);
    CHECK(house.rows("undeliverable").size() == 1);
    const auto asked = house.platform.calls("/cgi-bin/kf/send_msg").size();
    house.pushes(mrs_wang, "请您定一下", Priority::consent, ticket);
    CHECK(house.platform.calls("/cgi-bin/kf/send_msg").size() == asked);
    CHECK_FALSE(house.says(mrs_wang, "查进度").empty());
}

TEST_CASE("what the platform tells later did not arrive falls back, or goes once more as text") {
    ServiceHouse house;
    const auto ticket = house.files(mrs_wang);
    house.told(mrs_wang);
    house.pushes(mrs_wang, "进展一", Priority::progress, ticket);
    const auto sent_as = [&] {
        return house.platform.delivered(mrs_wang).back().at("message").at("msgid").get<std::string>();
    };
    house.happens({{"do", "fail"}, {"from", mrs_wang}, {"msgid", sent_as()}, {"type", 10}});
    REQUIRE(house.rows("undeliverable").size() == 1);
    CHECK(house.rows("undeliverable").front().error_code == "not_arrived/10");
    CHECK(calls_for(house) > 0);
    CHECK(house.talk(mrs_wang)->pushes_since_inbound == 5);

    house.says(mrs_wang, "查进度");
    house.told(mrs_wang);
    house.pushes(mrs_wang, "可以吗?", Priority::consent, ticket, {{"可以", {{"talk", "x"}}}});
    CHECK(house.platform.delivered(mrs_wang).back().at("type") == "msgmenu");
    house.happens({{"do", "fail"}, {"from", mrs_wang}, {"msgid", sent_as()}, {"type", 12}});
    CHECK(house.told(mrs_wang).back() == "可以吗?\n1 可以");
    CHECK(house.rows("undeliverable").size() == 1);
    house.happens({{"do", "fail"}, {"from", mrs_wang}, {"msgid", sent_as()}, {"type", 12}});
    CHECK(house.rows("undeliverable").size() == 2);
    // What is none of ours changes nothing.
    house.happens({{"do", "fail"}, {"from", mrs_wang}, {"msgid", "o1-0"}, {"type", 4}});
    house.happens({{"do", "fail"}, {"from", mrs_wang}, {"msgid", "someone's"}, {"type", 0}});
    CHECK(house.rows("undeliverable").size() == 2);
}

TEST_CASE("what a person has sent once more is not held, and goes under a new name") {
    ServiceHouse house;
    const auto ticket = house.files(mrs_wang);
    house.told(mrs_wang);
    house.pushes(mrs_wang, "进展一", Priority::progress, ticket);
    const auto name = house.platform.delivered(mrs_wang).back().at("message").at("msgid").get<std::string>();
    house.happens({{"do", "fail"}, {"from", mrs_wang}, {"msgid", name}, {"type", 13}});
    house.pushes(mrs_wang, "进展二", Priority::progress, ticket);
    house.pushes(mrs_wang, "进展三", Priority::progress, ticket);
    house.told(mrs_wang);
    REQUIRE(house.rows("undeliverable").size() == 1);
    REQUIRE(house.rows("waiting").size() == 1);  // 进展三 is held
    const auto again = [&](OutboxItem item) {    // as the API does
        house.room.world.store->run([&](Transaction& tx) {
            item.state = OutboxState::waiting;
            item.attempts = 0;
            item.error_code.clear();
            item.reference = asked_again(house.now());
            item.next_attempt_at = house.room.world.now();
            tx.save(item);
        });
        house.settles();
    };
    again(house.rows("undeliverable").front());
    CHECK(house.rows("undeliverable").empty());
    CHECK(house.told(mrs_wang) == std::vector<std::string>{"进展一\n\n进展三"});
    CHECK(house.platform.delivered(mrs_wang).back().at("message").at("msgid") != name);
}

TEST_CASE("a letter whose answer was lost goes again as it was, whatever is owed by then") {
    ServiceHouse house;
    const auto ticket = house.files(mrs_wang);
    for (const auto* words : {"进展一", "进展二", "进展三"}) house.pushes(mrs_wang, words, Priority::progress, ticket);
    house.told(mrs_wang);
    house.platform.fault({{"path", "/cgi-bin/kf/send_msg"}, {"kind", "lose"}});
    house.pushes(mrs_wang, "这样处理可以吗?", Priority::consent, ticket);
    house.pushes(mrs_wang, "进展四", Priority::progress, ticket);  // owed by now, and no part of that letter
    CHECK(house.told(mrs_wang) == std::vector<std::string>{"进展三\n\n这样处理可以吗?"});
    // The process ends before it could write down what came of it.
    house.stops();
    house.room.world.store->run([](Transaction& tx) { tx.release_claims(); });
    house.starts();
    house.passes(10s);
    CHECK(house.told(mrs_wang).empty());
    const auto waiting = house.rows("waiting");
    REQUIRE(waiting.size() == 1);
    CHECK(waiting.front().said.text == "进展四");
    house.says(mrs_wang, "查进度");
    CHECK(house.rows("waiting").empty());
    int shown = 0;
    for (const auto& one : house.platform.delivered(mrs_wang))
        shown += to_text(one).find("进展三") != std::string::npos;
    CHECK(shown == 1);
}

TEST_CASE("whoever dies between sending and writing it down sends the same letter again, and it is shown once") {
    ServiceHouse house;
    const auto ticket = house.files(mrs_wang);
    for (const auto* words : {"进展一", "进展二", "进展三"}) house.pushes(mrs_wang, words, Priority::progress, ticket);
    house.told(mrs_wang);
    house.courier.reset();
    house.pushes(mrs_wang, "这样处理可以吗?", Priority::consent, ticket);
    // As the courier does, to the moment at which the platform has it and nobody has written that down.
    house.room.world.store->run([&](Transaction& tx) {
        const auto claimed = tx.claim_outbox(house.channel_id, house.room.world.now(), house.now(), 16);
        REQUIRE(claimed.size() == 1);
        const auto letter = make_letter(tx, claimed.front(), *house.channel, house.channel->capabilities(),
                                        house.room.world.now(), house.now());
        REQUIRE(letter.fate == Letter::Fate::go);
        CHECK(letter.with.size() == 1);
        CHECK(house.channel->send(letter.lead));
    });
    CHECK(house.told(mrs_wang) == std::vector<std::string>{"进展三\n\n这样处理可以吗?"});
    CHECK(house.rows("sending").size() == 2);
    house.stops();
    house.room.world.store->run([](Transaction& tx) { tx.release_claims(); });
    house.starts();
    house.pushes(mrs_wang, "今天17:30前给您结果", Priority::deadline,
                 ticket);  // owed by now, and no part of that letter
    CHECK(house.told(mrs_wang) == std::vector<std::string>{"今天17:30前给您结果"});
    CHECK(house.rows("waiting").empty());
    CHECK(house.rows("sending").empty());
    CHECK(house.rows("dead").empty());
    CHECK(house.talk(mrs_wang)->pushes_since_inbound == 5);
}

TEST_CASE("what was in hand when the store failed is nobody's, and neither is what went with it") {
    ServiceHouse house;
    const auto ticket = house.files(mrs_wang);
    for (const auto* words : {"进展一", "进展二", "进展三"}) house.pushes(mrs_wang, words, Priority::progress, ticket);
    house.told(mrs_wang);
    house.courier.reset();
    house.pushes(mrs_wang, "这样处理可以吗?", Priority::consent, ticket);
    house.room.world.store->run([&](Transaction& tx) {
        const auto claimed = tx.claim_outbox(house.channel_id, house.room.world.now(), house.now(), 16);
        REQUIRE(claimed.size() == 1);
        CHECK(make_letter(tx, claimed.front(), *house.channel, house.channel->capabilities(), house.room.world.now(),
                          house.now())
                  .with.size() == 1);
    });
    CHECK(house.rows("sending").size() == 2);
    house.room.world.store->run([](Transaction& tx) { tx.release_claims(ChannelId{"another"}); });
    CHECK(house.rows("sending").size() == 2);
    house.room.world.store->run([&](Transaction& tx) { tx.release_claims(house.channel_id); });
    CHECK(house.rows("sending").empty());
    house.stops();
    house.starts();
    house.settles();
    CHECK(house.told(mrs_wang) == std::vector<std::string>{"进展三\n\n这样处理可以吗?"});
    CHECK(house.rows("waiting").empty());
}

TEST_CASE("what did not arrive is not lost when the platform tells so before it was written down as sent") {
    ServiceHouse house;
    const auto ticket = house.files(mrs_wang);
    house.told(mrs_wang);
    // As the courier does, to the moment at which the platform has it and nobody has written that down.
    const auto sends = [&](const char* words, Priority priority = Priority::progress) {
        house.courier.reset();
        house.pushes(mrs_wang, words, priority, ticket);
        Letter letter;
        house.room.world.store->run([&](Transaction& tx) {
            const auto claimed = tx.claim_outbox(house.channel_id, house.room.world.now(), house.now(), 16);
            REQUIRE(claimed.size() == 1);
            letter = make_letter(tx, claimed.front(), *house.channel, house.channel->capabilities(),
                                 house.room.world.now(), house.now());
            REQUIRE(letter.fate == Letter::Fate::go);
        });
        REQUIRE(house.channel->send(letter.lead));
        return letter;
    };
    const auto fails = [&](int type) {
        const auto name = house.platform.delivered(mrs_wang).back().at("message").at("msgid").get<std::string>();
        house.happens({{"do", "fail"}, {"from", mrs_wang}, {"msgid", name}, {"type", type}});
    };
    auto letter = sends("进展一");
    fails(13);
    CHECK(house.rows("sending").size() == 1);
    house.room.world.store->run([&](Transaction& tx) {
        letter.lead.state = OutboxState::sent;
        letter.lead.sent_at = house.room.world.now();
        settle_letter(tx, letter.lead, letter.with, 1, false, house.channel->capabilities(), house.room.world.now(),
                      house.now());
    });
    CHECK(house.rows("sent").empty() == false);
    REQUIRE(house.rows("waiting").size() == 1);
    CHECK(house.rows("waiting").front().error_code == "not_arrived/13");
    house.stops();
    house.starts();
    house.settles();
    CHECK(house.rows("undeliverable").size() == 1);
    CHECK(calls_for(house) > 0);

    // Nobody wrote anything down: the process died, or the answer was lost.
    sends("进展二");
    fails(13);
    house.stops();
    house.room.world.store->run([](Transaction& tx) { tx.release_claims(); });
    const auto shown = house.platform.delivered(mrs_wang).size();
    house.starts();
    house.settles();
    CHECK(house.rows("undeliverable").size() == 2);
    CHECK(house.platform.delivered(mrs_wang).size() == shown);

    // As text, once more.
    letter = sends("可以吗", Priority::consent);
    fails(12);
    house.room.world.store->run([&](Transaction& tx) {
        letter.lead.state = OutboxState::sent;
        letter.lead.sent_at = house.room.world.now();
        settle_letter(tx, letter.lead, letter.with, 1, false, house.channel->capabilities(), house.room.world.now(),
                      house.now());
    });
    house.stops();
    house.starts();
    house.settles();
    CHECK(house.platform.delivered(mrs_wang).size() == shown + 2);
    CHECK(house.rows("undeliverable").size() == 2);

    // As text, once more, though nobody wrote down that it was to be.
    house.says(mrs_wang, "查进度");
    house.told(mrs_wang);
    sends("这样行吗", Priority::consent);
    fails(12);
    house.stops();
    house.room.world.store->run([](Transaction& tx) { tx.release_claims(); });
    CHECK(house.told(mrs_wang).size() == 1);
    house.starts();
    house.settles();
    CHECK(house.told(mrs_wang).size() == 1);
    CHECK(house.rows("undeliverable").size() == 2);
    CHECK(house.rows("waiting").empty());
}

TEST_CASE("a known channel of the same person takes over what customer service cannot say") {
    ServiceHouse house;
    const auto ticket = house.files(mrs_wang);
    house.stops();
    house.fallback = {ChannelId{"oa"}};
    house.starts();
    house.room.world.store->run([&](Transaction& tx) {
        const auto with = tx.conversation_at(house.channel_id, mrs_wang);
        Conversation other;
        other.id = house.room.world.ids.make<ConversationId>(to_ms(house.now()));
        other.channel = ChannelId{"oa"};
        other.address = "oTest1";
        other.person = with->person;
        other.created_at = other.updated_at = other.state_since = other.last_inbound_at = house.room.world.now();
        tx.save(other);
    });
    house.happens({{"do", "take"}, {"from", mrs_wang}, {"servicer", "li.na"}});
    house.pushes(mrs_wang, "今天17:30前给您结果", Priority::deadline, ticket);
    bool there = false;
    house.room.world.store->read([&](Reading& reading) {
        for (const auto& item : reading.outbox_page("waiting", 100, "").items)
            there = there || (item.channel == ChannelId{"oa"} && item.said.text == "今天17:30前给您结果");
    });
    CHECK(there);
}

TEST_CASE("room is what the platform leaves, by when he wrote and how much was said") {
    Capabilities can;
    can.push = true;
    can.window = 48h;
    can.window_pushes = 5;
    Conversation talk;
    const auto noon = from_ms(1'800'000'000'000);
    talk.last_inbound_at = noon;
    talk.pushes_since_inbound = 3;
    CHECK(allowance_of(can, talk, noon).left == 2);
    CHECK(allowance_of(can, talk, noon + 48h).left == 2);
    CHECK(allowance_of(can, talk, noon + 48h + 1ms).left == 0);
    talk.pushes_since_inbound = 9;
    CHECK(allowance_of(can, talk, noon).left == 0);
    CHECK(allowance_of(can, std::nullopt, noon).left == 0);
    can.push = false;
    talk.pushes_since_inbound = 0;
    CHECK(allowance_of(can, talk, noon).left == 0);
    Capabilities free_to_speak;
    free_to_speak.push = true;
    CHECK_FALSE(is_windowed(free_to_speak));

    Said said;
    said.text = "好了吗?";
    said.choices = {{"好了", "p1.a"}, {"没有", "p1.b"}};
    CHECK(in_one_message(said, 2048).text == "好了吗?\n1 好了\n2 没有");
    said.choices.clear();
    for (int i = 0; i < 1000; ++i) said.text += "楼";
    CHECK(in_one_message(said, 2048).text.size() <= 2048);
}

namespace {
// Two pieces of news are held; what must arrive takes them along, and the platform is down.
void takes_along_and_fails(ServiceHouse& house, TicketId ticket) {
    for (const auto* words : {"进展一", "进展二", "进展三", "进展四"})
        house.pushes(mrs_wang, words, Priority::progress, ticket);
    house.told(mrs_wang);
    REQUIRE(house.rows("waiting").size() == 2);
    house.platform.post("/_fault", {{"kind", "http"}, {"status", 503}, {"path", "/cgi-bin/kf/send_msg"}, {"times", 1}});
    house.pushes(mrs_wang, "今天17:30前给您结果", Priority::deadline, ticket);
    REQUIRE(house.told(mrs_wang).empty());
    REQUIRE(house.rows("waiting").size() == 3);
}
void passes(ServiceHouse& house, Milliseconds time) {
    house.platform.post("/_clock", {{"advance_ms", time.count()}});
    house.room.world.system.set(house.now() + time);
    house.room.world.service.set(house.room.world.now() + time);
    house.settles();
}
}  // namespace

TEST_CASE("news that goes with a letter stays with it when he writes meanwhile, and blocks nobody") {
    ServiceHouse house;
    const auto ticket = house.files(mrs_wang);
    takes_along_and_fails(house, ticket);
    house.says(mrs_wang, "查进度");
    passes(house, 10min);
    CHECK(house.rows("waiting").empty());
    int news = 0;
    for (const auto& words : house.told(mrs_wang)) news += words.find("进展三") != std::string::npos;
    CHECK(news == 1);
}

TEST_CASE("what went with a letter that came too late is not left behind") {
    ServiceHouse house;
    const auto ticket = house.files(mrs_wang);
    takes_along_and_fails(house, ticket);
    passes(house, 49h);
    CHECK(house.told(mrs_wang).empty());
    CHECK(house.rows("waiting").empty());
    CHECK(house.rows("undeliverable").size() == 3);
    CHECK(calls_for(house) > 0);
}
