// What a pack says beyond moves and deadlines, and that the ticket obeys it: facts, admission, steps, reactions,
// authority, penalties, talk.
#include "pack_case.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a kind may have an opening of its own") {
    PackCase one(R"({"opening": [
        {"when": {"==": [{"var": "kind"}, "demand"]}, "to": "handling", "clause": "example/1", "effects": [{"effect": "tell", "phrase": "customer.filed"}]},
        {"to": "filed", "clause": "example/1", "effects": [{"effect": "tell", "phrase": "customer.filed"}, {"effect": "assign", "to": "actor"}]}]})");
    one.opens(staff(StaffId{1}));
    CHECK(one.ticket.state == "filed");
    CHECK(one.ticket.assignee == StaffId{1});  // the first responder
    PackCase other(R"({"opening": [
        {"when": {"==": [{"var": "kind"}, "demand"]}, "to": "handling", "clause": "example/1", "effects": [{"effect": "tell", "phrase": "customer.filed"}]},
        {"to": "filed", "clause": "example/1"}]})");
    other.filed.kind = "demand";
    other.filed.category = "other";
    other.opens();
    CHECK(other.ticket.state == "handling");
}

TEST_CASE("a field named like a fact sets it; the fact worked out from it follows, and so does the level") {
    PackCase story(R"({
      "facts": [{"name": "nature", "type": "text", "title": "性质", "choices": ["economic", "other"]},
                {"name": "economic", "type": "yes_no", "title": "经济类", "is": {"==": [{"var": "nature"}, "economic"]}}],
      "levels": [{"key": "dire", "title": "特大", "rank": 9, "clause": "example/1", "any_of": [{"when": {"var": "economic"}, "because": "涉及赔偿"}]}],
      "moves": [{"name": "classify", "command": "classify", "from": ["*"], "roles": ["manager"], "fields": ["nature"], "clause": "example/1"}]})");
    story.opens();
    CHECK(story.fact("economic") == false);
    CHECK(story.does(3, "classify", {{"nature", "economic"}, {"reason", "要求赔偿"}}) == "");
    CHECK(story.fact("nature") == "economic");
    CHECK(story.fact("economic") == true);
    CHECK(story.ticket.level == "dire");
    CHECK(story.last("ticket.level_changed").data["because"] == "涉及赔偿");
    CHECK(story.last("ticket.classified").data["facts"]["nature"] == "economic");
}

TEST_CASE("both categories are kept: as it came in, and as it turned out") {
    PackCase story("{}");
    story.opens();
    CHECK(story.does(1, "classify", {{"category", "fee"}, {"cause", "supplier"}, {"reason", "查明"}}) == "");
    CHECK(story.fact("category") == "fee");
    CHECK(story.fact("intake_category") == "quality");
    CHECK(story.fact("cause") == "supplier");
}

TEST_CASE("an event of exactly five months is not too old, a day more is") {
    const std::string pack =
        R"({"facts": [{"name": "too_old", "type": "yes_no", "title": "超过5个月", "since": "occurred_at", "longer_than": "5 months", "until": "opened_at"}]})";
    for (const auto& [happened, old] : {std::pair{"2025-10-02T00:00", false}, {"2025-10-01T23:59", true}}) {
        PackCase story(pack, "2026-03-02T23:59");
        story.filed.occurred_at = moment(happened);
        story.opens();
        CHECK(story.fact("too_old") == old);
    }
    // The 31st: five months later there is none, the month's last day is still in time.
    for (const auto& [filed, old] : {std::pair{"2026-02-28T23:59", false}, {"2026-03-01T00:00", true}}) {
        PackCase story(pack, filed);
        story.filed.occurred_at = moment("2025-09-30T10:00");
        story.opens();
        CHECK(story.fact("too_old") == old);
    }
    PackCase unknown(pack);
    unknown.opens();
    CHECK(unknown.fact("too_old") == Json());  // nobody said when: the rule does not bite
}

