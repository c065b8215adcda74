#include "channels/wecom_kf/pull_state.h"

#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"

namespace huiyin::kf {
namespace {

std::string key_of(const ChannelId& channel) { return "pull:" + channel.value; }

}  // namespace

PullState pull_state(Reading& reading, const ChannelId& channel) {
    PullState state;
    const auto kept = reading.setting(key_of(channel));
    if (!kept || kept->empty()) return state;
    const auto json = parse_json(*kept).value();
    const auto time = [&](const char* name) { return from_ms(json.value(name, std::int64_t{0})); };
    state.cursor = json.value("cursor", std::string{});
    state.token = json.value("token", std::string{});
    state.token_at = time("token_at_ms");
    state.owner = json.value("owner", std::string{});
    state.owned_till = time("owned_till_ms");
    state.live_since = time("live_since_ms");
    return state;
}

void save(Transaction& tx, const ChannelId& channel, const PullState& state) {
    tx.set_setting(key_of(channel), to_text(Json{{"cursor", state.cursor},
                                                 {"token", state.token},
                                                 {"token_at_ms", to_ms(state.token_at)},
                                                 {"owner", state.owner},
                                                 {"owned_till_ms", to_ms(state.owned_till)},
                                                 {"live_since_ms", to_ms(state.live_since)}}));
}

bool take_lease(Transaction& tx, const ChannelId& channel, const std::string& owner, TimePoint system_now,
                Milliseconds span) {
    auto state = pull_state(tx, channel);
    // A lease that ends much later than any was taken when a clock was far ahead.
    const bool lasts = system_now < state.owned_till && state.owned_till <= system_now + span + std::chrono::minutes{1};
    if (!state.owner.empty() && state.owner != owner && lasts) return false;
    if (state.live_since == TimePoint{}) state.live_since = system_now;
    state.owner = owner;
    state.owned_till = system_now + span;
    save(tx, channel, state);
    return true;
}

void drop_lease(Transaction& tx, const ChannelId& channel) {
    auto state = pull_state(tx, channel);
    if (state.owner.empty()) return;
    state.owner.clear();
    state.owned_till = {};
    save(tx, channel, state);
}

void begin_anew(Transaction& tx, const ChannelId& channel, TimePoint system_now) {
    auto state = pull_state(tx, channel);
    state.live_since = system_now;
    save(tx, channel, state);
}

}  // namespace huiyin::kf
