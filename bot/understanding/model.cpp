#include "bot/understanding/model.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <numeric>
#include <stdexcept>

namespace huiyin {
namespace {

constexpr std::string_view magic = "HUIYIN\x04\n";
constexpr std::size_t shown_concepts = 5;
constexpr std::size_t lane = 16;       // a row is a multiple of it: so many sums are made at once
constexpr std::size_t rows_ahead = 8;  // fetched before they are needed
constexpr float most_weight = 12;      // what is beyond is cut, so that a byte is fine enough for the rest

// Adds value × row of every feature to the sums: `columns` of each row, a multiple of the lane. The rows lie anywhere
// in a large table: one is fetched while those before it are added up. Both ways give the same sums, bit by bit.
[[gnu::always_inline]] inline void add_up(const std::int8_t* rows, std::size_t stride, std::size_t columns,
                                          const std::vector<Feature>& features, float* __restrict sums) {
    for (std::size_t at = 0; at < features.size(); ++at) {
        if (at + rows_ahead < features.size())
            __builtin_prefetch(rows + std::size_t{features[at + rows_ahead].index} * stride);
        const std::int8_t* row = rows + std::size_t{features[at].index} * stride;
        const float value = features[at].value;
        for (std::size_t index = 0; index < columns; index += lane) {
            std::int8_t here[lane];
            std::memcpy(here, row + index, lane);
            float* into = sums + index;
            for (std::size_t one = 0; one < lane; ++one) into[one] += value * static_cast<float>(here[one]);
        }
    }
}
void add_plain(const std::int8_t* rows, std::size_t stride, std::size_t columns, const std::vector<Feature>& features,
               float* sums) {
    add_up(rows, stride, columns, features, sums);
}
#if defined(__x86_64__) && defined(__GNUC__)
[[gnu::target("avx2")]] void add_wide(const std::int8_t* rows, std::size_t stride, std::size_t columns,
                                      const std::vector<Feature>& features, float* sums) {
    typedef std::int8_t Bytes __attribute__((vector_size(8)));
    typedef float Floats __attribute__((vector_size(32)));
    constexpr std::size_t wide = 8;
    for (std::size_t index = 0; index < columns; index += 2 * wide) {
        Floats low, high;  // stay in registers over all rows
        std::memcpy(&low, sums + index, sizeof low);
        std::memcpy(&high, sums + index + wide, sizeof high);
        for (std::size_t at = 0; at < features.size(); ++at) {
            if (index == 0 && at + rows_ahead < features.size())
                __builtin_prefetch(rows + std::size_t{features[at + rows_ahead].index} * stride);
            const std::int8_t* row = rows + std::size_t{features[at].index} * stride + index;
            Bytes first, second;
            std::memcpy(&first, row, sizeof first);
            std::memcpy(&second, row + wide, sizeof second);
            low += features[at].value * __builtin_convertvector(first, Floats);
            high += features[at].value * __builtin_convertvector(second, Floats);
        }
        std::memcpy(sums + index, &low, sizeof low);
        std::memcpy(sums + index + wide, &high, sizeof high);
    }
}
#endif

Problem bad(const std::string& file, const char* what) {
    return {"understanding.bad_model",
            std::string("the model of understanding is ") + what + ": " + file +
                ": build it again, target understanding_model",
            ""};
}

}  // namespace

Result<Model> Model::read(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return Problem{"understanding.no_model",
                       "no model of understanding: " + file + ": build it, target understanding_model", ""};
    std::string bytes((std::istreambuf_iterator<char>(in)), {});
    std::size_t at = 0;
    const auto take = [&](void* into, std::size_t size) {
        if (bytes.size() - at < size) return false;
        std::memcpy(into, bytes.data() + at, size);
        at += size;
        return true;
    };
    if (bytes.compare(0, magic.size(), magic) != 0) return bad(file, "no model of this version");
    at = magic.size();
    std::uint32_t head[4];
    if (!take(head, sizeof head)) return bad(file, "cut off");
    if (head[0] != feature_buckets || head[1] > 4096 || head[2] == 0 || head[2] > 64)
        return bad(file, "no model of this version");
    Model model;
    for (std::uint32_t index = 0; index < head[2]; ++index) {
        std::uint8_t size = 0;
        if (!take(&size, 1)) return bad(file, "cut off");
        std::string name(size, ' ');
        if (!take(name.data(), size) || name.find('/') == std::string::npos) return bad(file, "cut off");
        const auto slash = name.find('/');
        const auto kind = name.substr(0, slash), category = name.substr(slash + 1);
        const bool last = index + 1 == head[2];
        if (kind != "danger") {
            if (!model.dangers_.empty()) return bad(file, "damaged");
            model.classes_.push_back({kind, category});
        } else if (const auto danger = emergency_named(category)) {
            model.dangers_.push_back(*danger);
        } else if (!last || category != "none") {
            return bad(file, "damaged");
        }
    }
    if (model.classes_.empty() ||
        model.classes_.size() + model.dangers_.size() + (model.dangers_.empty() ? 0 : 1) != head[2])
        return bad(file, "damaged");
    if (!take(&model.scale_, 4) || !take(&model.danger_scale_, 4)) return bad(file, "cut off");
    for (const float scale : {model.scale_, model.danger_scale_})
        if (!(scale > 0 && scale < 1)) return bad(file, "damaged: its scale is no small number above 0");
    const std::size_t features = std::size_t{head[0]} + head[1], classes = head[2];
    if (bytes.size() - at != features * classes + head[3]) return bad(file, "cut off");
    model.stride_ = (classes + lane - 1) / lane * lane;  // a row is in one or two lines of the cache
    model.weights_.assign(features * model.stride_, 0);
    for (std::size_t feature = 0; feature < features; ++feature)
        take(model.weights_.data() + feature * model.stride_, classes);
    const auto concepts = read_concepts(std::string_view(bytes).substr(at));
    if (concepts.size() != head[1]) return bad(file, "damaged");
    model.featurizer_ = std::make_shared<const Featurizer>(concepts);
    return model;
}

void Model::write(const std::string& file, const Trained& matters, const Trained& dangers,
                  const std::vector<Concept>& concepts) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    std::string table;
    for (const auto& one : concepts) {
        table += one.name + "\t";
        for (const auto& word : one.words) table += word + " ";
        table += "\n";
    }
    const std::size_t features = matters.weights.size() / matters.names.size(),
                      classes = matters.names.size() + dangers.names.size();
    const std::uint32_t head[4] = {feature_buckets, static_cast<std::uint32_t>(concepts.size()),
                                   static_cast<std::uint32_t>(classes), static_cast<std::uint32_t>(table.size())};
    out.write(magic.data(), static_cast<std::streamsize>(magic.size()));
    out.write(reinterpret_cast<const char*>(head), sizeof head);
    std::vector<std::int8_t> rows(features * classes);
    std::size_t first = 0;
    std::vector<float> scales;
    for (const auto* part : {&matters, &dangers}) {
        for (const auto& name : part->names) {
            const auto size = static_cast<std::uint8_t>(name.size());
            out.write(reinterpret_cast<const char*>(&size), 1);
            out.write(name.data(), size);
        }
        float most = 1e-9f;
        for (const float weight : part->weights) most = std::max(most, std::fabs(weight));
        const float scale = scales.emplace_back(std::min(most, most_weight) / 127);
        const std::size_t columns = part->names.size();
        for (std::size_t feature = 0; feature < features; ++feature)
            for (std::size_t column = 0; column < columns; ++column)
                rows[feature * classes + first + column] = static_cast<std::int8_t>(std::lround(
                    std::clamp(part->weights[feature * columns + column], -most_weight, most_weight) / scale));
        first += columns;
    }
    out.write(reinterpret_cast<const char*>(scales.data()), 8);
    out.write(reinterpret_cast<const char*>(rows.data()), static_cast<std::streamsize>(rows.size()));
    out.write(table.data(), static_cast<std::streamsize>(table.size()));
    out.flush();
    if (!out)
        throw std::runtime_error("the model of understanding cannot be written: " + file +
                                 ": look at the disk's space and rights");
}

