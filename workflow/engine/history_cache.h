// The events of tickets that were looked at lately, read once. A ticket's last hash says whether its events are the
// same.
//
// Threads: any.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "workflow/base/recent.h"
#include "workflow/ticket/decide.h"

namespace huiyin {

class HistoryCache {
public:
    using Events = std::shared_ptr<const std::vector<HistoryEvent>>;
    Events find(const Ticket& ticket) {  // nullptr: not kept
        std::lock_guard lock(mutex_);
        const auto* kept = kept_.find(ticket.id);
        return kept && kept->last_hash == ticket.last_hash ? kept->events : nullptr;
    }
    void keep(const Ticket& ticket, std::vector<HistoryEvent> events) {
        auto kept = std::make_shared<const std::vector<HistoryEvent>>(std::move(events));
        std::lock_guard lock(mutex_);
        kept_.put(ticket.id, {ticket.last_hash, std::move(kept)});
    }

private:
    struct Kept {
        std::string last_hash;
        Events events;
    };
    std::mutex mutex_;
    Recent<TicketId, Kept> kept_{2000};
};

}  // namespace huiyin
