// The pack's revisit form, as far as it is asked in a talk: once he has said how well it was done, what its questions
// ask beyond that. Nobody has to answer; what is said goes to the ticket.
#include <algorithm>

#include "bot/flows/filing.h"
#include "bot/said.h"

namespace huiyin {
namespace {

// "Is it mended" and the rating have answered these.
bool is_answered(const std::string& question) { return contains_any(question, {"解决", "满意", "效果"}); }

constexpr std::string_view to_the_unsatisfied = "不满意的，";

// What is asked of him: "不满意的，还要继续投诉吗" without whom it is for.
std::string question_of(const MoveField& field) {
    return field.title.starts_with(to_the_unsatisfied) ? field.title.substr(to_the_unsatisfied.size()) : field.title;
}

bool can_be_asked(const MoveField& field, bool low) {
    const bool of_the_unsatisfied = field.title.starts_with(to_the_unsatisfied);
    return !field.title.empty() && (low || !of_the_unsatisfied) &&
           (field.type == "boolean" || field.type == "choice" || field.type == "text");
}

bool asked_in_talk(const Turn& t) {
    const auto& means = t.world.policy->revisit.means;
    return std::find(means.begin(), means.end(), "chat") != means.end();
}

std::string title_of(const MoveField& field, std::size_t choice) {
    return choice < field.choice_titles.size() ? field.choice_titles[choice] : field.choices[choice];
}

void ask_field(Turn& t, TicketId ticket, int score, std::size_t index) {
    const auto& field = t.world.policy->revisit.fields[index];
    const std::string id = to_text(ticket);
    const auto question = t.name("revisit", field.name, question_of(field));
    const bool asks = question.ends_with("？") || question.ends_with("?");
    auto& reply = t.ask({.kind = "revisit", .detail = id, .key = "talk.ask_revisit_field"},
                        {{"ask", question + (asks             ? ""
                                             : t.in_english() ? "?"
                                                              : "？")}});
    t.talk.question.variables["index"] = std::to_string(index);
    t.talk.question.variables["score"] = std::to_string(score);
    // Staff read the answer in the house's language.
    const auto offer = [&](const std::string& title, const std::string& words) {
        t.choice(reply, title,
                 {{"talk", "revisit"}, {"ticket", id}, {"index", index}, {"score", score}, {"words", words}});
    };
    if (field.type == "boolean")
        for (const char* key : {"talk.choice.is_so", "talk.choice.is_not_so"})
            offer(t.text(key), t.world.pack->text(key));
    for (std::size_t i = 0; i < field.choices.size(); ++i)
        offer(t.name("option." + field.name, field.choices[i], title_of(field, i)), title_of(field, i));
}

void ask_from(Turn& t, TicketId ticket, int score, std::size_t index) {
    const auto& revisit = t.world.policy->revisit;
    const bool low = wants_reason(t, score);
    // What is being told, or was asked of another ticket, goes before.
    const bool busy = t.telling() || t.world.prompts.size() > 1;
    if (busy) return low ? ask_low_reason(t, ticket) : t.answered();
    for (; asked_in_talk(t) && index < revisit.fields.size(); ++index)
        if (can_be_asked(revisit.fields[index], low)) return ask_field(t, ticket, score, index);
    if (low) return ask_low_reason(t, ticket);
    std::string questions;
    if (asked_in_talk(t) && revisit.fields.empty())
        for (std::size_t i = 0; i < revisit.questions.size(); ++i)
            if (!is_answered(revisit.questions[i]))
                questions += (questions.empty() ? ""
                              : t.in_english()  ? ", "
                                                : "、") +
                             t.name("revisit", std::to_string(i + 1), revisit.questions[i]);
    if (questions.empty()) return t.answered();
    t.ask({.kind = "words", .detail = to_text(ticket), .key = "talk.ask_revisit"}, {{"questions", questions}});
}

void take(Turn& t, TicketId ticket, int score, std::size_t index, const std::string& words) {
    const auto& fields = t.world.policy->revisit.fields;
    if (index < fields.size())
        t.act(AddEvidence{
            ticket,
            t.world.pack->text("talk.revisit_said", {{"ask", question_of(fields[index])}, {"words", words}}),
            {}});
    if (!t.telling()) t.clear_question();  // of what is being told the question stands
    t.say("talk.noted");
    ask_from(t, ticket, score, index + 1);
}

// The answer to a question of the form; empty: none of it.
std::string answer_to(const Turn& t, const MoveField& field) {
    if (t.is_just(MeaningKind::menu_number)) {
        const auto pick = static_cast<std::size_t>(t.value_of(MeaningKind::menu_number)[0] - '1');
        if (pick < t.talk.question.choices.size())
            return t.talk.question.choices[pick].second.value("words", t.talk.question.choices[pick].first);
    }
    if (field.type == "boolean") {
        const auto said = yes_or_no(t.meant.text, question_of(field));
        if (said) return t.world.pack->text(*said ? "talk.choice.is_so" : "talk.choice.is_not_so");
    }
    // As its button says it, which is in his language.
    for (const auto& [title, action] : t.talk.question.choices)
        if (says_just(t.heard.text, title)) return action.value("words", title);
    if (field.type == "boolean") return {};
    for (std::size_t i = 0; i < field.choices.size(); ++i)
        if (says(t.meant.text, title_of(field, i))) return title_of(field, i);
    return field.type == "text" && t.meant.has_substance && !speaks_of_else(t) ? t.heard.text : std::string{};
}

int number_in(const nlohmann::json& variables, const char* name) {
    const auto text = variables.value(name, std::string("0"));
    return text.size() <= 3 ? std::atoi(text.c_str()) : 0;
}

}  // namespace

void ask_after_rating(Turn& t, TicketId ticket, int score) { ask_from(t, ticket, score, 0); }

bool revisit_flow(Turn& t) {
    const auto& fields = t.world.policy->revisit.fields;
    if (t.heard.kind == HeardKind::choice) {
        if (t.talk_action() != "revisit") return false;
        const auto index = t.heard.action.value("index", std::size_t{0});
        take(t, ticket_in(t.heard.action), t.heard.action.value("score", 5), index,
             t.heard.action.value("words", std::string{}));
        return true;
    }
    if (t.talk.question.kind != "revisit" || t.heard.kind != HeardKind::text) return false;
    const auto question = t.talk.question;
    const auto index = static_cast<std::size_t>(number_in(question.variables, "index"));
    if (index >= fields.size() || words_came_late(t)) return t.clear_question(), false;
    if (t.is_just(MeaningKind::skip) || gives_up(t.meant.text)) {
        t.clear_question();
        t.say("talk.no_reason_fine");
        return true;
    }
    const auto words = answer_to(t, fields[index]);
    if (words.empty()) {
        // Something else: dealt with as ever, and nobody is held to the form.
        t.clear_question();
        return false;
    }
    take(t, ticket_named(question.detail), number_in(question.variables, "score"), index, words);
    return true;
}

}  // namespace huiyin
