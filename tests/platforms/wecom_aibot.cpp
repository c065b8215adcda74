#include <catch2/catch.hpp>
#include <fstream>

#include "channels/wecom_aibot/reading.h"
#include "channels/wecom_aibot/talks.h"
#include "tests/platforms/desk.h"

using namespace huiyin;
using namespace std::chrono_literals;

namespace {

StandIn::Order ordered(Desk& desk, Json order) {
    order.update(Json{{"from", order.value("from", "zhangsan")}});
    return desk.platform.in_aibot(std::move(order), desk.clock.now());
}
std::string code_of_read(Desk& desk, const Channel& bot, Json order) {
    const auto messages = bot.read(ordered(desk, std::move(order)).callback);
    return messages ? "read" : messages.problem().code;
}
InboundMessage only(Desk& desk, const Channel& bot, Json order) {
    const auto messages = bot.read(ordered(desk, std::move(order)).callback);
    REQUIRE(messages);
    REQUIRE(messages->size() == 1);
    return messages->front();
}
// What the platform makes of our answer.
Json answered(Desk& desk, const Channel& bot, const StandIn::Order& order, const std::vector<Said>& said) {
    const auto messages = bot.read(order.callback);
    REQUIRE(messages);
    const auto message = messages->empty() ? InboundMessage{} : messages->front();
    const auto judged = desk.platform.judged(order, bot.passive(order.callback, message, said));
    CHECK(judged.at("problem") == "");
    return judged.at("reply");
}
std::vector<std::string> told(Desk& desk, const std::string& who = "zhangsan") {
    std::vector<std::string> words;
    for (const auto& one : desk.platform.delivered(who))
        words.push_back(one.at("message").at("markdown").at("content").get<std::string>());
    return words;
}

}  // namespace

