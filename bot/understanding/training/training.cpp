#include "bot/understanding/training/training.h"

#include <algorithm>

#include "bot/understanding/training/softmax.h"

namespace huiyin {

void train_model(const std::vector<Example>& examples, const std::vector<Concept>& concepts, const std::string& file) {
    const Featurizer featurizer{concepts};
    const Normaliser normaliser;
    const Lexicon lexicon;
    const TimePoint now = from_ms(1764144000000);  // any moment: only the spans of the facts are used
    std::vector<std::string> names;
    for (const auto& example : examples) names.push_back(example.kind + "/" + example.category);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::vector<SoftmaxRow> rows;
    for (const auto& example : examples) {
        const auto name = example.kind + "/" + example.category;
        const auto label =
            static_cast<std::uint32_t>(std::lower_bound(names.begin(), names.end(), name) - names.begin());
        const auto written = normaliser.normalise(example.text, 4000);
        const auto hits = Hits{lexicon.find(written.low), written.low};
        const auto low = text_for_features(written, read_facts(written, hits, now, {}));
        rows.push_back({featurizer.features(low), label});
        // Voice input has no marks.
        std::u32string plain;
        for (const auto point : low)
            if (!is_stop(point)) plain.push_back(point);
        if (plain != low) rows.push_back({featurizer.features(plain), label});
    }
    const auto classes = static_cast<std::uint32_t>(names.size());
    auto weights = train_softmax(rows, classes, featurizer.size(), {});
    add_frequencies(rows, classes, featurizer.size(), weights);
    Model::write(file, names, weights, concepts);
}

}  // namespace huiyin
