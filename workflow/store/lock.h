// Who serves a store: one process at a time. The lock is the kernel's (flock), so it ends with the process, however
// that ends; the file's words only tell a person who holds it.
#pragma once
#include <string>

#include "workflow/base/result.h"

namespace huiyin {

class StoreLock {
public:
    // path: of the lock file. Errors: store.locked; store.unreadable - the file cannot be made.
    static Result<StoreLock> take(const std::string& path, const std::string& store);
    StoreLock(StoreLock&& other) noexcept : file_(other.file_), marked_(other.marked_), suspected_(other.suspected_) {
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

private:
    StoreLock(int file, bool was_marked, bool was_suspected)
        : file_(file), marked_(was_marked), suspected_(was_suspected) {
        write();
    }
    std::string kept() const;
    void write() const;
    int file_;
    bool marked_, suspected_;
};

}  // namespace huiyin