TEST_CASE("events of a ticket are counted, and tickets of a unit") {
    PackCase story(R"({
      "facts": [{"name": "bad_revisits", "type": "integer", "title": "回访不满意", "counts": {"event": "ticket.revisited", "when": {"<=": [{"var": "event.score"}, 2]}}},
                {"name": "points", "type": "integer", "title": "分值", "is": {"if": [{"==": [{"var": "level"}, "major"]}, 3, 1]}},
                {"name": "unit_points", "type": "integer", "title": "当月分值", "counts": {"tickets": {"==": [{"var": "validity"}, "valid"]}, "of": "unit", "within": "calendar month", "sum": "points"}}],
      "moves": [{"name": "revisit", "command": "revisit", "from": ["*"], "roles": ["staff"], "clause": "example/1"}],
      "levels": [{"key": "worst", "title": "最重", "rank": 9, "clause": "example/1", "any_of": [{"when": {">=": [{"var": "bad_revisits"}, 2]}, "because": "第二次回访不满意"}]}]})");
    story.context.of_others["unit_points"] = 2;
    story.opens();
    CHECK(story.fact("bad_revisits") == 0);
    CHECK(story.fact("unit_points") == 2);
    CHECK(story.does(1, "classify", {{"validity", "valid"}, {"reason", "属实"}}) == "");
    CHECK(story.fact("unit_points") == 3);
    CHECK(story.does(1, "revisit", {{"means", "phone"}, {"reached", true}, {"score", 2}}) == "");
    CHECK(story.ticket.level == "general");
    CHECK(story.does(1, "revisit", {{"means", "phone"}, {"reached", true}, {"score", 3}}) == "");
    CHECK(story.does(1, "revisit", {{"means", "phone"}, {"reached", true}, {"score", 1}}) == "");
    CHECK(story.fact("bad_revisits") == 2);
    CHECK(story.ticket.level == "worst");
}

TEST_CASE("what is missing is named in one go, and 'not yet known' holds a place open") {
    PackCase story(R"({
      "slots": [{"key": "lot", "title": "批号", "type": "text", "required": true, "may_be_unknown": true},
                {"key": "place", "title": "地址", "required": true},
                {"key": "pieces", "title": "数量", "type": "integer", "kinds": ["complaint"], "required": true},
                {"key": "colour", "title": "颜色", "type": "choice", "choices": ["red"], "categories": ["fee"], "required": true}],
      "moves": [{"name": "accept", "command": "accept", "from": ["filed"], "to": "handling", "roles": ["front_desk"], "when": {"!": [{"var": "missing_slots"}]}, "refuse_text": "资料不齐", "clause": "example/1", "effects": [{"effect": "route"}]},
                {"name": "classify", "command": "classify", "from": ["*"], "roles": ["staff"], "fields": ["pieces", "lot", "not_yet_known"], "clause": "example/1"}]})");
    story.filed.facts["told"] = std::vector<std::string>{"place"};
    story.opens();
    CHECK(story.fact("missing_slots") == Json{"lot", "pieces"});
    CHECK(has(story.does(1, "accept"), "资料不齐。还缺：批号、数量"));
    CHECK(story.does(1, "classify", {{"pieces", 12}, {"reason", "补充"}}) == "");
    CHECK(story.fact("missing_slots") == Json{"lot"});
    CHECK(has(story.does(1, "accept"), "还缺：批号"));
    CHECK(story.does(1, "classify", {{"not_yet_known", "lot"}, {"reason", "包装已丢，等厂家查"}}) == "");
    CHECK(story.does(1, "accept") == "");
}

TEST_CASE("words for a slot fill it and never become a fact") {
    PackCase story(R"({"slots": [{"key": "lot", "title": "批号", "type": "text", "required": true}],
      "moves": [{"name": "classify", "command": "classify", "from": ["*"], "roles": ["staff"], "fields": ["lot"], "clause": "example/1"}]})");
    story.opens();
    CHECK(story.does(1, "classify", {{"lot", "A-17"}, {"reason", "补充"}}) == "");
    CHECK(story.fact("lot") == Json());
    CHECK(story.fact("missing_slots") == Json());
    const auto& data = story.last("ticket.classified").data;
    CHECK(data["fields"]["lot"] == "A-17");  // sealed as a whole by the engine
    CHECK_FALSE(data.contains("lot"));
}

namespace {
const char* const admission = R"({
  "slots": [{"key": "sued", "title": "已起诉", "type": "boolean"}, {"key": "may_sue", "title": "还可以起诉", "type": "boolean"}, {"key": "ours", "title": "归我们管", "type": "boolean"}, {"key": "province", "title": "本省", "type": "boolean"}],
  "admission": {"tests": [
    {"name": "sued", "when": {"var": "sued"}, "answer": "refuse", "reason": "已经起诉", "notice": "written", "clause": "example/1"},
    {"name": "elsewhere", "when": {"===": [{"var": "ours"}, false]}, "answer": "redirect", "reason": "不归我们管", "transfers_file": true, "to": [{"when": {"var": "province"}, "name": "省里"}, {"name": "全国中心", "contact": "12300"}], "clause": "example/1"},
    {"name": "may_sue", "when": {"var": "may_sue"}, "answer": "advise", "reason": "可以起诉", "advice": "建议先起诉", "unless_insists": true, "clause": "example/1"}]},
  "moves": [
    {"name": "reject", "command": "reject", "from": ["filed"], "to": "rejected", "roles": ["front_desk"], "when": {"in": [{"var": "admission"}, ["refuse", "redirect", "advise"]]}, "refuse_text": "没有不受理的理由", "clause": "example/1", "effects": [{"effect": "tell", "phrase": "customer.rejected"}]},
    {"name": "accept", "command": "accept", "from": ["filed"], "to": "handling", "roles": ["front_desk"], "when": {"==": [{"var": "admission"}, "accept"]}, "refuse_text": "不符合受理条件", "clause": "example/1", "effects": [{"effect": "route"}]},
    {"name": "insist", "command": "classify", "from": ["filed"], "roles": ["front_desk"], "fields": ["insists"], "clause": "example/1"}]})";
}

