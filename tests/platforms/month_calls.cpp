// Calls that a platform sells by the month: counted, each of them, and the last ones kept for what matters more.
#include "channels/outgoing/month_calls.h"

#include <catch2/catch.hpp>

#include "channels/outgoing/rest.h"
#include "tests/platforms/desk.h"
#include "workflow/base/time_text.h"

using namespace huiyin;
using namespace std::chrono_literals;

namespace {

// The book of an organisation, as the store keeps it.
struct Book {
    Desk& desk;
    int most;
    std::string kept = "";
    MonthCalls look() const { return month_calls(kept, desk.clock.now()); }
    MonthLedger ledger() {
        return {most, [this] { return look(); },
                [this] {
                    auto month = look();
                    ++month.calls;
                    kept = to_text(month);
                }};
    }
};

std::int64_t asked_of(Desk& desk) {
    std::int64_t count = 0;
    for (const auto& call : desk.platform.calls("/")) {
        const auto path = call.at("path").get<std::string>();
        if (path.rfind("/_", 0) != 0 && path.rfind("/robot/", 0) != 0) ++count;
    }
    return count;
}

OutboxItem of(Priority priority, std::int64_t id) {
    auto item = item_to("manager01", saying("消息 " + std::to_string(id)), id);
    item.priority = priority;
    return item;
}

}  // namespace

TEST_CASE("a month is China's, and the next one begins with nothing") {
    const auto at = [](const char* time) { return *parse_rfc3339(time); };
    CHECK(month_calls("", at("2026-10-31T15:59:59Z")) == MonthCalls{"2026-10", 0});
    CHECK(month_calls("", at("2026-10-31T16:00:00Z")) == MonthCalls{"2026-11", 0});
    const auto kept = to_text(MonthCalls{"2026-11", 4123});
    CHECK(month_calls(kept, at("2026-11-30T23:59:59+08:00")) == MonthCalls{"2026-11", 4123});
    CHECK(month_calls(kept, at("2026-12-01T00:00:00+08:00")) == MonthCalls{"2026-12", 0});
    for (const auto* wrong : {"{", "[]", "7", R"({"calls":5})"})
        CHECK(month_calls(wrong, at("2026-11-05T00:00:00Z")) == MonthCalls{"2026-11", 0});
    CHECK(reached_of_month(3999, 5000) == 0);
    CHECK(reached_of_month(4000, 5000) == 80);
    CHECK(reached_of_month(4001, 5000) == 0);
    CHECK(reached_of_month(5000, 5000) == 100);
    CHECK(reached_of_month(1, 1) == 100);
    CHECK(reached_of_month(7, 0) == 0);
}

TEST_CASE("of a month's calls the last are for what matters more, and a danger is always tried") {
    Desk desk;
    Book book{desk, 100};
    auto settings = desk.dingtalk_settings();
    settings.card_template.clear();
    settings.month = book.ledger();
    const auto ding = desk.dingtalk(settings);
    std::int64_t id = 0;
    // One call for the token, one a message.
    const auto goes = [&](Priority priority) {
        int count = 0;
        for (; count < 200; ++count) {
            desk.pass(100ms);
            const auto sent = ding->send(of(priority, ++id));
            if (sent) continue;
            CHECK(sent.problem().code == "channel.gone");  // its next way, at once
            CHECK(sent.problem().detail == month_calls_kept);
            CHECK_FALSE(is_answer(sent.problem()));
            break;
        }
        return count;
    };
    CHECK(goes(Priority::survey) == 59);
    CHECK(goes(Priority::progress) == 15);
    CHECK(goes(Priority::survey) == 0);
    auto answer = of(Priority::progress, ++id);  // to what he just said
    answer.key = "passive:7:1";
    CHECK(ding->send(answer));
    CHECK(goes(Priority::deadline) == 9);
    CHECK(goes(Priority::consent) == 5);
    CHECK(goes(Priority::emergency) == 200);
    CHECK(book.look().calls == 290);
    CHECK(asked_of(desk) == 290);
    desk.pass(32 * 24h);
    CHECK(goes(Priority::survey) > 0);
    CHECK(book.look().calls <= 60);
}

TEST_CASE(
    "every call is counted: tokens of both APIs, pictures, cards and their changes, what is refused; not an outsider's "
    "talk") {
    Desk desk;
    Book book{desk, 1000};
    auto settings = desk.dingtalk_settings();
    settings.agent_id = 123456789;
    settings.month = book.ledger();
    const auto ding = desk.dingtalk(settings);
    const auto counts = [&](const char* what) {
        CAPTURE(what);
        CHECK(book.look().calls == asked_of(desk));
        CHECK(book.look().calls > 0);
    };
    REQUIRE(ding->send(of(Priority::progress, 1)));
    counts("words");
    auto card = of(Priority::progress, 2);
    card.said.choices = {{"同意", "p1.a"}, {"不同意", "p1.b"}};
    const auto sent = ding->send(card);
    REQUIRE(sent);
    counts("a card");
    card.kind = "card_update";
    card.reference = sent->reference;
    REQUIRE(ding->send(card));
    counts("its change");
    auto notice = of(Priority::deadline, 3);
    notice.staff = StaffId{1};
    notice.created_at = desk.clock.now();
    REQUIRE(ding->send(notice));
    counts("a notice");
    auto picture = of(Priority::progress, 4);
    picture.said.image = AttachmentId{"photo"};
    REQUIRE(ding->send(picture));
    counts("a picture");
    CHECK_FALSE(ding->fetch_media({.media_id = "nothing", .url = {}, .name = {}, .media_type = {}, .bytes = {}}));
    counts("a picture that is not there");
    desk.platform.post("/_expire", {});
    REQUIRE(ding->send(of(Priority::progress, 5)));
    counts("a token that was refused");
    book.most = 1;
    settings.month = book.ledger();
    const auto poor = desk.dingtalk(settings);
    const auto kept = poor->send(of(Priority::consent, 6));
    REQUIRE_FALSE(kept);
    CHECK(kept.problem().detail == month_calls_kept);
    counts("nothing was asked");
    // An outsider's talk has an address of its own.
    const auto outside = poor->send(item_to("out|x", saying("您好"), 7));
    REQUIRE_FALSE(outside);
    CHECK(outside.problem().detail != month_calls_kept);
}
