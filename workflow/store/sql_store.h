// Transaction and Reading, said in SQL. One object a unit of work or a snapshot; it belongs to its thread.
#pragma once
#include <functional>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "workflow/store/driver.h"
#include "workflow/store/recent_rows.h"
#include "workflow/store/sql_rows.h"
#include "workflow/store/store.h"
#include "workflow/store/vault.h"

namespace huiyin {

class SqlKeeping;  // sql_keeping.h

struct StoreContext {  // what all connections of a store share; fixed after start
    std::int64_t organisation = 0;
    Vault vault;
    IdMaker* ids = nullptr;
    int number = 0;  // of this process among those that serve the store
};

class SqlTransaction final : public Transaction {
public:
    // recent: of the connection that writes; nullptr: every row is read.
    SqlTransaction(Driver& driver, const StoreContext& context, RecentRows* recent = nullptr);
    ~SqlTransaction() override;
    SqlTransaction(const SqlTransaction&) = delete;
    SqlTransaction& operator=(const SqlTransaction&) = delete;
    const Touched& touched() const { return touched_; }
    bool wipes() const { return wipes_; }  // the log is to be emptied, so that what went is nowhere
    // Writes what is still held back; the last thing in a unit.
    void finish();
    // After that: what this unit read and wrote is what the next ones begin with. Gives how many rows, of the most
    // frequent kind.
    std::size_t pass_on();

    std::optional<Delivery> delivery(const ChannelId&, ConversationId, const std::string& key) override;
    std::optional<Conversation> conversation(ConversationId) override;
    std::optional<Conversation> conversation_at(const ChannelId&, const std::string& address) override;
    std::vector<Message> messages(ConversationId, std::int64_t after, int limit) override;
    std::vector<Message> last_messages(ConversationId, int count) override;
    Page<Conversation> conversations(const std::string& state, const std::vector<UnitId>& units, int limit,
                                     const std::string& cursor) override;
    std::vector<Conversation> conversations_of(PersonId) override;
    std::optional<Prompt> prompt(ConversationId, PromptId) override;
    std::vector<Prompt> open_prompts(ConversationId) override;
    std::optional<Person> person(PersonId) override;
    std::optional<Person> person_with_phone(const std::string& phone) override;
    std::string text(TextId) override;
    Details details(TextId) override;
    std::optional<Ticket> ticket(TicketId) override;
    std::optional<Ticket> ticket_numbered(const std::string& number) override;
    Page<TicketRow> tickets(const TicketFilter&) override;
    std::vector<TicketId> tickets_of_period(const std::vector<UnitId>& units, TimePoint from, TimePoint until) override;
    std::vector<Ticket> tickets_of(PersonId, int limit) override;
    void each_case_figures(const std::string& policy, TimePoint from, TicketId after, TimePoint until,
                           const std::function<bool(const CaseFigures&)>& take) override;
    void each_case_due(const std::function<void(const CaseDue&)>& take) override;
    std::vector<TicketId> cases_due(TicketId after, int most) override;
    std::vector<TicketId> figures_over(TimePoint now, int most) override;
    std::vector<StoredEvent> events(TicketId) override;
    Page<StoredEvent> events_page(TicketId, std::int64_t after, int limit) override;
    std::optional<Attachment> attachment(const AttachmentId&) override;
    std::vector<Attachment> attachments_of(TicketId) override;
    void each_ticket(const std::function<void(const Ticket&)>&) override;
    std::int64_t event_count() override;
    std::optional<OutboxItem> outbox(OutboxId) override;
    std::optional<OutboxItem> outbox_keyed(const std::string& key) override;
    Page<OutboxItem> outbox_page(const std::string& state, int limit, const std::string& cursor) override;
    std::vector<OutboxItem> outbox_of(TicketId) override;
    std::optional<TimePoint> next_reminder(bool system) override;
    std::vector<TimePoint> surveys_asked(PersonId, int count) override;
    std::int64_t tally(const std::string& counter, const std::string& subject, TimePoint from, TimePoint until,
                       TicketId but_for) override;
    std::optional<Session> session(const std::string& token_hash) override;
    std::string password_hash(StaffId) override;
    int sign_in_failures(const std::string& key, TimePoint since) override;
    std::optional<StaffId> one_time_link(const std::string& token_hash, TimePoint now) override;
    std::optional<SecondFactor> second_factor(StaffId) override;
    int recovery_codes(StaffId) override;
    std::optional<StaffId> half_session(const std::string& token_hash, TimePoint now) override;
    std::shared_ptr<const Directory> directory() override;
    std::optional<std::string> setting(const std::string& key) override;
    std::vector<PolicyVersion> policy_versions() override;
    int reveals_since(StaffId, TimePoint since) override;
    Page<AuditEntry> audit_page(TicketId, int limit, const std::string& cursor) override;
    KeepingReading& kept() override;

