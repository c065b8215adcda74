#include "bot/understanding/pinyin.h"

#include <algorithm>
#include <map>
#include <vector>

#include "bot/understanding/sounds.h"
#include "bot/understanding/text.h"

namespace huiyin {
namespace {

struct Reading {
    const char* syllables;
    const char32_t* word;
};
// Danger first, then what the house is asked about. None that is English, too.
constexpr Reading readings[] = {
    {"dian ti", U"电梯"},
    {"kun zhu", U"困住"},
    {"kun zhu le", U"困住了"},
    {"kun ren", U"困人"},
    {"bei kun", U"被困"},
    {"bei guan", U"被关"},
    {"ka zhu", U"卡住"},
    {"ka zhu le", U"卡住了"},
    {"chu bu lai", U"出不来"},
    {"chu bu qu", U"出不去"},
    {"li mian", U"里面"},
    {"mei qi", U"煤气"},
    {"mei qi wei", U"煤气味"},
    {"ran qi", U"燃气"},
    {"tian ran qi", U"天然气"},
    {"lou qi", U"漏气"},
    {"lou qi le", U"漏气了"},
    {"xie lou", U"泄漏"},
    {"xie lou le", U"泄漏了"},
    {"zhao huo", U"着火"},
    {"zhao huo le", U"着火了"},
    {"qi huo le", U"起火了"},
    {"shi huo le", U"失火了"},
    {"huo zai", U"火灾"},
    {"mao yan", U"冒烟"},
    {"mao yan le", U"冒烟了"},
    {"mie huo", U"灭火"},
    {"jiu huo", U"救火"},
    {"jiu ming", U"救命"},
    {"bao zha", U"爆炸"},
    {"bao zha le", U"爆炸了"},
    {"chu dian", U"触电"},
    {"chu dian le", U"触电了"},
    {"lou dian", U"漏电"},
    {"lou dian le", U"漏电了"},
    {"dian xian", U"电线"},
    {"pei dian xiang", U"配电箱"},
    {"cha zuo", U"插座"},
    {"liu xue", U"流血"},
    {"yun dao", U"晕倒"},
    {"yun dao le", U"晕倒了"},
    {"hun dao", U"昏倒"},
    {"shuai dao", U"摔倒"},
    {"shuai dao le", U"摔倒了"},
    {"da ren", U"打人"},
    {"da jia", U"打架"},
    {"sha ren", U"杀人"},
    {"bao jing", U"报警"},
    {"tiao lou", U"跳楼"},
    {"zi sha", U"自杀"},
    {"bu xiang huo", U"不想活"},
    {"bu xiang huo le", U"不想活了"},
    {"diao xia lai", U"掉下来"},
    {"kuai lai", U"快来"},
    {"jiao bu xing", U"叫不醒"},
    {"qi bu lai", U"起不来"},
    {"bu dong le", U"不动了"},
    {"bu zou le", U"不走了"},
    {"kai bu liao", U"开不了"},
    {"da bu kai", U"打不开"},
    {"shuai le", U"摔了"},
    {"ye ye", U"爷爷"},
    {"nai nai", U"奶奶"},
    {"lao ren", U"老人"},
    {"hai zi", U"孩子"},
    {"xiao hai", U"小孩"},
    {"tou yun", U"头晕"},
    {"dian xiang", U"电箱"},
    {"dian biao", U"电表"},
    {"dian dao", U"电到"},
    {"shou ma", U"手麻"},
    {"ma shou", U"麻手"},
    {"jin shui", U"进水"},
    {"lou dao cha zuo", U"漏到插座"},
    {"lou dao dian xiang", U"漏到电箱"},
    {"lou dao dian biao", U"漏到电表"},
    {"na dao", U"拿刀"},
    {"kan ren", U"砍人"},
    {"qiang jie", U"抢劫"},
    {"tian tai", U"天台"},
    {"xiang si", U"想死"},
    {"chu fang", U"厨房"},
    {"quan shi", U"全是"},
    {"wo zai", U"我在"},
    {"wo ba", U"我爸"},
    {"wo ma", U"我妈"},
    {"you ren", U"有人"},
    {"lou shui", U"漏水"},
    {"lou shui le", U"漏水了"},
    {"ting shui", U"停水"},
    {"ting dian", U"停电"},
    {"mei dian", U"没电"},
    {"mei shui", U"没水"},
    {"huai le", U"坏了"},
    {"men jin", U"门禁"},
    {"la ji", U"垃圾"},
    {"bao an", U"保安"},
    {"tou su", U"投诉"},
    {"wu ye", U"物业"},
    {"lu deng", U"路灯"},
    {"lou dao", U"楼道"},
    {"lou shang", U"楼上"},
    {"lou xia", U"楼下"},
    {"che wei", U"车位"},
    {"che ku", U"车库"},
    {"zao yin", U"噪音"},
    {"zhuang xiu", U"装修"},
    {"wei xiu", U"维修"},
    {"ren gong", U"人工"},
    {"xia shui dao", U"下水道"},
    {"ma tong", U"马桶"},
    {"gong dan", U"工单"},
    {"dan yuan", U"单元"},
    {"hao lou", U"号楼"},
};

struct Word {
    std::u32string sounds;
    std::u32string_view word;
};

// By the first sound, the longest first.
const std::map<char32_t, std::vector<Word>>& words() {
    static const auto made = [] {
        std::map<char32_t, std::vector<Word>> all;
        for (const auto& [syllables, word] : readings) {
            std::u32string letters;
            for (const char* letter = syllables; *letter; ++letter)
                letters.push_back(static_cast<char32_t>(static_cast<unsigned char>(*letter)));
            std::u32string sounds;
            for (const auto& one : syllables_of(letters)) sounds.push_back(one.sound);
            auto& list = all[sounds.front()];
            list.push_back({std::move(sounds), word});
        }
        for (auto& [first, list] : all)
            std::sort(list.begin(), list.end(),
                      [](const Word& a, const Word& b) { return a.sounds.size() > b.sounds.size(); });
        return all;
    }();
    return made;
}

const Word* word_at(const std::vector<Syllable>& heard, std::size_t at) {
    const auto found = words().find(heard[at].sound);
    if (found == words().end()) return nullptr;
    for (const auto& word : found->second) {
        if (word.sounds.size() > heard.size() - at) continue;
        bool same = true;
        for (std::size_t i = 1; same && i < word.sounds.size(); ++i) same = heard[at + i].sound == word.sounds[i];
        if (same) return &word;
    }
    return nullptr;
}

}  // namespace

bool read_pinyin(std::u32string& text) {
    if (std::none_of(text.begin(), text.end(), is_ascii_letter)) return false;
    std::u32string low = text;
    for (auto& point : low)
        if (point >= U'A' && point <= U'Z') point += 32;
    const auto heard = syllables_of(low);
    std::u32string out;
    std::size_t taken = 0;
    for (std::size_t at = 0; at < heard.size();) {
        const auto* word = word_at(heard, at);
        // "7 dong": a syllable of its own only behind a number.
        std::size_t number = heard[at].begin;
        if (number > 0 && low[number - 1] == U' ') --number;
        const bool house = !word && low.compare(heard[at].begin, heard[at].end - heard[at].begin, U"dong") == 0 &&
                           number > 0 && is_ascii_digit(low[number - 1]);
        if (!word && !house) {
            ++at;
            continue;
        }
        const auto last = at + (word ? word->sounds.size() : 1) - 1;
        out.append(text, taken, (house ? number : heard[at].begin) - taken);
        out += house ? std::u32string_view(U"栋") : word->word;
        taken = heard[last].end;
        at = last + 1;
    }
    if (taken == 0) return false;
    out.append(text, taken);
    text = std::move(out);
    return true;
}

}  // namespace huiyin
