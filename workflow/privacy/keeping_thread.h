// The thread that lets go what has had its time: once a day in the quiet hours, and what residents asked for as soon as
// it is decided. It gives way to whoever writes, and may end at any moment.
#pragma once
#include <functional>
#include <thread>

#include "workflow/base/clock.h"
#include "workflow/base/time_text.h"
#include "workflow/engine/spare_time.h"
#include "workflow/privacy/keeping_run.h"
#include "workflow/privacy/trusted_time.h"

namespace huiyin {

// From 02:00 to 05:00 once a day; at any hour where the last run is more than 36 hours ago, for whoever stops his
// machine at night; and at once where one was cut off, or the last is said to be in the future.
bool keeping_due(std::optional<TimePoint> last, bool unfinished, TimePoint now, const Zone& zone);

// Looks every ten seconds, and when it is woken, in spare time (spare_time.h); while the system clock is not trusted
// (trusted_time.h) nothing goes. Starts at once, stops in its destructor.
// What it is given must outlive it.
struct KeepingThreadParts {
    Store* store = nullptr;
    KeepingPeriods periods;
    std::function<bool(TimePoint now)> wishes;  // those that were decided a moment ago; false: nothing is left
    std::function<Zone()> zone;
    const Clock* service = nullptr;
    const Clock* system = nullptr;
    int number = 0;
};
class KeepingThread {
public:
    explicit KeepingThread(KeepingThreadParts parts);
    ~KeepingThread();
    KeepingThread(const KeepingThread&) = delete;
    KeepingThread& operator=(const KeepingThread&) = delete;
    void wake();  // the clock was moved, or something was decided. Threads: any

private:
    void run(const std::stop_token& stop);
    void look(const std::stop_token& stop);
    KeepingThreadParts parts_;
    SpareTime spare_;
    TrustedTime time_;
    std::jthread thread_;
};

}  // namespace huiyin
