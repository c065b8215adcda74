#include <algorithm>
#include <cmath>
#include <sstream>

#include "bot/understanding/model.h"
#include "bot/understanding/sounds.h"
#include "bot/understanding/text.h"

namespace huiyin {
namespace {

// What weighs how much against all n-grams together, whose length is 1.
constexpr float concept_value = 0.45f, heard_concept_value = 0.3f, concept_pairs_value = 0.3f, sounds_value = 0.3f,
                shape_value = 0.3f;
// Of the words the rules look for, and of the concepts of danger.
constexpr float groups_value = 0.7f, group_pairs_value = 0.7f, danger_concepts_value = 0.7f, danger_pairs_value = 0.8f,
                found_value = 0.5f;
constexpr std::size_t most_paired_concepts = 12, most_paired_groups = 24;

std::vector<WordFinder::Entry> concept_entries(const std::vector<Concept>& concepts, bool of_danger) {
    std::vector<WordFinder::Entry> entries;
    for (std::size_t index = 0; index < concepts.size(); ++index) {
        if (concepts[index].name.starts_with('!') != of_danger) continue;
        for (const auto& word : concepts[index].words) {
            auto points = to_points(word);
            for (auto& point : points)
                if (point == U'_') point = U' ';
            if (!points.empty()) entries.push_back({points, static_cast<std::uint16_t>(index)});
        }
    }
    return entries;
}

// The same words by their sound: those of two characters and more, all of them known.
std::vector<WordFinder::Entry> sound_entries(const std::vector<Concept>& concepts) {
    auto entries = concept_entries(concepts, false);
    std::erase_if(entries, [](WordFinder::Entry& entry) {
        bool han = entry.word.size() >= 2;
        for (const auto point : entry.word) han = han && is_han(point);
        if (!han) return true;
        entry.word = sounds_of(entry.word);
        return entry.word.find(U'\0') != std::u32string::npos;
    });
    return entries;
}

std::uint32_t bucket_of(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    std::uint64_t hash = 1469598103934665603ull;
    for (const auto part : {a, b, c}) {
        hash ^= part;
        hash *= 1099511628211ull;
        hash ^= hash >> 29;
    }
    return static_cast<std::uint32_t>(hash ^ hash >> 32) & (feature_buckets - 1);
}

// What the rules found: a danger and which, a cue that is guarded against, a word of what happens, nothing.
enum Found : std::uint64_t { any_danger = 32, guarded_cue, event_word, nothing };

// Dangers are judged by many pairs: theirs lie near each other, where the cache keeps them.
std::uint32_t small_bucket_of(std::uint64_t a, std::uint64_t b, std::uint64_t c) { return bucket_of(a, b, c) & 16383; }

}  // namespace

std::vector<Concept> read_concepts(std::string_view text) {
    std::vector<Concept> concepts;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line[0] == '#') continue;
        const auto tab = line.find('\t');
        if (tab == std::string::npos) continue;
        Concept read{line.substr(0, tab), {}};
        std::istringstream words{line.substr(tab + 1)};
        for (std::string word; words >> word;) read.words.push_back(word);
        concepts.push_back(std::move(read));
    }
    return concepts;
}

Featurizer::Featurizer(const std::vector<Concept>& concepts)
    : finder_(concept_entries(concepts, false)),
      by_sound_(sound_entries(concepts)),
      dangers_(concept_entries(concepts, true)) {
    for (const auto& one : concepts) names_.push_back(one.name);
}

