// Whether a message tells a danger: what the rules found, and what the model makes of the whole and of its passages.
#pragma once
#include <optional>
#include <string>

#include "bot/understanding/emergency.h"
#include "bot/understanding/lexicon.h"
#include "bot/understanding/model.h"
#include "bot/understanding/slots.h"

namespace huiyin {

struct Endangered {
    std::optional<Emergency> emergency;
    std::string because;  // for the reader of `because`; also where the model overruled a rule; empty if nothing spoke
};
// What the rules found stands, unless the model is nearly sure that neither the whole nor any passage is one. Where
// they found nothing the model may see a danger in words nobody listed. Where they saw a cue denied they are right,
// unless a passage of its own tells one: what denies it may belong to another matter. `signs`, `scores`: of the whole
// message. `model` may be null: then the rules alone decide.
Endangered judge_dangers(const Model* model, const Written& written, const FoundFacts& facts, const DangerSigns& signs,
                         const ModelScores& scores);

}  // namespace huiyin
