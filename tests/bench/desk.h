// How long the pages of the console take while others ask and listen.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace huiyin::bench {

struct Desk {  // what the pages of the console cost
    std::uint64_t asked = 0, refused = 0;
    double per_second = 0, p95 = 0;
    std::vector<std::pair<std::string, std::vector<std::uint32_t>>> pages;  // µs
};

// The token of a member of staff of the demo community. Throws where he is not let in.
std::string sign_in(int port, const std::string& login);

// `asking` connections without a pause, while everybody who may listen to the news does.
Desk work_at_desk(int port, int asking, int seconds, std::int64_t tickets);

}  // namespace huiyin::bench
