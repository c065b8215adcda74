// Understanding and conversation against labelled messages and scripts, from files anybody may write.
// The formats are in tests/README.md. Figures are printed, never judged here: floors belong to tests.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bot/understanding/training/measure.h"
#include "workflow/base/result.h"

namespace huiyin::test {

struct Exactness {
    int right = 0, all = 0;
};

struct MessageReport {
    int messages = 0;
    Labels kind, category;
    std::map<std::string, Exactness> slots;  // "address" stands for building, unit and room together
    int dangers = 0, dangers_found = 0, dangers_named = 0;
    int calm = 0, false_alarms = 0;
    std::vector<double> microseconds;  // of each message, in ascending order
    std::vector<std::string> wrong;    // "line 12: complaint/housing read as …: the message"
};
// Errors: evaluate.unreadable - the file, the line and what is wrong with it.
Result<MessageReport> evaluate_messages(const std::string& file, const Understanding& understanding);
std::string to_text(const MessageReport& report, bool with_wrong);

}  // namespace huiyin::test
