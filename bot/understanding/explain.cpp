#include "bot/understanding/explain.h"

#include "bot/understanding/model.h"
#include "bot/understanding/slots.h"

namespace huiyin {

struct Explainer::State {
    Model model;
    Normaliser normaliser;
    Lexicon lexicon;
};

Result<Explainer> Explainer::read(const std::string& model_file) {
    auto model = Model::read(model_file);
    if (!model) return model.problem();
    Explainer explainer;
    auto state = std::make_shared<State>();
    state->model = std::move(*model);
    explainer.state_ = std::move(state);
    return explainer;
}

std::vector<ClassReasons> Explainer::explain(std::string_view text, std::size_t classes, std::size_t reasons) const {
    const auto written = state_->normaliser.normalise(text, 4000);
    const Hits hits{state_->lexicon.find(written.low), written.low};
    const auto words = text_for_features(written, read_facts(written, hits, *demo_communities(), {}, {}));
    std::vector<ClassReasons> list;
    if (words.empty()) return list;
    const auto found = find_danger(written.low, hits);
    const DangerSigns signs{hits, found};
    const auto scores = state_->model.score(words, &signs);
    const auto add = [&](const std::string& kind, const std::string& category, double probability) {
        auto all = state_->model.reasons(words, kind, category, &signs);
        ClassReasons one{kind + "/" + category, probability, {}};
        const auto half = (reasons + 1) / 2 + reasons / 4;  // more of what speaks for it
        for (std::size_t index = 0; index < all.size() && index < half && all[index].second > 0; ++index)
            one.reasons.push_back(all[index]);
        for (std::size_t left = reasons - std::min(reasons, half), index = all.size();
             left > 0 && index > one.reasons.size() && all[index - 1].second < 0; --left, --index)
            one.reasons.push_back(all[index - 1]);
        list.push_back(std::move(one));
    };
    if (scores.endangered >= 0.1) add("danger", std::string(to_text(scores.danger)), scores.endangered);
    for (std::size_t index = 0; index < scores.both.size() && index < classes; ++index)
        add(scores.both[index].kind, scores.both[index].category, scores.both[index].score);
    return list;
}

}  // namespace huiyin
