#include "channels/api/directory_json.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "bot/wording.h"
#include "channels/wecom/member_reader.h"
#include "workflow/base/json_text.h"

namespace huiyin::api {
namespace {

constexpr auto seen_within = std::chrono::seconds{3};

Json named(const Directory& directory, UnitId id) {
    const auto* unit = directory.unit(id);
    return unit ? Json{{"id", to_text(unit->id)}, {"key", unit->key}, {"name", unit->name}} : Json();
}

Json json_or(const std::string& text, Json otherwise) {
    auto json = text.empty() ? Result<Json>(Problem{}) : parse_json(text);
    return json ? std::move(*json) : std::move(otherwise);
}

// Of a large import the last ones tell: it was saved all at once.
template <class Row, class Find>
bool is_there(const std::vector<Row>& rows, Find find) {
    if (rows.empty()) return true;
    const auto* found = find(rows.back());
    return found && *found == rows.back();
}

bool shows(const Directory& directory, const DirectoryContent& changes) {
    return is_there(changes.units, [&](const Unit& one) { return directory.unit(one.id); }) &&
           is_there(changes.buildings,
                    [&](const Building& one) {
                        const auto& all = directory.all_buildings();
                        const auto found = std::find_if(all.begin(), all.end(), [&](const Building& each) {
                            return each.community == one.community && each.name == one.name;
                        });
                        return found == all.end() ? nullptr : &*found;
                    }) &&
           is_there(changes.households, [&](const Household& one) { return directory.household(one.id); }) &&
           is_there(changes.staff, [&](const Staff& one) { return directory.staff(one.id); });
}

}  // namespace

Json unit_json(const Directory& directory, const Unit& unit) {
    return {{"id", to_text(unit.id)},
            {"key", unit.key},
            {"name", unit.name},
            {"kind", unit.kind},
            {"parent", named(directory, unit.parent)},
            {"zone", unit.zone},
            {"policy", unit.policy.empty() ? Json() : Json(unit.policy)},
            {"phones", {{"duty", unit.duty_phone}, {"gas", unit.gas_phone}, {"lift", unit.lift_phone}}},
            {"hours", json_or(unit.hours, Json())},
            {"shifts", json_or(unit.shifts, Json::array())},
            {"disabled", unit.disabled}};
}

Json building_json(const Directory& directory, const Building& building) {
    const auto* community = directory.unit(building.community);
    return {{"id", (community ? community->key : std::string()) + ":" + building.name},
            {"community", named(directory, building.community)},
            {"name", building.name},
            {"units", building.units},
            {"floors", building.floors},
            {"rooms", building.rooms},
            {"disabled", building.disabled}};
}

Json household_json(const Directory& directory, const Household& household) {
    return {{"id", to_text(household.id)},    {"community", named(directory, household.community)},
            {"building", household.building}, {"unit", household.unit},
            {"room", household.room},         {"label", directory.household_label(household)},
            {"disabled", household.disabled}};
}

Json staff_json(const Directory& directory, const Staff& staff, bool whole) {
    Json json{{"id", to_text(staff.id)},
              {"login", staff.login},
              {"name", staff.name},
              {"roles", staff.roles},
              {"unit", named(directory, staff.unit)},
              {"phone_masked", staff.phone.empty() ? Json() : Json(phone_masked(staff.phone))},
              {"disabled", staff.disabled}};
    if (!whole) return json;
    json["phone"] = staff.phone;
    json["addresses"] = staff.addresses;
    return json;
}

EditorWords editor_words(const ApiParts& parts) {
    EditorWords words;
    static const std::map<std::string, std::string> usual{{"front_desk", "前台"},
                                                          {"engineering", "工程"},
                                                          {"order", "秩序"},
                                                          {"environment", "环境"},
                                                          {"centre_manager", "服务中心经理"},
                                                          {"project_centre", "项目管理中心"},
                                                          {"quality_centre", "品管中心"},
                                                          {"administrator", "管理员"}};
    for (const auto& policy : parts.policies->in_force()) {
        words.policies.push_back(policy->id);
        for (const auto& role : policy->roles) words.roles.emplace(role, parts.engine->role_title(policy, role));
    }
    words.roles.insert(usual.begin(), usual.end());
    return words;
}

std::optional<Problem> keeps_no_directory(const Asked& asked) {
    return only_at_top(asked, "组织和房产由最上面单位的管理员维护：请找他改");
}

void wait_until_seen(const ApiParts& parts, const DirectoryContent& changes) {
    parts.directory->wait_until(std::chrono::steady_clock::now() + seen_within,
                                [&](const Directory& now) { return shows(now, changes); });
}

void save_changes(Transaction& tx, const ApiParts& parts, const Directory& before, const DirectoryContent& changes) {
    save_directory(tx, changes);
    for (const auto& one : changes.staff) {
        const auto* was = before.staff(one.id);
        if (!one.disabled || (was && was->disabled)) continue;
        tx.drop_sessions_of(one.id);
        for (const auto& company : parts.companies) wecom::keep_disabled(tx, company, one.id);
    }
}

}  // namespace huiyin::api
