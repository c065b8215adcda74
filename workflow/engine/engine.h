// The life of tickets: loads, decides, evolves, chains, saves, and turns what is owed into rows of the outbox.
//
// Every function that takes a Transaction belongs into the caller's unit of work and leaves nothing behind when that is
// undone. Everything the policy wants told to the customer (filed, accepted, proposal, fixed?, rating …) is said by the
// engine itself; a caller must not say it again. Threads: any; the engine keeps no state between calls.
#pragma once
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "workflow/engine/declared.h"
#include "workflow/engine/policies.h"
#include "workflow/engine/speaker.h"
#include "workflow/phrases/phrases.h"
#include "workflow/ticket/decide.h"

namespace huiyin {

class HistoryCache;
struct Push;  // push.h

struct EngineParts {  // all pointers must outlive the engine
    const Policies* policies = nullptr;
    const DirectoryHolder* directory = nullptr;
    const Phrases* phrases = nullptr;
    const SpeakerDesk* speaker = nullptr;
    const PayloadKeys* keys = nullptr;
    IdMaker* ids = nullptr;
    const Clock* system = nullptr;          // of ids and of the audit
    std::vector<ChannelId> staff_channels;  // notify.staff: every one that can reach the person gets it
    std::string public_url;                 // for links to the console; may be empty
    HistoryCache* histories = nullptr;      // the engine's own
};

// The conversation that the caller holds while he asks, if any: what the engine says in it goes through this object and
// is `passive` (part of the caller's answer). Anything else is a push.
struct Held {
    Conversation* conversation = nullptr;
    How how = How::passive;
};

struct OpenTicket {
    std::string kind, category;
    Details details;
    std::optional<std::int64_t> amount_fen, purchase_fen;
    std::optional<TimePoint> occurred_at;
    std::set<std::string> flags;  // "emergency" is added by the engine when `emergency` is set
    PersonId customer;            // must be saved
    ConversationId conversation;  // none: opened by staff for a caller
    bool anonymous = false;
    HouseholdId household;
    UnitId unit;                            // a community or a service centre; the engine takes the service centre
    std::vector<AttachmentId> attachments;  // saved ones; the engine ties them to the ticket
    Party by;
    std::string emergency;  // "", or lift, gas, fire, electricity, falling_object, water_on_wires,
                            // injury, violence, self_harm
    TicketId repeat_of;
    TicketId joined_to;  // the same matter of somebody else, which the customer would not join: both know each other
    Facts more;          // further facts the rules may look at: people, contacts, …
};

// What the talk learnt later about a ticket that is open.
struct Amendment {
    std::optional<Details> details;  // whole, replaces
    std::optional<std::int64_t> amount_fen, purchase_fen;
    std::optional<TimePoint> occurred_at;
    std::string emergency;       // a danger that came out later: paged at once, as on opening
    std::string kind, category;  // empty: as they are
    std::set<std::string> add_flags, drop_flags;
    std::optional<HouseholdId> household;
    UnitId unit;  // none: as it is
};

class Engine {
public:
    explicit Engine(EngineParts parts);

    // Errors: ticket.bad_field.
    Result<Ticket> open(Transaction& tx, const OpenTicket& wish, TimePoint now, Held held = {});

    // `command.roles` may be empty: then they are found by `command.by` (acting_as). `expected`: the version the asker
    // saw. Errors: ticket.not_found, ticket.stale (412), and those of decide():
    // ticket.not_allowed (409), .wrong_role (403), .own_ticket (403), .bad_field (422).
    Result<Ticket> execute(Transaction& tx, TicketId ticket, Command command, TimePoint now, Held held = {},
                           std::optional<std::int64_t> expected = {});

    Result<Ticket> amend(Transaction& tx, TicketId ticket, const Amendment& amendment, const Party& by, TimePoint now,
                         Held held = {});
    // Words and pictures that came later; the owner hears of them.
    Result<Ticket> add_evidence(Transaction& tx, TicketId ticket, const std::string& words,
                                const std::vector<AttachmentId>& attachments, const Party& by, TimePoint now,
                                Held held = {});
    // A neighbour with the same matter: he is told what becomes of it, but nothing that was said to the customer
    // himself, or by him.
    Result<Ticket> join(Transaction& tx, TicketId ticket, PersonId person, ConversationId conversation, TimePoint now,
                        Held held = {});

