// One scenario as it is written: a head that says what it proves, and lines that happen one after the other.
#pragma once
#include <string>
#include <vector>

#include "tests/story.h"

namespace huiyin::test {

struct Scenario {
    std::string path;                     // "property-group/late.txt", below tests/scenarios
    std::string title;                    // behind the dash of its first line
    std::string pack;                     // "property-group"
    std::vector<std::string> proves;      // clauses: "property-group/T1"
    std::vector<std::string> mechanisms;  // codes of the checklist: "D1"
    std::string awaits;       // what the engine has to learn for it; until then it must fail, and proves nothing
    std::vector<Line> lines;  // what follows the head; comments left out, repeats written out
};

// What is wrong, and where: "tests/scenarios/property-group/late.txt:7: …".
struct ScenarioFault {
    std::string path;
    int line = 0;
    std::string text;
};
std::string told(const ScenarioFault& fault);

// A head without its parts, an unknown code or a repeat without an end is a fault; the lines are read all the same.
Scenario read_scenario(const std::string& path, std::vector<ScenarioFault>& faults);

// All below tests/scenarios, in the order of their paths.
std::vector<std::string> scenario_paths();

}  // namespace huiyin::test