std::vector<Feature> Featurizer::features(std::u32string_view low) const {
    std::vector<Feature> features;
    features.reserve(low.size() * 5 + 48);
    std::vector<std::uint32_t> some;
    some.reserve(low.size() * 3 + 4);
    const auto once = [&some] {
        std::sort(some.begin(), some.end());
        some.erase(std::unique(some.begin(), some.end()), some.end());
    };
    char32_t before = U'^', before_that = U'^';
    for (const char32_t point : low) {
        some.push_back(bucket_of(point, 0, 0));
        some.push_back(bucket_of(before, point, 0));
        if (before_that != U'^') some.push_back(bucket_of(before_that, before, point));
        before_that = before;
        before = point;
    }
    some.push_back(bucket_of(before, U'$', 0));
    once();
    const float gram_value = 1.0f / std::sqrt(static_cast<float>(some.size()));
    for (const auto gram : some) features.push_back({gram, gram_value});
    // Concepts: by their characters, else by their sound.
    some.clear();
    finder_.each(low, [&](std::size_t, std::size_t, std::uint16_t id) { some.push_back(id); });
    once();
    std::vector<std::uint32_t> concepts = some;
    for (const auto id : concepts) features.push_back({feature_buckets + id, concept_value});
    const auto heard = sounds_of(low);
    some.clear();
    by_sound_.each(heard, [&](std::size_t, std::size_t, std::uint16_t id) {
        if (std::find(concepts.begin(), concepts.end(), id) == concepts.end()) some.push_back(id);
    });
    once();
    for (const auto id : some) features.push_back({feature_buckets + id, heard_concept_value});
    concepts.insert(concepts.end(), some.begin(), some.end());
    // Two concepts together say what neither says alone: a lamp and dirt, a lift and a scooter.
    std::sort(concepts.begin(), concepts.end());
    if (concepts.size() > most_paired_concepts) concepts.resize(most_paired_concepts);
    const auto pairs = concepts.size() * (concepts.size() - 1) / 2;
    const float pair_value = concept_pairs_value / std::sqrt(static_cast<float>(pairs + 1));
    for (std::size_t a = 0; a < concepts.size(); ++a)
        for (std::size_t b = a + 1; b < concepts.size(); ++b)
            features.push_back({bucket_of(concepts[a], concepts[b], 2), pair_value});
    some.clear();
    for (std::size_t at = 0; at + 1 < heard.size(); ++at)
        if (heard[at] && heard[at + 1]) some.push_back(bucket_of(heard[at], heard[at + 1], 1));
    once();
    // How long it is and how much of it is known: the short and unknown is talk.
    const std::uint64_t length = low.size() <= 2    ? 0
                                 : low.size() <= 4  ? 1
                                 : low.size() <= 8  ? 2
                                 : low.size() <= 16 ? 3
                                 : low.size() <= 40 ? 4
                                                    : 5;
    const std::uint64_t known = std::min<std::size_t>(concepts.size(), 4);
    features.push_back({bucket_of(length, 0, 3), shape_value});
    features.push_back({bucket_of(known, 1, 3), shape_value});
    features.push_back({bucket_of(known * 8 + length, 2, 3), shape_value});
    const float sound_value = sounds_value / std::sqrt(static_cast<float>(some.size()) + 1);
    for (const auto gram : some) features.push_back({gram, sound_value});
    return features;
}

std::vector<Feature> Featurizer::danger_features(std::u32string_view low, const DangerSigns& signs) const {
    const auto& [hits, found] = signs;
    std::vector<Feature> features;
    const auto rules = [&features](std::uint64_t what) {
        features.push_back({small_bucket_of(what, 0, 12), found_value});
    };
    if (found.danger) {
        rules(static_cast<std::uint64_t>(found.danger->kind));
        rules(any_danger);
    } else {
        rules(found.guarded ? guarded_cue : names_event(hits) ? event_word : nothing);
    }
    std::vector<std::uint32_t> some;
    const auto add = [&](std::uint64_t space, float alone, float together) {
        const auto count = some.size();
        const auto value = [](float all, std::size_t parts) { return all / std::sqrt(static_cast<float>(parts + 1)); };
        const float single = value(alone, count), pair = value(together, count * (count - 1) / 2);
        for (std::size_t a = 0; a < count; ++a) {
            features.push_back({small_bucket_of(some[a], 0, space), single});
            for (std::size_t b = a + 1; b < count; ++b) {
                features.push_back({small_bucket_of(some[a], some[b], space + 1), pair});
            }
        }
    };
    for (std::uint32_t group = 0; group < static_cast<std::uint32_t>(Word::landmark); ++group)
        if (hits.has(static_cast<Word>(group)) && some.size() < most_paired_groups) some.push_back(group);
    if (!some.empty()) add(4, groups_value, group_pairs_value);
    some.clear();
    dangers_.each(low, [&](std::size_t, std::size_t, std::uint16_t id) { some.push_back(id); });
    std::sort(some.begin(), some.end());
    some.erase(std::unique(some.begin(), some.end()), some.end());
    if (some.size() > most_paired_groups) some.resize(most_paired_groups);
    if (!some.empty()) add(8, danger_concepts_value, danger_pairs_value);
    return features;
}

