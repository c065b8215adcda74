#include "bot/understanding/lexicon.h"

#include <algorithm>
#include <tuple>

namespace huiyin {
namespace {

constexpr std::size_t bucket_count = 8192;  // some 1,200 first characters

std::vector<WordFinder::Entry> lexicon_entries() {
    std::vector<WordFinder::Entry> entries;
    for (const auto* rows : {&danger_rows(), &guard_rows(), &fact_rows()})
        for (const auto& row : *rows) {
            std::u32string word;
            const std::u32string_view words = row.words;
            for (std::size_t at = 0; at <= words.size(); ++at) {
                if (at == words.size() || words[at] == U' ') {
                    if (!word.empty()) entries.push_back({word, static_cast<std::uint16_t>(row.group)});
                    word.clear();
                } else {
                    word.push_back(words[at] == U'_' ? U' ' : words[at]);
                }
            }
        }
    return entries;
}

}  // namespace

WordFinder::WordFinder(std::vector<Entry> entries) : entries_(std::move(entries)), buckets_(bucket_count) {
    const auto key = [](const Entry& entry) { return std::tie(entry.word, entry.id); };
    std::sort(entries_.begin(), entries_.end(), [&](const Entry& a, const Entry& b) { return key(a) < key(b); });
    entries_.erase(
        std::unique(entries_.begin(), entries_.end(), [&](const Entry& a, const Entry& b) { return key(a) == key(b); }),
        entries_.end());
    for (std::size_t at = 0; at < entries_.size(); ++at) {
        auto& bucket = buckets_[slot(entries_[at].word[0])];
        const auto& word = entries_[at].word;
        if (bucket.count == 0) bucket = {word[0], static_cast<std::uint32_t>(at), 0, 0};
        ++bucket.count;
        if (word.size() == 1) ++bucket.singles;
        seconds_.push_back(word.size() == 1 ? U'\0' : word[1]);
    }
}

std::size_t WordFinder::slot(char32_t point) const {
    auto place = (static_cast<std::size_t>(point) * 2654435761u >> 7) % bucket_count;
    while (buckets_[place].count != 0 && buckets_[place].key != point) place = (place + 1) % bucket_count;
    return place;
}

Lexicon::Lexicon() : finder_(lexicon_entries()) {}

std::vector<Hit> Lexicon::find(std::u32string_view low) const {
    std::vector<Hit> hits;
    hits.reserve(32);
    finder_.each(low, [&](std::size_t begin, std::size_t end, std::uint16_t id) {
        hits.push_back({static_cast<std::uint16_t>(begin), static_cast<std::uint16_t>(end), static_cast<Word>(id)});
    });
    return hits;
}

}  // namespace huiyin
