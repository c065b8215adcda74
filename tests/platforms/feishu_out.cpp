#include <catch2/catch.hpp>
#include <thread>

#include "channels/feishu/cards.h"
#include "channels/window.h"
#include "tests/platforms/desk.h"

using namespace huiyin;
using namespace std::chrono_literals;

namespace {
const std::string send_path = "/open-apis/im/v1/messages";
const std::string token_path = "/open-apis/auth";

Json last(Desk& desk) { return desk.platform.delivered().back(); }
Said task_card() {
    auto said = saying("5栋2单元楼道灯坏了三天\n10:30 前受理", {{"受理", "p1.accept"}, {"接不了", "p1.return"}});
    said.card =
        Card{"新工单等您受理", "业主 王女士 13812345678", "https://service.example.com/console/t/T20260302-001"};
    said.ticket_number = "T20260302-001";
    return said;
}
std::string text_of(const Json& delivered) { return delivered.at("message").at("text").get<std::string>(); }
}  // namespace

TEST_CASE("what is said becomes Feishu's texts, posts and cards, and nobody's words a link or a mention") {
    Desk desk;
    const auto lark = desk.feishu();
    CHECK(code_of(lark->send(item_to("ou_wang", saying("已登记"), 1))) == "sent");
    CHECK(last(desk).at("message") == Json{{"text", "已登记"}});
    CHECK(code_of(lark->send(item_to("on_wang", saying("<at user_id=\"all\"></at> [x](https://x)"), 2))) == "sent");
    CHECK(text_of(last(desk)) == "＜at user_id=\"all\"＞＜/at＞ ［x］(https://x)");
    auto said = saying("明天上午更换水管\n请留人在家");
    said.card = Card{"处理方案", "", ""};
    CHECK(code_of(lark->send(item_to("wang@example.com", said, 3))) == "sent");
    CHECK(last(desk).at("type") == "post");
    CHECK(last(desk).at("message").at("zh_cn").at("title") == "处理方案");
    CHECK(last(desk).at("message").at("zh_cn").at("content").size() == 2);

    const auto receipt = lark->send(item_to("ou_wang", task_card(), 4));
    REQUIRE(receipt);
    CHECK(receipt->reference == last(desk).at("message_id"));
    const auto card = last(desk).at("message");
    CHECK(card.at("header").at("title").at("content") == "新工单等您受理");
    const auto& elements = card.at("body").at("elements");
    REQUIRE(elements.size() == 4);
    CHECK(elements[0].at("content") ==
          "5栋2单元楼道灯坏了三天\n10:30 前受理\n业主 王女士 138＊＊＊＊5678\n工单 T20260302-001");
    CHECK(elements[1].at("behaviors")[0].at("value") == Json{{"p", "p1.accept"}, {"t", "受理"}});
    CHECK(elements[3].at("behaviors")[0].at("default_url") == "https://service.example.com/console/t/T20260302-001");

    std::vector<Choice> many_choices;
    for (int i = 0; i < 21; ++i) many_choices.push_back({"第" + std::to_string(i), "p" + std::to_string(i)});
    CHECK(code_of(lark->send(item_to("ou_wang", saying("哪一个", many_choices), 5))) == "sent");
    CHECK(text_of(last(desk)).find("\n21 第20") != std::string::npos);
    desk.pass(1s);
    CHECK(code_of(lark->send(item_to("ou_wang", saying(many("楼道灯。", 3000)), 6))) == "sent");
    for (const auto& one : desk.platform.delivered())
        if (one.at("type") == "text") CHECK(text_of(one).size() <= 8192);
    CHECK(code_of(lark->send(item_to("ou_wang", Said{}, 7))) == "channel.rejected");
    CHECK(code_of(lark->send(item_to("", saying("x"), 8))) == "channel.rejected");
    for (const auto& call : desk.platform.calls(send_path)) CHECK(call.at("errcode") == 0);
    const auto query = [&](std::size_t n) {
        return desk.platform.calls(send_path)[n].at("query").at("receive_id_type");
    };
    CHECK(query(0) == "open_id");
    CHECK(query(1) == "union_id");
    CHECK(query(2) == "email");
}

