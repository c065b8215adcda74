#include "workflow/privacy/trusted_time.h"

#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {

using namespace std::chrono;

const char* const setting = "keeping/clock";
constexpr hours leap{24 * 3}, steady_for{24}, kept_every{1};

}  // namespace

std::optional<TrustedTime::State> TrustedTime::kept(Reading& reading) {
    const auto json = parse_json(reading.setting(setting).value_or("{}"));
    if (!json || !json->contains("seen")) return std::nullopt;
    State state{from_ms(json->at("seen").get<std::int64_t>()), std::nullopt};
    if (json->contains("doubted_since")) state.doubted_since = from_ms(json->at("doubted_since").get<std::int64_t>());
    return state;
}

void TrustedTime::keep(const State& state) {
    Json json{{"seen", to_ms(state.seen)}};
    if (state.doubted_since) json["doubted_since"] = to_ms(*state.doubted_since);
    store_.run([&](Transaction& tx) { tx.set_setting(setting, to_text(json)); });
    kept_ = state;
}

bool TrustedTime::trusts(TimePoint now) {
    if (!state_) {
        store_.read([&](Reading& reading) { kept_ = kept(reading); });
        state_ = kept_.value_or(State{now, std::nullopt});
    }
    auto next = *state_;
    if (now - next.seen > leap) {  // or another process has asked meanwhile
        store_.read([&](Reading& reading) { kept_ = kept(reading); });
        if (kept_ && kept_->seen > next.seen) next = *kept_;
    }
    if (now - next.seen > leap) {
        next.doubted_since = now;
        log::warning("retention.clock_leapt", {{"hours", duration_cast<hours>(now - next.seen).count()}});
    } else if (next.doubted_since && (now < *next.doubted_since || now - *next.doubted_since >= steady_for)) {
        next.doubted_since.reset();  // it is as before, or has gone on
    }
    next.seen = now;
    const bool told =
        kept_ && kept_->doubted_since == next.doubted_since && now >= kept_->seen && now - kept_->seen < kept_every;
    if (!told) keep(next);
    state_ = next;
    return !next.doubted_since;
}

}  // namespace huiyin
