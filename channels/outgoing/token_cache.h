// The bearer token of one account, kept until shortly before its end, fetched by one caller while the others wait;
// where several processes serve one store, by one of them.
#pragma once
#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "channels/outgoing/rest.h"
#include "workflow/base/clock.h"
#include "workflow/base/result.h"

namespace huiyin {

// The token of one account where every process of a store finds it.
struct TokenShelf {
    struct Kept {
        std::string token;
        TimePoint until;
    };
    std::function<std::optional<Kept>()> read;  // empty: this process is alone
    // True: whoever asks fetches now, and says so with put() before `till`; false: somebody else is at it.
    std::function<bool(TimePoint now, TimePoint till)> take;
    std::function<void(const std::optional<Kept>&)> put;  // nothing: the fetch failed
};

// Threads: any. A fetch runs under the cache's lock: that is what makes it one, and the HTTP client bounds its time.
class TokenCache {
public:
    struct Fresh {
        std::string token;
        std::chrono::seconds life{};
    };
    // Errors of a fetch: channel.alarm is remembered for a minute, so that a wrong secret is not tried in a loop (both
    // platforms block the caller's address for that); any other is passed on and tried again next time.
    // More than a dozen in ten minutes are not asked for: a platform that gives what it refuses is not run over.
    using Fetch = std::function<Result<Fresh>()>;

    // clock: the system clock; it must outlive the cache.
    TokenCache(const Clock& clock, Fetch fetch, TokenShelf shelf = {})
        : clock_(clock), fetch_(std::move(fetch)), shelf_(std::move(shelf)) {}

    Result<std::string> get();
    // The platform refused `refused`: fetches anew, unless somebody did so in the meantime. Errors as the fetch's, and
    // channel.busy - the platform gives the same token again; channel.alarm - and again after that.
    Result<std::string> renew(const std::string& refused);

private:
    Result<std::string> fetch_locked(const std::string& refused);
    Result<std::string> fetch_alone();
    bool found_on_shelf(const std::string& refused);
    const Clock& clock_;
    const Fetch fetch_;
    const TokenShelf shelf_;
    std::mutex mutex_;
    std::string token_;
    TimePoint valid_until_;
    std::deque<TimePoint> fetched_;
    std::string refused_twice_;  // the platform refused this one and then gave it again
    std::optional<Problem> problem_;
    Lull problem_lasts_;
};

}  // namespace huiyin
