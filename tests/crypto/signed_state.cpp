#include "channels/codec/signed_state.h"

#include <catch2/catch.hpp>

using namespace huiyin;
using namespace std::chrono_literals;

TEST_CASE("a state is good for ten minutes, for whom it was made, and under its key") {
    const SignedState states("a key"), others("another key");
    const TimePoint now = from_ms(1'772'413'200'000);
    const auto state = states.fresh(now, "his browser");
    CHECK(state.size() == 64);
    CHECK(state.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(states.fresh(now, "his browser") != state);
    CHECK(states.is_ours(state, now, "his browser"));
    CHECK(SignedState("a key").is_ours(state, now + 599s, "his browser"));
    CHECK_FALSE(states.is_ours(state, now + 600s, "his browser"));
    CHECK_FALSE(states.is_ours(state, now - 1s, "his browser"));
    CHECK_FALSE(states.is_ours(state, now, "her browser"));
    CHECK_FALSE(states.is_ours(state, now));
    CHECK_FALSE(others.is_ours(state, now, "his browser"));
    for (const std::size_t at : {0, 15, 16, 31, 32, 63}) {
        CAPTURE(at);
        auto bent = state;
        bent[at] = bent[at] == '0' ? '1' : '0';
        CHECK_FALSE(states.is_ours(bent, now, "his browser"));
    }
    for (const auto& none : {std::string(), std::string(64, '0'), state.substr(1), state + "0"})
        CHECK_FALSE(states.is_ours(none, now, "his browser"));
}
