// A full disk refuses clearly, loses nothing that was answered, and the store recovers by itself.
#include <sys/mount.h>

#include <catch2/catch.hpp>
#include <thread>

#include "tests/store/store_house.h"
#include "tests/tally.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

// Until it is so, a second at most: what is promised is "within a second".
bool soon(const std::function<bool()>& is_so) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(1000);
    while (std::chrono::steady_clock::now() < until) {
        if (is_so()) return true;
        std::this_thread::yield();
    }
    return false;
}

// Submits until one is refused; how many were answered before.
int fill(Store& store, int first) {
    for (int i = first; i < first + 100000; ++i) {
        try {
            store.run([&](Transaction& t) { t.set_setting("n" + std::to_string(i), std::string(1500, 'x')); });
        } catch (const std::exception&) {
            return i;
        }
    }
    return first + 100000;
}

void all_there(Store& store, int count) {
    store.read([&](Reading& r) {
        for (int i = 0; i < count; ++i) REQUIRE(r.setting("n" + std::to_string(i)));
    });
}

}  // namespace

TEST_CASE("a file that may not grow refuses, and takes writes again when there is room") {
    House house;
    auto& store = house.open();
    store.limit_pages(150);
    const int answered = fill(store, 0);
    REQUIRE(answered < 1000);
    CHECK_FALSE(store.writable());
    // While it is full every unit is undone and told, in groups as well.
    std::atomic<int> undone{0};
    for (int i = 0; i < 100; ++i)
        store.submit(
            [](Transaction& t) { t.set_setting("big", std::string(100000, 'x')); },
            [&](Outcome outcome, std::exception_ptr problem) { undone += outcome == Outcome::undone && problem; });
    CHECK_THROWS(store.run([](Transaction& t) { t.set_setting("big", std::string(100000, 'x')); }));
    CHECK(undone == 100);
    all_there(store, answered);
    store.limit_pages(0);
    CHECK(soon([&] { return store.writable(); }));
    CHECK_NOTHROW(store.run([](Transaction& t) { t.set_setting("after", "1"); }));
    CHECK(store.writable());
    house.open();
    all_there(*house.store, answered);
    house.store->read([](Reading& r) {
        CHECK(r.setting("after"));
        CHECK_FALSE(r.setting("big"));
    });
}

TEST_CASE("a unit that changes nothing does not make a full disk look well") {
    House house;
    auto& store = house.open();
    store.limit_pages(100);
    fill(store, 0);
    REQUIRE_FALSE(store.writable());
    CHECK_THROWS(store.run([](Transaction&) {}));
    CHECK_FALSE(store.writable());
}

TEST_CASE("a tiny file system that runs full") {
    House house;
    const auto disk = house.folder.path / "disk";
    std::filesystem::create_directory(disk);
    if (mount("none", disk.c_str(), "tmpfs", 0, "size=1536k,mode=0700") != 0) {
        skip_test("run as root, or allow mounting: a tiny file system is filled");
        return;
    }
    struct Unmount {
        std::filesystem::path path;
        House& house;
        ~Unmount() {
            house.store.reset();
            umount2(path.c_str(), MNT_DETACH);
        }
    } unmount{disk, house};
    auto options = house.options();
    options.url = "sqlite:" + (disk / "huiyin.db").string();
    options.media = (disk / "media").string();
    auto& store = house.open(options);
    const auto ballast = disk / "ballast";
    write_bytes(ballast, std::string(400000, 'b'));
    int answered = fill(store, 0);
    REQUIRE(answered > 10);
    REQUIRE(answered < 2000);
    CHECK_FALSE(store.writable());
    CHECK_THROWS(store.saved_media(std::string(3000000, 'm')));
    all_there(store, answered);
    std::filesystem::remove(ballast);
    CHECK(soon([&] { return store.writable(); }));
    const int more = fill(store, answered);
    CHECK(more > answered);
    all_there(store, more);
    house.open(options);
    all_there(*house.store, more);
}
