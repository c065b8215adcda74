#include "bot/languages.h"

#include <algorithm>
#include <bitset>
#include <vector>

#include "bot/said.h"
#include "bot/understanding/text.h"
#include "workflow/phrases/writing.h"

namespace huiyin {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view word, const std::string_view (&words)[N]) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// Written by people of every language; alone they tell nothing.
constexpr std::string_view everybodys[] = {
    "ok",  "okay",  "hi",   "hello", "hey",     "bye",   "yes",     "no",        "thanks",  "thank",
    "thx", "you",   "very", "much",  "good",    "nice",  "great",   "job",       "problem", "please",
    "pls", "sorry", "wifi", "app",   "vip",     "led",   "tv",      "pm",        "am",      "email",
    "e",   "mail",  "sb",   "emm",   "morning", "night", "evening", "afternoon", "cool",    "wow"};

// What an English sentence is made of: with two of these it is one.
constexpr std::string_view english_words[] = {
    "the",      "a",        "an",      "is",        "are",        "was",         "were",      "be",         "been",
    "has",      "have",     "had",     "do",        "does",       "did",         "not",       "don't",      "doesn't",
    "didn't",   "isn't",    "can't",   "cannot",    "won't",      "i",           "i'm",       "i've",       "i'd",
    "my",       "me",       "we",      "our",       "us",         "he",          "she",       "his",        "her",
    "they",     "their",    "them",    "it",        "it's",       "its",         "this",      "that",       "that's",
    "these",    "those",    "there",   "there's",   "here",       "in",          "on",        "at",         "of",
    "to",       "for",      "from",    "with",      "by",         "and",         "or",        "but",        "because",
    "since",    "again",    "still",   "already",   "just",       "only",        "now",       "today",      "yesterday",
    "tomorrow", "tonight",  "week",    "month",     "day",        "days",        "hours",     "time",       "when",
    "where",    "what",     "who",     "why",       "how",        "which",       "will",      "would",      "could",
    "should",   "can",      "may",     "must",      "want",       "need",        "like",      "help",       "call",
    "come",     "go",       "get",     "got",       "make",       "take",        "fix",       "fixed",      "repair",
    "repaired", "broken",   "working", "work",      "works",      "stopped",     "stop",      "leak",       "leaking",
    "leaks",    "water",    "gas",     "smell",     "smells",     "smoke",       "fire",      "burning",    "lift",
    "elevator", "lights",   "light",   "lamp",      "door",       "gate",        "window",    "ceiling",    "wall",
    "floor",    "roof",     "stairs",  "stairwell", "hall",       "lobby",       "corridor",  "building",   "block",
    "unit",     "room",     "flat",    "apartment", "house",      "home",        "garage",    "parking",    "car",
    "kitchen",  "bathroom", "toilet",  "upstairs",  "downstairs", "neighbour",   "neighbor",  "noise",      "noisy",
    "loud",     "rubbish",  "garbage", "trash",     "bin",        "dirty",       "clean",     "cleaning",   "guard",
    "security", "staff",    "manager", "someone",   "somebody",   "nobody",      "anybody",   "anyone",     "people",
    "person",   "man",      "woman",   "child",     "trapped",    "stuck",       "inside",    "outside",    "hurt",
    "injured",  "bleeding", "falling", "fell",      "electric",   "electricity", "power",     "wire",       "wires",
    "shock",    "heating",  "hot",     "cold",      "phone",      "number",      "complaint", "complain",   "report",
    "ticket",   "status",   "update",  "news",      "progress",   "cancel",      "change",    "wrong",      "right",
    "agree",    "disagree", "accept",  "refuse",    "speak",      "talk",        "human",     "english",    "fee",
    "fees",     "bill",     "money",   "pay",       "paid",       "refund",      "every",     "all",        "some",
    "any",      "out",      "up",      "down",      "off",        "over",        "about",     "after",      "before",
    "between",  "behind",   "near",    "next",      "under",      "until",       "too",       "so",         "long",
    "last",     "new",      "old",     "one",       "two",        "three",       "kill",      "myself",     "bad",
    "happy",    "data",     "export",  "delete",    "copy",       "personal",    "account",   "information"};

