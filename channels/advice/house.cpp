#include "channels/advice/house.h"

#include <algorithm>

#include "bot/pack_talk.h"
#include "bot/talk.h"

namespace huiyin::advice {
Choices choices_of(const Policy& policy) {
    Choices choices;
    for (const auto& kind : policy.kinds) {
        if (kind.unasked || (kind.key != "complaint" && kind.key != "demand")) continue;
        for (const auto& category : kind.categories)
            if (is_taught(category.key)) choices.categories.push_back({kind.key, category.key, category.title});
    }
    return choices;
}

std::vector<std::string> names_of(const Directory& directory) {
    std::vector<std::string> names;
    for (const auto& member : directory.staff()) names.push_back(member.name);
    for (const auto& unit : directory.units()) names.push_back(unit.name);
    return names;
}

std::vector<std::string> names_known(Store& store, const std::string& channel, const std::string& address) {
    std::vector<std::string> names;
    const auto add = [&](const std::string& name) {
        if (!name.empty()) names.push_back(name);
    };
    store.read([&](Reading& reading) {
        const auto conversation = reading.conversation_at(ChannelId{channel}, address);
        if (!conversation) return;
        if (const auto person = reading.person(conversation->person)) add(person->name);
        if (conversation->body.empty()) return;
        for (const auto& draft : talk_from_text(conversation->body).drafts) {
            add(draft.name);
            add(draft.contact);
        }
    });
    return names;
}

bool awaits_answer(Store& store, const std::string& channel, const std::string& address) {
    bool awaits = false;
    store.read([&](Reading& reading) {
        const auto conversation = reading.conversation_at(ChannelId{channel}, address);
        if (!conversation) return;
        awaits = conversation->state != "bot";
        if (awaits) return;
        if (!conversation->body.empty()) {
            const auto talk = talk_from_text(conversation->body);
            const auto& question = talk.question;
            // "What is it about?" is the one question whose answer may be as unclear as a first message.
            const bool open = !question.kind.empty() && !(question.kind == "ask" && question.detail == "matter");
            awaits = open || !talk.held.empty();
        }
        if (awaits) return;
        const auto prompts = reading.open_prompts(conversation->id);
        awaits = std::any_of(prompts.begin(), prompts.end(), [](const Prompt& prompt) { return bool{prompt.ticket}; });
    });
    return awaits;
}

}  // namespace huiyin::advice
