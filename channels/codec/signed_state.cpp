#include "channels/codec/signed_state.h"

#include <algorithm>

namespace huiyin {
namespace {

constexpr std::size_t time_digits = 16, stem_digits = 32, state_digits = 64;

}  // namespace

std::string SignedState::fresh(TimePoint system_now, std::string_view whose) const {
    auto time = std::to_string(to_ms(system_now));
    time.insert(0, time_digits - std::min(time.size(), time_digits), '0');
    const auto stem = time + random_hex((stem_digits - time_digits) / 2);
    return stem + mark_of(stem, whose);
}

bool SignedState::is_ours(std::string_view state, TimePoint system_now, std::string_view whose) const {
    if (state.size() != state_digits) return false;
    const auto stem = state.substr(0, stem_digits);
    if (!equal_secrets(mark_of(stem, whose), state.substr(stem_digits))) return false;
    const auto age = to_ms(system_now) - std::stoll(std::string(stem.substr(0, time_digits)));
    return age >= 0 && std::chrono::milliseconds(age) < life;
}

std::string SignedState::mark_of(std::string_view stem, std::string_view whose) const {
    return to_hex(sign_(std::string(stem).append(whose))).substr(0, state_digits - stem_digits);
}

}  // namespace huiyin
