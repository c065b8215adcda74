#include "bot/understanding/text.h"

#include <utf8proc.h>
#include <opencc/SimpleConverter.hpp>

#include <bitset>
#include <cstdlib>
#include <stdexcept>
#include <unordered_map>
#include <vector>

#include "bot/understanding/pinyin.h"

namespace huiyin {
namespace {

constexpr char32_t han_first = 0x3400, han_last = 0x9FFF;

// Characters that the converter changes but simplified writers use too; they prove no traditional writing.
constexpr std::u32string_view shared_characters = U"著乾瞭藉麽徵甚於乾裏后沈么麼幺喫喂妳祇隻";

struct Spelling {
    const char32_t* wrong;
    const char32_t* right;
};
// Cantonese words, applied before the conversion to simplified characters.
constexpr Spelling cantonese[] = {
    {U"唔該", U"麻烦"},   {U"唔係", U"不是"},
    {U"係咪", U"是不是"}, {U"有冇", U"有没有"},
    {U"唔", U"不"},       {U"冇", U"没有"},
    {U"嘅", U"的"},       {U"關係", U"关系"},
    {U"聯係", U"联系"},   {U"係", U"是"},
    {U"喺", U"在"},       {U"咗", U"了"},
    {U"佢哋", U"他们"},   {U"佢", U"他"},
    {U"我哋", U"我们"},   {U"你哋", U"你们"},
    {U"哋", U"们"},       {U"幾時", U"什么时候"},
    {U"點解", U"为什么"}, {U"點樣", U"怎么"},
    {U"點算", U"怎么办"}, {U"乜嘢", U"什么"},
    {U"乜", U"什么"},     {U"嗰個", U"那个"},
    {U"嗰", U"那"},       {U"啲", U"些"},
    {U"搵", U"找"},       {U"揾", U"找"},
    {U"而家", U"现在"},   {U"依家", U"现在"},
    {U"琴日", U"昨天"},   {U"尋日", U"昨天"},
    {U"寻日", U"昨天"},   {U"琴晚", U"昨晚"},
    {U"尋晚", U"昨晚"},   {U"聽日", U"明天"},
    {U"听日", U"明天"},   {U"今日头条", U"今日头条"},
    {U"今日", U"今天"},   {U"前日", U"前天"},
    {U"升降機", U"电梯"}, {U"𨋢", U"电梯"},
    {U"嚟", U"来"},       {U"畀", U"给"},
    {U"俾", U"给"},       {U"睇", U"看"},
    {U"屋企", U"家里"},   {U"嘈", U"吵"},
    {U"邊個", U"谁"},     {U"邊度", U"哪里"},
    {U"咁", U"这么"},     {U"喇叭", U"喇叭"},
    {U"喇", U"啦"},       {U"㗎", U"的"},
    {U"嘢", U"东西"},     {U"攞", U"拿"},
    {U"呢度", U"这里"},   {U"呢個", U"这个"},
    {U"水喉", U"水管"},   {U"冷氣", U"空调"},
    {U"管理處", U"物业"}, {U"車房", U"车库"},
    {U"泊車", U"停车"},   {U"同埋", U"和"},
    {U"即刻", U"立刻"},   {U"完成日", U"完成日"},
    {U"成日", U"整天"},   {U"日日", U"天天"},
    {U"晚晚", U"每晚"},   {U"閂", U"关"},
    {U"爛咗", U"坏了"},   {U"電燈膽", U"灯泡"},
    {U"困喺", U"困在"},   {U"熄咗", U"灭了"},
    {U"嗌", U"叫"},       {U"瞓", U"睡"},
    {U"唞", U"休息"},     {U"仲未", U"还没"},
    {U"仲有", U"还有"},   {U"埋單", U"付钱"},
    {U"曱甴", U"蟑螂"},   {U"滲水", U"渗水"},
    {U"啱啱", U"刚刚"},   {U"頭先", U"刚才"},
    {U"好耐", U"很久"},   {U"幾耐", U"多久"},
    {U"攰", U"累"},       {U"入面", U"里面"},
    {U"出邊", U"外面"},   {U"落嚟", U"下来"},
    {U"跌親", U"跌伤"},   {U"打交", U"打架"},

};
// What rules would not know, or take for something else, in traditional writing; few, for a matter is read back in his
// words.
constexpr Spelling taiwanese[] = {{U"跳電", U"跳闸"}, {U"案件", U"工单"}, {U"我的件", U"我的工单"}};
// What typing and voice input make of common words, applied after the conversion.
constexpr Spelling misspelt[] = {
    {U"电剃", U"电梯"},       {U"电题", U"电梯"},       {U"电体", U"电梯"},         {U"电踢", U"电梯"},
    {U"店梯", U"电梯"},       {U"垫梯", U"电梯"},       {U"漏谁", U"漏水"},         {U"露水了", U"漏水了"},
    {U"渗谁", U"渗水"},       {U"下水到", U"下水道"},   {U"路登", U"路灯"},         {U"楼导", U"楼道"},
    {U"拉圾", U"垃圾"},       {U"垃极", U"垃圾"},       {U"辣鸡桶", U"垃圾桶"},     {U"乐色", U"垃圾"},
    {U"勒色", U"垃圾"},       {U"保按", U"保安"},       {U"宝安", U"保安"},         {U"物页", U"物业"},
    {U"物叶", U"物业"},       {U"投数", U"投诉"},       {U"头诉", U"投诉"},         {U"投素", U"投诉"},
    {U"停车卫", U"停车位"},   {U"消房", U"消防"},       {U"消纺", U"消防"},         {U"煤汽", U"煤气"},
    {U"梅气", U"煤气"},       {U"燃汽", U"燃气"},       {U"天燃气", U"天然气"},     {U"天然汽", U"天然气"},
    {U"着伙", U"着火"},       {U"起伙了", U"起火了"},   {U"触店", U"触电"},         {U"配电厢", U"配电箱"},
    {U"转人供", U"转人工"},   {U"转认工", U"转人工"},   {U"人公客服", U"人工客服"}, {U"满义", U"满意"},
    {U"装休", U"装修"},       {U"噪因", U"噪音"},       {U"躁音", U"噪音"},         {U"燥音", U"噪音"},
    {U"造音", U"噪音"},       {U"但元", U"单元"},       {U"单园", U"单元"},         {U"单原", U"单元"},
    {U"单员", U"单元"},       {U"掸元", U"单元"},       {U"号搂", U"号楼"},         {U"号喽", U"号楼"},
    {U"木有", U"没有"},       {U"咋个", U"怎么"},       {U"咋子", U"怎么"},         {U"啷个", U"怎么"},
    {U"啥子", U"什么"},       {U"啥时候", U"什么时候"}, {U"嘛时候", U"什么时候"},   {U"么子", U"什么"},
    {U"俺们", U"我们"},       {U"俺", U"我"},           {U"俺家", U"我家"},         {U"侬", U"你"},
    {U"恁", U"你"},           {U"木得", U"没有"},       {U"没得", U"没有"},         {U"冒得", U"没有"},
    {U"莫得", U"没有"},       {U"弗来赛", U"不行"},     {U"不中嘞", U"不行了"},     {U"中不中", U"行不行"},
    {U"今儿个", U"今天"},     {U"今儿", U"今天"},       {U"昨儿个", U"昨天"},       {U"昨儿", U"昨天"},
    {U"前儿", U"前天"},       {U"明儿", U"明天"},       {U"夜个", U"昨天"},         {U"昨个", U"昨天"},
    {U"今个", U"今天"},       {U"明个", U"明天"},       {U"昨日", U"昨天"},         {U"晓不得", U"不知道"},
    {U"勿好", U"不好"},       {U"伐好", U"不好"},       {U"巴适", U"舒服"},         {U"晓得", U"知道"},
    {U"礼拜天", U"星期天"},   {U"礼拜", U"星期"},       {U"煤七", U"煤气"},         {U"煤器", U"煤气"},
    {U"媒气", U"煤气"},       {U"燃起泄", U"燃气泄"},   {U"燃器泄", U"燃气泄"},     {U"气泻漏", U"气泄漏"},
    {U"漏店了", U"漏电了"},   {U"触点了", U"触电了"},   {U"着或了", U"着火了"},     {U"着获了", U"着火了"},
    {U"招火了", U"着火了"},   {U"找火了", U"着火了"},   {U"起获了", U"起火了"},     {U"冒咽", U"冒烟"},
    {U"被捆在", U"被困在"},   {U"困主了", U"困住了"},   {U"摔到了", U"摔倒了"},     {U"晕到了", U"晕倒了"},
    {U"昏到了", U"昏倒了"},   {U"救名", U"救命"},       {U"im ", U"i'm "},          {U"wont ", U"won't "},
    {U"cant ", U"can't "},    {U"dont ", U"don't "},    {U"isnt ", U"isn't "},      {U"doesnt ", U"doesn't "},
    {U"theres ", U"there's "}};

// Replaces words; the longest that fits at a place wins. Keyed by the first code point.
class Replacer {
public:
    template <std::size_t N>
    explicit Replacer(const Spelling (&table)[N]) {
        for (const auto& [wrong, right] : table) by_first_[wrong[0]].push_back({wrong, right});
    }
    void apply(std::u32string& text) const {
        std::u32string out;
        bool changed = false;
        for (std::size_t at = 0; at < text.size();) {
            const auto found = by_first_.find(text[at]);
            const Pair* best = nullptr;
            if (found != by_first_.end()) {
                for (const auto& pair : found->second) {
                    if (best && pair.wrong.size() <= best->wrong.size()) continue;
                    if (text.compare(at, pair.wrong.size(), pair.wrong) == 0 && stands_alone(text, at, pair.wrong))
                        best = &pair;
                }
            }
            if (best) {
                if (!changed) out = text.substr(0, at), changed = true;
                out += best->right;
                at += best->wrong.size();
            } else {
                if (changed) out += text[at];
                ++at;
            }
        }
        if (changed) text = std::move(out);
    }

private:
    struct Pair {
        std::u32string wrong, right;
    };
    static bool stands_alone(const std::u32string& text, std::size_t at, const std::u32string& word) {
        if (!is_ascii_letter(word.front())) return true;
        return (at == 0 || !is_ascii_letter(text[at - 1]));
    }
    std::unordered_map<char32_t, std::vector<Pair>> by_first_;
};

std::u32string nfkc(const std::u32string& points) {
    // Most messages need only the width folding below; the library is asked where a character may decompose.
    bool plain = true;
    for (const auto point : points)
        if (!(point < 0x80 || is_han(point) || (point >= 0xFF01 && point <= 0xFF5E) ||
              (point >= 0x3000 && point <= 0x3002)))
            plain = false;
    std::u32string out;
    if (plain) {
        out = points;
        for (auto& point : out) {
            if (point >= 0xFF01 && point <= 0xFF5E) point = point - 0xFF01 + 0x21;
            if (point == 0x3000) point = U' ';
        }
        return out;
    }
    const std::string utf8 = to_utf8(points);
    utf8proc_uint8_t* mapped = nullptr;
    const auto size = utf8proc_map(
        reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()), static_cast<utf8proc_ssize_t>(utf8.size()), &mapped,
        static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_IGNORE));
    if (size < 0) return points;
    out = to_points({reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size)});
    std::free(mapped);
    return out;
}

