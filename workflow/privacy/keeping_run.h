// One night's work: whatever has had its time goes, in small units of work, a page of keys at a time.
//
// What is due is found by what the rows themselves say, so a run that was cut off goes on where it was, and running it
// again does no harm. How many rows of each class went is kept with the rows' going, in the same unit: the report of a
// night is right also when the process died in it. Nothing of a ticket under a hold goes. What cannot be read is left
// for another night: it is logged, and what comes behind it goes.
//
// Threads: one at a time. Throws what the store throws; the next step goes on.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "workflow/privacy/periods.h"
#include "workflow/store/keeping.h"
#include "workflow/store/store.h"

namespace huiyin {

struct KeepingReport {
    TimePoint began, ended;  // service clock; ended: at 0 while it runs
    Gone gone;
};
// The newest first, the one that runs before all; of the last month.
std::vector<KeepingReport> keeping_reports(Reading& reading);
std::optional<TimePoint> last_keeping(Reading& reading);  // when the last run began
bool keeping_unfinished(Reading& reading);
void begin_counting(Store& store, TimePoint now);  // of a store that never had a run: the first is a night later

class KeepingRun {
public:
    // wishes: does a piece of what residents asked for (rights.h); false: nothing is left. May be empty.
    using Wishes = std::function<bool(TimePoint now)>;
    KeepingRun(Store& store, KeepingPeriods periods, Wishes wishes = {});
    void begin(TimePoint now);  // or goes on with what was cut off
    // One unit of work; false: the night is done, and its report is kept.
    bool step(TimePoint now, TimePoint system_now);

private:
    struct Place {  // how far this run has come; found again by the rows after a restart
        EndedTicket ended;
        LookedAt looked;
        OutboxId outbox;
        std::string file;
    };
    struct Past {
        std::size_t count = 0;  // of a page
        bool done = true;
    };
    bool does(const std::string& part, TimePoint now, TimePoint system_now);
    void in_unit(const std::function<Gone(Transaction&)>& work);
    Past past(std::size_t count, const std::function<Gone(Transaction&, std::size_t count)>& work);
    bool media(TimePoint now);
    bool words(TimePoint now);
    bool talks(TimePoint now);
    bool outbox(TimePoint now);
    bool audit(TimePoint now, TimePoint system_now);
    bool raw(TimePoint now);
    bool expired(TimePoint system_now);
    bool files();
    Gone after_words(Transaction& tx, TicketId ticket, TimePoint now) const;
    Gone look_at_talk(Transaction& tx, ConversationId talk, TimePoint now, bool& whole) const;
    void finish(TimePoint now, TimePoint system_now);

    Store& store_;
    const KeepingPeriods periods_;
    Wishes wishes_;
    std::size_t part_ = 0;  // of keeping_parts()
    Place place_;
};

}  // namespace huiyin
