#include "bot/turn.h"

#include <algorithm>
#include <charconv>

#include "bot/flows/flows.h"
#include "bot/said.h"
#include "workflow/phrases/writing.h"

namespace huiyin {

Reply& Turn::say(std::string_view key, const PhraseValues& values) {
    out.acts.emplace_back(Reply{.text = text(key, values), .choices = {}, .kind = "talk", .ticket = {}, .more = {}});
    return std::get<Reply>(out.acts.back());
}

Reply& Turn::ask(Question question, const PhraseValues& values) {
    const bool same = talk.question.kind == question.kind && talk.question.detail == question.detail;
    question.asked = same ? talk.question.asked + 1 : 1;
    question.asked_ms = to_ms(now);
    for (const auto& [name, value] : values) question.variables[name] = value;
    auto& reply = say(question.key, values);
    reply.kind = question.kind;
    talk.question = std::move(question);
    asked_act = out.acts.size() - 1;
    return reply;
}

bool Turn::ask_once_more() {
    if (talk.question.asked >= 2) return false;
    ask_again();
    talk.question.asked = 2;
    return true;
}

void Turn::keep_choices() {
    const auto& kind = talk.question.kind;
    if (!asked_act || kind.empty() || kind == "readback" || kind == "admission") return;  // these are made anew
    const auto* reply = std::get_if<Reply>(&out.acts[*asked_act]);
    if (!reply || reply->kind != kind) return;
    talk.question.choices.clear();
    for (const auto& choice : reply->choices) talk.question.choices.emplace_back(choice.title, choice.action);
}

void Turn::choice(Reply& reply, const std::string& title, nlohmann::json action) const {
    reply.choices.push_back({in_writing_of(talk.language, title), std::move(action)});
}

std::string Turn::short_label(const std::string& label) const {
    if (!in_english()) return label;
    auto text = label;  // "3-2-501 lift is broken": a button has no room for the names of its parts
    for (const std::string_view mark : {"栋", "单元"})
        if (const auto at = text.find(mark); at != std::string::npos) text.replace(at, mark.size(), "-");
    for (const auto& [from, to] : {std::pair{"- ", " "}, {"--", "-"}})
        if (const auto at = text.find(from); at != std::string::npos) text.replace(at, 2, to);
    if (text.ends_with('-')) text.pop_back();
    constexpr std::size_t of_a_button = 19;
    return shortened(text, of_a_button);
}

void Turn::ask_again() {
    const auto question = talk.question;
    if (question.kind.empty() || question.kind == "doubted") {
        put_prompt_again(*this);
        return;
    }
    if (question.key.empty()) return;
    if (question.kind == "readback") {
        if (auto* draft = talk.draft()) filing::read_back(*this, *draft);
        return;
    }
    if (filing::put_again(*this)) return;  // with its choices, which belong to it
    PhraseValues values;
    for (const auto& [name, value] : question.variables.items())
        if (value.is_string()) values[name] = value.get<std::string>();
    auto& reply = say(question.key, values);
    reply.kind = question.kind;
    for (const auto& [title, action] : question.choices) choice(reply, title, action);
    talk.question = question;
}

void Turn::answered(TicketId more) {
    if (telling()) return ask_again();
    clear_question();
    if (more) talk.question = {.kind = "words", .detail = huiyin::to_text(more), .asked_ms = to_ms(now)};
}

void Turn::command(TicketId ticket, std::string name, nlohmann::json fields) {
    Command wish;
    wish.name = std::move(name);
    wish.by = resident(world.person.id);
    wish.fields = std::move(fields);
    wish.means = "chat";
    act(GiveCommand{ticket, std::move(wish)});
    talk.last_ticket = ticket;
}

const OwnTicket* Turn::own(TicketId id) const {
    for (const auto& one : tickets())
        if (one.ticket.id == id) return &one;
    return nullptr;
}

const Prompt* Turn::prompt_of(std::string_view kind) const {
    for (const auto& prompt : world.prompts)
        if (prompt.kind == kind) return &prompt;
    return nullptr;
}

Phase phase_of(const OwnTicket& own) { return own.ticket.phase; }

TicketId ticket_named(const std::string& id) {
    std::int64_t number = 0;
    const auto read = std::from_chars(id.data(), id.data() + id.size(), number);
    return read.ec == std::errc{} && read.ptr == id.data() + id.size() ? TicketId{number} : TicketId{};
}

TicketId ticket_in(const nlohmann::json& action) {
    const auto found = action.find("ticket");
    if (found == action.end()) return {};
    if (found->is_string()) return ticket_named(found->get<std::string>());
    return found->is_number_integer() ? TicketId{found->get<std::int64_t>()} : TicketId{};
}

namespace {

// A draft that nobody touched for seven days is gone; whoever comes back later starts afresh.
void drop_stale_drafts(Talk& talk, TimePoint now) {
    const auto week = to_ms(now) - std::int64_t{7} * 24 * 3600 * 1000;
    const auto had = talk.drafts.size();
    std::erase_if(talk.drafts, [week](const Draft& draft) { return draft.touched_ms < week; });
    if (talk.drafts.size() == had) return;
    if (!talk.draft()) talk.focus = talk.drafts.empty() ? 0 : talk.drafts.back().id;
    if (talk.drafts.empty()) talk.question = {};
}

bool silent_flow(Turn& t) {
    const auto& state = t.world.conversation.state;
    // A button says what it means whoever has the talk: a consent that was tapped is given.
    if (state == "bot" || t.heard.kind == HeardKind::choice) return false;
    // A person has the talk, or is on the way: what is said is kept for him, and the bot keeps quiet. Whoever would
    // rather have the bot back before anybody came says so.
    const bool rather_not = t.is_just(MeaningKind::resume) || t.is_just(MeaningKind::cancel) ||
                            contains_any(t.meant.text, {"不用人工", "不找人了", "不用找人", "不用转人工", "你帮我记",
                                                        "还是你来", "你来吧"});
    if (state == "waiting" && rather_not) {
        t.act(CallPerson{"give_back", {}});
        t.say("talk.back_to_bot");
        t.ask_again();
    }
    return true;
}

// The same sentence again and again, within minutes: said once that it is kept; anything new is heard as ever. What may
// be answered otherwise each time is never too often: how far it is, and that a person is wanted.
bool flood_flow(Turn& t) {
    constexpr int too_often = 4;
    constexpr std::int64_t in_a_row_ms = 10 * 60 * 1000;
    if (t.heard.kind != HeardKind::text || t.heard.text.empty()) return false;
    const bool in_a_row = to_ms(t.now) - t.talk.last_text_ms < in_a_row_ms;
    t.talk.same_text = in_a_row && t.heard.text == t.talk.last_text ? t.talk.same_text + 1 : 1;
    t.talk.last_text_ms = to_ms(t.now);
    t.talk.last_text = t.heard.text.size() <= 300 ? t.heard.text : std::string{};
    constexpr std::size_t a_sentence = 15;  // bytes; "对" and "不知道" answer different questions
    if (t.talk.same_text < too_often || t.talk.last_text.size() < a_sentence || t.means(MeaningKind::progress) ||
        t.means(MeaningKind::hand_over))
        return false;
    t.say("talk.slow_down");
    t.ask_again();
    return true;
}

bool welcome_flow(Turn& t) {
    if (t.heard.kind == HeardKind::left || t.heard.kind == HeardKind::silence) return true;
    if (t.heard.kind != HeardKind::entered) return false;
    if (t.heard.by_code) {
        t.talk.here = {.community = t.heard.community,
                       .building = t.heard.building,
                       .unit = t.heard.entrance,
                       .drafts = t.talk.drafts_made,
                       .ms = to_ms(t.now)};
    }
    auto& reply = t.say("talk.welcome");
    t.choice(reply, t.text("talk.choice.report"), {{"talk", "report"}});
    t.choice(reply, t.text("talk.choice.progress"), {{"talk", "progress"}});
    t.choice(reply, t.text("talk.choice.person"), {{"talk", "person"}});
    return true;
}

}  // namespace

TurnResult turn(Talk start, const Heard& heard, const World& world, TimePoint now) {
    Turn t(std::move(start), heard, world, now);
    drop_stale_drafts(t.talk, now);
    // Danger comes before everything, whoever has the talk and whatever was asked.
    const bool greets = heard.kind == HeardKind::entered || heard.understood.means(MeaningKind::greet) || only_calls(t);
    const bool abuses = heard.understood.means(MeaningKind::abuse);
    const bool done = emergency_flow(t) || silent_flow(t) || flood_flow(t) || welcome_flow(t) || joining_flow(t) ||
                      button_flow(t) || person_flow(t) || control_flow(t) || answer_flow(t) || ticket_flow(t) ||
                      file_flow(t) || enquiry_flow(t);
    if (!done)
        otherwise(t);
    else
        t.talk.nonsense = 0;
    // Whoever speaks to the desk is answered: with what is to be told next, else with an open ear.
    const bool speaks = heard.kind != HeardKind::left && heard.kind != HeardKind::silence;
    if (t.out.acts.empty() && speaks && world.conversation.state == "bot") {
        if (t.talk.draft())
            filing::next(t);
        else
            t.say("talk.listening");
    }
    filing::take_up_when_over(t);
    t.talk.greeted = greets;  // the next greeting in a row is answered shorter
    if (!abuses) t.talk.abuse = 0;
    if (auto* draft = t.talk.draft()) draft->touched_ms = to_ms(now);
    t.keep_choices();
    return std::move(t.out);
}

}  // namespace huiyin
