#include "channels/hearing.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "channels/window.h"
#include "workflow/base/digest.h"
#include "workflow/base/json_text.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {

constexpr std::size_t raw_bytes = 65536;  // that are kept of what cannot be read

HeardKind heard_kind(const InboundMessage& message) {
    switch (message.kind) {
        case InboundKind::text:
            return HeardKind::text;
        case InboundKind::choice:
            return HeardKind::choice;
        case InboundKind::image:
        case InboundKind::voice:
        case InboundKind::video:
        case InboundKind::file:
            return HeardKind::media;
        case InboundKind::location:
            return HeardKind::location;
        case InboundKind::entered:
            return HeardKind::entered;
        case InboundKind::left:
            return HeardKind::left;
        case InboundKind::event:
            return HeardKind::silence;
        default:
            return HeardKind::unknown;
    }
}

const char* media_kind(InboundKind kind) {
    return kind == InboundKind::image   ? "image"
           : kind == InboundKind::voice ? "voice"
           : kind == InboundKind::video ? "video"
                                        : "file";
}

// The row of what a callback's own answer was to say, and no courier has had.
bool answer_carried(const OutboxItem& item) { return item.state == OutboxState::sent && item.attempts == 0; }

}  // namespace

Heardback Hearing::hear(Transaction& tx, const InboundMessage& message, const Understood& understood, int too_fast,
                        const Spot& spot, TimePoint now, TimePoint system_now) const {
    Arrived arrived;
    arrived.too_fast = too_fast;
    arrived.channel = message.channel;
    arrived.address = message.address;
    arrived.key = message.key;
    arrived.kind = heard_kind(message);
    arrived.text = message.text;
    arrived.choice = message.choice;
    arrived.group = message.group;
    arrived.begins_alone = message.begins_alone;
    // Elsewhere a label is a card's name or a link's title, and no place.
    if (message.kind == InboundKind::location) arrived.location_label = message.label;
    arrived.unit = spot.unit;
    arrived.building = spot.building;
    arrived.entrance = spot.entrance;
    std::vector<std::pair<AttachmentId, const InboundMedia*>> to_fetch;
    for (const auto& media : message.media) {
        Attachment attachment;
        // The same id in every run of the unit: made from what was delivered.
        attachment.id = AttachmentId{
            sha256_hex(message.channel.value + "\n" + message.key + "\n" + media.media_id + media.url).substr(0, 32)};
        attachment.kind = media_kind(message.kind);
        attachment.name = media.name;
        attachment.media_type = media.media_type;
        to_fetch.emplace_back(attachment.id, &media);
        arrived.attachments.push_back(std::move(attachment));
    }
    const auto before = tx.conversation_at(message.channel, message.address);
    const bool on_card = message.kind == InboundKind::choice && !message.reply_reference.empty();
    const auto open_before = before && on_card ? tx.open_prompts(before->id) : std::vector<Prompt>{};
    auto heard = parts_.desk->hear(tx, arrived, understood, now, system_now);
    if (!heard && heard.problem().code == "chat.bad_choice") {
        arrived.choice.clear();
        arrived.kind = HeardKind::text;
        heard = parts_.desk->hear(tx, arrived, understood, now, system_now);
    }
    if (!heard) throw std::runtime_error(heard.problem().code);
    if (heard->repeated) {
        // Said again in the answer, but for what its first answer came too late to carry: the courier has that.
        std::erase_if(heard->said, [&](const Message& message_said) {
            const auto item = tx.outbox_keyed(passive_key(heard->conversation, message_said.id));
            return item && !answer_carried(*item);
        });
        return *heard;
    }
    keep_raw(tx, message, heard->conversation, now);
    if (!open_before.empty()) {
        // Only where something was answered by it: a card of long ago may ask what is no longer open.
        const auto open_after = tx.open_prompts(heard->conversation);
        const auto is_open = [&](const Prompt& prompt) {
            return std::any_of(open_after.begin(), open_after.end(),
                               [&](const Prompt& other) { return other.id == prompt.id; });
        };
        if (!std::all_of(open_before.begin(), open_before.end(), is_open))
            settle_card(tx, message, heard->conversation, now, system_now);
    }
    // News was held back only if so much was said that little was left.
    if (before && before->pushes_since_inbound >= news_held_from) free_held(tx, before->id, now, system_now);
    for (const auto& [id, media] : to_fetch) {
        OutboxItem item;
        item.id = parts_.ids->make<OutboxId>(to_ms(system_now));
        item.channel = message.channel;
        item.conversation = heard->conversation;
        item.kind = "fetch_media";
        item.priority = Priority::consent;
        item.said.text =
            to_text(Json{{"media_id", media->media_id}, {"url", media->url}, {"media_type", media->media_type}});
        item.said.image = id;
        item.key = "fetch:" + id.value;
        item.created_at = item.next_attempt_at = now;
        item.next_attempt_system = system_now;
        tx.add(item);
    }
    return *heard;
}

