#include "workflow/engine/speaker.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace huiyin {

SpeakerDesk::SpeakerDesk(IdMaker& ids, const Clock& system, const PayloadKeys& keys,
                         std::vector<ChannelTraits> channels)
    : ids_(ids), system_(system), keys_(keys), channels_(std::move(channels)) {}

const ChannelTraits* SpeakerDesk::traits(const ChannelId& id) const {
    const auto found =
        std::find_if(channels_.begin(), channels_.end(), [&](const ChannelTraits& each) { return each.id == id; });
    return found == channels_.end() ? nullptr : &*found;
}

std::optional<Message> SpeakerDesk::say(Transaction& tx, Conversation& conversation, Said said,
                                        const std::vector<ChoiceAction>& choices, const Saying& how,
                                        TimePoint now) const {
    const auto system_now = system_.now();
    if (const auto row = tx.conversation(conversation.id))
        conversation.last_message = std::max(conversation.last_message, row->last_message);

    std::optional<Prompt> prompt;
    if (!choices.empty()) {
        prompt = Prompt{ids_.make<PromptId>(to_ms(system_now)),
                        conversation.id,
                        how.ticket,
                        how.kind,
                        {},
                        "open",
                        now,
                        std::nullopt};
        Json body = how.more.is_object() ? how.more : Json::object();
        body["choices"] = Json::array();
        said.choices.clear();
        for (const auto& choice : choices) {
            const auto index = static_cast<int>(said.choices.size());
            body["choices"].push_back({{"title", choice.title}, {"action", choice.action}});
            said.choices.push_back({choice.title, keys_.for_choice(conversation.id, prompt->id, index)});
        }
        prompt->body = to_text(body);
    }
    if (how.ticket) said.ticket = how.ticket;
    if (how.kind != "talk") said.kind = how.kind;

    Message message;
    message.id = conversation.last_message + 1;
    message.conversation = conversation.id;
    message.at = now;
    message.from = how.from;
    message.said = said;

    const auto* channel = traits(conversation.channel);
    const bool pulls = channel && channel->pulls;
    // Whoever fetches his messages gets an answer from the conversation itself: there is nothing to send, and only what
    // has a key must be known again.
    if (!pulls || !how.key.empty()) {
        OutboxItem item;
        item.id = ids_.make<OutboxId>(to_ms(system_now));
        item.channel = conversation.channel;
        item.conversation = conversation.id;
        item.message = message.id;
        item.ticket = how.ticket;
        item.ticket_number = said.ticket_number;
        item.kind = how.kind;
        item.priority = how.priority;
        item.said = said;
        item.key = how.key;
        item.created_at = now;
        item.next_attempt_at = now;
        item.next_attempt_system = system_now;
        if (how.how == How::passive || pulls) {
            item.state = OutboxState::sent;
            item.sent_at = now;
            // Should the answer not reach the platform, the row is found again by its message and waits for a push.
            if (item.key.empty()) item.key = passive_key(conversation.id, message.id);
        }
        if (!tx.add(item)) return std::nullopt;  // said before
    }

    conversation.last_message = message.id;
    conversation.updated_at = now;
    tx.save(conversation);
    tx.add(message);
    if (prompt) {
        for (auto& older : tx.open_prompts(conversation.id))
            if (older.kind == prompt->kind && older.ticket == prompt->ticket) {
                older.state = "replaced";
                tx.save(older);
            }
        tx.save(*prompt);
    }
    return message;
}

std::string passive_key(ConversationId conversation, std::int64_t message) {
    return "passive:" + to_text(conversation) + ":" + std::to_string(message);
}

Message SpeakerDesk::heard(Transaction& tx, Conversation& conversation, Said said, TimePoint now) const {
    if (const auto row = tx.conversation(conversation.id))
        conversation.last_message = std::max(conversation.last_message, row->last_message);
    Message message;
    message.id = ++conversation.last_message;
    message.conversation = conversation.id;
    message.at = now;
    message.from = Speaker::resident;
    message.said = std::move(said);
    conversation.updated_at = now;
    tx.save(conversation);
    tx.add(message);
    return message;
}

void SpeakerDesk::save(Transaction& tx, Conversation& conversation) const {
    if (const auto row = tx.conversation(conversation.id))
        conversation.last_message = std::max(conversation.last_message, row->last_message);
    tx.save(conversation);
}

std::optional<SpeakerDesk::Tapped> SpeakerDesk::tapped(Reading& reading, ConversationId conversation,
                                                       std::string_view payload) const {
    const auto pressed = keys_.read_choice(conversation, payload);
    if (!pressed) return std::nullopt;
    auto prompt = reading.prompt(conversation, pressed->prompt);
    if (!prompt) return std::nullopt;
    const auto body = parse_json(prompt->body);
    if (!body || !body->contains("choices")) return std::nullopt;
    const auto& choices = body->at("choices");
    const auto index = static_cast<std::size_t>(pressed->choice);
    if (!choices.is_array() || index >= choices.size()) return std::nullopt;
    const auto& choice = choices[index];
    return Tapped{std::move(*prompt), pressed->choice, choice.value("title", std::string()),
                  choice.value("action", Json::object())};
}

void SpeakerDesk::answered(Transaction& tx, Prompt prompt, TimePoint now) const {
    prompt.state = "answered";
    prompt.answered_at = now;
    tx.save(prompt);
}

}  // namespace huiyin
