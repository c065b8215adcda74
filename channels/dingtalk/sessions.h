// The addresses at which an outsider's open talk is answered, and when each ends; and cards whose press is not yet
// answered, of this process alone. Threads: any.
#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "channels/outgoing/talk_keeper.h"
#include "workflow/base/clock.h"

namespace huiyin::dingtalk {

class Sessions {
public:
    explicit Sessions(TalkKeeper keeper) : keeper_(std::move(keeper)) {}
    // Returns before it is kept: a worker waits for no commit.
    void open(const std::string& address, const std::string& url, TimePoint until);
    // Nothing: none was opened, or its time is over.
    std::optional<std::string> url_of(const std::string& address, TimePoint now);
    void close(const std::string& address, const std::string& url);  // one that was opened since stays open

private:
    const TalkKeeper keeper_;
};

// The platform forbids changing a card while the press on it waits for our answer, which is two seconds at most.
class Presses {
public:
    void begun(const std::string& card, TimePoint now);
    void answered(const std::string& card);
    bool is_open(const std::string& card, TimePoint now) const;

private:
    mutable std::mutex mutex_;
    std::map<std::string, TimePoint> open_;
};

}  // namespace huiyin::dingtalk
