// Whatever a resident can be told under any pack, he can be told in each language: the pack's own texts and what it
// calls its parts, and what the demo community answers to questions.
#include <catch2/catch.hpp>
#include <regex>

#include "bot/answers.h"
#include "bot/wording.h"
#include "player.h"
#include "workflow/phrases/writing.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

const std::vector<std::string>& every_pack() {
    static const auto all = [] {
        auto names = transcript_packs();
        names.emplace_back("property-group");
        return names;
    }();
    return all;
}

using Texts = std::map<std::string, std::string>;

// What a resident may hear of it, by the key of its text, in the house's language.
Texts heard_of(const Policy& policy) {
    Texts texts;
    if (const auto own = policy.phrases.find("zh-CN"); own != policy.phrases.end())
        for (const auto& [key, text] : own->second)
            if (key.starts_with("customer.") || key.starts_with("talk.") || key.starts_with("staff.role."))
                texts[key] = text;
    const auto put = [&](const std::string& key, const std::string& text) {
        if (!text.empty()) texts["customer." + key] = text;
    };
    const auto put_clause = [&](const std::string& id) {
        if (const auto* clause = policy.clause(id)) put("clause." + id, clause->text);
    };
    for (const auto& kind : policy.kinds) {
        put("kind." + kind.key, kind.title);
        for (const auto& category : kind.categories) put("category." + category.key, category.title);
    }
    for (const auto& level : policy.levels) put("level." + level.key, level.title);
    for (const auto& state : policy.states) put("state." + state.key, state.about.empty() ? state.title : state.about);
    for (const auto& slot : policy.slots) {
        put("slot." + slot.key, slot.title);
        put("ask." + slot.key, slot.ask);
        for (std::size_t i = 0; i < slot.choices.size(); ++i)
            put("option." + slot.key + "." + slot.choices[i], slot.choice_titles[i]);
    }
    for (const auto& deadline : policy.deadlines) put_clause(deadline.clause);
    for (const auto& test : policy.admission.tests) {
        put("reason." + test.name, test.reason);
        put("advice." + test.name, test.advice);
        put_clause(test.clause);
        for (std::size_t i = 0; i < test.bodies.size(); ++i) {
            put("body." + test.name + "." + std::to_string(i + 1), test.bodies[i].name);
            put("contact." + test.name + "." + std::to_string(i + 1), test.bodies[i].contact);
        }
    }
    for (const auto& answer : policy.surveys.answers) put("answer." + std::to_string(answer.score), answer.title);
    put("published.procedure", policy.published.procedure);
    put("published.expected", policy.published.expected);
    for (std::size_t i = 0; i < policy.published.channels.size(); ++i) {
        put("published.channel_" + std::to_string(i + 1), policy.published.channels[i].title);
        put("published.contact_" + std::to_string(i + 1), policy.published.channels[i].contact);
    }
    const bool as_fields = !policy.revisit.fields.empty();
    for (std::size_t i = 0; !as_fields && i < policy.revisit.questions.size(); ++i)
        put("revisit." + std::to_string(i + 1), policy.revisit.questions[i]);
    for (const auto& field : policy.revisit.fields) {
        put("revisit." + field.name, field.title);
        for (std::size_t i = 0; i < field.choices.size() && i < field.choice_titles.size(); ++i)
            put("option." + field.name + "." + field.choices[i], field.choice_titles[i]);
    }
    return texts;
}

std::set<std::string> values_in(const std::string& text) {
    std::set<std::string> names;
    const std::regex name("\\{\\{([^}]*)\\}\\}");
    for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at) names.insert((*at)[1].str());
    return names;
}

// In words; a value counts two.
int longest_sentence(const std::string& text) {
    auto shown = std::regex_replace(text, std::regex("\\{\\{[#/^][^}]*\\}\\}"), "");
    shown = std::regex_replace(shown, std::regex("\\{\\{[^}]*\\}\\}"), "some thing");
    shown = std::regex_replace(shown, std::regex("[.?;:]|\n"), "|");
    int longest = 0;
    std::istringstream sentences(shown);
    for (std::string sentence; std::getline(sentences, sentence, '|');) {
        std::istringstream words(sentence);
        int count = 0;
        for (std::string word; words >> word;) ++count;
        longest = std::max(longest, count);
    }
    return longest;
}

bool is_chinese(const std::string& text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0xe4 && byte <= 0xe9;  // the first of three of a Chinese character
    });
}

}  // namespace

TEST_CASE("languages: what a resident hears under a pack stands in each language, with the same values") {
    for (const auto& id : every_pack()) {
        const auto pack = shipped_pack(id);
        for (const char* language : {"zh-TW", "en"}) {
            const auto written = pack->phrases.find(language);
            CAPTURE(id, language);
            REQUIRE(written != pack->phrases.end());
            for (const auto& [key, text] : heard_of(*pack)) {
                CAPTURE(key, text);
                const auto found = written->second.find(key);
                REQUIRE(found != written->second.end());
                CHECK(values_in(found->second) == values_in(text));
                CHECK_FALSE(found->second.empty());
            }
        }
    }
}

TEST_CASE("languages: a pack's English is English and fits its buttons; its traditional has no simplified characters") {
    for (const auto& id : every_pack()) {
        const auto pack = shipped_pack(id);
        for (const auto& [key, text] : pack->phrases.at("en")) {
            CAPTURE(id, key, text);
            CHECK_FALSE(is_chinese(text));
            CHECK(longest_sentence(text) <= 26);
            for (const char* mark :
                 {"!", "kindly", "Kindly", "valued", "inconvenience", "as soon as possible", "，", "。"})
                CHECK(text.find(mark) == std::string::npos);
            if (key.find(".choice.") != std::string::npos || key.starts_with("customer.option.") ||
                key.starts_with("customer.answer.") || key.starts_with("talk.reason."))
                CHECK(shortened(text, 20) == text);
        }
        for (const auto& [key, text] : pack->phrases.at("zh-TW")) {
            CAPTURE(id, key, text);
            CHECK(in_traditional(text) == text);
        }
    }
}

TEST_CASE("languages: what the demo community answers to questions stands in each language") {
    const auto answers = Answers::from_file(HUIYIN_SOURCE "/templates/demo/answers.json");
    REQUIRE(answers);
    REQUIRE(answers->all().size() >= 16);
    for (const auto& one : answers->all()) {
        CAPTURE(one.key);
        REQUIRE(one.written.contains("zh-TW"));
        REQUIRE(one.written.contains("en"));
        const auto traditional = one.in("zh-TW"), english = one.in("en"), house = one.in("zh-CN");
        CHECK(house.answer == one.words.answer);
        CHECK(in_traditional(traditional.answer) == traditional.answer);
        CHECK(in_traditional(traditional.source) == traditional.source);
        // Names that stand on the gate are given as they stand there.
        CHECK_FALSE(is_chinese(std::regex_replace(english.answer, std::regex("\\([^)]*\\)"), "")));
        CHECK_FALSE(is_chinese(english.source));
        CHECK(english.answer.size() <= 300);
    }
    const auto* found = answers->find("How much is the parking fee?");
    REQUIRE(found != nullptr);
    CHECK(found->key == "parking_fee");
    CHECK(found->in("en").answer.find("350 yuan") != std::string::npos);
}
