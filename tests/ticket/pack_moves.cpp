// Steps with moves of their own, levels that a person sets or that are there at the opening, penalties against a named
// person, titles of roles, what outlives the end.
#include "pack_case.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a step with a guarded move of its own does not fall through to the general one") {
    PackCase story(R"({
      "steps": [{"key": "inquiry", "title": "责任调查", "by": ["manager"], "fields": [{"name": "post", "title": "岗位", "type": "text"}], "clause": "example/1"},
                {"key": "slip", "title": "登记", "by": ["manager"], "clause": "example/1"}],
      "reactions": [{"name": "open", "on": "ticket.opened", "effects": [{"effect": "task", "task": "inquiry", "role": "manager"}, {"effect": "task", "task": "slip", "role": "manager"}], "clause": "example/1"}],
      "moves": [{"name": "inquired", "command": "complete", "step": "inquiry", "from": ["filed"], "roles": ["manager"], "when": {"!!": [{"var": "given.post"}]}, "refuse_text": "请写明责任人的岗位", "clause": "example/1"}]})");
    story.opens();
    const auto refused = story.does(3, "complete", {{"step", "inquiry"}});
    CHECK(has(refused, "ticket.not_allowed"));
    CHECK(has(refused, "请写明责任人的岗位"));
    CHECK(story.has_open("inquiry"));
    CHECK(story.does(3, "complete", {{"step", "inquiry"}, {"fields", {{"post", "管家"}}}}) == "");
    CHECK_FALSE(story.has_open("inquiry"));
    CHECK(story.does(3, "complete", {{"step", "slip"}}) == "");  // the general move serves the others
    // Where the step has no move of its own, the general one serves it, too.
    PackCase elsewhere(R"({
      "steps": [{"key": "inquiry", "title": "责任调查", "by": ["manager"], "clause": "example/1"}],
      "reactions": [{"name": "open", "on": "ticket.accepted", "effects": [{"effect": "task", "task": "inquiry", "role": "manager"}], "clause": "example/1"}],
      "moves": [{"name": "inquired", "command": "complete", "step": "inquiry", "from": ["filed"], "roles": ["manager"], "when": false, "clause": "example/1"}]})");
    elsewhere.opens();
    CHECK(elsewhere.does(1, "accept") == "");
    CHECK(elsewhere.does(3, "complete", {{"step", "inquiry"}}) == "");
}

TEST_CASE("a step whose own move is closed to somebody is not offered to him by the general one") {
    PackCase story(R"({
      "steps": [{"key": "inquiry", "title": "责任调查", "by": ["manager", "handler"], "clause": "example/1"}],
      "reactions": [{"name": "open", "on": "ticket.opened", "effects": [{"effect": "task", "task": "inquiry", "role": "manager"}], "clause": "example/1"}],
      "moves": [{"name": "inquired", "command": "complete", "step": "inquiry", "from": ["filed"], "roles": ["manager"], "clause": "example/1"}]})");
    story.opens();
    const auto offered = [&](int who) {
        const auto list = story.can(who);
        return std::find(list.begin(), list.end(), "责任调查") != list.end();
    };
    CHECK(offered(3));
    CHECK_FALSE(offered(2));
    CHECK(has(story.does(2, "complete", {{"step", "inquiry"}}), "ticket.wrong_role"));
}

TEST_CASE("a step with moves of its own is offered also when the general move stands before them") {
    PackCase story(R"({
      "steps": [{"key": "inquiry", "title": "责任调查", "by": ["manager"], "clause": "example/1"}, {"key": "slip", "title": "登记", "by": ["manager"], "clause": "example/1"}],
      "reactions": [{"name": "open", "on": "ticket.opened", "effects": [{"effect": "task", "task": "inquiry", "role": "manager"}, {"effect": "task", "task": "slip", "role": "manager"}], "clause": "example/1"}],
      "moves": [{"name": "complete", "command": "complete", "from": ["*", "closed"], "roles": ["staff"], "clause": "example/1"},
                {"name": "inquired", "command": "complete", "step": "inquiry", "from": ["filed"], "roles": ["manager"], "to": "handling", "clause": "example/1"}]})");
    story.opens();
    const auto offered = story.can(3);
    CHECK(std::count(offered.begin(), offered.end(), "责任调查") == 1);
    CHECK(std::count(offered.begin(), offered.end(), "登记") == 1);
    CHECK(story.does(3, "complete", {{"step", "inquiry"}}) == "");
    CHECK(story.ticket.state == "handling");  // its own move was made
    // What instead is told once, however many steps it serves.
    const auto refused = story.does(3, "accept");
    CHECK(refused.find("完成") == refused.rfind("完成"));
}

