// Languages: every phrase exists in each of them with the same values, and somebody is answered in the one he writes.
#include "bot/languages.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "bot/understanding/understand.h"
#include "bot/wording.h"
#include "workflow/engine/language.h"
#include "workflow/phrases/phrases.h"
#include "workflow/phrases/writing.h"

using namespace huiyin;

namespace {

nlohmann::json texts_in(std::string_view language) {
    std::ifstream file(HUIYIN_SOURCE "/templates/phrases/" + std::string(language) + ".json");
    return nlohmann::json::parse(file);
}

std::set<std::string> values_in(const std::string& text) {
    std::set<std::string> names;
    const std::regex name("\\{\\{([^}]*)\\}\\}");
    for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at) names.insert((*at)[1].str());
    return names;
}

const Understanding& understanding() {
    static const auto built = builtin_understanding(find_model().value(), demo_communities);
    return *built.value();
}

Heard heard(const std::string& words) {
    Heard one;
    one.text = words;
    one.understood = understanding().understand(words, *parse_rfc3339("2026-11-26T09:00:00+08:00"), {});
    return one;
}

// The language after each of the messages, said one after the other.
std::string after(const std::vector<std::string>& said) {
    Talk talk;
    for (const auto& words : said) {
        choose_language(talk, heard(words));
        talk.greeted = true;
    }
    return talk.language;
}

Calendar office() { return {Zone{}, WeekHours{}}; }

}  // namespace

TEST_CASE("languages: every phrase stands in each of them, with the same values, and can be said") {
    const auto house = texts_in(house_language);
    const auto loaded = Phrases::load(HUIYIN_SOURCE "/templates/phrases/zh-CN.json");
    REQUIRE(loaded);
    for (const auto language : languages) {
        const auto texts = texts_in(language);
        CAPTURE(language);
        for (const auto& [key, text] : house.items()) {
            CAPTURE(key);
            REQUIRE(texts.contains(key));
            CHECK(values_in(texts[key]) == values_in(text));
            PhraseValues values;
            for (const auto& name : loaded->in(language).variables(key)) values[name] = "7";
            const auto said = loaded->in(language).try_render(key, values);
            REQUIRE(said);
            CHECK_FALSE(said->empty());
        }
        for (const auto& [key, text] : texts.items()) {
            CAPTURE(key);
            CHECK(house.contains(key));
        }
    }
    CHECK(loaded->in("en").render("talk.listening") == "I'm here. Go ahead.");
    CHECK(&loaded->in("zh-CN") == &*loaded);
    CHECK(&loaded->in("fr") == &*loaded);
}

TEST_CASE("languages: traditional texts have no simplified characters, and values are put in traditional ones") {
    const auto texts = texts_in("zh-TW");
    for (const auto& [key, value] : texts.items()) {
        if (key.rfind("staff.", 0) == 0 && key.rfind("staff.role.", 0) != 0) continue;
        const auto text = value.get<std::string>();
        CAPTURE(key, text);
        CHECK(in_traditional(text) == text);
    }
    const auto loaded = Phrases::load(HUIYIN_SOURCE "/templates/phrases/zh-CN.json");
    REQUIRE(loaded);
    CHECK(loaded->in("zh-TW").render("talk.resumed", {{"matter", "楼道灯坏了"}}) == "接著來：樓道燈壞了。");
    CHECK(loaded->render("talk.resumed", {{"matter", "楼道灯坏了"}}) == "接着来：楼道灯坏了。");
}

TEST_CASE("languages: English as at a good front desk: short, no shouting, one apology, buttons that fit") {
    const auto texts = texts_in("en");
    for (const auto& [key, value] : texts.items()) {
        const auto text = value.get<std::string>();
        CAPTURE(key, text);
        for (const char* mark : {"!", "kindly", "Kindly", "valued", "inconvenience", "regarding", "Please be advised",
                                 "as soon as possible", "，", "。", "：", "  be "})
            CHECK(text.find(mark) == std::string::npos);
        int apologies = 0;
        for (auto at = text.find("orry"); at != std::string::npos; at = text.find("orry", at + 1)) ++apologies;
        CHECK(apologies <= 1);
        if (key.find(".choice.") != std::string::npos || key.rfind("talk.reason.", 0) == 0)
            CHECK(shortened(text, 20) == text);
        if (key.rfind("talk.", 0) != 0 && key.rfind("customer.", 0) != 0) continue;
        // A sentence has at most 26 words; a value counts two.
        auto shown = std::regex_replace(text, std::regex("\\{\\{[#/^][^}]*\\}\\}"), "");
        shown = std::regex_replace(shown, std::regex("\\{\\{[^}]*\\}\\}"), "some thing");
        shown = std::regex_replace(shown, std::regex("[.?;:]|\n"), "|");
        std::istringstream sentences(shown);
        for (std::string sentence; std::getline(sentences, sentence, '|');) {
            std::istringstream words(sentence);
            int count = 0;
            for (std::string word; words >> word;) ++count;
            CAPTURE(sentence);
            CHECK(count <= 26);
        }
    }
}

