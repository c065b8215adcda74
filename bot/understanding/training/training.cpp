#include "bot/understanding/training/training.h"

#include <algorithm>
#include <stdexcept>

#include "bot/understanding/passages.h"
#include "bot/understanding/training/softmax.h"

namespace huiyin {

namespace {

// Voice input has no marks.
std::u32string without_marks(const std::u32string& low) {
    std::u32string plain;
    for (const auto point : low)
        if (!is_stop(point)) plain.push_back(point);
    return plain;
}

std::vector<std::string> names_of(const std::vector<Example>& examples) {
    std::vector<std::string> names;
    for (const auto& example : examples) names.push_back(example.kind + "/" + example.category);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

}  // namespace

void train_model(const std::vector<Example>& examples, const std::vector<Example>& dangers,
                 const std::vector<Concept>& concepts, const std::string& file) {
    const Featurizer featurizer{concepts};
    const Normaliser normaliser;
    const Lexicon lexicon;
    const TimePoint now = from_ms(1764144000000);  // any moment: only the spans of the facts are used
    const auto prepare = [&](const std::string& text, auto&& use) {
        const auto written = normaliser.normalise(text, 4000);
        const auto hits = Hits{lexicon.find(written.low), written.low};
        use(written, hits, text_for_features(written, read_facts(written, hits, *demo_communities(), now, {})));
    };
    Model::Trained of_matters{names_of(examples), {}}, of_dangers;
    static constexpr Emergency all[] = {Emergency::lift,           Emergency::gas,
                                        Emergency::fire,           Emergency::electricity,
                                        Emergency::falling_object, Emergency::water_on_wires,
                                        Emergency::injury,         Emergency::violence,
                                        Emergency::self_harm};
    if (!dangers.empty()) {
        for (const auto danger : all) of_dangers.names.push_back("danger/" + std::string(to_text(danger)));
        of_dangers.names.emplace_back("danger/none");
    }
    const auto no_danger = static_cast<std::uint32_t>(std::size(all));
    std::vector<SoftmaxRow> rows, danger_rows;
    const auto add_danger = [&](std::vector<Feature> features, const std::u32string& low, const DangerSigns& signs,
                                std::uint32_t label) {
        const auto more = featurizer.danger_features(low, signs);
        features.insert(features.end(), more.begin(), more.end());
        danger_rows.push_back({std::move(features), label});
    };
    // A message is also read passage by passage: those of an ordinary one are ordinary.
    const auto add_passages = [&](const Written& written) {
        for (const auto& [begin, end] : passages_of(written.low, written.language == "en")) {
            const auto part = written.low.substr(begin, end - begin);
            const Hits its{lexicon.find(part), part};
            const auto found = find_danger(part, its);
            if (found.danger) continue;
            const auto low = text_for_features({part, part, written.language}, {});
            if (low.size() > 4) add_danger(featurizer.features(low), low, {its, found}, no_danger);
        }
    };
    for (const auto& example : examples) {
        const auto& names = of_matters.names;
        const auto name = example.kind + "/" + example.category;
        const auto label =
            static_cast<std::uint32_t>(std::lower_bound(names.begin(), names.end(), name) - names.begin());
        prepare(example.text, [&](const Written& written, const Hits& hits, const std::u32string& low) {
            rows.push_back({featurizer.features(low), label});
            const auto found = find_danger(written.low, hits);
            if (!found.danger && !dangers.empty()) add_danger(rows.back().features, low, {hits, found}, no_danger);
            if (!found.danger && !dangers.empty()) add_passages(written);
            const auto plain = without_marks(low);
            if (plain != low) rows.push_back({featurizer.features(plain), label});
        });
    }
    for (const auto& example : dangers) {
        const auto name = "danger/" + example.kind;
        const auto label = static_cast<std::uint32_t>(
            std::find(of_dangers.names.begin(), of_dangers.names.end(), name) - of_dangers.names.begin());
        if (label > no_danger) throw std::runtime_error("no danger of that name: " + example.kind);
        prepare(example.text, [&](const Written& written, const Hits& hits, const std::u32string& low) {
            const auto found = find_danger(written.low, hits);
            add_danger(featurizer.features(low), low, {hits, found}, label);
            if (label == no_danger) add_passages(written);
            const auto plain = without_marks(low);
            if (plain != low) add_danger(featurizer.features(plain), plain, {hits, found}, label);
        });
    }
    const auto classes = static_cast<std::uint32_t>(of_matters.names.size());
    of_matters.weights = train_softmax(rows, classes, featurizer.size(), {});
    add_frequencies(rows, classes, featurizer.size(), of_matters.weights);
    if (!dangers.empty()) of_dangers.weights = train_softmax(danger_rows, no_danger + 1, featurizer.size(), {});
    Model::write(file, of_matters, of_dangers, concepts);
}

}  // namespace huiyin
