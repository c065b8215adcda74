// The message an act is looked for in, and what was found so far: shared by the files act_*.cpp alone.
#pragma once
#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bot/understanding/lexicon.h"
#include "bot/understanding/meaning.h"
#include "bot/understanding/slots.h"

namespace huiyin::acts {

using Kind = MeaningKind;

inline bool in(char32_t point, std::u32string_view set) { return set.find(point) != std::u32string_view::npos; }

inline bool is_mark(char32_t point) {
    return point == U' ' || point == U'\n' || is_stop(point) || in(point, U"\"'()[]{}<>《》【】|/\\-_=*&^%$#@`·,。");
}

inline bool has(std::u32string_view text, std::u32string_view word) { return text.find(word) != text.npos; }
template <std::size_t N>
bool has_any(std::u32string_view text, const std::u32string_view (&words)[N]) {
    for (const auto word : words)
        if (has(text, word)) return true;
    return false;
}
// A text that knows which letters it has, so that most words are told absent by one look.
class Letters : public std::u32string_view {
public:
    explicit Letters(std::u32string_view text) : std::u32string_view(text) {
        for (const auto point : text) seen_[place(point)] |= bit(point);
    }
    bool may_have(std::u32string_view word) const { return one(word.front()) && one(word.back()); }

private:
    static std::size_t place(char32_t point) { return point >> 6 & 15; }
    static std::uint64_t bit(char32_t point) { return std::uint64_t{1} << (point & 63); }
    bool one(char32_t point) const { return (seen_[place(point)] & bit(point)) != 0; }
    std::uint64_t seen_[16] = {};
};
inline bool has(const Letters& text, std::u32string_view word) {
    return text.may_have(word) && text.find(word) != text.npos;
}
template <std::size_t N>
bool has_any(const Letters& text, const std::u32string_view (&words)[N]) {
    for (const auto word : words)
        if (has(text, word)) return true;
    return false;
}
// Without marks; a space is kept between Latin words.
std::u32string bare(std::u32string_view text);

// Collects meanings, one a kind and value, the surest kept.
class Collector {
public:
    void add(Kind kind, double score, std::u32string_view because, std::string value = {}) {
        for (auto& meaning : meanings_)
            if (meaning.kind == kind && (meaning.value == value || kind == Kind::rating)) {
                if (score > meaning.score)
                    meaning.score = score, meaning.because = to_utf8(because), meaning.value = value;
                return;
            }
        meanings_.push_back({kind, {}, std::move(value), score, to_utf8(because)});
    }
    void remove(Kind kind) {
        std::erase_if(meanings_, [kind](const Meaning& meaning) { return meaning.kind == kind; });
    }
    bool has(Kind kind) const {
        return std::any_of(meanings_.begin(), meanings_.end(),
                           [kind](const Meaning& meaning) { return meaning.kind == kind; });
    }
    std::vector<Meaning> take() {
        std::stable_sort(meanings_.begin(), meanings_.end(),
                         [](const Meaning& a, const Meaning& b) { return a.score > b.score; });
        return std::move(meanings_);
    }

private:
    std::vector<Meaning> meanings_;
};

struct Clause {
    std::u32string_view words;
    std::size_t begin, end;
};
std::vector<Clause> clauses_of(std::u32string_view low);

struct Said {
    const Hits& hits;
    const FoundFacts& facts;
    Letters low;
    std::u32string whole;  // without marks
    std::vector<Clause> clauses;
    bool substance = false;  // a place, a phone or a fault is named: more than an act
    bool whole_act = false;  // the message is an act and nothing else
    Collector found;

    bool add_if(Kind kind, double score, std::initializer_list<std::u32string_view> words) {
        for (const auto word : words)
            if (has(low, word)) {
                found.add(kind, score, word);
                return true;
            }
        return false;
    }
};

// Phrases that can be nothing else, by subject; in this order, as later ones look at what earlier ones found.
void find_errands(Said& said);   // a person, how far, the boss, why so long, a promise
void find_answers(Said& said);   // consent with and without a but, fixed or not, a rating put right
void find_people(Said& said);    // for whom, as whom, about whom; threats; me too
void find_matters(Said& said);   // not that, another, more to it
void find_steering(Said& said);  // the bot itself, later, cancel, withdraw, injection, abuse
void find_english(Said& said);   // all of these in English

}  // namespace huiyin::acts
