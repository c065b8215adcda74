// A push to staff as rows of the outbox: one a channel that reaches the person, one a group robot. Who is no part of
// the engine asks it (Engine::push_to_holders, Engine::push_to_groups).
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "workflow/engine/engine.h"

namespace huiyin {

struct Push {
    Said said;
    std::string kind;  // of the rows
    Priority priority = Priority::progress;
    TimePoint at;
    std::string key;  // with the channel it makes the row's own, so that nothing is pushed twice
    TicketId ticket = {};
    std::string ticket_number = {};
};

// `buttons`: asked for at most once, when a channel can show them. Tells how many rows it wrote.
std::size_t push_to_staff(Transaction& tx, const EngineParts& parts, const Staff& staff, const Push& push,
                          const std::function<std::vector<Choice>()>& buttons = {});
void push_to_groups(Transaction& tx, const EngineParts& parts, const Push& push);
// A row of that push on a channel, with an id and the times; nobody's yet.
OutboxItem push_row(const EngineParts& parts, const ChannelId& channel, const Push& push);

}  // namespace huiyin
