// TICKET, EVENT and deadlines as the outside reads them.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "channels/api/access.h"
#include "workflow/engine/engine.h"

namespace huiyin {
class JsonWriter;
}

namespace huiyin::api {

// Lists leave out what costs a second look: attachments and commands.
enum class Extent { list, whole };
// Written as it goes, without a tree: a list has hundreds of them.
void write_ticket(JsonWriter& json, Reading& reading, const Engine& engine, const Directory& directory,
                  const SignedIn& who, const Ticket& ticket, const Details& details, TimePoint now, Extent extent);
// The kept text of an event, with its hashes and the name of who did it.
nlohmann::json event_json(const StoredEvent& event, const Directory& directory);
nlohmann::json deadline_json(const Deadline& deadline, const Policy& policy);

}  // namespace huiyin::api
