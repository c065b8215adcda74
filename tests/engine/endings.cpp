// How a complaint may end, each as it is told in the policy, on the calendar of 2026.
#include <catch2/catch.hpp>

#include "world.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

bool says(const std::vector<std::string>& texts, const std::string& words) {
    return std::any_of(texts.begin(), texts.end(),
                       [&](const std::string& text) { return text.find(words) != std::string::npos; });
}
int times(const std::vector<std::string>& texts, const std::string& words) {
    return static_cast<int>(std::count_if(
        texts.begin(), texts.end(), [&](const std::string& text) { return text.find(words) != std::string::npos; }));
}

// Accepted, assigned to Zhang, proposal made: the customer has the question before him.
World::Case proposed(World& world) {
    const auto ticket = world.files("卫生间漏水，已经漏到楼下");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
    REQUIRE(world.staff_does(zhang, ticket, "propose", {{"text", "更换卫生间地漏和防水"}}));
    return ticket;
}
World::Case resolved(World& world) {
    const auto ticket = proposed(world);
    REQUIRE(world.taps(ticket, "同意"));
    REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "地漏已更换，试水两小时不漏"}}));
    return ticket;
}

}  // namespace

TEST_CASE("a complaint is filed, accepted, assigned, proposed, agreed, resolved, confirmed, rated and closed") {
    World world;
    const auto ticket = world.files("卫生间漏水，已经漏到楼下");
    CHECK(world.ticket(ticket).number == "T20260302-001");
    CHECK(world.due(ticket, "accept") == "2026-03-02 11:00 running");
    CHECK(world.due(ticket, "handle") == "2026-03-06 17:30 running");
    CHECK(world.last_said(ticket).find("T20260302-001") != std::string::npos);
    CHECK(world.last_said(ticket).find("3月6日(周五)17:30") != std::string::npos);
    CHECK(says(world.heard(li, ticket), "3栋2单元501 卫生间漏水"));
    CHECK(world.heard(zhang, ticket).empty());

    REQUIRE(world.staff_does(li, ticket, "accept"));
    CHECK(world.ticket(ticket).owner_role == "engineering");
    CHECK(world.due(ticket, "accept") == "2026-03-02 11:00 met");
    CHECK(says(world.heard(zhang, ticket), "请派人处理"));
    REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
    CHECK(world.ticket(ticket).assignee == world.staff(zhang));
    REQUIRE(world.staff_does(zhang, ticket, "propose", {{"text", "更换地漏"}, {"amount_yuan", 120.5}}));
    CHECK(world.last_said(ticket) == "工单T20260302-001的方案：更换地漏（金额120.50元）。这样处理可以吗？");
    CHECK(world.ticket(ticket).asked == "consent");
    REQUIRE(world.taps(ticket, "同意"));
    CHECK(world.ticket(ticket).consent->answer == "agreed");
    CHECK(says(world.heard(zhang, ticket), "客户同意方案"));
    REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "已更换"}, {"correction", "换新地漏"}}));
    CHECK(world.last_said(ticket).find("真的好了吗") != std::string::npos);
    REQUIRE(world.taps(ticket, "真的好了"));
    CHECK(world.ticket(ticket).asked == "rating");
    const auto closed = world.taps(ticket, "5分 很满意");
    REQUIRE(closed);
    CHECK(closed->phase == Phase::closed);
    CHECK(closed->rating->score == 5);
    CHECK(closed->revisits.back().means == "chat");
    CHECK(world.due(ticket, "revisit") == "2026-03-03 09:00 met");
    CHECK(world.last_said(ticket).find("结案") != std::string::npos);
    // The visit in person that was drawn runs beside it and holds nothing up.
    REQUIRE(closed->steps.size() == 1);
    CHECK(closed->steps[0].step == "visit");
    CHECK(closed->steps[0].state == "open");
    REQUIRE(world.staff_does(li, ticket, "revisit", {{"means", "visit"}, {"reached", true}, {"score", 5}}));
    CHECK(world.ticket(ticket).steps[0].state == "done");
    CHECK(world.ticket(ticket).phase == Phase::closed);
}

