// Hints, tone, kind and category of a message from its words, its acts and what the model says.
#pragma once
#include <vector>

#include "bot/understanding/lexicon.h"
#include "bot/understanding/model.h"
#include "bot/understanding/slots.h"

namespace huiyin {

void hint(Understood& result, const Written& written, const Hits& hits, const std::vector<Meaning>& acts);

// Kind, category and how sure they are. `scores` is empty without a model; `nothing_else`: the message is facts alone.
void judge(Understood& result, const Written& written, const Hits& hits, const FoundFacts& facts,
           const std::vector<Meaning>& acts, const ModelScores& scores, bool nothing_else);

}  // namespace huiyin
