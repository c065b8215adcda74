// A matter as registers and reports look at it: gathered once by the engine, then only read.
//
// Names and words stand in it as staff may read them: phones masked, long numbers cut, nobody named who wants to stay
// unknown. Plain values. Threads: any.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "workflow/policy/deadlines.h"
#include "workflow/ticket/event.h"

namespace huiyin {

struct CaseOnRecord {
    Ticket ticket;
    std::shared_ptr<const Policy> rules;  // the version it is pinned to: by it its facts and limits are
    Facts facts;                          // as rules see them now
    std::vector<Event> events;            // oldest first; words in them are sealed
    // Opens the sealed words of these events, masked; only while the case is being taken. Empty: they stay sealed.
    std::function<std::string(TextId)> said;
    std::vector<Deadline> deadlines;
    std::map<std::int64_t, std::string> staff;  // who did something, by StaffId
    std::string customer, contact, place, matter, wish;
    std::string unit, owner;  // the unit whose matter it is; what people read for the role that owns it
};

}  // namespace huiyin