TEST_CASE("a level set by a person is a change like any other, and brings what the level brings") {
    PackCase story(R"({
      "levels": [{"key": "urgent", "title": "紧急", "rank": 8, "clause": "example/1", "any_of": [{"when": {"==": [{"var": "cause"}, "own"]}, "because": "我方原因"}],
                  "effects": [{"effect": "notify", "role": "director", "phrase": "staff.escalated"}, {"effect": "task", "task": "meeting", "role": "director"}]}],
      "steps": [{"key": "meeting", "title": "紧急会议", "clause": "example/1"}],
      "deadlines": [{"name": "meet", "title": "开会", "span": "4 hours", "starts_on": {"event": "ticket.level_changed", "when": {"==": [{"var": "event.level"}, "urgent"]}}, "stops_on": "ticket.completed", "miss": [{"effect": "notify", "role": "director", "phrase": "staff.overdue"}], "clause": "example/1"}]})");
    story.opens();
    story.owed("notify");
    CHECK(story.does(3, "classify", {{"level", "urgent"}, {"reason", "客户停产"}}) == "");
    CHECK(story.ticket.level == "urgent");
    CHECK(story.count("ticket.level_changed") == 1);
    CHECK(story.last("ticket.level_changed").data.at("from_level") == "general");
    CHECK(story.last("ticket.level_changed").by == staff(StaffId{3}));
    CHECK(story.owed("notify") == std::vector<std::string>{"directorstaff.escalated"});
    CHECK(story.has_open("meeting"));
    CHECK(story.ticket.deadlines.empty());  // the projection is the shell's
    CHECK(deadlines_of(story.ticket, story.policy, story.context, story.now).size() == 1);
    // The same level again is no change; back and again brings nothing a second time.
    CHECK(story.does(3, "classify", {{"level", "urgent"}, {"reason", "再说一遍"}}) == "");
    CHECK(story.count("ticket.level_changed") == 1);
    CHECK(story.does(3, "classify", {{"level", "general"}, {"reason", "弄错了"}}) == "");
    CHECK(story.does(3, "classify", {{"level", "urgent"}, {"reason", "还是紧急"}}) == "");
    CHECK(story.count("ticket.level_changed") == 3);
    CHECK(story.owed("notify").empty());
}

TEST_CASE("the level of a case that has ended is put right for the record alone: no limit begins") {
    PackCase story(R"({
      "levels": [{"key": "urgent", "title": "紧急", "rank": 8, "clause": "example/1", "any_of": [{"when": {"==": [{"var": "cause"}, "own"]}, "because": "我方原因"}],
                  "effects": [{"effect": "notify", "role": "director", "phrase": "staff.escalated"}]}],
      "deadlines": [{"name": "meet", "title": "开会", "span": "4 hours", "starts_on": {"event": "ticket.level_changed", "when": {"==": [{"var": "event.level"}, "urgent"]}}, "stops_on": "ticket.completed", "miss": [{"effect": "notify", "role": "director", "phrase": "staff.overdue"}], "clause": "example/1"}],
      "moves": [{"name": "right", "command": "classify", "from": ["*", "withdrawn"], "roles": ["staff"], "clause": "example/1"},
                {"name": "withdraw", "command": "withdraw", "from": ["filed"], "to": "withdrawn", "roles": ["customer", "manager"], "clause": "example/1", "effects": [{"effect": "tell", "phrase": "customer.withdrawn"}]}]})");
    story.opens();
    CHECK(story.does(3, "withdraw", {{"reason", "客户说不用了"}}) == "");
    CHECK(story.ticket.state == "withdrawn");
    story.owed("notify");
    CHECK(story.does(3, "classify", {{"level", "urgent"}, {"reason", "补记"}}) == "");
    CHECK(story.ticket.level == "urgent");
    CHECK(story.count("ticket.level_changed") == 0);
    CHECK(story.owed("notify").empty());
    const auto limits = deadlines_of(story.ticket, story.policy, story.context, story.now);
    CHECK(std::none_of(limits.begin(), limits.end(), [](const Deadline& each) { return each.name == "meet"; }));
}