TEST_CASE("contacts in words are masked, numbers of tickets are not") {
    CHECK(feishu::without_contacts("电话13812345678，单号T20260302-001") == "电话138****5678，单号T20260302-001");
    CHECK(feishu::without_contacts("邮箱 wang.li@example.com 和 @王师傅") == "邮箱 ***@example.com 和 @王师傅");
    CHECK(feishu::without_contacts("4001234567 95598 138123456789") == "4001234567 95598 138123456789");
    CHECK(feishu::without_contacts("@ a@ @b.c x@y").find("***") == std::string::npos);
}

TEST_CASE("a resident is told the number on duty as it stands; staff and groups see nobody's number") {
    Desk desk;
    const auto lark = desk.feishu();
    desk.platform.setup({{"feishu", {{"audit", false}}}});
    auto said = saying("请马上离开，值班电话 13812345678，邮箱 duty@example.com");
    auto item = item_to("ou_wang", said, 1);
    item.conversation = ConversationId{1};
    CHECK(code_of(lark->send(item)) == "sent");
    CHECK(text_of(last(desk)) == said.text);
    item.id = OutboxId{2};
    item.said = task_card();
    const auto card = lark->send(item);
    REQUIRE(card);
    CHECK(last(desk).dump().find("13812345678") != std::string::npos);
    item.id = OutboxId{3};
    item.kind = "card_update";
    item.reference = card->reference;
    CHECK(code_of(lark->send(item)) == "sent");
    CHECK(last(desk).at("type") == "card_update");
    CHECK(last(desk).dump().find("13812345678") != std::string::npos);

    // What the house says before everybody is nobody's own.
    auto before_all = item_to("oc_owners", said, 5);
    before_all.kind = "public";
    CHECK(code_of(lark->send(before_all)) == "sent");
    CHECK(text_of(last(desk)) == said.text);

    auto push = item_to("ou_lina", said, 4);
    push.staff = StaffId{1};
    CHECK(code_of(lark->send(push)) == "sent");
    CHECK(text_of(last(desk)) == "请马上离开，值班电话 138****5678，邮箱 ***@example.com");
    CHECK(code_of(lark->send(item_to("oc_crew", said, 5))) == "sent");
    CHECK(last(desk).dump().find("13812345678") == std::string::npos);
    const auto robot = desk.feishu_robot();
    std::int64_t id = 6;
    for (const auto& one : {said, task_card()}) {
        CHECK(code_of(robot->send(item_to("", one, id++))) == "sent");
        CHECK(last(desk).dump().find("13812345678") == std::string::npos);
    }
    // Where the platform takes no number at all, he is told the rest.
    desk.pass(1s);
    desk.platform.setup({{"feishu", {{"audit", true}}}});
    item.id = OutboxId{8};
    CHECK(code_of(lark->send(item)) == "sent");
    CHECK(last(desk).at("type") == "card_update");
    CHECK(last(desk).dump().find("13812345678") == std::string::npos);
    auto refused = item_to("ou_wang", said, 9);
    refused.conversation = ConversationId{1};
    CHECK(code_of(lark->send(refused)) == "sent");
    CHECK(text_of(last(desk)) == "请马上离开，值班电话 138****5678，邮箱 ***@example.com");
}

TEST_CASE("a picture goes up once and is sent by its key") {
    Desk desk;
    const auto lark = desk.feishu();
    auto said = saying("现场照片");
    said.image = AttachmentId{"a1"};
    CHECK(code_of(lark->send(item_to("ou_wang", said, 1))) == "sent");
    CHECK(code_of(lark->send(item_to("ou_li", said, 2))) == "sent");
    CHECK(desk.platform.delivered().size() == 4);
    CHECK(last(desk).at("type") == "image");
    CHECK(desk.platform.calls("/open-apis/im/v1/images").size() == 1);
    said.image = AttachmentId{"lost"};
    CHECK(code_of(lark->send(item_to("ou_li", said, 3))) == "channel.rejected");
}

