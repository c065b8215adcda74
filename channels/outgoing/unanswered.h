// Messages that a platform cannot know again: it takes no name for them, so a repeat may stand in the talk twice. One
// whose sending ended without an answer is sent once more, and no oftener; a danger to life as any that was not sent.
//
// Threads: the courier's. Kept in memory: of a message that another process sent only its row tells, and then the worse
// is assumed.
#pragma once
#include <map>
#include <string>

#include "workflow/store/records.h"

namespace huiyin {

// Does a problem's detail (json_api.h) say that the message may have been taken all the same? Not where nothing was
// sent, where the platform said no, or where it was busy.
bool may_have_arrived(const std::string& detail);

class Unanswered {
public:
    bool twice(const OutboxItem& item);
    void note(OutboxId id, const std::string& detail);  // of each sending that failed
    // … and of one that the platform answered so that nobody knows whether it took it.
    void note(OutboxId id) { ++times_[id]; }
    void forget(OutboxId id) { times_.erase(id); }

private:
    std::map<OutboxId, int> times_;
};

}  // namespace huiyin
