// Who serves a store: one process at a time. The lock is the kernel's (flock), so it ends with the process, however
// that ends; the file's words tell who holds it, and how who held it last has ended.
#pragma once
#include <string>

#include "workflow/base/result.h"

namespace huiyin {

class StoreLock {
public:
    // path: of the lock file. Errors: store.locked; store.unreadable - the file cannot be made.
    static Result<StoreLock> take(const std::string& path, const std::string& store);
    StoreLock(StoreLock&& other) noexcept
        : file_(other.file_),
          marked_(other.marked_),
          suspected_(other.suspected_),
          machine_went_down_(other.machine_went_down_) {
        other.file_ = -1;
    }
    StoreLock& operator=(StoreLock&&) = delete;
    ~StoreLock();
    // Whether a store was ever made here: a missing file is then a loss, not a beginning.
    bool marked() const { return marked_; }
    void mark();
    // Whether damage was found in it since it was last looked through from end to end.
    bool suspected() const { return suspected_; }
    void suspect(bool is_so);
    // Whether the machine went down, as far as can be told, while somebody held it: a disk may then have kept less than
    // it said. A process that was killed takes nothing of that along.
    bool machine_went_down() const { return machine_went_down_; }

private:
    struct Found {
        bool marked, suspected, machine_went_down;
    };
    StoreLock(int file, const Found& found)
        : file_(file), marked_(found.marked), suspected_(found.suspected), machine_went_down_(found.machine_went_down) {
        write();
    }
    std::string kept() const;
    void write() const;
    int file_;
    bool marked_, suspected_, machine_went_down_;
};

}  // namespace huiyin
