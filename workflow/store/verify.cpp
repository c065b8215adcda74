#include "workflow/store/verify.h"

#include "workflow/store/driver.h"
#include "workflow/ticket/chain.h"

namespace huiyin {

Verified verify_chains(Reading& reading, const std::function<void(std::int64_t tickets)>& progress) {
    Verified found;
    try {
        reading.each_ticket([&](const Ticket& ticket) {
            const auto events = reading.events(ticket.id);
            ++found.tickets;
            found.events += static_cast<std::int64_t>(events.size());
            if (const auto fault = verify_chain(events, ticket.last_hash, ticket.version))
                found.faults.push_back("ticket " + ticket.number + ": event " + std::to_string(fault->sequence) + ": " +
                                       fault->text);
            if (progress && found.tickets % 1000 == 0) progress(found.tickets);
        });
    } catch (const StoreFailed&) {
        throw;
    } catch (const std::runtime_error& e) {  // a row that is no ticket any more
        found.faults.push_back("after " + std::to_string(found.tickets) + " tickets: " + e.what());
        return found;
    }
    if (const auto kept = reading.event_count(); kept != found.events)
        found.faults.push_back(std::to_string(kept - found.events) +
                               " events belong to no ticket: their ticket was removed");
    return found;
}

Verified verify_chains(Store& store, const std::function<void(std::int64_t tickets)>& progress) {
    Verified found;
    store.read([&](Reading& reading) { found = verify_chains(reading, progress); });
    return found;
}

}  // namespace huiyin
