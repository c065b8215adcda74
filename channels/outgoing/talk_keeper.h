// Where a channel keeps what it must know of a talk to answer it later, for all processes of a store.
#pragma once
#include <functional>
#include <string>

namespace huiyin {

// `change` makes the new text of the old one ("" where nothing was kept), nothing else, and may run again. `now`: it is
// done when this returns; else it returns before, and what is asked later sees it. Threads: any.
using TalkKeeper =
    std::function<void(const std::string& talk, bool now, std::function<std::string(const std::string&)> change)>;
TalkKeeper kept_in_memory();

}  // namespace huiyin
