// Who has the talk at the platform: the account's sessions, its servicers, and whether the account is ours to speak
// for.
#pragma once
#include <string>
#include <vector>

#include "channels/channel.h"
#include "channels/outgoing/json_api.h"

namespace huiyin::kf {

// Threads: one at a time.
class Sessions {
public:
    // All must outlive it. `clock`: the system clock.
    Sessions(JsonApi& api, ChannelId channel, std::string open_kfid, const Clock& clock)
        : api_(api), channel_(std::move(channel)), open_kfid_(std::move(open_kfid)), clock_(clock) {}

    // To a servicer who receives, in turn, else into the pool; or (`ends`) to nobody. The receipt's reference says
    // where the session is then: servicer, pool, nobody. Errors: as Channel::send.
    Result<Receipt> hand_over(const std::string& customer, bool ends);
    // Why the session's state does not let us speak (95018): channel.taken - a servicer has it; channel.gone - it
    // waits for one; channel.closed - it is over.
    Problem why_refused(const std::string& customer);
    // Whether the account is given to the app and, if that is wished for, has servicers; the text says what was seen.
    Result<std::string> check(bool to_servicers);

private:
    Result<std::int64_t> state_of(const std::string& customer);
    Result<std::vector<std::string>> servicers();
    Result<ApiAnswer> accepted(Result<ApiAnswer> answer) const;
    JsonApi& api_;
    const ChannelId channel_;
    const std::string open_kfid_;
    const Clock& clock_;
    std::size_t handed_over_ = 0;
};

}  // namespace huiyin::kf
