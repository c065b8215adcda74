// The linear model for kind and category: hashed character 1-, 2- and 3-grams and the concepts of keywords.tsv.
//
// File (little endian): "HUIYIN\x01\n", four u32: buckets, concepts, classes, bytes of the concept table; per class its
// name (u8 length, bytes), f32 scale, f32 bias; then (buckets + concepts) rows of i8, one a class; then the concept
// table, a line each: name, tab, words separated by spaces. Classes are "kind/complaint" … "category/housing" ….
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bot/understanding/lexicon.h"
#include "bot/understanding/meaning.h"
#include "bot/understanding/slots.h"
#include "workflow/base/result.h"

namespace huiyin {

struct Concept {
    std::string name;
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

// What features are made of, the same in training and in use. Threads: any.
class Featurizer {
public:
    explicit Featurizer(const std::vector<Concept>& concepts);
    // `low` without the spans of addresses and phones; digits are one character.
    std::vector<Feature> features(std::u32string_view low) const;
    std::vector<std::pair<std::string, std::string>> concepts_in(std::u32string_view low) const;  // concept, word
    std::uint32_t size() const { return feature_buckets + static_cast<std::uint32_t>(names_.size()); }

private:
    std::vector<std::string> names_;
    WordFinder finder_;
};
// The text the featurizer wants.
std::u32string text_for_features(const Written& written, const Facts& facts);

struct ModelScores {
    std::vector<Score> kind, category;  // probabilities, descending
    std::vector<std::pair<std::string, std::string>> concepts;
};

class Model {
public:
    // Errors: understanding.no_model, understanding.bad_model.
    static Result<Model> read(const std::string& file);
    ModelScores score(std::u32string_view text) const;

    struct Class {
        std::string name;
        float scale = 0, bias = 0;
    };
    // Writes a model file: weights[class][feature].
    static void write(const std::string& file, const std::vector<std::string>& names,
                      const std::vector<std::vector<double>>& weights, const std::vector<double>& biases,
                      const std::vector<Concept>& concepts);

private:
    std::vector<Class> classes_;
    std::vector<std::int8_t> weights_;  // rows of `stride_`
    std::size_t stride_ = 0;
    std::shared_ptr<const Featurizer> featurizer_;
};

}  // namespace huiyin
