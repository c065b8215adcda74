// The phrases of the talk: none is missing, none is dead, and all are written as a resident is spoken to.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "bot/wording.h"

namespace {

std::string read(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

nlohmann::json phrases() { return nlohmann::json::parse(read(HUIYIN_SOURCE "/templates/phrases/zh-CN.json")); }

std::set<std::string> named_in_sources() {
    std::set<std::string> names;
    const std::regex name("\"(talk\\.[a-z0-9_.]+|staff\\.handover\\.[a-z_]*)\"");
    for (const char* folder : {"/bot", "/channels", "/workflow"})
        for (const auto& entry : std::filesystem::recursive_directory_iterator(HUIYIN_SOURCE + std::string(folder))) {
            if (entry.path().extension() != ".cpp" && entry.path().extension() != ".h") continue;
            const auto text = read(entry.path());
            for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at)
                names.insert((*at)[1].str());
        }
    return names;
}

}  // namespace

TEST_CASE("phrases: every key that is named has a text, and every text is named") {
    const auto texts = phrases();
    const auto named = named_in_sources();
    const std::set<std::string> beginnings = {
        "talk.emergency.", "talk.emergency_", "talk.choice.smell_",  "talk.reason.", "talk.edit",
        "talk.edit_",      "talk.back_to_",   "talk.admission_",     "talk.ask_",    "talk.choice.",
        "talk.line.",      "talk.readback",   "talk.readback_wrong", "talk.public.", "staff.handover."};
    const std::set<std::string> logged = {"talk.refused", "talk.left_to_person", "talk.stumbled_twice",
                                          "talk.session_changed", "talk.not_said_in_public"};
    for (const auto& name : named) {
        CAPTURE(name);
        CHECK((texts.contains(name) || beginnings.count(name) || logged.count(name)));
    }
    for (const auto& [key, text] : texts.items()) {
        if (key.rfind("talk.", 0) != 0 && key.rfind("staff.handover.", 0) != 0) continue;
        CAPTURE(key);
        const bool begins = std::any_of(beginnings.begin(), beginnings.end(),
                                        [&k = key](const std::string& begin) { return k.rfind(begin, 0) == 0; });
        CHECK((named.count(key) || begins));
    }
}

TEST_CASE("phrases: each says in which situation it is said, and no situation is without its sentence") {
    std::istringstream lines(read(HUIYIN_SOURCE "/templates/phrases/situations.tsv"));
    std::set<std::string> told;
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line[0] == '#') continue;
        CAPTURE(line);
        const auto tab = line.find('\t');
        REQUIRE(tab != std::string::npos);
        CHECK(line.size() > tab + 8);
        CHECK(told.insert(line.substr(0, tab)).second);
    }
    std::set<std::string> keys;
    const auto texts = phrases();
    for (const auto& [key, text] : texts.items()) keys.insert(key);
    for (const auto& key : keys) {
        CAPTURE(key);
        CHECK(told.count(key) == 1);  // add a line to templates/phrases/situations.tsv
    }
    for (const auto& key : told) {
        CAPTURE(key);
        CHECK(keys.count(key) == 1);
    }
}

TEST_CASE("phrases: Chinese marks, no exclamation, no flattery, buttons that fit") {
    const auto texts = phrases();
    for (const auto& [key, value] : texts.items()) {
        if (key.rfind("talk.", 0) != 0) continue;
        const auto text = value.get<std::string>();
        CAPTURE(key, text);
        const auto shown = std::regex_replace(text, std::regex("\\{\\{[^}]*\\}\\}"), "");
        for (const char* mark : {",", ";", "?", "!", "！", "亲", "尽快", "稍后", "感谢您的"})
            CHECK(shown.find(mark) == std::string::npos);
        if (key.rfind("talk.choice.", 0) == 0 || key.rfind("talk.reason.", 0) == 0)
            CHECK(huiyin::shortened(text, 12) == text);
    }
}

