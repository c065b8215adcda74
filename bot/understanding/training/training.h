// Makes the model of understanding from templates/utterances/*.tsv. Runs at build time and in tests, never in a
// service. Deterministic: the same files give the same bytes.
#pragma once
#include <string>
#include <vector>

#include "bot/understanding/model.h"
#include "workflow/base/result.h"

namespace huiyin {

struct Example {
    std::string kind;
    std::string category;  // empty: none
    std::string text;
    std::string frame;  // where it comes from; examples of one frame are never split between training and test
};

struct Utterances {
    std::vector<Example> examples;
    std::vector<Concept> concepts;
    std::size_t handwritten = 0;
};
// Reads a folder: frames.tsv (kind, category, frame with {filler}), fillers.tsv (name, texts separated by "|"),
// keywords.tsv (concepts), and every other *.tsv with the columns kind, category or "-", text.
// Errors: utterances.unreadable - the file, the line and what is wrong with it.
Result<Utterances> read_utterances(const std::string& folder);

// Trains kind and category and writes the model file. Throws if it cannot be written.
void train_model(const std::vector<Example>& examples, const std::vector<Concept>& concepts, const std::string& file);

}  // namespace huiyin
