#include <catch2/catch.hpp>

#include "tests/platforms/desk.h"

using namespace huiyin;
using namespace std::chrono_literals;

namespace {
const std::string batch = "/v1.0/robot/oToMessages/batchSend";
const std::string card_path = "/v1.0/card/instances/createAndDeliver";

Json last(Desk& desk) { return desk.platform.delivered().back(); }
Said task_card() {
    auto said = saying("5栋2单元楼道灯坏了三天\n10:30 前受理", {{"受理", "p1.accept"}, {"接不了", "p1.return"}});
    said.card = Card{"新工单等您受理", "业主 王女士", "https://service.example.com/console/t/T20260302-001"};
    said.ticket_number = "T20260302-001";
    return said;
}
Json refused(const std::string& path, const std::string& code, int status = 400) {
    return {{"path", path},
            {"kind", "http"},
            {"status", status},
            {"body", to_text(Json{{"code", code}, {"message", "x"}})}};
}
std::int64_t wait_of(const Result<Receipt>& sent) {
    const auto& detail = sent.problem().detail;
    const auto at = detail.find("retry_after_ms=");
    return at == std::string::npos ? -1 : std::stoll(detail.substr(at + 15));
}
}  // namespace

TEST_CASE("what is said becomes DingTalk's texts, markdown and cards, and nobody's words a link") {
    Desk desk;
    const auto ding = desk.dingtalk();
    CHECK(code_of(ding->send(item_to("staff001", saying("已登记"), 1))) == "sent");
    CHECK(last(desk).at("message") == Json{{"content", "已登记"}});
    auto said = saying("明天上午更换水管\n[点我](https://evil)");
    said.card = Card{"处理方案", "", ""};
    CHECK(code_of(ding->send(item_to("staff001", said, 2))) == "sent");
    CHECK(last(desk).at("type") == "sampleMarkdown");
    CHECK(last(desk).at("message").at("text") == "**处理方案**\n\n明天上午更换水管  \n［点我］(https://evil)");
    said.card->url = "https://service.example.com/t/1";
    CHECK(code_of(ding->send(item_to("staff001", said, 3))) == "sent");
    CHECK(last(desk).at("type") == "sampleActionCard");
    CHECK(last(desk).at("message").at("singleURL") == "https://service.example.com/t/1");
    CHECK(code_of(ding->send(item_to("cidGroup001", saying("工单超时"), 4))) == "sent");
    CHECK(last(desk).at("to") == "cidGroup001");
    CHECK(code_of(ding->send(item_to("staff001", saying(many("楼道灯。", 3000)), 5))) == "sent");
    CHECK(code_of(ding->send(item_to("staff001", Said{}, 6))) == "channel.rejected");
    CHECK(code_of(ding->send(item_to("", saying("x"), 7))) == "channel.rejected");
    auto picture = saying("现场照片");
    picture.image = AttachmentId{"a1"};
    CHECK(code_of(ding->send(item_to("staff001", picture, 8))) == "sent");
    CHECK(code_of(ding->send(item_to("staff002", picture, 9))) == "sent");
    CHECK(last(desk).at("type") == "sampleImageMsg");
    CHECK(desk.platform.calls("/media/upload").size() == 1);
    CHECK(desk.platform.calls("/gettoken").size() == 1);
    CHECK(desk.platform.calls("/v1.0/oauth2/accessToken").size() == 1);
    for (const auto& call : desk.platform.calls("/v1.0")) CHECK(call.at("errcode") == 0);
}

