// The packs in force, one by default and others by unit, and the versions before them that tickets are pinned to.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "workflow/directory/directory.h"
#include "workflow/phrases/phrases.h"
#include "workflow/policy/policy.h"

namespace huiyin {

// Threads: any.
class Policies {
public:
    explicit Policies(std::shared_ptr<const Policy> standard);
    // From now on these are in force, one of an id. What was in force before stays for the tickets pinned to it; one of
    // the same id and version gives way.
    void put_in_force(std::shared_ptr<const Policy> standard, std::vector<std::shared_ptr<const Policy>> others = {});
    // A version that tickets are pinned to and that is in force no more. Takes the place of the same one.
    void add_older(std::shared_ptr<const Policy> policy);
    std::shared_ptr<const Policy> in_force(const std::string& id) const;  // null: none of that id
    std::vector<std::shared_ptr<const Policy>> in_force() const;          // the default first
    // The pack that a unit names (Unit::policy: an id), else the one of the nearest unit above, else the default.
    std::shared_ptr<const Policy> for_unit(UnitId unit, const Directory& directory) const;
    // The pack a ticket is pinned to. When that version is not loaded: the one in force of the same id, else the
    // default.
    std::shared_ptr<const Policy> pinned(const std::string& id, const std::string& version) const;
    std::shared_ptr<const Policy> standard() const;
    // The pack's calendar with a unit's own hours and zone, where it has any. Made once and kept.
    std::shared_ptr<const Calendar> calendar_of(const std::shared_ptr<const Policy>& policy, const Unit* unit) const;
    // The pack's own texts of that locale; null if it has none. Made once and kept.
    std::shared_ptr<const Phrases> phrases_of(const std::shared_ptr<const Policy>& policy,
                                              const std::string& locale) const;

private:
    std::shared_ptr<const Policy> of_id(const std::string& id) const;
    mutable std::mutex mutex_;
    mutable std::map<std::pair<const Policy*, std::string>, std::shared_ptr<const Calendar>> calendars_;
    mutable std::map<std::pair<const Policy*, std::string>, std::shared_ptr<const Phrases>> phrases_;
    std::vector<std::shared_ptr<const Policy>> in_force_, older_;  // the default first
};

}  // namespace huiyin
