// How far a channel that fetches its messages has come, and who is at it: one row a channel, changed in the same unit
// of work as the messages themselves.
#pragma once
#include <optional>
#include <string>

#include "workflow/store/store.h"

namespace huiyin::kf {

struct PullState {
    std::string cursor;    // empty: nothing was fetched yet
    std::string token;     // of the newest doorbell
    TimePoint token_at;    // system clock
    std::string owner;     // the one puller; empty: nobody
    TimePoint owned_till;  // system clock: a puller that died is not waited for longer
    TimePoint live_since;  // system clock: what was written before is history
    friend bool operator==(const PullState&, const PullState&) = default;
};
PullState pull_state(Reading& reading, const ChannelId& channel);
void save(Transaction& tx, const ChannelId& channel, const PullState& state);

// Makes `owner` the one puller, or keeps him so, for `span`. False: another one is, and alive.
bool take_lease(Transaction& tx, const ChannelId& channel, const std::string& owner, TimePoint system_now,
                Milliseconds span);
// Whoever had it is gone: on his own stop, or because this process alone has the store and has just started.
void drop_lease(Transaction& tx, const ChannelId& channel);
// What was written until now is history.
void begin_anew(Transaction& tx, const ChannelId& channel, TimePoint system_now);

}  // namespace huiyin::kf
