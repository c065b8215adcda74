// Of several processes one works, whatever a clock has said before.
#include "workflow/engine/spare_time.h"

#include <catch2/catch.hpp>

#include "tests/store/store_house.h"

using namespace huiyin;
using namespace huiyin::test;

TEST_CASE("a lease from when a clock was ahead holds nobody up, and is not one's own either") {
    House house;
    auto& store = house.open();
    ManualClock clock{nine + std::chrono::hours(24 * 1000)};
    SpareTime ahead(store, clock, 1, "some/lease");
    REQUIRE(ahead.is_ours());
    clock.set(nine);
    SpareTime other(store, clock, 2, "some/lease");
    CHECK(other.is_ours());
    CHECK_FALSE(ahead.is_ours());
    clock.set(nine + std::chrono::seconds(59));
    CHECK_FALSE(ahead.is_ours());
    clock.set(nine + std::chrono::seconds(61));
    CHECK(ahead.is_ours());
}
