// Whose matter it is, where he does not want it known: who may know it all the same.
#pragma once
#include "channels/api/guard.h"

namespace huiyin::api {

constexpr int reveals_an_hour = 30;

// Anybody, as a rule; where it is anonymous or confidential whom the pack names. Never who looks after the machine.
bool may_know_customer(const ApiParts& parts, const SignedIn& who, const Ticket& ticket);
// It is anonymous or confidential, and he may not know whose it is: its number stands beside no name.
bool hides_customer(const ApiParts& parts, const SignedIn& who, const Ticket& ticket);
// Notes that he looked, and why. The refusal if he looked too often within an hour.
std::optional<Problem> note_revealed(Transaction& tx, const Asked& asked, TicketId ticket, const std::string& field,
                                     const std::string& reason);

}  // namespace huiyin::api
