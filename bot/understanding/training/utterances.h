// What residents write, to learn from: templates/utterances/*.tsv with their frames filled in. Deterministic.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "bot/understanding/model.h"
#include "workflow/base/result.h"

namespace huiyin {

struct Example {
    std::string kind;
    std::string category;  // empty: none
    std::string text;
    std::string frame;   // what it was filled from, or its own text; a frame is trained on or kept apart as a whole
    std::string source;  // its file without ".tsv": a source of variety
};

struct Utterances {
    std::vector<Example> examples;
    std::vector<Concept> concepts;
    std::size_t handwritten = 0;
    // dangers*.tsv: kind is the emergency or "none", category is empty. Not among the examples.
    std::vector<Example> dangers;
};
// Reads a folder: frames.tsv (kind, category, frame with {filler} or {one|another}), fillers.tsv (name, texts separated
// by "|"), keywords.tsv (concepts), dangers*.tsv (emergency or "none", frame), and every other *.tsv with the columns
// kind, category or "-", text. Errors: utterances.unreadable - the file, the line and what is wrong with it.
Result<Utterances> read_utterances(const std::string& folder);

// Three frames in twenty are never trained on, so that there is something to measure by. By the frame's text alone:
// adding utterances moves none from one side to the other.
bool kept_apart(const Example& example);

// How alike two texts are: the bigrams they share against all they have, marks and spaces aside. 0..1.
double likeness(const std::string& a, const std::string& b);
inline constexpr double nearly_the_same = 0.6;

// One flag an example: true for those that share more than nine twentieths of their bigrams with one kept apart.
std::vector<bool> like_kept_apart(const std::vector<Example>& examples);
inline constexpr double gives_away = 0.45;

// One flag an example: true for those that are not nearly the same as one before that is true.
std::vector<bool> distinct(const std::vector<Example>& examples);

}  // namespace huiyin
