// Waiting for what another process does and nobody is told of.
#pragma once
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

namespace huiyin::bench {

// Looks again and again, until it is so. Throws std::runtime_error when it is not within that time.
inline void wait_until(const std::string& what, std::chrono::seconds at_most, const std::function<bool()>& is_so) {
    const auto give_up = std::chrono::steady_clock::now() + at_most;
    while (!is_so()) {
        if (std::chrono::steady_clock::now() >= give_up) throw std::runtime_error("it did not come: " + what);
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
}

}  // namespace huiyin::bench