TEST_CASE("phrases: short sentences, one apology, nothing empty, and a time for whoever waits; of every pack too") {
    const auto check = [](const std::string& whose, const nlohmann::json& texts) {
        for (const auto& [key, value] : texts.items()) {
            if (key.rfind("talk.", 0) != 0) continue;
            const auto text = value.get<std::string>();
            CAPTURE(whose, key, text);
            // A value counts two characters; what is only said when there is one counts as if it were said.
            auto shown = std::regex_replace(text, std::regex("\\{\\{[#/^][^}]*\\}\\}"), "");
            shown = std::regex_replace(shown, std::regex("\\{\\{[^}]*\\}\\}"), "某某");
            for (const char* end : {"。", "？", "；"}) shown = std::regex_replace(shown, std::regex(end), "\n");
            std::istringstream sentences(shown);
            for (std::string sentence; std::getline(sentences, sentence);)
                CHECK(huiyin::shortened(sentence, 60) == sentence);
            int apologies = 0;
            for (const char* word : {"对不住", "对不起", "抱歉", "不好意思"})
                for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++apologies;
            CHECK(apologies <= 1);
            for (const char* empty : {"请您务必", "耐心等", "感谢您的", "稍等", "稍候", "尽快", "第一时间", "高度重视"})
                CHECK(text.find(empty) == std::string::npos);
            // Whoever is told that somebody will answer him is told until when.
            if (text.find("回您") != std::string::npos) {
                const bool time = text.find("{{until}}") != std::string::npos ||
                                  text.find("{{when}}") != std::string::npos ||
                                  text.find("{{seconds}}") != std::string::npos;
                CHECK(time);
            }
        }
    };
    check("house", phrases());
    for (const auto& entry : std::filesystem::directory_iterator(HUIYIN_SOURCE "/templates/policies")) {
        if (entry.path().extension() != ".json") continue;
        const auto pack = nlohmann::json::parse(read(entry.path()), nullptr, true, true);
        if (pack.contains("phrases"))
            for (const auto& [locale, texts] : pack["phrases"].items())  // English is counted by words: languages
                if (locale != "en") check(entry.path().stem().string(), texts);
    }
}

TEST_CASE("phrases: nothing is promised without a time, and nothing that the engine does not do; of every pack too") {
    const auto check = [](const std::string& whose, const nlohmann::json& texts) {
        for (const auto& [key, value] : texts.items()) {
            if (key.rfind("talk.", 0) != 0 && key.rfind("customer.", 0) != 0) continue;
            const auto text = value.get<std::string>();
            CAPTURE(whose, key, text);
            for (const char* vague : {"马上告诉", "随时告诉您", "第一时间", "有消息就", "尽快", "今天会", "今天联系您",
                                      "会有人", "马上有人", "马上与您", "这几天", "过几天", "近期", "会给您打电话"})
                CHECK(text.find(vague) == std::string::npos);
        }
    };
    check("house", phrases());
    for (const auto& entry : std::filesystem::directory_iterator(HUIYIN_SOURCE "/templates/policies")) {
        if (entry.path().extension() != ".json") continue;
        const auto pack = nlohmann::json::parse(read(entry.path()), nullptr, true, true);
        if (pack.contains("phrases") && pack["phrases"].contains("zh-CN"))
            check(entry.path().stem().string(), pack["phrases"]["zh-CN"]);
    }
}

TEST_CASE("wording: numbers are cut out of words that others see") {
    CHECK(huiyin::without_numbers("电话13812345678") == "电话[电话]");
    CHECK(huiyin::without_numbers("打 138-1234 5678 找我") == "打 [电话] 找我");
    CHECK(huiyin::without_numbers("0912-345-678") == "[电话]");
    CHECK(huiyin::without_numbers("打+852 9123 4567") == "打+[电话]");
    CHECK(huiyin::without_numbers("+886 912 345 678找我") == "+[电话]找我");
    CHECK(huiyin::without_numbers("订单85291234567") == "订单85291234567");
    CHECK(huiyin::without_numbers("身份证11010519900307123X") == "身份证[证件号]");
    CHECK(huiyin::without_numbers("3栋2单元501等了15天") == "3栋2单元501等了15天");
    CHECK(huiyin::phone_masked("13812345678") == "138****5678");
    CHECK(huiyin::phone_masked("021-10550110") == "021****0110");
    CHECK(huiyin::phone_masked("") == "");
    CHECK(huiyin::shortened("卫生间漏水", 3) == "卫生间…");
    CHECK(huiyin::shortened("漏水", 3) == "漏水");
    CHECK(huiyin::with_chinese_marks("漏水,漏到楼下了?") == "漏水，漏到楼下了？");
    CHECK(huiyin::with_chinese_marks("lift, 3,000") == "lift, 3,000");
}

TEST_CASE(
    "wording: what looks like a phone is hidden whatever stands before it; an order number stays with who said it") {
    CHECK(huiyin::without_numbers("宽带编号13812345678坏了") == "宽带编号[电话]坏了");
    CHECK(huiyin::without_numbers("单号是13912345678") == "单号是[电话]");
    CHECK(huiyin::without_phones("订单13812345678没到") == "订单13812345678没到");
    CHECK(huiyin::without_phones("打13812345678找我") == "打找我");
    CHECK(huiyin::phone_masked("13812345678") == "138****5678");
    CHECK(huiyin::phone_masked("65432109") == "****2109");
}
