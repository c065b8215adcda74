#include <catch2/catch.hpp>
#include <thread>

#include "tests/platforms/desk.h"

using namespace huiyin;
using namespace std::chrono_literals;

namespace {
const std::string message_send = "/cgi-bin/message/send";
const std::string token_path = "/cgi-bin/gettoken";

std::string code_of_read(const Channel& channel, const Callback& callback) {
    const auto read = channel.read(callback);
    return read ? "read" : read.problem().code;
}
Json last(Desk& desk) { return desk.platform.delivered().back(); }
Said task_card() {
    auto said = saying("5栋2单元楼道灯坏了三天\n10:30 前受理", {{"受理", "p1.accept"}, {"接不了", "p1.return"}});
    said.card = Card{"新工单等您受理", "业主 王女士", "https://service.example.com/console/t/T20260302-001"};
    said.ticket_number = "T20260302-001";
    return said;
}
}  // namespace

TEST_CASE("WeCom proves the address with the decrypted echo") {
    Desk desk;
    const auto app = desk.app();
    auto order = desk.platform.ordered({{"platform", "wecom"}, {"verify", true}}, desk.clock.now());
    const auto answer = app->verify(order.callback);
    REQUIRE(answer);
    CHECK(desk.platform.judged(order, *answer).at("problem") == "");
    auto& echo = order.callback.query["echostr"];
    std::replace(echo.begin(), echo.end(), '+', ' ');  // as a proxy may leave it
    CHECK(app->verify(order.callback));
    echo.clear();
    CHECK(app->verify(order.callback).problem().code == "channel.bad_signature");
    order = desk.platform.ordered(
        {{"platform", "wecom"}, {"verify", true}, {"as", {{"receiver", "ww9999999999999999"}}}}, desk.clock.now());
    CHECK(app->verify(order.callback).problem().code == "channel.bad_signature");
}