TEST_CASE("the opening's effects see the level, and the level's own follow them") {
    const std::string pack = R"({
      "levels": [{"key": "dire", "title": "特大", "rank": 9, "clause": "example/1", "any_of": [{"when": {"var": "media"}, "because": "媒体"}], "effects": [{"effect": "notify", "role": "director", "phrase": "staff.escalated"}]}],
      "opening": {"to": "filed", "clause": "example/1", "effects": [{"effect": "tell", "phrase": "customer.filed"},
        {"effect": "notify", "role": "manager", "phrase": "staff.accept_please", "when": {"==": [{"var": "level"}, "dire"]}}]}})";
    PackCase mild(pack), dire(pack);
    for (auto* story : {&mild, &dire})
        for (auto& level : story->policy.levels)
            if (level.key == "general") {
                Effect notice;
                notice.name = "notify";
                notice.fields = {{"role", "handler"}, {"phrase", "staff.accept_please"}};
                level.effects = {notice};
            }
    mild.opens();
    CHECK(mild.owed("notify") == std::vector<std::string>{"handlerstaff.accept_please"});
    CHECK(mild.count("ticket.level_changed") == 0);
    dire.filed.flags = {"media"};
    dire.opens();
    CHECK(dire.ticket.level == "dire");
    CHECK(dire.events.at(1).type == "ticket.level_changed");
    CHECK(dire.owed("notify") == std::vector<std::string>{"managerstaff.accept_please", "directorstaff.escalated"});
    // What it brought at the opening it does not bring again.
    CHECK(mild.does(3, "classify", {{"level", "dire"}, {"reason", "严重"}}) == "");
    mild.owed("notify");
    CHECK(mild.does(3, "classify", {{"level", "general"}, {"reason", "不严重"}}) == "");
    CHECK(mild.owed("notify").empty());
    // The mildest was never its level, so what that brings comes when it is.
    dire.owed("notify");
    CHECK(dire.does(3, "classify", {{"level", "general"}, {"reason", "没有媒体"}}) == "");
    CHECK(dire.owed("notify") == std::vector<std::string>{"handlerstaff.accept_please"});
}

TEST_CASE("what was said of an earlier resolution does not close the present one") {
    PackCase story(R"({"moves": [
      {"name": "revisit", "command": "revisit", "from": ["resolved"], "roles": ["front_desk"], "clause": "example/1"},
      {"name": "reopen", "command": "reopen", "from": ["resolved"], "to": "handling", "roles": ["manager"], "clause": "example/1"},
      {"name": "finish", "command": "note", "from": ["resolved"], "to": "closed", "roles": ["front_desk", "policy"], "clause": "example/1", "effects": [{"effect": "tell", "phrase": "customer.closed"}]}]})");
    story.opens();
    CHECK(story.does(1, "accept") == "");
    CHECK(story.does(2, "resolve", {{"text", "修好了"}}) == "");
    SECTION("he was reached") { CHECK(story.does(1, "revisit", {{"means", "phone"}, {"reached", true}}) == ""); }
    SECTION("he was not") {
        CHECK(story.does(1, "revisit", {{"means", "phone"}, {"reached", false}}) == "");
        CHECK(story.fact("attempts") == 1);
    }
    CHECK(story.does(3, "reopen", {{"reason", "又坏了"}}) == "");
    CHECK(story.does(2, "resolve", {{"text", "又修好了"}}) == "");
    CHECK(story.fact("attempts") == 0);
    CHECK(has(story.does(1, "note", {{"text", "结案"}}), "客户还没有说过话"));
    CHECK(story.does(1, "revisit", {{"means", "phone"}, {"reached", true}}) == "");
    CHECK(story.does(1, "note", {{"text", "结案"}}) == "");
    CHECK(story.ticket.phase == Phase::closed);
}

