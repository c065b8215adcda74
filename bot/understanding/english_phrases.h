// Whole clauses of English that are an act, and nothing else: what is said to a question, and what is wanted of us.
#pragma once
#include <string>
#include <vector>

#include "bot/understanding/meaning.h"

namespace huiyin::acts {

struct EnglishAct {
    MeaningKind kind;
    const char* value;
};
// `words`: small letters and digits, one blank between, no apostrophes. Null: no such clause.
const std::vector<EnglishAct>* english_acts(const std::string& words);

}  // namespace huiyin::acts
