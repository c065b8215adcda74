#include <algorithm>

#include "bot/understanding/numbers.h"
#include "bot/understanding/slots.h"

namespace huiyin {
namespace {

bool in(char32_t point, std::u32string_view set) { return set.find(point) != std::u32string_view::npos; }

std::size_t clause_begin(std::u32string_view text, std::size_t at) {
    while (at > 0 && !is_stop(text[at - 1]) && text[at - 1] != U' ' && text[at - 1] != blank) --at;
    return at;
}
std::size_t clause_end(std::u32string_view text, std::size_t at) {
    while (at < text.size() && !is_stop(text[at]) && text[at] != U' ' && text[at] != blank) ++at;
    return at;
}
std::string cut(std::u32string_view text, std::size_t begin, std::size_t end) {
    return to_utf8(text.substr(begin, end - begin));
}

constexpr std::u32string_view surnames =
    U"王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟"
    U"汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾"
    U"侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文欧";

// The longest landmark hit that begins at or covers `at`.
void read_location(const std::u32string& text, const Hits& hits, FoundFacts& facts) {
    struct Place {
        std::size_t begin, end;
        bool home;
    };
    std::vector<Place> places;
    const std::u32string_view all = text;
    for (const auto& hit : hits.all()) {
        if (hit.group != Word::landmark && hit.group != Word::home_place) continue;
        if (std::any_of(text.begin() + hit.begin, text.begin() + hit.end,
                        [](char32_t point) { return point == blank; }))
            continue;
        if (!places.empty() && hit.begin < places.back().end) {
            places.back().end = std::max<std::size_t>(places.back().end, hit.end);
            continue;
        }
        std::size_t begin = hit.begin, end = hit.end;
        // 楼道灯, 车位费, 门禁卡: the name of a thing, no place. 电梯间 is one.
        if (end < text.size() && in(text[end], U"费证卡")) continue;
        // to the left: B2, 负一层, 3楼, 东, 地下
        std::size_t left = begin;
        while (left > 0 && in(text[left - 1], U" 的")) --left;
        if (left > 0 && in(text[left - 1], U"层楼")) {
            std::size_t digits = left - 1;
            while (digits > 0 && (digit_of(text[digits - 1]) >= 0 || text[digits - 1] == U'十')) --digits;
            if (digits < left - 1) {
                if (digits > 0 && in(text[digits - 1], U"负bB-")) --digits;
                if (digits > 1 && text[digits - 1] == U'下' && text[digits - 2] == U'地') digits -= 2;
                begin = digits;
            }
        } else if (left > 0 && is_ascii_digit(text[left - 1])) {
            std::size_t digits = left;
            while (digits > 0 && is_ascii_digit(text[digits - 1])) --digits;
            if (digits > 0 && in(text[digits - 1], U"bB-负")) begin = digits - 1;
        } else if (begin >= 2 && (all.substr(begin - 2, 2) == U"小区" || all.substr(begin - 2, 2) == U"地下" ||
                                  all.substr(begin - 2, 2) == U"单元" || all.substr(begin - 2, 2) == U"一楼")) {
            begin -= 2;
        } else if (begin >= 1 && in(text[begin - 1], U"东南西北前后")) {
            begin -= 1;
        }
        // to the right: 旁边, 门口, 里
        std::size_t side_end = end;
        for (const auto& side : hits.all())
            if (side.group == Word::place_side && side.begin >= end &&
                side.begin <= end + (end < text.size() && text[end] == U'的' ? 1u : 0u))
                side_end = std::max<std::size_t>(side_end, side.end);
        // 楼道里 but not 门口上来
        end = side_end;
        if (!places.empty() && begin <= places.back().end + 1 && begin >= places.back().end) {
            places.back().end = end;
            continue;
        }
        places.push_back({begin, end, hit.group == Word::home_place});
    }
    // Garage levels and floors without a landmark: B2, 负二层, 22楼
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::size_t begin = at, end = at;
        std::string floor;
        if ((text[at] == U'B' || text[at] == U'b') && (at == 0 || !is_ascii_letter(text[at - 1])) &&
            at + 1 < text.size() && text[at + 1] >= U'1' && text[at + 1] <= U'5' &&
            (at + 2 >= text.size() ||
             (!is_ascii_digit(text[at + 2]) && !is_ascii_letter(text[at + 2]) && !in(text[at + 2], U"座栋幢")))) {
            floor = "-" + std::string(1, static_cast<char>(text[at + 1]));
            end = at + 2;
            if (end < text.size() && in(text[end], U"层楼")) ++end;
        } else if (text[at] == U'负' || text[at] == U'-' ||
                   (text[at] == U'地' && at + 1 < text.size() && text[at + 1] == U'下')) {
            const std::size_t from = at + (text[at] == U'地' ? 2 : 1);
            const auto number = read_small_number(text, from, 1);
            if (!number || number->value < 1 || number->value > 6 || number->end >= text.size() ||
                !in(text[number->end], U"层楼"))
                continue;
            if (text[at] == U'-' && at > 0 && is_ascii_digit(text[at - 1])) continue;
            floor = "-" + number->digits;
            end = number->end + 1;
        } else if ((is_ascii_digit(text[at]) || digit_of(text[at]) > 0 || text[at] == U'十') &&
                   (at == 0 || !(is_ascii_digit(text[at - 1]) || digit_of(text[at - 1]) >= 0 ||
                                 in(text[at - 1], U"十负第下B-b") || is_ascii_letter(text[at - 1])))) {
            const auto number = read_small_number(text, at, 2);
            if (!number || number->value < 1 || number->value > 60 || number->end >= text.size() ||
                !in(text[number->end], U"楼层"))
                continue;
            if (number->end + 1 < text.size() && in(text[number->end + 1], U"上下梯栋")) {
                if (!(text[number->end + 1] == U'上' || text[number->end + 1] == U'下') || !number->han) continue;
                continue;
            }
            if (at > 0 && in(text[at - 1], U"这那整几每好有共")) continue;
            if (text[number->end] == U'层' && number->han && number->value <= 3 && number->end + 1 < text.size() &&
                in(text[number->end + 1], U"的意灰皮油"))
                continue;
            floor = std::to_string(number->value);
            end = number->end + 1;
        } else {
            continue;
        }
        if (!facts.slots.floor) facts.slots.floor = floor;
        const bool covered = std::any_of(places.begin(), places.end(),
                                         [&](const Place& place) { return begin >= place.begin && end <= place.end; });
        if (!covered) {
            // A garage level is a place; a plain floor is one where nothing better is said.
            std::size_t wide = end;
            for (const auto& side : hits.all())
                if ((side.group == Word::place_side || side.group == Word::landmark) && side.begin == wide)
                    wide = std::max<std::size_t>(wide, side.end);
            if (floor[0] == '-')
                places.insert(places.begin(), {begin, wide, false});
            else if (places.empty())
                places.push_back({begin, end, true});
        }
        at = end > at ? end - 1 : at;
    }
    if (places.empty()) return;
    auto chosen = std::find_if(places.begin(), places.end(), [](const Place& place) { return !place.home; });
    if (chosen == places.end()) chosen = places.begin();
    std::string location = cut(all, chosen->begin, chosen->end);
    if (facts.slots.location && facts.slots.location->find(location) == std::string::npos)
        location = *facts.slots.location + location;
    facts.slots.location = location;
    facts.list.push_back({"location", location, chosen->begin, chosen->end, false, 1});
}

void read_people(const std::u32string& text, const Hits& hits, FoundFacts& facts) {
    const std::u32string_view all = text;
    std::string people;
    std::size_t begin = 0, end = 0;
    for (const auto& hit : hits.all()) {
        if (hit.group != Word::staff_role || (end > 0 && hit.begin < end)) continue;
        std::size_t from = hit.begin, to = hit.end;
        const auto word = hits.words(hit);
        for (const auto& longer : hits.all())
            if (longer.group == Word::staff_role && longer.begin == hit.begin && longer.end > to) to = longer.end;
        if (all.substr(to).starts_with(U"费") || all.substr(to).starts_with(U"室") || all.substr(to).starts_with(U"亭"))
            continue;
        bool named = false;
        // 保安老王, 保安小李, 管家张姐
        if (to < text.size() && in(text[to], U"老小") && to + 1 < text.size() && in(text[to + 1], surnames)) {
            to += 2, named = true;
        } else if (to + 1 < text.size() && in(text[to], surnames) && in(text[to + 1], U"姐哥师工队经主某")) {
            to += 2, named = true;
            if (to < text.size() && text[to - 1] == U'师' && text[to] == U'傅') ++to;
            if (to < text.size() && text[to - 1] == U'经' && text[to] == U'理') ++to;
        } else if (from > 0 && in(text[from - 1], surnames) &&
                   (word == U"经理" || word == U"师傅" || word == U"主任" || word == U"主管" || word == U"管家" ||
                    word == U"队长")) {
            --from, named = true;
        } else if (from >= 4 && all.substr(from - 4, 1) == U"姓" && text[from - 1] == U'的') {
            from -= 4, named = true;
        } else if (from >= 3 && text[from - 3] == U'姓' && text[from - 1] == U'的') {
            from -= 3, named = true;
        }
        if (people.empty() || named) {
            people = cut(all, from, to);
            begin = from, end = to;
            if (named) break;
        }
    }
    if (!people.empty()) {
        facts.slots.people = people;
        facts.list.push_back({"people", people, begin, end, false, 1});
    }
    // The whole message is a name with its title: 王女士
    if (!all.empty() && all.size() <= 4 && in(all[0], surnames))
        for (const auto* title : {U"先生", U"女士", U"小姐", U"太太", U"阿姨", U"大爷", U"师傅", U"老师"})
            if (all.substr(1) == title) {
                facts.slots.name = to_utf8(all);
                facts.list.push_back({"name", *facts.slots.name, 0, all.size(), false, 1});
                return;
            }
    // How the writer calls himself: 我是王女士, 我姓李, 我叫张伟, 联系人李明
    for (const auto* cue : {U"我是", U"我姓", U"我叫", U"联系人", U"姓名", U"本人", U"免贵姓", U"称呼我"}) {
        const std::u32string_view word = cue;
        auto at = all.find(word);
        if (at == all.npos) continue;
        at += word.size();
        while (at < all.size() && in(all[at], U": 是叫姓")) ++at;
        if (at >= all.size() || !in(all[at], surnames)) continue;
        std::size_t to = at + 1;
        for (const auto* title : {U"先生", U"女士", U"小姐", U"太太", U"阿姨", U"大爷", U"师傅", U"老师", U"姐", U"哥"})
            if (all.substr(to).starts_with(title)) to += std::u32string_view(title).size();
        if (to == at + 1 && (word == U"我叫" || word == U"联系人" || word == U"姓名" || word == U"本人"))
            while (to < all.size() && to - at < 3 && is_han(all[to]) &&
                   !in(all[to], U"的是在了住电手要想有反投家说打因我"))
                ++to;
        if (to == at + 1 && word != U"我姓" && word != U"免贵姓") continue;
        std::string name = cut(all, at, to);
        facts.slots.name = name;
        facts.list.push_back({"name", name, at, to, false, 1});
        break;
    }
}

void read_wish(const std::u32string& text, const Hits& hits, FoundFacts& facts) {
    const std::u32string_view all = text;
    for (const auto& hit : hits.all()) {
        if (hit.group != Word::wish_cue) continue;
        const auto word = hits.words(hit);
        std::size_t begin = clause_begin(all, hit.begin), end = clause_end(all, hit.end);
        // In English a blank ends no clause.
        if (is_ascii_letter(word.front()))
            for (end = hit.end; end < all.size() && !is_stop(all[end]) && all[end] != blank;) ++end;
        // 赔 of 赔不是, 望 of 绝望/看望, 盼: only where they wish
        if (word == U"望" && hit.begin > 0 && in(text[hit.begin - 1], U"希绝失看期渴探欲愿")) continue;
        if (word == U"赔" && hit.end < text.size() && in(text[hit.end], U"不本罪款条付")) continue;
        if (word == U"给我" && !(hit.begin == begin || (hit.begin > 0 && in(text[hit.begin - 1], U"快紧请须"))))
            continue;
        if (word == U"赶紧" && hit.end - begin < 2 && end - hit.end < 1) continue;
        if (word == U"处理一下" || word == U"解决一下") {
            // The fault and the wish stand in one clause: only the wish.
            if (hit.begin > begin + 4) begin = hit.begin;
        }
        // 要求 in the middle of a clause begins the wish: 我投诉电梯坏了要求今天修好
        if (hit.begin > begin + 5) begin = hit.begin;
        if (end <= begin + 1) continue;
        std::string wish = cut(all, begin, end);
        while (!wish.empty() && wish.back() == ' ') wish.pop_back();
        // "please", "I want to": politeness without what is wished; "I want to complain" wishes nothing yet.
        if (wish.find("want to report") != std::string::npos || wish.find("want to complain") != std::string::npos ||
            wish.find("like to report") != std::string::npos)
            continue;
        if (std::count(wish.begin(), wish.end(), ' ') < 2 && wish.size() <= 16 &&
            std::all_of(wish.begin(), wish.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
            continue;
        facts.slots.wish = wish;
        facts.list.push_back({"wish", wish, begin, end, false, 1});
        return;
    }
}

void read_vulnerable(const std::u32string& text, const Hits& hits, FoundFacts& facts) {
    const std::u32string_view all = text;
    const auto keep = [&](const Hit& hit) {
        const std::size_t begin = clause_begin(all, hit.begin), end = clause_end(all, hit.end);
        std::string value = cut(all, begin, end);
        facts.slots.vulnerable = value;
        facts.list.push_back({"vulnerable", value, begin, end, false, 1});
    };
    if (const auto* hit = hits.first(Word::vulnerable_person)) return keep(*hit);
    for (const auto& hit : hits.all()) {
        if (hit.group != Word::vulnerable_cue) continue;
        const auto word = hits.words(hit);
        const std::size_t begin = clause_begin(all, hit.begin), end = clause_end(all, hit.end);
        if (is_ascii_digit(word[0]) || word == U"八十" || word == U"九十" || word == U"七十") {
            if (!(hit.end < text.size() &&
                  (all.substr(hit.end).starts_with(U"岁") || all.substr(hit.end).starts_with(U"多岁") ||
                   all.substr(hit.end).starts_with(U"几岁"))))
                continue;
            return keep(hit);
        }
        // Children and old people who are the nuisance are not the ones at risk.
        if (hits.first(Word::nuisance_child, begin, end)) continue;
        const auto clause = all.substr(begin, end - begin);
        for (const auto* sign :
             {U"家里有", U"家有",   U"有个",   U"有老人", U"有小孩", U"有孩子", U"有宝宝", U"下不了", U"上不了",
              U"下不来", U"上不来", U"不方便", U"不便",   U"生病",   U"出院",   U"住院",   U"发烧",   U"怕",
              U"冷",     U"冻",     U"受不了", U"没法",   U"爬楼",   U"爬不动", U"走不动", U"摔",     U"危险",
              U"害怕",   U"高考",   U"看病",   U"出门",   U"出不了", U"岁",     U"身体",   U"爬",     U"没水",
              U"没电",   U"没暖气", U"过敏",   U"睡不着", U"睡觉",   U"吓",     U"with",   U"has",    U"my"})
            if (clause.find(sign) != clause.npos) return keep(hit);
    }
}

}  // namespace

void read_circumstances(const std::u32string& text, const Hits& hits, FoundFacts& facts) {
    read_location(text, hits, facts);
    read_people(text, hits, facts);
    read_wish(text, hits, facts);
    read_vulnerable(text, hits, facts);
}

FoundFacts read_facts(const Written& written, const Hits& hits, const CommunityNames& communities, TimePoint now,
                      const Zone& zone) {
    FoundFacts facts;
    std::u32string text = written.points;
    read_numbers_that_are_no_phones(text, facts);
    read_phones(text, hits, facts);
    read_address(text, hits, communities, facts);
    std::u32string low = text;
    for (auto& point : low)
        if (point >= U'A' && point <= U'Z') point += 32;
    read_times(low, hits, now, zone, facts);
    read_english_times(text, now, zone, facts);
    read_amount(low, hits, facts);
    read_circumstances(text, hits, facts);
    std::stable_sort(facts.list.begin(), facts.list.end(),
                     [](const Fact& a, const Fact& b) { return a.begin < b.begin; });
    // 房号写错了, 手机号不对: a slot called wrong, with no new value for it.
    struct Named {
        std::u32string_view word;
        const char* slot;
    };
    static constexpr Named names[] = {
        {U"房号", "room"},     {U"房间号", "room"},   {U"门牌", "room"},     {U"手机号", "phone"},
        {U"手机", "phone"},    {U"电话", "phone"},    {U"号码", "phone"},    {U"楼栋", "building"},
        {U"楼号", "building"}, {U"栋号", "building"}, {U"地址", "building"}, {U"单元", "unit"},
        {U"时间", "occurred"}, {U"金额", "amount"},   {U"名字", "name"},     {U"地点", "location"}};
    const std::u32string_view all = written.low;
    for (const auto* wrong :
         {U"错了", U"不对", U"写错", U"填错", U"说错", U"报错", U"打错", U"有误", U"弄错", U"记错"}) {
        const auto at = all.find(wrong);
        if (at == all.npos) continue;
        for (const auto& name : names) {
            const std::u32string_view word = name.word;
            const std::string_view slot = name.slot;
            const auto found = all.rfind(word, at);
            if (found == all.npos || at < found + word.size() || at - found - word.size() > 3) continue;
            const bool given = std::any_of(facts.list.begin(), facts.list.end(), [&](const Fact& fact) {
                return fact.slot == slot || (slot == "building" && fact.slot == "room");
            });
            if (!given && std::find(facts.doubted.begin(), facts.doubted.end(), slot) == facts.doubted.end())
                facts.doubted.emplace_back(slot);
        }
        break;
    }
    return facts;
}

}  // namespace huiyin
