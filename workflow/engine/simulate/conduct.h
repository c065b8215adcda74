// How the people of a simulation act: which commands lead on from a state, and what stands in their fields.
// Found once from the pack; then values and pure functions.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/engine/simulate/mix.h"
#include "workflow/engine/simulate/random.h"
#include "workflow/ticket/decide.h"
#include "workflow/ticket/due_facts.h"

namespace huiyin {

class Conduct {
public:
    Conduct(const Policy& policy, const Mix& mix);

    struct Lead {  // a command that staff may give in some state
        std::string command;
        std::vector<std::string> roles;  // as the pack names them: "front_desk", "owner", "assignee", "staff"
        double weight = 0;
    };
    // The commands that lead on from a state, heaviest first.
    const std::vector<Lead>& leads(const std::string& state) const;
    bool has_move(const std::string& state, std::string_view command) const;

    // Fields as read_command() gives them; what the pack adds to its moves included.
    nlohmann::json fields(const std::string& command, TimePoint now, Random& random) const;
    // A form as `allowed` gives it, filled in where it has to be.
    nlohmann::json filled(const AllowedCommand& form, TimePoint now, Random& random) const;
    const Range& minutes(std::string_view command) const;  // of work
    const Policy& policy() const { return policy_; }
    const Mix& mix() const { return mix_; }
    const DueFacts& due_facts() const { return due_facts_; }

private:
    struct Answer {  // what may be said in a field, by the mix's weights
        std::string field;
        const Weights* weights;
        double sum = 0;
    };
    struct Wanted {  // a field that has to be filled in
        std::string name, type;
        std::vector<std::string> choices;
        const Answer* answer;
    };
    struct Form {  // the interface's own fields, then what the pack adds to its moves
        std::string command;
        std::vector<Wanted> own, added;
    };
    const Answer* answer_for(std::string_view field) const;
    static const std::string& drawn(const Answer* answer, Random& random);
    nlohmann::json value(const Wanted& field, TimePoint now, Random& random) const;
    const Policy& policy_;
    const Mix& mix_;
    const DueFacts due_facts_;
    std::map<std::string, std::vector<Lead>> leads_;
    std::map<std::string, std::vector<std::string>> commands_;  // by state: those that the policy has a move for
    std::vector<Answer> answers_;
    std::vector<Form> forms_;  // of every command
    std::vector<std::string> handler_roles_;
};

}  // namespace huiyin