TEST_CASE("the admission tests decide: accept, refuse, redirect with the file, advise") {
    PackCase fine(admission);
    fine.opens();
    CHECK(fine.fact("admission") == "accept");
    CHECK(has(fine.does(1, "reject", {{"reason", "不想受理"}}), "没有不受理的理由"));
    CHECK(fine.does(1, "accept") == "");

    PackCase sued(admission);
    sued.filed.facts["sued"] = true;
    sued.filed.facts["may_sue"] = true;  // the first that bites
    sued.opens();
    CHECK(sued.fact("admission_test") == "sued");
    CHECK(has(sued.does(1, "accept"), "不符合受理条件"));
    CHECK(sued.does(1, "reject", {{"reason", "已起诉"}}) == "");
    CHECK(sued.last("ticket.rejected").data["notice"] == "written");
    CHECK(sued.all_owed.back().given.at("admission_reason") == Fact(std::string("已经起诉")));

    for (const auto& [province, body] : {std::pair{true, "省里"}, {false, "全国中心"}}) {
        PackCase other(admission);
        other.filed.facts["ours"] = false;
        other.filed.facts["province"] = province;
        other.opens();
        CHECK(other.does(1, "reject", {{"reason", "不归我们管"}}) == "");
        CHECK(other.last("ticket.rejected").data["body"] == body);
        CHECK(other.last("ticket.rejected").data["transfers_file"] == true);
        CHECK(other.ticket.phase == Phase::rejected);
    }
}

TEST_CASE("advice gives way to a person who insists, a bar does not") {
    PackCase advised(admission);
    advised.filed.facts["may_sue"] = true;
    advised.opens();
    CHECK(advised.fact("admission") == "advise");
    CHECK(has(advised.does(1, "accept"), "不符合受理条件"));
    CHECK(advised.does(1, "classify", {{"insists", true}, {"reason", "坚持"}}) == "");
    CHECK(advised.fact("admission") == "accept");
    CHECK(advised.does(1, "accept") == "");

    PackCase barred(admission);
    barred.filed.facts["sued"] = true;
    barred.opens();
    CHECK(barred.does(1, "classify", {{"insists", true}, {"reason", "坚持"}}) == "");
    CHECK(barred.fact("admission") == "refuse");
}

TEST_CASE("an invalid complaint becomes a demand, with its reason, and the owner follows") {
    PackCase story(
        R"({"reactions": [{"name": "invalid", "on": "ticket.classified", "when": {"==": [{"var": "event.validity"}, "invalid"]},
      "effects": [{"effect": "set", "fact": "kind", "value": "demand"}, {"effect": "set", "fact": "category", "value": "other"}, {"effect": "route"}], "clause": "example/1"}],
      "routes": [{"kinds": ["demand"], "role": "manager", "clause": "example/1"}]})");
    story.opens();
    CHECK(story.does(1, "accept") == "");
    CHECK(story.does(1, "classify", {{"validity", "valid"}, {"reason", "属实"}}) == "");
    CHECK(story.ticket.kind == "complaint");
    CHECK(story.does(1, "classify", {{"validity", "invalid"}, {"reason", "不是我方"}}) == "");
    CHECK(story.ticket.kind == "demand");
    CHECK(story.ticket.category == "other");
    CHECK(story.ticket.owner_role == "manager");
    CHECK(story.fact("intake_kind") == "complaint");
    CHECK(story.last("fact.set").clause == "example/1");
}

TEST_CASE("the eleventh person makes a group, the tenth does not") {
    PackCase story(
        R"({"reactions": [{"name": "group", "on": "supporter.joined", "when": {">": [{"var": "people"}, 10]}, "effects": [{"effect": "set_flag", "flag": "group"}, {"effect": "notify", "role": "director", "phrase": "staff.major"}], "clause": "example/1"}]})");
    story.opens();
    const auto join = [&](int person) {
        const auto decision = decide_record(story.ticket, "supporter.joined", {{"person", std::to_string(person)}},
                                            resident(PersonId{person}), story.policy, story.context, story.now);
        story.ticket = decision.ticket;
        return decision;
    };
    for (int person = 101; person <= 109; ++person) join(person);
    CHECK(story.fact("people") == 10);
    CHECK(story.ticket.flags.count("group") == 0);
    const auto eleventh = join(110);
    CHECK(story.ticket.flags.count("group") == 1);
    CHECK(eleventh.events.back().type == "flag.set");
}

