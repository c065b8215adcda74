#include <catch2/catch.hpp>

#include <thread>

#include "channels/wechat_official_account/followers.h"
#include "channels/wechat_official_account/notices.h"
#include "tests/platforms/desk.h"
#include "tests/store/store_house.h"

using namespace huiyin;
using namespace std::chrono_literals;

namespace {

const std::string wang = "oWang00000000000000000001";
const std::string template_send = "/cgi-bin/message/template/send";
const std::string bizsend = "/cgi-bin/message/subscribe/bizsend";

wechat::NoticeForm of_template() {
    return {.subscription = false,
            .id = "TPL_progress",
            .data = {{"character_string1", "{{number}}"},
                     {"thing2", "{{title}}"},
                     {"phrase3", "{{kind}}"},
                     {"time4", "{{time}}"}},
            .url = "https://service.example.com/t/{{number}}"};
}
wechat::NoticeForm of_subscription() {
    return {.subscription = true,
            .id = "SUB_progress",
            .data = {{"thing1", "{{title}}"}, {"time2", "{{time}}"}},
            .url = "https://service.example.com/"};
}

// What he allowed, as the store would keep it.
struct Allowed {
    std::map<std::string, int> counts;
    wechat::Grants grants() {
        return {[this](const std::string& who, const std::string& what) -> std::optional<int> {
                    auto& count = counts[who + "/" + what];
                    if (count == 0) return std::nullopt;
                    return --count;
                },
                [this](const std::string& who, const std::string& what, int more) {
                    auto& count = counts[who + "/" + what];
                    count = std::max(0, count + more);
                }};
    }
};

OutboxItem news(std::int64_t id = 7) {
    auto item = item_to(wang, saying("工单T20260302-001，维修师傅明天上午9点到，请留人在家，\n电话 13812345678"), id);
    item.kind = "consent";
    item.ticket = TicketId{41};
    item.ticket_number = "T20260302-001";
    item.created_at = *parse_rfc3339("2026-03-02T09:05:00+08:00");
    item.reference = ring_by_notice;
    return item;
}

std::string reaction_code(int errcode) { return errcode == -1 || errcode == 45009 ? "channel.busy" : "channel.gone"; }

std::unique_ptr<Channel> account_with(Desk& desk, wechat::NoticeForms forms, wechat::Grants grants = {}) {
    auto settings = desk.account_settings();
    settings.notices = std::move(forms);
    settings.grants = std::move(grants);
    return desk.account(settings);
}

}  // namespace

TEST_CASE("each key of a template has its rule, and words are made to fit it") {
    using wechat::fitting_value;
    CHECK(fitting_value("thing2", "  卫生间\n漏水 ") == "卫生间 漏水");
    CHECK(fitting_value("thing10", many("水", 21)) == many("水", 19) + "…");
    CHECK(fitting_value("thing2", many("😡", 20)) == many("😡", 20));
    CHECK(fitting_value("character_string1", "T20260302-001号") == "T20260302-001");
    CHECK(fitting_value("character_string1", "第三号") == std::nullopt);
    CHECK(fitting_value("phrase3", "处理中 abc 很久了") == "处理中很久");
    CHECK(fitting_value("short_thing1", "处理中很久了") == "处理中很久");
    CHECK(fitting_value("number1", "共 12 次") == "12");
    CHECK(fitting_value("letter1", "A3栋b") == "Ab");
    CHECK(fitting_value("symbol1", "a!?b") == "!?");
    CHECK(fitting_value("time4", "2026-03-02 09:05") == "2026-03-02 09:05");
    CHECK(fitting_value("date4", many("1", 30)) == std::nullopt);
    CHECK(fitting_value("amount1", "赔 500 元") == "500元");
    CHECK(fitting_value("phone_number1", "电话 138-1234-5678") == "138-1234-5678");
    CHECK(fitting_value("car_number1", "粤B12345678") == "粤B123456");
    CHECK(fitting_value("name1", "王 小明 Wang") == "王小明");
    CHECK(fitting_value("name1", "Wang 2") == "Wang");
    CHECK(fitting_value("thing2", " \n") == std::nullopt);
    CHECK(fitting_value("first", "您好") == std::nullopt);
    CHECK_FALSE(wechat::is_known_key("remark"));
    CHECK(wechat::is_known_key("thing20"));
}

TEST_CASE("a template message tells that there is something, in values the platform takes; a repeat is shown once") {
    Desk desk;
    const auto account = account_with(desk, {{"*", {of_template()}}});
    CHECK(account->rings(news()));
    desk.platform.fault({{"path", template_send}, {"kind", "lose"}});
    CHECK(code_of(account->send(news())) == "channel.busy");
    const auto sent = account->send(news());
    REQUIRE(sent);
    CHECK(sent->reference == "rung:200163836");
    CHECK(sent->messages == 0);
    const auto heard = desk.platform.delivered(wang);
    REQUIRE(heard.size() == 1);
    const auto& message = heard[0].at("message");
    CHECK(message.at("url") == "https://service.example.com/t/T20260302-001");
    CHECK(message.at("client_msg_id") == "h7");
    CHECK(message.at("data") == Json{{"character_string1", {{"value", "T20260302-001"}}},
                                     {"thing2", {{"value", "维修师傅明天上午9点到，请留人在家，"}}},
                                     {"phrase3", {{"value", "待您确认"}}},
                                     {"time4", {{"value", "2026-03-02 09:05"}}}});
}

