// One sign of danger in a message, and whether anything around it says that there is none.
#pragma once
#include <string_view>

#include "bot/understanding/lexicon.h"
#include "bot/understanding/meaning.h"

namespace huiyin {

struct Cue {
    Emergency kind;
    std::size_t begin, end;
    std::size_t anchor;  // where the decisive word begins: guards that look "just before" look before this
};

// Borrowing: text and hits must outlive it.
class DangerGuards {
public:
    DangerGuards(std::u32string_view low, const Hits& hits) : low_(low), hits_(hits) {}
    // Denied, over, supposed, a figure of speech, talk about danger …
    bool guarded(const Cue& cue) const;
    // The same by what holds for all of the message, wherever it stands.
    bool explained(const Cue& cue) const;

private:
    bool negated(const Cue& cue) const;
    bool past(const Cue& cue) const;
    bool supposed(const Cue& cue) const;
    bool figurative(const Cue& cue) const;
    bool over(const Cue& cue) const;
    bool in_doubt(const Hit& hit) const;
    bool of_another_matter(const Cue& cue, const Hit& hit) const;
    bool of_the_background(const Cue& cue, const Hit& hit) const;
    bool about_it(const Cue& cue) const;
    bool staged(const Cue& cue) const;
    bool joked(const Cue& cue) const;
    bool denied(const Hit& hit) const;
    bool tells_of_here(const Cue& cue) const;
    bool thanked(const Cue& cue) const;
    bool kitchen_or_cigarette(const Cue& cue) const;
    bool almost(const Cue& cue) const;
    bool habitual(const Cue& cue) const;
    bool asked_in_general(const Cue& cue) const;
    bool proposed(const Cue& cue) const;
    bool only_noise(const Cue& cue) const;
    bool of_animals(const Cue& cue) const;
    bool lives_with_it(const Cue& cue) const;
    bool about_its_handling(const Cue& cue) const;
    bool exaggerated(const Cue& cue) const;
    bool present_near(const Cue& cue, std::size_t from, std::size_t to) const;
    bool present_between(std::size_t from, std::size_t to) const;
    bool dated(std::size_t from, std::size_t to) const;
    // Whether any of the words, separated by spaces, stands in that part.
    bool says(std::u32string_view words, std::size_t from = 0, std::size_t to = std::u32string_view::npos) const;
    bool word_at(std::size_t at, std::u32string_view word) const { return low_.compare(at, word.size(), word) == 0; }
    std::size_t sentence_begin(std::size_t at) const;
    std::size_t sentence_end(std::size_t at) const;
    std::size_t clause_begin(std::size_t at) const;
    std::size_t clause_end(std::size_t at) const;

    std::u32string_view low_;
    const Hits& hits_;
};

}  // namespace huiyin