TEST_CASE("nobody accepts: the acceptor is reminded, then the manager hears, then the project centre") {
    World world{"2026-11-20 21:40"};  // a Friday night
    const auto ticket = world.files("楼道灯坏了三天没人修");
    CHECK(world.due(ticket, "accept") == "2026-11-23 10:30 running");
    CHECK(world.due(ticket, "handle") == "2026-11-27 17:30 running");
    world.moves_to("2026-11-23 09:29");
    CHECK_FALSE(says(world.heard(li, ticket), "还没人受理"));
    world.moves_to("2026-11-23 09:30");
    CHECK(times(world.heard(li, ticket), "还没人受理") == 1);
    world.moves_to("2026-11-23 10:30");
    CHECK(times(world.heard(wang, ticket), "超过受理时限") == 1);
    world.moves_to("2026-11-23 17:30");
    CHECK(times(world.heard(chen, ticket), "当天没人受理") == 1);
    CHECK(world.sweeps() == 0);  // a second sweep does not shout twice
    CHECK(times(world.heard(chen, ticket), "当天没人受理") == 1);

    SECTION("a late acceptance gains no time") {
        world.moves_to("2026-11-24 09:00");
        REQUIRE(world.staff_does(li, ticket, "accept"));
        CHECK(world.due(ticket, "accept") == "2026-11-23 10:30 missed");
        CHECK(world.due(ticket, "handle") == "2026-11-27 17:30 running");
    }
    SECTION("after five working days it is the project centre's, once") {
        world.moves_to("2026-11-27 17:31");
        CHECK(world.ticket(ticket).level == "major");
        CHECK(world.ticket(ticket).owner_role == "project_centre");
        CHECK(times(world.heard(chen, ticket), "升级投诉") == 1);
        CHECK(world.count(ticket, "ticket.escalated") == 1);
    }
}

TEST_CASE("one jump of the clock tells the same story as many small steps, at the same times") {
    World quick{"2026-11-20 21:40"}, slow{"2026-11-20 21:40"};
    const auto a = quick.files("楼道灯坏了三天没人修"), b = slow.files("楼道灯坏了三天没人修");
    quick.moves_to("2026-12-30 09:00");
    for (const char* step : {"2026-11-23 09:45", "2026-11-23 10:31", "2026-11-23 17:45", "2026-11-26 18:00",
                             "2026-11-27 17:30", "2026-11-30 18:00", "2026-12-17 08:31", "2026-12-30 09:00"})
        slow.moves_to(step);
    const auto told = [](const std::vector<Event>& events) {
        std::vector<std::string> lines;
        for (const auto& event : events) lines.push_back(to_rfc3339(event.at) + " " + event.type + " " + event.clause);
        return lines;
    };
    CHECK(told(quick.events(a)) == told(slow.events(b)));
    CHECK(quick.count(a, "deadline.missed") >= 2);
}

TEST_CASE("a timely acceptance recounts the limit; one after closing counts from the next working day") {
    World world{"2026-03-02 18:00"};  // Monday after closing
    const auto ticket = world.files("电梯厅灯不亮");
    CHECK(world.due(ticket, "handle") == "2026-03-09 17:30 running");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    CHECK(world.due(ticket, "handle") == "2026-03-09 17:30 running");
}

TEST_CASE(
    "no solution in five working days across a holiday with make-up days: major, project centre, 15 working days") {
    World world{"2026-02-12 09:00"};  // the last working days before Spring Festival; 14 and 28 February are worked
    const auto ticket = world.files("楼道渗水");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
    CHECK(world.due(ticket, "handle") == "2026-02-25 17:30 running");
    world.moves_to("2026-02-25 17:29");
    CHECK(world.ticket(ticket).level == "general");
    world.moves_to("2026-02-25 17:30");
    const auto now = world.ticket(ticket);
    CHECK(now.level == "major");
    CHECK(now.state == "escalated");
    CHECK(now.owner_role == "project_centre");
    CHECK_FALSE(now.assignee);
    CHECK(says(world.heard(chen, ticket), "升级投诉"));
    CHECK(world.last_said(ticket).find("华东项目管理中心") != std::string::npos);
    // Notified at closing: the next working day is day 1 of 15; 28 February is one of them.
    CHECK(world.due(ticket, "escalated") == "2026-03-17 17:30 running");
    world.moves_to("2026-02-26 09:00");
    REQUIRE(world.staff_does(chen, ticket, "accept"));
    CHECK(world.ticket(ticket).state == "escalated_handling");
    CHECK(std::any_of(now.why.begin(), now.why.end(),
                      [](const Why& why) { return why.decision == "level" && !why.clause.empty(); }));
}

