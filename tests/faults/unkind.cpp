// An unkind world for one process (LD_PRELOAD): calls on files and wishes for memory that fail from the nth on, and a
// wall clock that lies.
// What it shall do stands in the file named by HUIYIN_UNKIND, which is shared with whoever drives it (unkind.mjs), so
// that it may change its mind while the process runs. Without that file it does nothing.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

enum Kind : std::uint32_t { syncs = 1, writes = 2, cuts = 4, opens = 8, renames = 16, memory = 32 };

// As unkind.mjs writes it.
struct Wish {
    std::atomic<std::int64_t> clock_shift_ms;  // added to the wall clock alone
    std::atomic<std::uint32_t> kinds;          // calls that are counted
    std::atomic<std::int32_t> error;           // 0: none fails
    std::atomic<std::int64_t> good;            // so many more succeed
    std::atomic<std::int64_t> bad;             // then so many fail; -1: all
    std::atomic<std::int64_t> failed;          // how many did
};
Wish* wish = nullptr;

__attribute__((constructor)) void begin() {
    const char* path = std::getenv("HUIYIN_UNKIND");
    if (!path) return;
    const auto file = static_cast<int>(syscall(SYS_open, path, O_RDWR | O_CLOEXEC));
    if (file < 0) return;
    void* shared = mmap(nullptr, sizeof(Wish), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (shared != MAP_FAILED) wish = static_cast<Wish*>(shared);
}

bool fails(Kind kind) {
    if (!wish || wish->error == 0 || !(wish->kinds & kind)) return false;
    if (wish->good.fetch_sub(1) > 0) return false;
    const auto left = wish->bad.load();
    if (left == 0) return false;
    if (left > 0) --wish->bad;
    ++wish->failed;
    errno = wish->error;
    return true;
}
// Pipes and sockets are not the disk.
bool is_file(int file) {
    struct stat what {};
    return syscall(SYS_fstat, file, &what) == 0 && S_ISREG(what.st_mode);
}
bool file_fails(int file, Kind kind) { return wish && wish->error && is_file(file) && fails(kind); }

int opened(const char* path, int flags, mode_t mode) {
    if ((flags & (O_WRONLY | O_RDWR)) && fails(opens)) return -1;
    return static_cast<int>(syscall(SYS_open, path, flags, mode));
}

// The allocator that the program brings along, which comes after this library.
template <class Call>
Call* next_of(const char* name) {
    return reinterpret_cast<Call*>(dlsym(RTLD_NEXT, name));
}
void* given(std::size_t size) {
    static auto* const next = next_of<void*(std::size_t)>("malloc");
    return fails(memory) ? nullptr : next(size);
}
void* given(std::size_t size, std::size_t alignment) {
    static auto* const next = next_of<void*(std::size_t, std::size_t)>("aligned_alloc");
    return fails(memory) ? nullptr : next(alignment, size);
}
void* or_thrown(void* given) {
    if (!given) throw std::bad_alloc();
    return given;
}

}  // namespace

// Memory is given back to the allocator that gave it, by its own free and delete.
void* operator new(std::size_t size) { return or_thrown(given(size)); }
void* operator new[](std::size_t size) { return or_thrown(given(size)); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return given(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return given(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return or_thrown(given(size, static_cast<std::size_t>(alignment)));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return or_thrown(given(size, static_cast<std::size_t>(alignment)));
}

extern "C" {

void* malloc(size_t size) noexcept { return given(size); }
void* calloc(size_t count, size_t size) noexcept {
    static auto* const next = next_of<void*(size_t, size_t)>("calloc");
    return fails(memory) ? nullptr : next(count, size);
}
void* realloc(void* old, size_t size) noexcept {
    static auto* const next = next_of<void*(void*, size_t)>("realloc");
    return fails(memory) ? nullptr : next(old, size);
}

ssize_t write(int file, const void* bytes, size_t size) {
    return file_fails(file, writes) ? -1 : syscall(SYS_write, file, bytes, size);
}
ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
    return file_fails(file, writes) ? -1 : syscall(SYS_pwrite64, file, bytes, size, at);
}
ssize_t pwrite64(int file, const void* bytes, size_t size, off_t at) {
    return file_fails(file, writes) ? -1 : syscall(SYS_pwrite64, file, bytes, size, at);
}
int fsync(int file) { return file_fails(file, syncs) ? -1 : static_cast<int>(syscall(SYS_fsync, file)); }
int fdatasync(int file) { return file_fails(file, syncs) ? -1 : static_cast<int>(syscall(SYS_fdatasync, file)); }
int ftruncate(int file, off_t size) noexcept {
    return file_fails(file, cuts) ? -1 : static_cast<int>(syscall(SYS_ftruncate, file, size));
}
int ftruncate64(int file, off_t size) noexcept {
    return file_fails(file, cuts) ? -1 : static_cast<int>(syscall(SYS_ftruncate, file, size));
}
int rename(const char* from, const char* to) noexcept {
    return fails(renames) ? -1 : static_cast<int>(syscall(SYS_rename, from, to));
}
int open(const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const auto mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    return opened(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const auto mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    return opened(path, flags, mode);
}
int clock_gettime(clockid_t clock, timespec* at) noexcept {
    const auto outcome = static_cast<int>(syscall(SYS_clock_gettime, clock, at));
    if (outcome == 0 && wish && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        const auto shift = wish->clock_shift_ms.load();
        at->tv_sec += shift / 1000;
        at->tv_nsec += shift % 1000 * 1000000;
        if (at->tv_nsec >= 1000000000) ++at->tv_sec, at->tv_nsec -= 1000000000;
        if (at->tv_nsec < 0) --at->tv_sec, at->tv_nsec += 1000000000;
    }
    return outcome;
}

}  // extern "C"