TEST_CASE("choices: an interactive card where there is a template, else numbered lines") {
    Desk desk;
    const auto ding = desk.dingtalk();
    CHECK(ding->capabilities().buttons);
    CHECK(code_of(ding->send(item_to("lina", task_card(), 1))) == "sent");
    CHECK(code_of(ding->send(item_to("lina", task_card(), 2))) == "sent");
    CHECK(desk.platform.calls("/v1.0/card/callbacks/register").size() == 1);
    const auto card = last(desk).at("message");
    CHECK(card.at("b1") == "受理");
    CHECK(card.at("p2") == "p1.return");
    CHECK(card.at("b3") == "");
    CHECK(card.at("number") == "T20260302-001");
    CHECK(code_of(ding->send(item_to("cidGroup001", task_card(), 3))) == "sent");
    auto long_one = task_card();
    long_one.text = many("楼道灯坏了。", 100);
    CHECK(code_of(ding->send(item_to("wang", long_one, 4))) == "sent");
    const auto told = desk.platform.delivered("wang");
    REQUIRE(told.size() == 2);
    CHECK(told[0].at("type") == "sampleText");
    CHECK(told[1].at("message").at("text").get<std::string>().size() <= 1024);
    // The same card again, after its answer was lost: once.
    desk.platform.fault({{"path", card_path}, {"kind", "lose"}});
    CHECK(code_of(ding->send(item_to("zhang", task_card(), 5))) == "channel.busy");
    CHECK(ding->send(item_to("zhang", task_card(), 5)).value().reference == "card:o5");
    CHECK(desk.platform.delivered("zhang").size() == 1);
    std::int64_t id = 10;
    for (const auto* code : {"param.templateNotExist", "param.templateUnpublished", "param.openSpaceIdInvalid",
                             "param.openDeliverModelError"}) {
        desk.pass(1s);
        desk.platform.fault(refused(card_path, code));
        CHECK(code_of(ding->send(item_to("li", task_card(), ++id))) == "sent");
        CHECK(last(desk).at("message").at("content").get<std::string>().find("1 受理\n2 接不了") != std::string::npos);
    }
    // Its long words went before it: they are not said again.
    desk.pass(1s);
    desk.platform.fault(refused(card_path, "param.templateUnpublished"));
    CHECK(code_of(ding->send(item_to("chen", long_one, ++id))) == "sent");
    const auto in_parts = desk.platform.delivered("chen");
    REQUIRE(in_parts.size() == 2);
    CHECK(in_parts[0].dump().find("楼道灯坏了") != std::string::npos);
    CHECK(in_parts[1].dump().find("楼道灯坏了。楼道灯坏了") == std::string::npos);
    CHECK(in_parts[1].dump().find("1 受理") != std::string::npos);
    desk.platform.fault(refused(card_path, "param.userIdNotExist"));
    CHECK(code_of(ding->send(item_to("li", task_card(), ++id))) == "channel.gone");
    desk.platform.fault(refused(card_path, "param.contentUnsafe"));
    CHECK(code_of(ding->send(item_to("li", task_card(), ++id))) == "sent");
    CHECK(last(desk).at("message").dump().find("三天") == std::string::npos);
    CHECK(last(desk).at("message").at("p1") == "p1.accept");

    auto settings = desk.dingtalk_settings();
    settings.card_template.clear();
    const auto plain = desk.dingtalk(settings);
    CHECK_FALSE(plain->capabilities().buttons);
    CHECK(code_of(plain->send(item_to("li", saying("可以吗", {{"同意", "p1.a"}, {"不同意", "p1.b"}}), ++id))) ==
          "sent");
    CHECK(last(desk).at("message").at("content") == "可以吗\n1 同意\n2 不同意");
    CHECK(code_of(plain->send(item_to("li", task_card(), ++id))) == "sent");
    CHECK(last(desk).at("type") == "sampleActionCard");
}