TEST_CASE("a subscription notification goes first where he allowed it, once each time; the template else") {
    Desk desk;
    Allowed allowed;
    const auto account = account_with(desk, {{"consent", {of_subscription(), of_template()}}}, allowed.grants());
    allowed.counts[wang + "/SUB_progress"] = 2;
    desk.platform.post("/_allow", {{"openid", wang}, {"templates", {"SUB_progress"}}});
    CHECK(account->send(news(1)));
    CHECK(desk.platform.delivered(wang).back().at("type") == "subscription");
    CHECK(allowed.counts[wang + "/SUB_progress"] == 1);
    // He took it back, and we were not told.
    CHECK(account->send(news(2)));
    CHECK(desk.platform.delivered(wang).back().at("type") == "template");
    CHECK(allowed.counts[wang + "/SUB_progress"] == 0);
    const auto before = desk.platform.calls(bizsend).size();
    CHECK(account->send(news(3)));
    CHECK(desk.platform.calls(bizsend).size() == before);
    auto other = news(4);
    other.kind = "progress";
    CHECK_FALSE(account->rings(other));
}

TEST_CASE("a permission is used before the notice goes, and given back only when the platform had none of it") {
    Desk desk;
    Allowed allowed;
    auto& count = allowed.counts[wang + "/SUB_progress"];
    int on_the_way = -1;
    auto settings = desk.account_settings();
    settings.notices = {{"*", {of_subscription()}}};
    settings.grants = allowed.grants();
    const auto account = make_official_account(
                             settings,
                             [&, ask = desk.caller()](const http::Call& call) {
                                 if (call.url.find(bizsend) == std::string::npos) return ask(call);
                                 on_the_way = count;
                                 ++count;  // he allows another just now
                                 return ask(call);
                             },
                             desk.files(), desk.clock)
                             .value();
    const auto told = [&](const std::string& code, int before, int after) {
        count = before;
        CHECK(code_of(account->send(news(count))) == code);
        CHECK(on_the_way == before - 1);
        CHECK(count == after);
    };
    desk.platform.post("/_allow", {{"openid", wang}, {"templates", {"SUB_progress"}}});
    told("sent", 3, 3);
    for (const int refused : {-1, 45009, 40037, 43004, 98765}) {
        CAPTURE(refused);
        desk.platform.fault({{"path", bizsend}, {"kind", "errcode"}, {"errcode", refused}});
        told(reaction_code(refused), 3, 4);
    }
    told("channel.gone", 3, 1);  // 43101: none is left of those that we counted
    desk.platform.post("/_allow", {{"openid", wang}, {"templates", {"SUB_progress"}}});
    desk.platform.fault({{"path", bizsend}, {"kind", "lose"}});
    told("channel.busy", 3, 3);  // it may have arrived
}

TEST_CASE("what he allows while a notice goes is counted, however the two meet") {
    test::House house;
    auto& store = house.open();
    const auto grants = wechat::grants_in(store, {"oa"});
    CHECK_FALSE(grants.take(wang, "SUB_progress"));
    constexpr int each = 200;
    std::jthread allows([&] {
        for (int i = 0; i < each; ++i)
            store.run([&](Transaction& tx) {
                InboundMessage message;
                message.channel = {"oa"};
                message.address = wang;
                message.kind = InboundKind::event;
                message.key = "popup" + std::to_string(i);
                message.text = "subscribe_msg_popup_event";
                message.label = "SUB_progress accept";
                wechat::hear_of_follower(tx, message, test::nine, test::nine);
            });
    });
    int taken = 0;
    for (int i = 0; i < each; ++i) {
        if (!grants.take(wang, "SUB_progress")) continue;
        if (i % 3 == 0)
            grants.add(wang, "SUB_progress", 1);
        else
            ++taken;
    }
    allows.join();
    int left = 0;
    while (grants.take(wang, "SUB_progress")) ++left;
    CHECK(taken + left == each);
    grants.add(wang, "SUB_progress", -5);
    CHECK_FALSE(grants.take(wang, "SUB_progress"));
    grants.add(wang, "SUB_progress", 2);
    CHECK(grants.take(wang, "SUB_progress") == 1);
    CHECK(grants.take({"another"}, "SUB_progress") == std::nullopt);
}

