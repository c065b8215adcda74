#include <catch2/catch.hpp>
#include <thread>

#include "tests/platforms/desk.h"

using namespace huiyin;
using namespace std::chrono_literals;

namespace {
const std::string wang = "oWang00000000000000000001";
const std::string custom_send = "/cgi-bin/message/custom/send";
const std::string token_path = "/cgi-bin/stable_token";

void let_write(Desk& desk, const std::string& openid = wang) {
    desk.platform.post("/_interaction", {{"openid", openid}});
}
Json last(Desk& desk) { return desk.platform.delivered().back().at("message"); }
}  // namespace

TEST_CASE("a message goes out as text, raw UTF-8, with one token for all") {
    Desk desk;
    let_write(desk);
    const auto account = desk.account();
    CHECK(code_of(account->send(item_to(wang, saying("已登记,工单 T20260302-001 😡 \"引号\"\n第二行")))) == "sent");
    CHECK(last(desk).at("text").at("content") == "已登记,工单 T20260302-001 😡 \"引号\"\n第二行");
    CHECK(code_of(account->send(item_to(wang, saying("再说一句"), 2))) == "sent");
    CHECK(desk.platform.calls(token_path).size() == 1);
    CHECK(desk.platform.calls(token_path)[0].at("body").at("force_refresh") == false);
}

TEST_CASE("choices become a menu whose taps come back as choices; an account without menus gets numbered lines") {
    Desk desk;
    let_write(desk);
    const auto account = desk.account();
    const auto asked = saying("真的好了吗?", {{"好了", "p1.yes"}, {"没有", "p1.no"}});
    CHECK(code_of(account->send(item_to(wang, asked))) == "sent");
    CHECK(last(desk).at("msgtype") == "msgmenu");
    CHECK(last(desk).at("msgmenu").at("head_content") == "真的好了吗?");
    CHECK(last(desk).at("msgmenu").at("list")[1] == Json{{"id", "p1.no"}, {"content", "没有"}});

    desk.platform.setup({{"wechat", {{"msgmenu", false}}}});
    CHECK(code_of(account->send(item_to(wang, asked, 2))) == "sent");
    CHECK(last(desk).at("msgtype") == "text");
    CHECK(last(desk).at("text").at("content").get<std::string>().find("好了") != std::string::npos);
    const auto before = desk.platform.calls(custom_send).size();
    CHECK(code_of(account->send(item_to(wang, asked, 3))) == "sent");  // it remembers
    CHECK(desk.platform.calls(custom_send).size() == before + 1);
}

TEST_CASE("long words go in parts on whole characters, and a repeat does not say the first part again") {
    Desk desk;
    let_write(desk);
    const auto account = desk.account();
    const auto item = item_to(wang, saying(many("楼", 1500)));
    desk.platform.fault({{"path", custom_send}, {"kind", "http"}, {"contains", many("楼", 136) + "\""}, {"times", 1}});
    CHECK(code_of(account->send(item)) == "channel.busy");
    CHECK(code_of(account->send(item)) == "sent");
    const auto heard = desk.platform.delivered(wang);
    REQUIRE(heard.size() == 3);
    CHECK(heard[0].at("message").at("text").at("content") == many("楼", 682));
    CHECK(heard[2].at("message").at("text").at("content") == many("楼", 136));
}

TEST_CASE("a picture is uploaded once and sent; a lost upload is made again") {
    Desk desk;
    let_write(desk);
    const auto account = desk.account();
    auto said = saying("请看照片");
    said.image = {"photo"};
    CHECK(code_of(account->send(item_to(wang, said))) == "sent");
    CHECK(last(desk).at("msgtype") == "image");
    said.text.clear();
    CHECK(code_of(account->send(item_to(wang, said, 2))) == "sent");
    CHECK(desk.platform.calls("/cgi-bin/media/upload").size() == 1);
    desk.platform.fault({{"path", custom_send}, {"kind", "errcode"}, {"errcode", 40007}});
    CHECK(code_of(account->send(item_to(wang, said, 3))) == "sent");
    CHECK(desk.platform.calls("/cgi-bin/media/upload").size() == 2);
    said.image = {"lost"};
    CHECK(code_of(account->send(item_to(wang, said, 4))) == "channel.rejected");
}

