// A tapped choice. Old buttons still mean what they meant: what they ask of a ticket, its rules answer.
#include <algorithm>

#include "bot/flows/filing.h"

namespace huiyin {
namespace {

TicketId ticket_of(const Turn& t) {
    if (t.heard.action.contains("ticket")) return ticket_in(t.heard.action);
    return t.heard.prompt ? t.heard.prompt->ticket : TicketId{};
}

// A button of a step that is over. What else may be done, the ticket's rules say.
bool too_late(const OwnTicket& own, const std::string& command) {
    const auto phase = own.ticket.phase;
    return (command == "consent" && phase != Phase::deciding) || (command == "confirm" && phase != Phase::resolved);
}

void command_button(Turn& t) {
    auto fields = t.heard.action;
    const auto name = fields.value("command", std::string{});
    fields.erase("command");
    fields.erase("ticket");
    const auto ticket = ticket_of(t);
    if (const auto* own = t.own(ticket); own && too_late(*own, name)) {
        const auto now = t.world.progress(own->ticket);
        t.say("talk.too_late", {{"label", t.shown_label(own->label)}, {"state", now.state}, {"next", now.next}})
            .ticket = ticket;
        t.ask_again();
        return;
    }
    t.command(ticket, name, fields);
    const std::string id = to_text(ticket);
    // The answer itself is saved first; the reason is asked afterwards and lost by nobody who does not give it.
    if (name == "consent" && fields.value("answer", std::string{}) == "small_gap")
        t.answered(ticket);
    else if (name == "confirm" && fields.value("fixed", std::string{}) == "partly")
        t.answered(ticket);
    else if (name == "confirm" && fields.value("fixed", std::string{}) == "no" && !t.telling())
        t.ask({.kind = "words", .detail = id, .key = "talk.ask_rest"});
    else if (name == "rate")
        ask_after_rating(t, ticket, fields.value("score", 5));
    else
        t.answered();
}

}  // namespace

bool button_flow(Turn& t) {
    if (t.heard.kind != HeardKind::choice) return false;
    if (t.heard.action.contains("command")) return command_button(t), true;
    const auto what = t.talk_action();
    auto* draft = t.talk.draft();
    const bool has_draft = t.heard.action.contains("draft");
    if (has_draft && (!draft || draft->id != t.heard.action["draft"].get<int>())) {
        // The button belongs to a draft that is not in hand any more: take it up again if it still lives.
        const int id = t.heard.action["draft"].get<int>();
        bool lives = false;
        for (const auto& one : t.talk.drafts) lives = lives || one.id == id;
        if (!lives) {
            t.say("talk.draft_gone");
            t.ask_again();
            return true;
        }
        t.talk.focus = id;
        draft = t.talk.draft();
    }
    if (what == "submit" && draft) return filing::submit(t, *draft), true;
    if (what == "edit" && draft) {
        filing::edit_line(t, *draft, std::clamp(t.heard.action.value("line", 1), 1, slot_count));
        return true;
    }
    if (what == "slot" && draft) {
        const auto key = t.heard.action.value("slot", std::string{});
        const auto value = t.heard.action.value("value", std::string{});
        if (value == "?")
            draft->unknown.insert(key), draft->slots.erase(key);
        else
            draft->slots[key] = value, draft->unknown.erase(key);
        draft->declined.erase(key);
        return filing::next(t), true;
    }
    if (what == "admission" && draft) return admission_flow(t, *draft);
    if (what == "cancel" && draft) {
        const Draft dropped = *draft;
        t.talk.drop_draft(dropped.id);
        t.clear_question();
        t.say("talk.draft_dropped");
        filing::go_on(t, dropped);
        return true;
    }
    if (what == "category" && draft) {
        draft->kind = t.heard.action.value("kind", draft->kind);
        draft->category = t.heard.action.value("category", draft->category);
        draft->category_sure = draft->kind_sure = true;
        return filing::next(t), true;
    }
    if (what == "smell" && draft) {
        if (t.heard.action.value("smell", std::string{}) == "gas") return filing::turns_out_dangerous(t, "gas"), true;
        t.clear_question();
        return filing::next(t), true;
    }
    if (what == "place_as_said" && draft) {
        draft->place_doubted = true;
        draft->flags.insert("unverified_address");
        return filing::next(t), true;
    }
    if (what == "community" && draft) {
        draft->community = t.heard.action.value("name", std::string{});
        return filing::next(t), true;
    }
    if (what == "revisit") return revisit_flow(t);
    if (what == "words") {
        t.act(AddEvidence{ticket_of(t), t.heard.action.value("words", std::string{}), {}});
        t.say("talk.noted");
        t.answered();
        return true;
    }
    if (what == "report") {
        if (draft && !t.talk.question.kind.empty()) return t.ask_again(), true;
        if (draft) return filing::next(t), true;
        t.ask({.kind = "ask", .detail = "matter", .key = "talk.ask_matter"});
        return true;
    }
    if (what == "continue" && draft) return filing::next(t), true;
    if (what == "person") return call_person_for(t), true;
    if (what == "split" && draft) {
        t.clear_question();
        if (!t.heard.action.value("yes", true)) filing::join_promised(t);
        return filing::next(t), true;
    }
    if (what == "progress" || what == "errand") return false;  // ticket_flow knows the errands
    t.say("talk.draft_gone");
    t.ask_again();
    return true;
}

}  // namespace huiyin
