#include "bot/understanding/endangering.h"

#include <algorithm>

#include "bot/understanding/passages.h"

namespace huiyin {
namespace {

// How sure the model must be: where a word says what happens (it falls, burns, is shut in), and where none does. Found
// on frames of dangers that were left out of the training in turn. Below the last one it overrules what the rules
// found.
constexpr double endangered_by_event = 0.4, endangered_by_tone = 0.5, overruled_below = 0.1;
// A word or two say too little by themselves: 还在漏.
constexpr std::size_t little = 4;
constexpr double endangered_by_little = 0.9;
// Few of its utterances are English: there it must be surer, and overrules nothing.
constexpr double endangered_in_english = 0.9;
// Of a passage, which has lost what stands around it. Found on dangers put between other matters, and on two harmless
// matters in one message.
constexpr double passage_by_event = 0.7, passage_by_tone = 0.85, passage_against_guard = 0.97,
                 passage_in_english_by_tone = 0.98;
// A letter has so many passages that one of them is bound to read oddly.
constexpr std::size_t passages_of_a_letter = 10;
constexpr double passage_of_a_letter = 0.995;

struct OfPassages {
    double endangered = 0;  // of the passage that is surest to tell one
    double believed = 0;    // the same, of those that are sure enough to count
    Emergency likeliest{};
};

OfPassages judge_passages(const Model& model, const Written& written, const FoundFacts& facts, const Hits& hits) {
    OfPassages most;
    const bool english = written.language == "en";
    const auto passages = passages_of(written.low, english);
    const double least = passages.size() > passages_of_a_letter ? passage_of_a_letter : 0;
    for (const auto& [begin, end] : passages) {
        const auto part = std::u32string_view(written.low).substr(begin, end - begin);
        const auto features = text_for_features(written, facts, begin, end);
        if (features.size() <= little) continue;
        const Hits its = hits.within(part, begin);
        const auto found = find_danger(part, its);
        if (found.guarded && !found.danger) continue;
        const auto judged = model.judge_danger(features, {its, found});
        most.endangered = std::max(most.endangered, judged.endangered);
        const bool event = found.danger || names_event(its);
        const double wanted = english ? (event ? endangered_in_english : passage_in_english_by_tone)
                              : event ? passage_by_event
                                      : passage_by_tone;
        if (judged.endangered >= std::max(least, wanted) && judged.endangered > most.believed) {
            most.believed = judged.endangered;
            most.likeliest = judged.likeliest;
        }
    }
    return most;
}

std::string share(double of_one) { return std::to_string(static_cast<int>(of_one * 100)) + " of 100"; }

Endangered reads_like(Emergency kind, const char* what, double sure) {
    return {kind, "emergency " + std::string(to_text(kind)) + ": " + what + " like one, " + share(sure)};
}

double sure_enough(const Written& written, const Hits& hits) {
    return written.language == "en"          ? endangered_in_english
           : written.points.size() <= little ? endangered_by_little
           : names_event(hits)               ? endangered_by_event
                                             : endangered_by_tone;
}

}  // namespace

Endangered judge_dangers(const Model* model, const Written& written, const FoundFacts& facts, const DangerSigns& signs,
                         const ModelScores& scores) {
    const auto& [hits, found] = signs;
    const bool asks_model = model && scores.judged_danger;
    OfPassages passages;
    if (asks_model) passages = judge_passages(*model, written, facts, hits);
    if (found.danger) {
        const auto name = std::string(to_text(found.danger->kind)) + ": " + found.danger->because;
        const double most = std::max(scores.endangered, passages.endangered);
        if (asks_model && written.language != "en" && most < overruled_below)
            return {std::nullopt, "no emergency " + name + ", reads like none, " + share(1 - most)};
        return {found.danger->kind, "emergency " + name};
    }
    if (!asks_model) return {};
    if (!found.guarded && scores.endangered >= sure_enough(written, hits))
        return reads_like(scores.danger, "reads", scores.endangered);
    if (passages.believed > (!found.guarded ? 0 : found.explained ? 1 : passage_against_guard))
        return reads_like(passages.likeliest, "a passage reads", passages.believed);
    return {};
}

}  // namespace huiyin
