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

std::string FrontDesk::Work::words_in_public(const Arrived& arrived, const std::optional<Emergency>& emergency) {
    const bool himself = emergency == Emergency::self_harm;  // nobody else is to know
    if (emergency && !himself && !paged) return std::string(help_yourselves);
    // Before everybody no number is said that may be another community's.
    const bool at_home = directory->unit(stands_at ? stands_at : conversation.unit) != nullptr;
    const auto here = at_home ? world() : World{};
    const bool plain = !emergency || (himself && (!arrived.begins_alone || !paged));
    const std::string danger = emergency ? std::string(to_text(*emergency)) : std::string{};
    const PhraseValues values{{"phone", here.phone_for(danger)}};
    if (plain) return text(arrived.begins_alone ? "talk.public" : "talk.public.write_alone", values);
    auto words = text("talk.public." + danger, values);
    if (!himself) words += text(arrived.begins_alone ? "talk.public.asked_alone" : "talk.public.tell_alone", values);
    return words;
}

void FrontDesk::Work::say_in_public(const Arrived& arrived, const std::optional<Emergency>& emergency,
                                    TimePoint system_now) {
    if (arrived.group.empty()) return;
    const bool warns = emergency && *emergency != Emergency::self_harm;
    std::string words;
    try {
        words = words_in_public(arrived, emergency);
    } catch (const StoreFailed&) {
        throw;
    } catch (const StaleTicket&) {
        throw;
    } catch (const std::exception& problem) {
        log::error("talk.not_said_in_public", {{"problem", problem.what()}, {"conversation", conversation.id.value}});
        if (!warns) return;
        words = help_yourselves;
    }
    const auto about =
        emergency ? std::string(to_text(*emergency)) + ":" + arrived.key : std::to_string(to_ms(system_now) / quiet_ms);
    OutboxItem item;
    item.id = parts.ids->make<OutboxId>(to_ms(system_now));
    item.channel = arrived.channel;
    item.kind = public_kind;
    item.message = number_of_group(arrived);
    item.priority = emergency ? Priority::emergency : Priority::consent;
    item.said.text = std::move(words);
    item.reference = std::string(in_group) + arrived.group;
    item.key = "public:" + sha256_hex(arrived.channel.value + "\n" + arrived.group) + ":" + to_text(conversation.id) +
               ":" + about;
    item.created_at = item.next_attempt_at = now;
    item.next_attempt_system = system_now;
    tx.add(item);
}

}  // namespace huiyin