std::vector<std::pair<std::string, std::string>> Featurizer::concepts_in(std::u32string_view low,
                                                                         std::size_t most) const {
    struct Found {
        std::uint16_t id;
        std::size_t begin, end;
    };
    std::vector<Found> list;
    finder_.each(low, [&](std::size_t begin, std::size_t end, std::uint16_t id) {
        for (auto& one : list)
            if (one.id == id) {
                if (one.end - one.begin < end - begin) one.begin = begin, one.end = end;
                return;
            }
        if (list.size() < most) list.push_back({id, begin, end});
    });
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& one : list)
        found.emplace_back(names_[one.id], to_utf8(low.substr(one.begin, one.end - one.begin)));
    return found;
}

std::vector<Featurizer::Named> Featurizer::named(std::u32string_view low, const DangerSigns* signs) const {
    std::vector<Named> list;
    auto all = features(low);
    if (signs) {
        const auto more = danger_features(low, *signs);
        all.insert(all.end(), more.begin(), more.end());
    }
    const auto add = [&](const std::string& name, std::uint32_t index) {
        for (const auto& feature : all)
            if (feature.index == index &&
                std::none_of(list.begin(), list.end(), [&](const Named& one) { return one.index == index; })) {
                list.push_back({name, index, feature.value});
                return;
            }
    };
    for (std::size_t at = 0; at < low.size(); ++at) {
        add(to_utf8(low.substr(at, 1)), bucket_of(low[at], 0, 0));
        if (at > 0) add(to_utf8(low.substr(at - 1, 2)), bucket_of(low[at - 1], low[at], 0));
        if (at > 1) add(to_utf8(low.substr(at - 2, 3)), bucket_of(low[at - 2], low[at - 1], low[at]));
    }
    const auto written = concepts_in(low, names_.size());
    for (std::uint32_t id = 0; id < names_.size(); ++id) {
        std::string name = names_[id];
        for (const auto& [concept_name, word] : written)
            if (concept_name == names_[id]) name += " (" + word + ")";
        add(name, feature_buckets + id);
        for (std::uint32_t other = id + 1; other < names_.size(); ++other)
            add(names_[id] + " + " + names_[other], bucket_of(id, other, 2));
        if (!signs) continue;
        add(names_[id], small_bucket_of(id, 0, 8));
        for (std::uint32_t other = id + 1; other < names_.size(); ++other)
            add(names_[id] + " + " + names_[other], small_bucket_of(id, other, 9));
    }
    if (signs && signs->found.danger) {
        const auto kind = signs->found.danger->kind;
        add("rules: " + std::string(to_text(kind)), small_bucket_of(static_cast<std::uint64_t>(kind), 0, 12));
        add("rules: a danger", small_bucket_of(any_danger, 0, 12));
    } else if (signs) {
        add("rules: a cue that is denied", small_bucket_of(guarded_cue, 0, 12));
        add("rules: a word of what happens", small_bucket_of(event_word, 0, 12));
        add("rules: nothing", small_bucket_of(nothing, 0, 12));
    }
    return list;
}