TEST_CASE("each code has its reaction") {
    Desk desk;
    let_write(desk);
    const auto account = desk.account();
    struct Row {
        int errcode;
        const char* code;
    };
    std::int64_t id = 100;
    for (const auto& row :
         {Row{-1, "channel.busy"}, Row{45009, "channel.busy"}, Row{45011, "channel.busy"}, Row{40003, "channel.gone"},
          Row{43004, "channel.gone"}, Row{43101, "channel.gone"}, Row{45015, "channel.closed"},
          Row{45047, "channel.closed"}, Row{48001, "channel.gone"}, Row{48002, "channel.gone"},
          Row{50005, "channel.gone"}, Row{40033, "channel.rejected"}, Row{44004, "channel.rejected"},
          Row{47001, "channel.rejected"}, Row{98765, "channel.rejected"}, Row{40013, "channel.alarm"},
          Row{48004, "channel.alarm"}, Row{50007, "channel.alarm"}}) {
        CAPTURE(row.errcode);
        desk.platform.fault({{"path", custom_send}, {"kind", "errcode"}, {"errcode", row.errcode}});
        const auto sent = account->send(item_to(wang, saying("x"), ++id));
        CHECK(code_of(sent) == row.code);
        CHECK(sent.problem().detail.find(std::to_string(row.errcode)) == 0);
    }
    desk.platform.fault({{"path", custom_send}, {"kind", "errcode"}, {"errcode", 45011}});
    CHECK(account->send(item_to(wang, saying("x"), ++id)).problem().detail.find("retry_after_ms=60000") !=
          std::string::npos);
    desk.platform.fault({{"path", custom_send}, {"kind", "errcode"}, {"errcode", 45009}});
    const auto detail = account->send(item_to(wang, saying("x"), ++id)).problem().detail;
    const auto at = detail.find("retry_after_ms=");
    REQUIRE(at != std::string::npos);
    const auto wait = std::stoll(detail.substr(at + 15));
    CHECK(wait > 0);
    CHECK(wait <= 86400000);
    CHECK(desk.platform.delivered().empty());
}

TEST_CASE("content that the platform finds too long is sent in halves") {
    Desk desk;
    let_write(desk);
    const auto account = desk.account();
    desk.platform.fault({{"path", custom_send}, {"kind", "errcode"}, {"errcode", 45002}});
    CHECK(code_of(account->send(item_to(wang, saying(many("楼", 600))))) == "sent");
    CHECK(desk.platform.delivered().size() == 2);
}

TEST_CASE("a platform that fails is tried again and never counted as sent") {
    Desk desk;
    let_write(desk);
    const auto account = desk.account();
    desk.patience = 400ms;
    std::int64_t id = 0;
    for (const auto& fault : {Json{{"kind", "http"}, {"status", 500}}, Json{{"kind", "http"}, {"status", 502}},
                              Json{{"kind", "http"}, {"status", 503}}, Json{{"kind", "http"}, {"status", 504}},
                              Json{{"kind", "http"}, {"status", 200}}, Json{{"kind", "reset"}}, Json{{"kind", "empty"}},
                              Json{{"kind", "text"}}, Json{{"kind", "text"}, {"body", "[]"}},
                              Json{{"kind", "text"}, {"body", "{\"errcode\":\"0\"}"}}, Json{{"kind", "hang"}},
                              Json{{"kind", "drip"}, {"every_ms", 100}}, Json{{"kind", "large"}},
                              Json{{"kind", "http"}, {"status", 429}, {"headers", {{"Retry-After", "7"}}}}}) {
        CAPTURE(fault.dump());
        auto with_path = fault;
        with_path["path"] = custom_send;
        desk.platform.fault(with_path);
        const auto sent = account->send(item_to(wang, saying("x"), ++id));
        CHECK(code_of(sent) == "channel.busy");
        if (fault.value("status", 0) == 429) CHECK(sent.problem().detail == "429 retry_after_ms=7000");
    }
    CHECK(desk.platform.delivered().empty());
    desk.platform.fault({{"path", custom_send}, {"kind", "redirect"}});
    CHECK(code_of(account->send(item_to(wang, saying("x"), ++id))) == "channel.alarm");
    CHECK(desk.platform.calls("/cgi-bin/redirected").empty());
    desk.platform.fault({{"path", custom_send}, {"kind", "http"}, {"status", 400}});
    CHECK(code_of(account->send(item_to(wang, saying("x"), ++id))) == "channel.rejected");
    CHECK(code_of(account->send(item_to(wang, saying("x"), ++id))) == "sent");
}

