// Several processes on one PostgreSQL store: each sees at once what the others wrote, numbers have no gap, news arrive,
// and what a dead one had in hand goes on.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "tests/store/cluster.h"
#include "tests/store/store_house.h"
#include "tests/tally.h"
#include "workflow/base/queue.h"
#include "workflow/store/news.h"
#include "workflow/store/postgres_driver.h"
#include "workflow/store/postgres_store.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

// One of several on the schema of the first house.
struct Replica {
    IdMaker ids;
    std::unique_ptr<Store> store;
    Replica(const House& house, int number) : ids(number) {
        auto options = house.options();
        options.node = number;
        auto opened = open_store(options, ids);
        if (!opened) throw std::runtime_error(opened.problem().code + ": " + opened.problem().text);
        store = std::move(*opened);
    }
};

// What another process does, or no longer does, comes without a word to wait for: half a minute at most.
template <class IsSo>
void eventually(IsSo is_so) {
    for (int i = 0; i < 300 && !is_so(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(100));
}

OutboxItem an_item(std::int64_t id, std::int64_t recipient) {
    OutboxItem item;
    item.id = OutboxId{id};
    item.channel = ChannelId{"oa"};
    item.staff = StaffId{recipient};
    item.said.text = "words";
    return item;
}

}  // namespace

TEST_CASE("a database that goes away is noticed though nobody writes") {
    if (!cluster()) return skip_test(why_no_cluster());
    House house(*cluster());
    Replica one(house, 2);
    stop_cluster();
    eventually([&] { return !one.store->writable(); });
    CHECK_FALSE(one.store->writable());
    start_cluster();
    eventually([&] { return one.store->writable(); });
    CHECK(one.store->writable());
}

TEST_CASE("what one process commits the next unit of another one sees, whatever it remembers") {
    if (!cluster()) return skip_test(why_no_cluster());
    House house(*cluster());
    Replica one(house, 2), two(house, 3);
    auto talk = a_conversation(house, "openid-1");
    one.store->run([&](Transaction& t) { t.save(talk); });
    for (int turn = 0; turn < 60; ++turn) {
        auto& store = turn % 3 == 1 ? *two.store : *one.store;
        store.run([&](Transaction& t) {
            auto known = *t.conversation_at(talk.channel, "openid-1");
            REQUIRE(known.last_message == turn);
            REQUIRE(t.setting("turn").value_or("0") == std::to_string(turn));
            known.last_message = turn + 1;
            t.add(Message{turn + 1, talk.id, nine, Speaker::resident, {.text = std::to_string(turn)}});
            t.save(known);
            t.set_setting("turn", std::to_string(turn + 1));
            REQUIRE(t.next_number("turns") == turn + 1);
        });
    }
    one.store->read([&](Reading& r) { CHECK(r.messages(talk.id, 0, 100).size() == 60); });
}

TEST_CASE("two processes that write at once share one series without a gap, and a delivery is one's alone") {
    if (!cluster()) return skip_test(why_no_cluster());
    House house(*cluster());
    Replica one(house, 2), two(house, 3);
    constexpr int each = 150;
    std::atomic<int> taken{0};
    const auto work = [&](Store& store) {
        for (int i = 0; i < each; ++i)
            store.run([&, i](Transaction& t) {
                if (!t.claim_delivery({ChannelId{"oa"}, std::to_string(i), {}, "", nine})) return;
                t.next_number("taken");
            });
    };
    std::thread other([&] { work(*two.store); });
    work(*one.store);
    other.join();
    one.store->run([&](Transaction& t) { taken = t.next_number("taken") - 1; });
    CHECK(taken == each);
}

