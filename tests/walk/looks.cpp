// What must hold at every step of a walk.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/walk/walker.h"
#include "workflow/ticket/chain.h"
#include "workflow/ticket/evolve.h"

namespace huiyin::test {
namespace {

// A ticket that ended is brought back by these alone, and only where the pack has a move for it.
bool may_bring_back(const std::string& event) {
    return event == "ticket.reopened" || event == "ticket.rated" || event == "ticket.revisited" ||
           event == "ticket.confirmed";
}

bool is_told(const Decision& decision) {
    return std::any_of(decision.owed.begin(), decision.owed.end(),
                       [](const Owed& owed) { return owed.effect.name == "tell"; });
}

}  // namespace

void Walker::look_at_decision(const Decision& decision, const Ticket& before, const std::string& what) {
    auto sequence = before.version;
    auto at = before.version == 0 ? decision.events.front().at : before.updated_at;
    auto phase = before.phase;
    for (const auto& event : decision.events) {
        if (event.sequence != ++sequence) fault("events are not counted through at " + event.type);
        if (event.at < at) fault("an event before the one before it: " + event.type);
        at = event.at;
        if (!event.clause.empty() && !policy_.clause(event.clause))
            fault("an event with no clause of the pack: " + event.type + " " + event.clause);
        const auto found = event.data.find("phase");
        if (found == event.data.end() || !found->is_string()) continue;
        const auto next = phase_named(found->get<std::string>());
        if (!next) fault("an event with no phase of the house: " + event.type);
        if (before.version > 0 && is_end(phase) && next && !is_end(*next) && !may_bring_back(event.type))
            fault("a ticket that had ended came back by " + event.type + " (" + what + ")");
        if (next) phase = *next;
    }
    const auto* kind = policy_.kind(decision.ticket.kind);
    const bool ended = is_end(decision.ticket.phase) && (before.version == 0 || !is_end(before.phase));
    const bool nobody_to_tell = policy_.identity.result_to == "identified" && decision.ticket.anonymous;
    if (ended && !is_told(decision) && !nobody_to_tell && !(kind && kind->unasked))
        fault("ended as " + decision.ticket.state + " without a word to the customer (" + what + ")");
    for (const auto& owed : decision.owed)
        if (owed.sequence < 1 || owed.sequence > sequence) fault("something is owed for an event that is not there");
}

void Walker::look_at_ticket() {
    const auto* state = policy_.state(ticket_.state);
    if (!state) return fault("in a state that the pack does not have: " + ticket_.state);
    if (state->phase != ticket_.phase) fault("state and phase do not go together: " + ticket_.state);
    if (!policy_.level(ticket_.level) && !policy_.levels.empty())
        fault("a level that the pack does not have: " + ticket_.level);
    if (is_end(ticket_.phase)) {
        if (!ticket_.closed_at) fault("ended, and nobody knows when");
        return;
    }
    const auto& roles = ground_.roles();
    if (ticket_.owner_role.empty() || !ticket_.owner_unit)
        fault("nobody owns it in state " + ticket_.state);
    else if (std::find(roles.begin(), roles.end(), ticket_.owner_role) == roles.end())
        fault("owned by a role that the pack does not have: " + ticket_.owner_role);
}

void Walker::look_at_deadlines() {
    const auto all = deadlines_of(ticket_, policy_, context_, now_);
    const auto next = next_look(ticket_, all, policy_, context_);
    for (const auto& deadline : all) {
        const auto& rule = policy_.deadlines.at(deadline.rule);
        if (deadline.state != DeadlineState::running || deadline.exempt) continue;
        if (ticket_.owner_role.empty()) fault("deadline " + deadline.name + " runs, and nobody owns the ticket");
        const bool warns = std::any_of(rule.warns.begin(), rule.warns.end(),
                                       [](const DeadlineStep& step) { return !step.effects.empty(); });
        if (rule.miss.empty() && !warns)
            fault("deadline " + deadline.name + " runs, and nothing follows when it is missed");
        for (const auto& step : deadline.steps)
            if (!step.done && step.at > now_ && (!next || *next > step.at))
                fault("deadline " + deadline.name + ": nobody will look when " + step.name + " is due");
    }
}

bool Walker::leads_on(const Move& move) {
    if (move.to.empty() || move.to == ticket_.state) return false;
    for (int attempt = 0; attempt < 4; ++attempt) {
        const auto decision = decide(ticket_, command_for(move), policy_, context_, now_);
        if (decision && decision->ticket.state != ticket_.state) return true;
    }
    return false;
}

void Walker::look_whether_it_goes_on() {
    if (is_end(ticket_.phase) || next_look(ticket_, deadlines_of(ticket_, policy_, context_, now_), policy_, context_))
        return;
    const auto& moves = ground_.moves(ticket_.state);
    for (int round = 0; round < 5; ++round) {
        if (const auto answer = answers_a_step(); answer && decide(ticket_, *answer, policy_, context_, now_)) return;
        if (std::any_of(moves.begin(), moves.end(), [&](const Move* move) { return leads_on(*move); })) return;
    }
    fault("a dead end: in " + ticket_.state + " neither time nor any command leads on");
}

void Walker::look_at_replay() {
    auto again = replay(ticket_.id, events_);
    again.deadlines = ticket_.deadlines;  // projections of the engine
    if (!(again == ticket_)) fault("the events do not replay to the ticket");
    if (seed_ % 16 != 0) return;  // and for some: through their kept text, as after a restart
    std::string previous = first_hash;
    std::vector<Event> read_back;
    std::vector<StoredEvent> kept;
    for (const auto& event : events_) {
        kept.push_back(chained(event, previous, policy_.calendar.zone()));
        previous = kept.back().hash;
        read_back.push_back(event_from_text(kept.back().text));
    }
    if (const auto broken = verify_chain(kept, previous, ticket_.version))
        fault("the chain does not fit: " + broken->text);
    auto from_text = replay(ticket_.id, read_back);
    from_text.deadlines = ticket_.deadlines;
    if (!(from_text == ticket_)) fault("the kept texts of the events do not replay to the ticket");
    if (!(ticket_from_json(to_json_value(ticket_)) == ticket_)) fault("the ticket's row does not give the ticket back");
}

}  // namespace huiyin::test