TEST_CASE("languages: who writes a language is answered in it") {
    CHECK(after({"The lift is broken again"}) == "en");
    CHECK(after({"Hello there"}) == "en");
    CHECK(after({"Hello, my operator charged me 50 yuan for data I never used"}) == "en");
    CHECK(after({"你好", "Hello there"}) == "zh-CN");
    CHECK(after({"樓道燈壞了三天"}) == "zh-TW");
    CHECK(after({"楼道灯坏了三天"}) == "zh-CN");
    CHECK(after({"The lift is broken again, 3栋2单元"}) == "en");
    CHECK(after({"The light is broken", "樓下的燈也壞了"}) == "zh-TW");
    CHECK(after({"The light is broken", "还是说不清楚，我用中文说吧"}) == "zh-CN");
    CHECK(after({"樓道燈壞了", "楼下也坏了"}) == "zh-CN");
    CHECK(after({"There is a fire in my kitchen"}) == "en");
    Talk fresh;
    CHECK(choose_language(fresh, heard("Good morning, anyone here?")));
    CHECK(fresh.language == "en");
    Talk cry;
    CHECK(choose_language(cry, heard("Fire!")));
    CHECK(cry.language == "en");
}

TEST_CASE("languages: nobody is answered in another one for a word that everybody writes") {
    for (const char* words : {"OK",
                              "ok thank you",
                              "wifi",
                              "WiFi密码",
                              "hello",
                              "1",
                              "改2",
                              "B2",
                              "3-2-501",
                              "dianti huaile",
                              "thank you very much",
                              "yes",
                              "good",
                              "LED",
                              "APP打不开",
                              "13812345678",
                              "3栋2单元501",
                              "👍",
                              "...",
                              "VIP",
                              "no problem",
                              "bye"}) {
        CAPTURE(words);
        CHECK(after({"楼道灯坏了三天", words}) == "zh-CN");
        const std::string_view simplified = "码开";
        const bool of_simplified = std::string_view(words).find(simplified.substr(0, 3)) != std::string_view::npos ||
                                   std::string_view(words).find(simplified.substr(3)) != std::string_view::npos;
        CHECK(after({"樓道燈壞了三天", words}) == (of_simplified ? "zh-CN" : "zh-TW"));
    }
    for (const char* words : {"ok", "1", "3栋2单元501", "13812345678", "好的", "王伟", "翠湖苑3栋", "yes"}) {
        CAPTURE(words);
        CHECK(after({"The lift is broken again", words}) == "en");
    }
    Talk talk;
    auto tapped = heard("The lift is broken again");
    tapped.kind = HeardKind::choice;
    CHECK_FALSE(choose_language(talk, tapped));
}

TEST_CASE("languages: who asks for one keeps it, whatever he writes") {
    const auto wish = [](const char* words) {
        const auto one = heard(words);
        return wished_language(one.understood.text, one.understood.language == "zh-TW").value_or("-");
    };
    for (const char* words : {"English please", "english", "Can you speak English?", "I only speak English", "请说英文",
                              "能不能用英语", "sorry, I don't understand Chinese", "请用英文回复我"}) {
        CAPTURE(words);
        CHECK(wish(words) == "en");
        CHECK(only_wishes_language(heard(words).understood.text));
    }
    for (const char* words : {"請用繁體", "繁體中文", "用繁体字", "traditional chinese please", "請說中文"}) {
        CAPTURE(words);
        CHECK(wish(words) == "zh-TW");
    }
    for (const char* words : {"说中文", "请讲普通话", "用简体", "Chinese please", "看不懂英文"}) {
        CAPTURE(words);
        CHECK(wish(words) == "zh-CN");
    }
    for (const char* words : {"the guard does not speak English", "孩子的英语补习班太吵", "电梯广告全是英文", "I agree",
                              "中文标识不清楚", "the English sign is wrong"}) {
        CAPTURE(words);
        CHECK(wish(words) == "-");
    }
    CHECK(after({"English please", "楼道灯坏了三天"}) == "en");
    CHECK(after({"請用繁體", "楼道灯坏了三天没人修"}) == "zh-TW");
    CHECK(after({"English please", "说中文"}) == "zh-CN");
    CHECK(after({"請用繁體", "说中文"}) == "zh-TW");
    Talk talk;
    choose_language(talk, heard("English please. The lift is broken"));
    CHECK(talk.language == "en");
    CHECK(talk.language_wished);
}