    // A reminder of kind `ticket` has come up. `at`: the moment it stands for.
    void due(Transaction& tx, const Reminder& reminder, TimePoint at);
    // Rebuilds the ticket's deadlines and reminders from its events alone, at any time and as often as one likes.
    void recompute(Transaction& tx, TicketId ticket, TimePoint now);

    // Declares an event of the unit's pack (a storm) for the unit and all below it; the tickets it concerns get it into
    // their history by reminders of kind `declared`, those opened while it lasts at once. Errors: declared.bad_field
    // (detail: its pointer), .wrong_role, .conflict (it is declared already). Ending it sooner: .not_found as well.
    Result<Declaration> declare(Transaction& tx, const DeclareWish& wish, StaffId by, TimePoint now);
    Result<Declaration> lift(Transaction& tx, const std::string& id, StaffId by, TimePoint now);
    void declared_due(Transaction& tx, const Reminder& reminder, TimePoint at);

    // Sets the reminders (kind `duty`) of the duties that the packs in force know; one that is new begins at `now`. As
    // often as one likes: an occurrence that was done is never done again, one that was missed comes up at once.
    void plan_duties(Transaction& tx, TimePoint now);
    void duty_due(Transaction& tx, const Reminder& reminder, TimePoint at);

    // A question of ours that waits for this customer, newest first: "consent", "fixed", "rating" with its ticket.
    struct OpenQuestion {
        TicketId ticket;
        std::string number, question;
        TimePoint asked_at;
    };
    std::vector<OpenQuestion> open_questions(Reading& reading, ConversationId conversation) const;

    // What somebody is to a ticket: his roles in its units, "staff", "owner", "assignee", "handler"; or "customer".
    ActingAs acting_as(Reading& reading, const Ticket& ticket, const Party& party) const;
    std::vector<AllowedCommand> allowed(Reading& reading, const Ticket& ticket, const Party& party,
                                        TimePoint now) const;
    // Every deadline with its derivation, as the pure function gives it from the events.
    std::vector<Deadline> deadlines_of(Reading& reading, const Ticket& ticket, TimePoint now) const;
    std::shared_ptr<const Policy> policy_of(const Ticket& ticket) const;
    // What people read for a role under that pack.
    std::string role_title(const std::shared_ptr<const Policy>& policy, const std::string& role) const;
    // Must he keep out of it: recused himself, or in the line of one who is? Then he sees neither it nor its row.
    bool keeps_out(const Ticket& ticket, const Staff& staff) const;
    // To everybody who holds the role nearest to the unit, by every channel that reaches him; of a ticket, to those who
    // may have it in hand.
    void push_to_holders(Transaction&, const std::string& role, UnitId unit, const Push&) const;
    void push_to_groups(Transaction&, const Push&) const;

    // The next moment the customer may count on, and why, in words: "最晚11月27日(周五)17:30给您结果".
    struct Progress {
        std::string state;  // "已受理,正在安排人处理"
        std::optional<TimePoint> next_at;
        std::string next;  // "11月27日(周五)17:30前给您结果"
        std::string why;   // the derivation in words
        std::string clause;
    };
    // `language`: of who asks; empty: the house's.
    Progress progress(Reading& reading, const Ticket& ticket, TimePoint now, const std::string& language = {}) const;
    // The values that phrases about a ticket may name: number, place, matter, state, next, why, phone (masked) …
    PhraseValues values_of(Reading& reading, const Ticket& ticket, TimePoint now) const;

private:
    struct Work;
    void bring_to_tickets(Transaction& tx, const std::string& declaration, TimePoint now);
    void plan_duty(Transaction& tx, const Policy& policy, const Duty& duty, TimePoint after);
    std::shared_ptr<HistoryCache> histories_;
    EngineParts parts_;
};

}  // namespace huiyin
