// What is kept of whom, and how it goes: the store's side of retention, of holds and of residents' own requests.
//
// Everything is found in the order of an index, a page at a time, and goes in small pieces, so that a night's work
// walks through no history and holds nobody up. Whatever goes is overwritten: sealed words and salts become empty, rows
// are deleted where nothing refers to them, and SQLite zeroes the room (`secure_delete`). Events, figures and chains
// stay. Not-found is an empty optional. Who changes something here is told how many rows of which class went.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "workflow/store/records.h"

namespace huiyin {

// Rows that went, by class.
using Gone = std::map<std::string, std::int64_t>;
const std::vector<std::string>& gone_classes();
void add_to(Gone& all, const Gone& more);

enum class KeptStage { all = 0, media_gone = 1, words_gone = 2 };  // of a ticket that ended
struct EndedTicket {                                               // and a place in the order of their ends
    TimePoint ended_at = from_ms(0);
    TicketId ticket = {};
};
struct LookedAt {  // a talk, and a place in the order in which talks are looked at
    TimePoint at = from_ms(-1);
    ConversationId conversation = {};
};

struct Hold {  // nothing of the ticket goes before `until`, unless it is lifted
    std::int64_t id = 0;
    TicketId ticket;
    std::string reason;
    StaffId set_by;
    TimePoint set_at, until;  // service clock
    std::optional<TimePoint> lifted_at = {};
    StaffId lifted_by = {};
    std::string lift_reason = {};
    bool in_force(TimePoint now) const { return !lifted_at && now < until; }
};

// A resident's wish about his own data. waiting: for a decision; erasing: decided, and not all is gone yet; done;
// refused; withdrawn.
struct PrivacyRequest {
    std::int64_t id = 0;
    PersonId person;
    ConversationId conversation;  // where he is answered; none: he asked in another way
    std::string kind;             // export, correct, erase
    std::string state = "waiting";
    std::string wish;  // in his words; of `correct`: what is to be right
    StaffId noted_by;  // none: he asked himself
    TimePoint asked_at, due_at;
    std::optional<TimePoint> decided_at = {};
    StaffId decided_by = {};
    bool open_too = false;  // erase: what is not closed yet goes, too
    std::string reason = {}, answer = {};
};
struct KeptText {
    TextId id;
    TicketId ticket;
    TimePoint created_at;
    std::string words;  // empty: erased
};
struct PartOfTicket {  // of its words and pictures
    std::set<TextId> texts;
    std::set<AttachmentId> pictures;
    bool empty() const { return texts.empty() && pictures.empty(); }
};
struct OutboxEnd {  // a row of the outbox, without its words
    OutboxId id;
    ConversationId conversation;
    TicketId ticket;
    bool ended = false;  // sent, or given up
    TimePoint created_at, at;
    bool left_over = false;  // of a talk that is gone
};

class KeepingReading {
public:
    virtual ~KeepingReading() = default;
    // Ended by then and still at that stage; behind that place.
    virtual std::vector<EndedTicket> ended(KeptStage stage, const EndedTicket& after, TimePoint by, int most) = 0;
    virtual std::optional<EndedTicket> end_of(TicketId ticket, KeptStage& stage) = 0;  // nothing: it goes on
    // Of the tickets whose customer he is and whose words are kept, the first; nothing: there is none.
    virtual std::optional<TicketId> first_kept_ticket(PersonId person) = 0;
    virtual std::vector<LookedAt> talks_looked_at(const LookedAt& after, TimePoint by, int most) = 0;
    virtual std::vector<OutboxEnd> outbox_ends(OutboxId after, int most) = 0;  // in the order in which they were made
    virtual std::vector<std::string> media_to_remove(const std::string& after, int most) = 0;
    virtual bool media_wanted(const std::string& sha256) = 0;
    virtual std::vector<Hold> holds_of(TicketId ticket) = 0;                // oldest first
    virtual std::vector<Hold> holds_in_force(TimePoint now, int most) = 0;  // by their end
    virtual bool is_held(TicketId ticket, TimePoint now) = 0;
    virtual std::optional<PrivacyRequest> privacy_request(std::int64_t id) = 0;
    // Those that wait for a decision, then those that are being erased, each by what is due first.
    virtual Page<PrivacyRequest> open_requests(int limit, const std::string& cursor) = 0;
    // Their ids, behind that one: one that cannot be read keeps no other from being found.
    virtual std::vector<std::int64_t> erasing_requests(std::int64_t after, int most) = 0;
    virtual Page<PrivacyRequest> privacy_requests(int limit, const std::string& cursor) = 0;  // newest first
    virtual std::vector<PrivacyRequest> privacy_requests_of(PersonId person) = 0;             // oldest first
    virtual std::optional<TimePoint> erased_at(PersonId person) = 0;                          // nothing: he was not
    // Those that are left of people who were erased by then, behind that place, and have not spoken since.
    virtual std::vector<LookedAt> talks_of_erased(const LookedAt& after, TimePoint by, int most) = 0;
    virtual bool is_owed(const Conversation& talk) = 0;  // something waits to be said to him
    virtual std::vector<KeptText> texts_of(TicketId ticket) = 0;
    virtual std::vector<KeptText> texts_of(ConversationId talk) = 0;  // those of its tickets, too
    virtual std::vector<Attachment> unfiled_attachments(ConversationId talk) = 0;
};

// Only in a unit of work.
class Keeping : public KeepingReading {
public:
    virtual Gone drop_media(TicketId ticket) = 0;  // the rows; which files lost one is noted
    // Words, salts and search words of these, their pictures, and who their customer was. Not of one that is held: that
    // is the caller's to see.
    virtual Gone erase_words(const std::vector<TicketId>& tickets) = 0;
    // The same of one, but for what others said in it: that goes when the ticket's time is over.
    virtual Gone erase_words_but(TicketId ticket, const PartOfTicket& of_others) = 0;
    virtual Gone erase_part(TicketId ticket, const PartOfTicket& part) = 0;
    virtual Gone forget_person(PersonId person) = 0;  // name, phone, when he was asked; the number stays
    virtual Gone drop_person(PersonId person) = 0;    // of whom no ticket ever spoke
    // Not those of a ticket that is held at `held_at`.
    virtual Gone forget_prompts(ConversationId talk, TimePoint asked_before, TimePoint held_at) = 0;
    virtual Gone forget_messages(ConversationId talk, TimePoint said_before, int most) = 0;
    // The talk with all that is in it, and what waits to be said in it; false: so many messages went, and there are
    // more.
    virtual bool drop_talk(ConversationId talk, int messages_most, Gone& gone) = 0;
    virtual Gone drop_unfiled(ConversationId talk) = 0;  // texts and pictures of a talk that came into no ticket
    virtual void look_again(ConversationId talk, TimePoint looked_at) = 0;
    virtual Gone drop_outbox(const std::vector<OutboxId>& ids) = 0;  // of those that ended
    virtual Gone drop_said(const std::vector<OutboxId>& ids) = 0;    // to a resident, but for what is on its way
    virtual Gone drop_raw(TimePoint before, int most) = 0;           // callbacks that were kept as they came
    virtual Gone drop_audit(TimePoint before, int most) = 0;
    virtual Gone drop_requests(TimePoint decided_before) = 0;
    virtual Gone drop_holds(TimePoint ended_before) = 0;
    virtual Gone drop_expired(TimePoint system_now, int most) = 0;  // deliveries, sessions, links, failed sign-ins
    virtual void note_file(const std::string& sha256) = 0;  // it is looked at in a night, and goes if no row needs it
    virtual void media_removed(const std::string& sha256) = 0;
    virtual void save(const Hold& hold) = 0;
    virtual void save(const PrivacyRequest& request) = 0;
    virtual void note_erased(PersonId person, TimePoint at) = 0;
    // What went before is overwritten in the store's file and gone from its log within minutes, when nobody waits.
    virtual void wipe_log() = 0;
};

}  // namespace huiyin
