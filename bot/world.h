// What the conversation may look at: values and lookups that were ready before the turn, nothing that writes.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bot/answers.h"
#include "bot/communities.h"
#include "bot/pack_talk.h"
#include "bot/talk.h"
#include "workflow/base/time_text.h"
#include "workflow/directory/directory.h"
#include "workflow/engine/engine.h"
#include "workflow/policy/policy.h"
#include "workflow/store/records.h"

namespace huiyin {

// One of this person's tickets, as far as a talk needs it.
struct OwnTicket {
    Ticket ticket;
    std::string label;    // "3栋2单元501 卫生间漏水": how it is told from others
    bool joined = false;  // somebody else's: he is told what becomes of it, and decides nothing
};

// A ticket of others that he was told of here because he goes along with it.
struct GoesAlong {
    OwnTicket own;        // joined
    Draft told;           // what he told of it himself, as far as anything of it is kept; its `ticket`
    bool newest = false;  // nothing else was said here since
};

// What somebody else has told already, and is being dealt with.
struct SameMatter {
    TicketId ticket;
    bool home = false;  // his own household's
};

struct World {
    std::shared_ptr<const Directory> directory;
    std::shared_ptr<const Policy> policy;  // of the conversation's unit, else the default
    std::shared_ptr<const PackTalk> pack;  // the same, made ready for the talk
    const Answers* answers = nullptr;
    Conversation conversation;
    Person person;
    std::vector<Prompt> prompts;                              // open questions about tickets, newest first
    std::function<const std::vector<OwnTicket>&()> tickets;   // newest first; looked up when first asked for
    std::function<Engine::Progress(const Ticket&)> progress;  // what the customer may count on now
    std::function<std::optional<SameMatter>(const Draft&, const Place&)> same_matter;  // what he might join
    std::function<std::optional<GoesAlong>()> goes_along;  // that he was told of last; looked up when asked for
    UnitId here;  // where he stands, else where he belongs; what tells no other place is about this one
    Zone zone;
};

}  // namespace huiyin