    Keeping& keeping() override;
    bool claim_delivery(const Delivery&) override;
    void set_delivery_answer(const ChannelId&, ConversationId, const std::string& key,
                             const std::string& answer) override;
    void save(const Conversation&) override;
    void add(const Message&) override;
    void save(const Prompt&) override;
    void add(const Person&) override;
    void save(const Person&) override;
    TextId add_details(const Details&, TicketId for_ticket, ConversationId for_conversation, TimePoint now) override;
    TextId add_text(const std::string& words, TicketId for_ticket, ConversationId for_conversation,
                    TimePoint now) override;
    TextId add_raw(const std::string& bytes, ConversationId for_conversation, TimePoint now) override;
    std::string text_hash(TextId) override;
    void save(const Ticket&, std::int64_t version_before, const std::vector<StoredEvent>&,
              const std::vector<EventId>&) override;
    void settle(const CaseFigures& one, TimePoint opened_at, std::int64_t version) override;
    int next_number(const std::string& series) override;
    void save(const Attachment&) override;
    bool add(const OutboxItem&) override;
    void save(const OutboxItem&) override;
    std::vector<OutboxItem> claim_outbox(const ChannelId&, TimePoint service_now, TimePoint system_now,
                                         int most) override;
    void release_claims() override;
    void release_claims(const ChannelId& channel) override;
    void release_claims_of(int number);  // of a process that is no longer there
    void set_reminder(const Reminder&) override;
    void drop_reminder(TicketId, ConversationId, const std::string& kind, const std::string& name) override;
    void drop_reminders(TicketId, const std::string& kind) override;
    std::vector<Reminder> take_due(TimePoint now, bool system, int most) override;
    void note_survey(PersonId, TicketId, TimePoint at) override;
    void set_tally(const std::string& counter, const std::string& subject, TicketId, TimePoint at,
                   std::int64_t amount) override;
    void save(const Session&) override;
    void drop_session(const std::string& token_hash) override;
    void drop_sessions_of(StaffId) override;
    void set_password_hash(StaffId, const std::string& hash) override;
    void note_sign_in_failure(const std::string& key, TimePoint at) override;
    void clear_sign_in_failures(const std::string& key) override;
    void save_one_time_link(const std::string& token_hash, StaffId, TimePoint expires_at) override;
    void drop_one_time_links_of(StaffId) override;
    void save(StaffId, const SecondFactor&) override;
    void drop_second_factor(StaffId) override;
    void set_recovery_codes(StaffId, const std::vector<std::string>& codes) override;
    bool use_recovery_code(StaffId, const std::string& code) override;
    void save_half_session(const std::string& token_hash, StaffId, TimePoint expires_at) override;
    void drop_half_session(const std::string& token_hash) override;
    void save(const Unit&) override;
    void save(const Building&) override;
    void save(const Household&) override;
    void save(const Staff&) override;
    void set_setting(const std::string& key, const std::string& value) override;
    void save(const PolicyVersion&) override;
    void drop_policy_version(const std::string& policy, const std::string& version) override;
    void audit(StaffId who, const std::string& action, TicketId ticket, const std::string& field,
               const std::string& reason, TimePoint at) override;
    void forget_old(TimePoint system_now) override;

private:
    friend class SqlKeeping;
    std::string place(const char* column, std::int64_t row, std::int64_t part = 0) const;
    std::string place(const char* column, const std::string& row) const;
    ToSeal to_seal(const std::string& plain, std::string place) const;  // plain: lent
    std::string delivery_key(const std::string& key) const;
    std::string delivery_place(const ChannelId&, const std::string& kept_key) const;
    int at_most_claimable(const ChannelId&, int most);
    Conversation read_conversation(const Query&);
    struct Claim {
        Delivery delivery;
        std::string kept_key;
    };
    void write(const Claim&);
    RecentRows::ClaimedKeys& claimed_keys(const Delivery&);
    bool is_kept(const Delivery&, const std::string& kept_key);
    bool has_deliveries_without_talk(const ChannelId&);
    bool was_claimed(const Delivery&, const std::string& kept_key);
    struct Talk;
    void write(Talk&);
    Message read_message(const Query&, ConversationId) const;
    Prompt read_prompt(const Query&, ConversationId) const;
    Person read_person(const Query&) const;
    Attachment read_attachment(const Query&) const;
    OutboxItem read_outbox(const Query&) const;
    std::string address_of(const OutboxItem&);
    TicketRow row_of(TicketId);
    std::optional<rows::Key> place_in_list(const TicketFilter&);
    std::vector<rows::Key> keys_listed(const TicketFilter&, const rows::Key& from, int count);
    Page<TicketRow> tickets_listed(const TicketFilter&);
    using Wanted = std::function<std::optional<TicketRow>(TicketId)>;  // its row, where it is one of those asked for
    Page<TicketRow> tickets_walked(const TicketFilter&, const Wanted&);
    Page<TicketRow> tickets_found(const TicketFilter&);
    std::vector<TicketId> numbered(std::string beginning, int most);
    std::vector<TicketId> candidates(const TicketFilter&, const std::vector<std::string>& terms, int most);
    void index_words(const Ticket&);
    void remember(const Ticket&, std::int64_t version_before, const std::vector<StoredEvent>&);
    // Rows that went in this unit: nobody may find them among the recent ones.
    void forget(TextId);
    void forget(PersonId);
    void forget(ConversationId);
    void forget_recent();

