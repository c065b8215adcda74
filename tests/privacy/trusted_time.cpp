// A clock that leapt lets nothing go before it has gone on for a day.
#include "workflow/privacy/trusted_time.h"

#include <catch2/catch.hpp>
#include <thread>

#include "tests/store/store_house.h"
#include "workflow/privacy/keeping_thread.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

constexpr auto hour = std::chrono::hours(1), day = std::chrono::hours(24);

// Of all hours up to that one the last answer.
bool goes_on(TrustedTime& time, TimePoint from, TimePoint to) {
    bool trusted = false;
    for (auto at = from; at <= to; at += hour) trusted = time.trusts(at);
    return trusted;
}

}  // namespace

TEST_CASE("a wrong reading of some minutes is not believed; a clock that goes on from there is, a day later") {
    House house;
    auto& store = house.open();
    TrustedTime time(store);
    CHECK(time.trusts(nine));
    CHECK(goes_on(time, nine, nine + day * 10));
    const auto ahead = nine + day * 1000;
    CHECK_FALSE(time.trusts(ahead));
    CHECK_FALSE(time.trusts(ahead + std::chrono::minutes(5)));
    CHECK(time.trusts(nine + day * 10 + hour));  // it was a mistake
    CHECK_FALSE(time.trusts(ahead));
    CHECK_FALSE(goes_on(time, ahead, ahead + hour * 23));
    CHECK_FALSE(time.trusts(ahead + day * 500));  // it leaps again: another day
    CHECK_FALSE(goes_on(time, ahead + day * 500, ahead + day * 500 + hour * 23));
    CHECK(time.trusts(ahead + day * 501));
}

TEST_CASE("a service that stood still for a month is a day behind, whoever starts again meanwhile") {
    House house;
    auto& store = house.open();
    CHECK(TrustedTime(store).trusts(nine));
    CHECK_FALSE(TrustedTime(store).trusts(nine + day * 30));
    CHECK_FALSE(TrustedTime(store).trusts(nine + day * 30 + hour * 12));  // the machine is off at night
    CHECK(TrustedTime(store).trusts(nine + day * 31));
    CHECK(TrustedTime(store).trusts(nine + day * 33));  // a weekend
}

TEST_CASE("of several processes, one that was not asked for long takes what another has seen") {
    House house;
    auto& store = house.open();
    TrustedTime one(store), other(store);
    CHECK(one.trusts(nine));
    CHECK(goes_on(other, nine, nine + day * 20));
    CHECK(one.trusts(nine + day * 20 + hour));
}

TEST_CASE("while the clock has leapt, the keeping thread lets nothing go; when it is back, the night is as any other") {
    House house;
    auto& store = house.open();
    ManualClock clock{nine};
    Ticket ticket;
    store.run([&](Transaction& t) {
        ticket = a_ticket(house, "T1");
        ticket.phase = Phase::closed;
        ticket.closed_at = ticket.updated_at = nine - day;
        Details details;
        details.summary = "水管漏了";
        file_ticket(house, t, ticket, details);
    });
    begin_counting(store, nine);
    KeepingThread thread({.store = &store,
                          .periods = {},
                          .wishes = {},
                          .zone = [] { return Zone(); },
                          .service = &clock,
                          .system = &clock,
                          .number = 0});
    const auto waits_for = [&](const std::function<bool(Reading&)>& is_so) {
        for (int i = 0; i < 20'000; ++i) {
            bool so = false;
            store.read([&](Reading& reading) { so = is_so(reading); });
            if (so) return true;
            thread.wake();
            std::this_thread::yield();
        }
        return false;
    };
    const auto clock_says = [](Reading& reading) { return reading.setting("keeping/clock").value_or(""); };
    REQUIRE(waits_for([&](Reading& reading) { return !clock_says(reading).empty(); }));
    clock.set(nine + day * 1000);
    REQUIRE(waits_for([&](Reading& reading) { return clock_says(reading).find("doubted") != std::string::npos; }));
    clock.set(nine + day * 2);
    REQUIRE(waits_for([&](Reading& reading) { return keeping_reports(reading).size() == 1; }));
    store.read([&](Reading& reading) {
        CHECK(keeping_reports(reading).front().began == nine + day * 2);
        CHECK(reading.details(ticket.details).summary == "水管漏了");
    });
}

TEST_CASE("a run that is said to have been in the future is due again") {
    CHECK(keeping_due(nine + day * 1000, false, nine, Zone()));
    CHECK_FALSE(keeping_due(nine, false, nine + hour, Zone()));
}
