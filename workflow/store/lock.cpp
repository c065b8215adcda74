#include "workflow/store/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "workflow/base/time_text.h"

namespace huiyin {

Result<StoreLock> StoreLock::take(const std::string& path, const std::string& store) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        const std::string why = std::strerror(errno);
        return Problem{"store.unreadable",
                       "the store's lock cannot be made: " + path + ": " + why +
                           ": let the user who runs huiyin write to this folder",
                       why};
    }
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
        char held[200] = {};
        const auto got = ::pread(file, held, sizeof held - 1, 0);
        std::string who = got > 0 ? std::string(held, static_cast<std::size_t>(got)) : std::string();
        while (!who.empty() && who.back() == '\n') who.pop_back();
        ::close(file);
        return Problem{"store.locked",
                       "another process serves this store" + (who.empty() ? std::string() : " (" + who + ")") + ": " +
                           store + ": stop it first, or use a command that only reads",
                       path};
    }
    const auto words = "process " + std::to_string(::getpid()) + " since " + to_rfc3339(SystemClock().now()) + "\n";
    if (::ftruncate(file, 0) == 0) {
        // On a full disk the words are missing; the lock holds all the same.
        [[maybe_unused]] const auto written = ::pwrite(file, words.data(), words.size(), 0);
    }
    return StoreLock(file);
}

StoreLock::~StoreLock() {
    if (file_ < 0) return;
    [[maybe_unused]] const int emptied =
        ::ftruncate(file_, 0);  // the file stays: removing it would let two processes in
    ::close(file_);
}

}  // namespace huiyin
