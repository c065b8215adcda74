// A matter that staff file for somebody: for the route and for an import.
#pragma once
#include <string>
#include <vector>

#include "channels/api/api.h"
#include "channels/api/findings.h"
#include "workflow/base/json_text.h"

namespace huiyin::api {

struct Filing {
    const ApiParts& parts;
    const SignedIn& who;
    const Json& body;  // as POST /api/v1/tickets takes it
};
struct NewTicket {
    OpenTicket open;
    std::string phone, name;
};
// What is wrong is added to `findings`; `may`: whether his roles file matters of that unit at all.
NewTicket read_new_ticket(const Filing& asked, std::vector<Finding>& findings, bool& may);
// Errors: those of Engine::open.
Result<Ticket> open_new_ticket(Transaction& tx, const ApiParts& parts, const SignedIn& who, const NewTicket& wish,
                               TimePoint now, TimePoint system_now);

}  // namespace huiyin::api