// Characters that only the simplified writing has; the most frequent ones suffice to tell a sentence.
constexpr std::u32string_view simplified_only =
    U"们这来时说会国对学过没动当开还进种样从头现实经长点见间问题电东车门给话认让应该谁吗请谢楼层单号栋坏灯报业处办员够"
    U"钱难听买卖"
    U"两边为无与专丢严个临乐习乡书乱争亏亚产亲仅仓价众优传伤伦体侧俩债倾偿储儿关兴养写军农冲决况冻净减凤击刘则刚创删别"
    U"剧劝劳势"
    U"区医华协单卫厅历压厌厕县参双发变叶吓吨启员呜响哑唤啰啸喷团园围图圆坚块坛坝坟坠垃垄垒垫墙声壳壶处备复够头夹夺奋奖"
    U"妇妈姗娱婴"
    U"孙宁宝实宠审宽宾寻导将尔尘尝层届属岁岗岛币师帐帮带广庆库应废庙张弹强归录彻径忆忧怀态怜总恋恼惊惧惯愤愿戏战户扑执"
    U"扩扫扬扰抚"
    U"抢护担拟拥择挂挡挤挥损换据掷携摄摆摇摊撑数斋斗断旧旷显晓晕暂术机杀杂权条极构枪柜标栏树桥检楼欢欧残毁毕气汇汉汤沟"
    U"洁浅测济浏浓涂"
    U"涛涝润涨渐渔温湾湿满滚滞滤灭灯灵灾炉炼烁烂烛烟烦烧热爱爷牵犹独狭狱猎猫献玛环现电疗疯痒瘫监盖盘着睁码砖础确离种积"
    U"称稳穷窃窗窝竞"
    U"笔笼筑签简篮粮紧纠红约级纪纯纱纲纳纵纷纸纹线练组细终经绑结绕绘给络绝统绢绣继绩续绳维综绿缆缓编缘缝缩网罗罚职联聪"
    U"肃肠肤胀胁胆"
    U"脏脑脚脱脸艺节芦苏药获营虽虾虑补装见观规视览觉触誉计订讨让训议讯记讲许论设访证评识诉诊词译试诚话诞询该详误说请诸"
    U"诺读课谁调谈谅"
    U"谋谎谐谓谢谨谱贝负贡财责败账货质贩贪贫购贯贴贵贷费贺贼资赏赔赖赚赛赞赠赢赵趋跃踪车轨转轮软轰轻载较辅辆辈输辖边达"
    U"迁过运还这进远"
    U"违连迟适选递逻遗邓邮邻郑酱释里钉针钓钟钢钥钱钻铁铃铅银铺链销锁锅错锡锤键镇镜长门闪闭问闯闲间闷闹闻阀阅阔队阳阴阵"
    U"阶际陆陈险随隐"
    U"难雾静韩页顶项顺须顾顿颁预领频颗题颜额风飘飞饥饭饮饰饱饿馆马驱驶驾骂验骑骗鱼鲜鸟鸡鸭鸣麦黄齐齿龄龙";

// Some of the list are used in traditional writing as well: they tell nothing.
constexpr std::u32string_view in_both_writings = U"里别厌温窗黄丢着垃废涂";

bool is_simplified(char32_t point) {
    constexpr char32_t first = U'\u4e00', end = U'\ua000';
    static const auto table = [] {  // asked for each character of each message
        std::bitset<end - first> all;
        for (const auto one : simplified_only) all.set(one - first);
        for (const auto one : in_both_writings) all.reset(one - first);
        return all;
    }();
    return point >= first && point < end && table.test(point - first);
}

constexpr std::u32string_view of_addresses = U"栋棟幢座号號楼樓单單元室层層期区區弄一二三四五六七八九十零";
constexpr std::u32string_view of_sentences = U"的了吗嗎不没沒我你有在呢吧请請谢謝想要怎什么麼是还還就都也被把";

struct Seen {
    std::size_t han = 0;  // without those of addresses
    std::size_t all_han = 0, simplified = 0;
    bool sentence = false;  // one of the small words that make a Chinese sentence
    std::size_t letters = 0, words = 0, english = 0, plain_english = 0;  // plain: beside everybody's
};

Seen look_at(std::string_view utf8) {
    Seen seen;
    std::string word;
    bool with_digits = false;
    const auto end_of_word = [&] {
        if (!word.empty() && !with_digits) {
            ++seen.words;
            const bool known = is_one_of(word, english_words);
            if (known || is_one_of(word, everybodys)) ++seen.english;
            if (known) ++seen.plain_english;
        }
        word.clear();
        with_digits = false;
    };
    for (auto point : to_points(utf8)) {
        if (point == U'’') point = U'\'';
        if (is_ascii_letter(point) || (point == U'\'' && !word.empty())) {
            seen.letters += point != U'\'';
            word += static_cast<char>(point >= U'A' && point <= U'Z' ? point + 32 : point);
            continue;
        }
        if (is_ascii_digit(point) && !word.empty()) with_digits = true;
        if (!is_ascii_digit(point)) end_of_word();
        if (!is_han(point)) continue;
        ++seen.all_han;
        const bool of_address = of_addresses.find(point) != std::u32string_view::npos;
        seen.simplified += !of_address && is_simplified(point);
        seen.han += !of_address;
        seen.sentence = seen.sentence || of_sentences.find(point) != std::u32string_view::npos;
    }
    end_of_word();
    return seen;
}

