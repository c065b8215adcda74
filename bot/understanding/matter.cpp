#include "bot/understanding/matter.h"

#include <vector>

namespace huiyin {

std::string matter_of(const Written& written, const Hits& hits, const FoundFacts& facts) {
    const std::u32string_view all = written.points;
    std::vector<bool> drop(all.size(), false);
    for (const auto& fact : facts.list) {
        const bool place =
            fact.slot == "building" || fact.slot == "unit" || fact.slot == "room" || fact.slot == "community";
        const bool number =
            fact.slot == "phone" || fact.slot == "second_phone" || fact.slot == "broken_phone" || fact.slot == "ticket";
        if (fact.score < 1 || (!place && !number)) continue;
        std::size_t begin = fact.begin;
        if (number)  // 电话, 联系电话:, 打我老婆 before the number
            for (bool more = true; more;) {
                more = false;
                while (begin > 0 && (all[begin - 1] == U' ' || all[begin - 1] == U':' || all[begin - 1] == U'是' ||
                                     all[begin - 1] == U'的'))
                    --begin;
                for (const auto& hit : hits.all())
                    if ((hit.group == Word::phone_cue || hit.group == Word::relation) && hit.end == begin &&
                        hit.begin < begin) {
                        begin = hit.begin;
                        more = true;
                        break;
                    }
                if (begin > 0 && all[begin - 1] == U'我') --begin;
            }
        for (std::size_t at = begin; at < fact.end && at < drop.size(); ++at) drop[at] = true;
    }
    std::u32string matter;
    std::size_t begin = 0;
    const auto keep_clause = [&](std::size_t from, std::size_t to) {
        std::u32string clause;
        for (std::size_t at = from; at < to; ++at)
            if (!drop[at]) clause.push_back(all[at]);
        const auto trim = [&clause](std::u32string_view ends) {
            while (!clause.empty() && ends.find(clause.front()) != ends.npos) clause.erase(0, 1);
            while (!clause.empty() && std::u32string_view(U" ,:-的。").find(clause.back()) != std::u32string_view::npos)
                clause.pop_back();
        };
        trim(U" ,:-的");
        for (const auto* polite : {U"你好",     U"您好",   U"喂",       U"在吗", U"请问",     U"物业",   U"我要投诉",
                                   U"我想投诉", U"投诉",   U"我要报修", U"报修", U"反映一下", U"我反映", U"我想反映",
                                   U"我住",     U"我家住", U"我是",     U"我在", U"哎",       U"那个",   U"麻烦"})
            if (clause == polite ||
                (std::u32string_view(clause).starts_with(polite) && std::u32string_view(polite).size() >= 2 &&
                 clause.size() > std::u32string_view(polite).size() + 2 &&
                 (std::u32string_view(polite) == U"我要投诉" || std::u32string_view(polite) == U"我想投诉" ||
                  std::u32string_view(polite) == U"我要报修" || std::u32string_view(polite) == U"你好" ||
                  std::u32string_view(polite) == U"您好" || std::u32string_view(polite) == U"我想反映" ||
                  std::u32string_view(polite) == U"反映一下"))) {
                clause.erase(0, std::u32string_view(polite).size());
                trim(U" ,:-的");
            }
        if (clause.size() < 2) {
            if (clause.empty() || !is_han(clause[0]) ||
                std::u32string_view(U"修灯漏堵脏吵臭").find(clause[0]) == std::u32string_view::npos)
                return;
        }
        // Abuse, and the wish not to be named, are no part of it: 垃圾没人收,别说是我说的.
        const bool beside_it = [&] {
            for (const auto& hit : hits.all())
                if ((hit.group == Word::abuse ||
                     (!matter.empty() && (hit.group == Word::confidential || hit.group == Word::anonymous))) &&
                    hit.begin >= from && hit.end <= to &&
                    clause.size() <= static_cast<std::size_t>(hit.end - hit.begin) + 8)
                    return true;
            return false;
        }();
        if (beside_it) return;
        for (const auto* thanks :
             {U"谢谢", U"多谢", U"麻烦了", U"辛苦了", U"拜托了", U"好吗", U"快点", U"在吗", U"有人吗"})
            if (clause == thanks) return;
        if (!matter.empty()) matter += U",";
        matter += clause;
    };
    for (std::size_t at = 0; at <= all.size(); ++at) {
        bool stop = at == all.size() ||
                    (is_stop(all[at]) &&
                     !(at > 0 && at + 1 < all.size() && is_ascii_digit(all[at - 1]) && is_ascii_digit(all[at + 1])));
        // A space parts clauses in Chinese; between words and figures of English ("on B2 has", "3 days") it does not.
        if (!stop && all[at] == U' ' && at > 0 && !is_ascii_letter(all[at - 1]) &&
            !(is_ascii_digit(all[at - 1]) && at + 1 < all.size() && is_ascii_letter(all[at + 1])))
            stop = true;
        if (!stop) continue;
        if (at > begin) keep_clause(begin, at);
        begin = at + 1;
    }
    if (matter.size() > 200) matter.resize(200);
    return to_utf8(matter);
}

bool is_nonsense(const Written& written, const Hits& hits, const FoundFacts& facts) {
    const std::u32string_view low = written.low;
    if (low.empty()) return true;
    std::size_t han = 0, letters = 0, digits = 0, other = 0, repeats = 0;
    for (std::size_t at = 0; at < low.size(); ++at) {
        const char32_t point = low[at];
        if (is_han(point))
            ++han;
        else if (is_ascii_letter(point))
            ++letters;
        else if (is_ascii_digit(point))
            ++digits;
        else
            ++other;
        if (at > 0 && low[at - 1] == point) ++repeats;
    }
    if (!facts.list.empty()) return false;
    if (han == 0 && letters == 0 && digits == 0) return !hits.has(Word::feeling);
    if (han == 0 && letters > 0) {
        if (!hits.all().empty()) return false;
        // A word of English has vowels and is known or stands among others; asdf, qwerty, hjkl do not.
        std::size_t words = 1, vowels = 0;
        for (const auto point : low)
            words += point == U' ', vowels += std::u32string_view(U"aeiou").find(point) != std::u32string_view::npos;
        return words < 3 || vowels * 6 < letters;
    }
    if (han > 2 && repeats + 1 >= low.size()) return true;  // 啊啊啊啊啊
    return false;
}

bool only_facts(const Written& written, const Hits& hits, const FoundFacts& facts) {
    if (facts.list.empty() || hits.has(Word::fault)) return false;
    std::vector<bool> drop(written.low.size(), false);
    const auto cover = [&](std::size_t begin, std::size_t end) {
        for (std::size_t at = begin; at < end && at < drop.size(); ++at) drop[at] = true;
    };
    for (const auto& fact : facts.list) {
        if (fact.slot == "wish" || fact.slot == "vulnerable" || fact.slot == "people") return false;
        cover(fact.begin, fact.end);
    }
    for (const auto& hit : hits.all())
        if (hit.group == Word::correction || hit.group == Word::phone_cue || hit.group == Word::relation)
            cover(hit.begin, hit.end);
    constexpr std::u32string_view around =
        U"不对是错了的我家在住改成写说应该就栋幢单元号楼室座房层区电话手机叫姓那这吧啊呢呀哦嗯好您你们,.:;!?~ -#/";
    for (std::size_t at = 0; at < drop.size(); ++at) {
        const char32_t point = written.low[at];
        if (!drop[at] && digit_of(point) < 0 && around.find(point) == around.npos) return false;
    }
    return true;
}

}  // namespace huiyin
