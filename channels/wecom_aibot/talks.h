// The addresses at which a talk with the AI bot can be answered later: one a message, once each, for an hour. And what
// answers said, for the platform that asks how far one is. Threads: any.
#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "channels/outgoing/talk_keeper.h"
#include "workflow/base/clock.h"
#include "workflow/base/id.h"

namespace huiyin::aibot {

class Talks {
public:
    explicit Talks(TalkKeeper keeper) : keeper_(std::move(keeper)) {}
    // The same address again is no second one.
    void open(const std::string& talk, const std::string& url, TimePoint now);
    // The one whose time ends first. It is this row's until it is closed or let go: a repeat asks at the same one.
    struct Address {
        std::string url;
        bool asked_before = false;  // by this row, and nobody knows what came of it
        friend bool operator==(const Address&, const Address&) = default;
    };
    std::optional<Address> address_for(const std::string& talk, OutboxId row, TimePoint now);
    void close(const std::string& talk, const std::string& url);
    void let_go(const std::string& talk, const std::string& url);  // nothing was sent there

    // Kept in memory: only who asks in between two processes hears nothing.
    void answered(const std::string& stream, const std::string& words, TimePoint now);
    std::optional<std::string> answer_of(const std::string& stream, TimePoint now) const;

private:
    struct Answer {
        std::string words;
        TimePoint until;
    };
    const TalkKeeper keeper_;
    mutable std::mutex mutex_;
    std::map<std::string, Answer> answers_;
};

}  // namespace huiyin::aibot
