// Who and what there is: units in a tree, buildings and households, staff and their roles. One immutable snapshot; a
// change makes a new one (see DirectoryHolder). Threads: any.
#pragma once
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "workflow/base/id.h"

namespace huiyin {

struct Unit {
    UnitId id;
    UnitId parent;     // none: the organisation itself
    std::string key;   // as files name it: "jinxiu-centre"
    std::string name;  // "锦绣花园物业服务中心"
    std::string kind;  // organisation, project_centre, service_centre, community
    std::string zone = "Asia/Shanghai";
    std::string policy;  // file or id; empty: the default
    std::string duty_phone, gas_phone, lift_phone;
    std::string hours;      // JSON of working periods where they differ from the policy's; empty: the policy's
    std::string shifts;     // JSON list of who is on duty when; empty: none written
    bool disabled = false;  // nobody chooses it any more; its matters stay
    friend bool operator==(const Unit&, const Unit&) = default;
};
struct Building {
    UnitId community;
    std::string name;                // "3", "A": without 栋
    std::vector<std::string> units;  // "1", "2", "3"; empty where flats are named by building and room alone
    int floors = 0;
    std::vector<std::string> rooms;  // "01" … on every floor
    bool disabled = false;           // no address finds it any more
    friend bool operator==(const Building&, const Building&) = default;
};
struct Household {
    HouseholdId id;
    UnitId community;
    std::string building, unit, room;  // unit may be empty
    bool disabled = false;             // no address finds it any more; its tickets still name it
    friend bool operator==(const Household&, const Household&) = default;
};
struct Staff {
    StaffId id;
    std::string login, name;
    std::vector<std::string> roles;  // front_desk, engineering, order, environment, centre_manager, project_centre,
                                     // quality_centre, administrator
    UnitId unit;                     // he holds the roles here and in every unit below
    std::string phone;
    std::map<std::string, std::string> addresses;  // channel id -> the user's id on that platform
    bool disabled = false;
    friend bool operator==(const Staff&, const Staff&) = default;
};

// "03" and "3" are one building, "a" and "A" too: a part of an address as it is compared.
std::string plain_address_part(std::string_view part);

// What is wrong with an address as said, if anything.
enum class PlaceMatch { household, building_only, unknown };
struct Place {
    PlaceMatch match = PlaceMatch::unknown;
    UnitId community;  // where it lies, if that is clear
    HouseholdId household;
    std::string label;  // "3栋2单元501", "12栋1503"
};

class Directory {
public:
    Directory(std::string organisation_key, std::vector<Unit> units, std::vector<Building> buildings,
              std::vector<Household> households, std::vector<Staff> staff);
    const Unit* unit(UnitId id) const;
    const Unit* unit_by_key(std::string_view key) const;
    const Unit& organisation() const;
    // Those in use, and all that ever were: what was found by its id or key may be disabled.
    const std::vector<Unit>& units() const { return units_; }
    const std::vector<Building>& buildings() const { return buildings_; }
    const std::vector<Unit>& all_units() const { return all_units_; }
    const std::vector<Building>& all_buildings() const { return all_buildings_; }
    const std::vector<Household>& all_households() const { return households_; }
    const std::vector<Staff>& staff() const { return staff_; }
    const Staff* staff(StaffId id) const;
    const Staff* staff_by_login(std::string_view login) const;
    const Household* household(HouseholdId id) const;
    std::string household_label(const Household& household) const;
    // The service centre a community belongs to (itself if it is one), and the next unit up of a kind.
    UnitId service_centre_of(UnitId unit) const;
    UnitId ancestor_of_kind(UnitId unit, std::string_view kind) const;
    bool is_within(UnitId unit, UnitId ancestor) const;  // equal counts
    std::vector<UnitId> with_below(UnitId unit) const;
    std::vector<UnitId> communities_of(UnitId unit) const;  // communities within it
    // Staff (not disabled) who hold `role` for matters of `unit`: in that unit, else in the nearest unit above that has
    // any.
    std::vector<const Staff*> holders(std::string_view role, UnitId unit) const;
    bool holds(const Staff& staff, std::string_view role, UnitId unit) const;
    // Looks an address up, in one community or (none given) in all; parts may be empty. "3","2","501" · "12","","1503".
    Place find_place(std::string_view building, std::string_view unit, std::string_view room, UnitId community) const;

private:
    std::string organisation_key_;
    std::vector<Unit> all_units_, units_;
    std::vector<Building> all_buildings_, buildings_;
    std::vector<Household> households_;
    std::vector<Staff> staff_;
    std::unordered_map<UnitId, std::size_t> unit_at_;  // in all_units_
    std::unordered_map<StaffId, std::size_t> staff_at_;
    std::unordered_map<HouseholdId, std::size_t> household_at_;
    std::unordered_map<std::string, std::vector<std::size_t>> households_named_;  // "3/2/501" -> in all communities
};

// Gives the present snapshot and takes a newer one.
class DirectoryHolder {
public:
    explicit DirectoryHolder(std::shared_ptr<const Directory> first) : now_(std::move(first)) {}
    std::shared_ptr<const Directory> get() const {
        std::lock_guard lock(mutex_);
        return now_;
    }
    void set(std::shared_ptr<const Directory> next) {
        {
            std::lock_guard lock(mutex_);
            now_ = std::move(next);
        }
        changed_.notify_all();
    }
    // Waits until it is so of the snapshot in force, or the time is over: then false.
    template <class Is>
    bool wait_until(std::chrono::steady_clock::time_point until, const Is& is_so) const {
        std::unique_lock lock(mutex_);
        return changed_.wait_until(lock, until, [&] { return is_so(*now_); });
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::shared_ptr<const Directory> now_;
};

}  // namespace huiyin