TEST_CASE("reactions that go round are stopped") {
    PackCase story(
        R"({"reactions": [{"name": "round", "on": "task.dropped", "effects": [{"effect": "task", "task": "x", "role": "manager"}, {"effect": "drop", "task": "x"}], "clause": "example/1"},
      {"name": "start", "on": "ticket.accepted", "effects": [{"effect": "task", "task": "x", "role": "manager"}, {"effect": "drop", "task": "x"}], "clause": "example/1"}],
      "steps": [{"key": "x", "title": "某事", "clause": "example/1"}]})");
    story.opens();
    CHECK(story.does(1, "accept") == "");
    CHECK(story.events.size() < 400);
}

namespace {
const char* const slips = R"({
  "facts": [{"name": "own_fault", "type": "yes_no", "title": "我方责任"}, {"name": "loss_yuan", "type": "number", "title": "损失（元）"}],
  "steps": [{"key": "receipt", "title": "签收", "form": "slip", "clause": "example/1"},
    {"key": "cause", "title": "原因", "by": ["manager"], "fields": [{"name": "root", "title": "根本原因", "type": "text", "required": true}, "own_fault", {"name": "loss_yuan"}], "clause": "example/1"},
    {"key": "verify", "title": "效果验证", "decisions": [{"key": "effective", "title": "有效"}, {"key": "send_back", "title": "退回"}], "other_than_before": true, "clause": "example/1"}],
  "forms": [{"key": "slip", "title": "处理单", "number": "8D{YYYY}{MM}{DD}{NNN}", "copies": ["品质部"], "clause": "example/1"}],
  "moves": [{"name": "accept", "command": "accept", "from": ["filed"], "to": "handling", "roles": ["front_desk"], "clause": "example/1", "effects": [{"effect": "route"}, {"effect": "task", "task": "receipt", "role": "handler"}, {"effect": "task", "task": "cause", "role": "handler"}]},
    {"name": "cause-done", "command": "complete", "step": "cause", "from": ["handling"], "roles": ["handler", "manager"], "clause": "example/1", "effects": [{"effect": "task", "task": "verify", "role": "manager"}]},
    {"name": "verified", "command": "decide", "step": "verify", "from": ["handling"], "roles": ["manager", "director"], "clause": "example/1", "effects": [{"effect": "task", "task": "cause", "role": "handler", "when": {"==": [{"var": "given.decision"}, "send_back"]}}]}]})";
}

TEST_CASE("a receipt is signed by whom it was given to, once") {
    PackCase story(slips);
    story.opens();
    CHECK(story.does(1, "accept") == "");
    CHECK(story.fact("steps_open") == Json{"receipt", "cause"});
    CHECK(has(story.does(1, "complete", {{"step", "receipt"}}), "ticket.wrong_role: “签收”不由您这个岗位操作"));
    CHECK(story.does(2, "complete", {{"step", "receipt"}}) == "");
    CHECK(story.last("ticket.completed").data["form"] == "slip");
    CHECK(story.last("ticket.completed").data["copies"] == Json{"品质部"});
    CHECK(has(story.does(2, "complete", {{"step", "receipt"}}), "没有这项待办"));
    CHECK(story.fact("steps_done") == Json{"receipt"});
}

TEST_CASE("a step is filled in completely, its typed fields are facts") {
    PackCase story(slips);
    story.opens();
    CHECK(story.does(1, "accept") == "");
    CHECK(has(story.does(2, "complete", {{"step", "cause"}}), "缺少：根本原因"));
    CHECK(has(story.does(2, "complete", {{"step", "cause"}, {"fields", {{"root", "漏焊"}, {"own_fault", "是"}}}}),
              "填写不对：我方责任"));
    CHECK(has(story.does(2, "complete", {{"step", "cause"}, {"fields", {{"root", "漏焊"}, {"colour", "红"}}}}),
              "没有这一项：colour"));
    CHECK(has(story.does(2, "decide", {{"step", "cause"}, {"decision", "x"}, {"text", "x"}}), "ticket."));
    CHECK(story.does(3, "complete",
                     {{"step", "cause"}, {"fields", {{"root", "漏焊"}, {"own_fault", true}, {"loss_yuan", 12.5}}}}) ==
          "");
    CHECK(story.fact("own_fault") == true);
    CHECK(story.fact("loss_yuan") == 12.5);
    CHECK(story.last("ticket.completed").data["facts"]["loss_fen"] == 1250);
    CHECK(story.has_open("verify"));
}

