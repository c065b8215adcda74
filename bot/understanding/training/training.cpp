#include "bot/understanding/training/training.h"

#include <linear.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace huiyin {
namespace {

namespace fs = std::filesystem;

constexpr int variants_of_a_frame = 7;

std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
    std::uint64_t hash = 1469598103934665603ull ^ seed * 0x9E3779B97F4A7C15ull;
    for (const unsigned char byte : text) hash = (hash ^ byte) * 1099511628211ull;
    return hash ^ hash >> 31;
}

std::string slurp(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> split(const std::string& line, char mark) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (std::size_t at = 0; at <= line.size(); ++at)
        if (at == line.size() || line[at] == mark) {
            parts.push_back(line.substr(begin, at - begin));
            begin = at + 1;
        }
    return parts;
}

using Fillers = std::map<std::string, std::vector<std::string>>;

// Fills {names}, one choice a place, drawn by the frame, the variant and the place.
std::string fill(const std::string& frame, const Fillers& fillers, std::uint64_t variant, std::string& missing) {
    std::string text = frame;
    for (int round = 0; round < 40; ++round) {
        const auto open = text.find('{');
        if (open == std::string::npos) break;
        const auto close = text.find('}', open);
        if (close == std::string::npos) {
            missing = "a \"}\"";
            break;
        }
        const std::string name = text.substr(open + 1, close - open - 1);
        const auto found = fillers.find(name);
        if (found == fillers.end()) {
            missing = "the filler \"" + name + "\"";
            break;
        }
        const auto& choices = found->second;
        const auto drawn = hash_of(frame + name, variant * 131 + static_cast<std::uint64_t>(round));
        text = text.substr(0, open) + choices[drawn % choices.size()] + text.substr(close + 1);
    }
    return text;
}

Problem unreadable(const fs::path& file, int line, const std::string& what) {
    return {"utterances.unreadable",
            what + ": " + file.filename().string() + " line " + std::to_string(line) +
                ": write kind, category or \"-\", text, with tabs between",
            ""};
}

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

Result<Utterances> read_utterances(const std::string& folder) {
    Utterances read;
    Fillers fillers;
    std::error_code error;
    if (!fs::is_directory(folder, error))
        return Problem{"utterances.unreadable", "no folder of utterances: " + folder + ": name templates/utterances",
                       ""};
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".tsv") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    {
        std::istringstream lines{slurp(fs::path(folder) / "fillers.tsv")};
        int number = 0;
        for (std::string line; std::getline(lines, line);) {
            ++number;
            if (line.empty() || line[0] == '#') continue;
            const auto columns = split(line, '\t');
            if (columns.size() != 2) return unreadable("fillers.tsv", number, "not two columns");
            for (const auto& choice : split(columns[1], '|')) fillers[columns[0]].push_back(choice);
        }
    }
    read.concepts = read_concepts(slurp(fs::path(folder) / "keywords.tsv"));
    std::set<std::string> seen;
    for (const auto& file : files) {
        const auto name = file.filename().string();
        if (name == "fillers.tsv" || name == "keywords.tsv") continue;
        const bool frames = name == "frames.tsv";
        std::istringstream lines{slurp(file)};
        int number = 0;
        for (std::string line; std::getline(lines, line);) {
            ++number;
            if (line.empty() || line[0] == '#') continue;
            const auto columns = split(line, '\t');
            if (columns.size() != 3 || columns[2].empty()) return unreadable(file, number, "not three columns");
            if (!kinds.count(columns[0])) return unreadable(file, number, "unknown kind \"" + columns[0] + "\"");
            const std::string category = columns[1] == "-" ? "" : columns[1];
            if (!category.empty() && !categories.count(category))
                return unreadable(file, number, "unknown category \"" + category + "\"");
            if (!frames) {
                if (!seen.insert(columns[2]).second) continue;
                read.examples.push_back({columns[0], category, columns[2], columns[2]});
                ++read.handwritten;
                continue;
            }
            for (int variant = 0; variant < variants_of_a_frame; ++variant) {
                std::string missing;
                const auto text = fill(columns[2], fillers, static_cast<std::uint64_t>(variant), missing);
                if (!missing.empty()) return unreadable(file, number, "lacks " + missing);
                if (seen.insert(text).second) read.examples.push_back({columns[0], category, text, columns[2]});
            }
        }
    }
    return read;
}

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
