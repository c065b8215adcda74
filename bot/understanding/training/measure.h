// How well labels are found: counts of expected against found, and the figures that follow from them.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bot/understanding/training/utterances.h"
#include "bot/understanding/understand.h"

namespace huiyin {

class Labels {
public:
    void add(const std::string& expected, const std::string& found);
    int all() const { return all_; }
    double accuracy() const;  // 0 when nothing was added
    double macro_f1() const;  // over the labels that were expected
    double f1(const std::string& label) const;
    const std::map<std::string, int>& expected() const { return meant_; }
    // The confusions that happened, most frequent first: {expected, found}, times.
    std::vector<std::pair<std::pair<std::string, std::string>, int>> confusions() const;

private:
    std::map<std::string, int> right_, said_, meant_;
    std::map<std::pair<std::string, std::string>, int> pairs_;
    int all_ = 0;
};

struct Measured {
    Labels kind;
    Labels category;            // of complaints, demands and consultations: where a ticket's category matters
    Labels complaint_category;  // of complaints
    std::vector<const Example*> wrong;
};
// Reads all of them. `now` only matters to slots.
Measured measure(const Understanding& understanding, const std::vector<Example>& examples);
std::vector<Example> only_kept_apart(const std::vector<Example>& examples, bool kept);
// What may be trained on: neither kept apart nor so like something kept apart that it would give it away.
std::vector<Example> to_learn_from(const std::vector<Example>& examples);

}  // namespace huiyin