TEST_CASE("where DingTalk does not take our address for presses, choices are numbered lines until it does") {
    Desk desk;
    const auto ding = desk.dingtalk();
    const std::string register_path = "/v1.0/card/callbacks/register";
    const auto asked = [&] { return desk.platform.calls(register_path).size(); };
    std::int64_t id = 0;
    const auto goes_out_as = [&](const Said& said) {
        const auto sent = ding->send(item_to("lina", said, ++id));
        return sent ? last(desk).at("type").get<std::string>() : sent.problem().code;
    };
    const auto question = saying("可以吗", {{"同意", "p1.a"}, {"不同意", "p1.b"}});
    for (const auto* code : {"Forbidden.AccessDenied.AccessTokenPermissionDenied", "param.error", "something.new"}) {
        CAPTURE(code);
        const auto before = asked();
        desk.platform.fault(refused(register_path, code, 403));
        CHECK(goes_out_as(question) == "sampleText");
        CHECK(last(desk).at("message").at("content") == "可以吗\n1 同意\n2 不同意");
        CHECK(asked() == before + 1);
        CHECK(goes_out_as(task_card()) == "sampleActionCard");
        CHECK(last(desk).dump().find("2 接不了") != std::string::npos);
        CHECK(asked() == before + 1);  // the next does not ask again at once
        desk.pass(10min);
    }
    // What people wrote is refused besides: no card comes of that either.
    desk.platform.fault(refused(register_path, "param.error"));
    desk.platform.fault(refused(batch, "contain.sensitive"));
    CHECK(goes_out_as(task_card()) == "sampleActionCard");
    CHECK(last(desk).dump().find("三天") == std::string::npos);
    desk.pass(10min);
    desk.platform.fault(refused(register_path, "system.error", 500));
    CHECK(goes_out_as(question) == "sampleText");
    desk.pass(1min);
    // The address is shut out: then nothing goes, and it goes with its buttons when that is over.
    desk.platform.fault({{"path", register_path}, {"kind", "text"}, {"body", "<html>banned</html>"}});
    CHECK(goes_out_as(question) == "channel.busy");
    const auto item = item_to("lina", question, id);
    CHECK(wait_of(ding->send(item)) > 290'000);
    desk.pass(5min + 1s);
    CHECK(ding->send(item).value().reference == "card:o" + std::to_string(id));
}

TEST_CASE("each of DingTalk's codes has its reaction") {
    Desk desk;
    const auto ding = desk.dingtalk();
    struct Row {
        const char* code;
        const char* becomes;
        std::int64_t wait;
    };
    std::int64_t id = 0;
    for (const auto& row : {Row{"invalidParameter.robotCode.empty", "channel.alarm", -1},
                            Row{"robot.oto.notExist", "channel.alarm", -1},
                            Row{"chatbotId.notAllow.sendOTO", "channel.alarm", -1},
                            Row{"send.forbidden", "channel.alarm", -1},
                            Row{"invalidParameter.userIds.empty", "channel.rejected", -1},
                            Row{"invalidParameter.userIds.overMax", "channel.rejected", -1},
                            Row{"invalidParameter.msgKey.invalid", "channel.rejected", -1},
                            Row{"invalidParameter.msgParam.invalid", "channel.rejected", -1},
                            Row{"staffId.notExisted", "channel.gone", -1},
                            Row{"send.too.fast", "channel.busy", 1000},
                            Row{"send.byToken.tooFast", "channel.busy", 1000},
                            Row{"too.many.people", "channel.busy", 1000},
                            Row{"contain.sensitive", "channel.rejected", -1},
                            Row{"bot.stopped", "channel.gone", -1},
                            Row{"group.disbanded", "channel.gone", -1},
                            Row{"unknown.send.result", "channel.rejected", -1},
                            Row{"system.error", "channel.busy", -1},
                            Row{"systemBusy", "channel.busy", -1},
                            Row{"Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", "channel.busy", 1000},
                            Row{"Forbidden.AccessDenied.QpsLimitForApi", "channel.busy", 1000},
                            Row{"Forbidden.AccessDenied.QpmLimitForAppkeyAndApi", "channel.busy", 60000},
                            Row{"Forbidden.AccessDenied.ApiCountLimitForOrg", "channel.alarm", -1},
                            Row{"Forbidden.AccessDenied.AccessTokenPermissionDenied", "channel.alarm", -1},
                            Row{"Forbidden.AccessDenied.IpNotInWhiteList", "channel.alarm", -1},
                            Row{"something.new", "channel.rejected", -1}}) {
        CAPTURE(row.code);
        desk.pass(1s);
        desk.platform.fault(refused(batch, row.code));
        auto item = item_to("lina", saying("x"), ++id);
        item.attempts = 1;
        const auto sent = ding->send(item);
        CHECK(code_of(sent) == row.becomes);
        CHECK(sent.problem().detail.find(row.code) == 0);
        CHECK(wait_of(sent) == row.wait);
    }
    for (const int status : {500, 429}) {
        desk.platform.fault(refused(batch, status == 500 ? "system.error" : "systemBusy", status));
        CHECK(code_of(ding->send(item_to("lina", saying("x"), ++id))) == "channel.busy");
    }
    const struct {
        int code;
        const char* becomes;
    } older[] = {{-1, "channel.busy"},     {33012, "channel.gone"},    {50002, "channel.gone"}, {50004, "channel.gone"},
                 {60011, "channel.alarm"}, {60020, "channel.alarm"},   {90018, "channel.busy"}, {90002, "channel.busy"},
                 {90020, "channel.alarm"}, {41001, "channel.rejected"}};
    for (const auto& row : older) {
        CAPTURE(row.code);
        desk.pass(1s);
        desk.platform.fault(
            {{"path", batch}, {"kind", "text"}, {"body", to_text(Json{{"errcode", row.code}, {"errmsg", "x"}})}});
        CHECK(code_of(ding->send(item_to("lina", saying("x"), ++id))) == row.becomes);
    }
    desk.platform.fault(
        {{"path", batch}, {"kind", "text"}, {"body", R"({"errcode":88,"errmsg":"x","sub_code":"60011"})"}});
    CHECK(code_of(ding->send(item_to("lina", saying("x"), ++id))) == "channel.alarm");
    CHECK(desk.platform.delivered().empty());
    desk.platform.fault(refused(batch, "invalidParameter.msgParam.tooLong"));
    CHECK(code_of(ding->send(item_to("lina", saying(many("楼道灯。", 100)), ++id))) == "sent");
    CHECK(desk.platform.delivered("lina").size() == 2);
    desk.platform.setup({{"dingtalk", {{"words_refused", {"三天"}}}}});
    CHECK(code_of(ding->send(item_to("zhang", task_card(), ++id))) == "sent");
    CHECK(last(desk).dump().find("王女士") == std::string::npos);
}

TEST_CASE("taken as a whole is not delivered: who is unknown or slowed down to DingTalk") {
    Desk desk;
    desk.platform.setup({{"dingtalk", {{"members", {"lina", "wang"}}, {"flow_controlled", {"wang"}}}}});
    const auto ding = desk.dingtalk();
    CHECK(code_of(ding->send(item_to("lina", saying("x"), 1))) == "sent");
    CHECK(code_of(ding->send(item_to("nobody", saying("x"), 2))) == "channel.gone");
    auto item = item_to("wang", saying("x"), 3);
    for (const auto& [attempts, wait] : {std::pair{1, 1000}, {2, 2000}, {3, 4000}}) {
        item.attempts = attempts;
        const auto sent = ding->send(item);
        CHECK(code_of(sent) == "channel.busy");
        CHECK(wait_of(sent) == wait);
    }
    desk.platform.setup({{"dingtalk", {{"flow_controlled", Json::array()}}}});
    CHECK(code_of(ding->send(item)) == "sent");
    CHECK(desk.platform.delivered().size() == 2);
}

TEST_CASE("a page or a punishment from DingTalk stops everything for five minutes; a lost answer is asked once more") {
    Desk desk;
    const auto ding = desk.dingtalk();
    for (const auto& body : {R"(<html>banned</html>)", R"({"status":1111,"wait":5,"punish":"deny"})"}) {
        desk.platform.fault({{"path", batch}, {"kind", "text"}, {"body", body}});
        CHECK(code_of(ding->send(item_to("lina", saying("x"), 1))) == "channel.busy");
        const auto calls = desk.platform.calls("/").size();
        const auto sent = ding->send(item_to("wang", saying("x"), 2));
        CHECK(code_of(sent) == "channel.busy");
        CHECK(wait_of(sent) > 290'000);
        const InboundMedia medium{.media_id = "code", .url = {}, .name = {}, .media_type = {}, .bytes = {}};
        CHECK(ding->fetch_media(medium).problem().code == "channel.busy");
        CHECK(desk.platform.calls("/").size() == calls);
        desk.pass(5min + 1s);
        CHECK(ding->fetch_media(medium).problem().code == "media.gone");
    }
    CHECK(code_of(ding->send(item_to("wang", saying("x"), 3))) == "sent");
    desk.patience = 300ms;
    desk.platform.fault({{"path", batch}, {"kind", "hang"}});
    auto item = item_to("wang", saying("x"), 4);
    item.attempts = 1;
    auto sent = ding->send(item);
    CHECK(code_of(sent) == "channel.busy");
    CHECK(wait_of(sent) == 300'000);
    // Nobody knows it again: it is sent once more, and no oftener.
    desk.platform.fault({{"path", batch}, {"kind", "hang"}});
    item.attempts = 2;
    item.error_code = "http.timeout";
    CHECK(code_of(ding->send(item)) == "channel.busy");
    item.attempts = 3;
    CHECK(ding->send(item).problem().detail == "unknown");
    item.id = OutboxId{5};  // another process sent it: its row tells
    CHECK(ding->send(item).problem().detail == "unknown");
    item.attempts = 2;
    CHECK(code_of(ding->send(item)) == "sent");
    // Waits count for nothing: what was tried often and sent once is sent again.
    auto patient = item_to("wang", saying("x"), 6);
    patient.attempts = 9;
    patient.error_code = "90018";
    desk.platform.fault({{"path", batch}, {"kind", "hang"}});
    CHECK(code_of(ding->send(patient)) == "channel.busy");
    patient.attempts = 10;
    patient.error_code = "http.timeout";
    desk.patience = 10s;
    CHECK(code_of(ding->send(patient)) == "sent");
    // A broken gateway may have passed it on.
    auto passed_on = item_to("wang", saying("x"), 7);
    for (int i = 1; i <= 2; ++i) {
        desk.platform.fault({{"path", batch}, {"kind", "http"}, {"status", 502}});
        passed_on.attempts = i;
        CHECK(code_of(ding->send(passed_on)) == "channel.busy");
        passed_on.error_code = "502";
    }
    passed_on.attempts = 3;
    CHECK(ding->send(passed_on).problem().detail == "unknown");
}

TEST_CASE(
    "DingTalk's tokens: one for all, renewed once, a wrong secret is not tried in a loop; settings with the mend") {
    Desk desk;
    const std::string token_path = "/v1.0/oauth2/accessToken";
    const auto ding = desk.dingtalk();
    CHECK(ding->check());
    CHECK(code_of(ding->send(item_to("a", saying("x"), 1))) == "sent");
    desk.pass(6999s);
    CHECK(code_of(ding->send(item_to("a", saying("x"), 2))) == "sent");
    CHECK(desk.platform.calls(token_path).size() == 1);
    desk.pass(2s);
    CHECK(code_of(ding->send(item_to("a", saying("x"), 3))) == "sent");
    CHECK(desk.platform.calls(token_path).size() == 2);
    desk.platform.post("/_expire", Json::object());
    CHECK(code_of(ding->send(item_to("a", saying("x"), 4))) == "sent");
    CHECK(desk.platform.calls(token_path).size() == 3);
    auto settings = desk.dingtalk_settings();
    settings.app_secrets = {"other"};
    const auto wrong = desk.dingtalk(settings);
    for (int i = 0; i < 5; ++i) CHECK(code_of(wrong->send(item_to("a", saying("x"), 5))) == "channel.alarm");
    CHECK(desk.platform.calls(token_path).size() == 4);
    CHECK(wrong->check().problem().text.find("app_secret") != std::string::npos);
    const auto bad = [&](auto change, const char* names) {
        auto other = desk.dingtalk_settings();
        change(other);
        const auto made = make_dingtalk(other, desk.caller(), desk.files(), desk.clock);
        REQUIRE_FALSE(made);
        CHECK(made.problem().text.find(names) != std::string::npos);
    };
    bad([](DingtalkSettings& s) { s.app_key.clear(); }, "app_key");
    bad([](DingtalkSettings& s) { s.app_secrets = {""}; }, "app_secret");
    bad([](DingtalkSettings& s) { s.robot_code.clear(); }, "robot_code");
    bad([](DingtalkSettings& s) { s.aes_keys = {"short"}; }, "aes_key");
    bad([](DingtalkSettings& s) { s.tokens.clear(); }, "belong together");
    bad([](DingtalkSettings& s) { s.card_secret.clear(); }, "card_secret");
    bad([](DingtalkSettings& s) { s.hook_url.clear(); }, "public_url");
}

TEST_CASE("DingTalk's group robot: signed, eighteen a minute, muted for ten minutes, each code with its reaction") {
    Desk desk;
    const auto robot = desk.dingtalk_robot();
    CHECK(code_of(robot->send(item_to("", saying("工单超时"), 1))) == "sent");
    CHECK(code_of(robot->send(item_to("", task_card(), 2))) == "sent");
    CHECK(last(desk).at("type") == "actionCard");
    auto long_one = task_card();
    long_one.text = many("楼", 20000);
    CHECK(code_of(robot->send(item_to("", long_one, 3))) == "sent");
    CHECK(code_of(robot->send(item_to("", Said{}, 4))) == "channel.rejected");
    desk.platform.fault({{"path", "/robot/send"}, {"kind", "lose"}});
    CHECK(code_of(robot->send(item_to("", saying("一次"), 5))) == "channel.busy");
    CHECK(code_of(robot->send(item_to("", saying("一次"), 5))) == "sent");
    CHECK(desk.platform.delivered().size() == 4);
    const auto unsigned_one = desk.dingtalk_robot("");
    CHECK(code_of(unsigned_one->send(item_to("", saying("x"), 6))) == "channel.alarm");
    struct Row {
        int code;
        const char* becomes;
    };
    std::int64_t id = 10;
    desk.pass(62s);
    for (const auto& row : {Row{-1, "channel.busy"}, Row{40035, "channel.rejected"}, Row{43004, "channel.rejected"},
                            Row{400013, "channel.alarm"}, Row{400101, "channel.alarm"}, Row{400106, "channel.alarm"},
                            Row{300001, "channel.alarm"}, Row{300005, "channel.alarm"}, Row{400102, "channel.alarm"},
                            Row{400105, "channel.rejected"}, Row{430101, "channel.rejected"},
                            Row{430104, "channel.rejected"}, Row{12345, "channel.rejected"}}) {
        CAPTURE(row.code);
        desk.platform.fault({{"path", "/robot/send"}, {"kind", "errcode"}, {"errcode", row.code}});
        CHECK(code_of(robot->send(item_to("", saying("x"), ++id))) == row.becomes);
    }
    desk.pass(62s);
    for (const auto* words :
         {"keywords not in content", "invalid timestamp", "sign not match", "ip 1.2.3.4 not in whitelist"}) {
        desk.platform.fault({{"path", "/robot/send"}, {"kind", "errcode"}, {"errcode", 310000}, {"errmsg", words}});
        const auto sent = robot->send(item_to("", saying("x"), ++id));
        CHECK(code_of(sent) == "channel.alarm");
        CHECK(sent.problem().detail.find(words) != std::string::npos);
    }
    desk.platform.setup({{"dingtalk", {{"words_refused", {"三天"}}}}});
    CHECK(code_of(robot->send(item_to("", task_card(), ++id))) == "sent");
    CHECK(last(desk).dump().find("王女士") == std::string::npos);
    for (const auto& body : {R"({"errcode":410100,"errmsg":"x"})",
                             R"({"errcode":130101,"errmsg":"x","status":1111,"wait":5,"punish":"deny"})"}) {
        desk.pass(1min);
        desk.platform.fault({{"path", "/robot/send"}, {"kind", "text"}, {"body", body}});
        CHECK(wait_of(robot->send(item_to("", saying("x"), ++id))) == 600'000);
        CHECK(wait_of(robot->send(item_to("", saying("x"), ++id))) > 590'000);
        desk.pass(10min);
    }
    const auto before = desk.platform.delivered().size();
    int sent = 0;
    for (int minute = 0; minute < 6; ++minute) {
        for (; sent < 100; ++sent)
            if (!robot->send(urgent(item_to("", saying("警报 " + std::to_string(sent)), 1000 + sent)))) break;
        desk.pass(62s);
    }
    CHECK(sent == 100);
    CHECK(desk.platform.delivered().size() == before + 100);
    CHECK_FALSE(make_dingtalk_robot({{"x"}, "https://oapi.dingtalk.com/robot/send", ""}, desk.caller(), desk.clock));
    CHECK_FALSE(make_dingtalk_robot({{"x"}, "https://oapi.dingtalk.com/robot/send?access_token=1", "abc"},
                                    desk.caller(), desk.clock));
}
