// A matter as registers and reports look at it: gathered once by the engine, then only read.
//
// Names and words stand in it as staff may read them: phones masked, long numbers cut, nobody named who wants to stay
// unknown. Plain values. Threads: any.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "workflow/policy/deadlines.h"
#include "workflow/ticket/event.h"

namespace huiyin {

struct CaseOnRecord {
    Ticket ticket;
    Facts facts;                               // as rules see them now
    std::vector<Event> events;                 // oldest first; words in them are sealed
    std::map<std::int64_t, std::string> said;  // the sealed words of these events, by TextId
    std::vector<Deadline> deadlines;
    std::map<std::int64_t, std::string> staff;  // who did something, by StaffId
    std::string customer, contact, place, matter, wish;
    std::string unit, owner;  // the unit whose matter it is; what people read for the role that owns it
};

}  // namespace huiyin
