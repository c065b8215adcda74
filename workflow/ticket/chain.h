// The hash chain of a ticket's events: whoever alters, removes or inserts one is found out.
// Source: the outside description of EVENT: hash = SHA-256(previous_hash, line feed, canonical JSON of the event).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "workflow/base/time_text.h"
#include "workflow/ticket/event.h"

namespace huiyin {

inline const std::string first_hash(64, '0');

// The event's canonical text (`at` with milliseconds and the zone's offset at that moment) and its hash.
StoredEvent chained(const Event& event, const std::string& previous_hash, const Zone& zone);
// Reads a kept event again. Throws std::runtime_error on a text that is none.
Event event_from_text(const std::string& text);
struct ChainFault {
    std::int64_t sequence;
    std::string text;  // what does not fit
};
// Recomputes the chain of one ticket, oldest first. `last_hash` and `version` are what the ticket's row says.
std::optional<ChainFault> verify_chain(const std::vector<StoredEvent>& events, const std::string& last_hash,
                                       std::int64_t version);

}  // namespace huiyin
