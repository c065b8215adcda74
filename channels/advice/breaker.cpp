#include "channels/advice/breaker.h"

namespace huiyin::advice {

bool Breaker::refuses(Time now) const { return open_ && (trying_ || now - opened_ < rest); }

bool Breaker::may_ask(Time now) {
    if (refuses(now)) return false;
    if (open_) trying_ = true;
    return true;
}

void Breaker::succeeded() {
    failures_ = 0;
    open_ = trying_ = false;
}

void Breaker::failed(Time now) {
    if (!open_ && ++failures_ < failures_most) return;
    // What was asked before it opened and fails only now does not make the rest longer.
    if (open_ && !trying_) return;
    open_ = true;
    trying_ = false;
    opened_ = now;
}

void Breaker::given_up() { trying_ = false; }

Breaker::State Breaker::state(Time now) const {
    if (!open_) return State::closed;
    return trying_ || now - opened_ >= rest ? State::half_open : State::open;
}

}  // namespace huiyin::advice
