// Plays a scenario: does what it says in virtual time and compares what it expects with what is found.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/engine/house.h"
#include "tests/scenarios/scenario.h"

namespace huiyin::test {

// The house in the middle of a scenario: who is there, which tickets, and what was heard since the last step.
class Stage {
public:
    Stage(const std::shared_ptr<const Policy>& pack, const std::string& start);

    bool is_staff(const std::string& login) const;
    bool is_resident(const std::string& name) const { return residents_.count(name) != 0; }
    House::Resident resident_called(const std::string& name);  // makes him known when he is not yet
    void opens(const std::string& who, const std::string& words, bool by_staff);
    void does(const std::string& who, const std::string& words);  // a command, or joins, adds, amends, [a button]
    void passes(const std::string& span);                         // "26 hours", "3 working days"
    void moves_to(const std::string& clock);
    void turns_to(const std::string& label);  // this ticket is now the one meant

    // What a person, or those who hold a role, heard since the last step.
    std::vector<std::string> heard(const std::string& who);
    // "T20260302-001" for {ticket} and for {A}, the label of a ticket.
    std::string filled_in(std::string text);

    const House::Case& current() const;
    const std::vector<House::Case>& all() const { return cases_; }
    std::optional<Problem> refused;  // what the last step was answered with
    House house;
    std::size_t events_seen = 0;  // of the current ticket, by "event:" lines

private:
    void begins_step();
    template <class T>
    void took(const Result<T>& result) {
        refused = result ? std::nullopt : std::optional(result.problem());
    }
    OpenTicket wish_of(const std::string& words, std::string& label) const;
    void confirms(const Party& by, const std::string& words);  // a report: "monthly 2026-03 centre"
    void amends(const Party& by, const std::string& words);
    Party party_called(const std::string& who);

    std::map<std::string, House::Resident> residents_;
    std::map<std::string, std::size_t> labels_;
    std::vector<House::Case> cases_;
    std::size_t current_ = 0;
    std::int64_t outbox_before_ = 0;
    std::map<std::string, std::int64_t> messages_before_;
};

// Does an expectation hold? Gives what was found instead; nothing when it does. Throws on a line of no known form.
std::optional<std::string> unmet(Stage& stage, const std::string& line);
bool is_expectation(const std::string& line);

// Everything that did not come true, with its line. A step that cannot be done ends the scenario.
std::vector<ScenarioFault> play(const Scenario& scenario);

}  // namespace huiyin::test
