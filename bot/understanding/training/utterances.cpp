#include "bot/understanding/training/utterances.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string_view>
#include <unordered_map>

#include "bot/understanding/text.h"

namespace huiyin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t variants_of_a_frame = 9, variants_of_a_danger = 40;
constexpr int draws_for_a_frame = 60, draws_for_a_danger = 200;  // those too like an earlier one are thrown away

std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
    std::uint64_t hash = 1469598103934665603ull ^ seed * 0x9E3779B97F4A7C15ull;
    for (const unsigned char byte : text) hash = (hash ^ byte) * 1099511628211ull;
    hash ^= hash >> 31;
    hash *= 0x9E3779B97F4A7C15ull;
    return hash ^ hash >> 29;
}

std::string slurp(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> split(const std::string& line, char mark) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (std::size_t at = 0; at <= line.size(); ++at)
        if (at == line.size() || line[at] == mark) {
            parts.push_back(line.substr(begin, at - begin));
            begin = at + 1;
        }
    return parts;
}

using Fillers = std::map<std::string, std::vector<std::string>>;
using Grams = std::vector<std::uint64_t>;  // sorted, each once

Grams bigrams(const std::string& text) {
    std::u32string points;
    for (const auto point : to_points(text))
        if (point != U' ' && !is_stop(point) && point != U'，' && point != U'。') points.push_back(point);
    Grams grams;
    for (std::size_t at = 0; at + 1 < points.size(); ++at)
        grams.push_back(std::uint64_t{points[at]} << 32 | points[at + 1]);
    if (points.size() == 1) grams.push_back(points[0]);
    std::sort(grams.begin(), grams.end());
    grams.erase(std::unique(grams.begin(), grams.end()), grams.end());
    return grams;
}

double alike(const Grams& a, const Grams& b) {
    std::size_t shared = 0;
    for (auto one = a.begin(), other = b.begin(); one != a.end() && other != b.end();) {
        if (*one == *other)
            ++shared, ++one, ++other;
        else if (*one < *other)
            ++one;
        else
            ++other;
    }
    const auto all = a.size() + b.size() - shared;
    return all == 0 ? 1 : static_cast<double>(shared) / static_cast<double>(all);
}

// Fills every {…}, one choice a place, drawn by the frame, the variant and the place.
std::string fill(const std::string& frame, const Fillers& fillers, std::uint64_t variant, std::string& missing) {
    std::string text = frame;
    for (std::uint64_t round = 0; round < 40; ++round) {
        const auto open = text.find('{');
        if (open == std::string::npos) break;
        const auto close = text.find('}', open);
        if (close == std::string::npos) {
            missing = "a \"}\"";
            break;
        }
        const std::string name = text.substr(open + 1, close - open - 1);
        std::vector<std::string> choices;
        if (name.find('|') != std::string::npos) {
            choices = split(name, '|');
        } else if (const auto found = fillers.find(name); found != fillers.end()) {
            choices = found->second;
        } else {
            missing = "the filler \"" + name + "\"";
            break;
        }
        const auto drawn = hash_of(frame, variant * 131 + round);
        text = text.substr(0, open) + choices[drawn % choices.size()] + text.substr(close + 1);
    }
    return text;
}

Problem unreadable(const fs::path& file, int line, const std::string& what) {
    return {"utterances.unreadable",
            what + ": " + file.filename().string() + " line " + std::to_string(line) +
                ": write kind, category or \"-\", text, with tabs between",
            ""};
}

const std::set<std::string> kinds = {"complaint", "demand",         "consultation", "suggestion", "praise",
                                     "chitchat",  "progress_query", "handoff",      "cancel",     "rating"};
const std::set<std::string> categories = {"housing", "equipment", "order",   "environment", "service",   "consultation",
                                          "basic",   "special",   "leasing", "dispute",     "developer", "other"};

const std::set<std::string> dangers = {"lift",           "gas",    "fire",     "electricity", "falling_object",
                                       "water_on_wires", "injury", "violence", "self_harm",   "none"};

// The texts of a frame that are unlike one another; its own if there is nothing to fill in. `missing`: what it lacks.
std::vector<std::string> texts_of(const std::string& frame, const Fillers& fillers, std::size_t most, int draws,
                                  std::string& missing) {
    if (frame.find('{') == std::string::npos) return {frame};
    std::vector<std::string> texts;
    std::vector<Grams> drawn;
    for (int draw = 0; draw < draws && drawn.size() < most; ++draw) {
        auto text = fill(frame, fillers, static_cast<std::uint64_t>(draw), missing);
        if (!missing.empty()) return {};
        auto grams = bigrams(text);
        if (std::any_of(drawn.begin(), drawn.end(),
                        [&](const Grams& other) { return alike(grams, other) > nearly_the_same; }))
            continue;
        drawn.push_back(std::move(grams));
        texts.push_back(std::move(text));
    }
    return texts;
}

}  // namespace