TEST_CASE("the reviewer sends back until it is good, and is nobody who handled it") {
    PackCase story(slips);
    story.opens();
    CHECK(story.does(1, "accept") == "");
    CHECK(story.does(1, "assign", {{"assignee", "3"}}) == "");
    CHECK(story.does(2, "complete", {{"step", "cause"}, {"fields", {{"root", "漏焊"}}}}) == "");
    CHECK(has(story.does(3, "decide", {{"step", "verify"}, {"decision", "effective"}, {"text", "好"}}),
              "ticket.own_ticket"));
    CHECK(story.does(1, "assign", {{"assignee", "2"}}) == "");
    CHECK(has(story.does(3, "decide", {{"step", "verify"}, {"decision", "perhaps"}, {"text", "好"}}),
              "没有这个决定：perhaps。可以是：effective、send_back"));
    CHECK(story.does(3, "decide", {{"step", "verify"}, {"decision", "send_back"}, {"text", "再查"}}) == "");
    CHECK(story.has_open("cause"));
    CHECK(story.does(2, "complete", {{"step", "cause"}, {"fields", {{"root", "炉温"}}}}) == "");
    CHECK(story.does(3, "decide", {{"step", "verify"}, {"decision", "effective"}, {"text", "有效"}}) == "");
    CHECK_FALSE(story.has_open("cause"));
    CHECK_FALSE(story.has_open("verify"));
}

TEST_CASE("each open step is a form of its own, for those who may answer it") {
    PackCase story(slips);
    story.opens();
    CHECK(story.does(1, "accept") == "");
    const auto forms = allowed(story.ticket, {"handler", "staff", "owner"}, story.policy, story.context, story.now);
    std::vector<std::string> titles;
    for (const auto& form : forms)
        if (form.command == "complete") titles.push_back(form.title);
    CHECK(titles == std::vector<std::string>{"原因", "签收"});
    for (const auto& form : forms)
        if (form.title == "原因") {
            REQUIRE(form.fields.size() == 4);
            CHECK(form.fields[0].choices == std::vector<std::string>{"cause"});
            CHECK(form.fields[0].choice_titles == std::vector<std::string>{"原因"});
            CHECK(form.fields[1].name == "root");
            CHECK(form.fields[1].required);
            CHECK(form.fields[3].type == "number");
        }
    for (const auto& title : story.can(1)) CHECK(title != "签收");
}

namespace {
const char* const caps = R"({
  "phrases": {"zh-CN": {"staff.role.manager": "主管"}},
  "authority": [{"role": "handler", "field": "labour_percent", "at_most": 30, "clause": "example/1"}, {"role": "manager", "field": "labour_percent", "at_most": 50, "clause": "example/1"}, {"role": "director", "field": "labour_percent", "at_most": 100, "clause": "example/1"},
    {"role": "handler", "field": "amount_yuan", "at_most": 300, "kinds": ["complaint"], "clause": "example/1"}, {"role": "director", "field": "amount_yuan", "at_most": 1000, "clause": "example/1"}],
  "proposals": {"answers": ["agreed", "irreconcilable"], "rounds": 2, "clause": "example/1"},
  "moves": [{"name": "propose", "command": "propose", "from": ["handling", "waiting"], "to": "waiting", "roles": ["handler", "manager", "director"], "fields": [{"name": "labour_percent", "title": "工时费优惠", "type": "integer"}], "clause": "example/1", "effects": [{"effect": "ask_consent", "phrase": "customer.ask_consent"}]}]})";
}

TEST_CASE("nobody grants more than he may, and hears who may") {
    PackCase story(caps);
    story.opens();
    CHECK(story.does(1, "accept") == "");
    CHECK(has(story.does(2, "propose", {{"text", "打折"}, {"labour_percent", 31}}),
              "工时费优惠31超出权限：您的权限是30。请交给：主管、director"));
    CHECK(story.does(2, "propose", {{"text", "打折"}, {"labour_percent", 30}}) == "");
    CHECK(has(story.does(2, "propose", {{"text", "赔"}, {"amount_fen", 30001}}),
              "金额300.01超出权限：您的权限是300。请交给：director"));
    CHECK(has(story.does(3, "propose", {{"text", "赔"}, {"amount_fen", 1}}), "您没有这项权限"));
    CHECK(has(story.does(4, "propose", {{"text", "赔"}, {"amount_fen", 100001}}), "没有岗位可以决定"));
    CHECK(story.does(4, "propose", {{"text", "赔"}, {"amount_fen", 100000}}) == "");
    CHECK(has(story.does(4, "propose", {{"text", "赔"}}), "方案最多提出2次"));
    CHECK(has(story.does(0, "consent", {{"answer", "small_gap"}}), "没有这个答复"));
    CHECK(story.does(0, "consent", {{"answer", "agreed"}}) == "");
}

