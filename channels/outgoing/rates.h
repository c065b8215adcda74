// How often a platform takes its calls, counted on our side because it drops or punishes what is beyond. Of what it
// takes in a minute or longer a part is kept for what matters more: a danger to life may use all of it.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "channels/channel.h"
#include "workflow/base/clock.h"
#include "workflow/base/result.h"

namespace huiyin {

// Of so many calls, how many are for messages of this priority or a lesser one.
int share_of(const Rate& rate, Priority priority);

// How long nothing of this priority goes on the whole channel, where `detail` says that its own budget is used up.
std::optional<Milliseconds> whole_channel_waits(const std::string& detail);

// Threads: one.
class Rates {
public:
    explicit Rates(std::vector<Rate> rates);
    // Others send by the same account: so many processes have an equal part of each rate, at least one call. Asked at
    // every call; it must be quick. A part grows when what the others sent has left the span (of an hour at most).
    void share(std::function<int()> among) { among_ = std::move(among); }
    // Takes one of the named call in each of its rates, or in none. Errors: channel.busy, the detail is
    // "budget retry_after_ms=…", or "budget all=… retry_after_ms=…" where the channel's and not the recipient's is
    // used up. Where others have parts, too, a danger to life is to be asked for again each second: one of them may
    // have room.
    Result<Done> take(std::string_view call, const std::string& recipient, Priority priority, TimePoint now);

private:
    struct Counted {
        Rate rate;
        std::map<std::string, std::deque<TimePoint>> taken = {};
    };
    static std::string key_of(const Rate& rate, const std::string& recipient);
    int most_among(Milliseconds span, TimePoint now) const;
    std::vector<Counted> all_;
    std::function<int()> among_;
    struct Seen {
        int among;
        TimePoint first;
    };
    std::deque<Seen> seen_;  // the latest at the end
};

}  // namespace huiyin
