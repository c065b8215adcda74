// Time is a parameter. A shell asks a Clock once per unit of work and passes `now` down.
//
// Two clocks run in the service: the *service clock* (tickets, drafts, surveys, deadlines, message budgets; may be set
// by hand in a demonstration) and the *system clock* (signatures, tokens, sessions, rate limits, waits under a minute).
#pragma once
#include <atomic>
#include <chrono>

namespace huiyin {

using Milliseconds = std::chrono::milliseconds;
using TimePoint = std::chrono::sys_time<Milliseconds>;  // UTC

inline std::int64_t to_ms(TimePoint at) { return at.time_since_epoch().count(); }
inline TimePoint from_ms(std::int64_t ms) { return TimePoint{Milliseconds{ms}}; }

class Clock {
public:
    virtual ~Clock() = default;
    virtual TimePoint now() const = 0;
    virtual bool is_manual() const { return false; }
};

class SystemClock final : public Clock {
public:
    TimePoint now() const override { return std::chrono::floor<Milliseconds>(std::chrono::system_clock::now()); }
};

// Stands still until it is moved. Threads: any.
class ManualClock final : public Clock {
public:
    explicit ManualClock(TimePoint start) : now_(to_ms(start)) {}
    TimePoint now() const override { return from_ms(now_.load()); }
    bool is_manual() const override { return true; }
    void set(TimePoint at) { now_.store(to_ms(at)); }

private:
    std::atomic<std::int64_t> now_;
};

}  // namespace huiyin
