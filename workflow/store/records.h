// The rows of the store as values. Words are plain here: the store seals them on the way in and opens them on the way
// out.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "workflow/base/clock.h"
#include "workflow/base/id.h"
#include "workflow/ticket/ticket.h"

namespace huiyin {

// What is said to a person, in a form every channel can show in its own way.
struct Choice {
    std::string title;    // at most 20 characters
    std::string payload;  // "p1.…", see engine/payload.h; empty until the message is saved
};
struct Card {
    std::string title, text, url;
};
struct Said {
    std::string text;
    std::vector<Choice> choices = {};
    std::optional<Card> card = {};
    AttachmentId image = {};  // none: empty
    TicketId ticket = {};
    std::string ticket_number = {};
    std::string kind = {};  // how it wants to be drawn: readback, emergency, consent, fixed, rating; else empty
    std::string key = {};   // of what a resident said: his client's own key for it
};
std::string to_text(const Said& said);  // JSON, as it is sealed
Said said_from_text(const std::string& json);

enum class Speaker { bot, staff, resident };
struct Message {          // one line of a conversation
    std::int64_t id = 0;  // 1, 2, … within its conversation
    ConversationId conversation;
    TimePoint at;
    Speaker from = Speaker::bot;
    Said said;
};

// One person on one channel. `body` is the talk's own state: JSON that only the bot reads.
struct Conversation {
    ConversationId id;
    ChannelId channel;
    std::string address;  // openid, userid; on the web chat the hash of the token
    PersonId person;
    UnitId unit;                // fixed by a printed code or learnt from an address; may be none
    std::string state = "bot";  // bot, waiting (for a person), person
    StaffId taken_by;
    TimePoint state_since;
    std::int64_t last_message = 0;  // id of the newest message
    TimePoint created_at, updated_at;
    TimePoint last_inbound_at;  // for the platforms' message budgets
    int pushes_since_inbound = 0;
    std::string body;  // JSON
};

struct Person {
    PersonId id;
    std::string name, phone;       // phone as digits; empty if unknown
    bool phone_confirmed = false;  // by a one-time code or by staff: only then it is an identity
    TimePoint created_at;
    std::string notice_version;  // of the privacy notice that was shown
    bool surveys_stopped = false;
};

// A question with choices that was put to somebody; what its buttons meant is kept for 90 days.
struct Prompt {
    PromptId id;
    ConversationId conversation;
    TicketId ticket;             // none: about the talk itself
    std::string kind;            // consent, fixed, rating, readback, menu, …
    std::string body;            // JSON: {"choices":[{"title":…,"action":{…}}], …}
    std::string state = "open";  // open, answered, replaced
    TimePoint asked_at;
    std::optional<TimePoint> answered_at;
};

// failed: an attempt went wrong and it is tried again when due; dead: given up; undeliverable: nobody can be reached
// that way.
enum class OutboxState { waiting, sending, sent, failed, dead, undeliverable };
std::string to_text(OutboxState state);
enum class Priority { emergency, consent, deadline, progress, survey };  // in the order of the queue
struct PolicyVersion {  // a pack as it was written, for the tickets that were opened under it
    std::string policy, version, hash, text;
    friend bool operator==(const PolicyVersion&, const PolicyVersion&) = default;
};

struct OutboxItem {
    OutboxId id;
    ChannelId channel;
    StaffId staff;                // to a member of staff …
    ConversationId conversation;  // … or to a resident, or neither: a group robot
    std::int64_t message = 0;     // the conversation's message it shows
    std::string address;          // filled in when it is claimed: the platform's id of the recipient
    TicketId ticket;
    std::string ticket_number;  // for pages and pushes
    std::string kind;           // emergency, consent, fixed, rating, progress, deadline, task, card_update, …
    Priority priority = Priority::progress;
    Said said;
    std::string key;  // idempotency: one row a key; empty: none
    OutboxState state = OutboxState::waiting;
    int attempts = 0;
    TimePoint created_at;           // service clock
    TimePoint next_attempt_at;      // service clock
    TimePoint next_attempt_system;  // system clock: due when either says so
    std::optional<TimePoint> sent_at;
    std::string error_code, error_text;
    std::string reference;  // what the platform gave for later (message id, response code)
};

struct Reminder {  // an index of when to look again; derived, may be recomputed at any time
    ReminderId id;
    TimePoint due_at;  // service clock (system clock if `system`)
    bool system = false;
    TicketId ticket;
    ConversationId conversation;
    std::string kind;  // deadline, draft, burst, survey, step, keep_alive, late_reply, …
    std::string name;  // with ticket or conversation and kind: unique; setting it again moves it
};

struct Attachment {
    AttachmentId id;
    TicketId ticket;
    ConversationId conversation;
    std::string kind;  // image, voice, video, file
    std::string name, media_type;
    std::int64_t bytes = 0;
    std::string sha256;  // hex; the file's name under the media folder
    TimePoint created_at;
};

struct Delivery {  // something a platform or client delivered, and what it was answered
    ChannelId channel;
    std::string key;  // the platform's message id, or the client's Idempotency-Key
    ConversationId conversation;
    std::string answer;  // what was answered, as plaintext; a repeat gets it again
    TimePoint at;        // system clock; kept 8 days
    bool first = false;  // of a conversation that begins with it: there is none before
};

struct Session {
    std::string token_hash;  // SHA-256 hex of the token; the token itself is never kept
    StaffId staff;
    std::string csrf;
    TimePoint created_at, seen_at, expires_at;  // system clock
};

struct SecondFactor {            // of one of the staff: seeds that his authenticator knows, too
    std::string seed;            // empty: none is on
    std::string offered;         // was shown to him, and no code of it was typed yet; empty: none
    std::int64_t last_step = 0;  // of the newest code that was taken: no code up to it is taken again
    TimePoint since;             // it is on; system clock
    bool on() const { return !seed.empty(); }
};

struct AuditEntry {  // who saw or changed what is personal, or belongs to all
    std::int64_t id = 0;
    StaffId who;
    std::string action;  // reveal, export, directory.changed, …
    TicketId ticket;     // none: not about one
    std::string field, reason;
    TimePoint at;  // system clock
};

struct TicketRow {  // what lists show without opening the sealed details
    Ticket ticket;
    Details details;
};
struct TicketFilter {
    std::vector<UnitId> units;  // scope: owner or home unit must be one of these (empty: nothing is seen)
    std::string state, phase, kind, category, level;
    StaffId assignee;
    std::optional<bool> overdue;  // open and a running deadline is past `now`
    TimePoint now;                // service clock; wanted with `overdue`
    bool open_only = false;
    std::optional<TimePoint> since, until;  // opened_at
    std::string words;  // the beginning of a number (4 characters or more), or words of summary and address
                        // label, two characters or more each; all of them must occur
    PersonId customer;
    enum class Order { newest, next_deadline } order = Order::newest;  // by deadline: open tickets only
    int limit = 50;
    std::string cursor;  // from the page before
};

// What a case adds to the figures of its pack's reports (engine/kept_figures.h), as it is kept.
struct CaseFigures {
    std::string policy;
    TimePoint counted_at;  // accepted, else filed
    TicketId ticket;
    UnitId unit, owner_unit;
    std::int64_t edition = 0;  // of whatever else it was counted by
    TimePoint settled_at;
    std::optional<TimePoint> until;  // from then on it has to be counted anew; at 0: always
    bool kept_out = false;           // somebody of the staff keeps out of the case
    std::string shared, own;
};
struct CaseDue {  // a case that is to be counted, as it stands
    TicketId ticket;
    TimePoint counted_at;
    UnitId unit, owner_unit;
};

template <class Item>
struct Page {
    std::vector<Item> items;
    std::string next_cursor;  // empty: the last page
};

}  // namespace huiyin
