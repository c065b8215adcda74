// A platform that answers when nobody waits any more: a thousand times, and nothing is left of it.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include "tests/platforms/desk.h"

using namespace huiyin;
using namespace std::chrono_literals;

namespace {

std::size_t entries(const char* folder) {
    std::size_t count = 0;
    for (const auto& one : std::filesystem::directory_iterator(folder)) count += one.exists() ? 1 : 0;
    return count;
}

std::size_t resident_pages() {
    std::ifstream file("/proc/self/statm");
    std::size_t all = 0, resident = 0;
    file >> all >> resident;
    return resident;
}

}  // namespace

TEST_CASE("a thousand answers that come too late leave no thread and no descriptor behind") {
    Desk desk;
    desk.patience = 20ms;
    desk.platform.fault({{"path", "/cgi-bin/message"}, {"kind", "delay"}, {"ms", 60}, {"times", -1}});
    const auto calls_late = [&](int count) {
        std::atomic<int> late{0};
        {
            std::vector<std::jthread> callers;
            for (int i = 0; i < 8; ++i)
                callers.emplace_back([&, i] {
                    const auto app = desk.app();
                    for (int k = i; k < count; k += 8)
                        late += code_of(app->send(item_to("lina", saying("x"), k + 1))) == "channel.busy" ? 1 : 0;
                });
        }
        return late.load();
    };
    CHECK(calls_late(80) > 0);  // what is kept from the first calls on is no growth
    const auto threads = entries("/proc/self/task"), descriptors = entries("/proc/self/fd");
    const auto pages = resident_pages();
    CHECK(calls_late(1000) >= 900);
    CHECK(entries("/proc/self/task") == threads);
    CHECK(entries("/proc/self/fd") <= descriptors + 8);
    const auto grown = resident_pages() > pages ? (resident_pages() - pages) * 4 : 0;
    std::cout << "a thousand late answers: " << grown << " KiB more\n";
    desk.platform.mend();
    desk.patience = 10s;
    CHECK(code_of(desk.app()->send(item_to("lina", saying("y"), 5000))) == "sent");
}
