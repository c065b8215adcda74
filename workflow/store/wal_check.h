// Looks at a write-ahead log before SQLite replays it.
//
// SQLite stops replaying at the first frame whose checksum does not fit, and says nothing: right for the torn end that
// a power cut leaves, wrong for a log that was damaged in the middle, where everything behind it would be lost in
// silence. Only the last commit can be torn, because every commit is on disk before the next begins; so two or more
// commits behind a bad frame mean damage. Source: sqlite.org/fileformat2.html, section 4.
#pragma once
#include <optional>
#include <string>

namespace huiyin {

// What is wrong with the log at `path`, if anything; a missing or empty one is in order. Nobody may be writing to it.
std::optional<std::string> wal_damage(const std::string& path);

}  // namespace huiyin