TEST_CASE("a number is one process's at a time, and a free one is found") {
    if (!cluster()) return skip_test(why_no_cluster());
    House house(*cluster());
    Replica one(house, 2);
    auto options = house.options();
    options.node = 2;
    const auto refused = house.refused(options);
    CHECK(refused.code == "store.locked");
    CHECK_THAT(refused.text, Catch::Contains("under the same number"));
    const auto free = free_number(options.url);
    REQUIRE(free);
    CHECK(*free >= 2);
    CHECK(*free <= 1000);
    options.node = *free;
    CHECK(open_store(options, house.ids));
}

TEST_CASE("each knows how many serve the store, while they come, go and die") {
    if (!cluster()) return skip_test(why_no_cluster());
    House house(*cluster());
    Replica one(house, 2);
    const auto comes_to = [&](int processes) {
        eventually([&] { return one.store->processes() == processes; });
        return one.store->processes();
    };
    CHECK(one.store->processes() == 1);
    {
        Replica two(house, 3);
        CHECK(two.store->processes() == 2);
        CHECK(comes_to(2) == 2);
        auto command = house.options();  // no service
        command.node = 0;
        const auto beside = open_store(command, house.ids);
        REQUIRE(beside);
        Replica three(house, 4);
        CHECK(three.store->processes() == 3);
    }
    CHECK(comes_to(1) == 1);
    int ready[2];
    REQUIRE(pipe(ready) == 0);
    const auto child = fork();
    if (child == 0) {
        close(ready[0]);
        Replica doomed(house, 5);
        [[maybe_unused]] const auto told = write(ready[1], "x", 1);
        pause();
        _exit(0);
    }
    close(ready[1]);
    char word = 0;
    REQUIRE(read(ready[0], &word, 1) == 1);
    close(ready[0]);
    CHECK(comes_to(2) == 2);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    CHECK(comes_to(1) == 1);
}

TEST_CASE("news go from one process to the other, and not back to their own") {
    if (!cluster()) return skip_test(why_no_cluster());
    House house(*cluster());
    Queue<Touched> heard_by_one, heard_by_two;  // they outlive those who tell
    Replica one(house, 2), two(house, 3);
    one.store->on_commit([&](const Touched& touched) { heard_by_one.put(touched); });
    two.store->on_commit([&](const Touched& touched) { heard_by_two.put(touched); });
    const auto talk = a_conversation(house, "openid-1");
    one.store->run([&](Transaction& t) {
        t.save(talk);
        t.add(Message{1, talk.id, nine, Speaker::bot, {.text = "x"}});
        t.add(an_item(1, 1));
        t.set_reminder({{}, nine, false, {}, talk.id, "late_reply", "x"});
    });
    const auto heard = heard_by_two.take_up_to(1, std::chrono::seconds{10});
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].conversations == std::set<ConversationId>{talk.id});
    CHECK(heard[0].channels == std::set<ChannelId>{ChannelId{"oa"}});
    CHECK(heard[0].reminders);
    CHECK_FALSE(heard[0].directory);
    two.store->run([](Transaction& t) { t.set_setting("nothing", "of note"); });
    two.store->run([](Transaction& t) { t.add(an_item(2, 2)); });
    // Its own commit, then what the other one did: nothing twice.
    std::vector<Touched> all;
    while (all.size() < 2) {
        auto some = heard_by_one.take_up_to(2, std::chrono::seconds{10});
        REQUIRE_FALSE(some.empty());
        all.insert(all.end(), some.begin(), some.end());
    }
    CHECK(all[0].conversations.size() == 1);
    CHECK(all[1].channels.size() == 1);
    CHECK(heard_by_one.size() == 0);
}

