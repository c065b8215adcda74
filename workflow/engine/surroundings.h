// What stands around a ticket when it is decided about: directory, policy, calendar, history. Gathered once a unit of
// work.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "workflow/engine/engine.h"

namespace huiyin {

struct Surroundings {
    // `unit`: whose roles count, when it is not the ticket's own (a transfer to another one).
    // `events`: the ticket's, for who only looks back: whether its customer may be surveyed is not looked up then.
    Surroundings(Reading& reading, const EngineParts& parts, const Ticket& ticket, UnitId unit = {},
                 const std::vector<Event>* events = nullptr);
    Surroundings(const Surroundings&) = delete;
    Surroundings& operator=(const Surroundings&) = delete;

    // The hours of the unit that the ticket is of now.
    void take_calendar(const EngineParts& parts, const Ticket& ticket);

    std::shared_ptr<const Directory> directory;
    std::shared_ptr<const Policy> policy;
    DecideContext context;
    const Calendar& calendar() const { return *context.calendar; }
    const Zone& zone() const { return context.calendar->zone(); }

private:
    void take_history(Reading& reading, const EngineParts& parts, const Ticket& ticket,
                      const std::vector<Event>* events);
    void take_units(const Ticket& ticket, UnitId unit);
    void take_staff(const EngineParts& parts);
    void take_counters(Reading& reading, const Ticket& ticket);
    void take_customer(Reading& reading, const EngineParts& parts, const Ticket& ticket);
    void take_surveys(Reading& reading, const Ticket& ticket);
    void take_source(const EngineParts& parts, const Ticket& ticket);
    std::shared_ptr<const Calendar> calendar_;
};

// The policy's counts of revisits drawn in the report period of `at`, or on its day, each kept as a setting.
std::string draw_setting(const Policy& policy, TimePoint at, bool of_the_day);
std::map<std::string, DrawCounts> draw_counts(Reading& reading, const Policy& policy, TimePoint at);
void count_draws(Transaction& tx, const Policy& policy, TimePoint at, const std::vector<Draw>& draws);

// The deadline that ends with the customer's result, and the one that ends with acceptance, if they run.
const Deadline* result_deadline(const std::vector<Deadline>& deadlines, const Policy& policy);
const Deadline* acceptance_deadline(const std::vector<Deadline>& deadlines, const Policy& policy);

// Where the customer can be spoken to: the ticket's conversation, else the one he used last.
std::optional<ConversationId> where_to_speak(Reading& reading, PersonId person, ConversationId first);

ActingAs acting_as(const Ticket& ticket, const Party& party, const Surroundings& around);

// May it be given to him: has he a say at or above the owner's unit, or the ticket's own?
bool may_be_given(const Directory& directory, const Ticket& ticket, const Staff& staff);
// Must he keep out of this ticket: recused himself, or in the line of one who is, where the pack says so?
bool keeps_out(const Ticket& ticket, const Policy& policy, const Directory& directory, const Staff& staff);
// Who holds the role nearest to the unit and may have it in hand: where everyone keeps out, the next one above.
std::vector<const Staff*> free_holders(const Ticket& ticket, const Policy& policy, const Directory& directory,
                                       const std::string& role, UnitId unit);
// What the ticket adds to the pack's counters over tickets, kept for the others.
void count_ticket(Transaction& tx, const Ticket& ticket, const Surroundings& around, TimePoint now);

// Values for phrases about a ticket as it stands at a moment, each found when a phrase first names it.
// What is passed in must outlive it.
class TicketValues final : public PhraseSource {
public:
    // deadlines: of that moment. details: where they need not be read. language: as in language.h.
    TicketValues(Reading& reading, const EngineParts& parts, const Ticket& ticket, const Surroundings& around,
                 TimePoint at, std::vector<Deadline> deadlines, std::optional<Details> details = {},
                 std::string language = {});
    const std::string* find(std::string_view name) const override;
    const std::string& operator[](std::string_view name) const;  // throws std::logic_error: no such value
    PhraseValues all() const;
    TimePoint at() const { return at_; }
    const std::string& language() const { return language_; }
    std::string title(const Deadline& deadline) const;
    const Surroundings& around() const { return around_; }
    const std::vector<Deadline>& deadlines() const { return deadlines_; }

private:
    void put_matter() const;
    void put_customer() const;
    void put_owner() const;
    void put_proposal() const;
    void put_limits() const;
    void put_names() const;
    void put_rest() const;
    const Details& details() const;
    Reading& reading_;
    const EngineParts& parts_;
    const Ticket& ticket_;
    const Surroundings& around_;
    TimePoint at_;
    std::vector<Deadline> deadlines_;
    mutable std::optional<Details> details_;
    std::string language_;
    mutable unsigned found_ = 0;  // which groups stand in values_
    mutable PhraseValues values_;
};

// The same with what the command or step in hand gave: text, reason, until, due_at, deadline; and what else is put.
class GivenTo final : public PhraseSource {
public:
    GivenTo(const TicketValues& values, const Facts& given);
    const std::string* find(std::string_view name) const override;
    void put(std::string name, std::string value) { own_[std::move(name)] = std::move(value); }

private:
    const TicketValues& values_;
    PhraseValues own_, more_;  // more_: other fields of the command, where the ticket has no value of that name
};

// What the pack calls one of its own in that language: its text "customer.<what>.<key>"; without one, its title.
std::string name_in(const EngineParts& parts, const std::shared_ptr<const Policy>& policy, const std::string& language,
                    const char* what, const std::string& key, const std::string& title);
// What a role is called: by the pack's own texts, else by those of the house, else as it is written.
std::string title_of_role(const EngineParts& parts, const std::shared_ptr<const Policy>& policy,
                          const std::string& role, const std::string& language = {});
// A text of the pack of that key in that language, else in the house's, else one of the house. A value that a pack's
// text names and nobody gave is the fact of that name, or nothing.
std::string phrase_words(const EngineParts& parts, const Surroundings& around, const Ticket& ticket,
                         const std::string& key, const PhraseSource& values, const std::string& language = {});
// The same where no ticket is spoken of: a value that nobody gave is empty.
std::string pack_words(const EngineParts& parts, const std::shared_ptr<const Policy>& policy, const std::string& key,
                       const PhraseValues& values);

}  // namespace huiyin
