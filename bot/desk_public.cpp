#include "bot/desk_work.h"
#include "bot/in_public.h"
#include "workflow/base/digest.h"

namespace huiyin {

// Whoever writes ten messages in a row is not answered ten times before everybody; a danger is, each time.
constexpr std::int64_t quiet_ms = 60'000;

void FrontDesk::Work::say_in_public(const Arrived& arrived, const std::optional<Emergency>& emergency,
                                    TimePoint system_now) {
    if (arrived.group.empty()) return;
    const auto here = world();
    std::string words, about = std::to_string(to_ms(system_now) / quiet_ms);
    if (emergency) {
        const std::string danger(to_text(*emergency));
        const PhraseValues values{{"phone", here.phone_for(danger)}};
        const bool himself = *emergency == Emergency::self_harm;  // nobody else is to know
        if (himself && !arrived.begins_alone)
            words = text("talk.public.write_alone", values);
        else
            words = text("talk.public." + danger, values);
        if (!himself)
            words += text(arrived.begins_alone ? "talk.public.asked_alone" : "talk.public.tell_alone", values);
        about = danger + ":" + arrived.key;
    } else {
        words = text(arrived.begins_alone ? "talk.public" : "talk.public.write_alone", {{"phone", here.duty_phone}});
    }
    OutboxItem item;
    item.id = parts.ids->make<OutboxId>(to_ms(system_now));
    item.channel = arrived.channel;
    item.kind = public_kind;
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
