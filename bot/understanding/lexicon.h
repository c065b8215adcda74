// The words the rules look for, found in one pass over a message.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bot/understanding/text.h"

namespace huiyin {

// What a word counts as. A word may stand in several groups. The tables are in danger_words, guard_words and words.cpp.
enum class Word : std::uint8_t {
    // Dangers: cues that need a partner, and whole cues.
    lift,
    lift_trapped,
    lift_falls,
    gas,
    gas_sign,
    gas_whole,
    fire_whole,
    device,
    device_burns,
    shock_whole,
    high_thing,
    falls,
    falls_whole,
    device_wet,
    flows_onto,
    water,
    injury_whole,
    injury_person,
    injury_fall,
    violence_whole,
    self_harm_whole,
    cry_for_help,
    // The parts of scenes (scenes.cpp): who or what, and what happens.
    shut_in,
    thing,
    lift_stops,
    lift_stops_hard,
    inside,
    fear,
    somebody,
    gas_part,
    gas_escape,
    hiss,
    cold_air,
    gas_alarm,
    rings,
    burnable,
    catches,
    smoke_place,
    smoke_much,
    fire_alarm,
    smoke_hint,
    false_ring,
    wire,
    wire_down,
    wire_bare,
    where_people,
    touched,
    shocked,
    metal,
    has_current,
    hard_thing,
    thrown,
    down,
    flood,
    hard_device,
    limb,
    pinched,
    patient,
    collapse,
    collapse_soft,
    no_answer,
    elder,
    worry,
    fall_verb,
    pit,
    height_fall,
    perch,
    edge,
    teetering,
    hit_verb,
    hit_whom,
    phone_like,
    struck,
    passive,
    wield,
    blade,
    club,
    menace,
    stalker,
    follows,
    intruder,
    enters,
    last_place,
    last_act,
    last_pills,
    swallow,
    hyperbole,
    // Guards.
    masked,
    negation,
    past,
    yesterday,
    present,
    hypothesis,
    hazard,
    drill,
    topic,
    figure,
    resolved,
    joke,
    prevention,
    almost,
    habit,
    noone,
    // Facts.
    landmark,
    home_place,
    place_side,
    staff_role,
    relation,
    vulnerable_person,
    vulnerable_cue,
    nuisance_child,
    wish_cue,
    correction,
    phone_cue,
    staff_bad,
    // Hints.
    media_done,
    media_threat,
    lawsuit_done,
    lawsuit_threat,
    group_action,
    repeat,
    confidential,
    anonymous,
    developer,
    external,
    abuse,
    anger,
    safety,
    threat,
    praise_word,
    irony,
    fault,
    question_mark_word,
    feeling,
    count_
};

struct Hit {
    std::uint16_t begin = 0, end = 0;  // code points
    Word group{};
};

// All hits of one message, in order of their beginning. Borrowing: the text must outlive it.
class Hits {
public:
    Hits(std::vector<Hit> hits, std::u32string_view low) : hits_(std::move(hits)), low_(low) {
        for (const auto& hit : hits_) present_[static_cast<std::size_t>(hit.group)] = true;
    }
    bool has(Word group) const { return present_[static_cast<std::size_t>(group)]; }
    const Hit* first(Word group, std::size_t from = 0, std::size_t to = SIZE_MAX) const {
        if (!has(group)) return nullptr;
        for (const auto& hit : hits_)
            if (hit.group == group && hit.begin >= from && hit.end <= to) return &hit;
        return nullptr;
    }
    const Hit* last(Word group, std::size_t from = 0, std::size_t to = SIZE_MAX) const {
        if (!has(group)) return nullptr;
        const Hit* found = nullptr;
        for (const auto& hit : hits_)
            if (hit.group == group && hit.begin >= from && hit.end <= to) found = &hit;
        return found;
    }
    const std::vector<Hit>& all() const { return hits_; }
    // Those of a part of the text, which begins at `begin`; the part must outlive them.
    Hits within(std::u32string_view part, std::size_t begin) const {
        std::vector<Hit> inside;
        for (const auto& hit : hits_)
            if (hit.begin >= begin && hit.end <= begin + part.size())
                inside.push_back({static_cast<std::uint16_t>(hit.begin - begin),
                                  static_cast<std::uint16_t>(hit.end - begin), hit.group});
        return {std::move(inside), part};
    }
    std::u32string_view words(const Hit& hit) const { return low_.substr(hit.begin, hit.end - hit.begin); }

private:
    std::vector<Hit> hits_;
    std::u32string_view low_;
    bool present_[static_cast<std::size_t>(Word::count_)] = {};
};

// Finds every one of many words at every place. Latin words and numbers count at their borders only. Threads: any, once
// built.
class WordFinder {
public:
    struct Entry {
        std::u32string word;  // lower case
        std::uint16_t id = 0;
    };
    explicit WordFinder(std::vector<Entry> entries);
    // Calls found(begin, end, id) in order of the beginnings.
    template <class Found>
    void each(std::u32string_view low, Found found) const {
        for (std::size_t at = 0; at < low.size(); ++at) {
            const auto& bucket = buckets_[slot(low[at])];
            if (bucket.count == 0) continue;
            if (at > 0 && same_row(low[at - 1], low[at])) continue;
            const char32_t next = at + 1 < low.size() ? low[at + 1] : U'\0';
            for (std::size_t entry = bucket.first; entry < bucket.first + bucket.count; ++entry) {
                // Words of one letter come first, then by their second: those before it are stepped over, those behind
                // it end the search.
                if (entry == bucket.first + bucket.singles) entry = from_second(bucket, next);
                if (entry == bucket.first + bucket.count) break;
                const auto& word = entries_[entry].word;
                if (word.size() > 1 && word[1] != next) break;
                if (low.compare(at, word.size(), word) != 0) continue;
                const std::size_t after = at + word.size();
                if (after < low.size() && same_row(word.back(), low[after])) continue;
                found(at, after, entries_[entry].id);
            }
        }
    }

private:
    // Letters, or digits, that belong to one Latin word or number: 110 is no word inside a phone number.
    static bool same_row(char32_t a, char32_t b) {
        return (is_ascii_letter(a) && is_ascii_letter(b)) || (is_ascii_digit(a) && is_ascii_digit(b));
    }
    struct Bucket {
        char32_t key = 0;
        std::uint32_t first = 0, count = 0, singles = 0;
    };
    // The first entry of the bucket whose second letter is not before `next`.
    std::size_t from_second(const Bucket& bucket, char32_t next) const {
        std::size_t begin = bucket.first + bucket.singles, end = bucket.first + bucket.count;
        while (begin < end) {
            const auto middle = begin + (end - begin) / 2;
            if (seconds_[middle] < next)
                begin = middle + 1;
            else
                end = middle;
        }
        return begin;
    }
    std::size_t slot(char32_t point) const;
    std::vector<Entry> entries_;     // sorted by word
    std::vector<char32_t> seconds_;  // of each entry; 0 for words of one letter
    std::vector<Bucket> buckets_;    // open addressing by the first code point
};

// All tables. Threads: any.
class Lexicon {
public:
    Lexicon();
    std::vector<Hit> find(std::u32string_view low) const;

private:
    WordFinder finder_;
};

struct WordRow {
    Word group;
    const char32_t* words;  // separated by spaces; "_" stands for a space inside a word
};
const std::vector<WordRow>& danger_rows();
const std::vector<WordRow>& guard_rows();
const std::vector<WordRow>& fact_rows();

}  // namespace huiyin
