// One turn of the talk: what was heard, and where the talk stands, give what is said and what is done.
// Pure but for the lookups of World: the same arguments give the same answer, so a repeated unit of work says the same.
#pragma once
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "bot/message.h"
#include "bot/own_data.h"
#include "bot/talk.h"
#include "bot/world.h"
#include "workflow/engine/speaker.h"

namespace huiyin {

// Something the bot says by itself. What follows from a ticket's change is said by the engine.
struct Reply {
    std::string text;
    std::vector<ChoiceAction> choices;
    std::string kind = "talk";  // of the prompt: readback, menu, ask, …
    TicketId ticket;
    nlohmann::json more;  // kept with the prompt of its choices
};

struct FileDraft {  // opens a ticket; the talk has dropped the draft already …
    Draft draft;
    std::string emergency;  // … but for an emergency: filed at once, complete or not, and still in hand
};
struct AmendTicket {  // what an emergency's draft has learnt goes to its ticket
    TicketId ticket;
    Draft draft;
};
struct CorrectTicket {  // a slot of a ticket that was filed before is said anew
    TicketId ticket;
    std::string building, unit, room, location, phone, words;
};
struct AddEvidence {
    TicketId ticket;
    std::string words;
    std::vector<AttachmentId> attachments;
};
struct FlagTicket {  // what was heard of it later: the press, a court
    TicketId ticket;
    std::set<std::string> flags;
};
struct JoinTicket {  // somebody else's; what he told stays with the talk
    Draft told;      // its `ticket`; filed as one of his own where that is over meanwhile
};
struct GiveCommand {
    TicketId ticket;
    Command command;
};
struct CallPerson {
    std::string because;  // hand-over: wished, crisis, security
    UnitId unit;          // of what it is about; zero: where he stands
};
struct SaveContact {
    std::string name, phone;
};
struct StopSurveys {};
struct OwnData {
    OwnDataWish wish;
    std::string words;  // his own
};
using Act = std::variant<Reply, FileDraft, AmendTicket, CorrectTicket, AddEvidence, FlagTicket, JoinTicket, GiveCommand,
                         CallPerson, SaveContact, StopSurveys, OwnData>;

struct Warned {
    std::string danger;  // as to_text(Emergency), or a finer kind that has its own advice; empty: of none
    UnitId unit;         // where that is
};

struct TurnResult {
    Talk talk;
    std::vector<Act> acts;  // in order; a reply between two of them stands between what they say
    bool hold = false;      // a fragment of a burst: keep it, answer with what comes next
    UnitId learnt_unit;     // the community became clear
    Warned warned;
};

TurnResult turn(Talk talk, const Heard& heard, const World& world, TimePoint now);

}  // namespace huiyin
