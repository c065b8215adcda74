// One ticket in one unit of work: from what was decided to the rows that keep it. Used by the engine's own files only.
#pragma once
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "workflow/engine/surroundings.h"

namespace huiyin {

struct Engine::Work {
    Work(const EngineParts& engine_parts, Transaction& transaction, Ticket present, TimePoint moment, Held holding,
         UnitId roles_of = {});

    // Seals words, evolves, chains, saves, refreshes deadlines and reminder, and gives what is owed its rows.
    void keep(Decision decision);
    // Brings the ticket up to the present: what has fallen due by now happens first.
    void catch_up();
    void project();  // deadlines and the moment to look again, from the events alone
    void set_reminder();
    void take_declared();  // records what was declared for its unit, or lifted, and is not in its history yet
    void welcome(PersonId supporter, ConversationId conversation);  // tells one who joined what he will hear

    const EngineParts& parts;
    Transaction& tx;
    Ticket ticket;
    TimePoint now;
    Held held;
    Surroundings around;
    std::optional<Details> told;  // the ticket's details, where the caller has just given them

private:
    void seal(Event& event);
    void number_form(Event& event, std::vector<Owed>& owed);
    void tie_attachments(const Event& event);
    void note_surveys(const std::vector<Event>& events);
    void settle_prompts(const std::vector<Event>& events);
    // voice.cpp
    void give(const Owed& owed, int ordinal);
    void tell(const Owed& owed, const std::string& key);
    using InLanguage = std::function<std::string(const std::string& language)>;
    void tell_person(PersonId person, ConversationId first, const InLanguage& text, const Saying& saying);
    void tell_supporters(const Owed& owed, const Saying& saying);
    void put_admission(GivenTo& given, const Facts& facts, const std::string& language) const;
    std::string words_with_time(const std::string& phrase, const Owed& owed, const std::string& language);
    void ask(const Owed& owed, const std::string& question, const std::string& key);
    void notify(const Owed& owed, const std::string& kind, Priority priority, const std::string& key);
    std::vector<const Staff*> recipients(const std::string& role, const std::string& unit) const;
    std::vector<Choice> buttons_for(const Staff& staff) const;
    void update_cards(const std::vector<Event>& events);
    Conversation* open_conversation(ConversationId id, Conversation& room);
    // The pack's own text of that key, else the house's.
    std::string words(const std::string& key, const PhraseSource& values, const std::string& language = {}) const;
    // Values for phrases at that moment; found once for all that is owed then in one language after the other.
    const TicketValues& known(TimePoint at, const std::string& language = {});
    std::vector<Deadline> deadlines_at(TimePoint at) const;  // those of project() where they are of that moment
    std::optional<TicketValues> known_;
    std::optional<std::vector<Deadline>> deadlines_;  // of `now`, until the ticket changes
    TimePoint owed_at_{};
    std::set<std::pair<StaffId, std::string>> told_;  // nobody hears the same thing twice for one event
};

}  // namespace huiyin
