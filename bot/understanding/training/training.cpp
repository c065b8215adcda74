#include "bot/understanding/training/training.h"

#include <linear.h>

#include <algorithm>
#include <set>

namespace huiyin {
namespace {

const std::set<std::string> kinds = {"complaint", "demand",         "consultation", "suggestion", "praise",
                                     "chitchat",  "progress_query", "handoff",      "cancel",     "rating"};
const std::set<std::string> categories = {"housing", "equipment", "order",   "environment", "service",   "consultation",
                                          "basic",   "special",   "leasing", "dispute",     "developer", "other"};

struct LinearProblem {
    std::vector<std::vector<feature_node>> rows;
    std::vector<feature_node*> pointers;
    std::vector<double> labels;
};

}  // namespace

void train_model(const std::vector<Example>& examples, const std::vector<Concept>& concepts, const std::string& file) {
    const Featurizer featurizer{concepts};
    const Normaliser normaliser;
    const Lexicon lexicon;
    const TimePoint now = from_ms(1764144000000);  // any moment: only the spans of the facts are used
    LinearProblem all;
    const auto add = [&](std::u32string_view low) {
        std::vector<feature_node> row;
        for (const auto& feature : featurizer.features(low))
            row.push_back({static_cast<int>(feature.index) + 1, static_cast<double>(feature.value)});
        row.push_back({-1, 0});
        all.rows.push_back(std::move(row));
    };
    std::vector<const Example*> of_row;
    for (const auto& example : examples) {
        const auto written = normaliser.normalise(example.text, 4000);
        const auto hits = Hits{lexicon.find(written.low), written.low};
        const auto low = text_for_features(written, read_facts(written, hits, now, {}));
        add(low);
        of_row.push_back(&example);
        // Voice input has no marks.
        std::u32string plain;
        for (const auto point : low)
            if (!is_stop(point)) plain.push_back(point);
        if (plain != low) {
            add(plain);
            of_row.push_back(&example);
        }
    }
    set_print_string_function([](const char*) {});
    std::vector<std::string> names;
    std::vector<std::vector<double>> weights;
    std::vector<double> biases;
    const auto train_task = [&](const std::string& task, const std::set<std::string>& classes, auto label_of) {
        std::vector<std::string> order(classes.begin(), classes.end());
        std::vector<feature_node*> rows;
        std::vector<double> labels;
        for (std::size_t index = 0; index < all.rows.size(); ++index) {
            const std::string label = label_of(*of_row[index]);
            const auto found = std::find(order.begin(), order.end(), label);
            if (found == order.end()) continue;
            rows.push_back(all.rows[index].data());
            labels.push_back(static_cast<double>(found - order.begin()));
        }
        // One against the rest, so that every class has its own probability.
        for (std::size_t index = 0; index < order.size(); ++index) {
            names.push_back(task + "/" + order[index]);
            if (std::count(labels.begin(), labels.end(), static_cast<double>(index)) == 0) {  // nobody ever said so
                weights.emplace_back(featurizer.size(), 0.0);
                biases.push_back(-8);
                continue;
            }
            std::vector<double> sides;
            for (const double label : labels) sides.push_back(label == static_cast<double>(index) ? 1 : -1);
            problem of_class{};
            of_class.l = static_cast<int>(rows.size());
            of_class.n = static_cast<int>(featurizer.size()) + 1;
            of_class.y = sides.data();
            of_class.x = rows.data();
            of_class.bias = -1;
            parameter how{};
            how.solver_type = L2R_LR;
            how.C = 12;
            how.eps = 0.01;
            how.p = 0.1;
            int sides_weighted[] = {1};
            double more[] = {2};  // a class is a tenth of all: do not let the rest drown it
            how.nr_weight = 1;
            how.weight_label = sides_weighted;
            how.weight = more;
            auto* trained = train(&of_class, &how);
            const double sign = trained->label[0] == 1 ? 1 : -1;
            std::vector<double> row(featurizer.size());
            for (std::uint32_t feature = 0; feature < featurizer.size(); ++feature)
                row[feature] = sign * trained->w[feature];
            free_and_destroy_model(&trained);
            weights.push_back(std::move(row));
            biases.push_back(0);
        }
    };
    train_task("kind", kinds, [](const Example& example) { return example.kind; });
    train_task("category", categories, [](const Example& example) { return example.category; });
    Model::write(file, names, weights, biases, concepts);
}

}  // namespace huiyin