TEST_CASE("a card is changed for everybody who sees it, and said anew when it is too old or gone") {
    Desk desk;
    const auto lark = desk.feishu();
    const auto card = lark->send(item_to("ou_lina", task_card(), 1)).value().reference;
    auto update = item_to("ou_lina", task_card(), 2);
    update.kind = "card_update";
    update.reference = card;
    update.said.choices.clear();
    update.said.text = "李娜已受理";
    CHECK(code_of(lark->send(update)) == "sent");
    CHECK(last(desk).at("type") == "card_update");
    const auto elements = last(desk).at("message").at("body").at("elements");
    CHECK(elements.size() == 2);  // words, and the address: no button that acts
    CHECK(elements[0].at("content").get<std::string>().rfind("李娜已受理", 0) == 0);
    CHECK_THROWS(desk.platform.in_feishu({{"do", "tap"}, {"from", "ou_lina"}, {"text", "受理"}}, desk.clock.now()));
    desk.pass(14 * 24h + 1s);
    CHECK(code_of(lark->send(update)) == "sent");
    CHECK(last(desk).at("type") == "interactive");
    const auto another = lark->send(item_to("ou_lina", task_card(), 3)).value().reference;
    desk.platform.post("/_feishu", {{"do", "recall"}, {"message_id", another}});
    update.reference = another;
    update.id = OutboxId{4};
    CHECK(code_of(lark->send(update)) == "sent");
    CHECK(last(desk).at("type") == "interactive");
    update.reference = "om_nobody";
    CHECK(code_of(lark->send(update)) == "channel.rejected");
}

TEST_CASE("a repeat after a lost answer is shown once by Feishu, also by a service started anew") {
    Desk desk;
    const auto lark = desk.feishu();
    desk.platform.fault({{"path", send_path}, {"kind", "lose"}});
    const auto item = item_to("ou_lina", task_card(), 77);
    CHECK(code_of(lark->send(item)) == "channel.busy");
    CHECK(code_of(desk.feishu()->send(item)) == "sent");
    CHECK(code_of(lark->send(item)) == "sent");
    CHECK(desk.platform.delivered().size() == 1);
    for (const auto& call : desk.platform.calls(send_path))
        CHECK(call.at("body").at("uuid").get<std::string>().size() <= 50);
    // What a person asks for once more is a message of its own.
    auto again = item;
    again.reference = asked_again(desk.clock.now());
    CHECK(code_of(lark->send(again)) == "sent");
    CHECK(desk.platform.delivered().size() == 2);
}

TEST_CASE("each of Feishu's codes has its reaction") {
    Desk desk;
    const auto lark = desk.feishu();
    struct Row {
        int code;
        const char* becomes;
    };
    std::int64_t id = 0;
    for (const auto& row :
         {Row{99991400, "channel.busy"},   Row{230020, "channel.busy"},     Row{11247, "channel.busy"},
          Row{11233, "channel.busy"},      Row{230049, "channel.busy"},     Row{2200, "channel.busy"},
          Row{5000, "channel.busy"},       Row{99991403, "channel.alarm"},  Row{99991672, "channel.alarm"},
          Row{99991401, "channel.alarm"},  Row{10014, "channel.alarm"},     Row{10015, "channel.alarm"},
          Row{230006, "channel.alarm"},    Row{230027, "channel.alarm"},    Row{230002, "channel.gone"},
          Row{232009, "channel.gone"},     Row{230013, "channel.gone"},     Row{230029, "channel.gone"},
          Row{230018, "channel.gone"},     Row{230035, "channel.gone"},     Row{230034, "channel.gone"},
          Row{230038, "channel.gone"},     Row{230053, "channel.gone"},     Row{230001, "channel.rejected"},
          Row{230022, "channel.rejected"}, Row{230028, "channel.rejected"}, Row{987654, "channel.rejected"}}) {
        CAPTURE(row.code);
        desk.pass(1s);
        desk.platform.fault({{"path", send_path}, {"kind", "errcode"}, {"errcode", row.code}});
        const auto sent = lark->send(item_to("ou_lina", saying("x"), ++id));
        CHECK(code_of(sent) == row.becomes);
        CHECK(sent.problem().detail.find(std::to_string(row.code)) == 0);
    }
    desk.patience = 300ms;
    for (const auto* kind : {"http", "reset", "hang", "empty", "text"}) {
        CAPTURE(kind);
        desk.pass(1s);
        desk.platform.fault({{"path", send_path}, {"kind", kind}});
        CHECK(code_of(lark->send(item_to("ou_lina", saying("x"), ++id))) == "channel.busy");
    }
    CHECK(desk.platform.delivered().empty());
}

