#include <catch2/catch.hpp>

#include "channels/dingtalk/reading.h"
#include "tests/platforms/desk.h"

using namespace huiyin;
using namespace std::chrono_literals;

namespace {
StandIn::Order ordered(Desk& desk, Json order) {
    order.update(
        Json{{"from", order.value("from", "staff001")}, {"old_api", order.value("old_api", desk.platform.url())}});
    return desk.platform.in_dingtalk(std::move(order), desk.clock.now());
}
Result<std::vector<InboundMessage>> read(Desk& desk, const Channel& channel, Json order) {
    return channel.read(ordered(desk, std::move(order)).callback);
}
std::string code_of_read(Desk& desk, const Channel& channel, Json order) {
    const auto messages = read(desk, channel, std::move(order));
    return messages ? "read" : messages.problem().code;
}
InboundMessage only(Desk& desk, const Channel& channel, Json order) {
    const auto messages = read(desk, channel, std::move(order));
    REQUIRE(messages);
    REQUIRE(messages->size() == 1);
    return messages->front();
}
}  // namespace

TEST_CASE("DingTalk's robot messages are taken only as they should be") {
    Desk desk;
    auto settings = desk.dingtalk_settings();
    const auto ding = desk.dingtalk(settings);
    const auto tampered = [&](const Json& more) {
        Json order{{"do", "say"}, {"text", "电梯又坏了"}};
        order.update(more);
        return code_of_read(desk, *ding, order);
    };
    const auto off = [&](std::chrono::milliseconds span) {
        return Json{{"timestamp", std::to_string(to_ms(desk.clock.now() - span))}};
    };
    CHECK(tampered(Json::object()) == "read");
    CHECK(tampered({{"as", {{"app_secret", "other"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"tamper", {{"sign", nullptr}}}}) == "channel.bad_signature");
    CHECK(tampered({{"tamper", {{"timestamp", nullptr}}}}) == "channel.bad_signature");
    CHECK(tampered({{"tamper", {{"sign", "x"}}}}) == "channel.bad_signature");
    for (const auto sign : {1, -1}) {
        CHECK(tampered(off(sign * (59min + 59s))) == "read");
        CHECK(tampered(off(sign * (60min + 1s))) == "channel.bad_signature");
    }
    for (const auto* time : {"-9223372036854775808", "9223372036854775807", "-1", "99999999999999999999"})
        CHECK(tampered({{"timestamp", time}}) == "channel.bad_signature");
    CHECK(tampered({{"old_api", "https://evil.example.com"}}) == "channel.bad_signature");
    CHECK(tampered({{"old_api", "https://oapi.dingtalk.com.evil.example.com"}}) == "channel.bad_signature");
    CHECK(tampered({{"more", {{"robotCode", "another"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"more", {{"chatbotCorpId", "another"}}}}) == "channel.bad_signature");
    settings.app_secrets = {"the newer secret", "demo-app-secret-7f3a"};
    const auto changing = desk.dingtalk(settings);
    CHECK(code_of_read(desk, *changing, {{"do", "say"}, {"text", "x"}}) == "read");
    CHECK(code_of_read(desk, *changing, {{"do", "say"}, {"text", "x"}, {"as", {{"app_secret", "the newer secret"}}}}) ==
          "read");
    CHECK(ding->verify({}).problem().code == "channel.bad_signature");
}

TEST_CASE("what people write in DingTalk: words, pieces with pictures, voices that were heard, files") {
    Desk desk;
    const auto ding = desk.dingtalk();
    auto message = only(desk, *ding, {{"do", "say"}, {"text", " 电梯又坏了"}, {"msg_id", "msg1"}});
    CHECK(message.kind == InboundKind::text);
    CHECK(message.text == "电梯又坏了");
    CHECK(message.address == "staff001");
    CHECK(message.key == "m|msg1");
    CHECK(only(desk, *ding, {{"do", "say"}, {"text", "x"}, {"text_times", true}}).sent_at >= desk.clock.now() - 1min);
    CHECK(
        only(desk, *ding, {{"do", "say"}, {"text", ""}, {"more", {{"text", Json::object()}, {"content", "写在别处"}}}})
            .text == "写在别处");
    const Json picture{{"base64", "/9j/4AAQ"}};
    message = only(desk, *ding,
                   {{"do", "say"},
                    {"msgtype", "richText"},
                    {"pieces", Json::array({Json{{"text", "三楼灯"}}, picture, Json{{"text", "坏了"}}, picture})}});
    CHECK(message.kind == InboundKind::image);
    CHECK(message.text == "三楼灯坏了");
    REQUIRE(message.media.size() == 2);
    CHECK(ding->fetch_media(message.media[1]).value() == "\xFF\xD8\xFF\xE0" + std::string("\0\x10", 2));
    message = only(desk, *ding,
                   {{"do", "say"},
                    {"msgtype", "audio"},
                    {"content", {{"duration", 3000}, {"recognition", "楼道灯坏了"}}},
                    {"base64", "/9j/4AAQ"}});
    CHECK(message.kind == InboundKind::voice);
    CHECK(message.text == "楼道灯坏了");
    CHECK(message.media.size() == 1);
    const struct {
        const char* type;
        InboundKind kind;
    } rows[] = {{"picture", InboundKind::image}, {"video", InboundKind::video}, {"file", InboundKind::file}};
    for (const auto& row : rows) {
        CAPTURE(row.type);
        message = only(
            desk, *ding,
            {{"do", "say"}, {"msgtype", row.type}, {"content", {{"fileName", "楼道.mp4"}}}, {"base64", "/9j/4AAQ"}});
        CHECK(message.kind == row.kind);
        CHECK(message.media.size() == 1);
    }
    CHECK(only(desk, *ding, {{"do", "say"}, {"msgtype", "hologram"}, {"content", Json::object()}}).kind ==
          InboundKind::unknown);
    // The month is used up: nothing is said to anybody.
    const auto quota = read(desk, *ding, {{"do", "say"}, {"msgtype", "text"}, {"more", {{"text", nullptr}}}});
    CHECK(quota);
    auto order = ordered(
        desk, {{"do", "raw"},
               {"raw", {{"msgtype", "text"}, {"msgId", "m"}, {"errorCode", 20001}, {"errorMessage", "quota"}}}});
    CHECK(ding->read(order.callback).value().empty());
    order = ordered(desk, {{"do", "raw"}, {"raw", "no json object"}});
    CHECK(ding->read(order.callback).value().at(0).raw == "\"no json object\"");
    CHECK(desk.platform.judged(order, ding->passive(order.callback, {}, {})).at("problem") == "");
}

TEST_CASE("a medium of DingTalk's is fetched where DingTalk says, and nowhere inside this house") {
    Desk desk;
    const auto ding = desk.dingtalk();
    const auto fetched = [&](const char* url) {
        const auto message = only(desk, *ding,
                                  {{"do", "say"},
                                   {"msgtype", "picture"},
                                   {"content", Json::object()},
                                   {"base64", "/9j/4AAQ"},
                                   {"file_url", url}});
        return ding->fetch_media(message.media.at(0)).problem().code;
    };
    CHECK(fetched("http://169.254.169.254/latest/meta-data") == "media.gone");
    CHECK(fetched("https://127.0.0.1:1/x") == "media.gone");
    CHECK(fetched("file:///etc/passwd") == "media.gone");
    CHECK(ding->fetch_media({.media_id = "nobody", .url = {}, .name = {}, .media_type = {}, .bytes = {}})
              .problem()
              .code == "media.gone");
    CHECK(ding->fetch_media(
                  {.media_id = {}, .url = "https://evil.example.com", .name = {}, .media_type = {}, .bytes = {}})
              .problem()
              .code == "media.gone");
}

TEST_CASE(
    "an outsider is answered in his open talk alone, while it is open; in a group he cannot be written to first") {
    Desk desk;
    const auto ding = desk.dingtalk();
    const auto message = only(desk, *ding, {{"do", "say"}, {"text", "漏水"}, {"outsider", true}, {"from", "guest"}});
    CHECK(message.address == "out|$:LWCP_v1:$guest");
    CHECK(code_of(ding->send(item_to(message.address, saying("好的", {{"是", "p1.yes"}}), 1))) == "sent");
    auto said = saying("方案如下");
    said.card = Card{"处理方案", "", "https://service.example.com/t/1"};
    CHECK(code_of(ding->send(item_to(message.address, said, 2))) == "sent");
    const auto told = desk.platform.delivered("guest");
    REQUIRE(told.size() == 2);
    CHECK(told[0].at("message").at("content") == "好的\n1 是");
    CHECK(told[1].at("type") == "actionCard");
    desk.pass(90min + 1s);
    CHECK(code_of(ding->send(item_to(message.address, saying("x"), 3))) == "channel.gone");
    CHECK(code_of(ding->send(item_to("out|nobody", saying("x"), 4))) == "channel.gone");
    const auto group =
        only(desk, *ding,
             {{"do", "say"}, {"text", "漏水"}, {"outsider", true}, {"from", "guest"}, {"group", "cidGroup001"}});
    CHECK(group.address == message.address);
    CHECK(group.kind == InboundKind::text);
    CHECK(group.group == "cidGroup001");
    CHECK_FALSE(group.begins_alone);
    // The group's own address for answers is never his: what is meant for him would stand before everybody.
    CHECK(code_of(ding->send(item_to(group.address, saying("x"), 5))) == "channel.gone");
    const auto member =
        only(desk, *ding, {{"do", "say"}, {"text", "漏水"}, {"from", "wang"}, {"group", "cidGroup001"}});
    CHECK(member.address == "wang");
    CHECK(member.group == "cidGroup001");
    CHECK(member.begins_alone);
    CHECK(only(desk, *ding, {{"do", "say"}, {"text", "漏水"}, {"from", "wang"}}).group.empty());
    // Whoever leaves the end of his talk out, or writes nonsense there, has no open talk.
    for (
        const auto& order :
        {R"({"msgtype":"text","msgId":"m1","conversationType":"1","senderId":"other","text":{"content":"x"},"sessionWebhook":"URL"})",
         R"({"msgtype":"text","msgId":"m2","conversationType":"1","senderId":"other","text":{"content":"x"},"sessionWebhook":"URL","sessionWebhookExpiredTime":{}})"}) {
        std::string body = order;
        body.replace(body.find("URL"), 3, desk.platform.url() + "/robot/sendBySession?session=1");
        CHECK(only(desk, *ding, {{"do", "raw"}, {"raw", parse_json(body).value()}}).address == "out|other");
        CHECK(code_of(ding->send(item_to("out|other", saying("x"), 9))) == "channel.gone");
    }
    // The platform ends a talk before its time.
    const auto again = only(desk, *ding, {{"do", "say"}, {"text", "漏水"}, {"outsider", true}, {"from", "guest"}});
    desk.platform.fault({{"path", "/robot/sendBySession"},
                         {"kind", "http"},
                         {"status", 400},
                         {"body", R"({"code":"session.expired","message":"x"})"}});
    CHECK(code_of(ding->send(item_to(again.address, saying("x"), 5))) == "channel.gone");
}

TEST_CASE("an outsider's talk that one process heard is answered by another, and after a restart") {
    Desk desk;
    auto settings = desk.dingtalk_settings();
    settings.keeper = kept_in_memory();  // in the service: the store
    auto heard = desk.dingtalk(settings);
    const auto other = desk.dingtalk(settings);
    const auto says = [&] {
        return only(desk, *heard, {{"do", "say"}, {"text", "漏水"}, {"outsider", true}, {"from", "guest"}}).address;
    };
    const auto guest = says();
    CHECK(code_of(other->send(item_to(guest, saying("已登记"), 1))) == "sent");
    heard.reset();
    CHECK(code_of(desk.dingtalk(settings)->send(item_to(guest, saying("在路上"), 2))) == "sent");
    desk.pass(91min);
    CHECK(code_of(other->send(item_to(guest, saying("到了"), 3))) == "channel.gone");
    // What the platform ended is over for all; a new talk is not.
    heard = desk.dingtalk(settings);
    says();
    desk.platform.fault({{"path", "/robot/sendBySession"},
                         {"kind", "http"},
                         {"status", 400},
                         {"body", R"({"code":"session.expired","message":"x"})"}});
    CHECK(code_of(other->send(item_to(guest, saying("x"), 4))) == "channel.gone");
    CHECK(code_of(heard->send(item_to(guest, saying("x"), 5))) == "channel.gone");
    says();
    CHECK(code_of(other->send(item_to(guest, saying("好"), 6))) == "sent");
}

TEST_CASE("DingTalk's events: the proof of the address, notices, what we do not know; each gets its sealed receipt") {
    Desk desk;
    auto settings = desk.dingtalk_settings();
    const auto ding = desk.dingtalk(settings);
    const auto judged = [&](const StandIn::Order& order) {
        return desk.platform.judged(order, ding->passive(order.callback, {}, {})).at("problem").get<std::string>();
    };
    auto order = ordered(desk, {{"do", "verify"}});
    CHECK(ding->read(order.callback).value().empty());
    CHECK(judged(order) == "");
    order = ordered(desk, {{"do", "event"},
                           {"signature_name", "msg_signature"},
                           {"event", {{"EventType", "robot_msg_read"}, {"eventId", "ev-1"}}}});
    CHECK(ding->read(order.callback).value().empty());
    CHECK(judged(order) == "");
    order = ordered(desk, {{"do", "event"},
                           {"event", {{"EventType", "user_leave_org"}, {"eventId", "ev-2"}, {"Title", "投诉单"}}}});
    const auto unknown = ding->read(order.callback).value().at(0);
    CHECK(unknown.kind == InboundKind::unknown);
    CHECK(unknown.key == "e|ev-2");
    CHECK(judged(order) == "");
    // Of the company instead of the app; and of anybody else.
    order = ordered(desk, {{"do", "verify"}, {"as", {{"owner", "dingdemo"}}}});
    CHECK(judged(order) == "");
    const auto refused = [&](const Json& more) {
        Json asked{{"do", "verify"}};
        asked.update(more);
        return code_of_read(desk, *ding, asked);
    };
    CHECK(refused({{"as", {{"owner", "dingother"}}}}) == "channel.bad_signature");
    CHECK(refused({{"as", {{"token", "other"}}}}) == "channel.bad_signature");
    CHECK(refused({{"as", {{"aes_key", "ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA"}}}}) == "channel.bad_signature");
    CHECK(refused({{"tamper", {{"signature", "x"}}}}) == "channel.bad_signature");
    CHECK(refused({{"tamper", {{"timestamp", "1"}}}}) == "channel.bad_signature");
    CHECK(refused({{"body", "{}"}}) == "channel.bad_signature");
    CHECK(refused({{"timestamp", to_ms(desk.clock.now()) / 1000}}) == "read");
    // A number of seconds that would come out as the present, were it multiplied without room for it.
    std::uint64_t inverse = 125;  // of 125, in so many bits
    for (int i = 0; i < 6; ++i) inverse *= 2 - 125 * inverse;
    constexpr auto turn = std::uint64_t{1} << 61;
    const auto eighths = static_cast<std::uint64_t>(to_ms(desk.clock.now())) / 8;
    const auto wrapped = static_cast<std::int64_t>(eighths * inverse % turn) - static_cast<std::int64_t>(turn);
    CHECK(refused({{"timestamp", std::to_string(wrapped)}}) == "channel.bad_signature");
    settings.tokens.clear();
    settings.aes_keys.clear();
    const auto deaf = desk.dingtalk(settings);
    CHECK(code_of_read(desk, *deaf, {{"do", "verify"}}) == "channel.bad_signature");
}

TEST_CASE("a button of a DingTalk card comes back as a choice; only as it was signed, and once a press") {
    Desk desk;
    const auto ding = desk.dingtalk();
    auto said = saying("5栋2单元楼道灯坏了三天", {{"受理", "p1.accept"}, {"接不了", "p1.return"}});
    said.card = Card{"新工单等您受理", "10:30 前受理", "https://service.example.com/console/t/T20260302-001"};
    const auto receipt = ding->send(item_to("lina", said, 7));
    REQUIRE(receipt);
    CHECK(receipt->reference == "card:o7");
    const Json tap{{"do", "tap"}, {"from", "lina"}, {"text", "受理"}};
    const auto press = ordered(desk, tap);
    const auto message = ding->read(press.callback).value().at(0);
    CHECK(message.kind == InboundKind::choice);
    CHECK(message.choice == "p1.accept");
    CHECK(message.text == "受理");
    CHECK(message.address == "lina");
    CHECK(message.reply_reference == receipt->reference);
    CHECK(ding->read(press.callback).value().at(0).key == message.key);
    // While the press waits for its answer the card is left alone.
    auto update = item_to("lina", said, 8);
    update.kind = "card_update";
    update.reference = receipt->reference;
    update.said.text = "李娜已受理";
    CHECK(ding->send(update).problem().detail.find("press") == 0);
    const auto judged = desk.platform.judged(press, ding->passive(press.callback, message, {saying("已受理")}));
    CHECK(judged.at("problem") == "");
    CHECK(judged.at("reply").at("userPrivateData").at("cardParamMap").at("notice") == "已受理");
    CHECK(code_of(ding->send(update)) == "sent");
    const auto card = desk.platform.delivered("lina").back().at("message");
    CHECK(card.at("b1") == "");
    CHECK(card.at("p1") == "");
    CHECK(card.at("text").get<std::string>().rfind("李娜已受理", 0) == 0);
    update.reference = "card:o999";
    CHECK(code_of(ding->send(update)) == "sent");  // there is none: it is said
    CHECK(desk.platform.delivered("lina").back().at("type") != "card_update");

    CHECK(code_of(ding->send(item_to("lina", said, 9))) == "sent");
    const auto refused = [&](const Json& more) {
        auto asked = tap;
        asked.update(more);
        return code_of_read(desk, *ding, asked);
    };
    CHECK(refused({{"as", {{"card_secret", "other"}}}}) == "channel.bad_signature");
    CHECK(refused({{"tamper", {{"x-ddpaas-signature-timestamp", "1"}}}}) == "channel.bad_signature");
    CHECK(refused({{"timestamp", to_ms(desk.clock.now() - 61min)}}) == "channel.bad_signature");
    CHECK(refused({{"timestamp", "-9223372036854775808"}}) == "channel.bad_signature");
    CHECK(refused({{"timestamp", to_ms(desk.clock.now() - 59min)}}) == "read");
    CHECK(
        only(desk, *ding, {{"do", "tap"}, {"from", "lina"}, {"text", "受理"}, {"body", R"({"type":"other"})"}}).kind ==
        InboundKind::unknown);
}