// The talk has only begun: nothing was told, asked or greeted yet.
bool is_fresh(const Talk& talk) {
    return talk.drafts_made == 0 && talk.question.kind.empty() && !talk.greeted && !talk.last_ticket &&
           talk.nonsense == 0 && talk.language == house_language;
}

// The language of the words themselves; empty: they tell none.
std::string written_in(const Talk& talk, const Heard& heard) {
    const auto seen = look_at(heard.text);
    const bool traditional = heard.understood.language == "zh-TW";
    const bool now_english = talk.language == "en";
    const bool chinese = seen.han >= 4 || (seen.sentence && seen.han >= 3);
    // Half of the words are everyday ones, or so many that the others are what it speaks of.
    const bool reads_english = 2 * seen.english >= seen.words || seen.plain_english >= 4;
    if (!now_english && !chinese && seen.words >= 2 && reads_english) {
        const bool fresh = is_fresh(talk);
        if (seen.plain_english >= 2 || (fresh && seen.english >= 2)) return "en";
    }
    // A cry for help needs no sentence.
    if (!now_english && seen.all_han == 0 && seen.plain_english >= 1 && heard.understood.emergency &&
        (seen.words >= 2 || is_fresh(talk)))
        return "en";
    if (seen.all_han == 0) return {};
    if (now_english) {
        if (!chinese || 3 * seen.han < seen.letters) return {};
        return traditional && seen.simplified == 0 ? "zh-TW" : "zh-CN";
    }
    if (traditional && seen.simplified == 0) return "zh-TW";
    if (!traditional && seen.simplified > 0) return "zh-CN";
    return {};
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : text) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '\'';
        if (letter) word += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
        if (!letter && !word.empty()) words.push_back(std::move(word)), word.clear();
    }
    if (!word.empty()) words.push_back(std::move(word));
    return words;
}

// "can you speak English please", "I don't speak Chinese"
std::optional<std::string> wished_in_english(std::string_view clause) {
    static constexpr std::string_view around[] = {
        "please",   "can",     "could",    "we",     "you",     "i",     "do",     "speak",  "talk", "reply",
        "answer",   "write",   "use",      "in",     "to",      "with",  "me",     "switch", "want", "would",
        "like",     "is",      "there",    "the",    "hi",      "hello", "sorry",  "only",   "a",    "bit",
        "ok",       "let's",   "and",      "my",     "version", "mode",  "change", "it",     "be",   "for",
        "possible", "service", "language", "thanks", "does",    "anyone"};
    bool english = false, chinese = false, traditional = false, negated = false;
    for (const auto& word : words_of(clause)) {
        if (word == "english")
            english = true;
        else if (word == "chinese" || word == "mandarin")
            chinese = true;
        else if (word == "traditional")
            traditional = true;
        else if (word == "don't" || word == "not" || word == "cannot" || word == "can't" || word == "no")
            negated = true;
        else if (word != "simplified" && word != "understand" && word != "read" && !is_one_of(word, around))
            return std::nullopt;
    }
    if (english == chinese) return std::nullopt;
    if (negated) return chinese ? std::optional<std::string>("en") : std::nullopt;
    return english ? "en" : traditional ? "zh-TW" : "zh-CN";
}

std::optional<std::string> wished_in_chinese(std::string clause, bool traditional) {
    for (const std::string_view word :
         {"能不能", "可不可以", "麻烦", "可以", "切换", "谢谢", "回复", "回答", "语言", "一下",
          "跟我",   "和我",     "请",   "能",   "会",   "你们", "您",   "你",   "我",   "想",
          "要",     "用",       "说",   "讲",   "回",   "换",   "成",   "到",   "改",   "为",
          "字",     "版",       "的",   "好",   "么",   "给",   "吗",   "吧",   "嘛",   " "})
        for (std::size_t at = 0; (at = clause.find(word, at)) != std::string::npos;) clause.erase(at, word.size());
    const auto is = [&](std::initializer_list<std::string_view> names) {
        return std::find(names.begin(), names.end(), clause) != names.end();
    };
    if (is({"英文", "英语", "english", "English"})) return "en";
    if (is({"繁体", "繁体中文", "正体", "正体中文"})) return "zh-TW";
    if (is({"简体", "简体中文"})) return "zh-CN";
    if (is({"中文", "汉语", "国语", "普通话", "看不懂英文", "看不懂英语", "不懂英文", "不懂英语", "看不懂"}))
        return clause == "看不懂" ? std::optional<std::string>{} : traditional ? "zh-TW" : "zh-CN";
    return std::nullopt;
}