TEST_CASE("work that begins again is not overdue for the limit before, and what that made of it stands") {
    PackCase story(R"({
      "levels": [{"key": "late", "title": "逾期", "rank": 8, "clause": "example/1", "any_of": [{"when": {"var": "overdue"}, "because": "逾期"}]}],
      "moves": [{"name": "not-fixed", "command": "confirm", "from": ["resolved"], "to": "handling", "roles": ["customer", "front_desk"], "when": {"==": [{"var": "given.fixed"}, "no"]}, "clause": "example/1"}],
      "deadlines": [{"name": "handle", "title": "办结", "span": "2 days", "starts_on": ["ticket.opened", "ticket.confirmed"], "stops_on": "ticket.resolved", "miss": [{"effect": "notify", "role": "director", "phrase": "staff.overdue"}], "clause": "example/1"}]})");
    story.opens();
    CHECK(story.does(1, "accept") == "");
    story.at("2026-03-05T09:00");
    REQUIRE(story.fact("overdue") == true);
    REQUIRE(story.ticket.level == "late");
    CHECK(story.does(2, "resolve", {{"text", "修好了"}}) == "");
    CHECK(story.fact("overdue") == true);
    CHECK(story.does(0, "confirm", {{"fixed", "no"}}) == "");
    CHECK(story.fact("overdue") == false);
    CHECK(story.ticket.level == "late");
    CHECK(story.count("ticket.level_changed") == 1);
    story.at("2026-03-09T09:00");
    CHECK(story.fact("overdue") == true);
    CHECK(story.count("deadline.missed") == 2);
}

TEST_CASE("a penalty may be against the person whom the command names") {
    PackCase story(R"({
      "steps": [{"key": "responsibility", "title": "责任认定", "decisions": [{"key": "own", "title": "我方责任"}, {"key": "none", "title": "无责"}], "clause": "example/1"}],
      "reactions": [{"name": "open", "on": "ticket.accepted", "effects": [{"effect": "task", "task": "responsibility", "role": "manager"}], "clause": "example/1"}],
      "penalties": [{"key": "fault", "title": "有责", "yuan": 200, "against": "responsible", "decided_by": "director", "appeal": {"to": "manager", "within": "7 days"}, "clause": "example/1"}],
      "moves": [{"name": "found", "command": "decide", "step": "responsibility", "from": ["*"], "roles": ["manager"],
        "fields": [{"name": "responsible", "title": "责任人", "type": "person"}],
        "effects": [{"effect": "penalty", "penalty": "fault", "when": {"==": [{"var": "given.decision"}, "own"]}}], "clause": "example/1"}]})");
    story.context.role_of = {{5, "handler"}};
    story.opens();
    CHECK(story.does(1, "accept") == "");
    CHECK(story.does(3, "decide",
                     {{"step", "responsibility"}, {"decision", "own"}, {"text", "属实"}, {"responsible", "5"}}) == "");
    REQUIRE(story.ticket.penalties.size() == 1);
    CHECK(story.ticket.penalties[0].staff == StaffId{5});
    CHECK(story.ticket.penalties[0].role == "handler");
    CHECK(story.does(4, "decide", {{"step", "penalty:fault"}, {"decision", "confirmed"}, {"text", "同意"}}) == "");
    // The appeal is his own, not another handler's.
    CHECK(has(story.does(2, "complete", {{"step", "appeal:fault"}}), "申诉由本人提出"));
    CHECK(story.does(5, "complete", {{"step", "appeal:fault"}}) == "");
    CHECK(story.ticket.penalties[0].state == "appealed");
}