TEST_CASE("Feishu says how long to wait, and one person is not told more than he may be") {
    Desk desk;
    const auto lark = desk.feishu();
    const auto wait_of = [](const Result<Receipt>& sent) {
        const auto& detail = sent.problem().detail;
        return std::stoll(detail.substr(detail.find("retry_after_ms=") + 15));
    };
    desk.platform.fault({{"path", send_path},
                         {"kind", "errcode"},
                         {"errcode", 99991400},
                         {"status", 429},
                         {"headers", {{"x-ogw-ratelimit-reset", "17"}}}});
    const auto told = wait_of(lark->send(item_to("ou_wang", saying("x"), 1)));
    CHECK(told >= 17000);
    CHECK(told <= 18100);
    auto item = item_to("ou_wang", saying("x"), 2);
    for (const auto& [attempts, wait] : {std::pair{1, 1000}, {2, 2000}, {3, 4000}}) {
        desk.pass(1s);
        item.attempts = attempts;
        desk.platform.fault({{"path", send_path}, {"kind", "errcode"}, {"errcode", 230020}});
        CHECK(wait_of(lark->send(item)) == wait);
    }
    desk.pass(1s);
    // A hundred for one person: five a second, and the platform never has to refuse.
    int sent = 0;
    for (int second = 0; second < 21; ++second) {
        for (; sent < 100; ++sent) {
            const auto one = lark->send(item_to("ou_li", saying("第" + std::to_string(sent)), 100 + sent));
            if (!one) {
                CHECK(one.problem().code == "channel.busy");
                break;
            }
        }
        desk.pass(1s);
    }
    CHECK(sent == 100);
    CHECK(desk.platform.delivered("ou_li").size() == 100);
}

TEST_CASE("what Feishu refuses in one form is said in another") {
    Desk desk;
    const auto lark = desk.feishu();
    for (const int code : {230001, 230099}) {
        desk.pass(1s);
        desk.platform.fault({{"path", send_path}, {"kind", "errcode"}, {"errcode", code}});
        CHECK(code_of(lark->send(item_to("ou_lina", task_card(), code))) == "sent");
        CHECK(last(desk).at("type") == "text");
        CHECK(text_of(last(desk)).find("https://service.example.com") != std::string::npos);
    }
    // Words are refused: number, buttons and address stay, what people wrote goes.
    desk.platform.setup({{"feishu", {{"words_refused", {"三天"}}}}});
    for (const int code : {230022, 230028}) {
        desk.pass(1s);
        if (code == 230028) {
            desk.platform.setup({{"feishu", {{"words_refused", Json::array()}}}});
            desk.platform.fault({{"path", send_path}, {"kind", "errcode"}, {"errcode", code}});
        }
        CHECK(code_of(lark->send(item_to("ou_lina", task_card(), 2 * code))) == "sent");
        const auto card = last(desk).at("message").dump();
        CHECK(card.find("三天") == std::string::npos);
        CHECK(card.find("王女士") == std::string::npos);
        CHECK(card.find("T20260302-001") != std::string::npos);
        CHECK(card.find("p1.accept") != std::string::npos);
    }
    desk.pass(1s);
    desk.platform.fault({{"path", send_path}, {"kind", "errcode"}, {"errcode", 230025}});
    CHECK(code_of(lark->send(item_to("ou_li", saying(many("楼道灯。", 100)), 5))) == "sent");
    CHECK(desk.platform.delivered("ou_li").size() == 2);
}