void Model::add_rows(const std::vector<Feature>& features, std::size_t first, float* sums) const {
#if defined(__x86_64__) && defined(__GNUC__)
    static const bool wide = __builtin_cpu_supports("avx2");
    if (wide) return add_wide(weights_.data() + first, stride_, stride_ - first, features, sums);
#endif
    add_plain(weights_.data() + first, stride_, stride_ - first, features, sums);
}

void Model::judge_danger(std::u32string_view text, const DangerSigns& signs, std::vector<float> sums,
                         ModelScores& scores) const {
    if (dangers_.empty()) return;
    scores.judged_danger = true;
    // The columns of dangers stand in the last lanes: the lanes before are left as they are.
    const std::size_t first = classes_.size() / lane * lane;
    add_rows(featurizer_->danger_features(text, signs), first, sums.data() + first);
    const float* columns = sums.data() + classes_.size();
    const std::size_t none = dangers_.size();
    const float most = *std::max_element(columns, columns + none + 1);
    double total = 1e-12, likeliest = -1;
    for (std::size_t index = 0; index <= none; ++index) {
        const double likely = std::exp(static_cast<double>((columns[index] - most) * danger_scale_));
        total += likely;
        if (index == none) {
            scores.endangered = 1 - likely / total;
        } else if (likely > likeliest) {
            likeliest = likely;
            scores.danger = dangers_[index];
        }
    }
}

