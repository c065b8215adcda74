// One write a commit: SQLite hands its write-ahead log two pieces a page, each of them a call of the kernel; here they
// are gathered and written when the log is synchronised, read, cut or closed. Nothing is promised in between: a commit
// counts when its sync returned, and readers look at no page before that.
//
// Only for connections with synchronous=FULL, which synchronise the log at every commit.
#pragma once

namespace huiyin {

// The name of the VFS to open a database with; registered on the first call. Threads: any.
// Throws std::runtime_error if SQLite has no VFS of its own.
const char* gathered_wal_writes();

}  // namespace huiyin
