// The `state` of a sign-in elsewhere: what comes back to us from another's page was begun here, and not long ago.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "workflow/base/clock.h"
#include "workflow/base/digest.h"

namespace huiyin {

// Threads: any; nothing is kept.
class SignedState {
public:
    static constexpr auto life = std::chrono::minutes{10};

    explicit SignedState(std::string_view key) : sign_(key) {}
    // 64 digits: a time, chance, and their mark. `whose`: what only the browser has that goes there, if anything; the
    // state is good for that one alone.
    std::string fresh(TimePoint system_now, std::string_view whose = {}) const;
    bool is_ours(std::string_view state, TimePoint system_now, std::string_view whose = {}) const;

private:
    std::string mark_of(std::string_view stem, std::string_view whose) const;
    const Hmac sign_;
};

}  // namespace huiyin