TEST_CASE("a pack may lead what is beyond a cap to somebody who approves it before the customer hears") {
    PackCase story(R"({
      "authority": [{"role": "handler", "field": "amount_yuan", "at_most": 300, "clause": "example/1"}, {"role": "manager", "field": "amount_yuan", "at_most": 2000, "clause": "example/1"}],
      "states": [{"key": "approving", "title": "待批准", "phase": "working"}],
      "moves": [{"name": "propose-over", "command": "propose", "from": ["handling"], "to": "approving", "roles": ["handler"], "when": {"var": "given.over_authority"}, "clause": "example/1"},
        {"name": "approve", "command": "review", "from": ["approving"], "to": "waiting", "roles": ["manager"], "when": {"==": [{"var": "given.decision"}, "approved"]}, "clause": "example/1", "effects": [{"effect": "ask_consent"}]},
        {"name": "disapprove", "command": "review", "from": ["approving"], "to": "handling", "roles": ["manager"], "clause": "example/1"}]})");
    story.opens();
    CHECK(story.does(1, "accept") == "");
    CHECK(story.does(2, "propose", {{"text", "赔"}, {"amount_fen", 50000}}) == "");
    CHECK(story.ticket.state == "approving");
    CHECK(story.count("consent.asked") == 0);
    CHECK(story.does(3, "review", {{"decision", "rejected"}, {"text", "太多"}}) == "");
    CHECK(story.does(2, "propose", {{"text", "赔"}, {"amount_fen", 30000}}) == "");
    CHECK(story.ticket.state == "waiting");
    CHECK(story.count("consent.asked") == 1);
}

TEST_CASE("words that the pack forbids do not reach a customer") {
    PackCase story(
        R"({"talk": {"never": [{"words": ["我猜", "应该是您"], "because": "不知道的事不猜测", "clause": "example/1"}], "convey_only": ["front_desk"], "clause": "example/1"}})");
    story.opens();
    CHECK(story.does(1, "accept") == "");
    CHECK(
        has(story.does(2, "reply", {{"text", "我猜是水压不够"}}), "对客户不说“我猜”：不知道的事不猜测。请换一种说法"));
    CHECK(story.does(2, "reply", {{"text", "正在查水压"}}) == "");
    CHECK(has(story.does(1, "reply", {{"text", "会赔您的"}}), "只转达已经批准的答复"));
    CHECK(has(story.does(2, "resolve", {{"text", "应该是您没关好"}}), "应该是您"));
    CHECK(story.does(2, "propose", {{"text", "换一个"}}) == "");
    CHECK(story.does(0, "consent", {{"answer", "agreed"}}) == "");
    CHECK(story.does(1, "reply", {{"text", "明天来换"}}) == "");
}

namespace {
const char* const penalties = R"({
  "penalties": [{"key": "late", "title": "逾期反馈", "yuan": 50, "against": "owner", "decided_by": "director", "appeal": {"to": "manager", "within": "7 days"}, "clause": "example/1"},
    {"key": "range", "title": "泄露", "from_yuan": 500, "to_yuan": 10000, "against": "handler", "decided_by": "director", "clause": "example/1"},
    {"key": "own", "title": "有权不用", "amount": {"if": [{"==": [{"var": "category"}, "quality"]}, 300, 1000]}, "against": "assignee", "decided_by": "director", "clause": "example/1"}],
  "reactions": [{"name": "late", "on": "ticket.urged", "effects": [{"effect": "penalty", "penalty": "late"}], "clause": "example/1"},
    {"name": "others", "on": "ticket.paused", "effects": [{"effect": "penalty", "penalty": "range"}, {"effect": "penalty", "penalty": "own"}], "clause": "example/1"}],
  "moves": [{"name": "urge", "command": "urge", "from": ["handling"], "roles": ["customer"], "clause": "example/1"}, {"name": "pause", "command": "pause", "from": ["handling"], "roles": ["manager"], "clause": "example/1"}]})";
}

