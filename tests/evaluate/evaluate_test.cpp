// The evaluation itself: the sample files are read, and what is wrong with a file is said.
#include <unistd.h>
#include <catch2/catch.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "evaluation.h"
#include "talks.h"
#include "tests/understanding/builtin.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

const std::string folder = std::string(HUIYIN_SOURCE) + "/tests/evaluate/";

class Scratch {
public:
    explicit Scratch(const std::string& text)
        : path((std::filesystem::temp_directory_path() / ("huiyin-evaluate-" + std::to_string(::getpid()) + ".jsonl"))
                   .string()) {
        std::ofstream(path) << text;
    }
    ~Scratch() { std::filesystem::remove(path); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    std::string path;
};

}  // namespace

TEST_CASE("labelled messages are counted") {
    const auto report = evaluate_messages(folder + "messages.jsonl", builtin());
    REQUIRE(report);
    CHECK(report->messages == 16);
    CHECK(report->kind.all() == 14);
    CHECK(report->category.all() == 9);
    CHECK(report->dangers == 2);
    CHECK(report->dangers_found == 2);
    CHECK(report->dangers_named == 2);
    CHECK(report->calm == 4);
    CHECK(report->false_alarms == 0);
    CHECK(report->slots.at("address").all == 3);
    CHECK(report->slots.at("address").right == 3);
    CHECK(report->slots.at("phone").right == 2);
    CHECK(report->slots.at("amount_yuan").right == 1);
    CHECK(report->slots.at("occurred_at").right == 1);
    const auto text = to_text(*report, true);
    std::printf("%s", text.c_str());
    CHECK(text.find("kind: accuracy ") != std::string::npos);
    CHECK(text.find("false alarms: 0 of 4 (0.0 %)") != std::string::npos);
    CHECK(report->kind.accuracy() >= 0.9);
}

// Written before they were run: kind 0.972, category 0.954, addresses 203, telephones 204, amounts 200 of 204, 4
// alarms.
TEST_CASE("two hundred ordinary messages of households are read with their facts") {
    const auto report = evaluate_messages(folder + "households.jsonl", builtin());
    REQUIRE(report);
    CHECK(report->messages == 204);
    CHECK(report->kind.macro_f1() >= 0.95);
    CHECK(report->category.macro_f1() >= 0.93);
    CHECK(report->slots.at("address").right >= 203);
    CHECK(report->slots.at("phone").right == 204);
    CHECK(report->slots.at("amount_yuan").right == 204);
    CHECK(report->false_alarms <= 3);
}

TEST_CASE("what is read otherwise is counted and shown") {
    const Scratch file(
        R"({"text": "你好", "kind": "complaint", "category": "housing", "emergency": "gas", "slots": {"phone": "1"}})");
    const auto report = evaluate_messages(file.path, builtin());
    REQUIRE(report);
    CHECK(report->kind.accuracy() == 0);
    CHECK(report->dangers_found == 0);
    CHECK(report->slots.at("phone").right == 0);
    REQUIRE(report->wrong.size() == 1);
    CHECK(report->wrong[0] ==
          "line 1: kind complaint read as chitchat, category housing read as none, emergency danger "
          "read as none, phone 1 read as none: 你好");
}

TEST_CASE("scripts are played against the real conversation") {
    const auto report = evaluate_talks(folder + "talks.jsonl");
    REQUIRE(report);
    std::printf("%s", to_text(*report).c_str());
    CHECK(report->talks == 5);
    CHECK(report->failed == std::vector<std::string>{});
    CHECK(report->turns_to_file == std::vector<int>{1, 2, 4});
}

TEST_CASE("a script that ends otherwise fails with what was found") {
    const Scratch file(R"({"name": "greedy", "turns": ["你好"], "expect": {"tickets": 3}})");
    REQUIRE(holds_talks(file.path));
    CHECK(*holds_talks(file.path));
    const auto report = evaluate_talks(file.path);
    REQUIRE(report);
    CHECK(report->passed == 0);
    CHECK(report->failed == std::vector<std::string>{"greedy: tickets is \"0\", not 3; "});
}

TEST_CASE("a file that cannot be read is named with its line") {
    const Scratch file("{\"text\": \"你好\"}\n{\"text\": 3}\n");
    const auto report = evaluate_messages(file.path, builtin());
    REQUIRE_FALSE(report);
    CHECK(report.problem().code == "evaluate.unreadable");
    CHECK(report.problem().text.find("line 2") != std::string::npos);
    CHECK_FALSE(holds_talks("/nonexistent.jsonl"));
    CHECK_FALSE(evaluate_talks("/nonexistent.jsonl"));
}