// One look for each mark; runs of spaces become one; none at the ends.
void tidy(std::u32string& text) {
    std::u32string out;
    out.reserve(text.size());
    for (auto point : text) {
        switch (point) {
            case U'。':
                point = U'.';
                break;
            case U'、':
                point = U',';
                break;
            case U'\t':
            case U'\r':
            case U'\v':
            case U'\f':
                point = U' ';
                break;
            case U'‐':
            case U'‑':
            case U'–':
            case U'—':
            case U'−':
            case U'－':
            case U'―':
                point = U'-';
                break;
            case U'“':
            case U'”':
            case U'「':
            case U'」':
            case U'『':
            case U'』':
            case U'〝':
            case U'〞':
                point = U'"';
                break;
            case U'‘':
            case U'’':
                point = U'\'';
                break;
            case U'〇':
                point = U'零';
                break;
            default:
                break;
        }
        if (point < 0x20 && point != U'\n') continue;
        if (point == U' ' && (out.empty() || out.back() == U' ' || out.back() == U'\n')) continue;
        out.push_back(point);
    }
    while (!out.empty() && (out.back() == U' ' || out.back() == U'\n')) out.pop_back();
    text = std::move(out);
}

// 困 电 梯 了: characters that stand one by one are a word all the same; two may be meant apart.
void join_spelt_apart(std::u32string& text) {
    std::u32string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at, characters = 0;
        while (end < text.size() && is_han(text[end]) && (end + 1 == text.size() || text[end + 1] == U' ')) {
            ++characters;
            end += 2;
        }
        const bool at_border = at == 0 || text[at - 1] == U' ';
        if (characters < 3 || !at_border) {
            out.push_back(text[at++]);
            continue;
        }
        for (std::size_t one = 0; one < characters; ++one) out.push_back(text[at + 2 * one]);
        at = std::min(end, text.size());
        if (at < text.size()) out.push_back(U' ');
    }
    text = std::move(out);
}

}  // namespace

