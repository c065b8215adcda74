#include "bot/understanding/act_parts.h"

namespace huiyin::acts {

void find_answers(Said& said) {
    auto& found = said.found;
    const auto& low = said.low;
    const auto& clauses = said.clauses;
    const auto& whole = said.whole;
    const bool whole_act = said.whole_act;
    // 先这样,但灯也要修
    {
        static constexpr std::u32string_view agree[] = {
            U"先这样",   U"可以",   U"行",       U"同意", U"好的",   U"好",       U"接受",     U"就这样",   U"没意见",
            U"ok",       U"原则上", U"基本同意", U"大体", U"我同意", U"方案可以", U"赔偿可以", U"金额可以", U"大部分",
            U"部分同意", U"暂时",   U"勉强",     U"那行", U"没问题", U"修可以",   U"这个可以"};
        static constexpr std::u32string_view but[] = {U"但是", U"但",   U"不过", U"可是", U"只是",   U"前提是", U"前提",
                                                      U"除非", U"除了", U"还要", U"还得", U"另外还", U"再加",   U"but"};
        bool agrees = false;
        for (const auto word : agree)
            if (low.starts_with(word) || (low.size() > 1 && low[0] == U'那' && low.substr(1).starts_with(word)))
                agrees = true;
        if (agrees && !low.starts_with(U"好像") && !low.starts_with(U"行不") && !low.starts_with(U"可以不")) {
            for (const auto word : but) {
                const auto at = low.find(word);
                if (at == low.npos || at == 0 || at > 14) continue;
                const auto rest = low.substr(at + word.size());
                if (rest.size() < 2) continue;
                found.remove(Kind::agree_proposal);
                found.remove(Kind::yes);
                found.add(Kind::partial_consent, 0.9, low, to_utf8(rest));
                break;
            }
        }
    }
    // 同意你们的处理, 不同意这个方案
    if (!found.has(Kind::partial_consent) && low.size() <= 24 && !clauses.empty()) {
        const auto head = clauses.front().words;
        if (head.starts_with(U"不同意") || head.starts_with(U"我不同意") || head.starts_with(U"不接受") ||
            head.starts_with(U"我不接受") || head.starts_with(U"不能接受") || head.starts_with(U"无法接受") ||
            head.starts_with(U"坚决不") || head.starts_with(U"这个方案我不") || head.starts_with(U"方案不"))
            found.add(Kind::refuse_proposal, 0.9, head);
        else if ((head.starts_with(U"同意") || head.starts_with(U"我同意") || head.starts_with(U"我接受") ||
                  head.starts_with(U"接受你") || head.starts_with(U"接受这") || head.starts_with(U"我们同意") ||
                  head.starts_with(U"可以接受") || head.starts_with(U"就按")) &&
                 !has(head, U"不") && !has(head, U"吗") && head.size() <= 14)
            found.add(Kind::agree_proposal, 0.9, head);
    }
    // The repair did not hold: 其实还在漏, 修了还是漏, 又坏了
    {
        static constexpr std::u32string_view still[] = {
            U"还在漏",    U"还是漏",     U"又漏了",       U"又坏了", U"还在响",   U"还是不亮",      U"还是坏",
            U"没修好",    U"没有修好",   U"还没修好",     U"还在滴", U"还是不行", U"还是会漏",      U"还会漏",
            U"根本没修",  U"修了跟没修", U"修了等于没修", U"又堵了", U"又不亮了", U"还是堵",        U"还是老样子",
            U"仍然漏",    U"照样漏",     U"照样坏",       U"没解决", U"没有解决", U"still leaking", U"still broken",
            U"not fixed", U"依然",       U"依旧没",       U"越修越"};
        if (low.size() <= 30)
            for (const auto word : still)
                if (has(low, word)) {
                    found.add(Kind::fixed_no, whole_act ? 1.0 : 0.75, word);
                    found.remove(Kind::fixed_yes);
                    if (word[0] == U'又' || has(low, U"上次") || has(low, U"修完") || has(low, U"修过") ||
                        has(low, U"修了"))
                        found.add(Kind::reopen, 0.7, word);
                    break;
                }
        if (!found.has(Kind::fixed_yes) && !found.has(Kind::fixed_no) && low.size() <= 40 && !has(low, U"吗") &&
            !has(low, U"没有") && !has(low, U"什么时候") && !has(low, U"必须") && !has(low, U"要") && !has(low, U"?") &&
            !has(low, U"才") && !has(low, U"赶紧") && !has(low, U"能") && !has(low, U"尽快") && !has(low, U"快") &&
            (has(low, U"修好了") || has(low, U"解决了") || has(low, U"已经修好") || has(low, U"弄好了") ||
             has(low, U"处理好了")) &&
            !has(low, U"没") && !has(low, U"又"))
            found.add(Kind::fixed_yes, 0.75, low);
        if (found.has(Kind::fixed_yes) &&
            (has(low, U"不用管") || has(low, U"不用来") || has(low, U"不用处理") || has(low, U"不用跟")))
            found.add(Kind::withdraw, 0.9, low);
        if (found.has(Kind::fixed_yes) && (has(low, U"但") || has(low, U"不过") || has(low, U"就是"))) {
            found.remove(Kind::fixed_yes);
            found.add(Kind::fixed_partly, 0.7, low);
        }
    }
    // 点错了应该5分
    if (has(low, U"点错") || has(low, U"按错") || has(low, U"选错") || has(low, U"评错") || has(low, U"手滑") ||
        has(low, U"手误") || has(low, U"打错分") || has(low, U"评分错") || has(low, U"误点") || has(low, U"不小心点")) {
        std::string value;
        for (std::size_t at = 0; at < low.size(); ++at) {
            const int digit = digit_of(low[at]);
            if (digit >= 1 && digit <= 5 && at + 1 < low.size() &&
                (low[at + 1] == U'分' || low[at + 1] == U'星' || low[at + 1] == U'颗') &&
                (at == 0 || digit_of(low[at - 1]) < 0))
                value = std::to_string(digit);
        }
        if (value.empty() && !whole.empty() && digit_of(whole.back()) >= 1 && digit_of(whole.back()) <= 5 &&
            whole.size() <= 14)
            value = std::to_string(digit_of(whole.back()));
        if (value.empty() && has(low, U"非常满意"))
            value = "5";
        else if (value.empty() && has(low, U"满意") && !has(low, U"不满意"))
            value = "4";
        found.remove(Kind::rating);
        found.add(Kind::rating_correction, 0.9, low, value);
    }
}

}  // namespace huiyin::acts
