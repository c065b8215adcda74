#include "bot/understanding/act_parts.h"

namespace huiyin::acts {

void find_matters(Said& said) {
    auto& found = said.found;
    const auto& low = said.low;
    // 不是电梯的问题
    if (const auto at = low.find(U"不是"); at != low.npos && at <= 3) {
        const auto rest = low.substr(at + 2);
        const auto stop = std::min(rest.find(U','), rest.size());
        const auto clause = rest.substr(0, stop);
        for (const auto* tail : {U"的问题", U"的事", U"的毛病", U"的原因", U"坏了", U"这个事", U"这件事", U"这个问题"})
            if (const auto place = clause.find(tail);
                place != clause.npos && clause.size() <= 14 && !has(clause, U"我的")) {
                found.add(Kind::deny_matter, 0.85, low.substr(at, 2 + clause.size()), to_utf8(clause.substr(0, place)));
                break;
            }
    }
    // 另外…, 还有…, 顺便…
    for (const auto* head :
         {U"另外", U"还有个事", U"还有一件事", U"还有件事", U"还有就是", U"对了还有", U"顺便", U"顺带", U"再说一个",
          U"再反映一个", U"第二件", U"除此之外", U"此外", U"再有就是", U"还有一个", U"also"}) {
        const std::u32string_view word = head;
        const auto at = low.find(word);
        if (at == low.npos) continue;
        auto rest = low.substr(at + word.size());
        while (!rest.empty() && (is_mark(rest[0]) || in(rest[0], U"的呢啊"))) rest.remove_prefix(1);
        if (rest.size() < 3) continue;
        found.add(Kind::another_matter, at == 0 ? 0.8 : 0.7, word, to_utf8(rest));
        break;
    }
    // 补充一下: …
    if (!found.has(Kind::add_evidence))
        for (const auto* head : {U"补充一下", U"我补充", U"再补充", U"补充一点", U"补充:", U"补充,", U"补充说明"})
            if (const auto at = low.find(head); at != low.npos && at <= 6) {
                auto rest = low.substr(at + std::u32string_view(head).size());
                while (!rest.empty() && is_mark(rest[0])) rest.remove_prefix(1);
                found.add(Kind::add_evidence, 0.85, head, to_utf8(rest));
                break;
            }
}

}  // namespace huiyin::acts