Result<Utterances> read_utterances(const std::string& folder) {
    Utterances read;
    Fillers fillers;
    std::error_code error;
    if (!fs::is_directory(folder, error))
        return Problem{"utterances.unreadable", "no folder of utterances: " + folder + ": name templates/utterances",
                       ""};
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".tsv") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    {
        std::istringstream lines{slurp(fs::path(folder) / "fillers.tsv")};
        int number = 0;
        for (std::string line; std::getline(lines, line);) {
            ++number;
            if (line.empty() || line[0] == '#') continue;
            const auto columns = split(line, '\t');
            if (columns.size() != 2) return unreadable("fillers.tsv", number, "not two columns");
            for (const auto& choice : split(columns[1], '|')) fillers[columns[0]].push_back(choice);
        }
    }
    read.concepts = read_concepts(slurp(fs::path(folder) / "keywords.tsv"));
    std::set<std::string> seen;
    for (const auto& file : files) {
        const auto name = file.filename().string();
        if (name == "fillers.tsv" || name == "keywords.tsv") continue;
        const auto source = file.stem().string();
        std::istringstream lines{slurp(file)};
        int number = 0;
        for (std::string line; std::getline(lines, line);) {
            ++number;
            if (line.empty() || line[0] == '#') continue;
            const auto columns = split(line, '\t');
            if (name.starts_with("danger")) {
                if (columns.size() != 2 || columns[1].empty() || !dangers.count(columns[0]))
                    return Problem{"utterances.unreadable",
                                   name + " line " + std::to_string(number) +
                                       ": not a danger and a text: write the emergency or none, a tab, the text",
                                   ""};
                std::string missing;
                for (auto& text : texts_of(columns[1], fillers, variants_of_a_danger, draws_for_a_danger, missing))
                    read.dangers.push_back({columns[0], "", std::move(text), columns[1], source});
                if (!missing.empty()) return unreadable(file, number, "lacks " + missing);
                continue;
            }
            if (columns.size() != 3 || columns[2].empty()) return unreadable(file, number, "not three columns");
            if (!kinds.count(columns[0])) return unreadable(file, number, "unknown kind \"" + columns[0] + "\"");
            const std::string category = columns[1] == "-" ? "" : columns[1];
            if (!category.empty() && !categories.count(category))
                return unreadable(file, number, "unknown category \"" + category + "\"");
            if (columns[2].find('{') == std::string::npos) {
                if (!seen.insert(columns[2]).second) continue;
                read.examples.push_back({columns[0], category, columns[2], columns[2], source});
                ++read.handwritten;
                continue;
            }
            std::vector<Grams> drawn;
            for (int draw = 0; draw < draws_for_a_frame && drawn.size() < variants_of_a_frame; ++draw) {
                std::string missing;
                const auto text = fill(columns[2], fillers, static_cast<std::uint64_t>(draw), missing);
                if (!missing.empty()) return unreadable(file, number, "lacks " + missing);
                auto grams = bigrams(text);
                if (std::any_of(drawn.begin(), drawn.end(),
                                [&](const Grams& other) { return alike(grams, other) > nearly_the_same; }) ||
                    !seen.insert(text).second)
                    continue;
                drawn.push_back(std::move(grams));
                read.examples.push_back({columns[0], category, text, columns[2], source});
            }
        }
    }
    return read;
}

bool kept_apart(const Example& example) { return hash_of(example.frame, 7) % 20 < 3; }

double likeness(const std::string& a, const std::string& b) { return alike(bigrams(a), bigrams(b)); }

std::vector<bool> like_kept_apart(const std::vector<Example>& examples) {
    std::vector<Grams> kept;
    std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> with;  // bigram -> kept texts that have it
    for (const auto& example : examples) {
        if (!kept_apart(example)) continue;
        kept.push_back(bigrams(example.text));
        for (const auto gram : kept.back()) with[gram].push_back(static_cast<std::uint32_t>(kept.size() - 1));
    }
    std::vector<bool> flags(examples.size(), false);
    std::vector<std::uint32_t> shared;
    for (std::size_t index = 0; index < examples.size(); ++index) {
        const auto grams = bigrams(examples[index].text);
        shared.assign(kept.size(), 0);
        for (const auto gram : grams)
            if (const auto found = with.find(gram); found != with.end())
                for (const auto other : found->second) ++shared[other];
        for (std::size_t other = 0; other < kept.size(); ++other) {
            const auto all = grams.size() + kept[other].size() - shared[other];
            if (static_cast<double>(shared[other]) > gives_away * static_cast<double>(all)) flags[index] = true;
        }
    }
    return flags;
}

std::vector<bool> distinct(const std::vector<Example>& examples) {
    std::vector<bool> flags(examples.size(), false);
    std::vector<Grams> kept;
    std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> with;  // bigram -> kept texts that have it
    std::vector<std::uint32_t> shared;
    for (std::size_t index = 0; index < examples.size(); ++index) {
        auto grams = bigrams(examples[index].text);
        shared.assign(kept.size(), 0);
        bool apart = !grams.empty();
        for (const auto gram : grams)
            if (const auto found = with.find(gram); found != with.end())
                for (const auto other : found->second) ++shared[other];
        for (std::size_t other = 0; other < kept.size() && apart; ++other) {
            const auto all = grams.size() + kept[other].size() - shared[other];
            apart = static_cast<double>(shared[other]) <= nearly_the_same * static_cast<double>(all);
        }
        if (!apart) continue;
        flags[index] = true;
        for (const auto gram : grams) with[gram].push_back(static_cast<std::uint32_t>(kept.size()));
        kept.push_back(std::move(grams));
    }
    return flags;
}

}  // namespace huiyin
