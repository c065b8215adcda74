// A resident's four turns by the web chat, over and over with a new resident each time; every answer is looked at.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/load.h"

namespace huiyin::bench {

inline constexpr std::array<const char*, 4> turns{"3栋2单元501卫生间漏水,已经漏到楼下了", "电话13812345678", "对",
                                                  "查进度"};
inline constexpr std::array<const char*, 4> turn_names{"report", "contact", "confirm = files", "progress"};

struct Talked {
    LoadOutcome outcome;
    std::array<std::vector<std::uint32_t>, 4> times;  // µs
    std::uint64_t filed = 0, astray = 0;              // astray: not the answer this turn must get
    std::string example;                              // of one that went astray
};

// Every connection speaks until the time is over, and hears its last answer.
Talked talk(int port, int connections, int seconds);

// What a resident says first, as one whom nobody knows.
std::string first_words(const std::string& headers = {});
// So many residents, each with one message that opens his talk.
LoadOutcome say_first_words(int port, int connections, std::int64_t residents);

}  // namespace huiyin::bench
