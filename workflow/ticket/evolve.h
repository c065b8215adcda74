// What an event makes of a ticket. Pure and total: never refuses, never asks the policy or the clock, so that events of
// any age replay to the same ticket. An event of an unknown type or version only counts up the version.
#pragma once
#include <vector>

#include "workflow/ticket/event.h"
#include "workflow/ticket/ticket.h"

namespace huiyin {

Ticket evolve(Ticket ticket, const Event& event);
void evolve_on(Ticket& ticket, const Event& event);  // the same, in place
// All events of a ticket, oldest first. `deadlines` and `last_hash` are projections of the engine and stay empty.
Ticket replay(TicketId id, const std::vector<Event>& events);

}  // namespace huiyin
