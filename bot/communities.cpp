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

}  // namespace huiyin
