// Who of the residents said and sent what in a ticket: besides its customer, whoever joined it.
#pragma once
#include <map>
#include <vector>

#include "workflow/store/keeping.h"
#include "workflow/store/store.h"

namespace huiyin {

struct SaidBy {
    struct Words {
        TimePoint at;
        TextId text;
    };
    std::vector<Words> words;  // oldest first; the details of the ticket are not among them
    std::set<AttachmentId> pictures;
};
std::map<PersonId, SaidBy> said_in(Reading& reading, TicketId ticket);
// What of it belongs to others than its customer, whom we still know.
PartOfTicket of_others(Reading& reading, const Ticket& ticket);

struct Joined {
    Ticket ticket;
    SaidBy said;
};
// Tickets of others in which he said or sent something that is still there, as far as his talks know of them.
std::vector<Joined> joined_by(Reading& reading, PersonId person);

}  // namespace huiyin
