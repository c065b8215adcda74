#include "workflow/store/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "workflow/base/time_text.h"

namespace huiyin {
namespace {

const std::string made = "a store was made here\n", damaged = "damage was found in it\n";

// Since the kernel started it is the same; "" where it does not say.
std::string present_boot() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    std::getline(file, id);
    return id;
}

}  // namespace

Result<StoreLock> StoreLock::take(const std::string& path, const std::string& store) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        const std::string why = std::strerror(errno);
        return Problem{
            "store.unreadable",
            "the store's lock cannot be made: " + path + ": " + why +
                ": let the user who runs huiyin write to this folder, and chown the file to him if it is there",
            why};
    }
    char held[200] = {};
    const auto got = ::pread(file, held, sizeof held - 1, 0);
    std::string words = got > 0 ? std::string(held, static_cast<std::size_t>(got)) : std::string();
    const bool was_marked = words.compare(0, made.size(), made) == 0;
    if (was_marked) words.erase(0, made.size());
    const bool was_suspected = words.compare(0, damaged.size(), damaged) == 0;
    if (was_suspected) words.erase(0, damaged.size());
    const auto holder = words.substr(0, words.find('\n'));
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
        ::close(file);
        return Problem{"store.locked",
                       "another process serves this store" + (holder.empty() ? std::string() : " (" + holder + ")") +
                           ": " + store + ": stop it first, or use a command that only reads",
                       path};
    }
    // Who ends in order takes his words along.
    const auto boot = present_boot();
    const bool same_boot = !boot.empty() && words.find("boot " + boot) != std::string::npos;
    return StoreLock(file, {was_marked, was_suspected, !holder.empty() && !same_boot});
}

void StoreLock::mark() {
    marked_ = true;
    write();
}

void StoreLock::suspect(bool is_so) {
    if (suspected_ == is_so) return;
    suspected_ = is_so;
    write();
}

std::string StoreLock::kept() const { return (marked_ ? made : "") + (suspected_ ? damaged : ""); }

// On a full disk the words are missing; the lock holds all the same.
void StoreLock::write() const {
    const auto words = kept() + "process " + std::to_string(::getpid()) + " since " + to_rfc3339(SystemClock().now()) +
                       "\nboot " + present_boot() + "\n";
    [[maybe_unused]] const auto written = ::pwrite(file_, words.data(), words.size(), 0);
    [[maybe_unused]] const int cut = ::ftruncate(file_, static_cast<off_t>(words.size()));
}

StoreLock::~StoreLock() {
    if (file_ < 0) return;
    // The file stays: removing it would let two processes in.
    [[maybe_unused]] const int emptied = ::ftruncate(file_, static_cast<off_t>(kept().size()));
    ::close(file_);
}

}  // namespace huiyin
