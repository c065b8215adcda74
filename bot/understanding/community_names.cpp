#include "bot/understanding/community_names.h"

#include <algorithm>
#include <map>

#include "bot/understanding/text.h"

namespace huiyin {
namespace {

constexpr std::size_t longest_name = 60;

// What a name may be cut to; empty where little would be left of it.
std::u32string cut_short(std::u32string_view name) {
    static constexpr std::u32string_view endings[] = {U"花园", U"家园", U"小区", U"公寓", U"新村", U"社区", U"花苑",
                                                      U"名苑", U"雅苑", U"嘉苑", U"佳苑", U"苑",   U"府",   U"园"};
    for (const auto ending : endings)
        if (name.ends_with(ending) && name.size() >= ending.size() + 2)
            return std::u32string(name.substr(0, name.size() - ending.size()));
    return {};
}

// "翠湖3栋", "住翠湖", "翠湖的", "翠湖" alone; not the 阳光 of "晒不到阳光了".
bool can_mean_nothing_else(std::u32string_view low, std::size_t begin, std::size_t end) {
    const auto is_among = [](char32_t point, std::u32string_view some) { return some.find(point) != some.npos; };
    const auto before = low.substr(0, begin), after = low.substr(end);
    if (!after.empty() &&
        (is_ascii_digit(after[0]) || is_ascii_letter(after[0]) || is_among(after[0], U"一二三四五六七八九十")))
        return true;
    for (const std::u32string_view there : {U"小区", U"这边", U"那边", U"里面", U"门口", U"物业", U"业主"})
        if (after.starts_with(there)) return true;
    const bool ends_here = after.empty() || is_among(after[0], U" ,.。的");
    const bool begins_here = before.empty() || is_among(before.back(), U" ,.。");
    for (const std::u32string_view at_home : {U"住", U"住在", U"我是", U"我们", U"就是", U"小区是"})
        if (before.ends_with(at_home)) return true;
    return begins_here && ends_here;
}

}  // namespace

CommunityNames::CommunityNames(const std::vector<std::string>& names) {
    if (names.empty()) return;
    const Normaliser normaliser;
    std::map<std::u32string, int> shorts;
    std::vector<Way> all;
    for (const auto& name : names) {
        const auto low = normaliser.normalise(name, longest_name).low;
        if (low.empty()) continue;
        all.push_back({low, name, false});
        if (auto cut = cut_short(low); !cut.empty()) {
            ++shorts[cut];
            all.push_back({std::move(cut), name, true});
        }
    }
    // What two names are cut to, or is another's whole name, names none of them.
    for (const auto& way : all)
        if (!way.is_short) shorts[way.said] += 2;
    std::erase_if(all, [&](const Way& way) { return way.is_short && shorts[way.said] > 1; });
    for (auto& way : all) ways_[way.said.front()].push_back(std::move(way));
    for (auto& [first, ways] : ways_)
        std::stable_sort(ways.begin(), ways.end(),
                         [](const Way& a, const Way& b) { return a.said.size() > b.said.size(); });
}

std::vector<CommunityNames::Named> CommunityNames::find(std::u32string_view low) const {
    for (std::size_t at = 0; at < low.size() && !ways_.empty(); ++at) {
        const auto ways = ways_.find(low[at]);
        if (ways == ways_.end()) continue;
        for (const auto& way : ways->second)
            if (low.substr(at).starts_with(way.said) &&
                (!way.is_short || can_mean_nothing_else(low, at, at + way.said.size())))
                return {{at, at + way.said.size(), way.name}};
    }
    return {};
}

std::shared_ptr<const CommunityNames> demo_communities() {
    static const auto names = std::make_shared<const CommunityNames>(std::vector<std::string>{"锦绣花园", "翠湖苑"});
    return names;
}

}  // namespace huiyin