TEST_CASE("a notice that nobody answers for is shown twice at most, and then nothing is known of it") {
    Desk desk;
    Allowed allowed;
    const auto lost = [&](Channel& account) {
        desk.platform.fault({{"path", template_send}, {"kind", "lose"}, {"times", 1}});
        desk.platform.fault({{"path", bizsend}, {"kind", "lose"}, {"times", 1}});
        const auto sent = account.send(news());
        desk.platform.mend();
        return sent ? std::string("sent") : sent.problem().code + " " + sent.problem().detail;
    };
    SECTION("a subscription notification, which has no name; no other form follows it") {
        desk.platform.post("/_allow", {{"openid", wang}, {"templates", {"SUB_progress"}}});
        desk.platform.post("/_allow", {{"openid", wang}, {"templates", {"SUB_progress"}}});
        allowed.counts[wang + "/SUB_progress"] = 9;
        const auto account = account_with(desk, {{"*", {of_subscription(), of_template()}}}, allowed.grants());
        for (int i = 0; i < 2; ++i) CHECK(lost(*account).rfind("channel.busy http.", 0) == 0);
        CHECK(lost(*account) == "channel.gone unknown");
        CHECK(desk.platform.calls(bizsend).size() == 2);
        CHECK(desk.platform.calls(template_send).empty());
        CHECK(allowed.counts[wang + "/SUB_progress"] == 7);
    }
    SECTION("a template message has one for ten minutes") {
        const auto account = account_with(desk, {{"*", {of_template()}}});
        for (int i = 0; i < 4; ++i) CHECK(lost(*account).rfind("channel.busy http.", 0) == 0);
        desk.pass(11min);
        for (int i = 0; i < 3; ++i) CHECK(lost(*account).rfind("channel.busy http.", 0) == 0);
        CHECK(desk.platform.delivered(wang).size() == 2);
        desk.pass(11min);
        CHECK(lost(*account) == "channel.gone unknown");
        CHECK(desk.platform.calls(template_send).size() == 7);
    }
}

TEST_CASE("what a notice is refused with") {
    Desk desk;
    Allowed allowed;
    const auto account = account_with(desk, {{"*", {of_subscription(), of_template()}}}, allowed.grants());
    const auto refused_with = [&](int errcode, int times = 1) {
        desk.platform.fault({{"path", template_send}, {"kind", "errcode"}, {"errcode", errcode}, {"times", times}});
        return code_of(account->send(news(errcode)));
    };
    for (const int gone : {43004, 43019, 43101, 40037, 40036, 47003, 48001, 48002, 50005, 40003, 46004, 98765})
        CHECK(refused_with(gone) == "channel.gone");
    for (const int busy : {-1, 45009, 45011}) CHECK(refused_with(busy) == "channel.busy");
    for (const int alarm : {48004, 50007, 40013}) CHECK(refused_with(alarm) == "channel.alarm");

    // The value that breaks a rule is shortened, once.
    desk.platform.fault({{"path", template_send},
                         {"kind", "errcode"},
                         {"errcode", 47003},
                         {"errmsg", "argument invalid! data.thing2.value invalid"}});
    CHECK(account->send(news(8)));
    CHECK(desk.platform.delivered(wang).back().at("message").at("data").at("thing2").at("value") ==
          "维修师傅明天上午9");
    // A page that it does not take is left out.
    allowed.counts[wang + "/SUB_progress"] = 1;
    desk.platform.post("/_allow", {{"openid", wang}, {"templates", {"SUB_progress"}}});
    desk.platform.fault({{"path", bizsend}, {"kind", "errcode"}, {"errcode", 41030}});
    CHECK(account->send(news(9)));
    CHECK_FALSE(desk.platform.delivered(wang).back().at("message").contains("page"));
}

TEST_CASE("when the platform says that nothing more may be written, a notice tells of it") {
    Desk desk;
    const auto account = account_with(desk, {{"*", {of_template()}}});
    auto item = news();
    item.reference.clear();
    const auto sent = account->send(item);  // nobody wrote: 45015
    REQUIRE(sent);
    CHECK(sent->reference.rfind("rung:", 0) == 0);
    CHECK(desk.platform.delivered(wang).back().at("type") == "template");
    item.ticket = {};  // a greeting is not worth one
    CHECK(code_of(account->send(item)) == "channel.closed");
    item.ticket = TicketId{41};
    desk.platform.fault({{"path", template_send}, {"kind", "errcode"}, {"errcode", 43004}});
    item.id = OutboxId{12};
    CHECK(code_of(account->send(item)) == "channel.closed");
}

TEST_CASE("templates that the account does not have are told with the mend") {
    Desk desk;
    CHECK(account_with(desk, {{"*", {of_subscription(), of_template()}}})->check()->find("1 templates fit") !=
          std::string::npos);
    auto other = of_template();
    other.id = "TPL_of_somebody_else";
    const auto none = account_with(desk, {{"consent", {other}}})->check();
    REQUIRE_FALSE(none);
    CHECK(none.problem().text.find("TPL_of_somebody_else") != std::string::npos);
    auto fewer = of_template();
    fewer.data.pop_back();
    fewer.data.emplace_back("thing9", "{{text}}");
    const auto wrong = account_with(desk, {{"consent", {fewer}}})->check();
    REQUIRE_FALSE(wrong);
    CHECK(wrong.problem().text.find("\"thing9\" is no key of the template") != std::string::npos);
}
