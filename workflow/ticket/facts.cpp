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

namespace {

// Money is kept in whole fen and looked at in yuan: "labour_fen" -> "labour_yuan".
void put_yuan(Facts& facts) {
    constexpr std::string_view fen = "_fen";
    std::vector<std::pair<std::string, double>> found;
    for (const auto& [name, fact] : facts)
        if (const auto* value = std::get_if<std::int64_t>(&fact);
            value && name.size() > fen.size() && name.compare(name.size() - fen.size(), fen.size(), fen) == 0)
            found.emplace_back(name.substr(0, name.size() - fen.size()) + "_yuan", static_cast<double>(*value) / 100);
    for (auto& [name, value] : found) facts[name] = value;
}

void put_moments(Facts& facts, const Ticket& ticket) {
    const auto put = [&](const char* name, const std::optional<TimePoint>& at) {
        if (at) facts[name] = static_cast<std::int64_t>(to_ms(*at));
    };
    put("occurred_at", ticket.occurred_at);
    put("opened_at", ticket.opened_at);
    put("accepted_at", ticket.accepted_at);
    put("resolved_at", ticket.resolved_at);
}

void put_steps(Facts& facts, const Ticket& ticket) {
    std::vector<std::string> open, done;
    for (const auto& step : ticket.steps)
        if (step.state == "open")
            open.push_back(step.step);
        else if (step.state == "done")
            done.push_back(step.step);
    if (!open.empty()) facts["steps_open"] = std::move(open);
    if (!done.empty()) facts["steps_done"] = std::move(done);
    if (!ticket.missed.empty()) facts["missed"] = std::vector<std::string>(ticket.missed.begin(), ticket.missed.end());
    auto handlers = ticket.team;
    if (ticket.assignee) handlers.insert(ticket.assignee.value);
    facts["handlers"] = static_cast<std::int64_t>(handlers.size());
}

// What the pack's slots and tests say of all that is known; last, for they look at everything else.
void put_intake(Facts& facts, const Ticket& ticket, const Policy& policy) {
    if (!ticket.filed_kind.empty()) facts["intake_kind"] = ticket.filed_kind;
    if (!ticket.filed_category.empty()) facts["intake_category"] = ticket.filed_category;
    if (!policy.slots.empty()) {
        std::vector<std::string> missing;
        for (const auto* slot : missing_slots(policy, facts)) missing.push_back(slot->key);
        if (!missing.empty()) facts["missing_slots"] = std::move(missing);
    }
    if (policy.admission.tests.empty()) return;
    const auto judged = judge_admission(policy, facts);
    facts["admission"] = judged.answer;
    if (judged.test) facts["admission_test"] = judged.test->name;
}

}  // namespace

Facts facts_of(const Ticket& ticket, const Policy& policy, const DecideContext& context, TimePoint now,
               const std::vector<HistoryEvent>* history) {
    Facts facts = context.more;
    for (const auto& [name, fact] : ticket.facts) facts[name] = fact;
    if (!ticket.facts.empty()) put_yuan(facts);
    put_text(facts, "kind", ticket.kind);
    put_text(facts, "category", ticket.category);
    put_text(facts, "level", ticket.level);
    put_text(facts, "state", ticket.state);
    facts["phase"] = to_text(ticket.phase);
    put_text(facts, "validity", ticket.validity);
    put_text(facts, "cause", ticket.cause);
    put_text(facts, "owner_role", ticket.owner_role);
    put_text(facts, "emergency", ticket.emergency);
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
    const auto& calendar = context.calendar ? *context.calendar : policy.calendar;
    facts["working_time"] = calendar.is_working_time(now);
    put_steps(facts, ticket);
    if (!policy.derived.empty() || policy.starts_from_facts) put_moments(facts, ticket);
    if (!policy.derived.empty())
        derive(policy, facts, history ? *history : context.history, calendar, now, context.of_others);
    put_intake(facts, ticket, policy);
    return facts;
}

Facts given_of(const Json& fields) {
    Facts given;
    if (!fields.is_object()) return given;
    for (const auto& [name, value] : fields.items())
        if (const auto fact = as_fact(value)) given[name] = *fact;
    put_yuan(given);
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
