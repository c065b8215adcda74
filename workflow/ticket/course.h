// How one decision unfolds: an event, what it makes of the ticket, what follows from it, and so on until nothing more
// follows. Used by decide.cpp and decide_due.cpp only. Pure.
#pragma once
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workflow/ticket/decide.h"
#include "workflow/ticket/evolve.h"

namespace huiyin {

class Course {
public:
    Course(const Ticket& ticket, const Policy& policy, const DecideContext& context, TimePoint now);
    ~Course();
    Course(const Course&) = delete;
    Course& operator=(const Course&) = delete;

    const Ticket& ticket() const { return ticket_; }
    // The events so far, those of this decision among them; put together when somebody asks.
    const std::vector<HistoryEvent>& history() const;
    template <class Is>
    bool any_event(const Is& is) const {  // of them
        const auto& before = context_.history;
        const auto& since = decision_.happened;
        return std::any_of(before.begin(), before.end(), is) || std::any_of(since.begin(), since.end(), is);
    }
    TimePoint now() const { return now_; }
    void go_on_at(TimePoint now);  // never before the last event

    const Facts& facts() const {  // as things stand; good until something happens
        if (!facts_stand_)
            write_facts(facts_, ticket_, policy_, context_, now_, policy_.derived.empty() ? nullptr : &history());
        facts_stand_ = true;
        return facts_;
    }
    const Facts& level_facts() const;  // of them at least those that levels are judged by
    // Records what happened. Events of commands carry `from`, `to` and `phase`; see moved().
    void happen(std::string_view type, nlohmann::json data, const Party& by, const std::string& clause);
    // The same with the step from the present state to that of the move, and ticket.closed where that closes it.
    void moved(std::string_view type, nlohmann::json data, const Party& by, const std::string& clause,
               const std::string& to);
    // What follows. `by`: who caused it, for those effects that name the actor.
    void follow(const Effects& effects, const Facts& given, const Party& by);
    // What follows from what has happened so far, whoever caused it: the pack's reactions, then the level anew.
    void settle();
    // Judges the level at the opening, before the opening's effects look at it; gives it, for its own effects after
    // them.
    const Level* first_level();
    // A person has set the level by ticket.classified: the same event and effects as of any other change.
    void level_was_set(const std::string& before, const Party& by);
    void ask(const std::string& question, const std::string& clause, bool in_talk);
    // May it close now, on the word of `by`? No silent closure.
    std::optional<Problem> why_not_close(const Party& by) const;
    // A penalty was decided, or appealed against: what may come next.
    void answer_penalty(const std::string& step, const std::string& decision);
    std::string role_meant(const std::string& word) const;
    UnitId unit_of(const std::string& role) const;
    void owe(Effect effect, const Facts& given);
    const std::vector<Owed>& owed() const { return decision_.owed; }
    Decision&& end();  // what came of it, to be taken at once: the course is over

private:
    void judge_level();
    const Level* take_level();
    bool was_at(const std::string& level) const;
    void react();
    void set(const Effect& effect);
    void drop(const std::string& task, const std::string& clause);
    void propose_penalty(const Effect& effect, const Facts& given);
    void carry_out(const Effect& effect, const Facts& given, const Party& by);
    void route(const Effect& effect, const Facts& given);
    void assign(const Effect& effect, const Facts& given, const Party& by);
    void set_level(const Effect& effect);
    void run(const Effect& effect);
    void page(const Effect& effect, const Facts& given);
    void open_task(const Effect& effect, const Facts& given);
    void draw(const Effect& effect);
    void open_step(const std::string& task, const std::string& role, const Effect& effect, const Facts& given);
    void after_close();
    std::string survey_rule_against() const;
    int rank(const std::string& level) const;

    Decision decision_;
    Ticket& ticket_ = decision_.ticket;  // as what happened so far has made it
    bool was_over_;
    const Policy& policy_;
    const DecideContext& context_;
    TimePoint now_;
    mutable std::vector<HistoryEvent> history_;
    mutable Facts facts_, level_facts_;
    mutable bool facts_stand_ = false;  // they are those of the ticket as it is
    std::size_t depth_ = 0;
    Facts given_;
    bool in_talk_ = false;
    std::size_t reacted_ = 0;  // events that were looked at, of those of this decision
};

// An event's data, of names and values in turn: data_of("role", role, "unit", unit). A list of pairs would first make
// an array of each of them.
template <class... Fields>
nlohmann::json data_of(Fields&&... fields) {
    auto data = nlohmann::json::object();
    auto& object = data.template get_ref<nlohmann::json::object_t&>();
    const auto put = [&](const auto& itself, const char* name, auto&& value, auto&&... more) {
        object.emplace(name, std::forward<decltype(value)>(value));
        if constexpr (sizeof...(more) > 0) itself(itself, std::forward<decltype(more)>(more)...);
    };
    put(put, std::forward<Fields>(fields)...);
    return data;
}

inline constexpr Party by_policy{PartyKind::policy, 0};
inline constexpr Party by_system{PartyKind::system, 0};

std::string words_of_clause(const Policy& policy, const std::string& id);  // empty if it has no such clause
Effect plain_effect(const std::string& name, const std::string& phrase, const std::string& clause);
// The pack's own effect for a question ("ask_fixed"), for when it is put later; a plain one if it names none.
Effect ask_effect(const Policy& policy, const std::string& question);
// `at`, or the next moment at which surveys may be asked.
TimePoint asking_time(const Policy& policy, const Zone& zone, TimePoint at);

}  // namespace huiyin
