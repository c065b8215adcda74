// The texts of the packs that were in force, kept in the store by version until no ticket needs them: a ticket opened
// under 1.2 obeys 1.2 after a restart with a file that says 1.3. Calendars take their holidays from the files of today.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "workflow/engine/policies.h"
#include "workflow/store/store.h"

namespace huiyin {

// The phrases that the pack's effects name and that neither it nor the house has.
std::vector<std::string> missing_phrases(const Policy& policy, const Phrases& phrases);
// These as they come into force: the version under which a text was kept stays its own, so one that was edited without
// a new version gets the mark of its text behind it ("1.2+5f3a9c01"). No ticket's rules change under it.
std::vector<std::shared_ptr<const Policy>> under_kept_versions(
    Reading& reading, const std::vector<std::shared_ptr<const Policy>>& policies);
// Keeps them, as often as one likes, and gives them so; one that was edited without a new version is logged.
std::vector<std::shared_ptr<const Policy>> keep_versions(Transaction& tx,
                                                         const std::vector<std::shared_ptr<const Policy>>& policies);
// Those that are kept and not in force are loaded for the tickets pinned to them, or loaded anew with the holiday files
// of now. What cannot be read any more, or names a phrase that the house has no more, is logged, and its tickets follow
// the one in force of that id. `templates`: where the holiday folders lie.
void take_kept_versions(Reading& reading, Policies& policies, const Phrases& phrases, const std::string& templates);
// Forgets those that no ticket is pinned to and that are not in force. Goes over all tickets: when the rules changed.
void forget_unpinned_versions(Store& store, const Policies& policies);

}  // namespace huiyin
