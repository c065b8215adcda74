#include "bot/shared_matters.h"

#include <algorithm>
#include <string_view>

#include "bot/understanding/lexicon.h"
#include "bot/understanding/text.h"

namespace huiyin {
namespace {

constexpr std::chrono::minutes fresh{5};        // what staff file for a caller is known after so long
constexpr int read_most = 100;                  // open ones of a centre, the newest
constexpr std::size_t kept_of_a_building = 24;  // the newest

struct Thing {
    bool home;   // of one flat: neighbours do not share it
    bool entry;  // each entrance of a building has its own
    std::initializer_list<std::string_view> words;
};

// In the order of their bits.
const std::initializer_list<Thing>& things() {
    static const std::initializer_list<Thing> all = {
        {false, false, {"停水", "断水", "没水", "没有水", "不来水", "水停", "没自来水"}},
        {false, false, {"停电", "断电", "没电", "没有电", "不来电", "电停"}},
        {false, false, {"停气", "没气", "没有气", "断气", "不来气"}},
        {false, false, {"暖气", "供暖", "供热", "地暖"}},
        {false, false, {"水压", "水太小", "水很小", "水小得"}},
        {false, true, {"电梯"}},
        {false, true, {"门禁", "单元门", "楼宇门", "大门", "刷卡", "闸机", "道闸"}},
        {false, true, {"楼道灯", "楼道的灯", "走廊灯", "楼梯灯", "声控灯", "楼道里灯", "楼道黑", "楼道照明"}},
        {false, false, {"路灯"}},
        {false, true, {"垃圾"}},
        {false, false, {"下水道", "污水", "化粪池", "井盖", "积水"}},
        {false, false, {"断网", "没网", "宽带", "网络"}},
        {false, false, {"监控", "摄像头"}},
        {false, false, {"充电桩", "充电棚"}},
        {false, false, {"装修", "施工", "噪音", "噪声", "广场舞"}},
        {false, false, {"消防通道", "乱停", "占道", "占车位"}},
        {false, false, {"蚊子", "老鼠", "蟑螂", "白蚁"}},
        {true, false, {"漏水", "渗水", "漏", "渗"}},
        {true, false, {"堵", "返水", "反水"}},
        {true, false, {"马桶", "水管", "水龙头", "地漏"}},
        {true, false, {"门锁", "入户门", "防盗门"}},
        {true, false, {"窗", "墙", "天花板", "吊顶", "地板", "瓷砖"}},
        {true, false, {"插座", "跳闸", "电线", "灯"}},
        {true, false, {"对讲", "可视"}},
    };
    return all;
}

std::uint64_t bits(bool Thing::*which) {
    std::uint64_t found = 0, bit = 1;
    for (const auto& thing : things()) {
        if (thing.*which) found |= bit;
        bit <<= 1U;
    }
    return found;
}

constexpr std::uint16_t room = 64;  // no bit: the word is one of the four walls

const WordFinder& finder() {
    static const WordFinder all = [] {
        std::vector<WordFinder::Entry> entries;
        std::uint16_t bit = 0;
        for (const auto& thing : things()) {
            for (const auto& word : thing.words) entries.push_back({to_points(word), bit});
            ++bit;
        }
        for (const std::string_view word : {"卫生间", "厨房", "阳台", "卧室", "客厅", "家里的", "屋里的", "马桶"})
            entries.push_back({to_points(word), room});
        return WordFinder(std::move(entries));
    }();
    return all;
}

bool meets(const std::string& one, const std::string& other) {
    return !one.empty() && !other.empty() &&
           (one.find(other) != std::string::npos || other.find(one) != std::string::npos);
}

}  // namespace

void find_things(KnownMatter& of) {
    of.things = 0;
    of.indoors = false;
    finder().each(to_points(of.matter), [&](std::size_t, std::size_t, std::uint16_t id) {
        if (id == room)
            of.indoors = true;
        else
            of.things |= std::uint64_t{1} << id;
    });
}

bool same_at_home(const KnownMatter& one, const KnownMatter& other) {
    if ((one.things & other.things) == 0) return false;
    if (one.household && other.household) return one.household == other.household;
    return !one.room.empty() && !one.building.empty() && one.room == other.room && one.building == other.building &&
           one.unit == other.unit;
}

bool same_in_house(const KnownMatter& one, const KnownMatter& other) {
    static const auto of_a_flat = bits(&Thing::home), of_an_entry = bits(&Thing::entry);
    const auto both = one.things & other.things & ~of_a_flat;
    if (both == 0 || one.indoors || other.indoors) return false;
    if (one.building.empty() && other.building.empty()) return meets(one.location, other.location);
    if (one.building != other.building) return false;
    const bool other_entry = !one.unit.empty() && !other.unit.empty() && one.unit != other.unit;
    return !other_entry || (both & ~of_an_entry) != 0;
}

bool of_one_community(const Directory& directory, UnitId centre, HouseholdId known, UnitId community) {
    if (directory.communities_of(centre).size() <= 1) return true;
    const auto* household = directory.household(known);
    return household && community && household->community == community;
}

bool may_be_shared(const Ticket& ticket) {
    if (ticket.anonymous || !ticket.recused.empty() || !ticket.emergency.empty()) return false;
    for (const char* flag : {"confidential", "emergency", "praise", "suggestion"})
        if (ticket.flags.contains(flag)) return false;
    return true;
}

void SharedMatters::note(UnitId centre, KnownMatter matter) {
    find_things(matter);
    if (matter.things == 0) return;
    const std::lock_guard lock(mutex_);
    auto& known = centres_[centre].by_building[matter.building];
    if (std::any_of(known.begin(), known.end(), [&](const KnownMatter& one) { return one.ticket == matter.ticket; }))
        return;
    known.push_front(std::move(matter));
    if (known.size() > kept_of_a_building) known.pop_back();
}

std::vector<KnownMatter> SharedMatters::like(Reading& reading, UnitId centre, const KnownMatter& wanted, TimePoint now,
                                             TimePoint system_now) {
    std::vector<KnownMatter> found;
    if (wanted.things == 0) return found;
    const std::lock_guard lock(mutex_);
    auto& here = centres_[centre];
    if (!here.read || system_now - here.read_at > fresh) {
        read(reading, here, centre, now);
        here.read = true;
        here.read_at = system_now;
    }
    const auto building = here.by_building.find(wanted.building);
    if (building == here.by_building.end()) return found;
    constexpr std::size_t most = 3;
    for (const bool home : {true, false})
        for (const auto& one : building->second) {
            if (found.size() == most) return found;
            const bool same = home ? same_at_home(one, wanted) : same_in_house(one, wanted);
            if (same && one.customer != wanted.customer && (home || !same_at_home(one, wanted))) found.push_back(one);
        }
    return found;
}

void SharedMatters::read(Reading& reading, Centre& centre, UnitId id, TimePoint now) {
    TicketFilter filter;
    filter.units = {id};
    filter.open_only = true;
    filter.since = now - told_lately;
    filter.limit = read_most;
    centre.by_building.clear();
    for (auto& row : reading.tickets(filter).items) {  // newest first
        if (row.ticket.unit != id || !may_be_shared(row.ticket)) continue;
        KnownMatter matter{.ticket = row.ticket.id,
                           .customer = row.ticket.customer,
                           .household = row.ticket.household,
                           .building = row.details.building,
                           .unit = row.details.unit,
                           .room = row.details.room,
                           .location = row.details.location,
                           .matter = row.details.summary};
        find_things(matter);
        auto& known = centre.by_building[matter.building];
        if (matter.things != 0 && known.size() < kept_of_a_building) known.push_back(std::move(matter));
    }
}

}  // namespace huiyin
