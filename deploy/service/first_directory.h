// The organisation that a service begins with.
#pragma once
#include <memory>

#include "deploy/service/config.h"
#include "workflow/base/id.h"
#include "workflow/store/store.h"

namespace huiyin {

// What the store knows; where it knows none, what the file "directory" says, which is stored. Of several that start at
// once on an empty store the first one's counts. Errors: directory.missing, directory.demo - a public password and an
// address that others reach -, and those of the file.
Result<std::shared_ptr<const Directory>> directory_of(Store& store, const Config& config, IdMaker& ids, TimePoint now);

}  // namespace huiyin
