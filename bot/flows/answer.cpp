// Answers to what the engine asked: do you accept the proposal, is it really fixed, how many points.
// A vague word is never a consent; a consent with a "but" is none; where two questions are open, the bot asks which.
#include <algorithm>

#include "bot/flows/flows.h"
#include "bot/said.h"

namespace huiyin {

bool wants_reason(const Turn& t, int score) {
    const auto& surveys = t.world.policy->surveys;
    return score <= (surveys.answers.empty() ? std::max(surveys.low, 3) : surveys.low);
}

void ask_low_reason(Turn& t, TicketId ticket) {
    const std::string id = to_text(ticket);
    // What is being told is not put aside for it: a tap gives the reason, and the words that follow go on telling.
    const bool telling = t.telling();
    auto& reply =
        telling ? t.say("talk.ask_low_reason") : t.ask({.kind = "words", .detail = id, .key = "talk.ask_low_reason"});
    for (const char* reason : {"slow", "manner", "not_fixed", "again", "silence"}) {
        const auto key = std::string("talk.reason.") + reason;  // staff read it in the house's language
        t.choice(reply, t.text(key), {{"talk", "words"}, {"ticket", id}, {"words", t.world.pack->text(key)}});
    }
    if (telling) t.answered();
}

namespace {

std::string label(const Turn& t, TicketId id) {
    const auto* own = t.own(id);
    return own ? t.shown_label(own->label) : std::string{};
}

// The pack knows this answer to a proposal.
bool may_answer(const Turn& t, std::string_view answer) {
    const auto& known = t.world.policy->proposals.answers;
    return std::find(known.begin(), known.end(), answer) != known.end();
}

struct Meant {
    std::string prompt;  // consent, fixed, rating
    std::string command;
    nlohmann::json fields;
};

// On a scale of the pack's own ("不满意", "满意"): by its number in the list, its title, or a word that lies near it.
std::optional<int> score_of_pack(const Turn& t) {
    const auto& answers = t.world.policy->surveys.answers;
    if (t.is_just(MeaningKind::menu_number)) {
        const auto number = static_cast<std::size_t>(t.value_of(MeaningKind::menu_number)[0] - '0');
        if (number >= 1 && number <= answers.size()) return answers[number - 1].score;
        for (const auto& one : answers)
            if (one.score == static_cast<int>(number)) return one.score;
        return std::nullopt;
    }
    for (const auto& one : answers)
        if (t.meant.text == one.title || says_just(t.heard.text, t.answer(one))) return one.score;
    const auto* meaning = t.meant.find(MeaningKind::rating_correction);
    if (!meaning) meaning = t.meant.find(MeaningKind::rating);
    if (!meaning || meaning->value.empty()) return std::nullopt;
    const int points = meaning->value[0] - '0';
    const auto last = answers.size() - 1;
    if (points < 1 || points > 5 || (points == 3 && last % 2 == 1))
        return std::nullopt;  // neither the one nor the other
    return answers[(static_cast<std::size_t>(points - 1) * last + 2) / 4].score;
}

// One of the pack's own buttons, said in words: "已经照办了" for [已经照办]. The longest that is said; empty: none.
std::string said_button(const Turn& t, std::string_view question, std::initializer_list<const char*> answers) {
    std::string found;
    std::size_t longest = 0;
    const auto& own = t.world.pack->own;
    if (!own || t.heard.kind != HeardKind::text) return found;
    for (const char* answer : answers) {
        const auto key = "customer.choice." + std::string(question) + answer;
        if (!own->has(key)) continue;
        const auto title = own->render(key);
        if (title.size() <= longest || !says_just(t.heard.text, title)) continue;
        longest = title.size();
        found = answer;
    }
    return found;
}

bool is_a_sentence(const Turn& t) {
    constexpr std::size_t a_sentence = 60;  // bytes
    return t.heard.kind == HeardKind::text && t.meant.text.size() <= a_sentence && !t.meant.slots.has_address();
}

// "根本没人来过": asked whether it is mended, that says no.
bool nobody_came(const Turn& t) {
    return is_a_sentence(t) &&
           contains_any(t.meant.text, {"没人来", "没来过", "没来人", "没有人来", "没人上门", "没见人"});
}
bool nothing_was_done(const Turn& t) {
    return nobody_came(t) || (is_a_sentence(t) && contains_any(t.meant.text, {"没人修", "没动过"}));
}

// "谁说修好了", "不是真的好了", "修好了才怪": that says no, too. Not under a condition, nor with another denial in it.
bool denies_mending(const Turn& t) {
    if (!is_a_sentence(t) || t.talk.draft() ||
        contains_any(t.meant.text, {"没", "未", "等", "如果", "要是", "的话", "再说", "再告诉", "除非"}))
        return false;
    const auto& text = t.meant.text;
    const bool mended = contains_any(text, {"好了", "修好", "解决了", "弄好", "处理好", "办好", "真的好", "真好"}) ||
                        text.find(t.text("customer.choice.fixed_yes")) != std::string::npos;
    return mended && contains_any(text, {"谁说", "谁讲", "才怪", "不是真的", "不是真好", "哪里好", "哪儿好", "哪有好",
                                         "哪里修好", "哪儿修好", "哪里解决", "哪里处理好", "不算好", "不算修好"});
}

// "亮了亮了", "来水了", "不漏了": as a whole message, that says yes.
bool works_again(const Turn& t) {
    if (t.heard.kind != HeardKind::text || t.meant.slots.has_address()) return false;
    const auto all = clauses(t.meant.text);
    return !all.empty() &&
           std::all_of(all.begin(), all.end(),
                       [](const std::string& clause) {
                           for (const std::string_view way :
                                {"亮了", "亮了亮了", "灯亮了", "通了", "来水了", "有水了", "来电了", "有电了", "不漏了",
                                 "不堵了", "能用了", "可以用了", "好使了", "热了", "谢谢", "嗯", "是的"})
                               if (clause == way) return true;
                           return false;
                       }) &&
           !t.is_just(MeaningKind::thanks) && !t.is_just(MeaningKind::yes);
}

// "能不能便宜点": he would take another proposal; "凭什么我出钱": he will not have this one.
bool bargains(const Turn& t) {
    constexpr std::size_t a_sentence = 60;  // bytes
    return t.heard.kind == HeardKind::text && t.meant.text.size() <= a_sentence && !t.meant.slots.has_address() &&
           contains_any(t.meant.text, {"便宜", "少一点", "少点", "太贵", "贵了", "打个折", "免了", "免费", "早一点",
                                       "早点来", "换个时间", "改个时间", "改天", "晚点来"});
}
bool objects(const Turn& t) {
    constexpr std::size_t a_sentence = 60;  // bytes
    return t.heard.kind == HeardKind::text && t.meant.text.size() <= a_sentence && !t.meant.slots.has_address() &&
           contains_any(t.meant.text, {"凭什么", "不合理", "我不出", "不出这个钱", "为什么要我", "我不认"});
}

// "还差一点", the button's own words, "还差一点，希望今天来": of a proposal that is asked last, for of what was mended
// they say that it is mended in part.
bool a_little_short(const Turn& t) {
    if (!is_a_sentence(t) || t.talk.draft() || t.world.prompts.front().kind != "consent") return false;
    for (const char* title : {"customer.choice.small_gap", "talk.choice.small_gap"})
        if (says_just(t.heard.text, t.text(title))) return true;
    return t.means(MeaningKind::fixed_partly);
}

// What the message says to an open question of this kind, if anything.
std::optional<Meant> reading(const Turn& t, std::string_view kind) {
    if (kind == "consent") {
        if (const auto said = said_button(t, "", {"agreed", "small_gap", "irreconcilable"}); said == "agreed")
            return Meant{"consent", "consent", {{"answer", "agreed"}}};
        else if (!said.empty())
            return Meant{"consent", "consent", {{"answer", said}, {"text", t.heard.text}}};
        const bool short_of_it = t.means(MeaningKind::partial_consent) || a_little_short(t);
        if (short_of_it && !may_answer(t, "small_gap")) return std::nullopt;
        if (short_of_it) return Meant{"consent", "consent", {{"answer", "small_gap"}, {"text", t.heard.text}}};
        if (t.means(MeaningKind::agree_proposal) && !doubts_mending(t.meant.text))
            return Meant{"consent", "consent", {{"answer", "agreed"}}};
        if (bargains(t) && may_answer(t, "small_gap") && !t.talk.draft())
            return Meant{"consent", "consent", {{"answer", "small_gap"}, {"text", t.heard.text}}};
        return std::nullopt;
    }
    if (kind == "fixed") {
        if (const auto said = said_button(t, "fixed_", {"yes", "partly", "no"}); said == "yes")
            return Meant{"fixed", "confirm", {{"fixed", "yes"}}};
        else if (!said.empty())
            return Meant{"fixed", "confirm", {{"fixed", said}, {"text", t.heard.text}}};
        if (t.means(MeaningKind::fixed_partly))
            return Meant{"fixed", "confirm", {{"fixed", "partly"}, {"text", t.heard.text}}};
        if (nothing_was_done(t) || denies_mending(t))
            return Meant{"fixed", "confirm", {{"fixed", "no"}, {"text", t.heard.text}}};
        if (works_again(t)) return Meant{"fixed", "confirm", {{"fixed", "yes"}}};
        if (t.means(MeaningKind::fixed_no)) return Meant{"fixed", "confirm", {{"fixed", "no"}, {"text", t.heard.text}}};
        if (t.means(MeaningKind::fixed_yes) && !doubts_mending(t.meant.text))
            return Meant{"fixed", "confirm", {{"fixed", "yes"}}};
        return std::nullopt;
    }
    if (!t.world.policy->surveys.answers.empty()) {
        const auto score = score_of_pack(t);
        return score ? std::optional(Meant{"rating", "rate", {{"score", *score}}}) : std::nullopt;
    }
    const auto* meaning = t.meant.find(MeaningKind::rating_correction);
    if (!meaning) meaning = t.meant.find(MeaningKind::rating);
    if (!meaning && t.is_just(MeaningKind::menu_number)) meaning = t.meant.find(MeaningKind::menu_number);
    if (!meaning || meaning->value.empty()) return std::nullopt;
    const int score = meaning->value[0] - '0';
    if (score < 1 || score > 5) return std::nullopt;
    return Meant{"rating", "rate", {{"score", score}}};
}

std::vector<const Prompt*> open_of(const Turn& t, std::string_view kind) {
    std::vector<const Prompt*> found;
    for (const auto& prompt : t.world.prompts)
        if (prompt.kind == kind) found.push_back(&prompt);
    return found;
}

void answer(Turn& t, const Prompt& prompt, const Meant& meant) {
    auto fields = meant.fields;
    // The button's own words, typed, say nothing of what is still short.
    for (const char* title : {"talk.choice.small_gap", "customer.choice.fixed_partly"})
        if (says_only(t.heard.text, t.text(title))) fields.erase("text");
    if (meant.command == "confirm" && nobody_came(t)) t.say("talk.nobody_came").ticket = prompt.ticket;
    t.command(prompt.ticket, meant.command, fields);
    if (meant.command == "rate") {
        ask_after_rating(t, prompt.ticket, fields.value("score", 5));
    } else {
        // What is still short, or not mended, may follow in further words.
        const bool open_end =
            fields.value("answer", std::string{}) == "small_gap" || fields.value("fixed", std::string{"yes"}) != "yes";
        t.answered(open_end ? prompt.ticket : TicketId{});
    }
}

// The message tells of something else than this ticket: another building, or another field of work.
bool tells_of_another(const Turn& t, TicketId id) {
    const auto* own = t.own(id);
    if (!own || t.meant.matter.empty() || t.meant.category.empty()) return false;
    const auto& said = t.meant.slots;
    if (said.building && own->label.rfind(*said.building + "栋", 0) != 0) return true;
    return t.meant.category_sure && t.meant.category != own->ticket.category && said.has_address();
}

// Whether it is mended is what the message speaks of, and nothing else.
bool speaks_of_mending(const Turn& t) {
    constexpr std::size_t a_sentence = 60;  // bytes
    if (t.heard.kind != HeardKind::text || t.meant.text.size() > a_sentence || t.meant.slots.has_address() ||
        t.means(MeaningKind::progress) || t.means(MeaningKind::urge) || t.means(MeaningKind::fixed_no))
        return false;
    if (t.means(MeaningKind::fixed_yes)) return true;
    for (const char* word : {"好了", "修好", "解决", "弄好", "处理好", "办好"})
        if (t.meant.text.find(word) != std::string::npos) return true;
    const auto title = t.text("customer.choice.fixed_yes");
    return t.meant.text.find(title) != std::string::npos;
}

// The same question is open for several tickets: which one is meant?
void ask_which(Turn& t, const std::vector<const Prompt*>& prompts, const Meant& meant) {
    auto& reply = t.ask({.kind = "which_answer", .detail = meant.prompt, .key = "talk.which_answer"});
    for (const auto* prompt : prompts) {
        auto action = meant.fields;
        action["command"] = meant.command;
        action["ticket"] = to_text(prompt->ticket);
        const auto* own = t.own(prompt->ticket);
        t.choice(reply, own ? t.short_label(own->label) : std::string{}, action);
        t.talk.question.options.push_back(to_text(prompt->ticket));
        if (reply.choices.size() == 4) break;
    }
    t.talk.question.variables["fields"] = huiyin::to_text(meant.fields);
    t.talk.question.variables["command"] = meant.command;
}

// The answers that the pack knows, to be tapped.
void offer_answers(const Turn& t, Reply& reply, TicketId ticket, const std::string& titles,
                   std::initializer_list<const char*> answers) {
    for (const char* answer : answers)
        if (may_answer(t, answer))
            t.choice(reply, t.text(titles + answer),
                     {{"command", "consent"}, {"answer", answer}, {"ticket", to_text(ticket)}});
}

// The proposal's own question, with the buttons it came with.
void put_consent_again(Turn& t, TicketId ticket) {
    auto& reply = t.say("talk.plain_consent", {{"ticket", label(t, ticket)}});
    reply.ticket = ticket;
    offer_answers(t, reply, ticket, "customer.choice.", {"agreed", "small_gap", "irreconcilable"});
}

Reply& put_fixed_again(Turn& t, TicketId ticket) {
    auto& reply = t.say("talk.plain_fixed", {{"ticket", label(t, ticket)}});
    reply.ticket = ticket;
    for (const char* answer : {"yes", "partly", "no"})
        t.choice(reply, t.text(std::string("customer.choice.fixed_") + answer),
                 {{"command", "confirm"}, {"fixed", answer}, {"ticket", to_text(ticket)}});
    return reply;
}

void ask_refusal(Turn& t, const Prompt& prompt) {
    if (!may_answer(t, "small_gap")) {  // nothing between yes and no: the no is taken, with its words
        t.command(prompt.ticket, "consent", {{"answer", "irreconcilable"}, {"text", t.heard.text}});
        return t.answered();
    }
    auto& reply = t.ask({.kind = "refusal", .detail = to_text(prompt.ticket), .key = "talk.ask_refusal"});
    offer_answers(t, reply, prompt.ticket, "talk.choice.", {"small_gap", "irreconcilable"});
}

// A matter that is told as a new one is.
bool tells_a_matter(const Turn& t) {
    return t.meant.category_sure && !t.meant.matter.empty() &&
           (t.meant.kind == MessageKind::complaint || t.meant.kind == MessageKind::demand);
}

// A new matter is no reason for an old one.
bool is_errand(const Turn& t) {
    return t.means(MeaningKind::progress) || t.means(MeaningKind::another_matter) || t.meant.slots.has_address() ||
           t.means(MeaningKind::stop_surveys) || t.means(MeaningKind::urge) || t.means(MeaningKind::withdraw) ||
           t.means(MeaningKind::reopen);
}

// "叫你们经理来", "凭什么等三天", "手机号错了,是139…", and nothing that was wrong: wanted of what is still open.
bool wants_of_open(const Turn& t) {
    if (!t.meant.matter.empty() || std::none_of(t.tickets().begin(), t.tickets().end(), [](const OwnTicket& own) {
            return !own.joined && !is_end(own.ticket.phase);
        }))
        return false;
    return t.means(MeaningKind::escalate_wish) || t.means(MeaningKind::why_so_long) ||
           std::any_of(t.meant.meanings.begin(), t.meant.meanings.end(), [](const Meaning& meaning) {
               return meaning.kind == MeaningKind::correct_slot && !meaning.value.empty() && meaning.slot != "matter";
           });
}

bool is_no_word_of_it(const Turn& t) {
    return t.meant.kind == MessageKind::consultation || t.is_just(MeaningKind::greet) ||
           t.is_just(MeaningKind::nonsense);
}

// "words": what the customer adds to an answer that is saved already.
bool words_flow(Turn& t) {
    if (t.talk.question.kind != "words" || t.heard.kind == HeardKind::choice) return false;
    const auto ticket = ticket_named(t.talk.question.detail);
    const bool free_words = t.talk.question.key == "talk.ask_revisit";
    if (free_words && (t.is_just(MeaningKind::thanks) || t.is_just(MeaningKind::farewell))) {
        t.clear_question();
        t.say("talk.welcome_back");
        return true;
    }
    // Beside the form he may begin to tell something else.
    if (free_words && tells_a_matter(t)) return t.clear_question(), false;
    if (t.is_just(MeaningKind::skip) || t.is_just(MeaningKind::no) || t.is_just(MeaningKind::thanks) ||
        t.is_just(MeaningKind::cancel) || (t.heard.kind == HeardKind::text && gives_up(t.meant.text))) {
        t.clear_question();
        t.say("talk.no_reason_fine");
        return true;
    }
    if (words_came_late(t)) return t.clear_question(), false;
    if (t.means(MeaningKind::rating_correction) || is_no_word_of_it(t)) return false;
    if (t.heard.text.empty() && t.heard.attachments.empty()) return false;
    if (is_errand(t) || wants_of_open(t)) return t.clear_question(), false;
    auto words = t.heard.text;
    if (t.is_just(MeaningKind::menu_number)) {  // one of the reasons that were offered, counted
        const auto index = static_cast<std::size_t>(t.value_of(MeaningKind::menu_number)[0] - '1');
        if (index < t.talk.question.choices.size()) words = t.talk.question.choices[index].second.value("words", words);
    }
    t.act(AddEvidence{ticket, words, t.heard.attachments});
    t.clear_question();
    t.say("talk.noted");
    return true;
}

}  // namespace

bool speaks_of_else(const Turn& t) {
    return t.meant.emergency || tells_a_matter(t) || is_errand(t) || is_no_word_of_it(t) ||
           t.means(MeaningKind::rating_correction) || t.means(MeaningKind::escalate_wish) ||
           t.means(MeaningKind::why_so_long) || t.is_just(MeaningKind::thanks) || t.is_just(MeaningKind::farewell);
}

bool words_came_late(const Turn& t) {
    constexpr std::int64_t a_day_ms = std::int64_t{24} * 3600 * 1000;
    const auto asked = t.talk.question.asked_ms;
    // What was asked since is what is answered now.
    return (!t.world.prompts.empty() && to_ms(t.world.prompts.front().asked_at) >= asked) ||
           to_ms(t.now) - asked > a_day_ms;
}

// "A little short, or not at all?": answered in words. What he says is wrong with the proposal goes to who changes it.
bool refusal_flow(Turn& t) {
    if (t.talk.question.kind != "refusal" || t.heard.kind != HeardKind::text) return false;
    const auto ticket = ticket_named(t.talk.question.detail);
    const auto consents = open_of(t, "consent");
    if (std::none_of(consents.begin(), consents.end(), [&](const Prompt* one) { return one->ticket == ticket; }))
        return t.clear_question(), false;
    const bool never =
        contains_any(t.meant.text, {"完全", "根本", "绝对", "不能接受", "不接受", "没法接受", "谈不拢", "没得谈",
                                    "not acceptable", "Not acceptable", "unacceptable", "never accept", "at all"});
    const bool other =
        t.meant.slots.has_address() || t.means(MeaningKind::agree_proposal) || t.means(MeaningKind::injection) ||
        t.means(MeaningKind::progress) || t.means(MeaningKind::urge) || t.means(MeaningKind::withdraw) ||
        t.means(MeaningKind::cancel) || t.means(MeaningKind::another_matter) || t.means(MeaningKind::why_so_long) ||
        t.means(MeaningKind::escalate_wish) || t.means(MeaningKind::stop_surveys) ||
        t.is_just(MeaningKind::menu_number) || t.is_just(MeaningKind::no) || t.is_just(MeaningKind::yes) ||
        t.is_just(MeaningKind::nonsense) || t.means(MeaningKind::greet) || t.means(MeaningKind::thanks) ||
        ((t.means(MeaningKind::abuse) || t.means(MeaningKind::emotion)) && t.meant.matter.empty()) ||
        t.meant.kind == MessageKind::consultation ||
        contains_any(t.meant.text,
                     {"派给", "指派", "级别设"});  // what is to be done with the ticket, not what he lacks
    if (never) {
        t.command(ticket, "consent", {{"answer", "irreconcilable"}, {"text", t.heard.text}});
        return t.answered(), true;
    }
    if (other || (!t.meant.has_substance && t.meant.matter.empty())) return false;
    t.command(ticket, "consent", {{"answer", "small_gap"}, {"text", t.heard.text}});
    return t.answered(ticket), true;
}

namespace {

// "不评了", and no complaint beside it: "一直不评估我家的损失" is one.
bool would_not_rate(const Turn& t) {
    if (t.heard.kind != HeardKind::text || !contains_any(t.meant.text, {"评", "打分"})) return false;
    const auto all = clauses(t.meant.text);
    return std::any_of(all.begin(), all.end(),
                       [](const std::string& clause) {
                           for (const std::string_view way :
                                {"不评", "不评价", "不评分", "不打分", "懒得评", "懒得打分", "不想评", "不想评价",
                                 "不想评分", "不想打分", "不用评", "没空评", "没什么好评"})
                               if (says_just(clause, way)) return true;
                           return false;
                       }) &&
           (t.meant.matter.empty() || !t.meant.category_sure);
}

}  // namespace

bool put_prompt_again(Turn& t, bool whenever) {
    constexpr std::int64_t a_short_while_ms = 30 * 60 * 1000;  // later nobody is reminded by the way
    if (t.talk.draft() || t.world.prompts.empty()) return false;
    const auto& newest = t.world.prompts.front();
    if (!whenever && to_ms(t.now) - to_ms(newest.asked_at) > a_short_while_ms) return false;
    const std::string id = to_text(newest.ticket);
    const PhraseValues values{{"ticket", label(t, newest.ticket)}};
    if (newest.kind == "consent") {
        put_consent_again(t, newest.ticket);
    } else if (newest.kind == "fixed") {
        put_fixed_again(t, newest.ticket);
    } else {
        auto& reply = t.say("talk.plain_rating", values);
        reply.ticket = newest.ticket;
        const auto& own = t.world.policy->surveys.answers;
        for (const auto& one : own)
            t.choice(reply, t.answer(one), {{"command", "rate"}, {"score", one.score}, {"ticket", id}});
        for (int score = 1; own.empty() && score <= 5; ++score)
            t.choice(reply, t.text("customer.choice.score_" + std::to_string(score)),
                     {{"command", "rate"}, {"score", score}, {"ticket", id}});
    }
    return true;
}

bool answer_flow(Turn& t) {
    if (words_flow(t) || revisit_flow(t) || refusal_flow(t)) return true;
    // "算了,不评了": nobody has to.
    if (!t.world.prompts.empty() && t.world.prompts.front().kind == "rating" && t.talk.question.kind.empty() &&
        (t.is_just(MeaningKind::skip) || gives_up(t.meant.text) || would_not_rate(t))) {
        t.say("talk.no_rating_fine");
        return true;
    }
    auto& question = t.talk.question;
    if (question.kind == "which_answer" && t.is_just(MeaningKind::menu_number)) {
        const auto index = static_cast<std::size_t>(t.value_of(MeaningKind::menu_number)[0] - '1');
        if (index < question.options.size()) {
            const auto ticket = ticket_named(question.options[index]);
            const auto fields = parse_json(question.variables.value("fields", std::string("{}")));
            t.command(ticket, question.variables.value("command", std::string{}),
                      fields ? fields.value() : Json::object());
            t.answered();
            return true;
        }
    }
    if (t.world.prompts.empty()) return false;
    // A read-back or a slot that was asked for after the engine's question is what a bare yes or number answers.
    const auto& newest = t.world.prompts.front();
    const bool draft_asked_last = !question.kind.empty() && question.kind != "refusal" &&
                                  question.asked_ms >= to_ms(newest.asked_at) && t.talk.draft();
    const bool form_asked = draft_asked_last && t.world.pack->own_form &&
                            (question.kind == "ask" || question.kind == "category" || question.kind == "admission");
    if (form_asked) return false;
    if (draft_asked_last && (t.is_just(MeaningKind::menu_number) || t.is_just(MeaningKind::yes) ||
                             t.is_just(MeaningKind::vague_yes) || t.is_just(MeaningKind::no)))
        return false;

    if (question.kind == "refusal" && t.is_just(MeaningKind::menu_number)) {
        const auto pick = t.value_of(MeaningKind::menu_number);
        const auto ticket = ticket_named(question.detail);
        t.command(ticket, "consent", {{"answer", pick == "1" ? "small_gap" : "irreconcilable"}});
        t.answered(pick == "1" ? ticket : TicketId{});
        return true;
    }

    for (const std::string_view kind : {"consent", "fixed", "rating"}) {
        const auto prompts = open_of(t, kind);
        if (prompts.empty()) continue;
        // A bare number rates only where points were asked for last: it is never one point for another ticket.
        if (kind == "rating" && newest.kind != kind && t.is_just(MeaningKind::menu_number)) continue;
        auto meant = reading(t, kind);
        if (!meant || (kind == "fixed" && tells_of_another(t, prompts.front()->ticket))) continue;
        // "同意" and "其实还在漏" in one breath: ask, do not close.
        const bool contradiction =
            (kind == "consent" && meant->fields.value("answer", std::string{}) == "agreed" &&
             (t.means(MeaningKind::fixed_no) || t.means(MeaningKind::refuse_proposal))) ||
            (kind == "fixed" && meant->fields.value("fixed", std::string{}) == "yes" && t.means(MeaningKind::fixed_no));
        if (contradiction) {
            if (kind == "consent")
                ask_refusal(t, *prompts.front());
            else
                t.say("talk.contradiction");
            return true;
        }
        // Points go to the rating that was asked for last.
        if (kind != "rating" && prompts.size() > 1) return ask_which(t, prompts, *meant), true;
        return answer(t, *prompts.front(), *meant), true;
    }

    // "一般" on a scale of two: he picks.
    if (const auto ratings = open_of(t, "rating");
        !ratings.empty() && !t.world.policy->surveys.answers.empty() && t.means(MeaningKind::rating)) {
        auto& reply = t.say("talk.pick_rating");
        reply.ticket = ratings.front()->ticket;
        for (const auto& one : t.world.policy->surveys.answers)
            t.choice(reply, t.answer(one),
                     {{"command", "rate"}, {"score", one.score}, {"ticket", to_text(ratings.front()->ticket)}});
        return true;
    }
    if (const auto consents = open_of(t, "consent"); !consents.empty()) {
        const bool of_it = newest.kind == "consent" && !t.talk.draft();
        const bool objection = of_it && objects(t);
        if (objection && may_answer(t, "small_gap")) {  // why, is a question to who proposed it
            t.act(AddEvidence{consents.front()->ticket, t.heard.text, {}});
            t.say("talk.objection_passed").ticket = consents.front()->ticket;
        }
        if (t.means(MeaningKind::refuse_proposal) || (t.is_just(MeaningKind::no) && newest.kind == "consent") ||
            objection)
            return ask_refusal(t, *consents.front()), true;
        const bool half = (t.means(MeaningKind::partial_consent) && !may_answer(t, "small_gap")) ||
                          (newest.kind == "consent" && t.means(MeaningKind::agree_proposal));  // doubted: read above
        if (half ||
            (newest.kind == "consent" && (t.is_just(MeaningKind::vague_yes) || t.is_just(MeaningKind::indifferent)))) {
            put_consent_again(t, half ? consents.front()->ticket : newest.ticket);
            return true;
        }
    }
    // "谁说修好了", "修好了才怪": of the question, and no answer to it. It stays open, put so that a tap answers it.
    if (newest.kind == "fixed" && !t.talk.draft() && speaks_of_mending(t) && doubts_mending(t.meant.text)) {
        const auto id = to_text(newest.ticket);
        const int before = question.kind == "doubted" && question.detail == id ? question.asked : 0;
        auto& reply = put_fixed_again(t, newest.ticket);
        if (before > 0) t.choice(reply, t.text("talk.choice.person"), {{"talk", "person"}});
        question = {.kind = "doubted", .detail = id, .asked = before + 1};
        return true;
    }
    // A bare yes or no answers the question that was put last.
    const bool yes = t.is_just(MeaningKind::yes), no = t.is_just(MeaningKind::no);
    if (yes || no || t.is_just(MeaningKind::vague_yes)) {
        int different = 0;
        for (const std::string_view kind : {"consent", "fixed"}) different += !open_of(t, kind).empty();
        if (different > 1) {
            auto& reply = t.say("talk.which_question");
            for (const auto& prompt : t.world.prompts)
                if (prompt.kind == "consent")
                    t.choice(reply, t.text("talk.choice.about_proposal"),
                             {{"command", "consent"}, {"answer", "agreed"}, {"ticket", to_text(prompt.ticket)}});
                else if (prompt.kind == "fixed")
                    t.choice(
                        reply, t.text("talk.choice.about_fixed"),
                        {{"command", "confirm"}, {"fixed", yes ? "yes" : "no"}, {"ticket", to_text(prompt.ticket)}});
            return true;
        }
        if (newest.kind == "consent" && yes) {
            t.command(newest.ticket, "consent", {{"answer", "agreed"}});
            return t.answered(), true;
        }
        if (newest.kind == "fixed") {
            t.command(newest.ticket, "confirm", {{"fixed", no ? "no" : "yes"}});
            return t.answered(no ? newest.ticket : TicketId{}), true;
        }
    }
    return false;
}

}  // namespace huiyin
