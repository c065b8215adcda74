// Chance that can be repeated: the same seed gives the same numbers with every compiler (the standard's distributions
// do not). Source: xoshiro256** and splitmix64, both in the public domain (prng.di.unimi.it).
#pragma once
#include <array>
#include <cmath>
#include <cstdint>

namespace huiyin {

class Random {
public:
    explicit Random(std::uint64_t seed) {
        for (auto& word : state_) {
            seed += 0x9e3779b97f4a7c15U;
            auto mixed = seed;
            mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
            mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
            word = mixed ^ (mixed >> 31);
        }
    }
    std::uint64_t next() {
        const auto result = turned(state_[1] * 5, 7) * 9;
        const auto shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = turned(state_[3], 45);
        return result;
    }
    double share() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }  // 0 <= share < 1
    bool chance(double percent) { return share() * 100 < percent; }
    std::int64_t below(std::int64_t limit) { return static_cast<std::int64_t>(share() * static_cast<double>(limit)); }
    double between(double from, double until) { return from + share() * (until - from); }
    double waiting(double mean) { return -mean * std::log1p(-share()); }  // as arrivals and reactions are spread

private:
    static std::uint64_t turned(std::uint64_t word, int by) { return (word << by) | (word >> (64 - by)); }
    std::array<std::uint64_t, 4> state_{};
};

}  // namespace huiyin
