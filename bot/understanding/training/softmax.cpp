#include "bot/understanding/training/softmax.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace huiyin {

std::vector<float> train_softmax(const std::vector<SoftmaxRow>& rows, std::uint32_t classes, std::uint32_t features,
                                 const SoftmaxHow& how) {
    std::vector<float> weights(std::size_t{features} * classes, 0.0f), seen(weights.size(), 1e-3f);
    std::vector<std::uint32_t> order(rows.size());
    std::iota(order.begin(), order.end(), 0u);
    std::uint64_t state = 88172645463325252ull;  // any number but 0
    const auto next = [&state] {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return state;
    };
    std::vector<float> slopes(classes);
    std::vector<const Feature*> used;
    const auto dropped_below = static_cast<std::uint64_t>(static_cast<double>(how.dropout) * 65536);
    for (int round = 0; round < how.rounds; ++round) {
        for (std::size_t at = order.size(); at > 1; --at) std::swap(order[at - 1], order[next() % at]);
        const float rate = how.rate * (1 - static_cast<float>(round) / static_cast<float>(how.rounds + 1));
        for (const auto index : order) {
            const auto& row = rows[index];
            used.clear();
            for (const auto& feature : row.features)
                if ((next() & 65535) >= dropped_below) used.push_back(&feature);
            const float louder = 1 / (1 - how.dropout);
            std::fill(slopes.begin(), slopes.end(), 0.0f);
            for (const auto* feature : used) {
                const float* weight = weights.data() + std::size_t{feature->index} * classes;
                const float value = feature->value * louder;
                for (std::uint32_t label = 0; label < classes; ++label) slopes[label] += value * weight[label];
            }
            const float most = *std::max_element(slopes.begin(), slopes.end());
            float total = 0;
            for (auto& slope : slopes) total += slope = std::exp(slope - most);
            for (auto& slope : slopes) slope /= total;
            slopes[row.label] -= 1;
            for (const auto* feature : used) {
                float* weight = weights.data() + std::size_t{feature->index} * classes;
                float* sum = seen.data() + std::size_t{feature->index} * classes;
                const float value = feature->value * louder;
                for (std::uint32_t label = 0; label < classes; ++label) {
                    const float slope = slopes[label] * value + how.decay * weight[label];
                    sum[label] += slope * slope;
                    weight[label] -= rate * slope / std::sqrt(sum[label]);
                }
            }
        }
    }
    return weights;
}

void add_frequencies(const std::vector<SoftmaxRow>& rows, std::uint32_t classes, std::uint32_t features,
                     std::vector<float>& weights) {
    constexpr double share = 0.35, unseen = 0.4;  // found on the kept frames
    std::vector<double> with(weights.size(), 0), of_feature(features, 0), of_label(classes, 0);
    double all = 0;
    for (const auto& row : rows)
        for (const auto& feature : row.features) {
            const double value = static_cast<double>(feature.value);
            with[std::size_t{feature.index} * classes + row.label] += value;
            of_feature[feature.index] += value;
            of_label[row.label] += value;
            all += value;
        }
    for (std::uint32_t feature = 0; feature < features; ++feature) {
        if (of_feature[feature] <= 0) continue;
        const double usual = (of_feature[feature] + unseen) / (all + unseen);
        for (std::uint32_t label = 0; label < classes; ++label) {
            const double part = of_label[label] / all;
            const double here =
                (with[std::size_t{feature} * classes + label] + unseen * part) / (of_label[label] + unseen * part);
            weights[std::size_t{feature} * classes + label] += static_cast<float>(share * std::log(here / usual));
        }
    }
}

}  // namespace huiyin