TEST_CASE("without the person named no penalty is proposed, and the log hears why") {
    PackCase story(R"({
      "penalties": [{"key": "fault", "title": "有责", "yuan": 200, "against": "responsible", "decided_by": "director", "clause": "example/1"}],
      "moves": [{"name": "found", "command": "classify", "from": ["*"], "roles": ["manager"], "fields": [{"name": "responsible", "title": "责任人", "type": "person"}],
        "effects": [{"effect": "penalty", "penalty": "fault"}], "clause": "example/1"}]})");
    story.opens();
    const auto decision =
        decide(story.ticket, {"classify", staff(StaffId{3}), {{"reason", "查"}}, {"manager", "staff"}}, story.policy,
               story.context, story.now);
    REQUIRE(decision);
    CHECK(decision->ticket.penalties.empty());
    REQUIRE(decision->declined.size() == 1);
    CHECK(decision->declined[0].code == "policy.nobody_named");
}

TEST_CASE("who may grant it is named by his title") {
    const std::string caps = R"({
      "authority": [{"role": "handler", "field": "amount_yuan", "at_most": 300, "clause": "example/1"}, {"role": "director", "field": "amount_yuan", "at_most": 2000, "clause": "example/1"}],
      "phrases": {"zh-CN": {"staff.role.director": "售后总监"}}})";
    PackCase story(caps);
    story.opens();
    CHECK(story.does(1, "accept") == "");
    const auto refused = story.does(2, "propose", {{"text", "补偿"}, {"amount_fen", 50000}});
    CHECK(has(refused, "请交给：售后总监"));
    story.context.role_title = [](const std::string& role) { return "岗位" + role; };
    CHECK(has(story.does(2, "propose", {{"text", "补偿"}, {"amount_fen", 50000}}), "请交给：岗位director"));
}

TEST_CASE("rules see which danger it is, and the office is more than whoever has the case") {
    PackCase story(R"({
      "levels": [{"key": "dire", "title": "特大", "rank": 9, "clause": "example/1", "any_of": [{"when": {"==": [{"var": "emergency"}, "injury"]}, "because": "有人受伤"}]}],
      "reactions": [{"name": "tell", "on": "ticket.replied", "effects": [{"effect": "notify", "role": "office", "phrase": "staff.overdue"}, {"effect": "task", "task": "look", "role": "office"}], "clause": "example/1"}],
      "steps": [{"key": "look", "title": "看一下", "clause": "example/1"}]})");
    story.filed.emergency = "injury";
    story.filed.flags = {"emergency"};
    story.opens();
    CHECK(story.ticket.level == "dire");
    CHECK(story.fact("emergency") == "injury");
    CHECK(story.does(1, "reply", {{"text", "已在路上"}}) == "");
    CHECK(story.owed("notify") == std::vector<std::string>{"officestaff.overdue"});
    REQUIRE(story.ticket.steps.size() == 1);
    CHECK(story.ticket.steps[0].role == story.ticket.owner_role);
    PackCase calm("{}");
    calm.opens();
    CHECK(calm.fact("emergency").is_null());
}

TEST_CASE("what is owed among ourselves outlives the end, and is due and missed on a closed ticket") {
    PackCase story(R"({
      "steps": [{"key": "feedback", "title": "反馈处理单", "clause": "example/1"}],
      "reactions": [{"name": "open", "on": "ticket.resolved", "effects": [{"effect": "task", "task": "feedback", "role": "director"}], "clause": "example/1"}],
      "deadlines": [
        {"name": "feedback", "title": "反馈", "span": "2 days", "outlives_end": true, "starts_on": {"event": "task.opened", "when": {"==": [{"var": "event.task"}, "feedback"]}}, "stops_on": {"event": "ticket.completed", "when": {"==": [{"var": "event.step"}, "feedback"]}}, "miss": [{"effect": "notify", "role": "director", "phrase": "staff.overdue"}], "clause": "example/1"},
        {"name": "ordinary", "title": "其他", "span": "2 days", "starts_on": "ticket.resolved", "stops_on": "ticket.reopened", "cancels_on": "ticket.rejected", "miss": [{"effect": "notify", "role": "manager", "phrase": "staff.overdue"}], "clause": "example/1"}],
      "moves": [{"name": "reopen", "command": "reopen", "from": ["closed"], "to": "handling", "roles": ["customer"], "clause": "example/1"}]})");
    story.opens();
    CHECK(story.does(1, "accept") == "");
    CHECK(story.does(2, "resolve", {{"text", "好了"}}) == "");
    CHECK(story.does(0, "confirm", {{"fixed", "yes"}}) == "");
    REQUIRE(is_end(story.ticket.phase));
    const auto look = [&] {
        return next_look(story.ticket, deadlines_of(story.ticket, story.policy, story.context, story.now), story.policy,
                         story.context);
    };
    REQUIRE(look());
    CHECK(*look() == moment("2026-03-05T00:00"));
    story.owed("notify");
    story.at("2026-03-04T23:59");
    CHECK(story.count("deadline.missed") == 0);
    story.at("2026-03-05T00:00");
    CHECK(story.count("deadline.missed") == 1);
    CHECK(story.last("deadline.missed").data.at("deadline") == "feedback");
    CHECK(story.owed("notify") == std::vector<std::string>{"directorstaff.overdue"});
    CHECK_FALSE(look());
    CHECK(story.does(4, "complete", {{"step", "feedback"}}) == "");  // late, and still possible
}

