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
    all_kept{"SELECT a, b FROM kept"}, same{"SELECT $1"};

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
