#include "bot/understanding/numbers.h"
#include "bot/understanding/slots.h"

namespace huiyin {
namespace {

bool in(char32_t point, std::u32string_view set) { return set.find(point) != std::u32string_view::npos; }

template <std::size_t N>
bool any_of_words(std::u32string_view text, const std::u32string_view (&words)[N]) {
    for (const auto word : words)
        if (text.find(word) != text.npos) return true;
    return false;
}

// Money that is at stake: claimed, charged, lost, fined.
constexpr std::u32string_view stakes[] = {
    U"赔",     U"索赔",   U"补偿",      U"退",     U"还我",    U"罚",     U"扣",   U"多收", U"收了", U"损失",
    U"乱收",   U"骗",     U"被偷",      U"丢了",   U"花了",    U"交了",   U"付了", U"修车", U"垫付", U"医药费",
    U"维修费", U"价值",   U"误工",      U"掏了",   U"收我",    U"多扣",   U"少退", U"不退", U"没退", U"拖欠",
    U"欠我",   U"要我交", U"让我交",    U"泡坏",   U"受损",    U"值",     U"金额", U"共计", U"合计", U"一共",
    U"总共",   U"refund", U"compensat", U"pay me", U"charged", U"cost me"};
// Prices, rules and plans.
constexpr std::u32string_view prices_before[] = {
    U"每",     U"单价",   U"预算",   U"一个月", U"一小时", U"一平", U"一度", U"一年", U"一次",
    U"起步价", U"首付",   U"市场价", U"均价",   U"标准是", U"标准", U"工资", U"房价", U"租金",
    U"月租",   U"出租",   U"想租",   U"一天",   U"最低",   U"最高", U"便宜", U"优惠", U"大概多少",
    U"报价",   U"不超过", U"以内",   U"套餐",   U"一吨",   U"一方", U"per"};
constexpr std::u32string_view prices_after[] = {
    U"/",      U"每",       U"一个月", U"一月",   U"一年", U"一次",    U"一度", U"一平",  U"一方",     U"一小时",
    U"一天",   U"一位",     U"一人",   U"一户",   U"一吨", U"一张",    U"一只", U"一台",  U"一个小时", U"起",
    U"以内的", U"左右的房", U"的房租", U"的租金", U"per",  U"a month", U"月租", U"的套餐"};
constexpr std::u32string_view asks[] = {U"吗", U"多少", U"是不是", U"?", U"怎么收", U"标准"};

// 一块地板, 50块瓷砖: a measure word before a thing.
bool thing_follows(const std::u32string& text, std::size_t at, bool han, std::int64_t hundredths) {
    if (at >= text.size()) return false;
    static constexpr std::u32string_view things[] = {
        U"地",   U"瓷砖", U"砖",   U"玻璃", U"木",   U"板", U"牌",   U"墙",   U"草",   U"石",   U"布",   U"屏",
        U"皮",   U"天花", U"吊顶", U"空地", U"区域", U"表", U"毛巾", U"电池", U"水泥", U"铁",   U"井盖", U"镜",
        U"油",   U"污",   U"黑",   U"湿",   U"大",   U"小", U"广告", U"宣传", U"展板", U"绿化", U"外墙", U"门板",
        U"漆",   U"腻子", U"石膏", U"抹布", U"指示", U"路", U"儿",   U"去",   U"来",   U"住",   U"用",   U"反映",
        U"投诉", U"走",   U"都",   U"掉",   U"脱",   U"碎", U"坏",   U"裂"};
    const auto rest = std::u32string_view(text).substr(at);
    for (const auto thing : things)
        if (rest.starts_with(thing)) return thing != U"都" || (han && hundredths <= 300);
    // A lone 一块 is money only when nothing but a stop or a particle follows.
    return han && hundredths <= 300 && !(is_stop(text[at]) || in(text[at], U" 钱了吧呢的多"));
}

// 塌了一块, 缺一块: a piece that came off, not money.
bool piece_before(std::u32string_view before) {
    if (before.ends_with(U"了")) before.remove_suffix(1);
    return !before.empty() && in(before.back(), U"掉塌缺裂破少碎脱黑湿秃鼓翘坏烂陷起落锈霉青红肿");
}

// What is gone, spoilt or kept back: then even a sum without its unit is money.
constexpr std::u32string_view lost[] = {U"赔", U"不退", U"没退", U"退钱", U"退给", U"丢", U"偷",   U"泡",   U"花了",
                                        U"划", U"弄坏", U"砸",   U"损失", U"扣",   U"骗", U"多收", U"说法", U"买的"};
// 一千八, 两千六, 四千五, 一万二: the last digit counts hundreds or thousands, as money is spoken of.
bool spoken_short(std::u32string_view number) {
    return number.size() >= 3 && in(number[number.size() - 2], U"百千万") && digit_of(number.back()) > 0 &&
           !is_ascii_digit(number.back());
}

// The deposit is not given back, wherever in the sentence that is said.
bool kept_back(std::u32string_view after) {
    static constexpr std::u32string_view ways[] = {U"不退", U"没退",     U"退不",      U"不给退", U"没给退",
                                                   U"不还", U"没还",     U"退给我",    U"退我",   U"扣",
                                                   U"还我", U"啥时候退", U"什么时候退"};
    return any_of_words(after.substr(0, after.find_first_of(U".!?\n")), ways);
}

}  // namespace

void read_amount(std::u32string& text, const Hits& hits, FoundFacts& facts) {
    struct Sum {
        std::int64_t fen = 0;
        std::size_t begin = 0, end = 0;
        int weight = 0;
        bool corrects = false;
    };
    std::optional<Sum> best;
    const std::u32string_view all = text;
    for (std::size_t at = 0; at < text.size();) {
        const bool symbol = text[at] == U'¥' || text[at] == U'$';
        std::size_t from = at;
        if (symbol)
            ++from;
        else if (all.substr(at).starts_with(U"rmb") || all.substr(at).starts_with(U"cny"))
            from += 3;
        while (from > at && from < text.size() && text[from] == U' ') ++from;
        const bool prefixed = from > at;
        if (!(from < text.size() &&
              (is_ascii_digit(text[from]) || digit_of(text[from]) > 0 || in(text[from], U"十百千万")))) {
            ++at;
            continue;
        }
        const auto quantity = read_quantity(text, from);
        if (!quantity ||
            (at > 0 && !prefixed && (is_ascii_letter(text[at - 1]) || text[at - 1] == U'.' || text[at - 1] == U'第'))) {
            at = from + 1;
            while (at < text.size() && is_ascii_digit(text[at])) ++at;
            continue;
        }
        std::size_t end = quantity->end;
        const std::size_t number_end = end;
        while (end < text.size() && in(text[end], U"多来几余")) ++end;
        // 两千多块, 三百来块, 3万多元
        const auto rest = all.substr(end);
        std::size_t unit = 0;
        bool money = false, block = false;
        if (rest.starts_with(U"块钱") || rest.starts_with(U"人民币") || rest.starts_with(U"元钱")) {
            unit = rest.starts_with(U"人民币") ? 3 : 2, money = true;
        } else if (rest.starts_with(U"元") || rest.starts_with(U"圆") || rest.starts_with(U"塊")) {
            unit = 1, money = true;
        } else if (rest.starts_with(U"块")) {
            unit = 1, money = true, block = true;
        } else if (rest.starts_with(U"万元") || rest.starts_with(U"万块")) {
            unit = 2, money = true;
        } else if (rest.starts_with(U"大洋") || rest.starts_with(U" 元") || rest.starts_with(U" 块")) {
            unit = 2, money = true;
        } else if (rest.starts_with(U"rmb") || rest.starts_with(U"yuan") || rest.starts_with(U" rmb") ||
                   rest.starts_with(U" yuan")) {
            unit = rest.starts_with(U" yuan") ? 5 : rest.starts_with(U"rmb") ? 3 : 4, money = true;
        }
        if (money && (text[std::min(end, text.size() - 1)] == U'元') && rest.starts_with(U"元旦")) money = false;
        end += unit;
        std::int64_t fen = quantity->hundredths;
        // 三块五, 2块8: jiao behind the yuan
        if (block && end < text.size() && digit_of(text[end]) > 0 &&
            (end + 1 >= text.size() || digit_of(text[end + 1]) < 0) &&
            !(end + 1 < text.size() && in(text[end + 1], U"个天次栋号月年户人点"))) {
            fen += digit_of(text[end]) * 10;
            ++end;
        }
        const auto before = all.substr(at >= 12 ? at - 12 : 0, at >= 12 ? 12 : at);
        if (!money && !prefixed) {
            // 赔我5000, 退两千: a bare number right behind the claim
            static constexpr std::u32string_view claims[] = {U"赔我",     U"赔",      U"赔偿",     U"赔偿我",
                                                             U"索赔",     U"补偿",    U"补偿我",   U"退我",
                                                             U"退",       U"退还",    U"退给我",   U"罚",
                                                             U"罚我",     U"罚了我",  U"扣了",     U"扣我",
                                                             U"扣",       U"多收",    U"多收我",   U"多收了",
                                                             U"多收了我", U"收了我",  U"赔给我",   U"赔我们",
                                                             U"损失",     U"损失了",  U"损失大概", U"损失约",
                                                             U"扣了我",   U"赔付",    U"骗了",     U"骗了我",
                                                             U"欠我",     U"花了",    U"花了我",   U"交了",
                                                             U"至少赔",   U"起码赔",  U"要赔",     U"得赔",
                                                             U"少说",     U"收我",    U"要我",     U"compensation of ",
                                                             U"refund ",  U"pay me ", U"赔个",     U"给我赔"};
            bool claimed = false;
            for (const auto claim : claims)
                if (before.ends_with(claim)) claimed = true;
            // 赔我误工费五百
            if (before.ends_with(U"费") && before.find_first_of(U"赔退补") != before.npos) claimed = true;
            // 押金2000不退
            if ((before.ends_with(U"押金") || before.ends_with(U"保证金")) &&
                (all.substr(number_end, 5).find(U"退") != all.npos ||
                 all.substr(number_end, 4).find(U"扣") != all.npos))
                claimed = true;
            if (spoken_short(all.substr(from, number_end - from)) && any_of_words(all, lost)) claimed = true;
            const bool counted =
                number_end < text.size() &&
                (in(text[number_end], U"天个次户年月楼栋号人点分小遍%辆张层平米度只条把台位期倍单室-:") ||
                 is_ascii_digit(text[number_end]));
            if (!claimed || counted || fen < 10000) {
                at = std::max(number_end, at + 1);
                continue;
            }
        }
        if (block && quantity->han && fen <= 300 && piece_before(before)) {
            at = end;
            continue;
        }
        if (block && thing_follows(text, end, quantity->han, fen)) {
            at = end;
            continue;
        }
        const auto after = all.substr(end, 8);
        int weight = 1;
        if (any_of_words(before, stakes) || any_of_words(all.substr(end, 6), stakes)) weight = 3;
        bool price = false;
        const auto close_before = all.substr(at >= 7 ? at - 7 : 0, at >= 7 ? 7 : at);
        for (const auto word : prices_before)
            if (close_before.find(word) != close_before.npos) price = true;
        for (const auto word : prices_after)
            if (after.starts_with(word) ||
                (after.size() > 1 && in(after[0], U"钱多 ") && after.substr(1).starts_with(word)))
                price = true;
        // 押金2000不退 is at stake; 押金是2000吗 is a rule.
        const bool deposit = before.find(U"押金") != before.npos || before.find(U"保证金") != before.npos;
        if (deposit && kept_back(all.substr(end))) weight = 3;
        if (all.find(U"押金") != all.npos && weight < 3) price = true;
        if (any_of_words(all.substr(end, 10), asks) && weight < 3) price = true;
        if (all.find(U"多少钱") != all.npos && weight < 3) price = true;
        if (price && weight == 3) {
            // 每月多收我30块 stays; 每平2块8多收 does not: a claim right before the number outweighs a price word.
            static constexpr std::u32string_view near[] = {U"赔",   U"退", U"罚",   U"扣",  U"多收",
                                                           U"损失", U"骗", U"乱收", U"索赔"};
            const auto last = all.substr(at >= 4 ? at - 4 : 0, at >= 4 ? 4 : at);
            if (!any_of_words(last, near)) weight = 0;
        } else if (price) {
            weight = 0;
        }
        if (weight > 0 && fen > 0) {
            static constexpr std::u32string_view claims[] = {U"赔", U"索赔", U"补偿"};
            if (any_of_words(all.substr(at >= 5 ? at - 5 : 0, at >= 5 ? 5 : at), claims)) weight = 4;
            bool corrects = false;
            for (const auto& hit : hits.all())
                if (hit.group == Word::correction && hit.end <= at && at - hit.end <= 4) corrects = true;
            const bool denied = before.ends_with(U"不是");
            if (!denied && (!best || corrects || weight > best->weight || (weight == best->weight && fen > best->fen)))
                best = Sum{fen, at, end, weight, corrects};
        }
        at = end;
    }
    if (!best) return;
    facts.slots.amount_fen = best->fen;
    facts.slots.amount_text = to_utf8(all.substr(best->begin, best->end - best->begin));
    facts.list.push_back({"amount", facts.slots.amount_text, best->begin, best->end, best->corrects, 1});
}

}  // namespace huiyin
