#include "workflow/engine/push.h"

#include <optional>

#include "workflow/base/log.h"
#include "workflow/engine/surroundings.h"

namespace huiyin {

OutboxItem push_row(const EngineParts& parts, const ChannelId& channel, const Push& push) {
    OutboxItem item;
    const auto system_now = parts.system->now();
    item.id = parts.ids->make<OutboxId>(to_ms(system_now));
    item.channel = channel;
    item.ticket = push.ticket;
    item.ticket_number = push.ticket_number;
    item.kind = push.kind;
    item.priority = push.priority;
    item.said = push.said;
    item.key = push.key;
    item.created_at = item.next_attempt_at = push.at;
    item.next_attempt_system = system_now;
    return item;
}

std::size_t push_to_staff(Transaction& tx, const EngineParts& parts, const Staff& staff, const Push& push,
                          const std::function<std::vector<Choice>()>& buttons) {
    std::size_t rows = 0;
    std::optional<std::vector<Choice>> shown;
    for (const auto& id : parts.staff_channels) {
        const auto* channel = parts.speaker->traits(id);
        if (!channel || channel->robot) continue;
        const auto address = staff.addresses.find(id.value);
        const bool known = address != staff.addresses.end() && !address->second.empty();
        if (!known && !channel->login_is_address) continue;
        auto item = push_row(parts, id, push);
        item.staff = staff.id;
        item.address = known ? address->second : staff.login;
        if (channel->buttons && buttons) {
            if (!shown) shown = buttons();
            item.said.choices = *shown;
        }
        item.key += ":" + id.value;
        if (channel->pulls) {
            item.state = OutboxState::sent;
            item.sent_at = push.at;
        }
        tx.add(item);
        ++rows;
    }
    return rows;
}

void push_to_groups(Transaction& tx, const EngineParts& parts, const Push& push) {
    for (const auto& id : parts.staff_channels)
        if (const auto* channel = parts.speaker->traits(id); channel && channel->robot) {
            auto item = push_row(parts, id, push);
            item.key += ":" + id.value;
            tx.add(item);
        }
}

void Engine::push_to_holders(Transaction& tx, const std::string& role, UnitId unit, const Push& push) const {
    const auto directory = parts_.directory->get();
    const auto ticket = push.ticket ? tx.ticket(push.ticket) : std::nullopt;
    const auto holders =
        ticket ? free_holders(*ticket, *policy_of(*ticket), *directory, role, unit) : directory->holders(role, unit);
    std::size_t rows = 0;
    for (const auto* staff : holders) {
        auto his = push;
        his.key += ":" + to_text(staff->id);
        rows += push_to_staff(tx, parts_, *staff, his);
    }
    // No holder, or no channel that reaches one: whoever runs the house must hear of it.
    if (rows == 0)
        log::error("push.nobody",
                   {{"kind", push.kind}, {"role", role}, {"unit", to_text(unit)}, {"ticket", push.ticket_number}});
}

void Engine::push_to_groups(Transaction& tx, const Push& push) const { huiyin::push_to_groups(tx, parts_, push); }

}  // namespace huiyin
