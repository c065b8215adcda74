// Goes over a pack and notes what is wrong with it. Used by check.cpp and its parts, check_*.cpp, only.
#pragma once
#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "workflow/policy/check.h"
#include "workflow/policy/same_text.h"

namespace huiyin::check {

using Names = std::vector<std::string>;
using Weight = PackFinding::Weight;

inline std::string numbered(const std::string& list, std::size_t index) { return list + "/" + std::to_string(index); }

class Checker {
public:
    Checker(const LoadedPack& pack, const PhraseKeys& phrases)
        : pack_(pack), policy_(*pack.policy), phrases_(phrases) {}
    std::vector<PackFinding> run();

private:
    void wrong(std::string pointer, std::string text, Weight weight = Weight::error) {
        findings_.push_back(pack_.origins.finding(std::move(pointer), std::move(text), weight));
    }
    // `name` must be one of `known`; says which is nearest.
    void known(const std::string& pointer, const char* what, const std::string& name, const Names& known,
               const char* mend) {
        if (contains(known, name)) return;
        const auto near = nearest(name, known);
        wrong(pointer, std::string("unknown ") + what + " \"" + name.substr(0, 60) + "\"" +
                           (near ? " (did you mean \"" + *near + "\"?)" : "") + ": " + mend);
    }
    void clause(const std::string& pointer, const std::string& id) {
        if (!id.empty()) known(pointer, "clause", id, clauses_, "write one of \"clauses\", or add it there");
    }
    void unique(const std::string& pointer, const char* what, const std::string& name, std::set<std::string>& seen) {
        if (!seen.insert(name).second)
            wrong(pointer, std::string("a second ") + what + " \"" + name + "\": give it a name of its own");
    }
    void role(const std::string& pointer, const std::string& name, const Names& special) {
        Names allowed = policy_.roles;
        allowed.insert(allowed.end(), special.begin(), special.end());
        known(pointer, "role", name, allowed, "write one of \"roles\", or add it there");
    }
    void rule(const std::string& pointer, const Rule& rule, const Names& given = {}, bool event = false);
    void span(const std::string& pointer, const Span& span);
    void set_value(const std::string& pointer, const std::string& fact, const std::string& value);
    void effects(const std::string& pointer, const Effects& list, const Names& given = {});
    void effect(const std::string& pointer, const Effect& effect, const Names& given);

    void names();
    void kinds_and_levels();
    void moves();
    std::set<std::string> reached_by_customers() const;
    void shadowed_moves();
    void endless_runs();
    void graph();
    void deadlines();
    void routes();
    void the_rest();
    void said();
    // check_constructs.cpp
    void facts_of_pack();
    void intake();
    void own_fields(const std::string& pointer, const std::vector<MoveField>& fields);
    void steps();
    void reactions();
    void consequences();
    void talk();
    // check_papers.cpp
    Names column_keys() const;
    void columns(const std::string& pointer, const std::vector<RegisterColumn>& list);
    void papers();
    // check_sense.cpp
    void rungs();
    void offsets();
    void ladders();
    void moments();
    void unused();
    void each_effects(const std::function<void(const std::string& pointer, const Effects& effects)>& look) const;
    void known_each(const std::string& pointer, const char* what, const Names& names, const Names& known,
                    const char* mend) {
        for (const auto& name : names) this->known(pointer, what, name, known, mend);
    }
    void number_pattern(const std::string& pointer, const std::string& pattern);

    // States a move can leave.
    std::vector<const State*> left_by(const Move& move) const {
        std::vector<const State*> list;
        for (const auto& state : policy_.states)
            for (const auto& from : move.from)
                if ((from == "*" && !is_end(state.phase)) || from == state.key || from == to_text(state.phase)) {
                    list.push_back(&state);
                    break;
                }
        return list;
    }
    bool can_happen(const std::string& event) const {
        for (const auto& move : policy_.moves)
            if (!move.refused && event_of(move.command) == event) return true;
        for (const auto& command : known_commands())
            if (event_of(command) == event) return false;
        return true;  // an event of the engine's own
    }

    const LoadedPack& pack_;
    const Policy& policy_;
    const PhraseKeys& phrases_;
    std::vector<PackFinding> findings_;
    Names facts_, clauses_, states_, deadline_names_, kind_keys_, category_keys_, level_keys_, step_keys_, form_keys_,
        penalty_keys_;
    bool has_hours_ = false;
};

}  // namespace huiyin::check
