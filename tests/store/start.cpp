// Starting: on what a store refuses to start, and with which words; and who may have it.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <future>
#include <random>
#include <thread>

#include "tests/store/store_house.h"
#include "workflow/store/sqlite_driver.h"
#include "workflow/store/wal_check.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

// A store with a ticket in the main file and more in its write-ahead log, as kill -9 leaves it.
struct Killed {
    House house;
    std::string main, wal;
    TicketId ticket;
    explicit Killed(int settings = 40) {
        auto t1 = a_ticket(house, "T1");
        ticket = t1.id;
        Details details;
        details.summary = "卫生间漏水";
        house.open().run([&](Transaction& t) { file_ticket(house, t, t1, details); });
        house.store.reset();
        auto& store = house.open();
        for (int i = 0; i < settings; ++i)
            store.run([&](Transaction& t) { t.set_setting("s" + std::to_string(i), std::string(200, 'x')); });
        main = bytes_of(house.file());
        wal = bytes_of(house.file() + "-wal");
        house.store.reset();
        put(main, wal);
    }
    void put(const std::string& main_bytes, const std::string& wal_bytes) {
        std::filesystem::remove(house.file() + "-shm");
        write_bytes(house.file(), main_bytes);
        write_bytes(house.file() + "-wal", wal_bytes);
    }
};

// Opens, and if that is granted reads everything that can be read. True: opened.
bool opens_and_reads(House& house, TicketId ticket) {
    auto opened = open_store(house.options(), house.ids);
    if (!opened) {
        CHECK((opened.problem().code == "store.damaged" || opened.problem().code == "store.unreadable" ||
               opened.problem().code == "store.wrong_key" || opened.problem().code == "store.too_new"));
        CHECK_FALSE(opened.problem().text.empty());
        return false;
    }
    try {
        (*opened)->read([&](Reading& r) {
            r.ticket(ticket);
            r.events(ticket);
            for (int i = 0; i < 40; ++i) r.setting("s" + std::to_string(i));
            r.each_ticket([&](const Ticket& one) { r.text(one.details); });
        });
        (*opened)->run([](Transaction& t) { t.set_setting("again", "1"); });
    } catch (const std::exception&) {  // a sealed value that was hit says so when it is read
    }
    return true;
}

}  // namespace

TEST_CASE("a second process is refused at once and told who holds the store; the first is unharmed") {
    House house;
    house.open();
    int told[2];
    REQUIRE(pipe(told) == 0);
    const auto child = fork();
    if (child == 0) {
        IdMaker ids{1};
        const auto opened = open_store(house.options(), ids);
        const auto text = opened ? std::string("opened") : opened.problem().code + ": " + opened.problem().text;
        const auto written = write(told[1], text.data(), text.size());
        _exit(written > 0 ? 0 : 1);
    }
    close(told[1]);
    char text[500] = {};
    const auto got = read(told[0], text, sizeof text - 1);
    close(told[0]);
    waitpid(child, nullptr, 0);
    REQUIRE(got > 0);
    CHECK(std::string(text).find("store.locked: another process serves this store (process " +
                                 std::to_string(getpid())) == 0);
    CHECK(std::string(text).find("stop it first") != std::string::npos);
    CHECK_NOTHROW(house.store->run([](Transaction& t) { t.set_setting("a", "1"); }));
    CHECK(house.refused(house.options()).code == "store.locked");
    house.store.reset();
    CHECK(house.refused(house.options()).code == "opened");
}

