// May what is due by the clock go? What went does not come back, so a clock that leapt ahead is not believed before it
// has gone on steadily for a day: a wrong reading of some minutes lets nothing go, and after a long standstill what is
// due goes a day later. How it stands is kept, so that a restart in between changes nothing.
#pragma once
#include <optional>

#include "workflow/base/clock.h"
#include "workflow/store/store.h"

namespace huiyin {

// Asked often, of the system clock: by one thread. Throws what the store throws.
class TrustedTime {
public:
    explicit TrustedTime(Store& store) : store_(store) {}
    bool trusts(TimePoint system_now);

private:
    struct State {
        TimePoint seen;                          // when it was asked last
        std::optional<TimePoint> doubted_since;  // it had leapt then
        friend bool operator==(const State&, const State&) = default;
    };
    static std::optional<State> kept(Reading& reading);
    void keep(const State& state);
    Store& store_;
    std::optional<State> state_, kept_;
};

}  // namespace huiyin