TEST_CASE("irreconcilable: a complaint goes up, a demand ends with a clear word") {
    World world;
    SECTION("complaint") {
        const auto ticket = proposed(world);
        REQUIRE(world.taps(ticket, "不同意"));
        const auto now = world.ticket(ticket);
        CHECK(now.state == "escalated");
        CHECK(now.level == "major");
        CHECK(now.escalations == 1);
        CHECK(says(world.heard(chen, ticket), "升级投诉"));
        // The project centre proposes, its review approves, the customer is asked again.
        REQUIRE(world.staff_does(chen, ticket, "accept"));
        REQUIRE(world.staff_does(chen, ticket, "propose", {{"text", "整体翻修"}}));
        CHECK(world.ticket(ticket).state == "internal_review");
        REQUIRE(world.staff_does(zhao, ticket, "review", {{"decision", "approved"}, {"text", "可行"}}));
        CHECK(world.ticket(ticket).asked == "consent");
        REQUIRE(world.taps(ticket, "还差一点"));  // the second review
        REQUIRE(world.staff_does(chen, ticket, "propose", {{"text", "整体翻修，另做保洁"}}));
        REQUIRE(world.staff_does(zhao, ticket, "review", {{"decision", "approved"}, {"text", "可行"}}));
        REQUIRE(world.taps(ticket, "不同意"));
        CHECK(world.ticket(ticket).state == "external_review");
        CHECK(world.last_said(ticket).find("仲裁") != std::string::npos);
    }
    SECTION("demand") {
        const auto ticket = world.files("想把阳台封起来", [](OpenTicket& wish) {
            wish.kind = "demand";
            wish.category = "special";
        });
        REQUIRE(world.staff_does(li, ticket, "accept"));
        REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
        REQUIRE(world.staff_does(zhang, ticket, "propose", {{"text", "按统一样式封"}}));
        REQUIRE(world.taps(ticket, "不同意"));
        CHECK(world.ticket(ticket).phase == Phase::terminated);
        CHECK(world.last_said(ticket).find("没有办法提供") != std::string::npos);
    }
}

TEST_CASE("a small gap leads to a second round; the old question is replaced") {
    World world;
    const auto ticket = proposed(world);
    REQUIRE(world.taps(ticket, "还差一点"));
    CHECK(world.ticket(ticket).state == "handling");
    const auto refused = world.staff_does(zhang, ticket, "resolve", {{"text", "做完了"}});
    REQUIRE_FALSE(refused);
    CHECK(refused.problem().code == "ticket.not_allowed");
    CHECK_FALSE(refused.problem().clause.empty());
    REQUIRE(world.staff_does(zhang, ticket, "propose", {{"text", "再加一层防水"}}));
    CHECK(world.ticket(ticket).proposal->round == 2);
    CHECK_FALSE(world.ticket(ticket).consent);
    REQUIRE(world.taps(ticket, "同意"));
    CHECK(world.ticket(ticket).consent->answer == "agreed");
}

TEST_CASE("not fixed: reopened to the responsible role, and the manager calls") {
    World world;
    const auto ticket = resolved(world);
    REQUIRE(world.taps(ticket, "没有好"));
    const auto now = world.ticket(ticket);
    CHECK(now.phase == Phase::working);
    CHECK(now.assignee == world.staff(zhang));
    CHECK(says(world.heard(zhang, ticket), "客户说没有好"));
    CHECK(says(world.heard(wang, ticket), "亲自打电话回访"));
    CHECK(std::any_of(now.steps.begin(), now.steps.end(), [](const Step& step) {
        return step.step == "remedy_revisit" && step.role == "centre_manager" && step.state == "open";
    }));
    REQUIRE(world.staff_does(zhang, ticket, "resolve", {{"text", "又修了一次"}}));
    CHECK(world.ticket(ticket).asked == "fixed");
}

TEST_CASE("partly fixed keeps the ticket open with the rest") {
    World world;
    const auto ticket = resolved(world);
    REQUIRE(world.resident_does(ticket, "confirm", {{"fixed", "partly"}, {"text", "阳台还在滴"}}));
    CHECK(world.ticket(ticket).phase == Phase::working);
    CHECK(says(world.heard(zhang, ticket), "阳台还在滴"));
}

TEST_CASE("a rating of 1 opens the remedy") {
    World world;
    const auto ticket = resolved(world);
    REQUIRE(world.taps(ticket, "真的好了"));
    REQUIRE(world.taps(ticket, "1分 很不满意"));
    const auto now = world.ticket(ticket);
    CHECK(now.phase == Phase::working);
    CHECK(says(world.heard(wang, ticket), "亲自打电话回访"));
    CHECK(world.last_said(ticket).find("中心经理") != std::string::npos);
}

