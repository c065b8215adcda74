// A whole store moved from one engine to the other: every row of every table, as it stands.
//
// Nothing is known here of what is in the tables: they are those that the schema has, so a table that comes later is
// copied like the others. Both stores are at rest meanwhile. A copy that was cut off is no store: no program opens it,
// and the next copy begins it anew. What is personal stays sealed; the keys of `data_key` are the same afterwards.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "workflow/store/store.h"
#include "workflow/store/verify.h"

namespace huiyin {

struct CopiedTable {
    std::string name;
    std::int64_t rows = 0;
    Milliseconds took{0};
};
struct StoreCopied {
    std::vector<CopiedTable> tables;  // by name
    Verified chains;                  // of the copy, without faults
    std::int64_t wait_again = 0;      // outbox rows that a process which is gone had in hand
    Milliseconds took{0};
};
struct CopyProgress {
    enum class Step { copying, comparing, verifying } step;
    std::string table;
    std::int64_t rows = 0;  // of this table; of verifying: tickets
};

// from: of the store that is copied; to: the address of an empty place. Attachments are files in both and stay where
// they are. Errors: store.taken - there is something at `to`; store.locked, store.older, store.too_new,
// store.half_copied, store.unreadable, store.damaged, store.wrong_key as in store.h; copy.same - both are one;
// copy.failed - an engine refused in the middle; copy.differs - what was read back is not what was written, or a
// ticket's chain does not fit.
Result<StoreCopied> copy_store(const StoreOptions& from, const std::string& to, IdMaker& ids,
                               const std::function<void(const CopyProgress&)>& progress = {});

}  // namespace huiyin
