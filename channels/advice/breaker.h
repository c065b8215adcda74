// Leaves a service alone that keeps failing: after five failures in a row nobody is asked for thirty seconds, then one
// is; its answer decides. Pure but for its own state; the caller's clock must not go back. Threads: one at a time.
#pragma once
#include <chrono>

namespace huiyin::advice {

class Breaker {
public:
    using Time = std::chrono::steady_clock::time_point;
    enum class State { closed, half_open, open };
    static constexpr int failures_most = 5;
    static constexpr std::chrono::seconds rest{30};

    // True: ask, and say by succeeded() or failed() what came of it. While half open only one is asked at a time.
    bool may_ask(Time now);
    // The same without asking: would may_ask() say no?
    bool refuses(Time now) const;
    void succeeded();
    void failed(Time now);
    void given_up();  // it was asked and nothing can be said about it, as when we stop
    State state(Time now) const;

private:
    int failures_ = 0;  // in a row
    bool open_ = false, trying_ = false;
    Time opened_{};
};

}  // namespace huiyin::advice
