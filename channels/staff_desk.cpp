#include "channels/staff_desk.h"

#include <algorithm>

#include "channels/hearing.h"
#include "workflow/base/log.h"
#include "workflow/engine/push.h"

namespace huiyin {

const Staff* staff_at(const Directory& directory, const ChannelId& channel, bool login_is_address,
                      const std::vector<std::string>& names) {
    const auto same = [](const std::string& a, const std::string& b) {  // userids are compared without regard to case
        if (a.size() != b.size()) return false;
        for (std::size_t i = 0; i < a.size(); ++i)
            if (std::tolower(static_cast<unsigned char>(a[i])) != std::tolower(static_cast<unsigned char>(b[i])))
                return false;
        return true;
    };
    const auto is_his = [&](const std::string& address) {
        return !address.empty() &&
               std::any_of(names.begin(), names.end(), [&](const std::string& name) { return same(address, name); });
    };
    // What was written for somebody says who he is, also when he was disabled; a login only where nothing does.
    std::vector<const Staff*> written, by_login;
    for (const auto& staff : directory.staff()) {
        const auto at = staff.addresses.find(channel.value);
        if (at != staff.addresses.end()) {
            if (is_his(at->second)) written.push_back(&staff);
        } else if (login_is_address && is_his(staff.login)) {
            by_login.push_back(&staff);
        }
    }
    if (!written.empty())
        std::erase_if(written, [](const Staff* staff) { return staff->disabled; });  // somebody may have a new account
    else if (by_login.size() == 1 && !by_login.front()->disabled)
        written = by_login;
    return written.size() == 1 ? written.front() : nullptr;
}

const Staff* staff_signing_in(const Directory& directory, const ChannelId& channel, bool login_is_address,
                              const std::string& name) {
    const auto* staff = staff_at(directory, channel, login_is_address, {name});
    if (!staff || staff->addresses.contains(channel.value)) return staff;
    const auto& roles = staff->roles;
    return std::find(roles.begin(), roles.end(), "administrator") == roles.end() ? staff : nullptr;
}

const Staff* StaffDesk::who(const Directory& directory, const InboundMessage& message) const {
    const auto* traits = parts_.speaker->traits(message.channel);
    auto names = message.aliases;
    names.insert(names.begin(), message.address);
    return staff_at(directory, message.channel, traits && traits->login_is_address, names);
}

// The row of the card that was tapped, if the tap names it as its sending did.
std::optional<OutboxItem> StaffDesk::card_of(Transaction& tx, const InboundMessage& message, TicketId ticket) {
    if (message.reply_reference.empty() || !ticket) return std::nullopt;
    for (auto& row : tx.outbox_of(ticket))
        if (row.channel == message.channel && row.reference == message.reply_reference && row.kind != "card_update")
            return std::move(row);
    return std::nullopt;
}

bool StaffDesk::knows(const InboundMessage& message) const { return who(*parts_.directory->get(), message); }

std::string StaffDesk::answer(Transaction& tx, const InboundMessage& message, const Staff& staff,
                              const std::string& text, const About& about, TimePoint now, TimePoint system_now) {
    OutboxItem item;
    item.id = parts_.ids->make<OutboxId>(to_ms(system_now));
    item.channel = message.channel;
    item.staff = staff.id;
    item.address = message.address;
    item.ticket = about.ticket;
    item.ticket_number = about.number;
    // A card that was tapped is updated; words are answered by words.
    item.kind = message.reply_reference.empty() ? "reply" : "card_update";
    item.reference = message.reply_reference;
    item.priority = Priority::consent;
    item.said.text = text;
    item.said.ticket = about.ticket;
    item.said.ticket_number = about.number;
    // Where a card is known by its message, it is changed as a whole: its words stay, and so do its buttons as long as
    // nothing was done.
    if (const auto card = card_of(tx, message, about.ticket)) {
        if (about.done) {
            item.said.card = card->said.card;
        } else {
            item.kind = "reply";
            item.reference.clear();
        }
    }
    item.key = "answer:" + message.channel.value + ":" + message.key;
    item.created_at = item.next_attempt_at = now;
    item.next_attempt_system = system_now;
    tx.add(item);
    return text;
}

// WeCom takes its interfaces from an app that nobody opens, and says so before.
void StaffDesk::warn(Transaction& tx, const InboundMessage& message, TimePoint now) const {
    const auto is = [&](const char* name) { return message.text == name; };
    if (!is("inactive_alert") && !is("low_active_alert") && !is("close_inactive_agent") && !is("low_active")) return;
    log::error("channel.app_unused", {{"channel", message.channel.value}, {"what", message.text}});
    Push push;
    push.said.text = parts_.phrases->render("staff.app_unused", {{"channel", message.channel.value}});
    push.kind = "task";
    push.priority = Priority::deadline;
    push.at = now;
    push.key = "unused:" + message.channel.value + ":" + message.key;
    parts_.engine->push_to_holders(tx, "administrator", parts_.directory->get()->organisation().id, push);
}

std::string StaffDesk::hear(Transaction& tx, const InboundMessage& message, TimePoint now, TimePoint system_now) {
    if (!message.key.empty() &&
        !tx.claim_delivery(
            {.channel = message.channel, .key = message.key, .conversation = {}, .answer = {}, .at = system_now}))
        return {};
    Hearing::keep_raw(tx, message, {}, now);
    const bool of_members =
        message.kind == InboundKind::left ||
        (message.kind == InboundKind::event && (message.text == "change_contact" || message.text == "subscribe"));
    if (of_members && parts_.members_changed) parts_.members_changed(message.channel);
    if (message.kind == InboundKind::event) warn(tx, message, now);
    if (message.kind == InboundKind::entered || message.kind == InboundKind::event || message.kind == InboundKind::left)
        return {};
    const auto directory = parts_.directory->get();
    const auto* staff = who(*directory, message);
    if (!staff) {
        log::warning("staff.unknown", {{"channel", message.channel.value}});
        return {};
    }
    if (message.choice.empty())
        return answer(tx, message, *staff, parts_.phrases->render("staff.use_buttons"), {}, now, system_now);
    const auto pressed = parts_.keys->read_staff(message.choice);
    const auto button = pressed ? staff_button(pressed->button) : std::nullopt;
    const auto before = pressed ? tx.ticket(pressed->ticket) : std::nullopt;
    if (!button || !before)
        return answer(tx, message, *staff, parts_.phrases->render("staff.unknown_button"), {}, now, system_now);
    auto command = button->command;
    command.by = huiyin::staff(staff->id);
    const auto result = parts_.engine->execute(tx, before->id, command, now);
    if (result) {
        log::info("staff.tapped", {{"ticket", before->number}, {"button", pressed->button}});
        return answer(tx, message, *staff,
                      parts_.phrases->render("staff.done", {{"title", button->title}, {"name", staff->name}}),
                      {before->id, before->number, true}, now, system_now);
    }
    // A ticket of somewhere else answers like one that does not exist.
    const auto& problem = result.problem();
    log::info("staff.refused", {{"ticket", before->number}, {"button", pressed->button}, {"code", problem.code}});
    return answer(tx, message, *staff,
                  problem.code == "ticket.not_found" ? parts_.phrases->render("staff.unknown_button") : problem.text,
                  {before->id, before->number, false}, now, system_now);
}

}  // namespace huiyin
