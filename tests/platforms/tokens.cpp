// A platform's token: one for all who ask, in one process or in several.
#include <atomic>
#include <catch2/catch.hpp>
#include <mutex>
#include <set>
#include <thread>

#include "channels/outgoing/token_cache.h"
#include "tests/platforms/desk.h"

using namespace huiyin;
using namespace std::chrono_literals;

namespace {

// What several processes share, and the platform behind it, which takes the newest token only.
struct Shared {
    std::mutex mutex;
    std::optional<TokenShelf::Kept> kept;
    TimePoint taken_till;
    std::atomic<int> fetched{0};
    std::atomic<bool> fails{false};

    TokenShelf shelf() {
        return {[this] {
                    std::lock_guard lock(mutex);
                    return kept;
                },
                [this](TimePoint now, TimePoint till) {
                    std::lock_guard lock(mutex);
                    if (taken_till > now) return false;
                    taken_till = till;
                    return true;
                },
                [this](const std::optional<TokenShelf::Kept>& fresh) {
                    std::lock_guard lock(mutex);
                    taken_till = {};
                    if (fresh) kept = fresh;
                }};
    }
    TokenCache::Fetch fetch() {
        return [this]() -> Result<TokenCache::Fresh> {
            if (fails) return Problem{"channel.busy", "no answer", "http.timeout"};
            return TokenCache::Fresh{"token" + std::to_string(++fetched), 7200s};
        };
    }
};

}  // namespace

TEST_CASE("two processes, fifty callers each: one refresh, and both use the new token") {
    ManualClock clock{from_ms(1'800'000'000'000)};
    Shared shared;
    TokenCache one(clock, shared.fetch(), shared.shelf()), two(clock, shared.fetch(), shared.shelf());
    const auto storm = [&](const std::string& refused) {
        std::vector<std::string> got(100);
        {
            std::vector<std::jthread> callers;
            for (std::size_t i = 0; i < got.size(); ++i)
                callers.emplace_back([&, i] {
                    auto& cache = i % 2 ? one : two;
                    got[i] = (refused.empty() ? cache.get() : cache.renew(refused)).value();
                });
        }
        return std::set<std::string>(got.begin(), got.end());
    };
    CHECK(storm("") == std::set<std::string>{"token1"});
    CHECK(shared.fetched == 1);
    CHECK(storm("token1") == std::set<std::string>{"token2"});
    CHECK(shared.fetched == 2);
    CHECK(one.get().value() == "token2");
    clock.set(clock.now() + 7000s);  // before the platform's end of it
    CHECK(storm("") == std::set<std::string>{"token3"});
    // Whoever starts later asks nobody.
    TokenCache three(clock, shared.fetch(), shared.shelf());
    CHECK(three.get().value() == "token3");
    CHECK(shared.fetched == 3);
}

TEST_CASE("whoever fails or dies while it fetches holds nobody up for long") {
    ManualClock clock{from_ms(1'800'000'000'000)};
    Shared shared;
    TokenCache one(clock, shared.fetch(), shared.shelf()), two(clock, shared.fetch(), shared.shelf());
    shared.fails = true;
    CHECK(one.get().problem().code == "channel.busy");
    shared.fails = false;
    CHECK(two.get().value() == "token1");  // the lease ended with the failure
    // A process that died with it in hand: its time is over by the clock.
    const auto shelf = shared.shelf();
    REQUIRE(shelf.take(clock.now(), clock.now() + 15s));
    std::string renewed;
    std::jthread waits([&] { renewed = one.renew("token1").value(); });
    clock.set(clock.now() + 15s);
    waits.join();
    CHECK(renewed == "token2");
}

TEST_CASE("a platform that refuses what it gives is not asked for a token without end") {
    ManualClock clock{from_ms(1'800'000'000'000)};
    int fetched = 0;
    TokenCache cache(clock, [&]() -> Result<TokenCache::Fresh> {
        return TokenCache::Fresh{"token" + std::to_string(++fetched), 7200s};
    });
    auto token = cache.get();
    for (int i = 0; i < 200 && token; ++i) token = cache.renew(*token);
    CHECK(fetched == 12);
    REQUIRE_FALSE(token);
    CHECK(token.problem().code == "channel.busy");
    CHECK(token.problem().detail.find("retry_after_ms=") != std::string::npos);
    clock.set(clock.now() + 10min);
    CHECK(cache.get());
}