namespace {

// Greetings, thanks and how one would be reached: they stand around any matter and say nothing about it.
constexpr std::u32string_view greetings[] = {U"您好",     U"你好",   U"hello",    U"hi",     U"hey",    U"在吗",
                                             U"在么",     U"在不在", U"亲",       U"师傅啊", U"师傅",   U"打扰了",
                                             U"打扰一下", U"打扰下", U"不好意思", U"早上好", U"下午好", U"晚上好",
                                             U"物业",     U"管家",   U"客服",     U"喂",     U"嗨"};
constexpr std::u32string_view farewells[] = {
    U"谢谢",      U"谢谢啦",     U"谢谢了",     U"谢谢您",   U"谢谢你们",   U"多谢",         U"谢了",
    U"辛苦",      U"辛苦了",     U"辛苦啦",     U"拜托",     U"拜托了",     U"拜托拜托",     U"麻烦了",
    U"麻烦您了",  U"麻烦你们了", U"劳驾",       U"可以吗",   U"行吗",       U"好吗",         U"好不好",
    U"别打电话",  U"不用打电话", U"发微信就行", U"微信联系", U"发消息就行", U"短信联系就行", U"thanks",
    U"thank you", U"thx",        U"please",     U"pls",      U"多謝",       U"唔該"};
// A thanks among praise is a part of it.
constexpr std::u32string_view praises[] = {U"修好",  U"好了", U"及时", U"很快",   U"真快", U"满意",
                                           U"不错",  U"表扬", U"感谢", U"负责任", U"热心", U"点赞",
                                           U"great", U"good", U"fast", U"quick",  U"fixed"};

struct Span {
    std::size_t begin, end;
};
// What is left of the part when courtesy is taken off; all of it where little would be left.
Span without_courtesy(std::u32string_view low, Span whole) {
    constexpr std::size_t enough = 4;
    const auto blank = [&](std::size_t at) { return low[at] == U' ' || is_stop(low[at]); };
    auto [begin, end] = whole;
    for (bool again = true; again;) {
        again = false;
        for (const auto word : greetings) {
            if (low.substr(begin, word.size()) != word) continue;
            auto next = begin + word.size();
            // 您好 may touch what follows; others are a clause of their own.
            if (next >= end || (!blank(next) && word != U"您好" && word != U"你好" && word != U"师傅啊")) continue;
            while (next < end && blank(next)) ++next;
            if (end - next < enough) continue;
            begin = next;
            again = true;
        }
    }
    const auto said = low.substr(begin, end - begin);
    const bool praises_it = std::any_of(std::begin(praises), std::end(praises),
                                        [&](std::u32string_view word) { return said.find(word) != said.npos; });
    for (bool again = true; again && !praises_it;) {
        again = false;
        auto last = end;
        while (last > begin && blank(last - 1)) --last;
        for (const auto word : farewells) {
            if (last < begin + word.size() + enough + 1 || low.substr(last - word.size(), word.size()) != word)
                continue;
            auto before = last - word.size();
            if (!blank(before - 1)) continue;
            while (before > begin && blank(before - 1)) --before;
            if (before - begin < enough) continue;
            end = before;
            again = true;
            break;
        }
    }
    return {begin, end};
}

}  // namespace

std::u32string text_for_features(const Written& written, const FoundFacts& facts, std::size_t begin, std::size_t end) {
    std::u32string text;
    text.reserve(written.low.size());
    const auto spans_address = [](const Fact& fact) {
        return fact.slot == "building" || fact.slot == "unit" || fact.slot == "room" || fact.slot == "phone" ||
               fact.slot == "second_phone" || fact.slot == "community" || fact.slot == "ticket" ||
               fact.slot == "broken_phone";
    };
    std::vector<bool> drop(written.low.size(), false);
    for (const auto& fact : facts.list)
        if (spans_address(fact))
            for (std::size_t at = fact.begin; at < fact.end && at < drop.size(); ++at) drop[at] = true;
    const auto part = without_courtesy(written.low, {begin, std::min(end, written.low.size())});
    // 400 characters say what a letter is about.
    for (std::size_t at = part.begin; at < part.end && text.size() < 400; ++at) {
        if (drop[at]) continue;
        const char32_t point = written.low[at];
        if (point == U'!' && !text.empty() && text.back() == U'!') continue;  // how loud, not what
        if (point == U' ' || point == U'\n') {
            if (!text.empty() && is_ascii_letter(text.back())) text.push_back(U' ');
            continue;
        }
        text.push_back(is_ascii_digit(point) ? U'0' : point);
    }
    return text;
}

}  // namespace huiyin
