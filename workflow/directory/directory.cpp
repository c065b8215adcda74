#include "workflow/directory/directory.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace huiyin {
namespace {

std::string plain(std::string_view part) { return plain_address_part(part); }

std::string household_key(std::string_view building, std::string_view unit, std::string_view room) {
    return plain(building) + "/" + plain(unit) + "/" + plain(room);
}

bool starts_with_digit(const std::string& text) { return !text.empty() && text.front() >= '0' && text.front() <= '9'; }

// As people read it. Blocks with a letter are 座, numbered ones 栋.
std::string label_of(const std::string& building, const std::string& unit, const std::string& room) {
    std::string label;
    if (!building.empty()) label += building + (starts_with_digit(building) ? "栋" : "座");
    if (!unit.empty()) label += unit + "单元";
    return label + room;
}

template <class Row>
std::vector<Row> in_use(const std::vector<Row>& all) {
    std::vector<Row> some;
    std::copy_if(all.begin(), all.end(), std::back_inserter(some), [](const Row& row) { return !row.disabled; });
    return some;
}

}  // namespace

std::string plain_address_part(std::string_view part) {
    while (part.size() > 1 && part.front() == '0') part.remove_prefix(1);
    std::string text(part);
    for (auto& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

Directory::Directory(std::string organisation_key, std::vector<Unit> units, std::vector<Building> buildings,
                     std::vector<Household> households, std::vector<Staff> staff)
    : organisation_key_(std::move(organisation_key)),
      all_units_(std::move(units)),
      units_(in_use(all_units_)),
      all_buildings_(std::move(buildings)),
      buildings_(in_use(all_buildings_)),
      households_(std::move(households)),
      staff_(std::move(staff)) {
    for (std::size_t i = 0; i < all_units_.size(); ++i) unit_at_[all_units_[i].id] = i;
    for (std::size_t i = 0; i < staff_.size(); ++i) staff_at_[staff_[i].id] = i;
    household_at_.reserve(households_.size());
    households_named_.reserve(households_.size());
    for (std::size_t i = 0; i < households_.size(); ++i) {
        const auto& one = households_[i];
        household_at_[one.id] = i;
        if (!one.disabled) households_named_[household_key(one.building, one.unit, one.room)].push_back(i);
    }
}

const Unit* Directory::unit(UnitId id) const {
    const auto found = unit_at_.find(id);
    return found == unit_at_.end() ? nullptr : &all_units_[found->second];
}

const Unit* Directory::unit_by_key(std::string_view key) const {
    const auto found =
        std::find_if(all_units_.begin(), all_units_.end(), [&](const Unit& one) { return one.key == key; });
    return found == all_units_.end() ? nullptr : &*found;
}

const Unit& Directory::organisation() const {
    const auto* root = unit_by_key(organisation_key_);
    if (!root) throw std::logic_error("directory: no unit has the organisation's key \"" + organisation_key_ + "\"");
    return *root;
}

const Staff* Directory::staff(StaffId id) const {
    const auto found = staff_at_.find(id);
    return found == staff_at_.end() ? nullptr : &staff_[found->second];
}

const Staff* Directory::staff_by_login(std::string_view login) const {
    const auto found = std::find_if(staff_.begin(), staff_.end(), [&](const Staff& one) { return one.login == login; });
    return found == staff_.end() ? nullptr : &*found;
}

const Household* Directory::household(HouseholdId id) const {
    const auto found = household_at_.find(id);
    return found == household_at_.end() ? nullptr : &households_[found->second];
}

std::string Directory::household_label(const Household& household) const {
    return label_of(household.building, household.unit, household.room);
}

UnitId Directory::ancestor_of_kind(UnitId id, std::string_view kind) const {
    // Counted, because a circle of parents must not hold us for ever.
    const auto* at = unit(id);
    for (std::size_t steps = 0; at && steps <= all_units_.size(); ++steps, at = unit(at->parent))
        if (at->kind == kind) return at->id;
    return {};
}

UnitId Directory::service_centre_of(UnitId id) const {
    const auto centre = ancestor_of_kind(id, "service_centre");
    return centre ? centre : id;
}

bool Directory::is_within(UnitId id, UnitId ancestor) const {
    const auto* at = unit(id);
    for (std::size_t steps = 0; at && steps <= all_units_.size(); ++steps, at = unit(at->parent))
        if (at->id == ancestor) return true;
    return false;
}

std::vector<UnitId> Directory::with_below(UnitId id) const {
    std::vector<UnitId> found;
    for (const auto& one : all_units_)
        if (is_within(one.id, id)) found.push_back(one.id);
    return found;
}

std::vector<UnitId> Directory::communities_of(UnitId id) const {
    std::vector<UnitId> found;
    for (const auto& one : units_)
        if (one.kind == "community" && is_within(one.id, id)) found.push_back(one.id);
    return found;
}

std::vector<const Staff*> Directory::holders(std::string_view role, UnitId id) const {
    const auto* at = unit(id);
    for (std::size_t steps = 0; at && steps <= all_units_.size(); ++steps, at = unit(at->parent)) {
        std::vector<const Staff*> found;
        for (const auto& one : staff_)
            if (!one.disabled && one.unit == at->id &&
                std::find(one.roles.begin(), one.roles.end(), role) != one.roles.end())
                found.push_back(&one);
        if (!found.empty()) return found;
    }
    return {};
}

bool Directory::holds(const Staff& staff, std::string_view role, UnitId id) const {
    return !staff.disabled && std::find(staff.roles.begin(), staff.roles.end(), role) != staff.roles.end() &&
           is_within(id, staff.unit);
}

Place Directory::find_place(std::string_view building, std::string_view unit, std::string_view room,
                            UnitId community) const {
    Place place;
    place.community = community;
    place.label = label_of(plain(building), plain(unit), plain(room));
    std::vector<const Building*> blocks;
    for (const auto& one : buildings_)
        if (!building.empty() && plain(one.name) == plain(building) && (!community || one.community == community))
            blocks.push_back(&one);
    if (blocks.empty()) return place;
    place.match = PlaceMatch::building_only;
    if (blocks.size() == 1) place.community = blocks.front()->community;
    if (room.empty()) return place;

    const Household* found = nullptr;
    for (const auto* block : blocks) {
        // Where flats are named without units, people may still say "1单元".
        const bool without = block->units.empty() && (unit.empty() || plain(unit) == "1");
        const auto named =
            households_named_.find(household_key(block->name, without ? std::string_view() : unit, room));
        if (named == households_named_.end()) continue;
        for (const auto at : named->second) {
            if (households_[at].community != block->community) continue;
            if (found) return place;  // in two communities: which one has to be asked
            found = &households_[at];
        }
    }
    if (!found) return place;
    place.match = PlaceMatch::household;
    place.community = found->community;
    place.household = found->id;
    place.label = household_label(*found);
    return place;
}

}  // namespace huiyin