TEST_CASE("Feishu's tokens: one for all, renewed once, a wrong secret is not tried in a loop") {
    Desk desk;
    const auto lark = desk.feishu();
    CHECK(lark->check());
    CHECK(code_of(lark->send(item_to("ou_a", saying("x"), 1))) == "sent");
    CHECK(desk.platform.calls(token_path).size() == 1);
    // With 25 minutes left a new one is fetched before the old one ends.
    desk.pass(2h - 26min);
    CHECK(code_of(lark->send(item_to("ou_a", saying("x"), 2))) == "sent");
    CHECK(desk.platform.calls(token_path).size() == 1);
    desk.pass(2min);
    CHECK(code_of(lark->send(item_to("ou_a", saying("x"), 3))) == "sent");
    CHECK(desk.platform.calls(token_path).size() == 2);
    desk.platform.post("/_expire", Json::object());
    auto picture =
        lark->fetch_media({.media_id = "image:om_1:img_1", .url = {}, .name = {}, .media_type = {}, .bytes = {}});
    CHECK(picture.problem().code == "media.gone");
    CHECK(code_of(lark->send(item_to("ou_a", saying("x"), 4))) == "sent");
    CHECK(desk.platform.calls(token_path).size() == 3);
    for (const int code : {99991661, 99991663, 99991665, 99991668, 99991671}) {
        desk.pass(1s);
        desk.platform.fault({{"path", send_path}, {"kind", "errcode"}, {"errcode", code}, {"times", 2}});
        CHECK(code_of(lark->send(item_to("ou_b", saying("x"), code))) != "sent");  // once and no more
    }
    auto wrong = desk.feishu_settings();
    wrong.app_secret = "other";
    const auto refused = desk.feishu(wrong);
    const auto before = desk.platform.calls(token_path).size();
    for (int i = 0; i < 5; ++i) CHECK(code_of(refused->send(item_to("ou_a", saying("x"), 9))) == "channel.alarm");
    CHECK(desk.platform.calls(token_path).size() == before + 1);
    CHECK(refused->check().problem().text.find("app_secret") != std::string::npos);
}

TEST_CASE("who Feishu does not reach, and what it refuses us, is told with the mend") {
    Desk desk;
    const auto lark = desk.feishu();
    desk.platform.setup({{"feishu", {{"declined", {"ou_off"}}, {"left", {"ou_left"}}, {"elsewhere", {"ou_far"}}}}});
    for (const auto* who : {"ou_off", "ou_left", "ou_far"})
        CHECK(code_of(lark->send(item_to(who, saying("x"), 1))) == "channel.gone");
    desk.platform.setup({{"feishu", {{"scope_missing", "im:message:send_as_bot"}}}});
    const auto sent = lark->send(item_to("ou_a", saying("x"), 2));
    CHECK(sent.problem().code == "channel.alarm");
    CHECK(sent.problem().detail.find("im:message:send_as_bot") != std::string::npos);
    auto settings = desk.feishu_settings();
    const auto bad = [&](auto change, const char* names) {
        auto wrong = settings;
        change(wrong);
        const auto made = make_feishu(wrong, desk.caller(), desk.files(), desk.clock);
        REQUIRE_FALSE(made);
        CHECK(made.problem().code == "channel.bad_settings");
        CHECK(made.problem().text.find(names) != std::string::npos);
    };
    bad([](FeishuSettings& s) { s.app_id.clear(); }, "app_id");
    bad([](FeishuSettings& s) { s.app_secret.clear(); }, "app_secret");
    bad([](FeishuSettings& s) { s.encrypt_keys = {""}; }, "encrypt_key");
    bad([](FeishuSettings& s) { s.verification_tokens.clear(); }, "verification_token");
}