std::u32string to_points(std::string_view utf8) {
    std::u32string points;
    points.reserve(utf8.size() / 2);
    for (std::size_t at = 0; at < utf8.size();) {
        const auto lead = static_cast<unsigned char>(utf8[at]);
        if (lead < 0x80) {
            points.push_back(lead);
            ++at;
            continue;
        }
        utf8proc_int32_t point = 0;
        const auto taken =
            utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data() + at),
                             static_cast<utf8proc_ssize_t>(std::min<std::size_t>(4, utf8.size() - at)), &point);
        if (taken <= 0) {
            ++at;
            continue;
        }
        points.push_back(static_cast<char32_t>(point));
        at += static_cast<std::size_t>(taken);
    }
    return points;
}

std::string to_utf8(std::u32string_view points) {
    std::string utf8;
    utf8.reserve(points.size() * 3);
    for (const auto point : points) {
        utf8proc_uint8_t bytes[4];
        const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(point), bytes);
        utf8.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    }
    return utf8;
}

bool is_han(char32_t point) {
    return (point >= han_first && point <= han_last) || (point >= 0x20000 && point <= 0x323AF);
}

bool parts_clauses(std::u32string_view low, std::size_t at) {
    const auto latin = [&](std::size_t beside) {
        return beside < low.size() && (is_ascii_letter(low[beside]) || is_ascii_digit(low[beside]));
    };
    return is_stop(low[at]) || (low[at] == U' ' && !(at > 0 && latin(at - 1) && latin(at + 1)));
}