TEST_CASE("the AI bot's published vector is a message, as it stands") {
    std::ifstream file(HUIYIN_SOURCE "/tests/crypto/wecom.json");
    const auto vectors = Json::parse(file);
    const auto& list = vectors.at("positive");
    const auto at = std::find_if(list.begin(), list.end(), [](const Json& one) { return one.at("receiver") == ""; });
    REQUIRE(at != list.end());
    Desk desk;
    const auto bot = desk.bot();
    Callback callback;
    callback.method = "POST";
    callback.received_at = from_ms(1767225700000 + 20'000);
    callback.query = {{"timestamp", at->at("timestamp").get<std::string>()},
                      {"nonce", at->at("nonce").get<std::string>()},
                      {"msg_signature", at->at("signature").get<std::string>()}};
    callback.body = to_text(Json{{"encrypt", at->at("encrypt")}});
    const auto messages = bot->read(callback);
    REQUIRE(messages);
    REQUIRE(messages->size() == 1);
    CHECK(messages->front().text == "电梯坏了，三号楼");
    CHECK(messages->front().address == "zhangsan");
    CHECK(messages->front().key == "m|CAIQtest0001");
    CHECK_FALSE(messages->front().staff);
    callback.received_at = from_ms(1767225700000 + 301'000);
    CHECK(bot->read(callback).problem().code == "channel.bad_signature");
}

TEST_CASE("the AI bot's callbacks are taken only as they should be") {
    Desk desk;
    const auto bot = desk.bot();
    const auto tampered = [&](const Json& more) {
        Json order{{"do", "say"}, {"text", "电梯坏了"}};
        order.update(more);
        return code_of_read(desk, *bot, order);
    };
    CHECK(tampered(Json::object()) == "read");
    CHECK(tampered({{"as", {{"token", "x"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"as", {{"encoding_aes_key", "ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA"}}}}) ==
          "channel.bad_signature");
    CHECK(tampered({{"as", {{"receiver", "ww0123456789abcdef"}}}}) ==
          "channel.bad_signature");  // an app's, not a bot's
    for (const auto* name : {"msg_signature", "timestamp", "nonce"}) {
        CHECK(tampered({{"tamper", {{name, nullptr}}}}) == "channel.bad_signature");
        CHECK(tampered({{"tamper", {{name, "1"}}}}) == "channel.bad_signature");
    }
    for (const auto* body : {"", "{", "[]", R"({"encrypt":""})", R"({"encrypt":7})", "<xml><Encrypt>x</Encrypt></xml>"})
        CHECK(tampered({{"body", body}}) == "channel.bad_signature");
    const auto seconds = to_ms(desk.clock.now()) / 1000;
    CHECK(tampered({{"timestamp", std::to_string(seconds - 299)}}) == "read");
    CHECK(tampered({{"timestamp", std::to_string(seconds - 301)}}) == "channel.bad_signature");
    CHECK(tampered({{"timestamp", std::to_string(seconds + 301)}}) == "channel.bad_signature");
    auto another = desk.bot_settings();
    another.bot_id = "AIBOTother";
    CHECK(code_of_read(desk, *desk.bot(another), {{"do", "say"}, {"text", "x"}}) == "channel.bad_signature");
    auto changing = desk.bot_settings();
    changing.tokens = {"newer", "aibotToken9"};
    changing.encoding_aes_keys.insert(changing.encoding_aes_keys.begin(),
                                      "ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA");
    const auto rotated = desk.bot(changing);
    const auto order = ordered(desk, {{"do", "say"}, {"text", "x"}});
    CHECK(answered(desk, *rotated, order, {saying("收到")}).at("stream").at("content") == "收到");
    // The address is proved by a bare echo.
    const auto proof = ordered(desk, {{"do", "verify"}});
    const auto echo = bot->verify(proof.callback);
    REQUIRE(echo);
    CHECK(desk.platform.judged(proof, *echo).at("problem") == "");
    CHECK_FALSE(bot->verify(ordered(desk, {{"do", "verify"}, {"as", {{"token", "x"}}}}).callback));
}

TEST_CASE("what members say to the AI bot") {
    Desk desk;
    const auto bot = desk.bot();
    const auto text = only(desk, *bot, {{"do", "say"}, {"text", " 3栋电梯坏了 "}, {"msgid", "m1"}});
    CHECK(text.kind == InboundKind::text);
    CHECK(text.text == "3栋电梯坏了");
    CHECK(text.key == "m|m1");
    CHECK(text.group.empty());
    CHECK(text.begins_alone);
    const auto voice = only(desk, *bot, {{"do", "voice"}, {"text", "楼道没灯"}});
    CHECK(voice.kind == InboundKind::voice);
    CHECK(voice.text == "楼道没灯");
    const auto group = only(desk, *bot, {{"do", "say"}, {"text", "电梯坏了"}, {"group", "wrChat01"}});
    CHECK(group.text == "电梯坏了");  // without the bot's name
    CHECK(group.group == "wrChat01");
    CHECK_FALSE(group.begins_alone);
    const auto mixed = only(desk, *bot, {{"do", "photo"}, {"text", "看这里"}, {"base64", "AAAA"}});
    CHECK(mixed.kind == InboundKind::image);
    CHECK(mixed.text == "看这里");
    REQUIRE(mixed.media.size() == 1);
    const auto entered = only(desk, *bot, {{"do", "enter"}});
    CHECK(entered.kind == InboundKind::entered);
    const auto raw = [&](const Json& message) { return only(desk, *bot, {{"do", "raw"}, {"message", message}}); };
    CHECK(raw({{"msgtype", "hologram"}, {"hologram", {{"x", 1}}}}).kind == InboundKind::unknown);
    CHECK(raw({{"msgtype", "text"}, {"text", {{"content", "  "}}}}).kind == InboundKind::unknown);
    CHECK(raw({{"msgtype", "text"}, {"text", {{"content", "x"}}}, {"from", nullptr}}).kind == InboundKind::unknown);
    CHECK(raw({{"msgtype", "mixed"}, {"mixed", {{"msg_item", 7}}}}).kind == InboundKind::unknown);
    CHECK(raw({{"msgtype", "file"}, {"file", {{"url", "https://x.example.com/a.pdf"}}}}).kind == InboundKind::file);
    CHECK_FALSE(raw({{"msgtype", "text"}, {"msgid", ""}, {"text", {{"content", "x"}}}}).raw.empty());
    const auto unreadable = bot->read(ordered(desk, {{"do", "say"}, {"text", "x"}, {"raw", "no json"}}).callback);
    REQUIRE(unreadable);
    CHECK(unreadable->front().raw == "no json");
    const auto event = raw({{"msgtype", "event"}, {"event", {{"eventtype", "hologram"}}}});
    CHECK(event.kind == InboundKind::unknown);
    CHECK(event.address.empty());  // it is kept, and nobody is answered
    CHECK_FALSE(event.raw.empty());
    // What is no message: how far is it?, what he thinks of an answer, a card of nobody's.
    for (const auto& order :
         {Json{{"do", "poll"}, {"id", "s1"}}, Json{{"do", "feedback"}, {"id", "s1"}, {"type", 2}},
          Json{{"do", "raw"},
               {"message",
                {{"msgtype", "event"},
                 {"event", {{"eventtype", "template_card_event"}, {"template_card_event", {}}}}}}}}) {
        const auto none = bot->read(ordered(desk, order).callback);
        REQUIRE(none);
        CHECK(none->empty());
        CHECK(answered(desk, *bot, ordered(desk, order), {}).is_null());
    }
}

TEST_CASE("the AI bot answers at once, the same to a repeat and to who asks how far it is") {
    Desk desk;
    const auto bot = desk.bot();
    const auto order = ordered(desk, {{"do", "say"}, {"text", "x"}, {"msgid", "m7"}});
    const auto said = std::vector<Said>{saying("我记下的是 <@all> [x](http://x)", {{"对", "p1.a"}, {"不对", "p1.b"}}),
                                        saying("第二句")};
    const auto first = answered(desk, *bot, order, said);
    CHECK(first.at("msgtype") == "stream");
    CHECK(first.at("stream").at("finish") == true);
    const auto words = first.at("stream").at("content").get<std::string>();
    CHECK(words.find("1 对") != std::string::npos);
    CHECK(words.find("第二句") != std::string::npos);
    CHECK(words.find("<@all>") == std::string::npos);
    CHECK(words.find("[x]") == std::string::npos);
    CHECK(first.at("stream").at("feedback").at("id") == first.at("stream").at("id"));
    const auto again = answered(desk, *bot, ordered(desk, {{"do", "say"}, {"text", "x"}, {"msgid", "m7"}}), said);
    CHECK(again.at("stream").at("id") == first.at("stream").at("id"));
    const auto poll = ordered(desk, {{"do", "poll"}, {"id", first.at("stream").at("id")}});
    const auto state = answered(desk, *bot, poll, {});
    CHECK(state.at("stream").at("content") == words);
    CHECK(state.at("stream").at("finish") == true);
    CHECK_FALSE(state.at("stream").contains("feedback"));
    CHECK(answered(desk, *bot, ordered(desk, {{"do", "poll"}, {"id", "unknown"}}), {}).is_null());
    desk.pass(6min);
    const auto late = ordered(desk, {{"do", "poll"}, {"id", first.at("stream").at("id")}});
    CHECK(answered(desk, *bot, late, {}).is_null());
    // Nothing to say takes nothing away; a welcome is plain text.
    CHECK(answered(desk, *bot, ordered(desk, {{"do", "say"}, {"text", "x"}}), {}).is_null());
    CHECK(answered(desk, *bot, ordered(desk, {{"do", "enter"}}), {saying("您好")}).at("text").at("content") == "您好");
    auto picture = saying("看");
    picture.image = AttachmentId{"a"};
    CHECK_FALSE(bot->passive_fits({picture}));
    CHECK(bot->passive_fits({saying(many("楼", 6800))}));
    CHECK_FALSE(bot->passive_fits({saying(many("楼", 6900))}));
}

TEST_CASE("later the AI bot speaks at the address of a message: each once, within its hour, and nowhere else") {
    Desk desk;
    auto settings = desk.bot_settings();
    settings.keeper = kept_in_memory();  // in the service: the store
    const auto bot = desk.bot(settings);
    CHECK(bot->send(item_to("zhangsan", saying("x"), 1)).problem().detail == "session.expired");
    only(desk, *bot, {{"do", "say"}, {"text", "一"}, {"msgid", "m1"}});
    only(desk, *bot, {{"do", "say"}, {"text", "二"}, {"msgid", "m2"}});
    CHECK(code_of(bot->send(item_to("zhangsan", saying(many("楼", 9000)), 1))) == "sent");
    CHECK(told(desk).back().size() <= 20480);
    CHECK(code_of(bot->send(item_to("zhangsan", saying("已受理"), 2))) == "sent");
    CHECK(told(desk).back() == "已受理");
    CHECK(code_of(bot->send(item_to("zhangsan", saying("更多"), 3))) == "channel.closed");
    CHECK(code_of(bot->send(item_to("lisi", saying("别人"), 4))) == "channel.closed");
    // A lost answer, and then the process dies: the same address is asked again, and refuses: it was shown.
    only(desk, *bot, {{"do", "say"}, {"text", "三"}});
    desk.platform.fault({{"path", "/cgi-bin/aibot"}, {"kind", "lose"}});
    CHECK(code_of(bot->send(item_to("zhangsan", saying("一次"), 5))) == "channel.busy");
    only(desk, *bot, {{"do", "say"}, {"text", "四"}});
    CHECK(code_of(bot->send(item_to("zhangsan", saying("另一句"), 6))) == "sent");
    CHECK(code_of(desk.bot(settings)->send(item_to("zhangsan", saying("一次"), 5))) == "sent");
    const auto words = told(desk);
    CHECK(std::count(words.begin(), words.end(), "一次") == 1);
    // Busy is waited for; what is over is not asked.
    only(desk, *bot, {{"do", "say"}, {"text", "五"}});
    desk.platform.fault({{"path", "/cgi-bin/aibot"}, {"kind", "errcode"}, {"errcode", 45009}});
    CHECK(code_of(bot->send(item_to("zhangsan", saying("晚一点"), 7))) == "channel.busy");
    CHECK(code_of(bot->send(item_to("zhangsan", saying("晚一点"), 7))) == "sent");
    only(desk, *bot, {{"do", "say"}, {"text", "六"}});
    desk.pass(1h);
    CHECK(code_of(bot->send(item_to("zhangsan", saying("太晚了"), 8))) == "channel.closed");
    CHECK(code_of(bot->send(item_to("zhangsan", Said{}, 9))) == "channel.rejected");
    // An address that is not the platform's is never called.
    only(desk, *bot,
         {{"do", "raw"},
          {"message", {{"msgtype", "text"}, {"text", {{"content", "x"}}}, {"response_url", "http://127.0.0.1:1/x"}}}});
    const auto calls = desk.calls.load();
    CHECK(code_of(bot->send(item_to("zhangsan", saying("x"), 10))) == "channel.closed");
    CHECK(desk.calls == calls);
    // What is said into a group goes to the group's.
    only(desk, *bot, {{"do", "say"}, {"text", "七"}, {"group", "wrChat01"}});
    CHECK(code_of(bot->send(item_to("wrChat01", saying("请单独找我说"), 11))) == "sent");
    CHECK(told(desk, "wrChat01").back() == "请单独找我说");
}

TEST_CASE("the AI bot's pictures are opened with its key") {
    Desk desk;
    const auto bot = desk.bot();
    const auto message = only(desk, *bot, {{"do", "photo"}, {"base64", "iVBORw0KGgoAAAANSUhEUgAA"}});
    REQUIRE(message.media.size() == 1);
    const auto bytes = bot->fetch_media(message.media.front());
    REQUIRE(bytes);
    CHECK(*bytes == std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", 18));
    auto sealed_otherwise = desk.bot_settings();
    sealed_otherwise.encoding_aes_keys = {"ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA"};
    CHECK(desk.bot(sealed_otherwise)->fetch_media(message.media.front()).problem().code == "media.gone");
    InboundMedia away;
    away.url = desk.platform.url() + "/aibot/file?id=none";
    CHECK(bot->fetch_media(away).problem().code == "media.gone");
    away.url = "http://127.0.0.1:9/private";
    CHECK(bot->fetch_media(away).problem().code == "media.gone");
    desk.platform.fault({{"path", "/aibot/file"}, {"kind", "http"}});
    CHECK(bot->fetch_media(message.media.front()).problem().code == "channel.busy");
    desk.pass(5min + 1s);
    CHECK(bot->fetch_media(message.media.front()).problem().code == "media.gone");
}

TEST_CASE("an AI bot without its keys is refused with a word of how to mend it") {
    Desk desk;
    auto settings = desk.bot_settings();
    settings.tokens = {""};
    CHECK(make_wecom_aibot(settings, desk.caller(), desk.clock).problem().text.find("\"token\"") != std::string::npos);
    settings = desk.bot_settings();
    settings.encoding_aes_keys.clear();
    CHECK(make_wecom_aibot(settings, desk.caller(), desk.clock).problem().text.find("\"encoding_aes_key\"") !=
          std::string::npos);
    settings.encoding_aes_keys = {"short"};
    CHECK_FALSE(make_wecom_aibot(settings, desk.caller(), desk.clock));
}

TEST_CASE("addresses for later answers outlive the process that heard of them, each for one answer") {
    const auto keeper = kept_in_memory();  // in the service: the store
    const TimePoint now = from_ms(1'800'000'000'000);
    aibot::Talks one(keeper), two(keeper);
    one.open("lisi", "https://a", now);
    one.open("lisi", "https://b", now + 1min);
    two.open("lisi", "https://a", now + 2min);  // a repeat
    using Address = aibot::Talks::Address;
    CHECK(two.address_for("lisi", OutboxId{1}, now + 2min) == Address{"https://a", false});
    CHECK(one.address_for("lisi", OutboxId{1}, now + 2min) == Address{"https://a", true});  // the same row again
    CHECK(one.address_for("lisi", OutboxId{2}, now + 2min)->url == "https://b");
    CHECK_FALSE(one.address_for("lisi", OutboxId{3}, now + 2min));
    two.let_go("lisi", "https://b");
    CHECK(one.address_for("lisi", OutboxId{3}, now + 2min)->url == "https://b");
    two.close("lisi", "https://a");
    one.open("lisi", "https://a", now + 3min);  // what was used does not come back with a repeat
    CHECK_FALSE(one.address_for("lisi", OutboxId{4}, now + 3min));
    CHECK_FALSE(one.address_for("lisi", OutboxId{3}, now + 61min));
    CHECK_FALSE(one.address_for("wangwu", OutboxId{5}, now));
}
