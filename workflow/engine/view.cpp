// What may be asked of a ticket without changing it: questions that wait, what somebody is to it and may do, its
// limits, and what the customer may count on.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/engine/engine.h"
#include "workflow/engine/language.h"
#include "workflow/engine/surroundings.h"

namespace huiyin {

std::vector<Engine::OpenQuestion> Engine::open_questions(Reading& reading, ConversationId conversation) const {
    std::vector<OpenQuestion> questions;
    for (const auto& prompt : reading.open_prompts(conversation)) {
        if (prompt.kind != "consent" && prompt.kind != "fixed" && prompt.kind != "rating") continue;
        if (const auto ticket = reading.ticket(prompt.ticket))
            questions.push_back({prompt.ticket, ticket->number, prompt.kind, prompt.asked_at});
    }
    return questions;
}

ActingAs Engine::acting_as(Reading& reading, const Ticket& ticket, const Party& party) const {
    const Surroundings around(reading, parts_, ticket);
    return huiyin::acting_as(ticket, party, around);
}

std::vector<AllowedCommand> Engine::allowed(Reading& reading, const Ticket& ticket, const Party& party,
                                            TimePoint now) const {
    const Surroundings around(reading, parts_, ticket);
    auto list = huiyin::allowed(ticket, huiyin::acting_as(ticket, party, around), *around.policy, around.context, now);
    const bool own = party.kind == PartyKind::staff &&
                     (ticket.assignee == StaffId{party.id} || ticket.handlers.count(party.id) != 0);
    if (own)
        list.erase(std::remove_if(list.begin(), list.end(),
                                  [](const AllowedCommand& each) {
                                      return each.command == "consent" || each.command == "confirm" ||
                                             each.command == "rate" || each.command == "revisit";
                                  }),
                   list.end());
    for (auto& each : list)
        for (auto& field : each.fields) {
            if (field.type == "person")
                for (const auto& staff : around.directory->staff())
                    if (!staff.disabled && may_be_given(*around.directory, ticket, staff) &&
                        staff.roles != std::vector<std::string>{"administrator"})
                        field.choices.push_back(staff.login);
            if (field.type == "unit")
                for (const auto& unit : around.directory->units())
                    if (unit.kind == "service_centre") field.choices.push_back(unit.key);
        }
    return list;
}

std::vector<Deadline> Engine::deadlines_of(Reading& reading, const Ticket& ticket, TimePoint now) const {
    const Surroundings around(reading, parts_, ticket);
    return huiyin::deadlines_of(ticket, *around.policy, around.context, now);
}

std::string Engine::role_title(const std::shared_ptr<const Policy>& policy, const std::string& role) const {
    return title_of_role(parts_, policy, role);
}

std::shared_ptr<const Policy> Engine::policy_of(const Ticket& ticket) const {
    return parts_.policies->pinned(ticket.policy_id, ticket.policy_version);
}

bool Engine::keeps_out(const Ticket& ticket, const Staff& staff) const {
    return !ticket.recused.empty() && huiyin::keeps_out(ticket, *policy_of(ticket), *parts_.directory->get(), staff);
}

Engine::Progress Engine::progress(Reading& reading, const Ticket& ticket, TimePoint now,
                                  const std::string& language) const {
    const Surroundings around(reading, parts_, ticket);
    const TicketValues known(reading, parts_, ticket, around, now,
                             huiyin::deadlines_of(ticket, *around.policy, around.context, now), {}, language);
    GivenTo values(known, {});
    Progress progress;
    progress.state = known["state_about"];
    const auto* result = result_deadline(known.deadlines(), *around.policy);
    const auto* acceptance = acceptance_deadline(known.deadlines(), *around.policy);
    std::string_view key = "customer.next.none";
    if (ticket.paused && ticket.paused_until) {
        values.put("until", moment_in(language, *ticket.paused_until, now, around.zone()));
        progress.next_at = ticket.paused_until;
        key = "customer.next.paused";
    } else if (ticket.asked == "consent") {
        key = "customer.next.consent";
    } else if (ticket.phase == Phase::resolved || ticket.phase == Phase::revisiting) {
        key = "customer.next.resolved";
    } else if (is_end(ticket.phase)) {
        key = {};  // the state says it
    } else if (result && *result->due_at > now) {
        progress.next_at = result->due_at;
        const bool accepting = acceptance && *acceptance->due_at > now;
        if (accepting) progress.next_at = std::min(*result->due_at, *acceptance->due_at);
        key = accepting ? "customer.next.accept" : "customer.next.result";
    } else if (result) {
        key = "customer.next.late";
    } else if (acceptance && *acceptance->due_at > now) {  // the time for the result begins with the acceptance
        progress.next_at = acceptance->due_at;
        key = "customer.next.accept";
    }
    if (!key.empty()) progress.next = phrase_words(parts_, around, ticket, std::string(key), values, language);
    progress.why = known["why"];
    progress.clause = known["clause"];
    return progress;
}

PhraseValues Engine::values_of(Reading& reading, const Ticket& ticket, TimePoint now) const {
    const Surroundings around(reading, parts_, ticket);
    return TicketValues(reading, parts_, ticket, around, now,
                        huiyin::deadlines_of(ticket, *around.policy, around.context, now))
        .all();
}

}  // namespace huiyin