TEST_CASE("withdrawn: told, and nothing is owed any more") {
    World world;
    const auto ticket = proposed(world);
    REQUIRE(world.resident_does(ticket, "withdraw", {{"reason", "不投诉了"}}));
    CHECK(world.ticket(ticket).phase == Phase::withdrawn);
    CHECK(world.last_said(ticket).find("撤回") != std::string::npos);
    CHECK(world.moves_to("2026-05-01 12:00") == 0);
    CHECK(world.due(ticket, "handle") == "2026-03-06 17:30 cancelled");
}

TEST_CASE("a closed ticket may be reopened for 30 days, and not after") {
    World world;
    const auto ticket = resolved(world);
    REQUIRE(world.taps(ticket, "真的好了"));
    REQUIRE(world.taps(ticket, "5分 很满意"));
    SECTION("within") {
        world.moves_to("2026-03-31 09:00");
        REQUIRE(world.resident_does(ticket, "reopen", {{"reason", "又漏了"}}));
        CHECK(world.ticket(ticket).phase == Phase::working);
        CHECK(world.ticket(ticket).reopened == 1);
        CHECK(world.due(ticket, "handle") == "2026-04-07 17:30 running");  // 4 to 6 April is Qingming
    }
    SECTION("after") {
        world.moves_to("2026-04-02 09:00");
        const auto refused = world.resident_does(ticket, "reopen", {{"reason", "又漏了"}});
        REQUIRE_FALSE(refused);
        CHECK(refused.problem().code == "ticket.not_allowed");
        CHECK(refused.problem().text.find("30") != std::string::npos);
    }
}

TEST_CASE("an emergency pages the field and the manager first, and keeps a sign of life until somebody takes over") {
    World world{"2026-03-01 02:00"};  // a Sunday night
    const auto ticket = world.files("有人困在电梯里", [](OpenTicket& wish) {
        wish.category = "equipment";
        wish.emergency = "lift";
    });
    const auto rows = world.outbox(ticket);
    std::set<StaffId> paged;
    for (const auto& row : rows)
        if (row.kind == "emergency") {
            CHECK(row.priority == Priority::emergency);
            CHECK(row.said.text.find("电梯困人") != std::string::npos);
            if (row.staff) paged.insert(row.staff);
        }
    CHECK(paged == std::set<StaffId>{world.staff(zhang), world.staff(wang)});
    CHECK(world.count(ticket, "emergency.paged") == 2);
    CHECK(world.ticket(ticket).flags.count("emergency") == 1);
    world.moves_to("2026-03-01 02:03");
    CHECK(world.count(ticket, "emergency.kept_alive") == 1);
    CHECK(world.last_said(ticket).find("还在联系值班人员") != std::string::npos);
    REQUIRE(world.staff_does(zhang, ticket, "accept"));
    CHECK(world.ticket(ticket).taken_over);
    world.moves_to("2026-03-01 03:30");
    CHECK(world.count(ticket, "emergency.kept_alive") == 1);
}

TEST_CASE("exempt is the project centre's word, and then the limit is watched but never missed") {
    World world;
    const auto ticket = world.files("外墙开裂要搭架子");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    const auto refused = world.staff_does(li, ticket, "classify", {{"flags", {"exempt"}}, {"reason", "工期长"}});
    REQUIRE_FALSE(refused);
    REQUIRE(world.staff_does(chen, ticket, "classify", {{"flags", {"exempt"}}, {"reason", "工期长"}}));
    CHECK(world.due(ticket, "handle") == "none running");
    world.moves_to("2026-05-20 12:00");
    CHECK(world.ticket(ticket).level == "general");
    CHECK(world.count(ticket, "deadline.missed") == 0);
}

TEST_CASE("a pause stops the clock and ends by itself") {
    World world;
    const auto ticket = world.files("室内漏水，业主出差");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    const auto early =
        world.staff_does(li, ticket, "pause", {{"reason", "等客户"}, {"until", "2026-03-10T09:00:00+08:00"}});
    REQUIRE_FALSE(early);
    CHECK(early.problem().code == "ticket.wrong_role");
    REQUIRE(world.staff_does(wang, ticket, "pause", {{"reason", "等客户"}, {"until", "2026-03-10T09:00:00+08:00"}}));
    CHECK(world.ticket(ticket).paused);
    CHECK(world.due(ticket, "handle").find("paused") != std::string::npos);
    world.moves_to("2026-03-10 09:01");
    CHECK_FALSE(world.ticket(ticket).paused);
    CHECK(world.events(ticket).back().type == "ticket.resumed");
    CHECK(world.shown(world.events(ticket).back().at) == "2026-03-10 09:00");
    CHECK(world.due(ticket, "handle") == "2026-03-16 17:30 running");
}

