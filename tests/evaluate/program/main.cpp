// evaluate [--wrong] [--model FILE] FILE…: how well labelled messages are understood, how many scripts pass.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "tests/evaluate/evaluation.h"
#include "tests/evaluate/talks.h"

int main(int count, char** words) {
    using namespace huiyin;
    bool wrong = false;
    std::string model;
    std::vector<std::string> files;
    for (int at = 1; at < count; ++at) {
        const std::string word = words[at];
        if (word == "--wrong")
            wrong = true;
        else if (word == "--model" && at + 1 < count)
            model = words[++at];
        else
            files.push_back(word);
    }
    if (files.empty()) {
        std::fprintf(stderr, "evaluate: no file: command line: name files of labelled messages or scripts\n");
        return 2;
    }
    try {
        const auto refuse = [](const Problem& problem) {
            std::fprintf(stderr, "evaluate: %s\n", problem.text.c_str());
            return 1;
        };
        for (const auto& file : files) {
            const auto talks = test::holds_talks(file);
            if (!talks) return refuse(talks.problem());
            if (*talks) {
                const auto report = test::evaluate_talks(file);
                if (!report) return refuse(report.problem());
                std::fputs(test::to_text(*report).c_str(), stdout);
                continue;
            }
            if (model.empty()) {
                const auto found = find_model();
                if (!found) return refuse(found.problem());
                model = *found;
            }
            const auto understanding = builtin_understanding(model, demo_communities);
            if (!understanding) return refuse(understanding.problem());
            const auto report = test::evaluate_messages(file, **understanding);
            if (!report) return refuse(report.problem());
            std::fputs(test::to_text(*report, wrong).c_str(), stdout);
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "evaluate: %s\n", error.what());
        return 1;
    }
    return 0;
}
