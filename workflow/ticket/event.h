// What happened to a ticket: a fact, kept for ever, chained by hashes.
//
// Types: those of known_events() (workflow/policy/fact.h: ticket.opened, ticket.proposed, ticket.consented,
// ticket.confirmed, ticket.rated, ticket.revisited, ticket.level_changed, ticket.routed, ticket.closed,
// deadline.warned, deadline.missed, emergency.paged, consent.asked, fixed.asked, rating.asked, task.opened, …) and,
// beside them, what no rule looks at: details.amended, evidence.added, supporter.joined, fact.cleared, flag.set,
// assignee.cleared, task.dropped, revisit.drawn{stratum, lot}, question.put_off{question, until},
// question.repeated{question}, survey.suppressed{rule}, emergency.kept_alive.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "workflow/ticket/ticket.h"

namespace huiyin {

struct Event {
    std::int64_t sequence = 0;  // 1, 2, … within its ticket
    EventId id;
    std::string type;
    int version = 1;
    TimePoint at;
    Party by;
    std::string clause;   // "property-group/T1", or empty
    nlohmann::json data;  // integers and texts only; personal words as {"text_id":"…","hash":"…"}
    friend bool operator==(const Event&, const Event&) = default;
};

// An event as it is kept and served: never rendered again.
struct StoredEvent {
    std::int64_t sequence = 0;
    std::string type;
    TimePoint at;
    std::string text;  // canonical JSON without hash, previous_hash, by_name
    std::string previous_hash, hash;
};

}  // namespace huiyin
