// Keeping, said in SQL: of the unit of work, or the snapshot, that it belongs to.
#pragma once
#include <set>

#include "workflow/store/keeping.h"
#include "workflow/store/sql_store.h"

namespace huiyin {

class SqlKeeping final : public Keeping {
public:
    explicit SqlKeeping(SqlTransaction& unit)
        : unit_(unit), driver_(unit.driver_), context_(unit.context_), organisation_(unit.context_.organisation) {}

    std::vector<EndedTicket> ended(KeptStage stage, const EndedTicket& after, TimePoint by, int most) override;
    std::optional<EndedTicket> end_of(TicketId ticket, KeptStage& stage) override;
    std::optional<TicketId> first_kept_ticket(PersonId person) override;
    std::vector<LookedAt> talks_looked_at(const LookedAt& after, TimePoint by, int most) override;
    std::vector<OutboxEnd> outbox_ends(OutboxId after, int most) override;
    std::vector<std::string> media_to_remove(const std::string& after, int most) override;
    bool media_wanted(const std::string& sha256) override;
    std::vector<Hold> holds_of(TicketId ticket) override;
    std::vector<Hold> holds_in_force(TimePoint now, int most) override;
    bool is_held(TicketId ticket, TimePoint now) override;
    std::optional<PrivacyRequest> privacy_request(std::int64_t id) override;
    Page<PrivacyRequest> open_requests(int limit, const std::string& cursor) override;
    std::vector<std::int64_t> erasing_requests(std::int64_t after, int most) override;
    Page<PrivacyRequest> privacy_requests(int limit, const std::string& cursor) override;
    std::vector<PrivacyRequest> privacy_requests_of(PersonId person) override;
    std::optional<TimePoint> erased_at(PersonId person) override;
    std::vector<LookedAt> talks_of_erased(const LookedAt& after, TimePoint by, int most) override;
    bool is_owed(const Conversation& talk) override;
    std::vector<KeptText> texts_of(TicketId ticket) override;
    std::vector<KeptText> texts_of(ConversationId talk) override;
    std::vector<Attachment> unfiled_attachments(ConversationId talk) override;

    Gone drop_media(TicketId ticket) override;
    Gone erase_words(const std::vector<TicketId>& tickets) override;
    Gone erase_words_but(TicketId ticket, const PartOfTicket& of_others) override;
    Gone erase_part(TicketId ticket, const PartOfTicket& part) override;
    Gone forget_person(PersonId person) override;
    Gone drop_person(PersonId person) override;
    Gone forget_prompts(ConversationId talk, TimePoint asked_before, TimePoint held_at) override;
    Gone forget_messages(ConversationId talk, TimePoint said_before, int most) override;
    bool drop_talk(ConversationId talk, int messages_most, Gone& gone) override;
    Gone drop_unfiled(ConversationId talk) override;
    void look_again(ConversationId talk, TimePoint looked_at) override;
    Gone drop_outbox(const std::vector<OutboxId>& ids) override;
    Gone drop_said(const std::vector<OutboxId>& ids) override;
    Gone drop_raw(TimePoint before, int most) override;
    Gone drop_audit(TimePoint before, int most) override;
    Gone drop_requests(TimePoint decided_before) override;
    Gone drop_holds(TimePoint ended_before) override;
    Gone drop_expired(TimePoint system_now, int most) override;
    void note_file(const std::string& sha256) override;
    void media_removed(const std::string& sha256) override;
    void save(const Hold& hold) override;
    void save(const PrivacyRequest& request) override;
    void note_erased(PersonId person, TimePoint at) override;
    void wipe_log() override { unit_.wipes_ = true; }

private:
    std::vector<KeptText> texts(const Sentence& sentence, std::int64_t of);
    std::vector<Hold> holds(Query& row) const;
    PrivacyRequest request(const Query& row) const;
    std::vector<PrivacyRequest> requests(Query& row) const;
    void note_media(const std::vector<Attachment>& attachments);
    Gone drop_pictures(const std::vector<Attachment>& pictures);
    Gone empty(const KeptText& text);
    std::set<std::uint32_t> search_words_of(TicketId ticket, const std::vector<KeptText>& texts);
    Gone forget_ticket(TicketId ticket);
    std::set<TextId> details_of(TicketId ticket);
    std::vector<std::uint32_t> pairs_of(const KeptText& details) const;
    void erase_search_words(const std::map<std::int64_t, std::set<std::uint32_t>>& pairs_of);

    SqlTransaction& unit_;
    Driver& driver_;
    const StoreContext& context_;
    const std::int64_t organisation_;
};

}  // namespace huiyin
