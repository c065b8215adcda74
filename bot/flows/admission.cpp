// Whether a matter is taken at all: the pack's admission tests, asked before anything is filed. A refusal says its
// reason, its clause and what can be done instead; it is a message of the conversation with the test's name beside it,
// saved before it is heard. It is never the end: whoever told something wrongly mends it, and whoever wants it on paper
// has it filed, for staff to decide.
#include <algorithm>

#include "bot/flows/filing.h"
#include "bot/said.h"

namespace huiyin {
namespace {

std::string clause_words(const Turn& t, const std::string& id) {
    const auto* clause = t.world.policy->clause(id);
    return clause ? t.name("clause", id, clause->text) : std::string{};
}

// A sentence's end is put by the phrase around it.
std::string bare(const std::string& words) { return without_outer_marks(words); }

void offer(Turn& t, Reply& reply, const Draft& draft, const char* title, const char* answer) {
    t.choice(reply, t.text(std::string("talk.choice.") + title),
             {{"talk", "admission"}, {"draft", draft.id}, {"answer", answer}});
    t.talk.question.options.emplace_back(answer);
}

// What the message says to "may it be filed at all": insist, wrong (something was told wrongly), leave; empty: nothing
// that could be taken for one of them. The draft ends only on a clear word.
std::string admission_answer(const Turn& t) {
    const auto& text = t.meant.text;
    const auto is_title = [&](const char* title) {
        return says_just(text, t.text(std::string("talk.choice.") + title));
    };
    if (is_title("file_anyway") || is_title("insist") || is_title("pass_on")) return "insist";
    if (is_title("not_filed") || is_title("own_way")) return "leave";
    if (is_title("told_wrongly")) return "wrong";
    if (says_any(text, {"还是要",   "还要你们", "要书面",   "向你们投", "仍要",     "仍然要",   "还是要登", "还是要投",
                        "还是要申", "还是要你", "还是登记", "坚持",     "照样登",   "照登",     "先登记",   "我要登记",
                        "要登记",   "帮我登",   "给我登",   "就要登",   "书面答复", "书面告知", "书面回复", "书面通知",
                        "转过去",   "帮我转",   "你们受理", "给我受理", "必须受理", "必须登记", "一定要登", "就该管",
                        "应该管",   "必须管",   "登记吧",   "登记上",   "照样要"}) ||
        text.find("不登记不行") != std::string::npos || text.find("不受理不行") != std::string::npos ||
        text.find("不是不登记") != std::string::npos || text.find("没说不登记") != std::string::npos)
        return "insist";
    if (says_any(text,
                 {"说错", "记错", "搞错", "写错", "点错", "选错", "弄错", "填错", "看错", "要改", "我改", "改一下"}))
        return "wrong";
    bool leaves = false;
    for (const auto& clause : clauses(text)) {
        if (says_just(clause, "不对")) return "wrong";
        // "我先去找企业": he goes his other way; "我去找过了" is no such thing.
        static constexpr std::string_view goes[] = {"我去找", "我先去",   "我自己去", "那我去",   "我去问",
                                                    "我去办", "我去法院", "我去申请", "我去复议", "我去起诉",
                                                    "我先找", "那我找",   "我等"};
        const bool went = clause.find("过") != std::string::npos || clause.find("没") != std::string::npos ||
                          clause.find("不") != std::string::npos || clause.find("吗") != std::string::npos;
        if (!went && std::any_of(std::begin(goes), std::end(goes), [&](std::string_view words) {
                return clause.starts_with(words) || clause.find("那" + std::string(words)) != std::string::npos;
            }))
            leaves = true;
        for (const std::string_view words :
             {"知道了", "明白了", "清楚了",   "不登记", "不用登记",   "不要登记",   "别登记",
              "不报了", "不投诉", "不申诉",   "算了",   "那算了",     "不用了",     "不要了",
              "不办了", "不弄了", "先不登记", "先不报", "暂时不登记", "按您说的办", "听您的"})
            leaves = leaves || says_just(clause, words);
    }
    // "知道了,可是…", "明白了,凭什么": no end of it.
    for (const std::string_view but : {"但", "可是", "不过", "凭什么", "为什么", "?", "？", "还是", "怎么"})
        if (text.find(but) != std::string::npos) leaves = false;
    return leaves ? "leave" : "";
}

void put_choices(Turn& t, Reply& reply, const Draft& draft, const AdmissionTest& test, const std::string& answer) {
    if (answer == "advise") {
        offer(t, reply, draft, "insist", "insist");
        offer(t, reply, draft, "own_way", "leave");
        return;
    }
    offer(t, reply, draft, "told_wrongly", "wrong");
    offer(t, reply, draft, test.transfers_file ? "pass_on" : "file_anyway", "insist");
    offer(t, reply, draft, "not_filed", "leave");
}

}  // namespace

bool ask_admission(Turn& t, Draft& draft, bool unclear) {
    if (draft.insists || t.world.policy->admission.tests.empty()) return false;
    const auto facts = known_of(t, draft);
    auto judged = judge_admission(*t.world.policy, facts);
    // What staff have still to find out keeps nobody from hearing of his other ways now.
    if (judged.answer == "ask")
        for (const auto& test : t.world.policy->admission.tests)
            if (const bool of_kind = test.kinds.empty() ||
                                     std::find(test.kinds.begin(), test.kinds.end(), draft.kind) != test.kinds.end();
                of_kind && test.answer == "advise" && holds(test.when, facts)) {
                judged = {test.answer, &test, nullptr};
                break;
            }
    if (!judged.test || judged.answer == "accept" || judged.answer == "ask") return false;
    const auto& test = *judged.test;
    const auto& before = t.talk.question;
    if (before.kind == "admission" && before.detail == test.name && before.asked >= (unclear ? 2 : 3)) {
        // Put often enough: the draft stays, and a person finds out what is wanted.
        auto& person = t.ask({.kind = "offer_person", .detail = "admission", .key = "talk.admission_person"});
        t.choice(person, t.text("talk.choice.person"), {{"talk", "person"}});
        return true;
    }
    PhraseValues values{{"reason", bare(t.name("reason", test.name, test.reason))},
                        {"advice", bare(t.name("advice", test.name, test.advice))},
                        {"clause", bare(clause_words(t, test.clause))},
                        {"body", {}},
                        {"contact", {}}};
    if (const auto* body = judged.body) {
        const auto number = std::to_string(std::distance(test.bodies.data(), body) + 1);
        values["body"] = t.name("body", test.name + "." + number, body->name);
        values["contact"] = bare(t.name("contact", test.name + "." + number, body->contact));
    }
    const std::string key = unclear ? "talk.admission_which" : "talk.admission_" + judged.answer;
    auto& reply = t.ask({.kind = "admission", .detail = test.name, .key = key}, values);
    if (auto& said = reply.text; t.in_english() && !said.empty() && said[0] >= 'a' && said[0] <= 'z')
        said[0] = static_cast<char>(said[0] - 'a' + 'A');  // the reason may begin it
    reply.more = {{"test", test.name},
                  {"answer", judged.answer},
                  {"clause", test.clause},
                  {"policy", t.world.policy->id},
                  {"policy_version", t.world.policy->version}};
    put_choices(t, reply, draft, test, judged.answer);
    return true;
}

bool admission_flow(Turn& t, Draft& draft) {
    auto answer = t.heard.kind == HeardKind::choice ? t.heard.action.value("answer", std::string{}) : std::string{};
    const auto& question = t.talk.question;
    if (answer.empty()) {
        const bool asked =
            question.kind == "admission" || (question.kind == "offer_person" && question.detail == "admission");
        if (!asked || t.heard.kind != HeardKind::text) return false;
        const auto index = t.is_just(MeaningKind::menu_number)
                               ? static_cast<std::size_t>(t.value_of(MeaningKind::menu_number)[0] - '1')
                               : question.options.size();
        if (index < question.options.size()) answer = question.options[index];
        if (answer.empty()) answer = admission_answer(t);
        if (answer != "insist" && answer != "leave" && edit_in_words(t, draft)) {
            draft.words.push_back(t.heard.text);
            t.clear_question();
            return filing::next(t), true;
        }
        if (answer.empty() && question.kind == "admission") {
            // "对", "嗯", "谢谢", "为什么": none of the ways. Asked again once, before anything ends.
            const bool why =
                t.meant.text.find("为什么") != std::string::npos || t.meant.text.find("凭什么") != std::string::npos;
            const bool vague = t.is_just(MeaningKind::yes) || t.is_just(MeaningKind::vague_yes) ||
                               t.is_just(MeaningKind::indifferent) || t.is_just(MeaningKind::no) ||
                               t.is_just(MeaningKind::thanks) || t.is_just(MeaningKind::nonsense) ||
                               (!t.meant.has_substance && t.meant.kind != MessageKind::consultation);
            if (!why && !vague) return false;
            return ask_admission(t, draft, !why), true;
        }
        if (answer.empty()) return false;
    }
    if (answer == "insist") {
        draft.insists = true;
        t.clear_question();
        return filing::next(t), true;
    }
    if (answer == "wrong") {
        filing::read_back(t, draft, "talk.readback_wrong");
        return true;
    }
    const Draft left = draft;
    t.talk.drop_draft(left.id);
    t.clear_question();
    t.say("talk.admission_left");
    filing::go_on(t, left);
    return true;
}

}  // namespace huiyin
