// What is open in a community and may be told by somebody else as well: the lift of a building, its water, the leak at
// home. Found in the memory of this process, which reads a centre's newest open ones anew after some minutes; what is
// found is looked at in the store before anything is said of it. Never what was told in confidence, of a person, or of
// a danger.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "workflow/base/clock.h"
#include "workflow/base/id.h"
#include "workflow/directory/directory.h"
#include "workflow/store/store.h"

namespace huiyin {

struct KnownMatter {
    TicketId ticket;
    PersonId customer;
    HouseholdId household;
    std::string building, unit, room, location, matter;
    std::uint64_t things = 0;  // what it is about and several people may miss: one bit each; 0: nothing known
    bool indoors = false;      // whatever the house has in common, this is within his own four walls
};
// Finds both in its words.
void find_things(KnownMatter& of);

// What was told longer ago is no longer offered to be joined.
inline constexpr std::chrono::hours told_lately{7 * 24};

// The same thing in the same flat; or one that the house has in common, where both can meet it.
bool same_at_home(const KnownMatter& one, const KnownMatter& other);
bool same_in_house(const KnownMatter& one, const KnownMatter& other);
// May somebody of this community join it? A centre may answer for several, and each has a building 3.
bool of_one_community(const Directory& directory, UnitId centre, HouseholdId known, UnitId community);
// May it be told to others at all that somebody reported this?
bool may_be_shared(const Ticket& ticket);

// Threads: any.
class SharedMatters {
public:
    void note(UnitId centre, KnownMatter matter);
    // Those that somebody else than `wanted.customer` told lately and that are the same, those of his own household
    // first; at most three. Which are still open is the caller's to look.
    std::vector<KnownMatter> like(Reading& reading, UnitId centre, const KnownMatter& wanted, TimePoint now,
                                  TimePoint system_now);

private:
    struct Centre {
        std::map<std::string, std::deque<KnownMatter>> by_building;  // "": where no building was told
        TimePoint read_at{};
        bool read = false;
    };
    void read(Reading& reading, Centre& centre, UnitId id, TimePoint now);
    std::mutex mutex_;
    std::map<UnitId, Centre> centres_;
};

}  // namespace huiyin
