// What the edge counts, and the bytes it holds. Shared by all its threads; outlives the server with the last request.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>

namespace huiyin::http {

struct Counters {
    using Count = std::atomic<std::uint64_t>;
    Count connections_now{0}, connections{0}, refused_full{0}, refused_address{0};
    Count requests{0}, refused_requests{0}, timed_out{0};
    Count answers[6]{};  // by the first digit of the status
    Count exceptions{0}, parked_now{0}, parked_expired{0}, streams_now{0}, streams_dropped{0};
    Count held{0}, spilled{0}, on_disk{0}, bytes_in{0}, bytes_out{0};

    static void add(Count& count, std::uint64_t by = 1) { count.fetch_add(by, std::memory_order_relaxed); }
    static void drop(Count& count, std::uint64_t by = 1) { count.fetch_sub(by, std::memory_order_relaxed); }
};

// A claim on what all connections share (memory, or disk for uploads); given back with the last byte.
class Held {
public:
    Held(std::shared_ptr<Counters> counters, Counters::Count Counters::*where)
        : counters_(std::move(counters)), where_(where) {}
    ~Held() { set(0); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    void set(std::uint64_t bytes) {
        auto& count = (*counters_).*where_;
        if (bytes > bytes_) Counters::add(count, bytes - bytes_);
        if (bytes < bytes_) Counters::drop(count, bytes_ - bytes);
        bytes_ = bytes;
    }

private:
    std::shared_ptr<Counters> counters_;
    Counters::Count Counters::*where_;
    std::uint64_t bytes_ = 0;
};

}  // namespace huiyin::http
