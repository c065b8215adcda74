#include "channels/wecom_kf/wecom_kf.h"

#include <catch2/catch.hpp>
#include <thread>

#include "channels/codec/envelope.h"
#include "channels/codec/xml.h"
#include "tests/platforms/desk.h"

using namespace huiyin;
using namespace std::chrono_literals;

namespace {
const std::string send_path = "/cgi-bin/kf/send_msg";
const std::string pull_path = "/cgi-bin/kf/sync_msg";
const std::string token_path = "/cgi-bin/gettoken";
const std::string wang = "wmTESTuser0001";

Json last(Desk& desk) { return desk.platform.delivered(wang).back(); }
void writes(Desk& desk, const std::string& text = "在吗") {
    desk.platform.post("/_kf", {{"do", "say"}, {"from", wang}, {"text", text}});
}
std::string code_of_read(const Channel& channel, const Callback& callback) {
    const auto read = channel.read(callback);
    return read ? "read" : read.problem().code;
}
Json doorbell(Json more = Json::object()) {
    Json order{
        {"platform", "wecom"},
        {"agent_id", 1000003},
        {"message",
         {{"MsgType", "event"}, {"Event", "kf_msg_or_event"}, {"Token", "ENC1"}, {"OpenKfId", "wkTESTkfid0001"}}}};
    order.update(more);
    return order;
}
}  // namespace

TEST_CASE("the customer service proves its address and hears its doorbell") {
    Desk desk;
    const auto service = desk.service();
    const auto echo =
        desk.platform.ordered({{"platform", "wecom"}, {"agent_id", 1000003}, {"verify", true}}, desk.clock.now());
    const auto answer = service->verify(echo.callback);
    REQUIRE(answer);
    CHECK(desk.platform.judged(echo, *answer).at("problem") == "");

    const auto order = desk.platform.ordered(doorbell(), desk.clock.now());
    const auto read = service->read(order.callback);
    REQUIRE(read);
    REQUIRE(read->size() == 1);
    CHECK(read->front().kind == InboundKind::event);
    CHECK(read->front().text == "kf_msg_or_event");
    CHECK(read->front().label == "wkTESTkfid0001");
    CHECK(read->front().reply_reference == "ENC1");
    CHECK(desk.platform.judged(order, service->passive(order.callback, {}, {})).at("problem") == "");
}

TEST_CASE("the sheet's doorbell is read: a full pad of 32, no sender, no app") {
    Desk desk;
    auto settings = desk.service_settings();
    settings.tokens = {"tsCallbackTok01"};
    settings.encoding_aes_keys = {"ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA"};
    const auto service = desk.service(settings);
    Callback callback;
    callback.method = "POST";
    callback.received_at = from_ms(1767225601000);
    callback.query = {{"timestamp", "1767225601"},
                      {"nonce", "704012345"},
                      {"msg_signature", "486d44e5dee8da6a39860c27f7e065bee52dd596"}};
    callback.body =
        XmlWriter()
            .text("ToUserName", "ww0123456789abcdef")
            .text(
                "Encrypt",
                "DweapO9t/2veowU2BC/1XWOuRZRC4S9OZzsfRYn7/apg8ZVSBlcDjbF6va2QrnQuubNj8YKKfG90j38RzshrbVUGbBtPQqLL4hNq"
                "+Yy/CAkjWC6sXAydkijfNtRpAx0r/sVmASoEEV7AOw6vZ1gC71GaAr4/fWG7IGIPACzSpARKh0Lk+QGzflci8CJGIT1R8aRBxTaeS"
                "8aHIEjLK2NeU6prmniTX4XR5H0mu8ijphlzbtusxiIRpEzw9Zv2jmwgqsz/rcVJN99kWfwD/1dKnka8AbV1HhvPF4lSB8Hvu0g6Mq"
                "ZP0+k8bOdXWdmVVuYDHbaEBtzLfRp0H7l7933lx13KM5pjCxwyCCRICG8YsY5x6U4kRhLlokcqTA+XewVt4INBEJ+HaCyEBCHBYNE"
                "Zxt1JhiWvlQSaheMTn9j5v9pOUHdaPsqTaG1bneZD3WpDw9V4j+ZBCpbmj5ezRVeExA==")
            .done();
    const auto read = service->read(callback);
    REQUIRE(read);
    REQUIRE(read->size() == 1);
    CHECK(read->front().label == "wkTESTkfid0001");
    CHECK(read->front().reply_reference == "ENCtokenxxxxxxxxxxxxxxxxxxxxx");
    callback.query["msg_signature"] = "486d44e5dee8da6a39860c27f7e065bee52dd597";
    CHECK(code_of_read(*service, callback) == "channel.bad_signature");
}

