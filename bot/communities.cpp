#include "bot/communities.h"

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
