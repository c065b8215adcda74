#include "workflow/base/id.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <thread>
#include <unordered_set>
#include <vector>

using namespace huiyin;

TEST_CASE("an id names nothing until it is given a value") {
    CHECK_FALSE(TicketId{});
    CHECK(TicketId{7});
    CHECK_FALSE(ChannelId{});
    CHECK(ChannelId{"oa"});
    CHECK(TicketId{7} < TicketId{8});
    CHECK(to_text(TicketId{7205759403792793600}) == "7205759403792793600");
    static_assert(!std::is_convertible_v<TicketId, PersonId>);
    static_assert(!std::is_convertible_v<std::int64_t, TicketId>);
    CHECK(std::unordered_set<TicketId>{TicketId{1}, TicketId{1}, TicketId{2}}.size() == 2);
}

TEST_CASE("an id carries its millisecond, its node and a counter") {
    IdMaker ids(5);
    const std::int64_t at = 1'764'000'000'000;
    CHECK(ids.next(at) == (at << 22 | 5 << 12 | 0));
    CHECK(ids.next(at) == (at << 22 | 5 << 12 | 1));
    CHECK(ids.make<TicketId>(at + 1).value == ((at + 1) << 22 | 5 << 12));
}

TEST_CASE("ids grow even when the clock goes back or stands still") {
    IdMaker ids(1023);
    const std::int64_t at = 1'764'000'000'000;
    auto last = ids.next(at);
    for (int i = 0; i < 10'000; ++i) {
        const auto next = ids.next(at - i % 1000);
        REQUIRE(next > last);
        last = next;
    }
    CHECK(last >> 22 == at + 2);  // 10,001 ids of one millisecond borrow two more
}

TEST_CASE("many threads never get one id twice, and each sees its own grow") {
    IdMaker ids(0);
    std::vector<std::vector<std::int64_t>> made(8);
    {
        std::vector<std::jthread> threads;
        for (auto& mine : made)
            threads.emplace_back([&ids, &mine] {
                for (int i = 0; i < 5'000; ++i) mine.push_back(ids.next(1'764'000'000'000 + i / 100));
            });
    }
    std::set<std::int64_t> all;
    for (const auto& mine : made) {
        CHECK(std::is_sorted(mine.begin(), mine.end()));
        all.insert(mine.begin(), mine.end());
    }
    CHECK(all.size() == 40'000);
}

TEST_CASE("two nodes never make the same id") {
    IdMaker one(1), other(2);
    std::set<std::int64_t> all;
    for (int i = 0; i < 5'000; ++i) all.insert({one.next(1'000), other.next(1'000)});
    CHECK(all.size() == 10'000);
}

TEST_CASE("a node outside 0 to 1023 is a mistake of ours") {
    const int node = GENERATE(-1, 1024);
    CHECK_THROWS_AS(IdMaker(node), std::logic_error);
}