Model::DangerScore Model::judge_danger(std::u32string_view text, const DangerSigns& signs) const {
    std::vector<float> sums(stride_, 0.0f);
    const std::size_t first = classes_.size() / lane * lane;
    add_rows(featurizer_->features(text), first, sums.data() + first);
    ModelScores scores;
    judge_danger(text, signs, std::move(sums), scores);
    return {scores.danger, scores.endangered};
}

ModelScores Model::score(std::u32string_view text, const DangerSigns* signs) const {
    std::vector<float> sums(stride_, 0.0f);
    add_rows(featurizer_->features(text), 0, sums.data());
    ModelScores scores;
    if (signs) judge_danger(text, *signs, sums, scores);
    sums.resize(classes_.size());
    const float most = sums.empty() ? 0 : *std::max_element(sums.begin(), sums.end());
    std::vector<double> likely;
    likely.reserve(sums.size());
    double total = 1e-12;
    for (const float sum : sums) total += likely.emplace_back(std::exp(static_cast<double>((sum - most) * scale_)));
    const auto add = [](std::vector<Score>& list, const std::string& name, double score) {
        for (auto& one : list)
            if (one.name == name) {
                one.score += score;
                return;
            }
        list.push_back({name, score});
    };
    std::vector<std::size_t> order(classes_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) { return likely[x] > likely[y]; });
    for (std::size_t index = 0; index < classes_.size(); ++index) {
        const double probability = likely[index] / total;
        add(scores.kind, classes_[index].kind, probability);
        if (!classes_[index].category.empty()) add(scores.category, classes_[index].category, probability);
    }
    scores.both.reserve(order.size());
    for (const auto index : order)
        scores.both.push_back({classes_[index].kind, classes_[index].category, likely[index] / total});
    double of_categories = 1e-12;
    for (const auto& one : scores.category) of_categories += one.score;
    for (auto& one : scores.category) one.score /= of_categories;
    for (auto* list : {&scores.kind, &scores.category})
        std::stable_sort(list->begin(), list->end(), [](const Score& a, const Score& b) { return a.score > b.score; });
    scores.concepts = featurizer_->concepts_in(text, shown_concepts);
    return scores;
}

std::vector<std::pair<std::string, double>> Model::reasons(std::u32string_view text, const std::string& kind,
                                                           const std::string& category,
                                                           const DangerSigns* signs) const {
    const bool of_danger = kind == "danger";
    const std::size_t first = of_danger ? classes_.size() : 0, count = !of_danger         ? classes_.size()
                                                                       : dangers_.empty() ? 0
                                                                                          : dangers_.size() + 1;
    std::size_t wanted = count;
    for (std::size_t index = 0; index < count; ++index)
        if (of_danger ? index < dangers_.size() && to_text(dangers_[index]) == category
                      : classes_[index].kind == kind && classes_[index].category == category)
            wanted = index;
    std::vector<std::pair<std::string, double>> list;
    if (wanted == count) return list;
    // What a class has above the mean of all is what speaks for it.
    const auto worth = [&](std::uint32_t feature, float value) {
        const std::int8_t* row = weights_.data() + std::size_t{feature} * stride_ + first;
        double mean = 0;
        for (std::size_t index = 0; index < count; ++index) mean += row[index];
        mean /= static_cast<double>(count);
        return (row[wanted] - mean) * static_cast<double>(value * (of_danger ? danger_scale_ : scale_));
    };
    for (const auto& named : featurizer_->named(text, of_danger ? signs : nullptr))
        list.emplace_back(named.name, worth(named.index, named.value));
    std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    return list;
}

}  // namespace huiyin