TEST_CASE("news fit into a line, and what is no news is refused") {
    Touched many;
    for (int i = 0; i < 2000; ++i) many.conversations.insert(ConversationId{1'000'000'000 + i});
    many.channels.insert(ChannelId{"oa \"1\""});
    many.directory = true;
    const auto line = to_news(many);
    CHECK(line.size() < 8000);
    const auto back = from_news(line);
    CHECK(back.conversations.empty());
    CHECK(back.channels == many.channels);
    CHECK(back.directory);
    CHECK_FALSE(back.reminders);
    CHECK(to_news({}).empty());
    CHECK_THROWS_AS(from_news("no news"), std::runtime_error);
}

TEST_CASE("what a killed process had in hand goes on with another one; what a living one has stays his") {
    if (!cluster()) return skip_test(why_no_cluster());
    House house(*cluster());
    {
        Replica first(house, 2);
        first.store->run([](Transaction& t) {
            for (int i = 1; i <= 4; ++i) t.add(an_item(i, i));
        });
        first.store->run([](Transaction& t) {  // everything was in his hand once
            for (auto& item : t.claim_outbox(ChannelId{"oa"}, after(0), after(0), 4)) {
                item.state = OutboxState::waiting;
                t.save(item);
            }
        });
    }
    int ready[2];
    REQUIRE(pipe(ready) == 0);
    const auto child = fork();
    if (child == 0) {
        close(ready[0]);
        Replica doomed(house, 4);
        doomed.store->run([](Transaction& t) {
            t.claim_outbox(ChannelId{"oa"}, after(0), after(0), 1);
            auto with = *t.outbox(OutboxId{4});  // goes in the same message, and is not claimed itself
            with.state = OutboxState::sending;
            t.save(with);
        });
        [[maybe_unused]] const auto told = write(ready[1], "x", 1);
        pause();
        _exit(0);
    }
    close(ready[1]);
    char word = 0;
    REQUIRE(read(ready[0], &word, 1) == 1);
    close(ready[0]);
    Replica one(house, 2), two(house, 3);
    one.store->run([](Transaction& t) {
        const auto mine = t.claim_outbox(ChannelId{"oa"}, after(0), after(0), 1);
        REQUIRE(mine.size() == 1);
        CHECK(mine[0].id == OutboxId{2});
    });
    two.store->run([](Transaction& t) { t.release_claims(); });  // of his own: none
    two.store->run([](Transaction& t) { t.release_claims(ChannelId{"oa"}); });
    one.store->run([](Transaction& t) {  // a word on what another one has in hand leaves it his
        auto his = *t.outbox(OutboxId{4});
        his.error_code = "told";
        t.save(his);
    });
    const auto state_of = [&](std::int64_t id) {
        OutboxState state{};
        two.store->read([&](Reading& r) { state = r.outbox(OutboxId{id})->state; });
        return state;
    };
    CHECK(state_of(1) == OutboxState::sending);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    eventually([&] { return state_of(1) == OutboxState::waiting && state_of(4) == OutboxState::waiting; });
    CHECK(state_of(1) == OutboxState::waiting);
    CHECK(state_of(2) == OutboxState::sending);
    CHECK(state_of(3) == OutboxState::waiting);
    CHECK(state_of(4) == OutboxState::waiting);
}

TEST_CASE("a process that stands still inside a group does not hold up the others for ever", "[slow]") {
    if (!cluster()) return skip_test(why_no_cluster());
    House house(*cluster());
    { Replica first(house, 2); }
    int ready[2];
    REQUIRE(pipe(ready) == 0);
    const auto child = fork();
    if (child == 0) {
        close(ready[0]);
        Replica stuck(house, 4);
        stuck.store->run([&](Transaction& t) {
            t.set_setting("who", "the one that stands still");
            t.next_number("x");
            [[maybe_unused]] const auto told = write(ready[1], "x", 1);
            ::raise(SIGSTOP);
        });
        _exit(0);
    }
    close(ready[1]);
    char word = 0;
    REQUIRE(read(ready[0], &word, 1) == 1);
    close(ready[0]);
    Replica one(house, 2);
    one.store->run([](Transaction& t) {
        CHECK_FALSE(t.setting("who"));
        t.set_setting("who", "another one");
    });
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    one.store->read([](Reading& r) { CHECK(r.setting("who") == "another one"); });
}
