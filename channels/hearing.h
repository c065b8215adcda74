// A resident's message from a platform becomes a turn of the talk, inside the caller's unit of work: whichever way it
// came in, by a callback or pulled.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "bot/front_desk.h"
#include "channels/channel.h"
#include "channels/place_code.h"

namespace huiyin {

struct HearingParts {  // all must outlive it
    FrontDesk* desk = nullptr;
    IdMaker* ids = nullptr;
};

// Threads: any; no state of its own.
class Hearing {
public:
    explicit Hearing(HearingParts parts) : parts_(parts) {}

    // One turn; what he sent is fetched later by the courier. `spot`: what a printed code names. A menu of another time
    // or of somebody else: its words are still words. Throws when the turn cannot be taken; the unit is then undone.
    Heardback hear(Transaction& tx, const InboundMessage& message, const Understood& understood, int too_fast,
                   const Spot& spot, TimePoint now, TimePoint system_now) const;
    Heardback hear(Transaction& tx, const InboundMessage& message, const Understood& understood, int too_fast,
                   UnitId unit, TimePoint now, TimePoint system_now) const {
        return hear(tx, message, understood, too_fast, Spot{unit, {}, {}}, now, system_now);
    }

    // A message of a kind that we do not know, as it came: for whoever teaches us to read it.
    static void keep_raw(Transaction& tx, const InboundMessage& message, ConversationId conversation, TimePoint now);
    // Genuine, but nobody can be answered: its text is kept, once.
    static void keep_unreadable(Transaction& tx, const InboundMessage& message, TimePoint now, TimePoint system_now);

    using SaidIn = std::vector<std::pair<ConversationId, std::int64_t>>;  // messages
    static SaidIn said_in(const std::vector<Heardback>& answers);
    // What was to ride on a callback's answer goes through the outbox; what a courier has had is left alone.
    // `reference`: of the rows that are freed.
    static void push_instead(Transaction& tx, const SaidIn& messages, TimePoint now, TimePoint system_now,
                             const std::string& reference = {});

private:
    void settle_card(Transaction& tx, const InboundMessage& message, ConversationId conversation, TimePoint now,
                     TimePoint system_now) const;
    HearingParts parts_;
};

}  // namespace huiyin
