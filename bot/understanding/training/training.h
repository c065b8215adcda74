// Makes the model of understanding from utterances. Runs at build time and in tests, never in a service.
// Deterministic: the same examples give the same bytes.
#pragma once
#include <string>
#include <vector>

#include "bot/understanding/training/utterances.h"

namespace huiyin {

// Trains kind and category, and the second opinion on dangers, and writes the model file. Examples in which the rules
// find a danger teach the second opinion nothing; without dangers there is none. Throws if it cannot be written.
void train_model(const std::vector<Example>& examples, const std::vector<Example>& dangers,
                 const std::vector<Concept>& concepts, const std::string& file);

}  // namespace huiyin
