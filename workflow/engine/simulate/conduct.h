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
    const std::string& drawn(const std::string& field, Random& random) const;  // an answer, by the mix's weights
    const Policy& policy() const { return policy_; }
    const Mix& mix() const { return mix_; }
    const DueFacts& due_facts() const { return due_facts_; }

private:
    nlohmann::json value(const std::string& name, const std::string& type, const std::vector<std::string>& choices,
                         TimePoint now, Random& random) const;
    const Policy& policy_;
    const Mix& mix_;
    const DueFacts due_facts_;
    std::map<std::string, std::vector<Lead>> leads_;
    std::map<std::string, std::vector<std::string>> commands_;  // by state: those that the policy has a move for
    std::map<std::string, std::vector<MoveField>> added_;       // by command
    std::vector<std::string> handler_roles_;
};

}  // namespace huiyin
