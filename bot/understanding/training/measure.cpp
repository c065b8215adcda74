#include "bot/understanding/training/measure.h"

#include <algorithm>

namespace huiyin {
namespace {

int count_in(const std::map<std::string, int>& counts, const std::string& label) {
    const auto found = counts.find(label);
    return found == counts.end() ? 0 : found->second;
}

}  // namespace

void Labels::add(const std::string& expected, const std::string& found) {
    ++all_;
    ++meant_[expected];
    ++said_[found];
    if (expected == found)
        ++right_[expected];
    else
        ++pairs_[{expected, found}];
}

double Labels::accuracy() const {
    int right = 0;
    for (const auto& [label, count] : right_) right += count;
    return all_ ? static_cast<double>(right) / all_ : 0;
}

double Labels::f1(const std::string& label) const {
    const int both = count_in(said_, label) + count_in(meant_, label);
    return both ? 2.0 * count_in(right_, label) / both : 0;
}

double Labels::macro_f1() const {
    double sum = 0;
    for (const auto& [label, count] : meant_) sum += f1(label);
    return meant_.empty() ? 0 : sum / static_cast<double>(meant_.size());
}

std::vector<std::pair<std::pair<std::string, std::string>, int>> Labels::confusions() const {
    std::vector<std::pair<std::pair<std::string, std::string>, int>> list(pairs_.begin(), pairs_.end());
    std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    return list;
}

Measured measure(const Understanding& understanding, const std::vector<Example>& examples) {
    Measured measured;
    const TimePoint now = from_ms(1764144000000);
    for (const auto& example : examples) {
        const auto understood = understanding.understand(example.text, now, {});
        const std::string kind(to_text(understood.kind));
        measured.kind.add(example.kind, kind);
        const bool matters = example.kind == "complaint" || example.kind == "demand" || example.kind == "consultation";
        if (matters) measured.category.add(example.category, understood.category);
        if (example.kind == "complaint") measured.complaint_category.add(example.category, understood.category);
        if (kind != example.kind || (matters && example.category != understood.category))
            measured.wrong.push_back(&example);
    }
    return measured;
}

std::vector<Example> only_kept_apart(const std::vector<Example>& examples, bool kept) {
    std::vector<Example> some;
    for (const auto& example : examples)
        if (kept_apart(example) == kept) some.push_back(example);
    return some;
}

std::vector<Example> to_learn_from(const std::vector<Example>& examples) {
    const auto alike = like_kept_apart(examples);
    std::vector<Example> some;
    for (std::size_t index = 0; index < examples.size(); ++index)
        if (!kept_apart(examples[index]) && !alike[index]) some.push_back(examples[index]);
    return some;
}

}  // namespace huiyin
