// A resident's rights over what is kept of him: to see it, to have it put right, to have it erased.
//
// Who he is, is whose talk it is: the channel's id, nothing else. What he asks waits for a decision of staff, 15
// working days at most; an erasure that was decided is done in small units of work by the keeping thread, and what
// cannot go yet (what is not closed, what is held) goes by itself when it can. He is told in his talk what came of it.
//
//   chat: rights.held_of(...) -> rights.page_of(...)        what we hold of you
//         rights.correct(tx, person, {.name = ..}, how)     at once: it is his own
//         rights.ask(tx, {.person, .conversation, .kind = "erase", .words}, now)
//
// Functions with a Transaction belong into the caller's unit of work. Threads: any, but pieces(): the keeping thread's.
#pragma once
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "workflow/base/result.h"
#include "workflow/engine/engine.h"
#include "workflow/privacy/periods.h"
#include "workflow/store/keeping.h"
#include "workflow/store/store.h"

namespace huiyin {

struct RightsParts {  // all must outlive it
    Store* store = nullptr;
    const Policies* policies = nullptr;
    const DirectoryHolder* directory = nullptr;
    const Phrases* phrases = nullptr;
    const SpeakerDesk* speaker = nullptr;
    IdMaker* ids = nullptr;
    const Clock* system = nullptr;  // for ids and the audit
    std::string erased_list;        // a file that outlives the store: who was erased, for a backup that is restored
};

struct PrivacyWish {
    PersonId person;
    ConversationId conversation;  // where he is answered; none: nowhere
    std::string kind;             // export, correct, erase
    std::string words;            // his own; of `correct`: what is to be right
    StaffId noted_by;             // none: he asked himself
};
struct PrivacyDecision {
    bool granted = false;
    bool open_too = false;    // erase: also what is not closed; the reason says why
    std::string reason = {};  // wanted for a refusal, and with open_too
    StaffId by = {};
};
struct Correction {  // what is not given stays
    std::optional<std::string> name = {}, phone = {};
};
struct Correcting {  // by whom, and what the engine wants to know of the unit of work
    Engine* engine = nullptr;
    Party by;
    TimePoint now;
    Held held = {};
};
struct Staying {  // a ticket whose words cannot go yet, and why
    TicketId ticket;
    std::string number;
    std::optional<TimePoint> held_until;  // none: it is not closed
};

class Rights {
public:
    explicit Rights(RightsParts parts) : parts_(std::move(parts)) {}

    // All that is kept of him, as fields with names that people can read. Of what `shows` hides (nothing: of none)
    // there is neither the ticket nor the talk in which he told it.
    using Shows = std::function<bool(const Ticket&)>;
    nlohmann::json held_of(Reading& reading, PersonId person, TimePoint now, const Shows& shows = {}) const;
    // The same as a page that can be printed, without scripts and without anything to load.
    static std::string page_of(const nlohmann::json& held);
    std::vector<Staying> staying(Reading& reading, PersonId person, TimePoint now) const;

    // The old value is overwritten, also as the contact of his matters that are not over, where it was that and they
    // are not anonymous; a phone that was changed has to be confirmed anew. Errors: privacy.bad_field,
    // privacy.not_found.
    Result<Person> correct(Transaction& tx, PersonId person, const Correction& right, const Correcting& how) const;
    // Errors: privacy.bad_field, privacy.not_found, privacy.taken (detail: the id of what waits).
    Result<PrivacyRequest> ask(Transaction& tx, const PrivacyWish& wish, TimePoint now) const;
    Result<PrivacyRequest> withdraw(Transaction& tx, std::int64_t request, PersonId by, TimePoint now) const;
    // Errors: privacy.not_found, privacy.conflict, privacy.bad_field.
    Result<PrivacyRequest> decide(Transaction& tx, std::int64_t request, const PrivacyDecision& decision,
                                  TimePoint now) const;

    // A piece of the erasures that were decided, one unit of work at most; false: nothing can be done now. One that has
    // to wait for its tickets is looked at again half a day later.
    bool pieces(TimePoint now);
    // At the start: whoever was erased after the backup that this store was restored from is erased again.
    std::size_t erase_again(TimePoint now) const;

private:
    bool tried(std::int64_t what, TimePoint now, const std::function<bool()>& piece);
    bool erase_some(std::int64_t request, TimePoint now);
    bool finish(const PrivacyRequest& request, TimePoint now);
    static std::optional<TimePoint> held_until(Reading& reading, TicketId ticket, TimePoint now);
    std::vector<Staying> all_that_stays(Reading& reading, PersonId person, TimePoint now) const;
    static std::vector<OutboxId> said_to(Reading& reading, PersonId person, OutboxId& last);
    void say_what_stays(Transaction& tx, PrivacyRequest& request, const std::vector<Staying>& stays,
                        TimePoint now) const;
    static void close_requests(Transaction& tx, PrivacyRequest& done, TimePoint now);
    bool leave_nothing(TimePoint now);
    bool drop_talk(const LookedAt& erased, TimePoint now);
    // which: tells apart what is told more than once.
    void tell(Transaction& tx, const PrivacyRequest& request, const std::string& phrase, const PhraseValues& values,
              TimePoint now, const std::string& which = {}) const;
    std::string in_words(const std::vector<Staying>& staying, const std::string& language, TimePoint now) const;
    void note_outside(PersonId person, TimePoint now) const;

    RightsParts parts_;
    std::map<std::int64_t, TimePoint> looked_at_;  // requests and talks that wait, for their tickets as a rule
};

}  // namespace huiyin
