// How many messages somebody may send in a minute. Kept in memory, by the system clock: a restart forgives.
#pragma once
#include <algorithm>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

#include "workflow/base/clock.h"

namespace huiyin {

// Threads: any.
class RateLimit {
public:
    explicit RateLimit(int per_minute) : per_minute_(per_minute) {}
    // Zero: go on. Else the seconds until the next one is welcome.
    int take(const std::string& who, TimePoint system_now) {
        const auto now = to_ms(system_now);
        std::lock_guard lock(mutex_);
        if (buckets_.size() > 200'000)
            std::erase_if(buckets_, [&](const auto& one) { return now - one.second.at > 60'000; });
        auto& bucket = buckets_.try_emplace(who, Bucket{static_cast<double>(per_minute_), now}).first->second;
        const auto passed = std::max<std::int64_t>(0, now - bucket.at);  // a clock that was put back takes nothing away
        bucket.tokens =
            std::min<double>(per_minute_, bucket.tokens + static_cast<double>(passed) * per_minute_ / 60'000.0);
        bucket.at = now;
        if (bucket.tokens >= 1) {
            bucket.tokens -= 1;
            return 0;
        }
        return static_cast<int>((1 - bucket.tokens) * 60.0 / per_minute_) + 1;
    }

private:
    struct Bucket {
        double tokens;
        std::int64_t at;
    };
    int per_minute_;
    std::mutex mutex_;
    std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace huiyin
