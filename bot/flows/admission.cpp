// Whether a matter is taken at all: the pack's admission tests, asked before anything is filed. A refusal says its
// reason, its clause and what can be done instead; it is a message of the conversation with the test's name beside it,
// saved before it is heard. It is never the end: whoever told something wrongly mends it, and whoever wants it on paper
// has it filed, for staff to decide.
#include <algorithm>

#include "bot/flows/filing.h"

namespace huiyin {
namespace {

std::string clause_words(const Turn& t, const std::string& id) {
    const auto* clause = t.world.policy->clause(id);
    return clause ? clause->text : std::string{};
}

// A sentence's end is put by the phrase around it.
std::string bare(std::string words) {
    for (const std::string_view mark : {"。", "；", "，"})
        if (words.ends_with(mark)) words.erase(words.size() - mark.size());
    return words;
}

void offer(Turn& t, Reply& reply, const Draft& draft, const char* title, const char* answer) {
    t.choice(reply, t.text(std::string("talk.choice.") + title),
             {{"talk", "admission"}, {"draft", draft.id}, {"answer", answer}});
    t.talk.question.options.emplace_back(answer);
}

bool says_any(const Turn& t, std::initializer_list<std::string_view> words) {
    for (const auto word : words)
        if (t.meant.text.find(word) != std::string::npos) return true;
    return false;
}

}  // namespace

bool ask_admission(Turn& t, Draft& draft) {
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
    PhraseValues values{{"reason", bare(test.reason)},
                        {"advice", bare(test.advice)},
                        {"clause", bare(clause_words(t, test.clause))},
                        {"body", judged.body ? judged.body->name : std::string{}},
                        {"contact", judged.body ? bare(judged.body->contact) : std::string{}}};
    Question question{.kind = "admission", .detail = test.name, .key = "talk.admission_" + judged.answer};
    auto& reply = t.ask(std::move(question), values);
    reply.more = {{"test", test.name},
                  {"answer", judged.answer},
                  {"clause", test.clause},
                  {"policy", t.world.policy->id},
                  {"policy_version", t.world.policy->version}};
    if (judged.answer == "advise") {
        offer(t, reply, draft, "insist", "insist");
        offer(t, reply, draft, "own_way", "leave");
        return true;
    }
    offer(t, reply, draft, "told_wrongly", "wrong");
    offer(t, reply, draft, test.transfers_file ? "pass_on" : "file_anyway", "insist");
    offer(t, reply, draft, "not_filed", "leave");
    return true;
}

bool admission_flow(Turn& t, Draft& draft) {
    auto answer = t.heard.kind == HeardKind::choice ? t.heard.action.value("answer", std::string{}) : std::string{};
    const auto& question = t.talk.question;
    if (answer.empty()) {
        if (question.kind != "admission" || t.heard.kind != HeardKind::text) return false;
        if (t.is_just(MeaningKind::menu_number)) {
            const auto index = static_cast<std::size_t>(t.value_of(MeaningKind::menu_number)[0] - '1');
            if (index < question.options.size()) answer = question.options[index];
        } else if (says_any(t, {"仍", "坚持", "还是要", "照样", "书面", "转过去", "先登记"})) {
            answer = "insist";
        } else if (edit_in_words(t, draft)) {
            draft.words.push_back(t.heard.text);
            t.clear_question();
            return filing::next(t), true;
        } else if (says_any(t, {"说错", "记错", "不对", "搞错", "写错", "点错", "要改"})) {
            answer = "wrong";
        } else if (t.is_just(MeaningKind::yes) || t.is_just(MeaningKind::vague_yes) || t.is_just(MeaningKind::thanks) ||
                   t.is_just(MeaningKind::cancel) || t.is_just(MeaningKind::no) ||
                   says_any(t, {"知道了", "明白了", "那算了", "不登记", "我去找"})) {
            answer = "leave";
        } else {
            return false;
        }
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
    const auto id = draft.id;
    t.talk.drop_draft(id);
    t.clear_question();
    t.say("talk.admission_left");
    if (auto* other = t.talk.draft()) {
        if (!other->ticket) t.say("talk.other_draft", {{"matter", other->matter}});
        filing::next(t);
    }
    return true;
}

}  // namespace huiyin
