#include "channels/outgoing/talk_keeper.h"

#include <map>
#include <memory>
#include <mutex>

namespace huiyin {
namespace {
constexpr std::size_t most_talks = 10'000;
}

TalkKeeper kept_in_memory() {
    struct Memory {
        std::mutex mutex;
        std::map<std::string, std::string> talks;
    };
    return [memory = std::make_shared<Memory>()](const std::string& talk, bool,
                                                 const std::function<std::string(const std::string&)>& change) {
        std::lock_guard lock(memory->mutex);
        if (memory->talks.size() > most_talks) memory->talks.clear();
        auto& kept = memory->talks[talk];
        kept = change(kept);
    };
}

}  // namespace huiyin
