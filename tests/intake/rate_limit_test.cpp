// So many a minute, whatever the clock does.
#include "channels/rate_limit.h"

#include <catch2/catch.hpp>

using namespace huiyin;

namespace {

const TimePoint nine = from_ms(1772413200000);
TimePoint after(std::int64_t seconds) { return nine + std::chrono::seconds{seconds}; }

}  // namespace

TEST_CASE("so many a minute are taken, and then one by one as time goes on") {
    RateLimit limit{3};
    for (int i = 0; i < 3; ++i) CHECK(limit.take("wang", nine) == 0);
    CHECK(limit.take("wang", nine) > 0);
    CHECK(limit.take("li", nine) == 0);
    CHECK(limit.take("wang", after(20)) == 0);
    CHECK(limit.take("wang", after(20)) > 0);
}

TEST_CASE("a clock that is put back makes nobody wait for it to come again") {
    RateLimit limit{3};
    CHECK(limit.take("wang", nine) == 0);
    CHECK(limit.take("wang", after(-24 * 3600)) == 0);
    CHECK(limit.take("wang", after(-24 * 3600)) == 0);
    CHECK(limit.take("wang", after(-24 * 3600)) <= 21);
    CHECK(limit.take("wang", after(-24 * 3600 + 60)) == 0);
}
