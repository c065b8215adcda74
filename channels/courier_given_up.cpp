// What becomes of a row that its channel cannot say: the same person's next channel, else somebody has to call.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "channels/courier.h"
#include "channels/outgoing/month_calls.h"
#include "workflow/base/json_text.h"
#include "workflow/base/log.h"
#include "workflow/engine/engine.h"
#include "workflow/engine/push.h"
#include "workflow/phrases/phrases.h"
#include "workflow/store/driver.h"

namespace huiyin {
namespace {

const std::string fallback_mark = "fallback:";

}  // namespace

std::string fallback_key(OutboxId id, const ChannelId& channel) {
    return fallback_mark + to_text(id) + ":" + channel.value;
}

bool is_owed_to_resident(const OutboxItem& item) {
    return item.conversation && item.reference.rfind("code:", 0) != 0 && item.kind != "hand_over" &&
           item.kind != "card_update" && item.kind != "fetch_media";
}

// What came of it is saved whatever telling of it meets: undone, the platform would be asked again every second.
void Courier::give_up(OutboxItem item, OutboxState state, const std::function<void(Transaction&)>& also) {
    item.state = state;
    (state == OutboxState::dead ? dead_ : undeliverable_)++;
    const auto now = parts_.service->now();
    enum class Tells { next_channel, staff, by_call_alone, nobody };
    for (const auto tells : {Tells::next_channel, Tells::staff, Tells::by_call_alone, Tells::nobody}) {
        try {
            return settle([&](Transaction& tx) {
                if (also) also(tx);
                tx.save(item);
                // A greeting that came too late is worth nothing elsewhere, and neither is how a card looks.
                if (!is_owed_to_resident(item) || tells == Tells::nobody) return;
                if (state != OutboxState::dead && tells == Tells::next_channel)
                    if (!tx.conversation(item.conversation) || go_elsewhere(tx, item, now)) return;
                tell_staff(tx, item, tells != Tells::by_call_alone, now);
            });
        } catch (const StoreFailed&) {
            throw;
        } catch (const StaleTicket&) {
            throw;
        } catch (const std::exception& e) {
            log::error("outbox.not_told", {{"channel", id().value}, {"item", item.id.value}, {"what", e.what()}});
            if (tells == Tells::nobody) throw;
        }
    }
}

// The same person on the next channel; conversations share a person only when that was proved. Each is tried once: what
// came from one that could not say it does not go back there.
bool Courier::go_elsewhere(Transaction& tx, const OutboxItem& item, TimePoint now) {
    const auto from = tx.conversation(item.conversation);
    if (!from) return false;
    std::vector<ChannelId> tried{id()};
    for (auto key = item.key; key.rfind(fallback_mark, 0) == 0;) {
        const auto earlier = tx.outbox(OutboxId{std::atoll(key.c_str() + fallback_mark.size())});
        if (!earlier) break;
        tried.push_back(earlier->channel);
        key = earlier->key;
    }
    for (const auto& channel : parts_.fallback) {
        if (std::find(tried.begin(), tried.end(), channel) != tried.end()) continue;
        for (auto& other : tx.conversations_of(from->person)) {
            if (other.channel != channel || other.id == from->id) continue;
            Said said = item.said;
            std::vector<ChoiceAction> choices;
            Saying how;
            how.kind = item.kind;
            how.priority = item.priority;
            how.ticket = item.ticket;
            how.key = fallback_key(item.id, channel);
            said.choices.clear();
            // Buttons are bound to their conversation: the prompt is put anew in the other one.
            for (const auto& prompt : tx.open_prompts(from->id))
                if (prompt.ticket == item.ticket && prompt.kind == item.kind)
                    if (const auto body = parse_json(prompt.body); body && body->contains("choices"))
                        for (const auto& choice : (*body)["choices"])
                            choices.push_back(
                                {choice.value("title", std::string{}), choice.value("action", Json::object())});
            parts_.speaker->say(tx, other, said, choices, how, now);
            return true;
        }
    }
    return false;
}

// Nobody can be reached by message: somebody has to call, and whoever opens the ticket sees why.
void Courier::tell_staff(Transaction& tx, const OutboxItem& item, bool with_note, TimePoint now) {
    const auto ticket = tx.ticket(item.ticket);
    if (!ticket) return;
    if (with_note) {
        Command note;
        note.name = "note";
        note.by = {PartyKind::system, 0};
        note.roles = {"staff"};
        note.fields = {{"text", parts_.phrases->render("staff.not_delivered",
                                                       {{"channel", id().value}, {"code", item.error_code}})}};
        if (const auto noted = parts_.engine->execute(tx, ticket->id, note, now); !noted)
            log::warning("outbox.not_noted", {{"ticket", ticket->number}, {"code", noted.problem().code}});
    }
    // To tell of what was held back would use up what it was held back for; the ticket shows it.
    if (item.error_code == month_calls_kept && item.priority > Priority::deadline) return;
    Push call;
    call.said.text = parts_.phrases->render("staff.unreachable", {{"number", ticket->number}});
    call.kind = "task";
    call.priority = Priority::deadline;
    call.at = now;
    // Each time: whoever sends it once more in vain has to hear that too.
    call.key = "call:" + to_text(item.id) + ":" + to_text(parts_.ids->make<OutboxId>(to_ms(parts_.system->now())));
    call.ticket = ticket->id;
    call.ticket_number = ticket->number;
    parts_.engine->push_to_holders(tx, "front_desk", ticket->unit, call);
    parts_.engine->push_to_groups(tx, call);
}

}  // namespace huiyin
