// What a simulated organisation is like: what comes in, who works there, how long things take, how customers answer.
// A value; README.md of this folder describes the file. Shares and weights are relative to one another, percents are
// not.
#pragma once
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "workflow/base/json_text.h"
#include "workflow/policy/policy.h"

namespace huiyin {

using Weights = std::vector<std::pair<std::string, double>>;  // name and weight, in the order of the file

struct FactShare {  // in `percent` of the cases the fact is known: a number between two, or one of some words
    std::string name;
    double percent = 0;
    double from = 0, until = 0;
    Weights values;
};

struct Range {
    double from = 0, until = 0;
};

struct Mix {
    double tickets_per_day = 11;  // of one service centre; more tickets are more centres
    double working_hours_percent = 75;
    double phone_percent = 15;  // opened for a caller: no chat
    Weights kinds;              // "complaint/housing"
    std::vector<FactShare> facts;
    std::map<std::string, double> flags;  // percent; "emergency" among them

    int people = 3;  // of each role in a centre
    std::map<std::string, int> people_of;
    double staff_reaction_minutes = 12;  // mean, in working time, before somebody begins
    Range work_minutes{5, 20};
    std::map<std::string, Range> work_minutes_of;  // by command
    std::map<std::string, double> commands;        // weight with which staff choose a command where several lead on

    double customer_reaction_hours = 5;  // mean
    double silent_percent = 20;          // of questions that are never answered
    double urge_percent = 4, withdraw_percent = 1.5, reopen_percent = 2;
    std::map<std::string, Weights> answers;  // by field: answer, fixed, score, reached, decision
};

// What is used without a file: every kind and category alike.
Mix standard_mix(const Policy& policy);
// A file's mix, on top of the standard one. Unknown kinds, facts, roles, commands, flags and keys are findings.
Mix read_mix(const Json& json, const Policy& policy, std::vector<Finding>& findings);

}  // namespace huiyin
