#include "bot/understanding/passages.h"

#include <algorithm>

#include "bot/understanding/text.h"

namespace huiyin {
namespace {

// About one thing: shorter says too little, longer says several. Only the beginning of a letter is read so.
constexpr std::size_t enough = 12, most = 26, step = 13, read_at_most = 400;

std::vector<Passage> clauses_of(std::u32string_view low) {
    std::vector<Passage> clauses;
    std::size_t begin = 0;
    for (std::size_t at = 0; at <= low.size(); ++at) {
        if (at < low.size() && !parts_clauses(low, at)) continue;
        if (at > begin) clauses.push_back({begin, at});
        begin = at + 1;
    }
    return clauses;
}

// English: the sentences, and of each what stands before and behind a comma, a "but", a "when".
std::vector<Passage> sentences_of(std::u32string_view low) {
    std::vector<Passage> passages;
    const auto add = [&](std::size_t begin, std::size_t end) {
        while (begin < end && (low[begin] == U' ' || low[begin] == U',')) ++begin;
        if (end > begin + enough && end - begin < low.size()) passages.push_back({begin, end});
    };
    for (std::size_t begin = 0; begin < low.size();) {
        const auto end = std::min(low.find_first_of(U".!?;\n", begin), low.size());
        add(begin, end);
        for (std::size_t at = begin; at < end; ++at) {
            std::size_t joint = 0;
            for (const std::u32string_view word : {U",", U" but ", U" when ", U": "})
                if (low.substr(at, word.size()) == word) joint = word.size();
            if (joint == 0) continue;
            add(begin, at);
            add(at + joint, end);
        }
        begin = end + 1;
    }
    return passages;
}

}  // namespace

std::vector<Passage> passages_of(std::u32string_view low, bool english) {
    low = low.substr(0, read_at_most);
    std::vector<Passage> passages;
    if (english) return sentences_of(low);
    if (low.size() <= enough) return passages;
    const auto clauses = clauses_of(low);
    for (std::size_t first = 0; first < clauses.size(); ++first) {
        const auto [begin, end] = clauses[first];
        if (end - begin > most) {
            for (std::size_t at = begin; at + step < end; at += step)
                passages.push_back({at, std::min(at + most, end)});
            continue;
        }
        std::size_t last = first;
        while (last + 1 < clauses.size() && clauses[last + 1].end - begin <= most) ++last;
        passages.push_back({begin, clauses[last].end});
        while (last > first && clauses[last].end - begin > enough) --last;
        if (clauses[last].end != passages.back().end) passages.push_back({begin, clauses[last].end});
    }
    std::erase_if(passages, [&](const Passage& one) { return one.begin == 0 && one.end == low.size(); });
    return passages;
}

}  // namespace huiyin