TEST_CASE("a penalty is only proposed, a named person decides it, and it can be appealed against in time") {
    PackCase story(penalties);
    story.opens();
    CHECK(story.does(1, "accept") == "");
    CHECK(story.does(1, "assign", {{"assignee", "2"}}) == "");
    CHECK(story.does(0, "urge") == "");
    const auto& proposed = story.last("penalty.proposed");
    CHECK(proposed.by.kind == PartyKind::policy);
    CHECK(proposed.data["amount_fen"] == 5000);
    CHECK(proposed.data["staff"] == "2");
    CHECK(story.has_open("penalty:late"));
    CHECK(story.does(0, "urge") == "");
    CHECK(story.count("penalty.proposed") == 1);  // one waits already
    CHECK(has(story.does(3, "decide", {{"step", "penalty:late"}, {"decision", "confirmed"}, {"text", "属实"}}),
              "ticket.wrong_role"));
    CHECK(has(story.does(4, "decide",
                         {{"step", "penalty:late"}, {"decision", "confirmed"}, {"amount_fen", 6000}, {"text", "属实"}}),
              "请选“调整”"));
    CHECK(story.does(4, "decide", {{"step", "penalty:late"}, {"decision", "confirmed"}, {"text", "属实"}}) == "");
    CHECK(story.ticket.penalties.at(0).state == "confirmed");
    REQUIRE(story.has_open("appeal:late"));
    CHECK(has(story.does(5, "complete", {{"step", "appeal:late"}}), "申诉由本人提出"));
    story.at("2026-03-09T23:59");
    CHECK(story.does(2, "complete", {{"step", "appeal:late"}}) == "");
    REQUIRE(story.has_open("appeal_decision:late"));
    CHECK(has(story.does(4, "decide", {{"step", "appeal_decision:late"}, {"decision", "cancelled"}, {"text", "查明"}}),
              "ticket.wrong_role"));
    CHECK(story.does(3, "decide", {{"step", "appeal_decision:late"}, {"decision", "cancelled"}, {"text", "查明"}}) ==
          "");
    CHECK(story.ticket.penalties.at(0).state == "cancelled");
    for (const auto& owed : story.all_owed) CHECK(owed.effect.name != "penalty");
}

TEST_CASE("an appeal comes too late on the eighth day") {
    PackCase story(penalties);
    story.opens();
    CHECK(story.does(1, "accept") == "");
    CHECK(story.does(1, "assign", {{"assignee", "2"}}) == "");
    CHECK(story.does(0, "urge") == "");
    CHECK(story.does(4, "decide", {{"step", "penalty:late"}, {"decision", "confirmed"}, {"text", "属实"}}) == "");
    story.at("2026-03-10T00:00");
    CHECK(has(story.does(2, "complete", {{"step", "appeal:late"}}), "申诉期限已经过了"));
}

TEST_CASE("a range leaves the amount to the person, an amount may follow from the case") {
    PackCase story(penalties);
    story.opens();
    CHECK(story.does(1, "accept") == "");
    CHECK(story.does(3, "pause", {{"reason", "等件"}, {"until", to_ms(moment("2026-03-05T09:00"))}}) == "");
    CHECK(story.ticket.penalties.size() == 2);
    CHECK(story.ticket.penalties.at(1).fen == 30000);
    const auto decide_range = [&](std::int64_t fen) {
        return story.does(
            4, "decide", {{"step", "penalty:range"}, {"decision", "confirmed"}, {"amount_fen", fen}, {"text", "属实"}});
    };
    CHECK(has(story.does(4, "decide", {{"step", "penalty:range"}, {"decision", "confirmed"}, {"text", "属实"}}),
              "请写明金额"));
    CHECK(has(decide_range(49999), "范围以内"));
    CHECK(has(decide_range(1000001), "范围以内"));
    CHECK(decide_range(1000000) == "");
    CHECK(story.ticket.penalties.at(0).fen == 1000000);
    CHECK_FALSE(story.has_open("appeal:range"));  // no appeal is printed
    CHECK(story.does(4, "decide", {{"step", "penalty:own"}, {"decision", "dropped"}, {"text", "情有可原"}}) == "");
    CHECK(story.ticket.penalties.at(1).state == "dropped");
}

TEST_CASE("two handlers are enough, one is not, but for a simple case") {
    PackCase story(R"({
      "facts": [{"name": "simple", "type": "yes_no", "title": "简单案件"}],
      "moves": [{"name": "assign", "command": "assign", "from": ["handling"], "roles": ["manager"], "fields": [{"name": "with", "title": "协办人", "type": "person"}], "clause": "example/1", "effects": [{"effect": "assign", "to": "given"}]},
        {"name": "classify", "command": "classify", "from": ["*"], "roles": ["manager"], "fields": ["simple"], "clause": "example/1"},
        {"name": "resolve", "command": "resolve", "from": ["handling"], "to": "resolved", "roles": ["handler"], "when": {"or": [{">=": [{"var": "handlers"}, 2]}, {"var": "simple"}]}, "refuse_text": "调查要两个人以上", "clause": "example/1", "effects": [{"effect": "tell", "phrase": "customer.rated"}]}]})");
    story.opens();
    CHECK(story.does(1, "accept") == "");
    CHECK(story.does(3, "assign", {{"assignee", "2"}}) == "");
    CHECK(has(story.does(2, "resolve", {{"text", "好了"}}), "调查要两个人以上"));
    SECTION("a second person") {
        CHECK(story.does(3, "assign", {{"assignee", "2"}, {"with", "5"}}) == "");
        CHECK(story.fact("handlers") == 2);
    }
    SECTION("a simple case") { CHECK(story.does(3, "classify", {{"simple", true}, {"reason", "简单"}}) == ""); }
    CHECK(story.does(2, "resolve", {{"text", "好了"}}) == "");
}

