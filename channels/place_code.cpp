#include "channels/place_code.h"

#include <algorithm>
#include <vector>

#include "channels/edge/decode.h"
#include "channels/outgoing/json_api.h"

namespace huiyin {
namespace {

constexpr std::string_view first_form = "v1:";

const Building* building_of(const Directory& directory, UnitId community, const std::string& name) {
    const auto& all = directory.buildings();
    const auto found = std::find_if(
        all.begin(), all.end(), [&](const Building& one) { return one.community == community && one.name == name; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

std::string scene_of(const Directory& directory, const Spot& spot) {
    const auto* unit = directory.unit(spot.unit);
    if (!unit) return {};
    std::string scene = std::string(first_form) + url_encoded(unit->key);
    if (!spot.building.empty()) scene += ":" + url_encoded(spot.building);
    if (!spot.building.empty() && !spot.entrance.empty()) scene += ":" + url_encoded(spot.entrance);
    return scene;
}

Spot spot_of(const Directory& directory, std::string_view scene) {
    if (scene.substr(0, first_form.size()) != first_form) {
        const auto* unit = directory.unit_by_key(scene);
        return {unit ? unit->id : UnitId{}, {}, {}};
    }
    std::vector<std::string> parts;
    for (auto rest = scene.substr(first_form.size());;) {
        const auto colon = rest.find(':');
        const auto part = http::percent_decode(rest.substr(0, colon), http::Plus::is_plus);
        if (!part || parts.size() == 3) return {};
        parts.push_back(*part);
        if (colon == std::string_view::npos) break;
        rest = rest.substr(colon + 1);
    }
    const auto* unit = directory.unit_by_key(parts[0]);
    if (!unit) return {};
    Spot spot{unit->id, {}, {}};
    const auto* building = parts.size() > 1 ? building_of(directory, unit->id, parts[1]) : nullptr;
    if (!building) return spot;
    spot.building = building->name;
    const auto& entrances = building->units;
    if (parts.size() > 2 && std::find(entrances.begin(), entrances.end(), parts[2]) != entrances.end())
        spot.entrance = parts[2];
    return spot;
}

}  // namespace huiyin
