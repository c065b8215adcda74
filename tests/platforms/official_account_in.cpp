#include <catch2/catch.hpp>

#include "channels/codec/envelope.h"
#include "channels/codec/xml.h"
#include "tests/platforms/desk.h"

using namespace huiyin;
using namespace std::chrono_literals;

namespace {

const Json wang{{"FromUserName", "oWang00000000000000000001"}, {"MsgType", "text"}, {"Content", "楼道灯坏了三天"}};

std::string code_of_read(const Channel& channel, const Callback& callback) {
    const auto read = channel.read(callback);
    return read ? "read" : read.problem().code;
}

}  // namespace

TEST_CASE("the address is proved by the exact echo, and only to who knows the token") {
    Desk desk;
    const auto account = desk.account();
    const auto order = desk.platform.ordered({{"verify", true}}, desk.clock.now());
    const auto answer = account->verify(order.callback);
    REQUIRE(answer);
    CHECK(desk.platform.judged(order, *answer).at("problem") == "");
    CHECK(answer->content_type.substr(0, 10) == "text/plain");

    for (const auto& tamper :
         {Json{{"signature", "0"}}, Json{{"signature", nullptr}}, Json{{"nonce", "1"}}, Json{{"timestamp", nullptr}},
          Json{{"echostr", nullptr}}, Json{{"echostr", many("x", 10000)}}}) {
        CAPTURE(tamper.dump());
        const auto refused =
            account->verify(desk.platform.ordered({{"verify", true}, {"tamper", tamper}}, desk.clock.now()).callback);
        REQUIRE_FALSE(refused);
        CHECK(refused.problem().code == "channel.bad_signature");
    }
}

TEST_CASE("a signature is lower-case hex, as the platform writes it; in upper case it is another text") {
    Desk desk;
    const auto account = desk.account();
    auto order = desk.platform.ordered({{"verify", true}}, desk.clock.now());
    REQUIRE(account->verify(order.callback));
    for (auto& c : order.callback.query["signature"])
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    CHECK_FALSE(account->verify(order.callback));
}

TEST_CASE("two events of one second are two, the same event is one, and each says how much it lets us say") {
    Desk desk;
    const auto account = desk.account();
    const auto heard = [&](Json message) {
        message["FromUserName"] = "oWang00000000000000000001";
        message["CreateTime"] = 1735689600;
        const auto read = account->read(desk.platform.ordered({{"message", message}}, desk.clock.now()).callback);
        REQUIRE(read);
        return *read;
    };
    const auto event = [&](const char* name, const char* key) {
        return heard({{"MsgType", "event"}, {"Event", name}, {"EventKey", key}});
    };
    using Opens = InboundMessage::Opens;
    CHECK(event("LOCATION", "").empty());
    REQUIRE(event("CLICK", "查进度").size() == 1);
    const auto click = event("CLICK", "查进度").front();
    CHECK(click.key == event("click", "查进度").front().key);
    CHECK(click.key != event("CLICK", "我要投诉").front().key);
    CHECK(click.key != event("SCAN", "查进度").front().key);
    CHECK(click.opens == Opens::moment);
    CHECK(event("subscribe", "").front().opens == Opens::moment);
    CHECK(event("SCAN", "v1:jinxiu").front().opens == Opens::moment);
    CHECK(event("unsubscribe", "").front().opens == Opens::nothing);
    CHECK(event("TEMPLATESENDJOBFINISH", "").front().opens == Opens::nothing);
    CHECK(event("never_heard_of", "").front().opens == Opens::nothing);
    CHECK(heard({{"MsgType", "text"}, {"Content", "漏水"}}).front().opens == Opens::window);
    CHECK(heard({{"MsgType", "text"}, {"Content", "好了"}, {"bizmsgmenuid", "p1.a"}}).front().opens == Opens::moment);
    CHECK(heard({{"MsgType", "image"}, {"MediaId", "m"}, {"PicUrl", "http://x"}}).front().opens == Opens::window);
}

TEST_CASE("in safe mode a message is answered sealed, anew each time, with the same words") {
    Desk desk;
    const auto account = desk.account();
    const auto order = desk.platform.ordered({{"message", wang}}, desk.clock.now());
    const auto read = account->read(order.callback);
    REQUIRE(read);
    REQUIRE(read->size() == 1);
    CHECK(read->front().kind == InboundKind::text);
    CHECK(read->front().text == "楼道灯坏了三天");
    CHECK(read->front().address == "oWang00000000000000000001");
    CHECK_FALSE(read->front().staff);

    const std::vector<Said> said{saying("记下了。]]><MsgType>x", {{"对", "p1.a"}, {"改", "p1.b"}})};
    CHECK(account->passive_fits(said));
    const auto first = account->passive(order.callback, read->front(), said);
    const auto second = account->passive(order.callback, read->front(), said);
    CHECK(first.body != second.body);
    for (const auto& answer : {first, second}) {
        const auto judged = desk.platform.judged(order, answer);
        CHECK(judged.at("problem") == "");
        CHECK(judged.at("reply").at("MsgType") == "text");
        CHECK(judged.at("reply").at("Content").get<std::string>().substr(0, 24) ==
              std::string("记下了。]]><MsgType>x").substr(0, 24));
        CHECK(judged.at("reply").at("Content").get<std::string>().find("对") != std::string::npos);
    }
    CHECK(account->passive(order.callback, read->front(), {}).body == "success");
    CHECK(account->passive(order.callback, read->front(), {saying("  ")}).body == "success");
}

