// Memory that ends in the middle of something: what outlives the exception is whole, or the process ends.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <exception>
#include <future>

#include "tests/scarce_memory.h"
#include "tests/store/store_house.h"
#include "workflow/store/change_list.h"
#include "workflow/store/driver.h"
#include "workflow/store/sqlite_driver.h"
#include "workflow/store/write_behind.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

constexpr int went_through = 0, gave_up = 70, threw = 71;

// How a process of its own ends that does this; one that is terminated gives up as the service does (serve.cpp).
template <class Work>
int ending_of(Work work) {
    const auto child = fork();
    if (child == 0) {
        std::set_terminate([] { _exit(gave_up); });
        try {
            work();
        } catch (...) {
            _exit(threw);
        }
        _exit(went_through);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

const Sentence make_table{"CREATE TABLE kept (a TEXT, b INTEGER)"}, keep{"INSERT INTO kept VALUES ($1, $2)"},
    all_kept{"SELECT a, b FROM kept"}, same{"SELECT $1"}, spoil{"UPDATE tickets SET body = '{' WHERE number = 'T1'"};

std::unique_ptr<Driver> a_table(const Folder& folder) {
    write_bytes(folder.path / "some.db", "");
    auto driver = open_sqlite((folder.path / "some.db").string(), SqliteAccess::writing);
    change(*driver, make_table);
    return driver;
}

const std::string long_text(300, 'x');

}  // namespace

TEST_CASE("a change that finds no memory leaves those before and after it as they are") {
    const Folder folder;
    const auto driver = a_table(folder);
    int wishes = 0;
    for (bool refused = true; refused; ++wishes) {
        ChangeList list;
        list.add(keep, Expected::one, "before", 1);
        refused = scarce::refused(wishes, [&] { list.add(keep, Expected::one, long_text, 2); });
        list.add(keep, Expected::one, "after", 3);
        driver->begin();
        list.make(*driver);
        std::vector<std::pair<std::string, std::int64_t>> rows;
        {
            Query row(*driver, all_kept);
            while (row.step()) rows.emplace_back(row.text(0), row.integer(1));
        }
        driver->roll_back();
        REQUIRE(rows.front() == std::pair<std::string, std::int64_t>{"before", 1});
        REQUIRE(rows.back() == std::pair<std::string, std::int64_t>{"after", 3});
        REQUIRE(rows.size() == (refused ? 2U : 3U));
    }
    CHECK(wishes > 2);
}

TEST_CASE("a sentence whose value cannot be bound is free to be used again") {
    const Folder folder;
    const auto driver = a_table(folder);
    Query(*driver, same, "x").step();  // prepared: what is wished for from now on is for the value
    int wishes = 0;
    while (scarce::refused(wishes, [&] { Query(*driver, same, long_text).step(); })) {
        Query again(*driver, same, "x");
        REQUIRE(again.step());
        ++wishes;
    }
    CHECK(wishes > 0);
}

TEST_CASE("what is handed over behind arrives, or the process ends and is started again") {
    const Folder folder;
    (void)a_table(folder);
    struct Nobody final : WriteBehind::Group {};
    std::set<int> endings;
    for (int wishes = 0; wishes < 20; ++wishes)
        endings.insert(ending_of([&] {
            const auto path = (folder.path / "some.db").string();
            const auto real = open_sqlite(path, SqliteAccess::writing);
            const auto reading = open_sqlite(path, SqliteAccess::reading);
            WriteBehind behind(*real, *reading, {[] {}, [](WriteBehind::Group&) {}, [](bool) {}, [] {}});
            auto group = std::make_shared<Nobody>();
            behind.begin();
            behind.deferred()->add(keep, Expected::one, "x", 1);
            if (!scarce::refused(wishes, [&] {
                    behind.go_ahead();
                    behind.hand_over(group);
                    behind.settle();
                }))
                return;
            behind.roll_back();
            throw Refused("somebody above may take it, and go on");
        }));
    CHECK(endings == std::set<int>{went_through, gave_up});
}

TEST_CASE("every unit is told, wherever memory ends on the writer's thread") {
    constexpr int units = 40;  // more than are taken at once, so that some join the group in hand
    House house{std::string()};
    std::set<int> endings;
    for (int wishes = 0; wishes < 60; ++wishes)
        endings.insert(ending_of([&] {
            auto& store = house.open();
            std::atomic<int> told{0};
            std::promise<void> all;
            std::optional<scarce::Memory> memory;
            Held held(store);
            for (int i = 0; i < units; ++i)
                store.submit(
                    [&, i, first_time = true](Transaction&) mutable {
                        if (i == 15 && std::exchange(first_time, false)) memory.emplace(wishes);
                    },
                    [&](Outcome, const std::exception_ptr&) {
                        if (++told == units) all.set_value();
                    });
            held.let_go();
            if (all.get_future().wait_for(std::chrono::seconds{10}) != std::future_status::ready)
                throw Refused("somebody was not told");
            store.stop();
        }));
    CHECK(endings.contains(went_through));
    CHECK_FALSE(endings.contains(threw));
    for (const auto each : endings) CHECK((each == went_through || each == gave_up));
}

namespace {

// As scarce::refused(), where some who hear of it say it in their own words.
bool broke_off(int good, const std::function<void()>& work) {
    try {
        const scarce::Memory memory(good);
        work();
        return false;
    } catch (const std::exception&) {
        return true;
    }
}

// Opens the store anew, so that all is read from its rows, and looks at them in one unit: at what memory was refused
// for first, with every wish in turn, and then whether it is there as it is kept.
void whole_although_refused(House& house, const std::function<void(Transaction&)>& refused_first,
                            const std::function<void(Transaction&)>& then,
                            const std::function<void(Transaction&)>& in_the_next) {
    int wishes = 0;
    for (bool refused = true; refused; ++wishes) {
        auto& store = house.open();
        store.run([&](Transaction& tx) {
            refused = broke_off(wishes, [&] { refused_first(tx); });
            then(tx);
        });
        store.run(in_the_next);
    }
    CHECK(wishes > 2);
}

}  // namespace

TEST_CASE("what broke off while it was read is not taken for all there is, in this unit or in the next") {
    House house{std::string()};
    auto talk = a_conversation(house, long_text);
    talk.body = R"({"n":")" + long_text + R"("})";
    const auto delivery = [&](const std::string& key) {
        return Delivery{.channel = talk.channel, .key = key, .conversation = talk.id, .answer = "[]", .at = nine};
    };
    const auto person = house.id<PersonId>();
    house.open().run([&](Transaction& tx) {
        tx.save(talk);
        for (int i = 0; i < 3; ++i) {
            tx.claim_delivery(delivery(std::to_string(i)));
            auto ticket = a_ticket(house, "T" + std::to_string(i));
            ticket.customer = person;
            file_ticket(house, tx, ticket, {});
        }
        tx.set_setting("some", long_text);
    });
    SECTION("a conversation") {
        const auto look = [&](Transaction& tx) {
            const auto found = tx.conversation(talk.id);
            REQUIRE(found);
            REQUIRE(found->address == talk.address);
            REQUIRE(found->body == talk.body);
        };
        whole_although_refused(
            house, [&](Transaction& tx) { (void)tx.conversation(talk.id); }, look, look);
    }
    SECTION("a conversation that is saved: the old one or the new one") {
        auto next = talk;
        next.body = R"({"m":")" + long_text + long_text + R"("})";
        next.last_message = 7;
        const auto look = [&](Transaction& tx) {
            const auto found = tx.conversation(talk.id);
            REQUIRE(found);
            REQUIRE((found->last_message == 7) == (found->body == next.body));
            REQUIRE((found->last_message == 0) == (found->body == talk.body));
        };
        whole_although_refused(
            house,
            [&](Transaction& tx) {
                (void)tx.conversation(talk.id);
                tx.save(next);
            },
            look,
            [&](Transaction& tx) {
                look(tx);
                tx.save(talk);
            });
    }
    SECTION("a person's tickets, of which one cannot be read") {
        house.store.reset();
        change(*open_sqlite(house.file(), SqliteAccess::writing), spoil);
        const auto look = [&](Transaction& tx) {
            REQUIRE_THROWS(tx.tickets_of(person, 8));
            REQUIRE_THROWS(tx.tickets_of(person, 8));
        };
        auto& store = house.open();
        store.run(look);
        store.run(look);
    }
    SECTION("a setting") {
        const auto look = [&](Transaction& tx) { REQUIRE(tx.setting("some") == long_text); };
        whole_although_refused(
            house, [&](Transaction& tx) { (void)tx.setting("some"); }, look, look);
    }
    SECTION("the deliveries of a conversation") {
        const auto look = [&](Transaction& tx) {
            (void)tx.conversation(talk.id);
            for (int i = 0; i < 3; ++i) REQUIRE_FALSE(tx.claim_delivery(delivery(std::to_string(i))));
        };
        whole_although_refused(
            house, [&](Transaction& tx) { (void)tx.claim_delivery(delivery("2")); }, look, look);
    }
}
