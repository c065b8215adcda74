// A backup while the service goes on: what retention takes away meanwhile makes it neither fail nor be told as whole.
#include "workflow/store/backup.h"

#include <sys/stat.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "tests/store/store_house.h"

using namespace huiyin;
using namespace huiyin::test;

namespace {

namespace fs = std::filesystem;

constexpr int pictures = 200;

// Pictures of a talk, and the names of their files.
std::set<std::string> filled(House& house) {
    std::set<std::string> hashes;
    auto& store = house.open();
    const auto talk = a_conversation(house, "u1");
    store.run([&](Transaction& tx) { tx.save(talk); });
    for (int i = 0; i < pictures; ++i) {
        Attachment one;
        one.id = AttachmentId{"a" + std::to_string(i)};
        one.conversation = talk.id;
        one.kind = "image";
        one.media_type = "image/png";
        const auto bytes = std::to_string(i) + std::string(50'000, 'x');
        one.bytes = static_cast<std::int64_t>(bytes.size());
        one.sha256 = store.saved_media(bytes);
        one.created_at = nine;
        store.run([&](Transaction& tx) { tx.save(one); });
        hashes.insert(one.sha256);
    }
    return hashes;
}

std::uint64_t disk_of(const fs::path& path) {
    struct stat found {};
    return ::stat(path.c_str(), &found) == 0 ? found.st_dev : 0;
}

// Where a backup lies on the disk of the store, and where it does not.
fs::path shelf(bool same_disk, const House& house) {
    if (same_disk) return house.folder.path;
    for (const fs::path other : {"/dev/shm", "/var/tmp", "/tmp"})
        if (const auto disk = disk_of(other); disk && disk != disk_of(house.folder.path)) return other;
    return {};
}

}  // namespace

TEST_CASE("pictures that are removed while a backup is written are in it, or told as missing") {
    const bool same_disk = GENERATE(true, false);
    House house(std::string{});
    const auto hashes = filled(house);
    const auto place = shelf(same_disk, house);
    if (place.empty()) return;  // this machine has but one disk
    const auto file = (place / ("backup-" + random_hex(8) + ".tar")).string();
    std::atomic<bool> over = false;
    std::thread retention([&] {  // begins when the tar does, and takes the last ones first
        const auto begun = [&] {
            std::error_code none;
            for (const auto& each : fs::directory_iterator(place, none))
                if (each.path().string().starts_with(file + ".") && fs::exists(each.path() / "backup.tar")) return true;
            return false;
        };
        while (!over && !begun()) std::this_thread::yield();
        for (auto each = hashes.rbegin(); each != hashes.rend() && !over; ++each)
            fs::remove(house.folder.path / "media" / each->substr(0, 2) / *each);
    });
    const auto made = back_up(house.options(), file, nine, house.ids);
    over = true;
    retention.join();
    CAPTURE(made ? std::string() : made.problem().text);
    REQUIRE(made);
    CHECK(made->media + made->missing.size() == hashes.size());
    House other(std::string{});
    const auto restored = restore(other.options(), file, other.ids);
    fs::remove(file);
    CAPTURE(restored ? std::string() : restored.problem().text);
    REQUIRE(restored);
    CHECK(restored->media == made->media);
    CHECK(restored->missing == made->missing);
    if (same_disk) CHECK(made->missing.empty());
}
