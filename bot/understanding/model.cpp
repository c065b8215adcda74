#include "bot/understanding/model.h"

#include "bot/understanding/sounds.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <numeric>
#include <sstream>
#include <stdexcept>

namespace huiyin {
namespace {

constexpr std::string_view magic = "HUIYIN\x03\n";
// What weighs how much against all n-grams together, whose length is 1.
constexpr float concept_value = 0.45f, heard_concept_value = 0.3f, concept_pairs_value = 0.3f, sounds_value = 0.3f,
                shape_value = 0.3f;
// Of the words the rules look for, and of the concepts of danger.
constexpr float groups_value = 0.7f, group_pairs_value = 0.7f, danger_concepts_value = 0.7f, danger_pairs_value = 0.8f;
constexpr std::size_t most_paired_concepts = 12, most_paired_groups = 24, shown_concepts = 5;
constexpr std::size_t lane = 32;       // a row is a multiple of it: so many sums are made at once
constexpr std::size_t rows_ahead = 8;  // fetched before they are needed
constexpr float most_weight = 12;      // what is beyond is cut, so that a byte is fine enough for the rest

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

Problem bad(const std::string& file, const char* what) {
    return {"understanding.bad_model",
            std::string("the model of understanding is ") + what + ": " + file +
                ": build it again, target understanding_model",
            ""};
}

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

std::vector<Feature> Featurizer::danger_features(std::u32string_view low, const Hits& hits) const {
    std::vector<Feature> features;
    std::vector<std::uint32_t> some;
    const auto add = [&](std::uint64_t space, float alone, float together) {
        const auto count = some.size();
        const auto value = [](float all, std::size_t parts) { return all / std::sqrt(static_cast<float>(parts + 1)); };
        const float single = value(alone, count), pair = value(together, count * (count - 1) / 2);
        for (std::size_t a = 0; a < count; ++a) {
            features.push_back({bucket_of(some[a], 0, space), single});
            for (std::size_t b = a + 1; b < count; ++b) {
                features.push_back({bucket_of(some[a], some[b], space + 1), pair});
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

std::vector<Featurizer::Named> Featurizer::named(std::u32string_view low) const {
    std::vector<Named> list;
    const auto all = features(low);
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
    }
    return list;
}

std::u32string text_for_features(const Written& written, const Facts& facts) {
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
    // 400 characters say what a letter is about.
    for (std::size_t at = 0; at < written.low.size() && text.size() < 400; ++at) {
        if (drop[at]) continue;
        const char32_t point = written.low[at];
        if (point == U' ' || point == U'\n') {
            if (!text.empty() && is_ascii_letter(text.back())) text.push_back(U' ');
            continue;
        }
        text.push_back(is_ascii_digit(point) ? U'0' : point);
    }
    return text;
}

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

void Model::add_rows(const std::vector<Feature>& features, std::vector<float>& sums) const {
    for (std::size_t at = 0; at < features.size(); ++at) {
        // The rows lie anywhere in a large table: one is fetched while those before it are added up.
        if (at + rows_ahead < features.size())
            __builtin_prefetch(weights_.data() + std::size_t{features[at + rows_ahead].index} * stride_);
        const std::int8_t* row = weights_.data() + std::size_t{features[at].index} * stride_;
        const float value = features[at].value;
        for (std::size_t index = 0; index < stride_; index += lane)
            for (std::size_t one = index; one < index + lane; ++one) sums[one] += value * static_cast<float>(row[one]);
    }
}

void Model::judge_danger(std::u32string_view text, const Hits& hits, std::vector<float> sums,
                         ModelScores& scores) const {
    if (dangers_.empty()) return;
    add_rows(featurizer_->danger_features(text, hits), sums);
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

ModelScores Model::score(std::u32string_view text, const Hits* hits) const {
    std::vector<float> sums(stride_, 0.0f);
    add_rows(featurizer_->features(text), sums);
    ModelScores scores;
    if (hits) judge_danger(text, *hits, sums, scores);
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
                                                           const std::string& category) const {
    std::size_t wanted = classes_.size();
    for (std::size_t index = 0; index < classes_.size(); ++index)
        if (classes_[index].kind == kind && classes_[index].category == category) wanted = index;
    std::vector<std::pair<std::string, double>> list;
    if (wanted == classes_.size()) return list;
    // What a class has above the mean of all is what speaks for it.
    const auto worth = [&](std::uint32_t feature, float value) {
        const std::int8_t* row = weights_.data() + std::size_t{feature} * stride_;
        double mean = 0;
        for (std::size_t index = 0; index < classes_.size(); ++index) mean += row[index];
        mean /= static_cast<double>(classes_.size());
        return (row[wanted] - mean) * static_cast<double>(value * scale_);
    };
    for (const auto& named : featurizer_->named(text)) list.emplace_back(named.name, worth(named.index, named.value));
    std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    return list;
}

}  // namespace huiyin
