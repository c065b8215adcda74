// What staff do from their own messenger: a tapped button is a command with the same checks as in the console, and the
// card then shows what happened.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "channels/channel.h"
#include "workflow/engine/engine.h"
#include "workflow/phrases/phrases.h"
#include "workflow/store/store.h"

namespace huiyin {

struct StaffDeskParts {  // all pointers must outlive the desk
    Engine* engine = nullptr;
    const SpeakerDesk* speaker = nullptr;
    const DirectoryHolder* directory = nullptr;
    const Phrases* phrases = nullptr;
    const PayloadKeys* keys = nullptr;
    IdMaker* ids = nullptr;
    const Clock* system = nullptr;
    // The platform says that somebody came, went or was changed. May be called more than once, and within a unit.
    std::function<void(const ChannelId&)> members_changed = {};
};

// Who of the staff is known on a channel by one of these names, in any letter case: by the address that was written for
// him; only if nobody has one of these, by his login, where the channel takes that for an address and he has none
// there. Null: nobody, somebody who was disabled, or more than one.
const Staff* staff_at(const Directory& directory, const ChannelId& channel, bool login_is_address,
                      const std::vector<std::string>& names);
// Who signs in by what a platform calls him: the same, but an administrator by a written address alone. That somebody
// in the company is called as his login is proves nothing.
const Staff* staff_signing_in(const Directory& directory, const ChannelId& channel, bool login_is_address,
                              const std::string& name);

class StaffDesk {
public:
    explicit StaffDesk(const StaffDeskParts& parts) : parts_(parts) {}
    // One message of a member of staff; once a delivery. Everything owed is in the transaction when it returns: the
    // command's events, the card's update, or an answer that says why not. Gives what he is answered, if anything.
    std::string hear(Transaction& tx, const InboundMessage& message, TimePoint now, TimePoint system_now);
    // Whether this is one of the staff, on a channel where residents write too. Threads: any.
    bool knows(const InboundMessage& message) const;

private:
    void warn(Transaction& tx, const InboundMessage& message, TimePoint now) const;
    const Staff* who(const Directory& directory, const InboundMessage& message) const;
    struct About {
        TicketId ticket;
        std::string number;
        bool done = false;  // what was asked for
    };
    std::string answer(Transaction& tx, const InboundMessage& message, const Staff& staff, const std::string& text,
                       const About& about, TimePoint now, TimePoint system_now);
    static std::optional<OutboxItem> card_of(Transaction& tx, const InboundMessage& message, TicketId ticket);
    StaffDeskParts parts_;
};

}  // namespace huiyin