TEST_CASE("languages: what is set on the page counts; what the device prefers is where a talk begins") {
    const auto says = [](Talk& talk, const std::string& words, LanguageSetting setting) {
        auto one = heard(words);
        one.setting = std::move(setting);
        choose_language(talk, one);
        talk.last_text = words;
        return talk.language;
    };
    Talk set;
    CHECK(says(set, "3栋2单元501卫生间漏水", {"en", true}) == "en");
    CHECK(says(set, "已经漏到楼下了", {"en", true}) == "en");
    CHECK(says(set, "对", {"zh-TW", true}) == "zh-TW");           // he set another one
    CHECK(says(set, "English please", {"zh-TW", true}) == "en");  // and asked for another
    CHECK(says(set, "楼道灯也坏了", {"zh-TW", true}) == "en");
    Talk guessed;
    CHECK(says(guessed, "13812345678", {"en", false}) == "en");
    CHECK(says(guessed, "3栋2单元501卫生间漏水", {"en", false}) == "zh-CN");
    CHECK(says(guessed, "对", {"zh-TW", false}) == "zh-CN");  // another device says nothing about what he reads
    CHECK(says(guessed, "对", {"zh-TW", true}) == "zh-TW");
    Talk chinese;
    CHECK(says(chinese, "漏水了", {"en", false}) == "zh-CN");
    Talk tapped;
    auto button = heard("");
    button.kind = HeardKind::choice;
    button.setting = {"en", true};
    CHECK(choose_language(tapped, button));
    CHECK(tapped.language == "en");
    CHECK(talk_from_text(to_text(tapped)) == tapped);
    CHECK(to_text(Talk{}).find("language") == std::string::npos);
}

TEST_CASE("languages: the language is kept with the conversation, and found there by who speaks for a ticket") {
    Talk talk;
    Conversation conversation;
    CHECK(language_of(conversation) == "zh-CN");
    conversation.body = to_text(talk);
    CHECK(language_of(conversation) == "zh-CN");
    talk.language = "en";
    talk.language_wished = true;
    talk.last_text = "my \"language\":\"zh-TW\" is none";
    conversation.body = to_text(talk);
    CHECK(language_of(conversation) == "en");
    CHECK(talk_from_text(conversation.body) == talk);
    talk.language = "zh-CN";
    conversation.body = to_text(talk);
    CHECK(language_of(conversation) == "zh-CN");
    // As talks were kept before anybody could wish.
    CHECK(talk_from_text("{\"language\":\"zh-TW\",\"last_heard\":5}").language == "zh-TW");
    CHECK_FALSE(talk_from_text("{\"language\":\"zh-TW\",\"last_heard\":5}").language_wished);
    conversation.body = "{\"language\":\"klingon\"}";
    CHECK(language_of(conversation) == "zh-CN");
}

TEST_CASE("languages: moments, money, places and reasons") {
    const auto at = [](const char* text) { return *parse_rfc3339(text); };
    const auto now = at("2026-11-25T09:00:00+08:00");  // a Wednesday
    CHECK(moment_in("en", at("2026-11-25T17:30:00+08:00"), now, {}) == "17:30 today");
    CHECK(moment_in("en", at("2026-11-26T10:00:00+08:00"), now, {}) == "10:00 tomorrow");
    CHECK(moment_in("en", at("2026-12-03T18:00:00+08:00"), now, {}) == "Thu 3 Dec 18:00");
    CHECK(moment_in("en", at("2027-01-04T00:00:00+08:00"), now, {}) == "Sun 3 Jan 2027 24:00");
    CHECK(moment_in("zh-TW", at("2026-11-26T10:00:00+08:00"), now, {}) == "明天(週四)10:00");
    CHECK(moment_in("zh-CN", at("2026-11-26T10:00:00+08:00"), now, {}) == "明天(周四)10:00");
    CHECK(yuan_in("en", 200000) == "2000 yuan");
    CHECK(yuan_in("zh-TW", 1250) == "12.50元");
    CHECK(label_in("en", "3栋2单元501") == "Building 3, Unit 2, Room 501");
    CHECK(label_in("en", "3栋2单元501 lift is broken") == "Building 3, Unit 2, Room 501 lift is broken");
    CHECK(label_in("en", "锦绣花园B栋") == "锦绣花园 Building B");
    CHECK(label_in("en", "快递柜旁边") == "快递柜旁边");
    CHECK(label_in("zh-CN", "3栋2单元501") == "3栋2单元501");
    Derivation agreed;
    agreed.start = now;
    agreed.due = at("2026-11-27T17:30:00+08:00");
    agreed.set_by_event = true;
    CHECK(reason_in("en", agreed, office()) ==
          "Agreed on Wed 25 Nov 09:00 for Fri 27 Nov 17:30; the latest is Fri 27 Nov 17:30.");
    CHECK(reason_in("zh-CN", agreed, office()) == to_chinese(agreed, office()));
}