std::vector<std::string> between_marks(std::string_view text) {
    std::vector<std::string> found(1);
    for (std::size_t at = 0; at < text.size();) {
        const auto sign = text.substr(at, point_length(text, at));
        at += sign.size();
        const bool ends = sign == "," || sign == "." || sign == "!" || sign == "?" || sign == ";" || sign == ":" ||
                          sign == "\n" || sign == "，" || sign == "。";
        if (!ends)
            found.back() += sign;
        else if (!found.back().empty())
            found.emplace_back();
    }
    std::erase_if(found, [](const std::string& clause) { return clause.find_first_not_of(' ') == std::string::npos; });
    return found;
}

// False: no clause of it can wish for a language, which is told quickly.
bool may_name_language(std::string_view text) {
    for (const std::string_view word : {"英", "中文", "汉语", "国语", "普通话", "体"})
        if (text.find(word) != std::string_view::npos) return true;
    return std::any_of(text.begin(), text.end(), is_ascii_letter);
}

std::optional<std::string> wish_of(const std::string& clause, bool traditional) {
    const auto english = wished_in_english(clause);
    const bool latin =
        std::all_of(clause.begin(), clause.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    return latin ? english : wished_in_chinese(clause, traditional);
}

}  // namespace

std::optional<std::string> wished_language(std::string_view text, bool traditional) {
    constexpr std::size_t a_sentence = 120;  // bytes
    if (text.size() > a_sentence || !may_name_language(text)) return std::nullopt;
    std::optional<std::string> wished;
    for (const auto& clause : between_marks(text))
        if (auto wish = wish_of(clause, traditional)) wished = std::move(wish);
    return wished;
}

bool only_wishes_language(std::string_view text) {
    if (!may_name_language(text)) return false;
    const auto all = between_marks(text);
    return !all.empty() && std::all_of(all.begin(), all.end(), [](const std::string& clause) {
        return wish_of(clause, false).has_value() || is_one_of(plain(clause), everybodys);
    }) && std::any_of(all.begin(), all.end(), [](const std::string& clause) {
        return wish_of(clause, false).has_value();
    });
}

namespace {

// What he sets on the page counts from then on, whatever he writes in. What his device prefers is where a talk begins.
void take_setting(const Heard& heard, Talk& talk, std::string& language) {
    const auto& set = heard.setting;
    if (set.language.empty()) return;
    const auto mark = set.language + (set.chosen ? "" : "?");
    if (mark == talk.language_setting) return;
    const bool begins = talk.language_setting.empty() && talk.last_text.empty() && talk.drafts_made == 0;
    // An English telephone says little of somebody who writes Chinese.
    const bool writes_other = set.language == "en" && look_at(heard.text).all_han > 0;
    if (set.chosen || (begins && !writes_other)) language = set.language;
    if (set.chosen) talk.language_wished = true;
    talk.language_setting = mark;
}

}  // namespace

bool choose_language(Talk& talk, const Heard& heard) {
    auto language = talk.language;
    take_setting(heard, talk, language);
    if (heard.kind != HeardKind::text || heard.text.empty()) {
        const bool changes = language != talk.language;
        talk.language = language;
        return changes;
    }
    const bool traditional = heard.understood.language == "zh-TW";
    if (auto wish = wished_language(heard.understood.text, traditional)) {
        // "说中文" to somebody who is answered in traditional characters means those.
        if (*wish == "zh-CN" && talk.language == "zh-TW" && heard.understood.text.find("简") == std::string::npos)
            wish = "zh-TW";
        language = *wish;
        talk.language_wished = true;
    } else if (!talk.language_wished) {
        if (auto written = written_in(talk, heard); !written.empty()) language = std::move(written);
    }
    if (language == talk.language) return false;
    talk.language = language;
    return true;
}

void put_choices_into(Talk& talk, const PackTalk& pack, std::string_view before) {
    for (auto& [title, action] : talk.question.choices)
        for (const auto& key : pack.house->keys()) {
            const bool of_choices = key.starts_with("talk.choice.") || key.starts_with("customer.choice.") ||
                                    key.starts_with("talk.reason.");
            if (!of_choices || pack.text(key, {}, before) != title) continue;
            title = pack.text(key, {}, talk.language);
            break;
        }
}

}  // namespace huiyin
