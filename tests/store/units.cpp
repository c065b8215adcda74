// Units of work: many share a commit, a failing one is undone alone, and nobody hears "saved" too early.
#include <catch2/catch.hpp>
#include <mutex>
#include <thread>

#include "tests/store/store_house.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

std::optional<std::string> setting(Store& store, const std::string& key) {
    std::optional<std::string> value;
    store.read([&](Reading& r) { value = r.setting(key); });
    return value;
}

}  // namespace

TEST_CASE("units that wait share a commit, sixty-four at most") {
    House house;
    auto& store = house.open();
    const auto before = store.commits();
    Held held(store);
    std::atomic<int> saved{0};
    for (int i = 0; i < 100; ++i)
        store.submit([i](Transaction& t) { t.set_setting("s" + std::to_string(i), "x"); },
                     [&](Outcome outcome, std::exception_ptr) { saved += outcome == Outcome::saved; });
    CHECK(store.waiting() == 100);
    held.let_go();
    store.run([](Transaction&) {});
    CHECK(saved == 100);
    CHECK(store.commits() - before <= 1 + 2 + 1);
    CHECK(store.waiting() == 0);
    CHECK(setting(store, "s99") == "x");
}

TEST_CASE("a unit that throws is undone alone and hears why") {
    House house;
    auto& store = house.open();
    Held held(store);
    std::vector<std::string> heard(5);
    for (int i = 0; i < 5; ++i)
        store.submit(
            [i](Transaction& t) {
                t.set_setting("s" + std::to_string(i), "x");
                if (i == 2) throw Refused("not this one");
            },
            [&heard, i](Outcome outcome, std::exception_ptr problem) {
                if (outcome == Outcome::saved) {
                    heard[static_cast<std::size_t>(i)] = problem ? "saved with a problem" : "saved";
                } else {
                    try {
                        std::rethrow_exception(problem);
                    } catch (const Refused& e) {
                        heard[static_cast<std::size_t>(i)] = e.what();
                    }
                }
            });
    held.let_go();
    store.run([](Transaction&) {});
    CHECK(heard == std::vector<std::string>{"saved", "saved", "not this one", "saved", "saved"});
    CHECK_FALSE(setting(store, "s2"));
    CHECK(setting(store, "s1") == "x");
    CHECK(setting(store, "s3") == "x");
    CHECK(store.writable());
}

TEST_CASE("what one unit writes the next one of the same group sees; what an undone one wrote it does not") {
    House house;
    auto& store = house.open();
    Held held(store);
    std::optional<std::string> first, second;
    store.submit([](Transaction& t) { t.set_setting("a", "1"); }, {});
    store.submit(
        [](Transaction& t) {
            t.set_setting("b", "1");
            throw Refused("no");
        },
        {});
    store.submit(
        [&](Transaction& t) {
            first = t.setting("a");
            second = t.setting("b");
        },
        {});
    held.let_go();
    store.run([](Transaction&) {});
    CHECK(first == "1");
    CHECK_FALSE(second);
}

TEST_CASE("nothing can be read before it is committed, and a snapshot stands still") {
    House house;
    auto& store = house.open();
    std::promise<void> written, go;
    auto going = go.get_future().share();
    store.submit(
        [&written, going](Transaction& t) {
            t.set_setting("a", "1");
            written.set_value();
            going.wait();
        },
        {});
    written.get_future().wait();
    CHECK_FALSE(setting(store, "a"));
    store.read([&](Reading& r) {
        CHECK_FALSE(r.setting("a"));
        go.set_value();
        store.run([](Transaction&) {});
        CHECK_FALSE(r.setting("a"));
        CHECK(setting(store, "a") == "1");
    });
    CHECK(setting(store, "a") == "1");
}

TEST_CASE("units of a thread run in their order, and answers come in it") {
    House house;
    auto& store = house.open();
    std::vector<int> answered;
    for (int i = 0; i < 300; ++i)
        store.submit([](Transaction& t) { t.next_number("n"); },
                     [&answered, i](Outcome, std::exception_ptr) { answered.push_back(i); });
    store.run([](Transaction& t) { CHECK(t.next_number("n") == 301); });
    REQUIRE(answered.size() == 300);
    CHECK(std::is_sorted(answered.begin(), answered.end()));
}