TEST_CASE("an answer that got lost leads to one more message at most") {
    for (const bool keeps : {false, true}) {
        Desk desk;
        desk.keeps_connections = keeps;
        let_write(desk);
        const auto account = desk.account();
        REQUIRE(account->check());  // there is a token, and perhaps a connection
        desk.platform.fault({{"path", custom_send}, {"kind", "lose"}});
        const auto item = item_to(wang, saying("已受理"));
        if (!keeps) CHECK(code_of(account->send(item)) == "channel.busy");
        CHECK(code_of(account->send(item)) == "sent");
        CHECK(desk.platform.delivered().size() == 2);
    }
}

TEST_CASE("what got no answer twice may stand in the talk: it is not sent a third time") {
    Desk desk;
    let_write(desk);
    const auto account = desk.account();
    desk.platform.fault({{"path", custom_send}, {"kind", "lose"}, {"times", -1}});
    const auto item = item_to(wang, saying("已受理"));
    CHECK(code_of(account->send(item)) == "channel.busy");
    CHECK(code_of(account->send(item)) == "channel.busy");
    CHECK(code_of(account->send(item)) == "channel.rejected");
    CHECK(desk.platform.delivered().size() == 2);
    // Another process began: only the row tells.
    auto kept = item_to(wang, saying("已受理"), 2);
    kept.error_code = "http.bad_reply";
    kept.attempts = 3;
    CHECK(code_of(account->send(kept)) == "channel.rejected");
    desk.platform.mend();
    CHECK(code_of(account->send(item_to(wang, saying("再说一句"), 3))) == "sent");
    // Busy, or not there at all: nothing was said, and it is tried as often as it takes.
    desk.platform.fault({{"path", custom_send}, {"kind", "errcode"}, {"errcode", 45011}, {"times", 3}});
    for (int i = 0; i < 3; ++i) CHECK(code_of(account->send(item_to(wang, saying("最后一句"), 4))) == "channel.busy");
    CHECK(code_of(account->send(item_to(wang, saying("最后一句"), 4))) == "sent");
}

TEST_CASE("the fifth message in 48 hours goes out, the sixth and a late one do not") {
    Desk desk;
    let_write(desk);
    const auto account = desk.account();
    for (int i = 1; i <= 5; ++i) CHECK(code_of(account->send(item_to(wang, saying("x"), i))) == "sent");
    CHECK(account->send(item_to(wang, saying("x"), 6)).problem().detail.substr(0, 5) == "45047");
    let_write(desk);
    desk.pass(49h);
    CHECK(account->send(item_to(wang, saying("x"), 7)).problem().detail.substr(0, 5) == "45015");
    CHECK(account->capabilities().window_pushes == 5);
    CHECK(*account->capabilities().window == 48h);
}

TEST_CASE("a refused token is renewed once, for fifty calls at the same time") {
    Desk desk;
    const auto account = desk.account();
    const auto medium = desk.platform.post("/_media", {{"base64", "/9j/4AAQ"}}).at("media_id").get<std::string>();
    InboundMedia wanted;
    wanted.media_id = medium;
    REQUIRE(account->fetch_media(wanted));
    desk.platform.post("/_expire", Json::object());
    std::atomic<int> fetched{0};
    {
        std::vector<std::jthread> callers;
        for (int i = 0; i < 50; ++i) callers.emplace_back([&] { fetched += account->fetch_media(wanted) ? 1 : 0; });
    }
    CHECK(fetched == 50);
    CHECK(desk.platform.calls(token_path).size() == 2);
}

