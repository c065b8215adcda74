// huiyin_train UTTERANCES MODEL: the build step that makes the model of understanding from what was not kept apart, and
// says how well it reads what was.
// huiyin_train --without-each UTTERANCES: the same figures once with all sources of variety and once without each.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <set>

#include "bot/understanding/training/measure.h"
#include "bot/understanding/training/training.h"

namespace {

using namespace huiyin;

Measured read_with(const std::string& model, const std::vector<Example>& examples) {
    const auto understanding = builtin_understanding(model, demo_communities);
    if (!understanding) throw std::runtime_error(understanding.problem().text);
    return measure(**understanding, examples);
}

void say_dangers(const std::string& model, const std::vector<Example>& kept) {
    const auto understanding = builtin_understanding(model, demo_communities);
    if (!understanding) throw std::runtime_error(understanding.problem().text);
    const auto rules = rules_only_understanding(demo_communities);
    int dangers = 0, by_rules = 0, found = 0, ordinary = 0, alarms = 0;
    for (const auto& example : kept) {
        const bool alarm = (*understanding)->understand(example.text, {}, {}).emergency.has_value();
        if (example.kind == "none") {
            ++ordinary;
            alarms += alarm;
        } else {
            ++dangers;
            found += alarm;
            by_rules += rules->understand(example.text, {}, {}).emergency.has_value();
        }
    }
    std::printf("dangers kept apart: %d of %d found, %d by rules alone; false alarms %d of %d near misses\n", found,
                dangers, by_rules, alarms, ordinary);
}

void make(const Utterances& utterances, const std::string& model) {
    // All dangers teach: they are measured by messages of another hand, tests/understanding/probe*.tsv.
    train_model(to_learn_from(utterances.examples), utterances.dangers, utterances.concepts, model);
    const auto kept = only_kept_apart(utterances.examples, true);
    const auto measured = read_with(model, kept);
    std::printf("understanding: %zu utterances, %zu of them kept apart: macro-F1 of kind %.3f, of category %.3f\n",
                utterances.examples.size(), kept.size(), measured.kind.macro_f1(), measured.category.macro_f1());
}

void without_each(const Utterances& utterances) {
    const auto model =
        (std::filesystem::temp_directory_path() / ("huiyin-without-" + std::to_string(::getpid()) + ".bin")).string();
    const auto kept = only_kept_apart(utterances.examples, true);
    const auto trained = to_learn_from(utterances.examples);
    const auto dangers = only_kept_apart(utterances.dangers, false);
    std::set<std::string> sources{""};
    for (const auto& example : utterances.examples) sources.insert(example.source);
    train_model(trained, dangers, utterances.concepts, model);
    say_dangers(model, only_kept_apart(utterances.dangers, true));
    // Dangers are left out of what follows: they say nothing about kinds and take most of the time.
    std::printf("%-14s %10s %8s %8s %8s %12s\n", "without", "utterances", "kind", "category", "its kind",
                "its category");
    for (const auto& left_out : sources) {
        std::vector<Example> rest, own;
        for (const auto& example : trained)
            if (example.source != left_out) rest.push_back(example);
        for (const auto& example : kept)
            if (left_out.empty() || example.source == left_out) own.push_back(example);
        train_model(rest, {}, utterances.concepts, model);
        const auto all = read_with(model, kept), of_source = read_with(model, own);
        std::printf("%-14s %10zu %8.3f %8.3f %8.3f %12.3f\n", left_out.empty() ? "(nothing)" : left_out.c_str(),
                    rest.size(), all.kind.macro_f1(), all.category.macro_f1(), of_source.kind.accuracy(),
                    of_source.category.accuracy());
        std::fflush(stdout);
    }
    std::filesystem::remove(model);
}

}  // namespace

int main(int count, char** words) {
    const bool each = count == 3 && std::strcmp(words[1], "--without-each") == 0;
    if (count != 3) {
        std::fprintf(
            stderr,
            "huiyin_train: two words are needed: command line: name the folder of utterances and the model file\n");
        return 2;
    }
    try {
        const auto utterances = read_utterances(words[each ? 2 : 1]);
        if (!utterances) {
            std::fprintf(stderr, "huiyin_train: %s\n", utterances.problem().text.c_str());
            return 1;
        }
        each ? without_each(*utterances) : make(*utterances, words[2]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "huiyin_train: %s\n", error.what());
        return 1;
    }
    return 0;
}
