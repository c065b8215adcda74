#include <catch2/catch.hpp>
#include <cstdlib>

#include "channels/feishu/reading.h"
#include "tests/platforms/desk.h"

using namespace huiyin;
using namespace std::chrono_literals;

namespace {
StandIn::Order ordered(Desk& desk, Json order) {
    order.update(Json{{"from", order.value("from", "ou_wang")}});
    return desk.platform.in_feishu(std::move(order), desk.clock.now());
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
Json said_by(const std::string& text) { return {{"do", "say"}, {"text", text}}; }
}  // namespace

TEST_CASE("Feishu's proof of the address: sealed and with our token, else refused") {
    Desk desk;
    const auto lark = desk.feishu();
    const auto order = ordered(desk, {{"do", "verify"}});
    const auto seen = lark->read(order.callback);
    REQUIRE(seen);
    CHECK(seen->empty());
    const auto answer = lark->passive(order.callback, {}, {});
    CHECK(desk.platform.judged(order, answer).at("problem") == "");
    CHECK(code_of_read(desk, *lark, {{"do", "verify"}, {"plain", true}}) == "channel.bad_signature");
    CHECK(code_of_read(desk, *lark, {{"do", "verify"}, {"as", {{"token", "other"}}}}) == "channel.bad_signature");
    CHECK(code_of_read(desk, *lark, {{"do", "verify"}, {"as", {{"encrypt_key", "other"}}}}) == "channel.bad_signature");
    CHECK(lark->verify(order.callback).problem().code == "channel.bad_signature");
}

TEST_CASE("Feishu's events are taken only as they should be") {
    Desk desk;
    const auto lark = desk.feishu();
    const auto tampered = [&](const Json& more) {
        auto order = said_by("电梯又坏了 😡");
        order.update(more);
        return code_of_read(desk, *lark, order);
    };
    const auto seconds_ago = [&](std::int64_t seconds) {
        return Json{{"timestamp", std::to_string(to_ms(desk.clock.now()) / 1000 - seconds)}};
    };
    CHECK(tampered(Json::object()) == "read");
    CHECK(tampered({{"tamper", {{"x-lark-signature", std::string(64, '0')}}}}) == "channel.bad_signature");
    CHECK(tampered({{"tamper", {{"x-lark-signature", nullptr}}}}) == "channel.bad_signature");
    CHECK(tampered({{"tamper", {{"x-lark-request-timestamp", "1"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"tamper", {{"x-lark-request-nonce", "1"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"respace", true}}) == "channel.bad_signature");
    CHECK(tampered({{"as", {{"encrypt_key", "other"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"as", {{"token", "other"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"plain", true}}) == "channel.bad_signature");
    CHECK(tampered({{"body", "no json"}}) == "channel.bad_signature");
    CHECK(tampered({{"body", "{}"}}) == "channel.bad_signature");
    // A repeat comes hours later, perhaps with the time of its first delivery.
    CHECK(tampered(seconds_ago(8 * 3600)) == "read");
    CHECK(tampered(seconds_ago(25 * 3600)) == "channel.bad_signature");
    CHECK(tampered(seconds_ago(-25 * 3600)) == "channel.bad_signature");

    auto changing = desk.feishu_settings();
    changing.encrypt_keys = {"the newer key", "fs-demo-encrypt-key"};
    changing.verification_tokens = {"the newer token", "vtok-demo-01"};
    const auto both = desk.feishu(changing);
    CHECK(code_of_read(desk, *both, said_by("x")) == "read");
    CHECK(code_of_read(desk, *both,
                       {{"do", "say"},
                        {"text", "x"},
                        {"as", {{"encrypt_key", "the newer key"}, {"token", "the newer token"}}}}) == "read");
}

TEST_CASE("what people write in Feishu: words, mentions, posts, pictures, voices, files") {
    Desk desk;
    const auto lark = desk.feishu();
    auto message = only(desk, *lark, {{"do", "say"}, {"text", "电梯又坏了 😡"}, {"message_id", "om_1"}});
    CHECK(message.kind == InboundKind::text);
    CHECK(message.text == "电梯又坏了 😡");
    CHECK(message.address == "ou_wang");
    CHECK(message.aliases == std::vector<std::string>{"wang", "on_wang"});
    CHECK(message.key == "m|om_1");
    CHECK(std::abs(to_ms(message.sent_at) - to_ms(desk.clock.now())) < 60000);
    CHECK_FALSE(message.staff);
    // The same message under another event is the same message.
    CHECK(only(desk, *lark, {{"do", "say"}, {"text", "x"}, {"message_id", "om_1"}, {"event_id", "ev_other"}}).key ==
          "m|om_1");

    const auto mention = [](const char* key, const char* name) { return Json{{"key", key}, {"name", name}}; };
    const auto in_group = [&](const char* text, Json mentions) {
        return only(desk, *lark,
                    {{"do", "say"}, {"text", text}, {"chat_type", "group"}, {"mentions", std::move(mentions)}})
            .text;
    };
    CHECK(in_group("@_user_1 电梯坏了", Json::array({mention("@_user_1", "回音")})) == "电梯坏了");
    CHECK(in_group("电梯坏了 @_user_1", Json::array({mention("@_user_1", "回音")})) == "电梯坏了");
    CHECK(in_group("@_user_1 请 @_user_2 来看",
                   Json::array({mention("@_user_1", "回音"), mention("@_user_2", "王师傅")})) == "请 @王师傅 来看");
    auto many_people = Json::array();
    for (int i = 1; i <= 12; ++i)
        many_people.push_back(mention(("@_user_" + std::to_string(i)).c_str(), ("人" + std::to_string(i)).c_str()));
    CHECK(in_group("问 @_user_12 和 @_user_1", many_people) == "问 @人12 和 @人1");
    // He is answered alone; where it was said is known, so that one line can stand there too.
    const auto public_words = only(desk, *lark, {{"do", "say"}, {"text", "漏水"}, {"chat_type", "group"}});
    CHECK(public_words.group == "oc_demo");
    CHECK(public_words.address.rfind("ou_", 0) == 0);
    CHECK(public_words.begins_alone);
    CHECK(only(desk, *lark, {{"do", "say"}, {"text", "漏水"}}).group.empty());

    const auto post = parse_json(R"({"title":"楼道灯","content":[
        [{"tag":"text","text":"三楼"},{"tag":"a","href":"https://x","text":"坏了"}],
        [{"tag":"img","image_key":"img_1"}],
        [{"tag":"at","user_id":"@_user_1"},{"tag":"text","text":" 来看"}]]})")
                          .value();
    message = only(desk, *lark,
                   {{"do", "say"},
                    {"msgtype", "post"},
                    {"content", post},
                    {"message_id", "om_2"},
                    {"mentions", Json::array({mention("@_user_1", "王师傅")})}});
    CHECK(message.kind == InboundKind::image);
    CHECK(message.text == "楼道灯\n三楼坏了\n@王师傅 来看");
    REQUIRE(message.media.size() == 1);
    CHECK(message.media[0].media_id == "image:om_2:img_1");
    message =
        only(desk, *lark,
             {{"do", "say"}, {"msgtype", "post"}, {"content", {{"title", ""}, {"content", post.at("content")[0]}}}});
    CHECK(message.kind == InboundKind::unknown);  // its lines are none

    const struct {
        const char* type;
        InboundKind kind;
        const char* scheme;
    } rows[] = {{"image", InboundKind::image, "image:"},
                {"audio", InboundKind::voice, "file:"},
                {"media", InboundKind::video, "file:"},
                {"file", InboundKind::file, "file:"}};
    for (const auto& row : rows) {
        CAPTURE(row.type);
        message = only(desk, *lark,
                       {{"do", "say"},
                        {"msgtype", row.type},
                        {"content", {{"file_name", "楼道.mp4"}, {"duration", 2000}}},
                        {"base64", "/9j/4AAQ"}});
        CHECK(message.kind == row.kind);
        REQUIRE(message.media.size() == 1);
        CHECK(message.media[0].media_id.rfind(row.scheme, 0) == 0);
        CHECK(lark->fetch_media(message.media[0]).value() == "\xFF\xD8\xFF\xE0" + std::string("\0\x10", 2));
    }
    for (const auto* type : {"sticker", "location", "share_user", "merge_forward"}) {
        message = only(desk, *lark, {{"do", "say"}, {"msgtype", type}, {"content", {{"x", 1}}}});
        CHECK(message.kind == InboundKind::unknown);
        CHECK(message.address == "ou_wang");  // he is told what we can read
    }
}

TEST_CASE("what Feishu tells besides: the talk opened, the menu, notices, robots, and what we do not know") {
    Desk desk;
    const auto lark = desk.feishu();
    const auto opened = only(desk, *lark, {{"do", "enter"}});
    CHECK(opened.kind == InboundKind::entered);
    CHECK(only(desk, *lark, {{"do", "enter"}}).key == opened.key);  // greeted once a day
    CHECK(only(desk, *lark, {{"do", "enter"}, {"from", "ou_li"}}).key != opened.key);
    const auto menu = only(desk, *lark, {{"do", "menu"}, {"key", "查进度"}});
    CHECK(menu.kind == InboundKind::choice);
    CHECK(menu.text == "查进度");
    CHECK(menu.address == "ou_wang");
    for (const auto* type : {"im.message.recalled_v1", "im.message.message_read_v1"}) {
        const auto notice = read(desk, *lark, {{"do", "event"}, {"type", type}});
        REQUIRE(notice);
        CHECK(notice->empty());
    }
    for (const auto* type : {"bot", "app"}) {
        const auto robot = read(desk, *lark, {{"do", "say"}, {"text", "我也是机器人"}, {"sender_type", type}});
        REQUIRE(robot);
        CHECK(robot->empty());
    }
    for (const auto& raw :
         {Json{{"do", "event"}, {"type", "contact.user.created_v3"}},
          Json{{"do", "event"}, {"type", "im.message.receive_v1"}, {"event", {{"sender", {{"sender_type", "user"}}}}}},
          Json{{"do", "event"}, {"type", "card.action.trigger"}},
          Json{{"do", "event"},
               {"type", "card.action.trigger"},
               {"event", {{"operator", {{"open_id", "ou_wang"}}}, {"action", {{"tag", "input"}}}}}},
          Json{{"do", "say"}, {"text", "我是谁"}, {"sender_type", "visitor"}},
          Json{{"do", "old_tap"}, {"from", "ou_wang"}, {"value", {{"other", "x"}}}},
          Json{{"do", "raw"},
               {"raw",
                {{"uuid", "u1"}, {"token", "vtok-demo-01"}, {"type", "event_callback"}, {"event", {{"type", "x"}}}}}},
          Json{{"do", "raw"}, {"raw", "no json at all"}}}) {
        CAPTURE(raw.dump());
        const auto message = only(desk, *lark, raw);
        CHECK(message.kind == InboundKind::unknown);
        CHECK(message.address.empty());
        CHECK_FALSE(message.raw.empty());
        CHECK_FALSE(message.key.empty());
    }
}

TEST_CASE("to whom Feishu's robot cannot write first is told so in the group") {
    Desk desk;
    const auto lark = desk.feishu();
    const auto begins_alone = [&](Json more) {
        Json order{{"do", "say"}, {"text", "漏水"}, {"chat_type", "group"}, {"from", "ou_wang"}};
        order.update(more);
        return only(desk, *lark, order).begins_alone;
    };
    CHECK(begins_alone(Json::object()));
    CHECK_FALSE(begins_alone({{"from", "ou_guest"}, {"tenant_key", "tk_other"}}));
    std::int64_t id = 100;
    for (const int code : {230013, 230053}) {
        CAPTURE(code);
        desk.pass(1s);
        desk.platform.fault({{"path", "/open-apis/im/v1/messages"}, {"kind", "errcode"}, {"errcode", code}});
        CHECK(code_of(lark->send(item_to("ou_wang", saying("x"), ++id))) == "channel.gone");
        CHECK_FALSE(begins_alone(Json::object()));
        CHECK(begins_alone({{"from", "ou_lina"}}));
        if (code == 230013)  // until it goes through once more, or he writes alone
            CHECK(code_of(lark->send(item_to("ou_wang", saying("x"), ++id))) == "sent");
        else
            only(desk, *lark, {{"do", "say"}, {"text", "我在"}, {"from", "ou_wang"}});
        CHECK(begins_alone(Json::object()));
    }
}

TEST_CASE("a user_id of another company is nobody's here") {
    Desk desk;
    const auto lark = desk.feishu();
    const auto aliases = [&](const char* type, const Json& event) {
        return only(desk, *lark, {{"do", "event"}, {"type", type}, {"event", event}}).aliases;
    };
    const Json ids{{"open_id", "ou_x"}, {"union_id", "on_x"}, {"user_id", "lina"}};
    for (const auto* company : {"tk_demo", "tk_other", ""}) {
        CAPTURE(company);
        const auto expected = std::string(company) == "tk_other" ? std::vector<std::string>{"on_x"}
                                                                 : std::vector<std::string>{"lina", "on_x"};
        Json sender{{"sender_id", ids}, {"sender_type", "user"}};
        Json person = ids;
        if (*company) sender["tenant_key"] = person["tenant_key"] = company;
        CHECK(aliases("im.message.receive_v1",
                      {{"sender", sender},
                       {"message",
                        {{"message_id", "om_1"}, {"message_type", "text"}, {"content", R"({"text":"受理"})"}}}}) ==
              expected);
        CHECK(aliases("card.action.trigger",
                      {{"operator", person}, {"action", {{"value", {{"p", "p1.x"}, {"t", "受理"}}}}}}) == expected);
    }
}

TEST_CASE("a button of a Feishu card comes back as a choice, and whoever pressed it sees what came of it") {
    Desk desk;
    const auto lark = desk.feishu();
    auto said = saying("5栋2单元楼道灯坏了三天", {{"受理", "p1.accept"}, {"接不了", "p1.return"}});
    said.card = Card{"新工单等您受理", "10:30 前受理", "https://service.example.com/console/t/T20260302-001"};
    const auto receipt = lark->send(item_to("ou_lina", said, 7));
    REQUIRE(receipt);
    const auto press = ordered(desk, {{"do", "tap"}, {"from", "ou_lina"}, {"text", "受理"}});
    const auto message = lark->read(press.callback).value().at(0);
    CHECK(message.kind == InboundKind::choice);
    CHECK(message.choice == "p1.accept");
    CHECK(message.text == "受理");
    CHECK(message.address == "ou_lina");
    CHECK(message.reply_reference == receipt->reference);
    CHECK(message.key.rfind("e|ev_", 0) == 0);
    CHECK(std::abs(to_ms(message.sent_at) - to_ms(desk.clock.now())) < 60000);  // from microseconds
    auto judged = desk.platform.judged(press, lark->passive(press.callback, message, {saying("李娜已受理")}));
    CHECK(judged.at("problem") == "");
    CHECK(judged.at("reply").at("toast").at("content") == "李娜已受理");
    judged = desk.platform.judged(press, lark->passive(press.callback, message, {}));
    CHECK(judged.at("problem") == "");

    // At the older address: not sealed, signed with the token.
    const auto older = ordered(desk, {{"do", "old_tap"}, {"from", "ou_lina"}, {"text", "受理"}});
    const auto pressed = lark->read(older.callback).value().at(0);
    CHECK(pressed.choice == "p1.accept");
    CHECK(pressed.address == "ou_lina");
    CHECK(pressed.key.rfind("p|", 0) == 0);
    // A user_id of another company may be somebody else's here.
    const auto names = [&](const Channel& channel, Json more) {
        Json order{{"do", "old_tap"}, {"from", "ou_lina"}, {"text", "受理"}, {"user_id", "li.na"}};
        order.update(more);
        return channel.read(ordered(desk, order).callback).value().at(0).aliases;
    };
    CHECK(names(*lark, Json::object()) == std::vector<std::string>{"li.na"});
    CHECK(names(*lark, {{"tenant_key", "another"}}).empty());
    const auto fresh = desk.feishu();  // that nobody has told yet whose it is
    CHECK(names(*fresh, {{"tenant_key", "another"}}).empty());
    CHECK(code_of_read(desk, *lark,
                       {{"do", "old_tap"}, {"from", "ou_lina"}, {"text", "受理"}, {"as", {{"token", "other"}}}}) ==
          "channel.bad_signature");
    CHECK(code_of_read(desk, *lark, {{"do", "old_tap"}, {"from", "ou_lina"}, {"text", "受理"}, {"timestamp", "1"}}) ==
          "channel.bad_signature");
}

TEST_CASE("a medium's path leads nowhere but to Feishu's messages") {
    CHECK(feishu::medium_path("image:om_1:img_1") == "/open-apis/im/v1/messages/om_1/resources/img_1?type=image");
    for (const auto* id : {"", "image", "image:om_1", "image:om_1:", "image::k", "html:om_1:k", "file:om_1/..:k",
                           "file:om_1:k?x=1", "file:https://evil:k"})
        CHECK(feishu::medium_path(id).empty());
    Desk desk;
    CHECK(desk.feishu()
              ->fetch_media({.media_id = "image:om_1:img_1", .url = {}, .name = {}, .media_type = {}, .bytes = {}})
              .problem()
              .code == "media.gone");
    CHECK(desk.feishu()
              ->fetch_media(
                  {.media_id = {}, .url = "https://evil.example.com/x", .name = {}, .media_type = {}, .bytes = {}})
              .problem()
              .code == "media.gone");
}

TEST_CASE("a moment of Feishu's that no clock shows is the moment when it came") {
    const auto received = from_ms(1772413200000);
    for (const std::int64_t wrong :
         {std::int64_t{9223372036854775807}, std::int64_t{5000000000000}, std::int64_t{-1}}) {
        CAPTURE(wrong);
        Json event{{"schema", "2.0"},
                   {"header",
                    {{"event_id", "e1"},
                     {"event_type", "im.chat.access_event.bot_p2p_chat_entered_v1"},
                     {"create_time", std::to_string(wrong)}}},
                   {"event", {{"operator_id", {{"open_id", "ou_wang"}}}}}};
        const auto entered = feishu::read_event({"lark"}, event, event.dump(), received);
        REQUIRE(entered);
        CHECK(entered->kind == InboundKind::entered);
        CHECK(entered->sent_at == received);
        event["header"]["event_type"] = "im.message.receive_v1";
        event["event"] = {{"sender", {{"sender_type", "user"}, {"sender_id", {{"open_id", "ou_wang"}}}}},
                          {"message",
                           {{"message_id", "om_1"},
                            {"create_time", std::to_string(wrong)},
                            {"message_type", "text"},
                            {"content", R"({"text":"灯坏了"})"}}}};
        CHECK(feishu::read_event({"lark"}, event, event.dump(), received)->sent_at == received);
    }
}
