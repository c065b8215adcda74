// When something may be done beside those who are waited for: never in their way, and of several processes by one.
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>

#include "workflow/base/clock.h"
#include "workflow/store/store.h"

namespace huiyin {

// For one thread that works in pieces; wake() any. While others write it works a tenth of the time, else half of it. Of
// several processes that serve one store (`number`; 0: it is alone) one does it: who has the lease, a setting of that
// name, for a minute at a time. What it is given must outlive it.
class SpareTime {
public:
    SpareTime(Store& store, const Clock& system, int number, std::string lease);
    bool is_ours();
    // Piece by piece, until one says that nothing is left, it is to end, or another process has the lease.
    void work(const std::stop_token& stop, const std::function<bool()>& piece);
    void rest(const std::stop_token& stop, std::chrono::microseconds time);  // ends at once when woken
    void wake();

private:
    void pause(const std::stop_token& stop, std::chrono::microseconds time, bool until_woken);
    Store& store_;
    const Clock& system_;
    const int number_;
    const std::string lease_;
    TimePoint leased_until_ = from_ms(0);
    std::mutex resting_;
    std::condition_variable_any woken_;
    bool wake_ = false;
};

}  // namespace huiyin