TEST_CASE("the three token errors are each repeated once, then the operator hears") {
    for (const int errcode : {40001, 40014, 42001}) {
        CAPTURE(errcode);
        Desk desk;
        let_write(desk);
        const auto account = desk.account();
        REQUIRE(account->send(item_to(wang, saying("x"), 1)));
        desk.platform.post("/_expire", Json::object());
        desk.platform.fault({{"path", custom_send}, {"kind", "errcode"}, {"errcode", errcode}});
        CHECK(code_of(account->send(item_to(wang, saying("x"), 2))) == "sent");
        CHECK(desk.platform.calls(token_path).size() == 2);

        // The platform gives the very token that it refused: wait a little, then tell.
        desk.platform.fault({{"path", custom_send}, {"kind", "errcode"}, {"errcode", errcode}, {"times", -1}});
        const auto first = account->send(item_to(wang, saying("x"), 3));
        CHECK(code_of(first) == "channel.busy");
        CHECK(first.problem().detail.find("retry_after_ms=2000") != std::string::npos);
        CHECK(code_of(account->send(item_to(wang, saying("x"), 3))) == "channel.alarm");
        CHECK(desk.platform.calls(token_path).size() <= 4);
    }
}

TEST_CASE(
    "a message to which WeChat says that it is busy goes once more, and no oftener; of a token it may say so longer") {
    Desk desk;
    let_write(desk);
    const auto account = desk.account();
    desk.platform.fault({{"path", token_path}, {"kind", "errcode"}, {"errcode", -1}, {"times", 4}});
    for (int i = 0; i < 4; ++i) CHECK(code_of(account->send(item_to(wang, saying("x"), 1))) == "channel.busy");
    CHECK(code_of(account->send(item_to(wang, saying("x"), 1))) == "sent");
    desk.platform.fault({{"path", custom_send}, {"kind", "errcode"}, {"errcode", -1}, {"times", -1}});
    const auto first = account->send(item_to(wang, saying("y"), 2));
    CHECK(code_of(first) == "channel.busy");
    CHECK(first.problem().detail.find("-1 retry_after_ms=10000") == 0);
    CHECK(code_of(account->send(item_to(wang, saying("y"), 2))) == "channel.busy");
    const auto third = account->send(item_to(wang, saying("y"), 2));
    CHECK(code_of(third) == "channel.rejected");
    CHECK(third.problem().detail == "unknown");
    CHECK(desk.platform.calls(custom_send).size() == 3);
    auto danger = item_to(wang, saying("z"), 3);
    danger.priority = Priority::emergency;
    for (int i = 0; i < 4; ++i) CHECK(code_of(account->send(danger)) == "channel.busy");
}

TEST_CASE("wrong credentials are told, and not tried in a loop") {
    Desk desk;
    let_write(desk);
    auto settings = desk.account_settings();
    settings.app_secret = "wrong";
    const auto account = desk.account(settings);
    for (int i = 1; i <= 5; ++i) {
        const auto sent = account->send(item_to(wang, saying("x"), i));
        CHECK(code_of(sent) == "channel.alarm");
        CHECK(sent.problem().text.find("app_secret") != std::string::npos);
        CHECK(sent.problem().text.find("wrong\"") == std::string::npos);
    }
    CHECK(desk.platform.calls(token_path).size() == 1);
    desk.pass(61s);
    CHECK(code_of(account->send(item_to(wang, saying("x"), 6))) == "channel.alarm");
    CHECK(desk.platform.calls(token_path).size() == 2);

    desk.platform.setup({{"wechat", {{"ip_refused", "203.0.113.9"}}}});
    const auto checked = desk.account()->check();
    REQUIRE_FALSE(checked);
    CHECK(checked.problem().detail.find("203.0.113.9") != std::string::npos);
    desk.platform.setup({{"wechat", {{"ip_refused", ""}}}});
    CHECK(desk.account()->check());
}

