// The bearer token of one account, kept until shortly before its end, fetched by one caller while the others wait.
#pragma once
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "workflow/base/clock.h"
#include "workflow/base/result.h"

namespace huiyin {

// Threads: any. A fetch runs under the cache's lock: that is what makes it one, and the HTTP client bounds its time.
class TokenCache {
public:
    struct Fresh {
        std::string token;
        std::chrono::seconds life{};
    };
    // Errors of a fetch: channel.alarm is remembered for a minute, so that a wrong secret is not tried in a loop (both
    // platforms block the caller's address for that); any other is passed on and tried again next time.
    using Fetch = std::function<Result<Fresh>()>;

    // clock: the system clock; it must outlive the cache.
    TokenCache(const Clock& clock, Fetch fetch) : clock_(clock), fetch_(std::move(fetch)) {}

    Result<std::string> get();
    // The platform refused `refused`: fetches anew, unless somebody did so in the meantime. Errors as the fetch's, and
    // channel.busy - the platform gives the same token again; channel.alarm - and again after that.
    Result<std::string> renew(const std::string& refused);

private:
    Result<std::string> fetch_locked();
    const Clock& clock_;
    const Fetch fetch_;
    std::mutex mutex_;
    std::string token_;
    TimePoint valid_until_;
    std::string refused_twice_;  // the platform refused this one and then gave it again
    std::optional<Problem> problem_;
    TimePoint problem_until_;
};

}  // namespace huiyin
