#include "bot/communities.h"

#include <mutex>
#include <utility>

namespace huiyin {

UnitId community_of(const Directory& directory, UnitId unit) {
    if (!unit) return {};
    const auto communities = directory.communities_of(unit);
    return communities.size() == 1 ? communities.front() : UnitId{};
}

UnitId community_named(const Directory& directory, std::string_view name) {
    UnitId like;
    if (name.empty()) return like;
    for (const auto& unit : directory.units()) {
        if (unit.kind != "community") continue;
        if (unit.name == name) return unit.id;  // "锦绣花园" is not "锦绣花园二期"
        if (unit.name.find(name) != std::string::npos) like = unit.id;
    }
    return like;
}

CommunitiesNow names_of_communities(std::function<std::shared_ptr<const Directory>()> directory) {
    struct Ready {
        std::mutex mutex;
        std::shared_ptr<const Directory> of;
        std::shared_ptr<const CommunityNames> names;
    };
    return [directory = std::move(directory), ready = std::make_shared<Ready>()] {
        auto now = directory();
        std::lock_guard lock(ready->mutex);
        if (now && ready->of != now) {
            std::vector<std::string> names;
            for (const auto& unit : now->units())  // those in use
                if (unit.kind == "community") names.push_back(unit.name);
            ready->names = std::make_shared<const CommunityNames>(names);
            ready->of = std::move(now);
        }
        return ready->names;
    };
}

const std::string& Phones::in_danger(std::string_view danger) const {
    if (danger == "lift" && !lift.empty()) return lift;
    if (danger == "gas" && !gas.empty()) return gas;
    return duty;
}

Phones phones_of(const Directory& directory, UnitId of) {
    Phones phones;
    for (const auto* unit = directory.unit(of); unit; unit = directory.unit(unit->parent)) {
        if (phones.duty.empty()) phones.duty = unit->duty_phone;
        if (phones.gas.empty()) phones.gas = unit->gas_phone;
        if (phones.lift.empty()) phones.lift = unit->lift_phone;
    }
    return phones;
}

}  // namespace huiyin