TEST_CASE(
    "callbacks of the customer service are taken only as they should be; what members write to the app is not ours") {
    Desk desk;
    const auto service = desk.service();
    const auto tampered = [&](Json more) {
        return code_of_read(*service, desk.platform.ordered(doorbell(std::move(more)), desk.clock.now()).callback);
    };
    CHECK(tampered(Json::object()) == "read");
    CHECK(tampered({{"tamper", {{"msg_signature", nullptr}}}}) == "channel.bad_signature");
    CHECK(tampered({{"tamper", {{"timestamp", "1"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"as", {{"token", "x"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"as", {{"receiver", "ww9999999999999999"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"body", "<xml/>"}}) == "channel.bad_signature");
    CHECK(tampered({{"body", "<!DOCTYPE x><xml/>"}}) == "channel.forbidden_xml");
    CHECK(tampered({{"xml", "<!DOCTYPE x><xml/>"}}) == "channel.forbidden_xml");
    const auto read = [&](Json message) {
        return service
            ->read(desk.platform.ordered(doorbell({{"message", std::move(message)}}), desk.clock.now()).callback)
            .value();
    };
    CHECK(read({{"FromUserName", "ZhangSan"}, {"MsgType", "text"}, {"Content", "有人吗"}}).empty());
    CHECK(read({{"MsgType", "event"}, {"Event", "kf_account_auth_change"}, {"AuthDelOpenKfId", "wkTESTkfid0001"}})
              .empty());
    const auto unknown = read({{"FromUserName", "ZhangSan"}, {"MsgType", "hologram"}});
    REQUIRE(unknown.size() == 1);
    CHECK(unknown.front().kind == InboundKind::unknown);
    CHECK(unknown.front().address.empty());
    CHECK_FALSE(unknown.front().raw.empty());
}

TEST_CASE("news comes page by page, with a doorbell's token, from where it was left") {
    Desk desk;
    const auto service = desk.service();
    for (int i = 1; i <= 5; ++i) writes(desk, "第" + std::to_string(i) + "条");
    desk.platform.setup({{"kf", {{"page", 2}, {"empty_pages", 1}}}});
    const auto token = desk.platform.post("/_kf", {{"do", "token"}}).at("token").get<std::string>();
    std::string cursor, words;
    int pages = 0;
    for (bool more = true; more && pages < 10; ++pages) {
        const auto news = service->news(cursor, token, 1000);
        REQUIRE(news);
        for (const auto& item : news->items) words += item.at("text").at("content").get<std::string>();
        cursor = news->next_cursor;
        more = news->more;
    }
    CHECK(pages == 4);  // the first was empty
    CHECK(words == "第1条第2条第3条第4条第5条");
    const auto again = service->news(cursor, token, 1000);
    REQUIRE(again);
    CHECK(again->items.empty());
    CHECK_FALSE(again->more);

    CHECK(service->news(cursor, "ENCwrong", 100).problem().detail.substr(0, 5) == "95007");
    desk.pass(11min);
    CHECK(service->news(cursor, token, 100).problem().detail.substr(0, 5) == "95007");
    CHECK(service->news("somewhere", "", 100).problem().code == "channel.rejected");
    for (int i = 0; i < 5; ++i) CHECK(service->news(cursor, "", 100));
    const auto too_often = service->news(cursor, "", 100);
    CHECK(too_often.problem().code == "channel.busy");
    CHECK(too_often.problem().detail.find("retry_after_ms=60000") != std::string::npos);
    desk.platform.fault({{"path", pull_path}, {"kind", "text"}, {"body", "{\"errcode\":0,\"msg_list\":7}"}});
    CHECK(service->news(cursor, "", 100).problem().code == "channel.busy");
}

TEST_CASE("words find their form: text, a menu to tap, an address to open, a picture") {
    Desk desk;
    const auto service = desk.service();
    writes(desk);
    std::int64_t id = 0;
    const auto sent = [&](const Said& said) {
        writes(desk);  // five more
        const auto before = desk.platform.delivered().size();
        const auto receipt = service->send(item_to(wang, said, ++id));
        CHECK(code_of(receipt) == "sent");
        const auto messages = static_cast<int>(desk.platform.delivered().size() - before);
        if (receipt) CHECK(receipt->messages == messages);
        CHECK(service->messages_of(said) == messages);
        return last(desk).at("message");
    };
    CHECK(sent(saying("电梯已经报修")).at("text").at("content") == "电梯已经报修");
    const auto menu = sent(saying("真的好了吗?", {{"真的好了", "p1.yes"}, {"没有好", "p1.no"}})).at("msgmenu");
    CHECK(menu.at("head_content") == "真的好了吗?");
    CHECK(menu.at("list")[1] == Json{{"type", "click"}, {"click", {{"id", "p1.no"}, {"content", "没有好"}}}});
    auto card = saying("工单办好了");
    card.card = Card{"请看结果", "", "https://service.example.com/t/1"};
    CHECK(sent(card).at("msgmenu").at("list")[0].at("view").at("url") == "https://service.example.com/t/1");
    card.card->url = "tel:119";
    CHECK(sent(card).at("text").at("content") == "工单办好了\n\n请看结果\ntel:119");
    std::vector<Choice> eleven;
    for (int i = 0; i < 11; ++i) eleven.push_back({"选项" + std::to_string(i), "p1." + std::to_string(i)});
    CHECK(sent(saying("选一个", eleven)).at("msgtype") == "text");
    CHECK(sent(saying("选一个", {{"无效", ""}})).at("msgtype") == "text");
    CHECK(sent(saying("选一个", {{"长", "p1." + many("x", 62)}})).at("msgtype") == "text");
    // 2049 bytes are two texts, cut between characters; a menu's head is half as long.
    CHECK(sent(saying(many("楼", 683))).at("text").at("content") == "楼");
    const auto long_menu = sent(saying(many("楼", 400), {{"好", "p1.a"}}));
    CHECK(long_menu.at("msgtype") == "msgmenu");
    CHECK(long_menu.at("msgmenu").at("head_content").get<std::string>().size() <= 1024);
    auto picture = saying("现场");
    picture.image = {"photo"};
    CHECK(sent(picture).at("msgtype") == "image");
    CHECK(code_of(service->send(item_to(wang, Said{}, ++id))) == "channel.rejected");
    CHECK(code_of(service->send(item_to("", saying("x"), ++id))) == "channel.rejected");
    CHECK(code_of(service->send(item_to("wmStranger", saying("x"), ++id))) == "channel.gone");
}

TEST_CASE("a kind of message that the account forbids goes as text; a text that is too long in halves") {
    Desk desk;
    const auto service = desk.service();
    std::int64_t id = 0;
    for (const int errcode : {95008, 95009, 95030, 40008}) {
        CAPTURE(errcode);
        writes(desk);
        desk.platform.fault({{"path", send_path}, {"kind", "errcode"}, {"errcode", errcode}});
        CHECK(code_of(service->send(item_to(wang, saying("好了吗?", {{"好了", "p1.a"}, {"没有", "p1.b"}}), ++id))) ==
              "sent");
        CHECK(last(desk).at("message").at("text").at("content") == "好了吗?\n1 好了\n2 没有");
    }
    writes(desk);
    desk.platform.fault({{"path", send_path}, {"kind", "errcode"}, {"errcode", 45002}});
    const auto receipt = service->send(item_to(wang, saying(many("楼道灯。", 40)), ++id));
    REQUIRE(receipt);
    CHECK(receipt->messages == 2);
}

TEST_CASE("what was asked before its answer was lost is not shown twice, also after a restart") {
    Desk desk;
    const auto service = desk.service();
    writes(desk);
    auto item = item_to(wang, saying("工单已受理"), 77);
    item.attempts = 1;
    desk.platform.fault({{"path", send_path}, {"kind", "lose"}});
    const auto lost = service->send(item);
    REQUIRE(code_of(lost) == "channel.busy");
    item.attempts = 2;
    item.error_code = lost.problem().detail.substr(0, lost.problem().detail.find(' '));
    CHECK(code_of(service->send(item)) == "sent");
    CHECK(desk.platform.delivered().size() == 1);
    item.error_code.clear();  // whoever died in between has written no reason
    CHECK(code_of(desk.service()->send(item)) == "sent");
    CHECK(desk.platform.delivered().size() == 1);
    // A first attempt that is refused is refused.
    auto other = item_to(wang, saying("工单已受理"), 77);
    other.attempts = 1;
    CHECK(code_of(desk.service()->send(other)) == "channel.rejected");
    // One that was refused for a reason, and is now for another, too.
    auto third = item_to(wang, saying("工单已受理"), 77);
    third.attempts = 2;
    third.error_code = "-1";
    CHECK(code_of(desk.service()->send(third)) == "channel.rejected");
    CHECK(platform_message_id(OutboxId{77}, 1, false) == "o77-1");
    CHECK(item_of_message_id("o77-1") == OutboxId{77});
    CHECK(item_of_message_id("t77-0") == OutboxId{77});
    CHECK(platform_message_id(OutboxId{9223372036854775807}, 99, false, "again:123456").size() <= 32);
    CHECK(item_of_message_id(platform_message_id(OutboxId{77}, 1, false, "again:5")) == OutboxId{77});
    for (const auto* foreign : {"", "kfmsg0001", "o77", "o-1", "oabc-1", "o77-x"})
        CHECK_FALSE(item_of_message_id(foreign));
}

TEST_CASE("each code of the customer service has its reaction") {
    Desk desk;
    const auto service = desk.service();
    struct Row {
        int errcode;
        const char* code;
    };
    std::int64_t id = 0;
    for (const auto& row :
         {Row{-1, "channel.busy"},        Row{45009, "channel.busy"},     Row{45033, "channel.busy"},
          Row{95001, "channel.closed"},   Row{95002, "channel.closed"},   Row{95013, "channel.closed"},
          Row{95031, "channel.closed"},   Row{40096, "channel.gone"},     Row{84061, "channel.gone"},
          Row{95000, "channel.alarm"},    Row{95003, "channel.alarm"},    Row{95004, "channel.alarm"},
          Row{95011, "channel.alarm"},    Row{95012, "channel.alarm"},    Row{95017, "channel.alarm"},
          Row{95023, "channel.alarm"},    Row{95032, "channel.alarm"},    Row{48002, "channel.alarm"},
          Row{60020, "channel.alarm"},    Row{40001, "channel.alarm"},    Row{95022, "channel.rejected"},
          Row{95005, "channel.rejected"}, Row{95006, "channel.rejected"}, Row{95015, "channel.rejected"},
          Row{95026, "channel.rejected"}, Row{95027, "channel.rejected"}, Row{40058, "channel.rejected"},
          Row{12345, "channel.rejected"}}) {
        CAPTURE(row.errcode);
        desk.platform.fault({{"path", send_path}, {"kind", "errcode"}, {"errcode", row.errcode}});
        auto item = item_to(wang, saying("x"), ++id);
        item.attempts = 1;
        const auto sent = service->send(item);
        CHECK(code_of(sent) == row.code);
        CHECK(sent.problem().detail.find(std::to_string(row.errcode)) == 0);
    }
    desk.patience = 300ms;
    for (const auto* kind : {"http", "reset", "hang", "empty", "text"}) {
        CAPTURE(kind);
        desk.platform.fault({{"path", send_path}, {"kind", kind}});
        CHECK(code_of(service->send(item_to(wang, saying("x"), ++id))) == "channel.busy");
    }
    CHECK(desk.platform.delivered().empty());
}

TEST_CASE("a session that somebody else has, or that is over, is asked about before it is given up") {
    Desk desk;
    const auto service = desk.service();
    writes(desk);
    const auto refused = [&](std::int64_t id) { return service->send(item_to(wang, saying("进展"), id)).problem(); };
    desk.platform.post("/_kf", {{"do", "take"}, {"from", wang}, {"servicer", "li.na"}});
    CHECK(refused(1).code == "channel.taken");
    CHECK(refused(2).detail == "95018 state=3");
    desk.platform.post("/_kf", {{"do", "end"}, {"from", wang}});
    CHECK(refused(3).code == "channel.closed");
    CHECK(refused(4).detail == "95018 state=4");
    writes(desk);
    CHECK(code_of(service->send(item_to(wang, saying("进展"), 5))) == "sent");
}

TEST_CASE("an event's code says one thing, once, in time") {
    Desk desk;
    const auto service = desk.service();
    const auto enter = [&] {
        return desk.platform.post("/_kf", {{"do", "enter"}, {"from", wang}})
            .at("items")[0]
            .at("event")
            .at("welcome_code")
            .get<std::string>();
    };
    const auto code = enter();
    auto item = item_to(wang, saying("您好", {{"我要报事", "p1.a"}, {"查进度", "p1.b"}}), 1);
    item.attempts = 1;
    item.reference = event_reference(code, desk.clock.now() + 18s);
    CHECK(code_of(service->send(item)) == "sent");
    CHECK(last(desk).at("by") == "welcome");
    CHECK(last(desk).at("type") == "msgmenu");
    item.id = OutboxId{2};
    CHECK(code_of(service->send(item)) == "channel.rejected");  // used
    desk.pass(49h);
    item.id = OutboxId{3};
    item.reference = event_reference(enter(), desk.clock.now() + 18s);
    desk.pass(19s);
    CHECK(service->send(item).problem().detail == "late");
    const auto read = read_event_reference(event_reference("a:b", from_ms(7)));
    REQUIRE(read);
    CHECK(read->code == "a:b");
    CHECK(read->until == from_ms(7));
    CHECK_FALSE(read_event_reference("code:x"));
    CHECK_FALSE(read_event_reference("with:3"));
}

TEST_CASE("a resident who asks for a person gets a servicer who receives, else the pool") {
    Desk desk;
    desk.platform.setup(
        {{"kf",
          {{"accounts",
            {{{"open_kfid", "wkTESTkfid0001"},
              {"name", "物业服务"},
              {"manage_privilege", true},
              {"servicers", {{{"userid", "li.na"}, {"status", 1}}, {{"userid", "wang.fang"}, {"status", 0}}}}}}}}}});
    auto settings = desk.service_settings();
    settings.to_servicers = true;
    const auto service = desk.service(settings);
    const auto state = [&] { return desk.platform.post("/_kf_state", {{"from", wang}}).at("state").get<int>(); };
    const auto wish = [&](const char* to, std::int64_t id) {
        Said said;
        said.text = to_text(Json{{"to", to}});
        auto item = item_to(wang, said, id);
        item.kind = "hand_over";
        return service->send(item);
    };
    writes(desk);
    CHECK(wish("servicer", 1)->reference == "servicer");
    CHECK(state() == 3);
    CHECK(wish("servicer", 2)->reference == "servicer");  // passed on
    CHECK(wish("nobody", 3)->reference == "nobody");
    CHECK(state() == 4);
    CHECK(code_of(wish("servicer", 4)) == "channel.rejected");  // he has to write first
    desk.platform.setup({{"kf",
                          {{"accounts",
                            {{{"open_kfid", "wkTESTkfid0001"},
                              {"name", "物业服务"},
                              {"manage_privilege", true},
                              {"servicers", Json::array()}}}}}}});
    writes(desk);
    CHECK(wish("servicer", 5)->reference == "pool");
    CHECK(state() == 2);
    CHECK(wish("servicer", 6)->reference == "pool");  // it waits there already
    CHECK_FALSE(service->check());
}

TEST_CASE("one token for all channels of an app: fifty calls at once ask for it once") {
    Desk desk;
    const auto service = desk.service();
    InboundMedia wanted;
    wanted.media_id = desk.platform.post("/_media", {{"base64", "/9j/4AAQ"}}).at("media_id").get<std::string>();
    REQUIRE(service->fetch_media(wanted));
    desk.platform.post("/_expire", Json::object());
    std::atomic<int> fetched{0};
    {
        std::vector<std::jthread> callers;
        for (int i = 0; i < 50; ++i) callers.emplace_back([&] { fetched += service->fetch_media(wanted) ? 1 : 0; });
    }
    CHECK(fetched == 50);
    CHECK(desk.platform.calls(token_path).size() == 2);
    auto wrong = desk.service_settings();
    wrong.secret = "wrong";
    const auto misled = desk.service(wrong);
    const auto before = desk.platform.calls(token_path).size();
    for (int i = 1; i <= 5; ++i) CHECK(code_of(misled->send(item_to(wang, saying("x"), i))) == "channel.alarm");
    CHECK(desk.platform.calls(token_path).size() == before + 1);
    wanted.media_id = "gone";
    CHECK(service->fetch_media(wanted).problem().code == "media.gone");
    wanted.media_id.clear();
    CHECK(service->fetch_media(wanted).problem().code == "media.gone");
}

TEST_CASE("what is wrong with the customer service's settings is told with the mend") {
    Desk desk;
    const auto text_of = [&](auto change) {
        auto settings = desk.service_settings();
        change(settings);
        const auto made = make_wecom_kf(settings, desk.caller(), desk.files(), desk.clock);
        return made ? std::string() : made.problem().text;
    };
    CHECK(text_of([](auto&) {}).empty());
    CHECK(text_of([](auto& s) { s.corp_id = ""; }).find("corp_id") != std::string::npos);
    CHECK(text_of([](auto& s) { s.secret = ""; }).find("secret") != std::string::npos);
    CHECK(text_of([](auto& s) { s.open_kfid = ""; }).find("open_kfid") != std::string::npos);
    CHECK(text_of([](auto& s) { s.encoding_aes_keys = {"x"}; }).find("encoding_aes_key") != std::string::npos);
    CHECK(text_of([](auto& s) { s.tokens = {}; }).find("token") != std::string::npos);

    const auto seen = [&](auto change) {
        auto settings = desk.service_settings();
        change(settings);
        const auto checked = desk.service(settings)->check();
        return checked ? *checked : checked.problem().text;
    };
    CHECK(seen([](auto&) {}).find("物业服务") != std::string::npos);
    CHECK(seen([](auto& s) { s.to_servicers = true; }).find("1 servicers") != std::string::npos);
    CHECK(seen([](auto& s) { s.open_kfid = "wktestkfid0001"; }).find("capitals") != std::string::npos);
    CHECK(seen([](auto& s) { s.secret = "wrong"; }).find("secret") != std::string::npos);
    CHECK(seen([](auto& s) { s.corp_id = "ww1"; }).find("corp_id") != std::string::npos);
    CHECK(seen([](auto& s) { s.tokens = s.encoding_aes_keys = {}; }).find("looked for") != std::string::npos);
    desk.platform.setup({{"kf", {{"agent_id", 1000002}}}});
    CHECK(seen([](auto&) {}).find("lacks the right") != std::string::npos);
    desk.platform.setup({{"kf",
                          {{"agent_id", 1000003},
                           {"accounts",
                            {{{"open_kfid", "wkTESTkfid0001"},
                              {"name", "物业服务"},
                              {"manage_privilege", false},
                              {"servicers", Json::array()}}}}}}});
    CHECK(seen([](auto&) {}).find("may not manage") != std::string::npos);
    desk.platform.setup({{"wecom", {{"ip_refused", "203.0.113.7"}}}});
    const auto checked = desk.service()->check();
    REQUIRE_FALSE(checked);
    CHECK(checked.problem().detail.find("203.0.113.7") != std::string::npos);
}
