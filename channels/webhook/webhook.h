// A generic webhook, in and out, by Standard Webhooks: any other system can be a channel of ours, or listen to what
// staff are told. Source: channels/webhook/README.md.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "channels/channel.h"
#include "channels/outgoing/json_api.h"

namespace huiyin {

// How an endpoint that is called has been; kept over restarts by whoever made the channel.
struct EndpointHealth {
    TimePoint failing_since;  // system clock; epoch: it answers
    TimePoint tried_at;       // the last failure
    bool disabled = false;    // nothing but a try now and then
    friend bool operator==(const EndpointHealth&, const EndpointHealth&) = default;
};
struct HealthKeeper {
    std::function<EndpointHealth()> load;
    // `before`: what it was; whoever must know of the difference is told by the keeper.
    std::function<void(const EndpointHealth& before, const EndpointHealth& now)> save;
};

EndpointHealth read_health(const std::string& kept);  // "": it answers
std::string to_text(const EndpointHealth& health);

struct WebhookSettings {
    ChannelId id;
    std::vector<std::string> secrets;  // "whsec_…", newest first; all sign, all are taken
    std::string url;                   // empty: answers ride on the callback's answer, and nothing is pushed
    std::chrono::seconds window{300};  // 0: any age
};

// Errors: channel.bad_settings - the text names the field and how to mend it. `clock` is the system clock; it and what
// the functions refer to must outlive the channel.
Result<std::unique_ptr<Channel>> make_webhook(WebhookSettings settings, Caller call, HealthKeeper health,
                                              const Clock& clock);

// Wait before the attempt after `attempts` failed ones: 5 s, 5 min, 30 min, 2, 5, 10, 14, 20, 24 h; nothing: that was
// the last.
std::optional<Milliseconds> next_attempt_after(int attempts);

}  // namespace huiyin
