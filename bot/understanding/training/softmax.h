// Multinomial logistic regression on sparse rows, by AdaGrad with dropout of features. Deterministic; one thread.
#pragma once
#include <cstdint>
#include <vector>

#include "bot/understanding/model.h"

namespace huiyin {

struct SoftmaxRow {
    std::vector<Feature> features;
    std::uint32_t label = 0;
};
struct SoftmaxHow {
    int rounds = 20;
    float rate = 0.35f;
    float decay = 2e-5f;   // of what a step touches
    float dropout = 0.1f;  // share of a row's features left out of a step, so that none is leant on alone
};
// weights[feature * classes + label].
std::vector<float> train_softmax(const std::vector<SoftmaxRow>& rows, std::uint32_t classes, std::uint32_t features,
                                 const SoftmaxHow& how);

// Adds to the weights how much more often a feature stands with a label than with any (naive Bayes). Features that were
// seen a few times only are judged better so; it gains two points on messages in a style of their own.
void add_frequencies(const std::vector<SoftmaxRow>& rows, std::uint32_t classes, std::uint32_t features,
                     std::vector<float>& weights);

}  // namespace huiyin