TEST_CASE("a reader opens beside the service, sees what is committed, and cannot write") {
    House house;
    auto& store = house.open();
    store.run([](Transaction& t) { t.set_setting("a", "1"); });
    auto options = house.options();
    options.read_only = true;
    auto reader = open_store(options, house.ids);
    REQUIRE(reader);
    (*reader)->read([](Reading& r) { CHECK(r.setting("a") == "1"); });
    store.run([](Transaction& t) { t.set_setting("a", "2"); });
    (*reader)->read([](Reading& r) { CHECK(r.setting("a") == "2"); });
    CHECK_FALSE((*reader)->writable());
    CHECK_THROWS_AS((*reader)->run([](Transaction& t) { t.set_setting("a", "3"); }), std::logic_error);
    CHECK_THROWS((*reader)->read([](Reading& r) { dynamic_cast<Transaction&>(r).set_setting("a", "3"); }));
    store.run([](Transaction& t) { CHECK(t.setting("a") == "2"); });
    reader->reset();
    house.store.reset();
    auto alone = open_store(options, house.ids);
    REQUIRE(alone);
    (*alone)->read([](Reading& r) { CHECK(r.setting("a") == "2"); });
}

TEST_CASE("folders and addresses that cannot be are told in one line") {
    House house;
    const auto with = [&](const std::string& url) {
        auto options = house.options();
        options.url = url;
        return house.refused(options);
    };
    const auto missing = with("sqlite:" + (house.folder.path / "none" / "huiyin.db").string());
    CHECK(missing.code == "store.unreadable");
    CHECK(missing.text.find("the folder of the store is missing: ") == 0);
    CHECK_FALSE(std::filesystem::exists(house.folder.path / "none"));
    CHECK(with("sqlite:/proc/huiyin.db").code == "store.unreadable");
    CHECK(with("sqlite:" + house.folder.path.string()).code == "store.unreadable");
    CHECK(with("mysql://x").code == "store.unreadable");
    CHECK(with("sqlite:").code == "store.unreadable");
    CHECK_THAT(with("mysql://root:word@x/y").text, Catch::Contains("write sqlite:PATH or postgresql://"));
    CHECK_THAT(with("mysql://root:word@x/y").text, !Catch::Contains("word"));
    auto options = house.options();
    options.media = (house.folder.path / "no" / "media").string();
    CHECK(house.refused(options).text.find("media") != std::string::npos);
    options = house.options();
    options.read_only = true;
    CHECK(house.refused(options).text.find("there is no store yet") == 0);
    CHECK_FALSE(std::filesystem::exists(house.file()));
}

TEST_CASE("the store's files are for their owner only") {
    House house;
    house.open().run([](Transaction& t) { t.set_setting("a", "1"); });
    house.store->saved_media("x");
    for (const auto& entry : std::filesystem::recursive_directory_iterator(house.folder.path)) {
        INFO(entry.path());
        CHECK((entry.status().permissions() & std::filesystem::perms::others_all) == std::filesystem::perms::none);
        CHECK((entry.status().permissions() & std::filesystem::perms::group_all) == std::filesystem::perms::none);
    }
}

TEST_CASE("a database of another program is refused and not changed") {
    House house;
    {
        write_bytes(house.file(), "");
        open_sqlite(house.file(), SqliteAccess::writing)->script("PRAGMA journal_mode=DELETE; CREATE TABLE theirs (x)");
    }
    const auto before = bytes_of(house.file());
    const auto problem = house.refused(house.options());
    CHECK(problem.code == "store.unreadable");
    CHECK(problem.text.find("another program") != std::string::npos);
    CHECK(bytes_of(house.file()) == before);
}

TEST_CASE("a store made by a newer program is refused") {
    House house;
    house.open();
    house.store.reset();
    open_sqlite(house.file(), SqliteAccess::writing)
        ->script("INSERT INTO schema_versions (version, name, applied_at) VALUES (999, 'V999__later', 0)");
    const auto problem = house.refused(house.options());
    CHECK(problem.code == "store.too_new");
    CHECK(problem.text.find("schema 999") != std::string::npos);
    auto options = house.options();
    options.read_only = true;
    CHECK(house.refused(options).code == "store.too_new");
}