TEST_CASE("Feishu's group robot: signed, within its rate and length, each code with its reaction") {
    Desk desk;
    const auto robot = desk.feishu_robot();
    CHECK(robot->capabilities().to_group);
    CHECK(code_of(robot->send(item_to("", saying("工单超时 13812345678"), 1))) == "sent");
    CHECK(text_of(last(desk)) == "工单超时 138****5678");
    CHECK(code_of(robot->send(item_to("", task_card(), 2))) == "sent");
    CHECK(last(desk).at("type") == "interactive");
    CHECK(last(desk).at("message").dump().find("callback") == std::string::npos);
    auto long_one = task_card();
    long_one.text = many("楼", 10000);
    const auto before = desk.platform.delivered().size();
    CHECK(code_of(robot->send(item_to("", long_one, 3))) == "sent");
    desk.pass(1s);
    // A card says how it begins, texts the rest: nothing is left out, and each part says which it is.
    const auto all = desk.platform.delivered();
    REQUIRE(all.size() == before + 2);
    CHECK(all[before].at("type") == "interactive");
    CHECK(all[before].dump().find("（1/2）") != std::string::npos);
    CHECK(text_of(all[before + 1]).ends_with("（2/2）"));
    const auto count = [](const Json& one) {
        const auto text = one.dump();
        std::size_t found = 0;
        for (auto at = text.find("楼"); at != std::string::npos; at = text.find("楼", at + 1)) ++found;
        return found;
    };
    CHECK(count(all[before]) + count(all[before + 1]) >= 10000);
    CHECK(code_of(robot->send(item_to("", saying(many("\"", 20000)), 4))) == "sent");
    desk.pass(1s);
    CHECK(code_of(robot->send(item_to("", Said{}, 5))) == "channel.rejected");
    CHECK(code_of(desk.feishu_robot("other secret")->send(item_to("", saying("x"), 6))) == "channel.alarm");
    desk.pass(60s);
    struct Row {
        int code;
        const char* becomes;
    };
    std::int64_t id = 10;
    for (const auto& row : {Row{9499, "channel.rejected"}, Row{19001, "channel.alarm"}, Row{19002, "channel.rejected"},
                            Row{19021, "channel.alarm"}, Row{19022, "channel.alarm"}, Row{19024, "channel.alarm"},
                            Row{19036, "channel.rejected"}, Row{11232, "channel.busy"}}) {
        CAPTURE(row.code);
        desk.pass(1s);
        desk.platform.fault({{"path", "/open-apis/bot"}, {"kind", "errcode"}, {"errcode", row.code}, {"status", 200}});
        CHECK(code_of(robot->send(item_to("", saying("x"), ++id))) == row.becomes);
    }
    // Nobody knows a message of a robot again: what may have been shown is asked once more, and no more.
    auto unsure = item_to("", saying("x"), 50);
    unsure.attempts = 3;
    unsure.error_code = "http.timeout";
    CHECK(robot->send(unsure).problem().detail == "unknown");
    unsure.error_code = "http.unreachable";
    CHECK(code_of(robot->send(unsure)) == "sent");
    desk.pass(62s);
    int sent = 0;
    for (int second = 0; second < 100 && sent < 160; ++second) {
        for (; sent < 160; ++sent)
            if (!robot->send(urgent(item_to("", saying("警报"), 1000 + sent)))) break;
        desk.pass(1s);
    }
    CHECK(sent == 160);
    for (const auto& call : desk.platform.calls("/open-apis/bot/v2/hook/feishu-robot-1"))
        if (!call.contains("fault")) CHECK((call.at("errcode") == 0 || call.at("errcode") == 19021));
    CHECK_FALSE(
        make_feishu_robot({{"x"}, "https://open.feishu.cn/open-apis/bot/v2/hook/", ""}, desk.caller(), desk.clock));
    CHECK_FALSE(make_feishu_robot({{"x"}, "open.feishu.cn/open-apis/bot/v2/hook/abc", ""}, desk.caller(), desk.clock));
}
