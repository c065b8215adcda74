// Scripts of turns played against the real conversation. Apart from evaluation.h, as facts of a policy and facts of a
// message bear one name.
#pragma once
#include <string>
#include <vector>

#include "workflow/base/result.h"

namespace huiyin::test {

struct TalkReport {
    int talks = 0, passed = 0;
    std::vector<int> turns_to_file;   // of those that were to end in a ticket and did, in ascending order
    std::vector<std::string> failed;  // "two_matters: …"
};
Result<TalkReport> evaluate_talks(const std::string& file);
std::string to_text(const TalkReport& report);

// Does the file hold talks? Its first line says so: "turns" stands in it.
Result<bool> holds_talks(const std::string& file);

}  // namespace huiyin::test
