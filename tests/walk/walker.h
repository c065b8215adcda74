// A random walk through the life of one ticket under any pack: whatever is asked, by anybody, at any time.
// After every step it looks whether what must always hold still holds; what does not is kept as a fault.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "workflow/engine/simulate/random.h"
#include "workflow/ticket/decide.h"

namespace huiyin::test {

// What a walk needs to know of a pack, found once.
class WalkGround {
public:
    explicit WalkGround(std::shared_ptr<const Policy> pack);

    const Policy& policy() const { return *pack_; }
    const std::vector<std::string>& roles() const { return roles_; }
    const std::vector<const Move*>& moves(const std::string& state) const;  // that are not refused
    // A number that some rule compares with, one less or one more: where rules change their minds.
    std::int64_t telling_number(Random& random) const;
    // A word that some rule compares this fact or field with; empty when there is none.
    std::string telling_word(const std::string& name, Random& random) const;
    // Commands that somebody may give, and those that only the policy itself gives.
    const std::vector<std::string>& commands() const { return commands_; }
    bool is_given(const std::string& command) const;

private:
    void learn(const nlohmann::json& logic);
    void learn(const Rule& rule);
    std::shared_ptr<const Policy> pack_;
    std::vector<std::string> roles_;
    std::map<std::string, std::vector<const Move*>> moves_;
    std::vector<std::string> commands_;
    std::vector<std::int64_t> numbers_{0, 1, 2};
    std::map<std::string, std::vector<std::string>> words_;
};

// Where all walks of a pack have been: a state from which no walk came to an end is a dead end.
struct WalkMap {
    std::map<std::string, std::set<std::string>> ways;  // state -> the states that followed
    std::map<std::string, int> visits;                  // steps that ended in it
    std::map<std::string, std::int64_t> ends;           // a step came to this end
    std::map<std::string, std::int64_t> done, refused;  // by command; by the code of the refusal
    std::map<std::string, std::int64_t> by_policy;      // events of moves that the policy made by itself
    std::set<std::string> events;
    std::int64_t walks = 0, steps = 0;
    std::int64_t refusals() const;
    // States that were seen often and from which no seen way leads to an end; a few visits say nothing.
    std::vector<std::string> dead_ends() const;
};

class Walker {
public:
    Walker(const WalkGround& ground, WalkMap& map, std::uint64_t seed);
    void walk(int steps);

    std::vector<std::string> faults;  // what did not hold, with the step
    const Ticket& ticket() const { return ticket_; }

private:
    void opens();
    Ticket something_to_file();
    Ticket something_taken(bool towards_goal);
    std::size_t door_passed(const Ticket& filed) const;
    bool is_goal(const std::string& command) const;
    void step();
    void time_passes();
    void asks();
    bool goes_for_a_goal();
    void amends();
    void take(Decision decision, const std::string& what);
    void tells(Ticket& filed);
    Command random_command();
    std::optional<Command> answers_a_step();
    Command command_for(const Move& move);
    nlohmann::json fields_for(const std::string& command, const std::vector<MoveField>& more);
    nlohmann::json value_for(const std::string& name, const std::string& type, const std::vector<std::string>& choices);
    void act_as(Command& command, const std::string& role);
    void refused(const Problem& problem);

    void look_at_decision(const Decision& decision, const Ticket& before, const std::string& what);
    void look_at_ticket();
    void look_at_deadlines();
    void look_whether_it_goes_on();
    void look_at_replay();
    void fault(const std::string& text);

    std::string one_of(const std::vector<std::string>& list);
    bool leads_on(const Move& move);

    const WalkGround& ground_;
    const Policy& policy_;
    WalkMap& map_;
    std::uint64_t seed_;
    Random random_;
    TimePoint now_;
    DecideContext context_;
    Ticket ticket_;
    std::vector<Event> events_;
    std::vector<std::string> goals_;  // commands that this walk tries hard to come to
    std::string told_;                // the steps so far, for whoever has to understand a fault
};

}  // namespace huiyin::test