TEST_CASE("run() hands the unit's own exception back") {
    House house;
    auto& store = house.open();
    CHECK_THROWS_AS(store.run([](Transaction&) { throw Refused("no"); }), Refused);
    CHECK_THROWS_AS(store.run([](Transaction& t) { t.add(Message{}), t.add(Message{}); }), std::logic_error);
    CHECK_NOTHROW(store.run([](Transaction& t) { t.set_setting("after", "1"); }));
    CHECK(setting(store, "after") == "1");
}

TEST_CASE("an answer that throws does no harm to the others") {
    House house;
    auto& store = house.open();
    store.submit([](Transaction&) {}, [](Outcome, std::exception_ptr) { throw Refused("in the answer"); });
    CHECK_NOTHROW(store.run([](Transaction& t) { t.set_setting("a", "1"); }));
}

TEST_CASE("a commit tells what it touched, and an undone unit touches nothing") {
    std::mutex mutex;  // these outlive the store: its last call comes after the last answer
    Touched seen;
    House house;
    auto& store = house.open();
    store.on_commit([&](const Touched& touched) {
        std::lock_guard lock(mutex);
        seen.conversations.insert(touched.conversations.begin(), touched.conversations.end());
        seen.channels.insert(touched.channels.begin(), touched.channels.end());
        seen.reminders |= touched.reminders;
        seen.directory |= touched.directory;
    });
    auto talk = a_conversation(house, "a");
    OutboxItem item;
    item.id = house.id<OutboxId>();
    item.channel = ChannelId{"oa"};
    item.conversation = talk.id;
    CHECK_THROWS(store.run([&](Transaction& t) {
        t.add(Message{1, talk.id, nine, Speaker::bot, {.text = "x"}});
        t.add(item);
        throw Refused("no");
    }));
    store.run([](Transaction&) {});  // the call after this one's commit is over when the next unit begins
    {
        std::lock_guard lock(mutex);
        CHECK(seen.conversations.empty());
        CHECK(seen.channels.empty());
    }
    store.run([&](Transaction& t) {
        t.save(talk);
        t.add(Message{1, talk.id, nine, Speaker::bot, {.text = "x"}});
        t.add(item);
        t.set_reminder({{}, nine, false, TicketId{1}, {}, "deadline", "handle"});
        Unit unit;
        unit.id = UnitId{1};
        unit.key = "o";
        t.save(unit);
    });
    store.run([](Transaction&) {});
    std::lock_guard lock(mutex);
    CHECK(seen.conversations == std::set<ConversationId>{talk.id});
    CHECK(seen.channels == std::set<ChannelId>{ChannelId{"oa"}});
    CHECK(seen.reminders);
    CHECK(seen.directory);
}

TEST_CASE("stopping commits what waits; afterwards a unit is undone at once") {
    House house;
    auto& store = house.open();
    {
        Held held(store);
        for (int i = 0; i < 200; ++i)
            store.submit([i](Transaction& t) { t.set_setting("s" + std::to_string(i), "x"); }, {});
        held.let_go();
        store.stop();
    }
    bool undone = false;
    store.submit([](Transaction& t) { t.set_setting("late", "x"); },
                 [&](Outcome outcome, std::exception_ptr problem) { undone = outcome == Outcome::undone && problem; });
    CHECK(undone);
    CHECK_THROWS(store.run([](Transaction&) {}));
    CHECK(setting(store, "s199") == "x");
    house.open();
    CHECK(setting(*house.store, "s0") == "x");
    CHECK_FALSE(setting(*house.store, "late"));
}

TEST_CASE("many threads submit and read at once") {
    House house;
    auto& store = house.open();
    std::atomic<int> saved{0};
    std::vector<std::thread> threads;
    for (int n = 0; n < 6; ++n)
        threads.emplace_back([&, n] {
            for (int i = 0; i < 60; ++i) {
                const auto key = std::to_string(n) + "/" + std::to_string(i);
                store.run([&](Transaction& t) {
                    t.set_setting(key, key);
                    t.next_number("all");
                });
                saved += setting(store, key) == key;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(saved == 360);
    store.run([](Transaction& t) { CHECK(t.next_number("all") == 361); });
}
