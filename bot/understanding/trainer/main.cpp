// huiyin_train UTTERANCES MODEL: the build step that makes the model of understanding.
#include <cstdio>
#include <exception>

#include "bot/understanding/training/training.h"

int main(int count, char** words) {
    if (count != 3) {
        std::fprintf(
            stderr,
            "huiyin_train: two words are needed: command line: name the folder of utterances and the model file\n");
        return 2;
    }
    try {
        const auto utterances = huiyin::read_utterances(words[1]);
        if (!utterances) {
            std::fprintf(stderr, "huiyin_train: %s\n", utterances.problem().text.c_str());
            return 1;
        }
        huiyin::train_model(utterances->examples, utterances->concepts, words[2]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "huiyin_train: %s\n", error.what());
        return 1;
    }
    return 0;
}
