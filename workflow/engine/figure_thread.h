// The thread that keeps the figures of reports (kept_figures.h) while the service runs: whatever was saved is counted
// within seconds, when others leave room for it. Nobody waits for it, and it may end at any moment.
#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "workflow/base/clock.h"
#include "workflow/engine/engine.h"

namespace huiyin {

// Looks every ten seconds. While others write it works a tenth of the time, else half of it. Of several processes that
// serve one store (`number`: which of them; 0: it is alone) one does it: who has the lease, for a minute at a time.
// Starts at once, stops in its destructor. What it is given must outlive it.
class FigureThread {
public:
    FigureThread(Store& store, EngineParts parts, const Clock& service, const Clock& system, int number);
    ~FigureThread();
    FigureThread(const FigureThread&) = delete;
    FigureThread& operator=(const FigureThread&) = delete;

private:
    void run(const std::stop_token& stop);
    bool has_lease();
    void rest(const std::stop_token& stop, std::chrono::microseconds time);
    Store& store_;
    EngineParts parts_;
    const Clock& service_;
    const Clock& system_;
    int number_;
    TimePoint leased_until_ = from_ms(0);
    std::mutex resting_;
    std::condition_variable_any woken_;  // by the end alone
    std::jthread thread_;
};

}  // namespace huiyin
