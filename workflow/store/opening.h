// What opening a store shares on both engines: refusals in words for people, and the keys that open what is sealed.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "workflow/store/driver.h"
#include "workflow/store/lock.h"
#include "workflow/store/sql_store.h"
#include "workflow/store/store.h"

namespace huiyin::opening {

Problem unreadable(const std::string& what, const std::string& where, const std::string& mend);

std::string folder_of(const std::string& path);
// A folder is never made here: a data disk that is not mounted would get an empty store in its place.
std::optional<Problem> folder_problem(const std::string& folder, const std::string& what, bool to_write);
// The folder of the attachments; made where the one above it stands.
std::optional<Problem> media_problem(const StoreOptions& options);

// A schema that this program cannot use as it stands. where: which store, for people.
std::optional<Problem> schema_problem(int version, const std::string& where, bool read_only);

// A store at rest: nobody else serves it or writes to it while this lives.
struct Held {
    std::shared_ptr<StoreLock> lock;  // of a file; a database's goes with the connection
    std::unique_ptr<Driver> driver;   // closed first
};
// Where a copy would go something is already.
Problem taken(const std::string& where);

std::unique_ptr<StoreContext> make_context(const StoreOptions& options, IdMaker& ids);

// Finds or makes the organisation and the index key, and learns whether the data key fits. Inside a transaction;
// may_write: what is missing is made. Errors: store.wrong_key; store.unreadable - nothing is there yet.
std::optional<Problem> open_vault(Driver& driver, StoreContext& context, bool may_write, TimePoint now);

}  // namespace huiyin::opening
