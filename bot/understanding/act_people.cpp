#include "bot/understanding/act_parts.h"

namespace huiyin::acts {

void find_people(Said& said) {
    auto& found = said.found;
    const auto& low = said.low;
    const auto& hits = said.hits;
    const auto& facts = said.facts;
    // 我替我妈反映
    for (const auto* head : {U"替", U"帮", U"代"}) {
        const auto at = low.find(head);
        if (at == low.npos) continue;
        for (const auto& hit : hits.all())
            if (hit.group == Word::relation && hit.begin > at && hit.begin - at <= 3u) {
                const auto after = low.substr(hit.end, 6);
                if (has(after, U"反映") || has(after, U"投诉") || has(after, U"报") || has(after, U"问") ||
                    has(after, U"说") || has(after, U"登记")) {
                    auto person = hits.words(hit);
                    if (person.size() > 1 && person[0] == U'我') person.remove_prefix(1);
                    found.add(Kind::proxy, 0.9, low.substr(at, hit.end - at), to_utf8(person));
                }
            }
    }
    said.add_if(Kind::visitor, 0.8,
                {U"来串门", U"我是访客", U"来做客", U"来走亲戚", U"不是业主", U"不住这", U"来看朋友", U"来找朋友",
                 U"我是外卖", U"我是快递", U"送外卖的", U"送快递的", U"来拜访", U"路过你们"});
    // 把1202电话给我
    {
        static constexpr std::u32string_view data[] = {U"电话", U"手机", U"号码", U"联系方式", U"姓名",
                                                       U"名字", U"信息", U"住哪", U"哪一户",   U"哪户"};
        const bool asks = has(low, U"给我") || has(low, U"告诉我") || has(low, U"查一下") || has(low, U"发我") ||
                          has(low, U"发给我") || has(low, U"要一下") || has(low, U"提供");
        const bool other =
            has(low, U"业主") || has(low, U"邻居") || has(low, U"他家") || has(low, U"她家") || has(low, U"楼上") ||
            has(low, U"楼下") || has(low, U"对门") || has(low, U"隔壁") || has(low, U"那户") || has(low, U"车主") ||
            has(low, U"投诉人") || has(low, U"举报人") || [&] {
                for (std::size_t at = 0; at + 2 < low.size(); ++at)
                    if (is_ascii_digit(low[at]) && is_ascii_digit(low[at + 1]) && is_ascii_digit(low[at + 2]))
                        return true;
                return false;
            }();
        const bool own = facts.slots.phone.has_value() || has(low, U"打给我") || has(low, U"我的电话") ||
                         has(low, U"我电话") || has(low, U"打我");
        if (asks && other && !own && has_any(low, data) && low.size() <= 30) found.add(Kind::others_data, 0.85, low);
        said.add_if(Kind::others_data, 0.9,
                    {U"谁投诉的我", U"谁投诉我", U"谁举报的", U"谁举报我", U"是谁投诉", U"投诉我的人是谁",
                     U"哪个邻居投诉", U"谁告的状"});
    }
    if (const auto* hit = hits.first(Word::confidential)) {
        if (!has(low, U"保密协议")) found.add(Kind::confidential, 0.9, hits.words(*hit));
    }
    // 我打12345了, 我要找媒体曝光, 法院见
    {
        static constexpr std::u32string_view verbs[] = {U"打", U"找", U"投诉", U"举报", U"反映",   U"告",   U"去",
                                                        U"给", U"向", U"到",   U"见",   U"曝光",   U"起诉", U"官司",
                                                        U"上", U"发", U"法律", U"call", U"report", U"维权"};
        const Hit* hit = hits.first(Word::external);
        if (!hit) hit = hits.first(Word::media_threat);
        if (!hit) hit = hits.first(Word::lawsuit_threat);
        if (!hit) hit = hits.first(Word::media_done);
        if (!hit) hit = hits.first(Word::lawsuit_done);
        if (hit && has_any(low, verbs) && !has(low, U"电话多少") && !has(low, U"电话是多少")) {
            const auto word = hits.words(*hit);
            std::string whom = hit->group == Word::external                                         ? to_utf8(word)
                               : hit->group == Word::media_threat || hit->group == Word::media_done ? "媒体"
                                                                                                    : "法院";
            found.add(Kind::threat_external, 0.85, word, whom);
        }
    }
    if (const auto* hit = hits.first(Word::threat)) found.add(Kind::threat_staff, 0.85, hits.words(*hit));
    // 我们楼也停水了
    if (!found.has(Kind::me_too) && low.size() <= 30) {
        for (const auto* who :
             {U"我们楼也", U"我们栋也", U"我们家也", U"我家也", U"我们单元也", U"我们这也", U"我们这边也", U"我这也",
              U"我这里也", U"我这边也", U"我们这里也", U"我们那栋也", U"我们幢也"})
            if (has(low, who)) found.add(Kind::me_too, 0.85, who);
        for (const auto* who : {U"栋也", U"号楼也", U"单元也", U"楼也"})
            if (const auto at = low.find(who); at != low.npos && at <= 8 && facts.list.size() > 0)
                found.add(Kind::me_too, 0.7, who);
    }
    if (!found.has(Kind::separate_case))
        said.add_if(Kind::separate_case, 0.85,
                    {U"单独投诉", U"不要合并", U"不要并", U"单独立案", U"不想跟别人一起", U"单独给我"});
}

}  // namespace huiyin::acts
