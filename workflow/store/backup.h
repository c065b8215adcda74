// A store with its media in one tar, and back. Threads: any; one backup or restore of a place at a time.
//
//   manifest.json {"format":1,"program","fence","store":{"bytes","sha256"},"media":[{"sha256","bytes"}…],"missing":[…]}
//   huiyin.db       a snapshot, made beside a running service without holding it up
//   media/ab/abcd…  every file the snapshot refers to
//
// The fence is the moment of the snapshot. The snapshot itself knows it, so whatever starts on a restored store first
// holds back what waited to be sent then: it may have been sent since, and nobody is to hear it twice.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "workflow/base/clock.h"
#include "workflow/store/store.h"

namespace huiyin {

struct BackupMade {
    TimePoint fence;
    std::int64_t store_bytes = 0;
    std::size_t media = 0;
    std::vector<std::string> missing;  // media that the store refers to and the folder has not: SHA-256
};
// Writes `file` beside itself first, so it is whole or absent; what lies there already is left alone.
// Errors: backup.taken; backup.unwritable; those of open_store.
Result<BackupMade> back_up(const StoreOptions& from, const std::string& file, TimePoint now, IdMaker& ids);

// Into places where nothing is yet. Everything is checked by its hash before the store gets its name.
// Errors: backup.taken (a store is there), backup.unreadable, backup.damaged, backup.unwritable; those of open_store.
Result<BackupMade> restore(const StoreOptions& to, const std::string& file, IdMaker& ids);

// Called once when a store is opened to serve: of a restored one, what waited to be sent becomes dead ("restored") and
// can be sent again from the console. How many; nothing: this start is not the first after a restore.
std::optional<int> hold_back_after_restore(Store& store);

}  // namespace huiyin
