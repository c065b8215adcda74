// The memory of the house: a narrow port, SQL behind it.
//
// A *unit of work* is a function on a Transaction that may be run again: no side effects, `now` fixed, no network. Many
// waiting units share one commit; one that throws is undone alone. Nobody hears "saved" before the commit.
//
// Personal words are sealed with the data key (AES-256-GCM) in `people` and `texts`; every row's key begins with the
// organisation, which the store puts in itself.
#pragma once
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "workflow/base/clock.h"
#include "workflow/base/result.h"
#include "workflow/base/task.h"
#include "workflow/directory/directory.h"
#include "workflow/store/records.h"
#include "workflow/ticket/event.h"

namespace huiyin {

class Keeping;  // keeping.h
class KeepingReading;

// What can be read: inside a unit of work, or from a snapshot of its own. Not-found is an empty optional.
class Reading {
public:
    virtual ~Reading() = default;
    // conversations
    // Keys are told apart within a conversation; none for what belongs to none.
    virtual std::optional<Delivery> delivery(const ChannelId&, ConversationId, const std::string& key) = 0;
    virtual std::optional<Conversation> conversation(ConversationId) = 0;
    virtual std::optional<Conversation> conversation_at(const ChannelId&, const std::string& address) = 0;
    virtual std::vector<Message> messages(ConversationId, std::int64_t after, int limit) = 0;  // oldest first
    virtual std::vector<Message> last_messages(ConversationId, int count) = 0;                 // oldest first
    virtual Page<Conversation> conversations(const std::string& state, const std::vector<UnitId>& units, int limit,
                                             const std::string& cursor) = 0;  // newest first
    virtual std::vector<Conversation> conversations_of(PersonId) = 0;
    virtual std::optional<Prompt> prompt(ConversationId, PromptId) = 0;
    virtual std::vector<Prompt> open_prompts(ConversationId) = 0;  // newest first
    // people and their words
    virtual std::optional<Person> person(PersonId) = 0;
    // The first person whose confirmed phone this is (digits): a phone that was only typed finds nobody.
    virtual std::optional<Person> person_with_phone(const std::string& phone) = 0;
    virtual std::string text(TextId) = 0;  // "" for none or for one that was erased
    virtual Details details(TextId) = 0;   // empty where there are none
    // tickets
    virtual std::optional<Ticket> ticket(TicketId) = 0;
    virtual std::optional<Ticket> ticket_numbered(const std::string& number) = 0;
    virtual Page<TicketRow> tickets(const TicketFilter&) = 0;
    // Filed in [from, until), or accepted in it; of these units, home or owner; oldest first.
    virtual std::vector<TicketId> tickets_of_period(const std::vector<UnitId>& units, TimePoint from,
                                                    TimePoint until) = 0;
    virtual std::vector<Ticket> tickets_of(PersonId, int limit) = 0;  // newest first
    // What was kept of cases of that pack that count in [from, until), in order of time and ticket; of those at `from`,
    // after that ticket. False: no more of them.
    virtual void each_case_figures(const std::string& policy, TimePoint from, TicketId after, TimePoint until,
                                   const std::function<bool(const CaseFigures&)>&) = 0;
    // Cases that were saved since they were counted, or never were; by ticket.
    virtual void each_case_due(const std::function<void(const CaseDue&)>&) = 0;
    virtual std::vector<TicketId> cases_due(TicketId after, int most) = 0;
    // Those of which nothing that was kept holds any more at that moment, for time alone.
    virtual std::vector<TicketId> figures_over(TimePoint now, int most) = 0;
    virtual std::vector<StoredEvent> events(TicketId) = 0;  // oldest first
    virtual Page<StoredEvent> events_page(TicketId, std::int64_t after, int limit) = 0;
    virtual std::optional<Attachment> attachment(const AttachmentId&) = 0;
    virtual std::vector<Attachment> attachments_of(TicketId) = 0;
    virtual void each_ticket(const std::function<void(const Ticket&)>&) = 0;  // for verify
    virtual std::int64_t event_count() = 0;                                   // for verify: of all tickets
    // outbox and reminders
    virtual std::optional<OutboxItem> outbox(OutboxId) = 0;
    virtual std::optional<OutboxItem> outbox_keyed(const std::string& key) = 0;
    virtual Page<OutboxItem> outbox_page(const std::string& state, int limit, const std::string& cursor) = 0;
    virtual std::vector<OutboxItem> outbox_of(TicketId) = 0;
    virtual std::optional<TimePoint> next_reminder(bool system) = 0;
    // When the last `count` ratings were asked of a person (service clock), newest first: for the survey rules.
    virtual std::vector<TimePoint> surveys_asked(PersonId, int count) = 0;
    // What other tickets than this one add to a policy's counter, of those counted in [from, until).
    virtual std::int64_t tally(const std::string& counter, const std::string& subject, TimePoint from, TimePoint until,
                               TicketId but_for) = 0;
    // staff side
    virtual std::optional<Session> session(const std::string& token_hash) = 0;
    virtual std::string password_hash(StaffId) = 0;  // "" if none is set
    virtual int sign_in_failures(const std::string& key, TimePoint since) = 0;
    virtual std::optional<StaffId> one_time_link(const std::string& token_hash, TimePoint now) = 0;
    virtual std::optional<SecondFactor> second_factor(StaffId) = 0;
    virtual int recovery_codes(StaffId) = 0;  // how many are left
    // Who gave his password and still owes a code.
    virtual std::optional<StaffId> half_session(const std::string& token_hash, TimePoint now) = 0;
    virtual std::shared_ptr<const Directory> directory() = 0;  // all of it, read anew
    virtual std::optional<std::string> setting(const std::string& key) = 0;
    virtual std::vector<PolicyVersion> policy_versions() = 0;  // by policy and version
    virtual int reveals_since(StaffId, TimePoint since) = 0;   // audit rows with the action "reveal"
    // Who saw or changed what, the newest first; of one ticket where one is given.
    virtual Page<AuditEntry> audit_page(TicketId, int limit, const std::string& cursor) = 0;
    virtual KeepingReading& kept() = 0;  // what is kept of whom, and until when (keeping.h)
};

class Transaction : public Reading {
public:
    virtual Keeping& keeping() = 0;  // what goes when its time is over (keeping.h)
    // First thing in every unit that handles a delivery. False: it was handled before (see delivery()).
    virtual bool claim_delivery(const Delivery&) = 0;
    virtual void set_delivery_answer(const ChannelId&, ConversationId, const std::string& key,
                                     const std::string& answer) = 0;
    virtual void save(const Conversation&) = 0;  // inserts or updates
    virtual void add(const Message&) = 0;        // its id must be the conversation's last_message
    virtual void save(const Prompt&) = 0;
    virtual void add(const Person&) = 0;  // nobody knew before: has no ticket yet
    virtual void save(const Person&) = 0;
    // Seals words; for_ticket and for_conversation say whose they are (for export, retention, erasure).
    virtual TextId add_details(const Details&, TicketId for_ticket, ConversationId for_conversation, TimePoint now) = 0;
    virtual TextId add_text(const std::string& words, TicketId for_ticket, ConversationId for_conversation,
                            TimePoint now) = 0;
    // What a platform sent, as it came: kept for days, for who looks into why it could not be read.
    virtual TextId add_raw(const std::string& bytes, ConversationId for_conversation, TimePoint now) = 0;
    // The salted hash that events carry beside a text's id.
    virtual std::string text_hash(TextId) = 0;
    // Saves events (already chained) and the ticket they made, in one go.
    // Throws StaleTicket if the row's version is not `version_before`.
    virtual void save(const Ticket&, std::int64_t version_before, const std::vector<StoredEvent>&,
                      const std::vector<EventId>&) = 0;
    // Keeps what the case adds, counted at that version, and it is due no more; if it is at another version by now,
    // nothing is kept and it stays due.
    virtual void settle(const CaseFigures&, TimePoint opened_at, std::int64_t version) = 0;
    // The next number of a series: ("T20260302") -> 1, 2, … without gaps within a commit order.
    virtual int next_number(const std::string& series) = 0;
    virtual void save(const Attachment&) = 0;
    virtual bool add(const OutboxItem&) = 0;   // false: its key is known already, nothing was added
    virtual void save(const OutboxItem&) = 0;  // state, attempts, times, error, reference
    // Up to `most` due items of a channel that are `waiting` or `failed`, by priority then age; they become `sending`.
    // Due: either clock has reached its next attempt. Of one recipient at most one is in flight, and an older item that
    // waits holds back the newer ones, but an emergency overtakes. `address` is filled in: the conversation's, or the
    // one of the staff row for this channel, else his login; empty for a group robot. `attempts` is the courier's to
    // count.
    virtual std::vector<OutboxItem> claim_outbox(const ChannelId&, TimePoint service_now, TimePoint system_now,
                                                 int most) = 0;
    virtual void release_claims() = 0;                  // at start: `sending` of a dead process becomes `waiting`
    virtual void release_claims(const ChannelId&) = 0;  // what this process has in hand of one channel
    virtual void set_reminder(const Reminder&) = 0;     // by (ticket or conversation, kind, name): moves it
    virtual void drop_reminder(TicketId, ConversationId, const std::string& kind, const std::string& name) = 0;
    virtual void drop_reminders(TicketId, const std::string& kind) = 0;
    // Up to `most` reminders due at `now`, in order of due time; they are deleted.
    virtual std::vector<Reminder> take_due(TimePoint now, bool system, int most) = 0;
    virtual void note_survey(PersonId, TicketId, TimePoint at) = 0;
    // What this ticket adds to a counter for that subject; 0: nothing any more.
    virtual void set_tally(const std::string& counter, const std::string& subject, TicketId, TimePoint at,
                           std::int64_t amount) = 0;
    virtual void save(const Session&) = 0;
    virtual void drop_session(const std::string& token_hash) = 0;
    virtual void drop_sessions_of(StaffId) = 0;  // half ones, too
    virtual void set_password_hash(StaffId, const std::string& hash) = 0;
    virtual void note_sign_in_failure(const std::string& key, TimePoint at) = 0;
    virtual void clear_sign_in_failures(const std::string& key) = 0;
    virtual void save_one_time_link(const std::string& token_hash, StaffId, TimePoint expires_at) = 0;
    virtual void drop_one_time_links_of(StaffId) = 0;
    virtual void save(StaffId, const SecondFactor&) = 0;
    virtual void drop_second_factor(StaffId) = 0;  // and his recovery codes
    // Instead of all that he had; only their keyed hashes are kept.
    virtual void set_recovery_codes(StaffId, const std::vector<std::string>& codes) = 0;
    virtual bool use_recovery_code(StaffId, const std::string& code) = 0;  // false: none of his, or used before
    virtual void save_half_session(const std::string& token_hash, StaffId, TimePoint expires_at) = 0;
    virtual void drop_half_session(const std::string& token_hash) = 0;
    virtual void save(const Unit&) = 0;
    virtual void save(const Building&) = 0;
    virtual void save(const Household&) = 0;
    virtual void save(const Staff&) = 0;
    virtual void set_setting(const std::string& key, const std::string& value) = 0;
    virtual void save(const PolicyVersion&) = 0;  // replaces one of another text; the same again changes nothing
    virtual void drop_policy_version(const std::string& policy, const std::string& version) = 0;
    virtual void audit(StaffId who, const std::string& action, TicketId ticket, const std::string& field,
                       const std::string& reason, TimePoint at) = 0;
    virtual void forget_old(TimePoint system_now) = 0;  // deliveries after 8 days, sessions and failures when over
};

struct DirectoryContent;  // of directory_file.h
void save_directory(Transaction& transaction, const DirectoryContent& content);

struct StaleTicket : std::runtime_error {  // somebody else changed it: run the unit again
    using std::runtime_error::runtime_error;
};

// What a commit touched, for those who wait for news: event streams and couriers. Called by the writer after the
// commit; must be quick and must not wait.
struct Touched {
    std::set<ConversationId> conversations;  // new messages
    std::set<TicketId> tickets;              // new or changed
    std::set<ChannelId> channels;            // new or freed outbox rows
    bool reminders = false;
    bool directory = false;
};

enum class Outcome { saved, undone };  // undone: the unit threw, or the disk refused

class Store {
public:
    using Unit = Task<void(Transaction&)>;
    // `problem` is null when saved; otherwise what happened. Called by the writer after the commit: hand over, do
    // not work.
    using After = Task<void(Outcome, std::exception_ptr problem)>;
    virtual ~Store() = default;
    // Queues a unit. Threads: any. Units of one thread are run in their order. After stop() the unit is undone at once.
    virtual void submit(Unit, After) = 0;
    // Runs a unit and waits for its commit; rethrows what went wrong. Not in a unit, not in an after, not on a worker.
    void run(const std::function<void(Transaction&)>& unit);
    // A consistent snapshot on a reading connection of the calling thread.
    virtual void read(const std::function<void(Reading&)>&) = 0;
    virtual void on_commit(std::function<void(const Touched&)>) = 0;  // before the first submit
    // False from the first failed commit until one succeeds again; intake answers 503 meanwhile. It retries by itself.
    virtual bool writable() = 0;
    virtual std::size_t waiting() = 0;    // units in the queue
    virtual std::uint64_t commits() = 0;  // groups committed since start
    // How many serve this store now, this process among them; who comes or goes is known within ten seconds.
    virtual int processes() { return 1; }
    // Lets the file grow to so many pages only, as a full disk does; 0 lifts it. For tests.
    virtual void limit_pages(std::int64_t pages) = 0;
    virtual void stop() = 0;                                        // commits what waits, checkpoints, ends the writer
    virtual std::string saved_media(const std::string& bytes) = 0;  // writes and syncs the file; gives its sha256 hex
    virtual Result<std::string> media_path(const std::string& sha256) = 0;  // Errors: media.missing
    // Of a file that no row needs. False: somebody saved the same bytes a moment ago, so a row may be on its way.
    virtual bool remove_media(const std::string& sha256) = 0;
};

struct StoreOptions {
    std::string url;                      // "sqlite:data/huiyin.db"
    std::string media;                    // folder for attachments
    std::string data_key;                 // 32 bytes, newest; seals
    std::vector<std::string> older_keys;  // still open what they sealed
    bool read_only = false;               // for verify, report, export beside a running service
    int node = 0;
};
// Errors: store.locked (another process serves it), store.damaged, store.too_new (made by a newer program),
// store.unreadable, store.wrong_key (the data_key does not open what is in it). store.older: `read_only` on a store
// whose schema is older than this program; open it once to write, or migrate.
Result<std::unique_ptr<Store>> open_store(const StoreOptions& options, IdMaker& ids);

// What schema a store has and what the newest is that this program knows; 0: there is no store yet. Changes nothing,
// needs no key, takes no lock. Opening a store to write brings it up to date. Errors: as above.
struct SchemaState {
    int present = 0, newest = 0;
};
Result<SchemaState> schema_state(const std::string& url);

}  // namespace huiyin
