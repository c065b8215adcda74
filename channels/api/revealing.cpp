#include "channels/api/revealing.h"

#include <algorithm>

namespace huiyin::api {

namespace {
bool is_secret(const Ticket& ticket) { return ticket.anonymous || ticket.flags.contains("confidential"); }
}  // namespace

bool may_know_customer(const ApiParts& parts, const SignedIn& who, const Ticket& ticket) {
    if (!is_secret(ticket) && !who.is_administrator()) return true;
    const auto policy = parts.engine->policy_of(ticket);
    const auto& trusted = policy->identity.named_to;  // the pack names who may know
    const auto& roles = who.staff.roles;
    return !who.is_administrator() && std::any_of(trusted.begin(), trusted.end(), [&](const std::string& role) {
        return std::find(roles.begin(), roles.end(), role) != roles.end();
    });
}

bool hides_customer(const ApiParts& parts, const SignedIn& who, const Ticket& ticket) {
    return is_secret(ticket) && !may_know_customer(parts, who, ticket);
}

std::optional<Problem> note_revealed(Transaction& tx, const Asked& asked, TicketId ticket, const std::string& field,
                                     const std::string& reason) {
    const auto system_now = asked.parts.system->now();
    if (tx.reveals_since(asked.who.staff.id, system_now - std::chrono::hours{1}) >= reveals_an_hour)
        return Problem{"access.too_many", "一小时内看得太多，请稍后再试，或请主管查看", {}};
    tx.audit(asked.who.staff.id, "reveal", ticket, field, reason, system_now);
    return std::nullopt;
}

}  // namespace huiyin::api
