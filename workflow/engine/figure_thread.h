// The thread that keeps the figures of reports (kept_figures.h) while the service runs: whatever was saved is counted
// within seconds, when others leave room for it. Nobody waits for it, and it may end at any moment.
#pragma once
#include <thread>

#include "workflow/base/clock.h"
#include "workflow/engine/engine.h"
#include "workflow/engine/spare_time.h"

namespace huiyin {

// Looks every ten seconds, in spare time (spare_time.h; `number` is for that). Starts at once, stops in its destructor.
// What it is given must outlive it.
class FigureThread {
public:
    FigureThread(Store& store, EngineParts parts, const Clock& service, const Clock& system, int number);
    ~FigureThread();
    FigureThread(const FigureThread&) = delete;
    FigureThread& operator=(const FigureThread&) = delete;

private:
    void run(const std::stop_token& stop);
    Store& store_;
    EngineParts parts_;
    const Clock& service_;
    SpareTime spare_;
    std::jthread thread_;
};

}  // namespace huiyin