// The card with the buttons shows what he chose: whoever looks at it later sees no open question.
void Hearing::settle_card(Transaction& tx, const InboundMessage& message, ConversationId conversation, TimePoint now,
                          TimePoint system_now) const {
    const auto with_it = [&](const Choice& choice) { return choice.payload == message.choice; };
    auto lately = tx.last_messages(conversation, 50);
    for (auto asked = lately.rbegin(); asked != lately.rend(); ++asked) {
        const auto& choices = asked->said.choices;
        const auto chosen = std::find_if(choices.begin(), choices.end(), with_it);
        if (chosen == choices.end()) continue;
        OutboxItem item;
        item.id = parts_.ids->make<OutboxId>(to_ms(system_now));
        item.channel = message.channel;
        item.conversation = conversation;
        item.address = message.address;
        item.ticket = asked->said.ticket;
        item.ticket_number = asked->said.ticket_number;
        item.kind = "card_update";
        item.reference = message.reply_reference;
        item.said = asked->said;
        item.said.text += (item.said.text.empty() ? "✓ " : "\n✓ ") + chosen->title;
        item.said.choices.clear();
        item.key = "settled:" + message.channel.value + ":" + message.key;
        item.created_at = item.next_attempt_at = now;
        item.next_attempt_system = system_now;
        tx.add(item);
        return;
    }
}

void Hearing::keep_raw(Transaction& tx, const InboundMessage& message, ConversationId conversation, TimePoint now) {
    if (message.kind != InboundKind::unknown || message.raw.empty()) return;
    const auto text = tx.add_raw(message.raw.substr(0, raw_bytes), conversation, now);
    log::info("hook.unknown_kind", {{"channel", message.channel.value}, {"text", text.value}});
}

void Hearing::keep_unreadable(Transaction& tx, const InboundMessage& message, TimePoint now, TimePoint system_now) {
    const auto key = message.key.empty() ? "raw:" + sha256_hex(message.raw) : message.key;
    if (!tx.claim_delivery(
            {.channel = message.channel, .key = key, .conversation = {}, .answer = {}, .at = system_now}))
        return;
    const auto text = tx.add_raw(message.raw.substr(0, raw_bytes), {}, now);
    log::warning("hook.unreadable", {{"channel", message.channel.value}, {"text", text.value}});
}

Hearing::SaidIn Hearing::said_in(const std::vector<Heardback>& answers) {
    SaidIn messages;
    for (const auto& answer : answers)
        for (const auto& message : answer.said) messages.emplace_back(answer.conversation, message.id);
    return messages;
}

void Hearing::push_instead(Transaction& tx, const SaidIn& messages, TimePoint now, TimePoint system_now,
                           const std::string& reference) {
    for (const auto& [conversation, message] : messages) {
        auto item = tx.outbox_keyed(passive_key(conversation, message));
        if (!item || !answer_carried(*item)) continue;
        item->state = OutboxState::waiting;
        item->sent_at.reset();
        item->reference = reference;
        item->next_attempt_at = now;
        item->next_attempt_system = system_now;
        tx.save(*item);
    }
}

}  // namespace huiyin
