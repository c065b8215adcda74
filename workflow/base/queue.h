// How threads exchange values. Holds the only condition variable of the house.
#pragma once
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

namespace huiyin {

// Threads: any number of givers and takers. After close() what was given is still taken, then takers hear "nothing".
template <class T>
class Queue {
public:
    // False after close(): the value was not taken over.
    bool put(T value) {
        {
            std::lock_guard lock(mutex_);
            if (closed_) return false;
            items_.push_back(std::move(value));
        }
        ready_.notify_one();
        return true;
    }
    // Waits until there is something or the queue is closed; then at most `most` values, empty only when closed.
    std::vector<T> take_up_to(std::size_t most) {
        std::unique_lock lock(mutex_);
        ready_.wait(lock, [&] { return closed_ || !items_.empty(); });
        return drain(most);
    }
    // The same, but gives up (empty) after `wait`.
    std::vector<T> take_up_to(std::size_t most, std::chrono::microseconds wait) {
        std::unique_lock lock(mutex_);
        ready_.wait_for(lock, wait, [&] { return closed_ || !items_.empty(); });
        return drain(most);
    }
    // One value, without asking for memory.
    std::optional<T> take() {
        std::unique_lock lock(mutex_);
        ready_.wait(lock, [&] { return closed_ || !items_.empty(); });
        return first();
    }
    std::optional<T> take(std::chrono::microseconds wait) {
        std::unique_lock lock(mutex_);
        ready_.wait_for(lock, wait, [&] { return closed_ || !items_.empty(); });
        return first();
    }
    void close() {
        {
            std::lock_guard lock(mutex_);
            closed_ = true;
        }
        ready_.notify_all();
    }
    bool closed() const {
        std::lock_guard lock(mutex_);
        return closed_;
    }
    std::size_t size() const {
        std::lock_guard lock(mutex_);
        return items_.size();
    }

private:
    std::vector<T> drain(std::size_t most) {
        std::vector<T> taken;
        taken.reserve(std::min(most, items_.size()));  // before the first is moved: who has no room leaves all here
        while (!items_.empty() && taken.size() < most) {
            taken.push_back(std::move(items_.front()));
            items_.pop_front();
        }
        return taken;
    }
    std::optional<T> first() {
        if (items_.empty()) return std::nullopt;
        std::optional<T> one(std::move(items_.front()));
        items_.pop_front();
        return one;
    }
    mutable std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<T> items_;
    bool closed_ = false;
};

}  // namespace huiyin
