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
    StoreLock(StoreLock&& other) noexcept : file_(other.file_) { other.file_ = -1; }
    StoreLock& operator=(StoreLock&&) = delete;
    ~StoreLock();

private:
    explicit StoreLock(int file) : file_(file) {}
    int file_;
};

}  // namespace huiyin