TEST_CASE("safe mode takes nothing that is not signed, sealed for us and fresh") {
    Desk desk;
    const auto account = desk.account();
    const auto tampered = [&](Json more) {
        Json order{{"message", wang}};
        order.update(more);
        return code_of_read(*account, desk.platform.ordered(order, desk.clock.now()).callback);
    };
    CHECK(tampered(Json::object()) == "read");
    CHECK(tampered({{"as", {{"mode", "plain"}}}}) == "channel.bad_signature");  // a downgrade
    CHECK(tampered({{"tamper", {{"msg_signature", nullptr}}}}) == "channel.bad_signature");
    CHECK(tampered({{"tamper", {{"encrypt_type", nullptr}}}}) == "channel.bad_signature");
    CHECK(tampered({{"tamper", {{"encrypt_type", "raw"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"tamper", {{"msg_signature", many("0", 40)}}}}) == "channel.bad_signature");
    CHECK(tampered({{"tamper", {{"timestamp", "1"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"tamper", {{"timestamp", "abc"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"tamper", {{"timestamp", nullptr}}}}) == "channel.bad_signature");
    CHECK(tampered({{"tamper", {{"nonce", "x"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"as", {{"token", "another"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"as", {{"receiver", "wx9999999999999999"}}}}) == "channel.bad_signature");
    CHECK(tampered({{"as", {{"encoding_aes_key", "Q7rT2mVxK9pLd4WzNf8sJc3HbYg6uEa1oiXvMqRtZ5k"}}}}) ==
          "channel.bad_signature");
    CHECK(tampered({{"body", ""}}) == "channel.bad_signature");
    CHECK(tampered({{"body", "<xml><ToUserName>gh</ToUserName></xml>"}}) == "channel.bad_signature");
    CHECK(tampered({{"body", "<xml><Encrypt></Encrypt></xml>"}}) == "channel.bad_signature");
    CHECK(tampered({{"body", "{\"Encrypt\":\"x\"}"}}) == "channel.bad_signature");
    CHECK(tampered({{"nonce", "+nonce/ ="}}) == "read");

    const auto six_minutes_ago = std::to_string(to_ms(desk.clock.now()) / 1000 - 360);
    const auto in_six_minutes = std::to_string(to_ms(desk.clock.now()) / 1000 + 360);
    CHECK(tampered({{"timestamp", six_minutes_ago}}) == "channel.bad_signature");
    CHECK(tampered({{"timestamp", in_six_minutes}}) == "channel.bad_signature");
    auto settings = desk.account_settings();
    settings.signature_window = 0s;
    const auto patient = desk.account(settings);
    const auto old = desk.platform.ordered({{"message", wang}, {"timestamp", six_minutes_ago}}, desk.clock.now());
    CHECK(code_of_read(*patient, old.callback) == "read");
}

TEST_CASE("a declaration is refused in the outer and the inner XML, an unreadable message is kept") {
    Desk desk;
    const auto account = desk.account();
    const auto read = [&](Json order) {
        return account->read(desk.platform.ordered(order, desk.clock.now()).callback);
    };
    const std::string bomb =
        "<!DOCTYPE xml [<!ENTITY a \"aaaa\">]><xml><FromUserName>o</FromUserName><Content>&a;</Content></xml>";
    CHECK(read({{"xml", bomb}}).problem().code == "channel.forbidden_xml");
    CHECK(read({{"message", wang}, {"body", bomb}}).problem().code == "channel.forbidden_xml");

    for (const std::string broken : {"<xml><FromUserName>oWang0</FromUserName>", "no xml", "",
                                     "<xml><FromUserName>a</FromUserName><FromUserName>b</FromUserName></xml>"}) {
        CAPTURE(broken);
        const auto kept = read({{"xml", broken}});
        REQUIRE(kept);
        REQUIRE(kept->size() == 1);
        CHECK(kept->front().kind == InboundKind::unknown);
        CHECK(kept->front().raw == broken);
        CHECK(kept->front().address.empty());
        CHECK_FALSE(kept->front().key.empty());
    }
}

TEST_CASE("plaintext mode and compat mode") {
    Desk desk;
    auto settings = desk.account_settings();
    settings.encoding_aes_keys = {""};
    const auto plain = desk.account(settings);
    settings = desk.account_settings();
    settings.compat = true;
    const auto compat = desk.account(settings);

    const auto in_plain = desk.platform.ordered({{"message", wang}, {"as", {{"mode", "plain"}}}}, desk.clock.now());
    for (const auto* channel : {plain.get(), compat.get()}) {
        const auto read = channel->read(in_plain.callback);
        REQUIRE(read);
        CHECK(read->front().text == "楼道灯坏了三天");
        const auto judged =
            desk.platform.judged(in_plain, channel->passive(in_plain.callback, read->front(), {saying("好")}));
        CHECK(judged.at("problem") == "");
        CHECK(judged.at("reply").at("Content") == "好");
    }
    const auto forged = desk.platform.ordered(
        {{"message", wang}, {"as", {{"mode", "plain"}}}, {"tamper", {{"signature", many("0", 40)}}}}, desk.clock.now());
    CHECK(code_of_read(*plain, forged.callback) == "channel.bad_signature");
    CHECK(code_of_read(*compat, forged.callback) == "channel.bad_signature");

    // In compat mode the plaintext beside the sealed part means nothing.
    auto both = desk.platform.ordered({{"message", wang}, {"as", {{"mode", "compat"}}}}, desk.clock.now());
    const auto at = both.callback.body.find("楼道灯坏了三天");
    REQUIRE(at != std::string::npos);
    both.callback.body.replace(at, std::string("楼道灯坏了三天").size(), "我要撤诉");
    const auto read = compat->read(both.callback);
    REQUIRE(read);
    CHECK(read->front().text == "楼道灯坏了三天");
    const auto judged = desk.platform.judged(both, compat->passive(both.callback, read->front(), {saying("好")}));
    CHECK(judged.at("problem") == "");

    const auto sealed = desk.platform.ordered({{"message", wang}}, desk.clock.now());
    CHECK(code_of_read(*plain, sealed.callback) == "channel.bad_signature");
}

TEST_CASE("while keys change, each delivery is answered with the key it came under") {
    Desk desk;
    auto settings = desk.account_settings();
    settings.encoding_aes_keys.insert(settings.encoding_aes_keys.begin(),
                                      "Q7rT2mVxK9pLd4WzNf8sJc3HbYg6uEa1oiXvMqRtZ5k");
    settings.tokens.insert(settings.tokens.begin(), "newtoken");
    const auto account = desk.account(settings);
    const auto order = desk.platform.ordered({{"message", wang}}, desk.clock.now());
    const auto read = account->read(order.callback);
    REQUIRE(read);
    CHECK(desk.platform.judged(order, account->passive(order.callback, read->front(), {saying("好")})).at("problem") ==
          "");
}

TEST_CASE("a passive reply keeps to 2048 bytes and to whole characters, and shows no foreign links") {
    Desk desk;
    const auto account = desk.account();
    const auto order = desk.platform.ordered({{"message", wang}}, desk.clock.now());
    const auto message = account->read(order.callback).value().front();
    const auto reply_to = [&](const std::vector<Said>& said) {
        const auto judged = desk.platform.judged(order, account->passive(order.callback, message, said));
        CHECK(judged.at("problem") == "");
        return judged.at("reply").at("Content").get<std::string>();
    };
    const std::vector<Said> much{saying(many("楼", 3000))};
    CHECK_FALSE(account->passive_fits(much));
    CHECK(reply_to(much) == many("楼", 682));
    std::string controls;
    for (char c = 0; c < 0x20; ++c) controls += c;
    CHECK(reply_to({saying("a" + controls + "b😡")}) == "a\t\n\rb😡");
    CHECK(reply_to({saying("<a href=\"weixin://bizmsgmenu?x\">点我</a>")}).find("<a ") == std::string::npos);
    auto with_card = saying("工单在这里");
    with_card.card = Card{"工单", "进度", "https://service.example.com/t/1"};
    CHECK(reply_to({with_card}).find("<a href=\"https://service.example.com/t/1\">") != std::string::npos);
    auto with_image = saying("看图");
    with_image.image = {"picture"};
    CHECK_FALSE(account->passive_fits({with_image}));
}

TEST_CASE("wrong settings are told with the field and the mend") {
    Desk desk;
    const auto text_of = [&](auto change) {
        auto settings = desk.account_settings();
        change(settings);
        const auto made = make_official_account(settings, desk.caller(), desk.files(), desk.clock);
        return made ? std::string() : made.problem().text;
    };
    CHECK(text_of([](auto&) {}).empty());
    CHECK(text_of([](auto& s) { s.app_id = ""; }).find("app_id") != std::string::npos);
    CHECK(text_of([](auto& s) { s.tokens = {""}; }).find("token") != std::string::npos);
    CHECK(text_of([](auto& s) { s.encoding_aes_keys = {"short"}; }).find("43") != std::string::npos);
}
