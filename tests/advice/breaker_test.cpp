// After five failures in a row an endpoint is left alone for thirty seconds; then one question decides.
#include <catch2/catch.hpp>

#include "channels/advice/breaker.h"

using huiyin::advice::Breaker;
using namespace std::chrono_literals;

namespace {
const Breaker::Time start{1h};

Breaker opened() {
    Breaker breaker;
    for (int i = 0; i < Breaker::failures_most; ++i) {
        REQUIRE(breaker.may_ask(start));
        breaker.failed(start);
    }
    return breaker;
}
}  // namespace

TEST_CASE("it opens at the fifth failure in a row and not before") {
    Breaker breaker;
    for (int i = 0; i < 4; ++i) breaker.failed(start);
    CHECK(breaker.may_ask(start));
    breaker.succeeded();  // counts anew
    for (int i = 0; i < 4; ++i) breaker.failed(start);
    CHECK(breaker.state(start) == Breaker::State::closed);
    breaker.failed(start);
    CHECK(breaker.state(start) == Breaker::State::open);
    CHECK_FALSE(breaker.may_ask(start));
    CHECK_FALSE(breaker.may_ask(start + 29999ms));
}

TEST_CASE("after the rest one is asked, and its answer decides") {
    auto breaker = opened();
    CHECK(breaker.state(start + 30s) == Breaker::State::half_open);
    CHECK(breaker.may_ask(start + 30s));
    CHECK_FALSE(breaker.may_ask(start + 30s));
    CHECK_FALSE(breaker.may_ask(start + 99s));
    SECTION("a good one closes it") {
        breaker.succeeded();
        CHECK(breaker.state(start + 31s) == Breaker::State::closed);
        CHECK(breaker.may_ask(start + 31s));
    }
    SECTION("a bad one opens it for another rest") {
        breaker.failed(start + 31s);
        CHECK_FALSE(breaker.may_ask(start + 60s));
        CHECK(breaker.may_ask(start + 61s));
    }
    SECTION("none leaves the next one to try") {
        breaker.given_up();
        CHECK(breaker.may_ask(start + 31s));
    }
}

TEST_CASE("what was asked before it opened and fails later does not make the rest longer") {
    auto breaker = opened();
    breaker.failed(start + 20s);
    CHECK(breaker.may_ask(start + 30s));
}
