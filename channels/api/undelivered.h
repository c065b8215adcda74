// What a customer was not told, and sending it once more.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "workflow/store/store.h"

namespace huiyin::api {

// Messages about a ticket that reached its customer by no channel, newest first, five at most:
// [{id, at, channel, kind, state, code, attempts, preview}].
nlohmann::json undelivered_json(Reading& reading, const Ticket& ticket, const Zone& zone);

// A row that was given up is owed anew, at once, as if it had never been tried. Errors: outbox.not_found;
// outbox.conflict - it was sent, is still being tried, or went on another channel.
Result<OutboxItem> send_once_more(Transaction& tx, std::optional<OutboxId> id, TimePoint now, TimePoint system_now);

}  // namespace huiyin::api
