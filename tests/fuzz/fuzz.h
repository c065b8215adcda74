// What the fuzzed readers share: a table of them, and how one says that a promise is broken.
#pragma once
#include <string_view>
#include <vector>

namespace huiyin::fuzz {

// One reader under test. `run` reads any bytes, throws nothing, and calls must() for what holds of every outcome.
struct Target {
    const char* name;
    void (*run)(std::string_view input);
};

// The targets of one source each.
std::vector<Target> edge_targets();
std::vector<Target> codec_targets();
std::vector<Target> json_targets();
std::vector<Target> policy_targets();
std::vector<Target> platform_targets();
std::vector<Target> understanding_targets();

// Ends the program with the sentence that does not hold, so that the input is kept.
void must(bool holds, const char* sentence);

}  // namespace huiyin::fuzz