TEST_CASE("the handler does not answer for the customer, others may after speaking to him") {
    World world;
    const auto ticket = proposed(world);
    const auto own = world.staff_does(zhang, ticket, "consent", {{"answer", "agreed"}, {"means", "phone"}});
    REQUIRE_FALSE(own);
    CHECK(own.problem().code == "ticket.own_ticket");
    const auto how = world.staff_does(li, ticket, "consent", {{"answer", "agreed"}});
    REQUIRE_FALSE(how);
    CHECK(how.problem().detail == "/means");
    REQUIRE(world.staff_does(li, ticket, "consent", {{"answer", "agreed"}, {"means", "phone"}}));
    CHECK(world.events(ticket).back().by == huiyin::staff(world.staff(li)));
    CHECK(world.events(ticket).back().data.at("means") == "phone");
}

TEST_CASE("whoever has it in hand takes it back in nobody's name; the others say how the customer said so") {
    World world;
    const auto ticket = world.files("卫生间漏水");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", li}}));
    const auto own = world.staff_does(li, ticket, "withdraw", {{"reason", "客户说不用了"}, {"means", "phone"}});
    REQUIRE_FALSE(own);
    CHECK(own.problem().code == "ticket.own_ticket");
    REQUIRE(world.staff_does(li, ticket, "assign", {{"assignee", zhang}}));
    const auto how = world.staff_does(li, ticket, "withdraw", {{"reason", "客户说不用了"}});
    REQUIRE_FALSE(how);
    CHECK(how.problem().detail == "/means");
    REQUIRE(world.staff_does(li, ticket, "withdraw", {{"reason", "客户说不用了"}, {"means", "phone"}}));
    CHECK(world.ticket(ticket).phase == Phase::withdrawn);
    CHECK(world.events(ticket).back().type == "ticket.withdrawn");
    CHECK(world.events(ticket).back().data.at("means") == "phone");
    // What the customer takes back himself he said himself.
    const auto other = world.files("楼道灯坏了");
    REQUIRE(world.resident_does(other, "withdraw", {{"reason", "不投诉了"}}));
    CHECK(world.events(other).back().data.at("means") == "chat");
}

TEST_CASE("a call that checks the work is ticked off by whoever it was given to, and never by whoever did the work") {
    World world;
    const auto ticket = resolved(world);
    REQUIRE(world.taps(ticket, "没有好"));  // the manager is to call
    const auto offers = [&](const char* login) {
        bool offered = false;
        world.store->read([&](Reading& reading) {
            const auto now = *reading.ticket(ticket.id);
            for (const auto& each : world.engine->allowed(reading, now, staff(world.staff(login)), world.now()))
                for (const auto& field : each.fields)
                    if (field.name == "step")
                        offered = offered || std::find(field.choices.begin(), field.choices.end(), "remedy_revisit") !=
                                                 field.choices.end();
        });
        return offered;
    };
    CHECK_FALSE(offers(zhang));
    CHECK_FALSE(offers(li));
    CHECK(offers(wang));
    const auto own = world.staff_does(zhang, ticket, "complete", {{"step", "remedy_revisit"}});
    REQUIRE_FALSE(own);
    CHECK(own.problem().code == "ticket.own_ticket");
    const auto other = world.staff_does(li, ticket, "complete", {{"step", "remedy_revisit"}});
    REQUIRE_FALSE(other);
    CHECK(other.problem().code == "ticket.wrong_role");
    REQUIRE(world.staff_does(wang, ticket, "complete", {{"step", "remedy_revisit"}}));
}

TEST_CASE("an amount of 2000 yuan makes it major as soon as it is known") {
    World world;
    const auto ticket = world.files("地板泡坏了");
    REQUIRE(world.staff_does(li, ticket, "accept"));
    world.in_unit_of_work([&](Transaction& tx) {
        Amendment amendment;
        amendment.amount_fen = 199'999;
        REQUIRE(world.engine->amend(tx, ticket.id, amendment, resident(ticket.person), world.now()));
    });
    CHECK(world.ticket(ticket).level == "general");
    world.in_unit_of_work([&](Transaction& tx) {
        Amendment amendment;
        amendment.amount_fen = 200'000;
        REQUIRE(world.engine->amend(tx, ticket.id, amendment, resident(ticket.person), world.now()));
    });
    CHECK(world.ticket(ticket).level == "major");
    CHECK(world.ticket(ticket).state == "escalated");
    CHECK(world.count(ticket, "ticket.level_changed") == 1);
}
