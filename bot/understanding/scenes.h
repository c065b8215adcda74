// Scenes of danger: who or what, and what happens to it. A scene is two groups of words near each other, so that a
// wording that nobody listed is still known by its parts.
#pragma once
#include <cstdint>
#include <vector>

#include "bot/understanding/lexicon.h"
#include "bot/understanding/meaning.h"

namespace huiyin {

enum class Reach : std::uint8_t { clause, sentence };  // how far its parts may lie apart: commas part clauses

struct Scene {
    Emergency kind;
    Word first, second;
    std::uint8_t gap;  // code points between them
    bool any_order;
    Reach reach;
    // Also needed, anywhere in the message; count_: nothing.
    Word with = Word::count_;
    Word and_with = Word::count_;
    // Must not stand between them, just before or just behind them; count_: nothing.
    Word without = Word::count_;
};
const std::vector<Scene>& scenes();

}  // namespace huiyin
