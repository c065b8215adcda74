// The addresses at which an outsider's open talk is answered, and when each ends; and cards whose press is not yet
// answered. Threads: any.
#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "workflow/base/clock.h"

namespace huiyin::dingtalk {

class Sessions {
public:
    void open(const std::string& address, const std::string& url, TimePoint until);
    // Nothing: none was opened, or its time is over.
    std::optional<std::string> url_of(const std::string& address, TimePoint now) const;
    void close(const std::string& address);

private:
    struct Talk {
        std::string url;
        TimePoint until;
    };
    mutable std::mutex mutex_;
    std::map<std::string, Talk> talks_;
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
