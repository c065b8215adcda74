// The one place where anything is said to a resident: a message of the conversation, the prompt behind its buttons, and
// the outbox row that carries it, all in the caller's unit of work. Nothing is said that was not saved.
// Threads: any; values only, all state is in the transaction.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "workflow/base/id.h"
#include "workflow/engine/payload.h"
#include "workflow/store/store.h"

namespace huiyin {

// What the engine must know of a configured channel.
struct ChannelTraits {
    ChannelId id;
    bool pulls = false;             // residents fetch their messages here (web chat): rows are born `sent`
    bool robot = false;             // a group robot: no addresses, one message an event
    bool login_is_address = false;  // a WeCom app: a member of staff without an address is known by his login
    bool buttons = false;           // staff pushes may carry buttons
    bool recalls = false;           // words to a member of staff can be taken back
    std::string kind = {};          // "webchat": what a pack's sources may name it by, beside its id
};

// passive: part of the answer to what the resident just sent; the caller hands it over (row born `sent`).
// push: goes out by itself, through the courier or the page's stream.
enum class How { passive, push };

// What a choice does when it is tapped, for whoever reads the prompt: {"command":"consent","answer":"agreed"} for the
// engine (the ticket is the prompt's), {"talk":"confirm"} for the bot.
struct ChoiceAction {
    std::string title;  // at most 20 characters
    nlohmann::json action;
};

struct Saying {
    std::string kind = "talk";  // of the outbox row and, when there are choices, of the prompt
    Priority priority = Priority::progress;
    TicketId ticket;
    How how = How::push;
    std::string key;  // idempotency of the outbox row; with a known key nothing is said a second time
    Speaker from = Speaker::bot;
    nlohmann::json more;  // kept in the prompt's body beside "choices"
};

// The outbox key of a passive reply on a platform's channel.
std::string passive_key(ConversationId conversation, std::int64_t message);

class SpeakerDesk {
public:
    // All must outlive the desk. `system`: for ids.
    SpeakerDesk(IdMaker& ids, const Clock& system, const PayloadKeys& keys, std::vector<ChannelTraits> channels);

    // Says it and saves the conversation. The conversation's counters (last_message, pushes_since_inbound) are taken
    // from the store first, so that a copy read earlier in the same unit of work does no harm; `conversation` holds the
    // new ones afterwards. A prompt of the same kind and ticket that is still open becomes `replaced`.
    // Gives the message with its payloads; nothing if the key was known.
    std::optional<Message> say(Transaction& tx, Conversation& conversation, Said said,
                               const std::vector<ChoiceAction>& choices, const Saying& how, TimePoint now) const;
    // Keeps what the resident himself said, as a message of the conversation. No outbox row.
    Message heard(Transaction& tx, Conversation& conversation, Said said, TimePoint now) const;
    // Saves a conversation that was held while others may have spoken in it: keeps the newest counters.
    void save(Transaction& tx, Conversation& conversation) const;

    // What a tapped button meant. Nothing: not ours, not this conversation's, or forgotten (90 days).
    struct Tapped {
        Prompt prompt;
        int choice = 0;
        std::string title;
        nlohmann::json action;
    };
    std::optional<Tapped> tapped(Reading& reading, ConversationId conversation, std::string_view payload) const;
    void answered(Transaction& tx, Prompt prompt, TimePoint now) const;

    const ChannelTraits* traits(const ChannelId& id) const;
    const std::vector<ChannelTraits>& channels() const { return channels_; }

private:
    IdMaker& ids_;
    const Clock& system_;
    const PayloadKeys& keys_;
    std::vector<ChannelTraits> channels_;
};

}  // namespace huiyin
