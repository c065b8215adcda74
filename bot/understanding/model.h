// The linear model for kind and category: hashed character 1-, 2- and 3-grams, pairs of sounds, and the concepts of
// keywords.tsv, by their characters or by their sound.
//
// A second opinion on dangers stands in the same rows: classes "danger/gas" … "danger/none" by a softmax of their own,
// which also sees the groups of words the rules look for, pairs of them, and what the rules found.
//
// File (little endian): "HUIYIN\x04\n", four u32: buckets, concepts, classes, bytes of the concept table; per class its
// name (u8 length, bytes), "complaint/housing", "chitchat/" or "danger/gas"; two f32 scales, of dangers the second;
// then (buckets + concepts) rows of i8, one a class; then the concept table, a line each: name, tab, words separated by
// spaces.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bot/understanding/emergency.h"
#include "bot/understanding/lexicon.h"
#include "bot/understanding/meaning.h"
#include "bot/understanding/slots.h"
#include "workflow/base/result.h"

namespace huiyin {

struct Concept {
    std::string name;  // "!" begins that of a concept that only dangers are judged by
    std::vector<std::string> words;
};
// Lines "name TAB words…"; "#" begins a comment line.
std::vector<Concept> read_concepts(std::string_view text);

// Counted features of one message; each index once, with its value.
struct Feature {
    std::uint32_t index = 0;
    float value = 0;
};
inline constexpr std::uint32_t feature_buckets = 1u << 18;

// What the rules saw of dangers. Borrowing.
struct DangerSigns {
    const Hits& hits;
    const DangerFound& found;
};

// What features are made of, the same in training and in use. Threads: any.
class Featurizer {
public:
    explicit Featurizer(const std::vector<Concept>& concepts);
    // `low` without the spans of addresses and phones; digits are one character.
    std::vector<Feature> features(std::u32string_view low) const;
    // Concept and the longest word for it, at most `most`, in the order they were said.
    std::vector<std::pair<std::string, std::string>> concepts_in(std::u32string_view low, std::size_t most) const;
    // The same features with words for them; pairs of sounds are left out.
    struct Named {
        std::string name;
        std::uint32_t index = 0;
        float value = 0;
    };
    std::vector<Named> named(std::u32string_view low, const DangerSigns* signs = nullptr) const;
    // What the second opinion sees beside them: what the rules found, and the groups of danger and guard words that are
    // there and the concepts of danger, alone and by twos.
    std::vector<Feature> danger_features(std::u32string_view low, const DangerSigns& signs) const;
    std::uint32_t size() const { return feature_buckets + static_cast<std::uint32_t>(names_.size()); }

private:
    std::vector<std::string> names_;
    WordFinder finder_;
    WordFinder by_sound_;
    WordFinder dangers_;
};
// The text the featurizer wants: of the whole message, or of the code points from `begin` to `end` of it.
std::u32string text_for_features(const Written& written, const FoundFacts& facts, std::size_t begin = 0,
                                 std::size_t end = std::u32string_view::npos);

struct ModelScores {
    struct Both {
        std::string kind, category;  // category: empty where that kind has none
        double score = 0;
    };
    std::vector<Score> kind, category;  // probabilities, descending; those of categories add up to 1 by themselves
    std::vector<Both> both;             // of kind and category together, descending
    std::vector<std::pair<std::string, std::string>> concepts;
    Emergency danger{};     // the likeliest, if there is one
    double endangered = 0;  // probability that there is one
    bool judged_danger = false;
};

class Model {
public:
    // Errors: understanding.no_model, understanding.bad_model.
    static Result<Model> read(const std::string& file);
    // With signs the dangers are judged too.
    ModelScores score(std::u32string_view text, const DangerSigns* signs = nullptr) const;
    // Only whether there is a danger in it, and which.
    struct DangerScore {
        Emergency likeliest{};
        double endangered = 0;
    };
    DangerScore judge_danger(std::u32string_view text, const DangerSigns& signs) const;
    // What speaks for a kind and category, strongest first: "灯不", "lamp (灯不亮)", and how much. Slow: for showing
    // only. Of a danger too: kind "danger", category its name, and the signs.
    std::vector<std::pair<std::string, double>> reasons(std::u32string_view text, const std::string& kind,
                                                        const std::string& category,
                                                        const DangerSigns* signs = nullptr) const;

    // Writes a model file: weights[feature * classes + class], names as in the file; those of dangers apart.
    struct Trained {
        std::vector<std::string> names;
        std::vector<float> weights;
    };
    static void write(const std::string& file, const Trained& matters, const Trained& dangers,
                      const std::vector<Concept>& concepts);

private:
    // From column `first` on.
    void add_rows(const std::vector<Feature>& features, std::size_t first, float* sums) const;
    void judge_danger(std::u32string_view text, const DangerSigns& signs, std::vector<float> sums,
                      ModelScores& scores) const;

    struct Class {
        std::string kind, category;
    };
    std::vector<Class> classes_;        // of kinds and categories: the first columns
    std::vector<Emergency> dangers_;    // the columns behind them, and behind those one of no danger
    std::vector<std::int8_t> weights_;  // rows of `stride_`
    std::size_t stride_ = 0;
    float scale_ = 0, danger_scale_ = 0;
    std::shared_ptr<const Featurizer> featurizer_;
};

}  // namespace huiyin
