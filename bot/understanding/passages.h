// A danger told in passing: "排水沟堵了一周 还有 我爸摔地上叫不醒 电话138…". What stands around it must not drown it,
// so a message of several clauses is also read passage by passage.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace huiyin {

struct Passage {
    std::size_t begin = 0, end = 0;  // code points of the message
};
// Pure. Clauses that follow one another, as many as together say about one thing, from every clause on; a long clause
// without a mark (a voice that was written down) in overlapping parts. Empty where the message says one thing only.
// English is read sentence by sentence.
std::vector<Passage> passages_of(std::u32string_view low, bool english = false);

}  // namespace huiyin
