#include "bot/understanding/model.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace huiyin {
namespace {

constexpr std::string_view magic = "HUIYIN\x01\n";
constexpr float concept_value = 0.45f;  // what one concept weighs against all n-grams together (their length is 1)

std::vector<WordFinder::Entry> concept_entries(const std::vector<Concept>& concepts) {
    std::vector<WordFinder::Entry> entries;
    for (std::size_t index = 0; index < concepts.size(); ++index)
        for (const auto& word : concepts[index].words) {
            auto points = to_points(word);
            for (auto& point : points)
                if (point == U'_') point = U' ';
            if (!points.empty()) entries.push_back({points, static_cast<std::uint16_t>(index)});
        }
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

Featurizer::Featurizer(const std::vector<Concept>& concepts) : finder_(concept_entries(concepts)) {
    for (const auto& one : concepts) names_.push_back(one.name);
}

std::vector<Feature> Featurizer::features(std::u32string_view low) const {
    std::vector<std::uint32_t> grams;
    grams.reserve(low.size() * 3 + 4);
    char32_t before = U'^', before_that = U'^';
    for (const char32_t point : low) {
        grams.push_back(bucket_of(point, 0, 0));
        grams.push_back(bucket_of(before, point, 0));
        if (before_that != U'^') grams.push_back(bucket_of(before_that, before, point));
        before_that = before;
        before = point;
    }
    grams.push_back(bucket_of(before, U'$', 0));
    std::sort(grams.begin(), grams.end());
    grams.erase(std::unique(grams.begin(), grams.end()), grams.end());
    const float value = 1.0f / std::sqrt(static_cast<float>(grams.size()));
    std::vector<Feature> features;
    features.reserve(grams.size() + 16);
    for (const auto gram : grams) features.push_back({gram, value});
    std::vector<std::uint32_t> concepts;
    finder_.each(low, [&](std::size_t, std::size_t, std::uint16_t id) { concepts.push_back(id); });
    std::sort(concepts.begin(), concepts.end());
    concepts.erase(std::unique(concepts.begin(), concepts.end()), concepts.end());
    for (const auto id : concepts) features.push_back({feature_buckets + id, concept_value});
    return features;
}

std::vector<std::pair<std::string, std::string>> Featurizer::concepts_in(std::u32string_view low) const {
    std::vector<std::pair<std::string, std::string>> found;
    finder_.each(low, [&](std::size_t begin, std::size_t end, std::uint16_t id) {
        for (auto& [name, word] : found)
            if (name == names_[id]) {
                if (word.size() < (end - begin) * 3) word = to_utf8(low.substr(begin, end - begin));
                return;
            }
        found.emplace_back(names_[id], to_utf8(low.substr(begin, end - begin)));
    });
    return found;
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
        Class one;
        if (!take(&size, 1)) return bad(file, "cut off");
        one.name.resize(size);
        if (!take(one.name.data(), size) || !take(&one.scale, 4) || !take(&one.bias, 4)) return bad(file, "cut off");
        model.classes_.push_back(std::move(one));
    }
    model.stride_ = head[2];
    const std::size_t rows = (std::size_t{head[0]} + head[1]) * head[2];
    if (bytes.size() - at != rows + head[3]) return bad(file, "cut off");
    model.weights_.resize(rows);
    take(model.weights_.data(), rows);
    const auto concepts = read_concepts(std::string_view(bytes).substr(at));
    if (concepts.size() != head[1]) return bad(file, "damaged");
    model.featurizer_ = std::make_shared<const Featurizer>(concepts);
    return model;
}

void Model::write(const std::string& file, const std::vector<std::string>& names,
                  const std::vector<std::vector<double>>& weights, const std::vector<double>& biases,
                  const std::vector<Concept>& concepts) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    std::string table;
    for (const auto& one : concepts) {
        table += one.name + "\t";
        for (const auto& word : one.words) table += word + " ";
        table += "\n";
    }
    const std::uint32_t head[4] = {feature_buckets, static_cast<std::uint32_t>(concepts.size()),
                                   static_cast<std::uint32_t>(names.size()), static_cast<std::uint32_t>(table.size())};
    out.write(magic.data(), static_cast<std::streamsize>(magic.size()));
    out.write(reinterpret_cast<const char*>(head), sizeof head);
    std::vector<float> scales;
    for (std::size_t index = 0; index < names.size(); ++index) {
        double most = 1e-9;
        for (const double weight : weights[index]) most = std::max(most, std::fabs(weight));
        const float scale = static_cast<float>(most / 127);
        const float bias = static_cast<float>(biases[index]);
        scales.push_back(scale);
        const auto size = static_cast<std::uint8_t>(names[index].size());
        out.write(reinterpret_cast<const char*>(&size), 1);
        out.write(names[index].data(), size);
        out.write(reinterpret_cast<const char*>(&scale), 4);
        out.write(reinterpret_cast<const char*>(&bias), 4);
    }
    const std::size_t features = std::size_t{feature_buckets} + concepts.size();
    std::vector<std::int8_t> rows(features * names.size());
    for (std::size_t feature = 0; feature < features; ++feature)
        for (std::size_t index = 0; index < names.size(); ++index)
            rows[feature * names.size() + index] =
                static_cast<std::int8_t>(std::lround(weights[index][feature] / static_cast<double>(scales[index])));
    out.write(reinterpret_cast<const char*>(rows.data()), static_cast<std::streamsize>(rows.size()));
    out.write(table.data(), static_cast<std::streamsize>(table.size()));
    out.flush();
    if (!out)
        throw std::runtime_error("the model of understanding cannot be written: " + file +
                                 ": look at the disk's space and rights");
}

ModelScores Model::score(std::u32string_view text) const {
    std::vector<float> sums(stride_, 0.0f);
    for (const auto& feature : featurizer_->features(text)) {
        const std::int8_t* row = weights_.data() + std::size_t{feature.index} * stride_;
        for (std::size_t index = 0; index < stride_; ++index)
            sums[index] += feature.value * static_cast<float>(row[index]);
    }
    ModelScores scores;
    for (std::size_t index = 0; index < stride_; ++index) {
        const auto& one = classes_[index];
        const double probability = 1 / (1 + std::exp(-static_cast<double>(sums[index] * one.scale + one.bias)));
        const auto slash = one.name.find('/');
        (one.name.compare(0, slash, "kind") == 0 ? scores.kind : scores.category)
            .push_back({one.name.substr(slash + 1), probability});
    }
    for (auto* list : {&scores.kind, &scores.category}) {
        double total = 1e-12;
        for (const auto& one : *list) total += one.score;
        for (auto& one : *list) one.score /= total;
        std::stable_sort(list->begin(), list->end(), [](const Score& a, const Score& b) { return a.score > b.score; });
    }
    scores.concepts = featurizer_->concepts_in(text);
    return scores;
}

}  // namespace huiyin