TEST_CASE("a token is fetched anew before its end") {
    Desk desk;
    let_write(desk);
    const auto account = desk.account();
    CHECK(code_of(account->send(item_to(wang, saying("x"), 1))) == "sent");
    desk.pass(6800s);
    CHECK(code_of(account->send(item_to(wang, saying("x"), 2))) == "sent");
    CHECK(desk.platform.calls(token_path).size() == 1);
    desk.pass(200s);
    CHECK(code_of(account->send(item_to(wang, saying("x"), 3))) == "sent");
    CHECK(desk.platform.calls(token_path).size() == 2);
}

TEST_CASE("a medium is fetched by the platform's API alone, within its size") {
    Desk desk;
    const auto account = desk.account();
    InboundMedia wanted;
    wanted.media_id = desk.platform.post("/_media", {{"base64", "/9j/4AAQSkZJRg=="}}).at("media_id").get<std::string>();
    wanted.url = "http://127.0.0.1:1/elsewhere";
    CHECK(account->fetch_media(wanted).value() == std::string("\xFF\xD8\xFF\xE0\x00\x10JFIF", 10));
    auto settings = desk.account_settings();
    settings.media_bytes = 9;
    CHECK(desk.account(settings)->fetch_media(wanted).problem().code == "media.too_large");
    wanted.media_id = "gone";
    CHECK(account->fetch_media(wanted).problem().code == "media.gone");
    wanted.media_id.clear();
    CHECK(account->fetch_media(wanted).problem().code == "media.gone");
    wanted.media_id = "a&b=/c";  // stays one value
    CHECK(account->fetch_media(wanted).problem().code == "media.gone");
    CHECK(desk.platform.calls("/cgi-bin/media/get").back().at("query").at("media_id") == "a&b=/c");
    desk.platform.fault({{"path", "/cgi-bin/media/get"},
                         {"kind", "text"},
                         {"times", 2},
                         {"body", "{\"video_url\":\"https://elsewhere.example/v\"}"}});
    CHECK(account->fetch_media(wanted).problem().code == "media.gone");
}

TEST_CASE("a video is fetched from where the platform says it lies, on a host of its own only, without the token") {
    Desk desk;
    const auto account = desk.account();
    InboundMedia video;
    video.media_id =
        desk.platform.post("/_media", {{"base64", "AAAAGGZ0eXBtcDQy"}, {"name", "a.mp4"}, {"type", "video/mp4"}})
            .at("media_id")
            .get<std::string>();
    CHECK(account->fetch_media(video).value() == std::string("\x00\x00\x00\x18"
                                                             "ftypmp42",
                                                             12));
    CHECK(desk.platform.calls("/video").size() == 1);
    CHECK_FALSE(desk.platform.calls("/video")[0].at("query").contains("access_token"));
    auto settings = desk.account_settings();
    settings.media_bytes = 11;
    CHECK(desk.account(settings)->fetch_media(video).problem().code == "media.too_large");
    desk.platform.fault({{"path", "/video"}, {"kind", "http"}, {"status", 503}});
    CHECK(account->fetch_media(video).problem().code == "channel.busy");
    desk.platform.fault({{"path", "/video"}, {"kind", "http"}, {"status", 404}});
    CHECK(account->fetch_media(video).problem().code == "media.gone");
    for (const std::string elsewhere : {"https://qq.com.example.org/v", "https://evilqq.com/v", "ftp://v.qq.com/v",
                                        "http://127.0.0.1:1/v", "https://u@v.qq.com@example.org/v", "v.qq.com"}) {
        CAPTURE(elsewhere);
        desk.platform.fault({{"path", "/cgi-bin/media/get"},
                             {"kind", "text"},
                             {"times", 2},
                             {"body", Json{{"video_url", elsewhere}}.dump()}});
        const auto before = desk.calls.load();
        CHECK(account->fetch_media(video).problem().code == "media.gone");
        CHECK(desk.calls == before + 2);
    }
}

TEST_CASE("an account that may not write first says so at once") {
    Desk desk;
    auto settings = desk.account_settings();
    settings.can_custom_send = false;
    const auto account = desk.account(settings);
    CHECK_FALSE(account->capabilities().push);
    CHECK(account->capabilities().passive_reply);
    CHECK(code_of(account->send(item_to(wang, saying("x")))) == "channel.gone");
    CHECK(desk.calls == 0);
}
