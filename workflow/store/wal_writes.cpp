#include "workflow/store/wal_writes.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

namespace huiyin {
namespace {

constexpr std::size_t gathered_most = 1 << 20;
constexpr std::size_t piece_most = 64 << 10;  // SQLite's own files take less than 128 KiB at once

// What SQLite takes for the log's file. The real one stands behind it in the same room.
struct Log {
    sqlite3_file base;
    std::string* gathered;  // waits to be written …
    sqlite3_int64 begin;    // … from here on
    int lost;               // why something got lost that no write and no sync has told of yet
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

Log& log_of(sqlite3_file* file) { return *reinterpret_cast<Log*>(file); }
sqlite3_vfs*& real_vfs() {
    static sqlite3_vfs* vfs = nullptr;
    return vfs;
}

// What could not be written is let go: SQLite gives the transaction up and takes none of it for written.
int write_out(Log& log) {
    int code = SQLITE_OK;
    for (std::size_t done = 0; done < log.gathered->size() && code == SQLITE_OK; done += piece_most) {
        const auto size = std::min(piece_most, log.gathered->size() - done);
        code = log.real()->pMethods->xWrite(log.real(), log.gathered->data() + done, static_cast<int>(size),
                                            log.begin + static_cast<sqlite3_int64>(done));
    }
    log.gathered->clear();
    return code;
}

template <class Call>
int after_writing(sqlite3_file* file, Call call) {
    auto& log = log_of(file);
    const int code = write_out(log);
    return code == SQLITE_OK ? call(log.real()) : code;
}

int log_write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
    auto& log = log_of(file);
    const auto end = log.begin + static_cast<sqlite3_int64>(log.gathered->size());
    if (at != end || log.gathered->size() >= gathered_most)
        if (const int code = write_out(log); code != SQLITE_OK) return code;
    if (log.gathered->empty()) log.begin = at;
    try {
        log.gathered->append(static_cast<const char*>(bytes), static_cast<std::size_t>(count));
    } catch (const std::bad_alloc&) {
        return SQLITE_IOERR_NOMEM;
    }
    return SQLITE_OK;
}

// Pages of the transaction in hand are read from where they wait. A read that has to write first, and cannot, might be
// survived by the transaction: its sync then fails.
int log_read(sqlite3_file* file, void* into, int count, sqlite3_int64 at) {
    auto& log = log_of(file);
    const auto end = at + count, gathered_end = log.begin + static_cast<sqlite3_int64>(log.gathered->size());
    const bool apart = log.gathered->empty() || end <= log.begin || at >= gathered_end;
    if (!apart && at >= log.begin && end <= gathered_end) {
        std::memcpy(into, log.gathered->data() + (at - log.begin), static_cast<std::size_t>(count));
        return SQLITE_OK;
    }
    if (!apart)
        if (const int code = write_out(log); code != SQLITE_OK) return log.lost = code;
    return log.real()->pMethods->xRead(log.real(), into, count, at);
}

int log_sync(sqlite3_file* file, int flags) {
    auto& log = log_of(file);
    if (const int lost = std::exchange(log.lost, SQLITE_OK); lost != SQLITE_OK) {
        log.gathered->clear();
        return lost;
    }
    return after_writing(file, [&](sqlite3_file* real) { return real->pMethods->xSync(real, flags); });
}

int log_close(sqlite3_file* file) {
    auto& log = log_of(file);
    const int written = write_out(log);
    delete log.gathered;
    log.gathered = nullptr;
    const int closed = log.real()->pMethods->xClose(log.real());
    return written == SQLITE_OK ? closed : written;
}

const sqlite3_io_methods log_methods{
    .iVersion = 1,
    .xClose = log_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate =
        [](sqlite3_file* file, sqlite3_int64 size) {
            return after_writing(file, [&](sqlite3_file* real) { return real->pMethods->xTruncate(real, size); });
        },
    .xSync = log_sync,
    .xFileSize =
        [](sqlite3_file* file, sqlite3_int64* size) {
            return after_writing(file, [&](sqlite3_file* real) { return real->pMethods->xFileSize(real, size); });
        },
    .xLock =
        [](sqlite3_file* file, int kind) {
            auto* real = log_of(file).real();
            return real->pMethods->xLock(real, kind);
        },
    .xUnlock =
        [](sqlite3_file* file, int kind) {
            auto* real = log_of(file).real();
            return real->pMethods->xUnlock(real, kind);
        },
    .xCheckReservedLock =
        [](sqlite3_file* file, int* held) {
            auto* real = log_of(file).real();
            return real->pMethods->xCheckReservedLock(real, held);
        },
    .xFileControl =
        [](sqlite3_file* file, int what, void* with) {
            auto* real = log_of(file).real();
            return real->pMethods->xFileControl(real, what, with);
        },
    .xSectorSize =
        [](sqlite3_file* file) {
            auto* real = log_of(file).real();
            return real->pMethods->xSectorSize(real);
        },
    .xDeviceCharacteristics =
        [](sqlite3_file* file) {
            auto* real = log_of(file).real();
            return real->pMethods->xDeviceCharacteristics(real);
        },
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* flags_given) {
    auto* vfs = real_vfs();
    if ((flags & SQLITE_OPEN_WAL) == 0) return vfs->xOpen(vfs, path, file, flags, flags_given);
    auto& log = log_of(file);
    log.base.pMethods = nullptr;  // SQLite closes only what has methods
    log.begin = 0;
    log.lost = SQLITE_OK;
    log.gathered = new (std::nothrow) std::string;
    if (!log.gathered) return SQLITE_NOMEM;
    const int code = vfs->xOpen(vfs, path, log.real(), flags, flags_given);
    if (code == SQLITE_OK) {
        log.base.pMethods = &log_methods;
        return code;
    }
    if (log.real()->pMethods) log.real()->pMethods->xClose(log.real());
    delete log.gathered;
    log.gathered = nullptr;
    return code;
}

sqlite3_vfs made_vfs() {
    real_vfs() = sqlite3_vfs_find(nullptr);
    if (!real_vfs()) throw std::runtime_error("store: SQLite knows no file system");
    sqlite3_vfs vfs = *real_vfs();
    vfs.szOsFile += static_cast<int>(sizeof(Log));
    vfs.pNext = nullptr;
    vfs.zName = "huiyin-gathered-wal";
    vfs.xOpen = open_file;
    return vfs;
}

}  // namespace

const char* gathered_wal_writes() {
    static sqlite3_vfs vfs = made_vfs();
    [[maybe_unused]] static const int code = sqlite3_vfs_register(&vfs, 0);
    return vfs.zName;
}

}  // namespace huiyin
