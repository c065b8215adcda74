#include "workflow/base/queue.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <numeric>
#include <thread>

#include "tests/scarce_memory.h"

using namespace huiyin;

TEST_CASE("what was given first is taken first, no more than asked for") {
    Queue<int> queue;
    for (int i = 0; i < 5; ++i) CHECK(queue.put(i));
    CHECK(queue.size() == 5);
    CHECK(queue.take_up_to(3) == std::vector{0, 1, 2});
    CHECK(queue.take_up_to(3) == std::vector{3, 4});
    CHECK(queue.size() == 0);
}

TEST_CASE("after closing, what was given is still taken, then there is nothing") {
    Queue<std::unique_ptr<int>> queue;
    CHECK(queue.put(std::make_unique<int>(1)));
    CHECK_FALSE(queue.closed());
    queue.close();
    CHECK(queue.closed());
    CHECK_FALSE(queue.put(std::make_unique<int>(2)));
    auto first = queue.take();
    REQUIRE(first);
    CHECK(**first == 1);
    CHECK_FALSE(queue.take());
    CHECK(queue.take_up_to(10).empty());
    queue.close();  // twice does no harm
    CHECK(queue.take_up_to(10, std::chrono::hours(1)).empty());
}

TEST_CASE("a taker with a limit gives up on an empty queue") {
    Queue<int> queue;
    CHECK(queue.take_up_to(1, std::chrono::milliseconds(1)).empty());
    CHECK_FALSE(queue.closed());
    queue.put(3);
    CHECK(queue.take_up_to(1, std::chrono::milliseconds(0)) == std::vector{3});
}

TEST_CASE("a taker who has no memory for what he takes leaves all of it where it is") {
    Queue<std::unique_ptr<int>> queue;
    for (int i = 0; i < 5; ++i) queue.put(std::make_unique<int>(i));
    std::vector<std::unique_ptr<int>> taken;
    int wishes = 0;
    while (scarce::refused(wishes, [&] { taken = queue.take_up_to(1'000'000'000); })) {
        REQUIRE(queue.size() == 5);
        ++wishes;
    }
    CHECK(wishes > 0);
    REQUIRE(taken.size() == 5);
    for (int i = 0; i < 5; ++i) CHECK(*taken[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("one alone is taken where there is no memory at all") {
    Queue<int> queue;
    queue.put(1);
    queue.put(2);
    std::optional<int> first, second, none;
    CHECK_FALSE(scarce::refused(0, [&] {
        first = queue.take();
        second = queue.take(std::chrono::hours(1));
        none = queue.take(std::chrono::microseconds(1));
    }));
    CHECK(first == 1);
    CHECK(second == 2);
    CHECK_FALSE(none);
}

TEST_CASE("closing wakes every waiting taker") {
    Queue<int> queue;
    std::atomic<int> heard_nothing{0};
    {
        std::vector<std::jthread> takers;
        for (int i = 0; i < 4; ++i)
            takers.emplace_back([&] {
                if (!queue.take()) ++heard_nothing;
            });
        queue.close();
    }
    CHECK(heard_nothing == 4);
}

TEST_CASE("many givers and takers lose and double nothing") {
    Queue<int> queue;
    std::vector<std::vector<int>> taken(3);
    {
        std::vector<std::jthread> takers;
        for (auto& mine : taken)
            takers.emplace_back([&queue, &mine] {
                for (auto some = queue.take_up_to(7); !some.empty(); some = queue.take_up_to(7))
                    mine.insert(mine.end(), some.begin(), some.end());
            });
        {
            std::vector<std::jthread> givers;
            for (int giver = 0; giver < 4; ++giver)
                givers.emplace_back([&queue, giver] {
                    for (int i = 0; i < 2'000; ++i) queue.put(giver * 2'000 + i);
                });
        }
        queue.close();
    }
    std::vector<int> all;
    for (const auto& mine : taken) all.insert(all.end(), mine.begin(), mine.end());
    std::sort(all.begin(), all.end());
    std::vector<int> expected(8'000);
    std::iota(expected.begin(), expected.end(), 0);
    CHECK(all == expected);
}