TEST_CASE("WeCom callbacks are taken only as they should be") {
    Desk desk;
    const auto app = desk.app();
    const auto tampered = [&](Json more) {
        Json order{{"platform", "wecom"},
                   {"message", {{"FromUserName", "ZhangSan"}, {"MsgType", "text"}, {"Content", "好"}}}};
        order.update(more);
        return code_of_read(*app, desk.platform.ordered(order, desk.clock.now()).callback);
    };
    CHECK(tampered(Json::object()) == "read");
    CHECK(tampered({{"tamper", {{"msg_signature", nullptr}}}}) == "channel.bad_signature");
    CHECK(tampered({{"tamper", {{"timestamp", "1"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"as", {{"token", "x"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"as", {{"receiver", "ww9999999999999999"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"body", "<xml/>"}}) == "channel.bad_signature");
    CHECK(tampered({{"body", "<!DOCTYPE x><xml/>"}}) == "channel.forbidden_xml");
    CHECK(tampered({{"xml", "<!DOCTYPE x><xml/>"}}) == "channel.forbidden_xml");
    CHECK(tampered({{"timestamp", std::to_string(to_ms(desk.clock.now()) / 1000 - 301)}}) == "channel.bad_signature");

    auto send_only = desk.app_settings();
    send_only.tokens.clear();
    send_only.encoding_aes_keys.clear();
    const auto deaf = desk.app(send_only);
    const auto order = desk.platform.ordered(
        {{"platform", "wecom"}, {"message", {{"FromUserName", "a"}, {"MsgType", "text"}, {"Content", "b"}}}},
        desk.clock.now());
    CHECK(code_of_read(*deaf, order.callback) == "channel.bad_signature");
}

TEST_CASE("a card's button comes back as a choice, greys for who tapped it, and the card is updated for all") {
    Desk desk;
    const auto app = desk.app();
    const auto receipt = app->send(item_to("lina", task_card(), 7312349876543210));
    REQUIRE(receipt);
    CHECK(receipt->reference == "code1_o7312349876543210");
    const auto card = last(desk).at("message").at("template_card");
    CHECK(card.at("card_type") == "button_interaction");
    CHECK(card.at("main_title").at("title") == "新工单等您受理");
    CHECK(card.at("sub_title_text") == "5栋2单元楼道灯坏了三天\n10:30 前受理\n业主 王女士");
    CHECK(card.at("horizontal_content_list")[0].at("value") == "T20260302-001");
    CHECK(card.at("card_action").at("url") == "https://service.example.com/console/t/T20260302-001");
    CHECK(card.at("button_list")[0] == Json{{"text", "受理"}, {"key", "p1.accept"}, {"style", 1}});

    const auto tap = desk.platform.tapped({{"userid", "lina"}, {"task_id", "o7312349876543210"}, {"text", "受理"}},
                                          desk.clock.now());
    const auto read = app->read(tap.callback);
    REQUIRE(read);
    REQUIRE(read->size() == 1);
    const auto& message = read->front();
    CHECK(message.kind == InboundKind::choice);
    CHECK(message.choice == "p1.accept");
    CHECK(message.address == "lina");
    CHECK_FALSE(message.staff);  // the directory knows
    CHECK(message.label == "o7312349876543210");
    REQUIRE_FALSE(message.reply_reference.empty());

    const auto judged = desk.platform.judged(tap, app->passive(tap.callback, message, {saying("已受理")}));
    CHECK(judged.at("problem") == "");
    CHECK(judged.at("reply").at("MsgType") == "update_button");
    CHECK(judged.at("reply").at("Button").at("ReplaceName") == "已受理");
    CHECK(app->passive(tap.callback, message, {}).body.empty());

    auto update = item_to("", saying("李娜已受理"), 8);
    update.kind = "card_update";
    update.reference = receipt->reference;
    CHECK(code_of(app->send(update)) == "sent");
    CHECK(last(desk).at("type") == "card_update");
    CHECK(last(desk).at("to") == "@all");
    CHECK(last(desk).at("message").at("button").at("replace_name") == "李娜已受理");
    update.id = OutboxId{9};
    const auto again = app->send(update);
    CHECK(code_of(again) == "channel.rejected");
    CHECK(again.problem().detail.substr(0, 5) == "42022");

    update.reference = message.reply_reference;
    update.address = "lina";
    update.said.card = Card{"工单已由李娜受理", "", "https://service.example.com/console/t/T20260302-001"};
    CHECK(code_of(app->send(update)) == "sent");
    CHECK(last(desk).at("message").at("userids") == Json{"lina"});
    CHECK(last(desk).at("message").at("template_card").at("card_type") == "text_notice");
}

TEST_CASE("words find the form that fits them") {
    Desk desk;
    const auto app = desk.app();
    std::int64_t id = 0;
    const auto sent = [&](const Said& said) {
        CHECK(code_of(app->send(item_to("lina", said, ++id))) == "sent");
        return last(desk).at("message");
    };
    CHECK(sent(saying("看 <a href=\"http://x\">这里</a>")).at("text").at("content") ==
          "看 ＜a href=\"http://x\">这里＜/a>");
    auto notice = saying("工单超过办结时限");
    notice.card = Card{"请跟进", "", "https://service.example.com/t/1"};
    CHECK(sent(notice).at("template_card").at("card_type") == "text_notice");
    notice.card->url.clear();
    notice.text = "[点我](http://x) <font>";
    CHECK(sent(notice).at("markdown").at("content") == "**请跟进**\n［点我］(http://x) ＜font>");
    auto twice = saying("3栋2单元 漏水,请受理");
    twice.card = Card{"3栋2单元", "3栋2单元 漏水,请受理", "https://service.example.com/t/1"};
    CHECK(sent(twice).at("template_card").at("sub_title_text") == "3栋2单元 漏水,请受理");
    std::vector<Choice> seven;
    for (int i = 0; i < 7; ++i) seven.push_back({"选项" + std::to_string(i), "p1." + std::to_string(i)});
    CHECK(sent(saying("选一个", seven)).at("msgtype") == "text");
    CHECK(sent(saying("选一个", {{"无效", ""}})).at("msgtype") == "text");
    const auto before = desk.platform.delivered().size();
    CHECK(sent(saying(many("楼", 683))).at("text").at("content") == "楼");
    CHECK(desk.platform.delivered().size() == before + 2);
    auto picture = saying("现场");
    picture.image = {"photo"};
    CHECK(sent(picture).at("msgtype") == "image");
    CHECK(code_of(app->send(item_to("lina", Said{}, ++id))) == "channel.rejected");
    CHECK(code_of(app->send(item_to("", saying("x"), ++id))) == "channel.rejected");
    const auto long_title = sent(saying(many("很长的标题", 30), {{"好", "p1.a"}})).at("template_card");
    CHECK(long_title.at("main_title").at("title").get<std::string>().size() <= 108);
    CHECK_FALSE(long_title.at("sub_title_text").get<std::string>().empty());
    // A card without an address would cut this, and nobody could read the rest.
    const auto asked = "请核对：\n" + many("漏水", 100) + "\n没错就回“对”。";
    const auto whole = sent(saying(asked, {{"提交", "p1.a"}}));
    CHECK(whole.at("text").at("content") == asked + "\n1 提交");
    auto to_console = saying(asked, {{"受理", "p1.a"}});
    to_console.card = Card{"新工单", asked, "https://service.example.com/t/1"};
    CHECK(sent(to_console).at("msgtype") == "template_card");
}

TEST_CASE("words are taken back within a day, once") {
    Desk desk;
    const auto app = desk.app();
    const auto sent = app->send(item_to("lina", saying("误发的通知"), 1));
    REQUIRE(sent);
    auto wish = item_to("lina", Said{}, 2);
    wish.kind = "recall";
    wish.reference = sent->reference;
    CHECK(code_of(app->send(wish)) == "sent");
    CHECK(last(desk).at("type") == "recall");
    CHECK(last(desk).at("to") == "lina");
    CHECK(code_of(app->send(wish)) == "channel.rejected");
    wish.reference = app->send(item_to("lina", saying("第二条"), 3)).value().reference;
    desk.pass(25h);
    CHECK(code_of(app->send(wish)) == "channel.rejected");
    wish.reference = "invented";
    CHECK(code_of(app->send(wish)) == "channel.rejected");
}

TEST_CASE("words that went in parts are taken back whole") {
    Desk desk;
    const auto app = desk.app();
    auto said = saying(many("误发的通知。", 150) + many("不是给您的。", 150));
    said.image = {"picture"};
    const auto sent = app->send(item_to("lina", said, 1));
    REQUIRE(sent);
    const auto all_sent = desk.platform.delivered("lina").size();
    REQUIRE(all_sent > 2);
    auto wish = item_to("lina", Said{}, 2);
    wish.kind = "recall";
    wish.reference = sent->reference;
    const auto recalled = [&] {
        std::size_t count = 0;
        for (const auto& one : desk.platform.delivered("lina")) count += one.at("type") == "recall" ? 1 : 0;
        return count;
    };
    // It breaks in the middle, and goes on from there.
    const auto second = sent->reference.substr(sent->reference.find(' ') + 1);
    desk.platform.fault({{"path", "/cgi-bin/message/recall"},
                         {"kind", "http"},
                         {"contains", "\"" + second.substr(0, second.find(' ')) + "\""}});
    CHECK(code_of(app->send(wish)) == "channel.busy");
    CHECK(recalled() == 1);
    CHECK(code_of(app->send(wish)) == "sent");
    CHECK(recalled() == all_sent);
    CHECK(code_of(app->send(wish)) == "channel.rejected");
}

TEST_CASE("a card that the platform refuses goes out as text") {
    Desk desk;
    const auto app = desk.app();
    for (const int errcode : {41016, 42014, 42028, 42046, 43012}) {
        CAPTURE(errcode);
        desk.platform.fault({{"path", message_send}, {"kind", "errcode"}, {"errcode", errcode}});
        CHECK(code_of(app->send(item_to("lina", task_card(), errcode))) == "sent");
        CHECK(last(desk).at("type") == "text");
        const auto words = last(desk).at("message").at("text").at("content").get<std::string>();
        CHECK(words.find("受理") != std::string::npos);
        CHECK(words.find("https://service.example.com") != std::string::npos);
    }
}

TEST_CASE("a repeat after a lost answer is not shown twice") {
    Desk desk;
    const auto app = desk.app();
    desk.platform.fault({{"path", message_send}, {"kind", "lose"}});
    const auto item = item_to("lina", task_card(), 77);
    CHECK(code_of(app->send(item)) == "channel.busy");
    const auto receipt = app->send(item);
    REQUIRE(receipt);
    CHECK(receipt->reference == "code1_o77");
    CHECK(desk.platform.delivered().size() == 1);
    // A service that was started anew in between asks in the same words.
    const auto other = desk.app();
    CHECK(code_of(other->send(item)) == "sent");
    CHECK(desk.platform.delivered().size() == 1);
}

TEST_CASE("the same words again in earnest are shown again; of words a lost answer is made up for once") {
    Desk desk;
    const auto app = desk.app();
    CHECK(code_of(app->send(item_to("lina", saying("请问在哪里？"), 1))) == "sent");
    CHECK(code_of(app->send(item_to("lina", saying("请问在哪里？"), 2))) == "sent");
    CHECK(desk.platform.delivered().size() == 2);
    auto notice = saying("工单超过办结时限");
    notice.card = Card{"请跟进", "", "https://service.example.com/t/1"};
    CHECK(code_of(app->send(item_to("lina", notice, 3))) == "sent");
    CHECK(code_of(app->send(item_to("lina", notice, 4))) == "sent");
    CHECK(desk.platform.delivered().size() == 4);
    // The same row's card is known again; a person who has it sent once more sees it once more.
    auto again = item_to("lina", notice, 4);
    CHECK(code_of(desk.app()->send(again)) == "sent");
    CHECK(desk.platform.delivered().size() == 4);
    again.reference = "again:123";
    CHECK(code_of(desk.app()->send(again)) == "sent");
    CHECK(desk.platform.delivered().size() == 5);

    desk.platform.fault({{"path", message_send}, {"kind", "lose"}, {"times", -1}});
    const auto lost = item_to("lina", saying("马上就到"), 5);
    CHECK(code_of(app->send(lost)) == "channel.busy");
    CHECK(code_of(app->send(lost)) == "channel.busy");
    const auto third = app->send(lost);
    CHECK(code_of(third) == "channel.rejected");
    CHECK(third.problem().detail == "unknown");
    CHECK(desk.platform.delivered().size() == 7);
    // A danger to life rather stands there twice than not at all.
    auto danger = item_to("lina", saying("请马上离开"), 6);
    danger.priority = Priority::emergency;
    for (int i = 0; i < 3; ++i) CHECK(code_of(app->send(danger)) == "channel.busy");
    desk.platform.mend();
    CHECK(code_of(app->send(danger)) == "sent");
}

TEST_CASE("words for which no token could be had were not sent, and are sent when one is there") {
    Desk desk;
    desk.platform.fault({{"path", token_path}, {"kind", "http"}, {"status", 502}, {"times", -1}});
    auto words = item_to("lina", saying("马上就到"), 7);
    for (int i = 1; i <= 4; ++i) {
        const auto sent = desk.app()->send(words);  // each time as after a restart
        REQUIRE(code_of(sent) == "channel.busy");
        words.error_code = sent.problem().detail.substr(0, sent.problem().detail.find(' '));
        words.attempts = i;
    }
    desk.platform.mend();
    CHECK(code_of(desk.app()->send(words)) == "sent");
}

TEST_CASE("who is outside the visible range is gone; of several, the rest is partial") {
    Desk desk;
    desk.platform.setup({{"wecom", {{"members", {"LiNa", "wangfang"}}}}});
    const auto app = desk.app();
    CHECK(code_of(app->send(item_to("nobody", saying("x"), 1))) == "channel.gone");
    CHECK(code_of(app->send(item_to("lina", saying("x"), 2))) == "sent");
    const auto both = app->send(item_to("LiNa|Nobody", saying("x"), 3));
    REQUIRE(both);
    CHECK(both->partial);
    desk.platform.fault({{"path", message_send},
                         {"kind", "text"},
                         {"body", "{\"errcode\":0,\"errmsg\":\"ok\",\"invaliduser\":\"lina\"}"}});
    CHECK(code_of(app->send(item_to("LiNa", saying("x"), 4))) == "channel.gone");
}

TEST_CASE("each WeCom code has its reaction") {
    Desk desk;
    const auto app = desk.app();
    struct Row {
        int errcode;
        const char* code;
    };
    std::int64_t id = 0;
    for (const auto& row :
         {Row{-1, "channel.busy"}, Row{45009, "channel.busy"}, Row{45033, "channel.busy"}, Row{60111, "channel.gone"},
          Row{81013, "channel.gone"}, Row{50002, "channel.gone"}, Row{40058, "channel.rejected"},
          Row{82001, "channel.rejected"}, Row{45002, "channel.rejected"}, Row{12345, "channel.rejected"},
          Row{40001, "channel.alarm"}, Row{50003, "channel.alarm"}, Row{60020, "channel.alarm"},
          Row{301002, "channel.alarm"}, Row{48002, "channel.alarm"}}) {
        CAPTURE(row.errcode);
        desk.platform.fault({{"path", message_send}, {"kind", "errcode"}, {"errcode", row.errcode}});
        const auto sent = app->send(item_to("lina", saying("x"), ++id));
        CHECK(code_of(sent) == row.code);
        CHECK(sent.problem().detail.find(std::to_string(row.errcode)) == 0);
    }
    desk.patience = 300ms;
    for (const auto* kind : {"http", "reset", "hang", "empty", "text"}) {
        CAPTURE(kind);
        desk.platform.fault({{"path", message_send}, {"kind", kind}});
        CHECK(code_of(app->send(item_to("lina", saying("x"), ++id))) == "channel.busy");
    }
    CHECK(desk.platform.delivered().empty());
}

TEST_CASE("WeCom tokens: one for all, renewed once, a wrong secret is not tried in a loop") {
    Desk desk;
    const auto app = desk.app();
    InboundMedia wanted;
    wanted.media_id = desk.platform.post("/_media", {{"base64", "/9j/4AAQ"}}).at("media_id").get<std::string>();
    REQUIRE(app->fetch_media(wanted));
    desk.platform.post("/_expire", Json::object());
    std::atomic<int> fetched{0};
    {
        std::vector<std::jthread> callers;
        for (int i = 0; i < 50; ++i) callers.emplace_back([&] { fetched += app->fetch_media(wanted) ? 1 : 0; });
    }
    CHECK(fetched == 50);
    CHECK(desk.platform.calls(token_path).size() == 2);
    for (const int errcode : {40014, 42001}) {
        desk.platform.post("/_expire", Json::object());
        desk.platform.fault({{"path", message_send}, {"kind", "errcode"}, {"errcode", errcode}});
        CHECK(code_of(app->send(item_to("lina", saying("x"), errcode))) == "sent");
    }

    auto settings = desk.app_settings();
    settings.secret = "wrong";
    const auto misled = desk.app(settings);
    const auto before = desk.platform.calls(token_path).size();
    for (int i = 1; i <= 5; ++i) CHECK(code_of(misled->send(item_to("lina", saying("x"), i))) == "channel.alarm");
    CHECK(desk.platform.calls(token_path).size() == before + 1);

    // Two apps of one corp: each its own token, or the platform answers 301002.
    desk.platform.setup({{"wecom",
                          {{"apps",
                            {{{"agent_id", 1000002}, {"secret", desk.app_settings().secret}, {"callback", true}},
                             {{"agent_id", 1000003}, {"secret", "second"}, {"callback", true}}}}}}});
    settings = desk.app_settings();
    settings.agent_id = 1000003;
    settings.secret = "second";
    CHECK(code_of(desk.app(settings)->send(item_to("lina", saying("y"), 9))) == "sent");
    CHECK(code_of(app->send(item_to("lina", saying("y"), 10))) == "sent");
}

TEST_CASE("a file that begins with a brace is a file, whatever it looks like") {
    Desk desk;
    const auto app = desk.app();
    const std::string file = R"({"errcode":42001,"errmsg":"access_token expired"})";
    InboundMedia wanted;
    const auto kept = [&](const char* name, const char* type) {
        return desk.platform
            .post("/_media", {{"base64", "eyJlcnJjb2RlIjo0MjAwMSwiZXJybXNnIjoiYWNjZXNzX3Rva2VuIGV4cGlyZWQifQ=="},
                              {"name", name},
                              {"type", type}})
            .at("media_id")
            .get<std::string>();
    };
    for (const auto& [name, type] : {std::pair{"a.json", "application/json"}, std::pair{"a.txt", "text/plain"},
                                     std::pair{"", "application/octet-stream"}}) {
        CAPTURE(name, type);
        wanted.media_id = kept(name, type);
        const auto got = app->fetch_media(wanted);
        REQUIRE(got);
        CHECK(*got == file);
    }
    CHECK(desk.platform.calls(token_path).size() == 1);
    wanted.media_id = "media_of_nobody";
    CHECK(app->fetch_media(wanted).problem().code == "media.gone");
}

TEST_CASE("the 31st message of a minute to one member waits instead of vanishing") {
    Desk desk;
    const auto app = desk.app();
    for (int i = 1; i <= 30; ++i)
        REQUIRE(code_of(app->send(urgent(item_to("lina", saying("第" + std::to_string(i) + "条"), i)))) == "sent");
    const auto sent = app->send(urgent(item_to("LiNa", saying("第31条"), 31)));
    CHECK(code_of(sent) == "channel.busy");
    CHECK(sent.problem().detail.find("retry_after_ms=") != std::string::npos);
    CHECK(code_of(app->send(item_to("wangfang", saying("x"), 32))) == "sent");
    desk.pass(62s);
    CHECK(code_of(app->send(item_to("lina", saying("第31条"), 31))) == "sent");
    for (const auto& one : desk.platform.delivered()) CHECK(one.at("dropped") == false);
}

TEST_CASE("the operator is told which address WeCom saw") {
    Desk desk;
    desk.platform.setup({{"wecom", {{"ip_refused", "203.0.113.7"}}}});
    const auto app = desk.app();
    const auto checked = app->check();
    REQUIRE_FALSE(checked);
    CHECK(checked.problem().detail.find("203.0.113.7") != std::string::npos);
    desk.platform.setup({{"wecom", {{"ip_refused", ""}}}});
    CHECK(app->check());
}

TEST_CASE("wrong WeCom settings are told with the field") {
    Desk desk;
    const auto text_of = [&](auto change) {
        auto settings = desk.app_settings();
        change(settings);
        const auto made = make_wecom_app(settings, desk.caller(), desk.files(), desk.clock);
        return made ? std::string() : made.problem().text;
    };
    CHECK(text_of([](auto&) {}).empty());
    CHECK(text_of([](auto& s) { s.corp_id = ""; }).find("corp_id") != std::string::npos);
    CHECK(text_of([](auto& s) { s.secret = ""; }).find("secret") != std::string::npos);
    CHECK(text_of([](auto& s) { s.agent_id = 0; }).find("agent_id") != std::string::npos);
    CHECK(text_of([](auto& s) { s.encoding_aes_keys = {"x"}; }).find("encoding_aes_key") != std::string::npos);
    CHECK(text_of([](auto& s) { s.tokens = {}; }).find("token") != std::string::npos);
}
