// What happened to a ticket: a fact, kept for ever, chained by hashes.
//
// Types: ticket.opened, .accepted, .rejected, .assigned, .transferred, .returned, .escalated, .urged, .extended, .paused,
// .resumed, .classified, .level_changed, .resolved, .reopened, .withdrawn, .merged, .terminated, .closed · details.amended ·
// evidence.added · supporter.joined · proposal.made, .reviewed · consent.given · fixed.confirmed · ticket.rated ·
// revisit.recorded · step.opened, .completed, .decided, .dropped · note.added · reply.sent · deadline.warned,
// .missed · emergency.paged · survey.suppressed · customer.told.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "workflow/ticket/ticket.h"

namespace huiyin {

struct Event {
    std::int64_t sequence = 0;           // 1, 2, … within its ticket
    EventId id;
    std::string type;
    int version = 1;
    TimePoint at;
    Party by;
    std::string clause;                  // "property-group/T1", or empty
    nlohmann::json data;                 // integers and texts only; personal words as {"text_id":"…","hash":"…"}
    friend bool operator==(const Event&, const Event&) = default;
};

// An event as it is kept and served: never rendered again.
struct StoredEvent {
    std::int64_t sequence = 0;
    std::string type;
    TimePoint at;
    std::string text;                    // canonical JSON without hash, previous_hash, by_name
    std::string previous_hash, hash;
};

}  // namespace huiyin
