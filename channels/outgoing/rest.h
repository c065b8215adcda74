// A platform that gives no answer is left alone for a while. After five calls in a row without one nothing is sent to
// it; then one message is tried, and its outcome decides: what waits goes out, or the rest grows, from ten seconds to
// five minutes. Pure but for its own state.
#pragma once
#include "workflow/base/clock.h"
#include "workflow/base/result.h"

namespace huiyin {

// Did the platform itself say nothing: no connection, no answer in time, none that can be read, 408 or 5xx? A refusal
// is an answer, and so is "too fast".
bool is_silence(const Problem& problem);
// Did it say anything at all? Not where nothing was asked: our own budget, a message without words.
bool is_answer(const Problem& problem);

// For how long something is left alone, by one clock. A clock that was put back to before it began ends it: nobody
// waits for the clock to come again.
struct Lull {
    TimePoint from, until;
    bool lasts(TimePoint now) const { return from <= now && now < until; }
};

// Threads: one at a time.
class Rest {
public:
    static constexpr int failures_most = 5;
    static constexpr Milliseconds shortest{10'000}, longest{300'000};
    enum class State { open, trying, resting };  // as figures tell it: 0, 1, 2

    // How many messages may be tried now, of `most`: all, one, or none. A rest is over when either clock says so, or
    // was put back to before it.
    int room(int most, TimePoint now, TimePoint system_now) const;
    State state(TimePoint now, TimePoint system_now) const;
    void answered();
    // `chance`: 0..1, makes a rest up to a fifth longer, so that not all come back together.
    void failed(TimePoint now, TimePoint system_now, double chance);
    bool resting() const { return rests_ > 0; }  // or trying

private:
    int failures_ = 0;  // in a row
    int rests_ = 0;     // in a row
    Lull lull_, system_lull_;
};

}  // namespace huiyin
