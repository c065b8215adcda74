#include "channels/outgoing/budget.h"

namespace huiyin {

std::chrono::milliseconds Budget::take(const std::string& key, TimePoint now) {
    auto& times = taken_[key];
    while (!times.empty() && times.front() + span_ <= now) times.pop_front();
    if (times.size() >= most_) return times.front() + span_ - now;
    times.push_back(now);
    if (taken_.size() > 10'000)  // forget whoever has not been written to for a while
        for (auto it = taken_.begin(); it != taken_.end();)
            it = it->first != key && (it->second.empty() || it->second.back() + span_ <= now) ? taken_.erase(it) : ++it;
    return {};
}

}  // namespace huiyin
