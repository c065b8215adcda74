#include <new>

#include "bot/desk_work.h"
#include "bot/in_public.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"
#include "workflow/store/driver.h"

namespace huiyin {

// Whoever writes ten messages in a row is not answered ten times before everybody; a danger is, each time.
constexpr std::int64_t quiet_ms = 60'000;

// The lines of one group go one after the other; no group waits for another.
static std::int64_t number_of_group(const Arrived& arrived) {
    return std::stoll(sha256_hex(arrived.channel.value + "\n" + arrived.group).substr(0, 15), nullptr, 16);
}

std::string FrontDesk::Work::words_in_public(const Arrived& arrived) {
    const auto& danger = warned.danger;
    const bool himself = danger == "self_harm";  // nobody else is to know
    if (!danger.empty() && !himself && !paged) return std::string(help_yourselves);
    // Before everybody no number is said that may be another community's.
    const auto* known = directory->unit(stands_at ? stands_at : conversation.unit);
    const auto phones = known ? phones_of(*directory, warned.unit ? warned.unit : known->id) : Phones{};
    const PhraseValues values{{"phone", phones.in_danger(danger)}};
    const bool plain = danger.empty() || (himself && (!arrived.begins_alone || !paged));
    if (plain && !arrived.begins_alone) return text("talk.public.write_alone", values);
    // Where a person has the talk, nothing was said alone, and nothing will be by us.
    if (plain && said.empty()) return conversation.state == "bot" ? std::string{} : text("talk.public.with_person");
    if (plain) return text("talk.public");
    auto words = text("talk.public." + danger, values);
    if (!himself) words += text(arrived.begins_alone ? "talk.public.asked_alone" : "talk.public.tell_alone", values);
    return words;
}

void FrontDesk::Work::say_in_public(const Arrived& arrived, TimePoint system_now) {
    if (arrived.group.empty()) return;
    const bool warns = !warned.danger.empty() && warned.danger != "self_harm";
    std::string words;
    try {
        words = words_in_public(arrived);
    } catch (const StoreFailed&) {
        throw;
    } catch (const StaleTicket&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& problem) {
        log::error("talk.not_said_in_public", {{"problem", problem.what()}, {"conversation", conversation.id.value}});
        if (!warns) return;
        words = help_yourselves;
    }
    if (words.empty()) return;
    const auto about =
        warned.danger.empty() ? std::to_string(to_ms(system_now) / quiet_ms) : warned.danger + ":" + arrived.key;
    OutboxItem item;
    item.id = parts.ids->make<OutboxId>(to_ms(system_now));
    item.channel = arrived.channel;
    item.kind = public_kind;
    item.message = number_of_group(arrived);
    item.priority = warned.danger.empty() ? Priority::consent : Priority::emergency;
    item.said.text = std::move(words);
    item.reference = std::string(in_group) + arrived.group;
    item.key = "public:" + sha256_hex(arrived.channel.value + "\n" + arrived.group) + ":" + to_text(conversation.id) +
               ":" + about;
    item.created_at = item.next_attempt_at = now;
    item.next_attempt_system = system_now;
    tx.add(item);
}

}  // namespace huiyin