    Driver& driver_;
    const StoreContext& context_;
    RecentRows* recent_;
    Touched touched_;
    // A turn of a talk looks at its conversation and changes it several times: it is opened once and sealed once.
    struct Talk {
        Conversation conversation;
        bool to_write = false, is_stored = false;
    };
    std::unordered_map<ConversationId, Talk> talks_;
    std::set<std::pair<ChannelId, std::string>> absent_;                    // looked for in this unit, and not there
    std::unordered_map<ConversationId, std::vector<Prompt>> open_prompts_;  // of the talks that were asked for theirs
    std::unordered_map<ConversationId, std::vector<Message>> fresh_messages_;  // added in this unit, in order
    std::unordered_map<PersonId, Person> people_;
    std::unordered_map<TicketId, RecentRows::Case> cases_;
    std::unordered_map<PersonId, RecentRows::OfPerson> tickets_of_;
    std::vector<std::pair<PersonId, TicketId>> opened_;  // tickets of this unit
    std::unordered_map<TextId, std::string> texts_;      // read in this unit
    std::unordered_map<TextId, Details> details_;
    // Claimed in this unit: kept until its answer is known.
    std::map<std::tuple<ChannelId, ConversationId, std::string>, Claim> claimed_;
    std::unordered_map<ConversationId, RecentRows::ClaimedKeys> claimed_keys_;
    std::unordered_map<std::string, bool> without_talk_;  // of a channel: any_without_talk of recent_rows.h
    std::vector<std::pair<std::string, TimePoint>> fresh_without_talk_;
    bool saved_prompt_ = false;
    std::unordered_map<std::string, int> numbers_;
    std::unordered_map<std::string, std::optional<std::string>> settings_;
    std::unordered_map<PersonId, std::vector<TimePoint>> surveys_;
    struct FreshText {
        std::string words, salt;
    };
    std::unordered_map<TextId, FreshText> fresh_texts_;  // added in this unit: wanted again at once for their hash
    std::vector<TextId> gone_texts_;
    std::vector<PersonId> gone_people_;
    std::vector<ConversationId> gone_talks_;
    std::unique_ptr<SqlKeeping> keeping_;
    bool wipes_ = false;
};

}  // namespace huiyin