bool is_stop(char32_t point) {
    switch (point) {
        case U',':
        case U'.':
        case U'!':
        case U'?':
        case U';':
        case U':':
        case U'\n':
        case U'~':
        case U'…':
            return true;
        default:
            return false;
    }
}

int digit_of(char32_t point) {
    if (is_ascii_digit(point)) return static_cast<int>(point - U'0');
    switch (point) {
        case U'零':
        case U'〇':
            return 0;
        case U'一':
        case U'幺':
        case U'壹':
            return 1;
        case U'二':
        case U'两':
        case U'贰':
            return 2;
        case U'三':
        case U'叁':
            return 3;
        case U'四':
        case U'肆':
            return 4;
        case U'五':
        case U'伍':
            return 5;
        case U'六':
        case U'陆':
            return 6;
        case U'七':
        case U'柒':
            return 7;
        case U'八':
        case U'捌':
            return 8;
        case U'九':
        case U'玖':
            return 9;
        default:
            return -1;
    }
}

struct Normaliser::State {
    opencc::SimpleConverter to_simplified{"t2s.json"};
    std::bitset<han_last - han_first + 1> traditional;
    Replacer cantonese_words{cantonese}, taiwanese_words{taiwanese};
    Replacer spellings{misspelt};
};

Normaliser::Normaliser() {
    auto state = std::make_unique<State>();
    // Ask the converter once for every character, a line each, which ones it changes.
    std::u32string all;
    for (char32_t point = han_first; point <= han_last; ++point) {
        all.push_back(point);
        all.push_back(U'\n');
    }
    const auto simplified = to_points(state->to_simplified.Convert(to_utf8(all)));
    if (simplified.size() == all.size())
        for (std::size_t at = 0; at < all.size(); at += 2)
            if (simplified[at] != all[at]) state->traditional.set(all[at] - han_first);
    if (state->traditional.none())
        throw std::runtime_error(
            "the converter to simplified characters changes nothing: t2s.json: install libopencc-data");
    for (const auto point : shared_characters)
        if (point >= han_first && point <= han_last) state->traditional.reset(point - han_first);
    state_ = std::move(state);
}

Normaliser::~Normaliser() = default;

Written Normaliser::normalise(std::string_view utf8, std::size_t most) const {
    Written written;
    auto points = to_points(utf8.substr(0, most * 4));
    if (points.size() > most) points.resize(most);
    points = nfkc(points);
    std::size_t han = 0, letters = 0, traditional = 0;
    for (const auto point : points) {
        if (is_han(point)) {
            ++han;
            if (point <= han_last && state_->traditional.test(point - han_first)) ++traditional;
        } else if (is_ascii_letter(point)) {
            ++letters;
        }
    }
    written.language = traditional > 0 ? "zh-TW" : han == 0 && letters >= 3 ? "en" : letters > 6 * han ? "en" : "zh-CN";
    if (han > 0) {
        state_->cantonese_words.apply(points);
        if (traditional > 0) state_->taiwanese_words.apply(points);
        if (traditional > 0) points = to_points(state_->to_simplified.Convert(to_utf8(points)));
    }
    tidy(points);
    join_spelt_apart(points);
    if (read_pinyin(points) && han == 0) written.language = "zh-CN";
    std::u32string low = points;
    for (auto& point : low)
        if (point >= U'A' && point <= U'Z') point += 32;
    // Misspellings are looked up in lower case; the case of what stays is kept where nothing was mended.
    std::u32string mended = low;
    state_->spellings.apply(mended);
    if (mended == low) {
        written.points = std::move(points);
    } else {
        std::u32string kept = points;
        state_->spellings.apply(kept);
        written.points = kept.size() == mended.size() ? std::move(kept) : mended;
    }
    written.low = std::move(mended);
    return written;
}

}  // namespace huiyin