TEST_CASE("the schema's state is told without touching anything") {
    House house;
    CHECK(schema_state(house.options().url)->present == 0);
    CHECK_FALSE(std::filesystem::exists(house.file()));
    house.open();
    const auto beside_the_service = schema_state(house.options().url);
    REQUIRE(beside_the_service);
    CHECK(beside_the_service->present == beside_the_service->newest);
    house.store.reset();
    open_sqlite(house.file(), SqliteAccess::writing)->script("DELETE FROM schema_versions");
    CHECK(schema_state(house.options().url)->present == 0);
    auto options = house.options();
    options.read_only = true;
    CHECK(house.refused(options).code == "store.older");
    CHECK(schema_state("sqlite:/no/such/folder/huiyin.db").problem().code == "store.unreadable");
}

TEST_CASE("what a kill leaves in the write-ahead log is there after the start") {
    Killed killed;
    REQUIRE(killed.wal.size() > 100000);
    CHECK_FALSE(wal_damage(killed.house.file() + "-wal"));
    killed.house.open().read([](Reading& r) {
        for (int i = 0; i < 40; ++i) CHECK(r.setting("s" + std::to_string(i)));
    });
}

TEST_CASE("a log with a torn end is taken, one that is damaged in the middle is refused") {
    Killed killed;
    const auto torn = killed.wal.substr(0, killed.wal.size() - 100);
    killed.put(killed.main, torn);
    killed.house.open().read([](Reading& r) {
        CHECK(r.setting("s38"));
        CHECK_FALSE(r.setting("s39"));
    });
    killed.house.store.reset();
    for (const std::size_t at :
         {std::size_t{5}, std::size_t{20}, std::size_t{32 + 3}, std::size_t{32 + 24 + 100}, killed.wal.size() / 2}) {
        CAPTURE(at);
        auto damaged = killed.wal;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
        killed.put(killed.main, damaged);
        const auto problem = killed.house.refused(killed.house.options());
        CHECK(problem.code == "store.damaged");
        CHECK(problem.text.find("restore a backup") != std::string::npos);
    }
    killed.put(killed.main, killed.wal);
    CHECK(killed.house.refused(killed.house.options()).code == "opened");
}

TEST_CASE("a store whose file is gone or empty is not begun anew in silence") {
    Killed killed(1);
    std::filesystem::remove(killed.house.file() + "-wal");
    write_bytes(killed.house.file(), "");
    const auto problem = killed.house.refused(killed.house.options());
    CHECK(problem.code == "store.damaged");
    CHECK(problem.text.find("remove " + killed.house.file() + ".lock") != std::string::npos);
    std::filesystem::remove(killed.house.file());
    CHECK(killed.house.refused(killed.house.options()).code == "store.damaged");
    std::filesystem::remove(killed.house.file() + ".lock");
    CHECK(killed.house.refused(killed.house.options()).code == "opened");
}

