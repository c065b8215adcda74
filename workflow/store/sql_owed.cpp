// What is owed to people, and when to look again.
#include "workflow/store/sql_store.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/store/change_list.h"
#include "workflow/store/sql.h"
#include "workflow/store/sql_rows.h"

namespace huiyin {
namespace {

using namespace rows;

OutboxState outbox_state(const std::string& name) {
    for (const auto state : {OutboxState::waiting, OutboxState::sending, OutboxState::sent, OutboxState::failed,
                             OutboxState::dead, OutboxState::undeliverable})
        if (to_text(state) == name) return state;
    throw std::runtime_error("store: unknown outbox state \"" + name + "\"");
}

}  // namespace

OutboxItem SqlTransaction::read_outbox(const Query& row) const {
    OutboxItem item;
    item.id = OutboxId{row.integer(0)};
    item.channel = ChannelId{row.text(1)};
    item.staff = StaffId{row.integer(2)};
    item.conversation = ConversationId{row.integer(3)};
    item.message = row.integer(4);
    item.ticket = TicketId{row.integer(5)};
    item.ticket_number = row.text(6);
    item.kind = row.text(7);
    item.priority = static_cast<Priority>(std::clamp<std::int64_t>(row.integer(8), 0, 4));
    item.said = said_from_text(context_.vault.open(row.text(9), place("outbox.said", item.id.value)));
    item.key = row.text(10);
    item.state = outbox_state(row.text(11));
    item.attempts = static_cast<int>(row.integer(12));
    item.created_at = from_ms(row.integer(13));
    item.next_attempt_at = from_ms(row.integer(14));
    item.next_attempt_system = from_ms(row.integer(15));
    if (!row.is_nothing(16)) item.sent_at = from_ms(row.integer(16));
    item.error_code = row.text(17);
    item.error_text = context_.vault.open(row.text(18), place("outbox.error", item.id.value));
    item.reference = context_.vault.open(row.text(19), place("outbox.reference", item.id.value));
    return item;
}

std::optional<OutboxItem> SqlTransaction::outbox(OutboxId id) {
    Query row(driver_, sql::outbox_item, context_.organisation, id.value);
    if (!row.step()) return std::nullopt;
    return read_outbox(row);
}

std::optional<OutboxItem> SqlTransaction::outbox_keyed(const std::string& key) {
    std::int64_t id = 0;
    if (Query row(driver_, sql::outbox_keyed, context_.organisation, key); row.step()) id = row.integer(0);
    return id ? outbox(OutboxId{id}) : std::nullopt;
}

Page<OutboxItem> SqlTransaction::outbox_page(const std::string& state, int limit, const std::string& cursor) {
    Page<OutboxItem> page;
    auto before = far_future;
    if (!cursor.empty()) {
        const auto given = from_cursor(cursor);
        if (!given) return page;
        before = given->second;
    }
    const auto collect = [&](Query& row) {
        while (row.step()) {
            if (static_cast<int>(page.items.size()) == limit) {
                page.next_cursor = to_cursor({0, page.items.back().id.value});
                break;
            }
            page.items.push_back(read_outbox(row));
        }
    };
    if (state.empty()) {
        Query row(driver_, sql::outbox_page, context_.organisation, before, limit + 1);
        collect(row);
    } else if (state == "sent") {
        Query row(driver_, sql::outbox_page_sent, context_.organisation, before, limit + 1);
        collect(row);
    } else {
        Query row(driver_, sql::outbox_page_of_state, context_.organisation, state, before, limit + 1);
        collect(row);
    }
    return page;
}

std::vector<OutboxItem> SqlTransaction::outbox_of(TicketId ticket) {
    std::vector<OutboxItem> found;
    Query row(driver_, sql::outbox_of, context_.organisation, ticket.value);
    while (row.step()) found.push_back(read_outbox(row));
    return found;
}

bool SqlTransaction::add(const OutboxItem& item) {
    if (!item.key.empty()) {
        Query known(driver_, sql::outbox_keyed, context_.organisation, item.key);
        if (known.step()) return false;
    }
    const auto words = to_text(item.said);
    const auto said = to_seal(words, place("outbox.said", item.id.value));
    const auto error = to_seal(item.error_text, place("outbox.error", item.id.value));
    const auto reference = to_seal(item.reference, place("outbox.reference", item.id.value));
    change_later(driver_, sql::add_outbox, Expected::any, context_.organisation, item.id.value, item.channel.value,
                 item.staff.value, item.conversation.value, item.message, item.ticket.value, item.ticket_number,
                 item.kind, static_cast<int>(item.priority), said, item.key, to_text(item.state), item.attempts,
                 to_ms(item.created_at), to_ms(item.next_attempt_at), to_ms(item.next_attempt_system),
                 ms_of(item.sent_at), item.error_code, error, reference);
    if (item.state == OutboxState::waiting || item.state == OutboxState::failed) touched_.channels.insert(item.channel);
    return true;
}

void SqlTransaction::save(const OutboxItem& item) {
    const auto error = to_seal(item.error_text, place("outbox.error", item.id.value));
    const auto reference = to_seal(item.reference, place("outbox.reference", item.id.value));
    if (change(driver_, sql::save_outbox, to_text(item.state), item.attempts, to_ms(item.next_attempt_at),
               to_ms(item.next_attempt_system), ms_of(item.sent_at), item.error_code, error, reference, context_.number,
               context_.organisation, item.id.value) != 1)
        throw std::logic_error("store: outbox item " + to_text(item.id) + " is not there to be saved");
    touched_.channels.insert(item.channel);
}

std::string SqlTransaction::address_of(const OutboxItem& item) {
    if (item.conversation) {
        const auto with = conversation(item.conversation);
        return with ? with->address : std::string();
    }
    if (!item.staff) return {};
    Query row(driver_, sql::staff_address, context_.organisation, item.staff.value);
    if (!row.step()) return {};
    const auto addresses = context_.vault.open(row.text(1), place("staff.addresses", item.staff.value));
    if (!addresses.empty()) {
        const auto json = read_json(addresses, "a member of staff's addresses");
        if (const auto on = json.find(item.channel.value); on != json.end()) return on->get<std::string>();
    }
    return {};  // whether his login is one there, the channel knows
}

// Nobody gets two at once, so there are no more than recipients: whoever asks for more looks through all that waits.
// Several groups are one here, and so are the pictures of one sender: of pictures the next claim brings the next.
int SqlTransaction::at_most_claimable(const ChannelId& channel, int most) {
    std::int64_t staff = 0, conversation = -1;
    for (int found = 0; found < most; ++found) {
        Query row(driver_, sql::next_recipient_waiting, context_.organisation, channel.value, staff, conversation);
        if (!row.step()) return found;
        staff = row.integer(0);
        conversation = row.integer(1);
        if (staff == 0 && conversation == 0) return most;
    }
    return most;
}

std::vector<OutboxItem> SqlTransaction::claim_outbox(const ChannelId& channel, TimePoint service_now,
                                                     TimePoint system_now, int most) {
    most = at_most_claimable(channel, most);
    if (most == 0) return {};
    std::vector<OutboxId> ids;
    {
        Query row(driver_, driver_.of(sql::claimable_outbox_sqlite, sql::claimable_outbox_postgres),
                  context_.organisation, channel.value, to_ms(service_now), to_ms(system_now), most);
        while (row.step()) ids.push_back(OutboxId{row.integer(0)});
    }
    std::vector<OutboxItem> items;
    for (const auto id : ids) {
        change_later(driver_, sql::take_outbox, Expected::any, context_.number, context_.organisation, id.value);
        if (auto item = outbox(id)) {
            item->address = address_of(*item);
            items.push_back(std::move(*item));
        }
    }
    return items;
}

void SqlTransaction::release_claims() { release_claims_of(context_.number); }

void SqlTransaction::release_claims(const ChannelId& channel) {
    change_later(driver_, sql::release_claims_of_channel, Expected::any, context_.organisation, channel.value,
                 context_.number);
    touched_.channels.insert(channel);
}

void SqlTransaction::release_claims_of(int number) {
    {
        Query row(driver_, sql::channels_in_flight, context_.organisation);
        while (row.step()) touched_.channels.insert(ChannelId{row.text(0)});
    }
    change_later(driver_, sql::release_claims, Expected::any, context_.organisation, number);
}

void SqlTransaction::set_reminder(const Reminder& reminder) {
    const auto id = reminder.id ? reminder.id : context_.ids->make<ReminderId>(to_ms(SystemClock().now()));
    change_later(driver_, sql::set_reminder, Expected::any, context_.organisation, id.value, to_ms(reminder.due_at),
                 reminder.system, reminder.ticket.value, reminder.conversation.value, reminder.kind, reminder.name);
    touched_.reminders = true;
}

void SqlTransaction::drop_reminder(TicketId ticket, ConversationId conversation, const std::string& kind,
                                   const std::string& name) {
    change_later(driver_, sql::drop_reminder, Expected::any, context_.organisation, ticket.value, conversation.value,
                 kind, name);
}

void SqlTransaction::drop_reminders(TicketId ticket, const std::string& kind) {
    change_later(driver_, sql::drop_reminders_of, Expected::any, context_.organisation, ticket.value, kind);
}

std::vector<Reminder> SqlTransaction::take_due(TimePoint now, bool system, int most) {
    std::vector<Reminder> due;
    {
        Query row(driver_, sql::due_reminders, context_.organisation, system, to_ms(now), most);
        while (row.step())
            due.push_back({ReminderId{row.integer(0)}, from_ms(row.integer(1)), row.flag(2), TicketId{row.integer(3)},
                           ConversationId{row.integer(4)}, row.text(5), row.text(6)});
    }
    for (const auto& one : due) drop_reminder(one.ticket, one.conversation, one.kind, one.name);
    return due;
}

std::optional<TimePoint> SqlTransaction::next_reminder(bool system) {
    Query row(driver_, sql::next_reminder, context_.organisation, system);
    if (!row.step()) return std::nullopt;
    return from_ms(row.integer(0));
}

}  // namespace huiyin