TEST_CASE("who is complained of is taken off the case and is not given it again") {
    PackCase story(R"({"recusal": {"fields": ["complained_of"], "clause": "example/1"},
      "moves": [{"name": "name-person", "command": "classify", "from": ["*"], "roles": ["front_desk"], "fields": [{"name": "complained_of", "title": "被投诉人", "type": "person"}], "clause": "example/1"}]})");
    story.opens();
    CHECK(story.does(1, "accept") == "");
    CHECK(story.does(1, "assign", {{"assignee", "2"}}) == "");
    CHECK(story.does(1, "classify", {{"complained_of", "2"}, {"reason", "投诉的就是他"}}) == "");
    CHECK(story.ticket.recused.count(2) == 1);
    CHECK_FALSE(story.ticket.assignee);
    story.context.kept_out = story.ticket.recused;  // as the engine gathers it
    CHECK(has(story.does(1, "assign", {{"assignee", "2"}}), "这位同事要回避"));
    CHECK(story.does(1, "assign", {{"assignee", "5"}}) == "");
}

TEST_CASE("a drawn stratum opens the step for its own role") {
    PackCase story(R"({
      "revisit": {"means": ["phone", "visit"], "in_person": ["visit"], "clause": "example/1", "strata": [
        {"name": "all", "when": {"==": [{"var": "category"}, "quality"]}, "rate_percent": 100, "role": "manager", "task": "look_after", "clause": "example/1"},
        {"name": "none", "rate_percent": 0, "role": "manager", "task": "look_after", "clause": "example/1"}]},
      "steps": [{"key": "look_after", "title": "关怀回访", "clause": "example/1"}],
      "moves": [{"name": "resolve", "command": "resolve", "from": ["handling"], "to": "resolved", "roles": ["handler"], "clause": "example/1", "effects": [{"effect": "sample", "revisit": "all"}, {"effect": "tell", "phrase": "customer.rated"}]}]})");
    story.opens();
    CHECK(story.does(1, "accept") == "");
    CHECK(story.does(2, "resolve", {{"text", "好了"}}) == "");
    CHECK(story.has_open("look_after"));
    CHECK(story.ticket.steps.back().role == "manager");
    CHECK(story.fact("drawn") == true);
}

TEST_CASE("the pack's own scale is the only one") {
    PackCase story(
        R"({"surveys": {"answers": [{"score": 4, "title": "差"}, {"score": 10, "title": "好"}, {"score": 6, "title": "一般"}], "low": 4, "clause": "example/1"},
      "moves": [{"name": "rate", "command": "rate", "from": ["resolved", "closed"], "roles": ["customer"], "clause": "example/1"}]})");
    story.opens();
    CHECK(story.does(1, "accept") == "");
    CHECK(story.does(2, "resolve", {{"text", "好了"}}) == "");
    CHECK(has(story.does(0, "rate", {{"score", 5}}), "分数是4、6、10之一"));
    CHECK(story.does(0, "rate", {{"score", 10}}) == "");
    CHECK(story.ticket.rating->scale == 10);
}

TEST_CASE("a record of our own ends without a word to anybody") {
    PackCase story(
        R"({"kinds": [{"key": "delivery", "title": "交车", "unasked": true, "clause": "example/1", "categories": [{"key": "new_car", "title": "新车"}]}],
      "states": [{"key": "looked_after", "title": "已回访", "phase": "closed"}],
      "opening": [{"when": {"==": [{"var": "kind"}, "delivery"]}, "to": "handling", "clause": "example/1"}, {"to": "filed", "clause": "example/1", "effects": [{"effect": "tell", "phrase": "customer.filed"}]}],
      "moves": [{"name": "done", "command": "revisit", "from": ["handling"], "to": "looked_after", "roles": ["staff"], "when": {"==": [{"var": "kind"}, "delivery"]}, "clause": "example/1"}]})");
    story.filed.kind = "delivery";
    story.filed.category = "new_car";
    story.opens();
    CHECK(story.does(1, "revisit", {{"means", "phone"}, {"reached", true}}) == "");
    CHECK(story.ticket.phase == Phase::closed);
    CHECK(story.owed("tell").empty());
}
