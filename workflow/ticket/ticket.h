// A ticket: one matter of one customer, as its events have made it.
//
// Nothing personal stands here: names, phones, addresses and people's words are sealed texts, referred to by TextId.
#pragma once
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "workflow/base/clock.h"
#include "workflow/base/id.h"
#include "workflow/policy/policy.h"  // Phase

namespace huiyin {

// Who did something, or to whom it is done.
enum class PartyKind { resident, staff, policy, system };
struct Party {
    PartyKind kind = PartyKind::system;
    std::int64_t id = 0;  // PersonId or StaffId; 0 for policy and system
    friend bool operator==(const Party&, const Party&) = default;
};
inline Party resident(PersonId id) { return {PartyKind::resident, id.value}; }
inline Party staff(StaffId id) { return {PartyKind::staff, id.value}; }
std::string to_text(PartyKind kind);  // "resident"

struct Proposal {
    TextId text;
    std::optional<std::int64_t> amount_fen;
    std::optional<TimePoint> finish_by;
    int round = 1;
    TimePoint at;
    friend bool operator==(const Proposal&, const Proposal&) = default;
};
struct Consent {
    std::string answer;  // agreed, small_gap, irreconcilable
    TimePoint at;
    friend bool operator==(const Consent&, const Consent&) = default;
};
struct RevisitMade {
    std::string means;  // phone, visit, chat
    TimePoint at;
    Party by;
    bool reached = true;
    std::optional<int> score;
    friend bool operator==(const RevisitMade&, const RevisitMade&) = default;
};
struct Rating {
    int score = 0, scale = 5;
    TextId comment;
    TimePoint at;
    friend bool operator==(const Rating&, const Rating&) = default;
};
struct Step {                 // a task the policy wants done beside the main line: a revisit visit, a form, a call
    std::string step, state;  // state: open, done, dropped
    std::optional<TimePoint> due_at;
    std::string role;      // who is to do it
    UnitId unit;           // where that role is held
    std::string means;     // phone, visit, chat, or empty: a revisit by these means fulfils it
    std::string deadline;  // the deadline it is due with, or empty
    friend bool operator==(const Step&, const Step&) = default;
};
struct PenaltyProposed {         // by the policy; a named person decides it. Never shown to the customer.
    std::string penalty, state;  // proposed, confirmed, changed, dropped, appealed, upheld, cancelled
    std::optional<std::int64_t> fen;
    std::string role;  // of the one it is against
    StaffId staff;     // he himself, if one person had the case in hand
    TimePoint at;
    friend bool operator==(const PenaltyProposed&, const PenaltyProposed&) = default;
};
struct Why {  // why a decision is what it is; shown to staff, and to the resident who asks
    std::string decision, clause, because;
    friend bool operator==(const Why&, const Why&) = default;
};
// A projection of `deadlines()`, kept so that lists need no recomputation. One without a due time (exempt) is left out.
struct TicketDeadline {
    std::string name;
    TimePoint due_at;
    std::string state;  // running, met, missed, paused, cancelled
    std::string clause;
    bool soft = false;       // a miss is reported, and no breach
    std::string binds = {};  // who has to keep it, when that is not us
    friend bool operator==(const TicketDeadline&, const TicketDeadline&) = default;
};

struct Ticket {
    TicketId id;
    std::string number;
    std::int64_t version = 0;  // sequence of the last event; 0: not opened yet
    std::string policy_id, policy_version;
    std::string kind, category, level;       // keys of the policy
    std::string filed_kind, filed_category;  // as it came in
    std::set<std::string> flags;             // closed list of interface: emergency, media, lawsuit, …
    std::string state;                       // the policy's own word
    Phase phase = Phase::open;
    UnitId unit;        // the service centre whose matter it is (whose community it lies in)
    UnitId owner_unit;  // the unit of the role that owns it now: rises when it is escalated
    std::string owner_role;
    StaffId assignee;       // none: the role as a whole
    HouseholdId household;  // when the address is one of the directory
    PersonId customer;
    ConversationId conversation;  // none when staff opened it for a caller
    bool anonymous = false;
    TextId details;  // sealed Details, the newest
    std::optional<std::int64_t> amount_fen, purchase_fen;
    std::optional<TimePoint> occurred_at;
    Facts facts;  // further ones that rules may look at: people, contacts, a pack's own
    std::vector<AttachmentId> attachments;
    TimePoint opened_at;
    std::optional<TimePoint> accepted_at, resolved_at, closed_at;
    std::optional<Proposal> proposal;
    int rounds = 0;   // proposals made, in all
    int reviews = 0;  // internal reviews held
    std::optional<Consent> consent;
    std::vector<RevisitMade> revisits;
    std::optional<Rating> rating;  // the first one given for the present resolution
    std::string fixed;             // yes, partly, no, or empty
    std::vector<Step> steps;
    std::vector<PersonId> supporters;
    TicketId joined_to, repeat_of, merged_into;
    int urged = 0, reopened = 0, escalations = 0;
    int attempts = 0;             // tries to reach the customer about the present resolution that failed
    std::string validity, cause;  // as judged after inquiry; cause as in `classify`
    bool paused = false;
    std::optional<TimePoint> paused_until;
    std::string level_pin;         // what the rules said when a person or the policy set another level; or empty
    std::set<std::string> missed;  // names of deadlines that were missed; `handle`, `escalated`: since work began anew
    std::set<std::int64_t> team;   // staff who have it in hand beside the assignee
    std::set<std::int64_t> recused;  // staff who keep out of it
    std::vector<PenaltyProposed> penalties;
    std::set<std::int64_t> handlers;  // staff who proposed or resolved: they do not speak for the customer
    std::string asked;                // the question that waits for the customer: consent, fixed, rating, or empty
    std::string emergency;            // lift, gas, fire, …; empty when none
    bool taken_over = false;          // an emergency a person has answered for
    int kept_alive = 0;               // times the customer was told that help is still being called
    std::optional<TimePoint> asked_at;
    bool asked_again = false;  // the one reminder was given
    std::string put_off;       // a question that waits for the hours in which one may ask
    std::optional<TimePoint> put_off_until;
    TimePoint updated_at;  // of the last event
    std::vector<TicketDeadline> deadlines;
    std::vector<Why> why;
    std::string last_hash;  // of the last event; 64 zeros before the first
    friend bool operator==(const Ticket&, const Ticket&) = default;
};

nlohmann::json to_json_value(const Ticket& ticket);   // for the store's row; not the API's TICKET
Ticket ticket_from_json(const nlohmann::json& json);  // throws std::runtime_error on a row it cannot read

// The sealed part of a ticket. Everything in it can be erased without breaking the event chain.
struct Details {
    std::string summary;               // one line, without abuse
    std::string description;           // all the words, phones and ID numbers cut out
    std::string building, unit, room;  // "3", "2", "501"; may be empty
    std::string label;                 // the address as people read it: "3栋2单元501", "B2车库"
    std::string location;              // a landmark or a finer place
    std::string occurred_text, people, wish;
    std::string contact_name, contact_phone;
    friend bool operator==(const Details&, const Details&) = default;
};
std::string to_text(const Details& details);  // JSON
Details details_from_text(const std::string& json);

}  // namespace huiyin