TEST_CASE("a limit begins at the moment that somebody tells, as soon as it is known") {
    PackCase story(R"({
      "facts": [{"name": "received_at", "type": "time", "title": "企业收到的时间"}],
      "moves": [{"name": "told", "command": "classify", "from": ["*"], "roles": ["manager"], "fields": ["received_at"], "clause": "example/1"}],
      "deadlines": [{"name": "answer", "title": "答复", "span": "2 days", "starts_on": {"event": "ticket.opened", "from_fact": "received_at"}, "stops_on": "ticket.resolved", "miss": [{"effect": "notify", "role": "manager", "phrase": "staff.overdue"}], "clause": "example/1"}]})",
                   "2026-03-10T09:00");
    const auto due = [&] { return deadlines_of(story.ticket, story.policy, story.context, story.now).at(0); };
    story.opens();
    CHECK(*due().due_at == moment("2026-03-13T00:00"));  // not known yet: the event's own time
    CHECK(story.does(3, "classify", {{"received_at", to_ms(moment("2026-03-09T15:00"))}, {"reason", "回执"}}) == "");
    CHECK(due().start_at == moment("2026-03-09T15:00"));
    CHECK(*due().due_at == moment("2026-03-12T00:00"));
    // Told to have been longer ago than the limit: it is missed at once, and once.
    CHECK(story.does(3, "classify", {{"received_at", to_ms(moment("2026-03-01T15:00"))}, {"reason", "更正"}}) == "");
    story.catch_up();
    story.catch_up();
    CHECK(story.count("deadline.missed") == 1);
    CHECK(due().state == DeadlineState::missed);
}

TEST_CASE("what happens on the way to now is counted for what comes after it, also when all of it is done at once") {
    const char* const pack = R"({
        "facts": [{"name": "times_late", "type": "integer", "title": "超时次数", "counts": {"event": "deadline.missed", "when": {"==": [{"var": "event.deadline"}, "first"]}}}],
        "deadlines": [
          {"name": "first", "title": "首答", "span": "1 day", "starts_on": "ticket.opened", "stops_on": "ticket.resolved", "miss": [{"effect": "notify", "role": "manager", "phrase": "staff.overdue"}], "clause": "example/1"},
          {"name": "second", "title": "再催", "span": "2 days", "when": {">": [{"var": "times_late"}, 0]}, "starts_on": "ticket.opened", "stops_on": "ticket.resolved", "miss": [{"effect": "notify", "role": "director", "phrase": "staff.overdue"}], "clause": "example/1"}]})";
    PackCase by_and_by(pack);
    by_and_by.opens();
    by_and_by.at("2026-03-04T00:00");
    CHECK(by_and_by.count("deadline.missed") == 1);
    by_and_by.at("2026-03-05T00:00");
    CHECK(by_and_by.count("deadline.missed") == 2);
    PackCase at_once(pack);
    at_once.opens();
    at_once.at("2026-03-05T00:00");
    CHECK(at_once.count("deadline.missed") == 2);
    CHECK(at_once.last("deadline.missed").at == by_and_by.last("deadline.missed").at);
}