TEST_CASE("a large store opens before it is looked through, and damage is found while it serves") {
    House house;
    const std::string number = "T20991231-777";
    auto& made = house.open();
    made.run([&](Transaction& t) {
        t.set_setting("large", std::string(40 << 20, 'x'));
        auto ticket = a_ticket(house, number);
        file_ticket(house, t, ticket, Details{});
    });
    house.store.reset();
    const auto whole = bytes_of(house.file());
    REQUIRE(whole.size() > (40U << 20));
    auto spoilt = whole;
    constexpr std::size_t page = 4096;
    int spoilt_pages = 0;
    for (std::size_t at = page; at < spoilt.size(); at += page)  // a page that holds it is no page of a table any more
        if (spoilt[at] >= 2 && spoilt[at] <= 13 && spoilt.substr(at, page).find(number) != std::string::npos) {
            spoilt[at] = 0;
            ++spoilt_pages;
        }
    REQUIRE(spoilt_pages > 0);

    house.open();  // whole: it goes on being written
    house.store->run([](Transaction& t) { t.set_setting("again", "1"); });
    house.store.reset();

    write_bytes(house.file(), spoilt);
    auto& serving = house.open();
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (serving.writable() && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
    CHECK_FALSE(serving.writable());
    CHECK_THROWS_AS(serving.run([](Transaction& t) { t.set_setting("more", "1"); }), StoreFailed);
    house.store.reset();
    CHECK(house.refused(house.options()).code == "store.damaged");
    CHECK(house.refused(house.options()).code == "store.damaged");  // nor the next time

    write_bytes(house.file(), whole);
    house.open().run([](Transaction& t) { t.set_setting("again", "2"); });
    house.store.reset();

    // Nobody ended in order: where the machine went down, too, all is looked through first.
    const auto lock = house.file() + ".lock";
    const auto ended = bytes_of(lock);
    const auto boot = bytes_of("/proc/sys/kernel/random/boot_id");
    write_bytes(house.file(), spoilt);
    for (const auto* held : {"process 7 since 2026-03-02T09:00:00+08:00\n",
                             "process 7 since 2026-03-02T09:00:00+08:00\nboot 7d3c-another\n"}) {
        write_bytes(lock, ended + held);
        CHECK(house.refused(house.options()).code == "store.damaged");
        CHECK(house.refused(house.options()).code == "store.damaged");  // though this one ended in order
    }
    write_bytes(lock, ended + "process 7 since 2026-03-02T09:00:00+08:00\nboot " + boot);
    CHECK(house.refused(house.options()).code == "opened");
}

TEST_CASE(
    "a look through the file steps aside while the write-ahead log is too long, and goes on when it has been cut") {
    House house;
    house.open();
    house.store.reset();
    const auto path = house.file();
    const auto writing = open_sqlite(path, SqliteAccess::writing);
    writing->script("CREATE TABLE many (number INTEGER PRIMARY KEY, said BLOB)");
    writing->script("INSERT INTO many (said) VALUES (randomblob(2000000))");
    std::stop_source stop;
    const auto looks = [&] {
        return std::async(std::launch::async, [&] { return look_through(path, stop.get_token(), 1'000'000); });
    };
    auto stopped = looks();
    CHECK(stopped.wait_for(std::chrono::milliseconds{400}) == std::future_status::timeout);
    stop.request_stop();
    CHECK(stopped.get().empty());
    stop = std::stop_source{};
    auto waits = looks();
    CHECK(waits.wait_for(std::chrono::milliseconds{400}) == std::future_status::timeout);
    writing->script("PRAGMA wal_checkpoint(TRUNCATE)");
    CHECK(waits.get() == "ok");
}

TEST_CASE("damaged files are refused or read with an error, and never end the process") {
    Killed killed;
    std::mt19937 random(20260302);
    const auto pick = [&](std::size_t below) { return static_cast<std::size_t>(random()) % below; };
    int refused = 0;
    for (int variant = 0; variant < 60; ++variant) {
        auto main = killed.main, wal = killed.wal;
        CAPTURE(variant);
        switch (variant % 10) {
            case 0:
                main[pick(100)] = static_cast<char>(random());
                break;  // the head
            case 1:
                main[pick(4096)] = static_cast<char>(random());
                break;  // page 1
            case 2:
                main[pick(main.size())] = static_cast<char>(random());
                break;  // anywhere
            case 3:
                main.resize(pick(main.size()) + 1);
                break;  // cut
            case 4:
                main.replace(pick(main.size() / 4096) * 4096, 4096, std::string(4096, '\0'));
                break;
            case 5:
                wal[pick(wal.size())] = static_cast<char>(random());
                break;
            case 6:
                wal.resize(pick(wal.size()));
                break;
            case 7:
                std::swap(main, wal);
                break;
            case 8:
                for (int i = 0; i < 50; ++i) main[pick(main.size())] = static_cast<char>(random());
                break;
            default:
                main = std::string(main.size(), '\0');
                break;
        }
        killed.put(main, wal);
        if (variant % 2) write_bytes(killed.house.file() + "-shm", std::string(32768, static_cast<char>(random())));
        refused += !opens_and_reads(killed.house, killed.ticket);
    }
    CHECK(refused > 10);
}
