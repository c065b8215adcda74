// Events that are declared for a unit and a period, and stretch the limits of its tickets: a storm, a power cut.
//
// A declaration is kept as a setting and in the audit trail; every ticket it concerns gets the event `event.declared`
// into its chain, so that a derivation needs nothing but the ticket's own history.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "workflow/base/clock.h"
#include "workflow/base/id.h"
#include "workflow/store/store.h"

namespace huiyin {

struct Declaration {
    std::string id;            // "D20260303-1"
    std::string event, title;  // "storm", "台风红色预警"
    UnitId unit;               // for its tickets and those of all units below
    TimePoint from, until;
    std::string reason, clause;
    StaffId by;
    TimePoint at;
    std::optional<TimePoint> lifted_at;  // over sooner than `until`
    TimePoint over_at() const { return lifted_at ? std::min(*lifted_at, until) : until; }
    friend bool operator==(const Declaration&, const Declaration&) = default;
};
std::vector<Declaration> declarations(Reading& reading);  // newest first; those over for more than a year are dropped
std::optional<Declaration> declaration(Reading& reading, const std::string& id);
void save_declarations(Transaction& tx, const std::vector<Declaration>& all);

struct DeclareWish {
    std::string event;
    UnitId unit;
    TimePoint from, until;
    std::string reason;
};

}  // namespace huiyin
