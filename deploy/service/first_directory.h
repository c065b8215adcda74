// The organisation that a service begins with.
#pragma once
#include <memory>
#include <optional>

#include "deploy/service/config.h"
#include "workflow/base/id.h"
#include "workflow/directory/directory_file.h"
#include "workflow/store/store.h"

namespace huiyin {

// What the file "directory" says. Errors: directory.missing, directory.demo - a password that is known to everybody
// where others come (Config::open_to_others) -, and those of the file.
Result<DirectoryContent> first_directory(const Config& config, IdMaker& ids, TimePoint now);
// directory.demo: the store began with such a file, and others come here.
std::optional<Problem> demo_in_public(Reading& reading, const Config& config);
// What the store knows; where it knows none, what the file says, which is stored. Of several that start at once on an
// empty store the first one's counts. Errors: those of the two above.
Result<std::shared_ptr<const Directory>> directory_of(Store& store, const Config& config, IdMaker& ids, TimePoint now);

}  // namespace huiyin
