// Many members of staff at their consoles: each listens to the news, looks at pages with a while between them, reads
// the list again when he hears of something new, and now and then files what a caller says.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace huiyin::bench {

struct OfficePlan {
    int port = 0;
    std::vector<std::string> tokens;  // one a person
    std::chrono::milliseconds time{60'000};
    std::chrono::milliseconds think_least{3000}, think_most{7000};  // between an answer and the next page
    std::chrono::milliseconds files_every{5000};                    // all of them together
    std::vector<std::string> numbers;                               // tickets to look at
};
struct Office {
    std::uint64_t asked = 0, refused = 0, heard = 0, filed = 0, lost = 0;   // lost: streams or connections that broke
    std::string example;                                                    // of what was refused
    std::vector<std::pair<std::string, std::vector<std::uint32_t>>> pages;  // µs
};
// A thread for each of them. Throws std::runtime_error where no connection can be made.
Office work_in_office(const OfficePlan& plan);

// So many new members of staff at the front desk of the demo community, signed in; their tokens.
std::vector<std::string> hire(int port, int count);

}  // namespace huiyin::bench
