// Which of a pack's kinds and categories somebody's words tell of, by the pack's own words: those it lists, its titles
// and what it says about them. Made once for a pack; pure. Threads: any.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "workflow/policy/policy.h"

namespace huiyin {

class PackCategories {
public:
    struct Found {
        std::string kind, category;            // keys; an empty one is not clear from these words
        bool sure = false;                     // the category, and well before the next one
        std::vector<std::string> likely = {};  // categories of that kind that the words speak of, likeliest first
    };

    PackCategories() = default;
    explicit PackCategories(const Policy& policy);
    // `text` normalised (simplified, half-width). `kind`: where it is known already; else empty.
    Found find(std::string_view text, std::string_view kind = {}) const;

private:
    struct Term {
        std::string words;
        int weight = 1;  // for each of its characters
    };
    struct Named {
        std::string kind, category;  // category empty: the kind as a whole
        std::vector<Term> terms;     // longest first
    };
    static int score(const Named& named, std::string_view text);
    std::vector<Named> kinds_, categories_;
};

}  // namespace huiyin
