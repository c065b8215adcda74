// The errands of a talk, one file each. A flow gets the Turn, looks whether the message is its own, and answers.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "bot/turn.h"
#include "bot/wording.h"
#include "workflow/engine/language.h"

namespace huiyin {

// The turn in hand: its values, and short words for what flows do all the time.
struct Turn {
    TurnResult out;
    Talk& talk = out.talk;
    const Heard& heard;
    const Understood& meant;
    const World& world;
    TimePoint now;
    std::optional<std::size_t> asked_act;  // where among the acts the question of this turn stands

    Turn(Talk start, const Heard& h, const World& w, TimePoint at) : heard(h), meant(h.understood), world(w), now(at) {
        out.talk = std::move(start);
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    bool means(MeaningKind kind) const { return meant.means(kind); }
    std::string value_of(MeaningKind kind) const {
        const auto* meaning = meant.find(kind);
        return meaning ? meaning->value : std::string{};
    }
    // The whole message says just this: an act inside a longer telling is no command.
    bool is_just(MeaningKind kind) const {
        const auto* meaning = meant.find(kind);
        return meaning && meaning->score >= 0.9;
    }
    std::string talk_action() const { return heard.action.value("talk", std::string{}); }

    std::string text(std::string_view key, const PhraseValues& values = {}) const {
        return world.pack->text(key, values, talk.language);
    }
    // What the pack calls a category, a clause … of its own, in his language.
    std::string name(std::string_view what, std::string_view key, const std::string& title) const {
        return world.pack->name(what, key, title, talk.language);
    }
    std::string option(const SlotRule& slot, std::size_t choice) const {  // of a line of the pack's form
        return name("option." + slot.key, slot.choices[choice], slot.choice_titles[choice]);
    }
    std::string answer(const SurveyAnswer& one) const { return name("answer", std::to_string(one.score), one.title); }
    bool in_english() const { return talk.language == "en"; }
    // A ticket's or place's label as he reads it; the short one for a button.
    std::string shown_label(const std::string& label) const { return label_in(talk.language, label); }
    std::string short_label(const std::string& label) const;
    Reply& say(std::string_view key, const PhraseValues& values = {});
    // Says it and remembers it as the open question; a question that was open is replaced.
    Reply& ask(Question question, const PhraseValues& values = {});
    void choice(Reply& reply, const std::string& title, nlohmann::json action) const;
    // After a digression: the open question once more, with its choices.
    void ask_again();
    // The same, where it was put only once so far and would be passed over else; false: it was put often enough.
    bool ask_once_more();
    // At the end of the turn: what could be tapped is remembered with the question.
    void keep_choices();
    void act(Act what) { out.acts.push_back(std::move(what)); }
    void command(TicketId ticket, std::string name, nlohmann::json fields = nlohmann::json::object());
    void clear_question() { talk.question = {}; }
    // The open question belongs to what is being told, not to an answer that was awaited about a ticket.
    bool telling() {
        const auto& kind = talk.question.kind;
        return talk.draft() && (kind == "ask" || kind == "readback" || kind == "category" || kind == "split" ||
                                kind == "smell" || kind == "admission");
    }
    // An answer about a ticket is given: nothing waits any more, but what is being told goes on. `more`: the ticket
    // that further words go to, as the engine has just invited them; none: zero.
    void answered(TicketId more = {});
    const std::vector<OwnTicket>& tickets() const { return world.tickets(); }
    const OwnTicket* own(TicketId id) const;
    const Prompt* prompt_of(std::string_view kind) const;  // newest open one
};

// Each returns true if it has dealt with the message. In the order in which turn() asks them.
bool emergency_flow(Turn& t);   // danger to life: advice, page, then questions
bool joining_flow(Turn& t);     // somebody else's ticket: joined, or not; and what he says of one he joined
bool button_flow(Turn& t);      // a tapped choice, new or old
bool person_flow(Turn& t);      // hand-over, crisis words, threats, security
bool control_flow(Turn& t);     // help, repeat, back, pause, resume, cancel, robot?, language, data of others
bool answer_flow(Turn& t);      // consent, fixed?, rating: the answers to the engine's questions
bool ticket_flow(Turn& t);      // progress, why, urge, withdraw, reopen, escalate, add, correct, join
bool file_flow(Turn& t);        // tell, complete, read back, file
bool enquiry_flow(Turn& t);     // a question that has an answer
void otherwise(Turn& t);        // never a dead end
void call_person_for(Turn& t);  // as he wishes: those on duty where he is in danger, else the front desk
// Whose matter it is: the unit of the place of what is being told, else of its ticket, else where he stands.
UnitId unit_about(const Turn& t, const Draft* draft);
bool only_calls(const Turn& t);                  // "有没有人啊": he wants an answer, and has told nothing yet
void offer_ways(Turn& t, std::string_view key);  // report, progress, a person
bool tell_published(Turn& t);                    // how complaints are dealt with, where the pack says so

// Parts of file_flow that others use.
namespace filing {
void take_slots(Turn& t, Draft& draft);  // all facts of the message go into the draft
void next(Turn& t);                      // the next question of the draft in hand, or its read-back
void read_back(Turn& t, Draft& draft, std::string_view lead = {});
void submit(Turn& t, Draft& draft);
// `done` is filed or dropped: what waits behind it comes up by itself, with what `done` knows of place and phone.
void go_on(Turn& t, const Draft& done);
void join_promised(Turn& t);  // what was told beside the draft in hand becomes part of it after all
void turns_out_dangerous(Turn& t, const std::string& danger);  // the draft in hand: filed as an emergency at once
// At the end of a turn: what was told before a danger comes up by itself when nothing is left of that.
void take_up_when_over(Turn& t);
std::string place_label(const Turn& t, const Draft& draft);  // as the house writes it
bool edit_line(Turn& t, Draft& draft, int number);           // of the read-back; false: it has no such line
// Somebody else may have told the same already: looked for once the place is known, and offered beside the question of
// this turn.
void look_for_same(const Turn& t, Draft& draft);
void offer_same(Turn& t, Draft& draft);
void join_same(Turn& t, const Draft& draft);  // a copy: the draft goes
bool put_again(Turn& t);  // the open question, where its choices are made anew with it; false: another kind of question
}  // namespace filing
// joining.cpp: where a ticket stands, for who joined it: what others are asked is not asked of him.
std::string joined_state(const Turn& t, const OwnTicket& own, const Engine::Progress& now);
std::string joined_next(const Turn& t, const OwnTicket& own, const Engine::Progress& now);
// answer.cpp: what the engine asked a short while ago (`whenever`: or before that), to be tapped, after a digression;
// false: nothing, or long ago.
bool put_prompt_again(Turn& t, bool whenever = false);
// A score so low that the reason is asked for, by the pack's scale; and the question.
bool wants_reason(const Turn& t, int score);
void ask_low_reason(Turn& t, TicketId ticket);
// He was asked for free words, and these are none of them: an errand, or another matter that he begins to tell.
bool speaks_of_else(const Turn& t);
// The question for words about a ticket is past: something else was asked since, or a day went by.
bool words_came_late(const Turn& t);
// revisit.cpp: what the pack's revisit form asks beyond the rating, or why it was so low.
void ask_after_rating(Turn& t, TicketId ticket, int score);
bool revisit_flow(Turn& t);
Phase phase_of(const OwnTicket& own);
TicketId ticket_named(const std::string& id);      // as a talk keeps it; what is none: no ticket
TicketId ticket_in(const nlohmann::json& action);  // of a button

}  // namespace huiyin
