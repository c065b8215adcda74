// The packs in force: one by default, others by unit, and every version that a ticket is pinned to.
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
    void add(std::shared_ptr<const Policy> policy);  // another one, or another version
    // One that tickets are pinned to and that is in force no more: it is no unit's. Takes the place of the same one.
    void add_older(std::shared_ptr<const Policy> policy);
    // The one of that id that new tickets are opened under; null if there is none.
    std::shared_ptr<const Policy> newest(const std::string& id) const;
    // The pack that a unit names (Unit::policy: an id), else the one of the nearest unit above, else the default.
    std::shared_ptr<const Policy> for_unit(UnitId unit, const Directory& directory) const;
    // The pack a ticket is pinned to. When that version is not loaded: the newest one of the same id, else the default.
    std::shared_ptr<const Policy> pinned(const std::string& id, const std::string& version) const;
    std::shared_ptr<const Policy> standard() const;
    std::vector<std::shared_ptr<const Policy>> all() const;
    // The pack's calendar with a unit's own hours and zone, where it has any. Made once and kept.
    std::shared_ptr<const Calendar> calendar_of(const std::shared_ptr<const Policy>& policy, const Unit* unit) const;
    // The pack's own texts of that locale; null if it has none. Made once and kept.
    std::shared_ptr<const Phrases> phrases_of(const std::shared_ptr<const Policy>& policy,
                                              const std::string& locale) const;
    // From now on the default. One of the same id and version gives way to it; others stay for the tickets pinned to
    // them.
    void set_standard(std::shared_ptr<const Policy> policy);
    // Replaces a pack of the same id and version, as after a holiday file changed.
    void replace(std::shared_ptr<const Policy> policy);

private:
    std::shared_ptr<const Policy> newest_of(const std::string& id) const;
    mutable std::mutex mutex_;
    mutable std::map<std::pair<const Policy*, std::string>, std::shared_ptr<const Calendar>> calendars_;
    mutable std::map<std::pair<const Policy*, std::string>, std::shared_ptr<const Phrases>> phrases_;
    std::vector<std::shared_ptr<const Policy>> all_;  // the default first, then older ones, then as added
};

}  // namespace huiyin
