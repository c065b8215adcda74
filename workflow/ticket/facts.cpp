// What a policy's rules may look at, taken from a ticket, an event or a command.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "workflow/ticket/decide.h"

namespace huiyin {
namespace {

void put_text(Facts& facts, const char* name, const std::string& value) {
    if (!value.empty()) facts[name] = value;
}

void put_days_since(Facts& facts, const char* name, const std::optional<TimePoint>& at, TimePoint now) {
    if (at) facts[name] = static_cast<std::int64_t>(std::chrono::floor<std::chrono::days>(now - *at).count());
}

std::int64_t known_or(const Facts& facts, const char* name, std::int64_t otherwise) {
    const auto found = facts.find(name);
    const auto* value = found == facts.end() ? nullptr : std::get_if<std::int64_t>(&found->second);
    return value ? *value : otherwise;
}

std::optional<Fact> as_fact(const Json& value) {
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (value.is_number()) return value.get<double>();
    if (value.is_string()) return value.get<std::string>();
    if (value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_string(); }))
        return value.get<std::vector<std::string>>();
    return std::nullopt;
}

}  // namespace

Facts facts_of(const Ticket& ticket, const Policy& policy, const DecideContext& context, TimePoint now) {
    Facts facts = context.more;
    for (const auto& [name, fact] : ticket.facts) facts[name] = fact;
    put_text(facts, "kind", ticket.kind);
    put_text(facts, "category", ticket.category);
    put_text(facts, "level", ticket.level);
    put_text(facts, "state", ticket.state);
    facts["phase"] = to_text(ticket.phase);
    put_text(facts, "validity", ticket.validity);
    put_text(facts, "cause", ticket.cause);
    put_text(facts, "owner_role", ticket.owner_role);
    if (ticket.amount_fen) facts["amount_yuan"] = static_cast<double>(*ticket.amount_fen) / 100;
    if (ticket.purchase_fen) facts["purchase_yuan"] = static_cast<double>(*ticket.purchase_fen) / 100;
    facts["people"] = std::max(known_or(facts, "people", 1), static_cast<std::int64_t>(ticket.supporters.size()) + 1);
    facts["contacts"] = known_or(facts, "contacts", 1) + ticket.urged;
    facts["repeats"] = known_or(facts, "repeats", 0);
    for (const char* flag : {"media", "lawsuit", "group"}) facts[flag] = ticket.flags.count(flag) != 0;
    facts["anonymous"] = ticket.anonymous;
    facts["flags"] = std::vector<std::string>(ticket.flags.begin(), ticket.flags.end());
    facts["accepted"] = ticket.accepted_at.has_value();
    facts["assigned"] = static_cast<bool>(ticket.assignee);
    facts["escalated"] = ticket.escalations > 0;
    facts["exempt"] = ticket.flags.count("exempt") != 0;
    facts["paused"] = ticket.paused;
    facts["overdue"] = ticket.missed.count("handle") != 0 || ticket.missed.count("escalated") != 0;
    facts["overdue_accept"] = ticket.missed.count("accept") != 0;
    if (ticket.consent) facts["consent"] = ticket.consent->answer;
    facts["proposals"] = static_cast<std::int64_t>(ticket.rounds);
    facts["reviews"] = static_cast<std::int64_t>(ticket.reviews);
    facts["reopens"] = static_cast<std::int64_t>(ticket.reopened);
    facts["attempts"] = static_cast<std::int64_t>(ticket.attempts);
    put_text(facts, "fixed", ticket.fixed);
    if (ticket.rating) facts["score"] = static_cast<std::int64_t>(ticket.rating->score);
    put_days_since(facts, "days_since_resolved", ticket.resolved_at, now);
    put_days_since(facts, "days_since_closed", ticket.closed_at, now);
    facts["working_time"] = (context.calendar ? *context.calendar : policy.calendar).is_working_time(now);
    return facts;
}

Facts given_of(const Json& fields) {
    Facts given;
    if (!fields.is_object()) return given;
    for (const auto& [name, value] : fields.items())
        if (const auto fact = as_fact(value)) given[name] = *fact;
    if (const auto found = fields.find("amount_fen"); found != fields.end() && found->is_number_integer())
        given["amount_yuan"] = static_cast<double>(found->get<std::int64_t>()) / 100;
    return given;
}

HistoryEvent history_of(const Event& event) { return {event.type, event.at, given_of(event.data)}; }

std::vector<TicketDeadline> projected(const std::vector<Deadline>& deadlines) {
    std::vector<TicketDeadline> list;
    for (const auto& deadline : deadlines)
        if (deadline.due_at)
            list.push_back({deadline.name, *deadline.due_at, to_text(deadline.state), deadline.clause, deadline.soft,
                            deadline.binds});
    return list;
}

}  // namespace huiyin
