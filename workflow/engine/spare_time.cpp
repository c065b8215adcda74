#include "workflow/engine/spare_time.h"

#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"

namespace huiyin {
namespace {

using namespace std::chrono;

constexpr Milliseconds lease_time{60'000}, renewed_before{30'000};
constexpr int busy_share = 10, quiet_share = 2;  // it works one part of so many

}  // namespace

SpareTime::SpareTime(Store& store, const Clock& system, int number, std::string lease)
    : store_(store), system_(system), number_(number), lease_(std::move(lease)) {}

void SpareTime::wake() {
    {
        std::lock_guard lock(resting_);
        wake_ = true;
    }
    woken_.notify_all();
}

void SpareTime::pause(const std::stop_token& stop, microseconds time, bool until_woken) {
    std::unique_lock lock(resting_);
    woken_.wait_for(lock, stop, time, [&] { return until_woken && wake_; });
    if (until_woken) wake_ = false;
}

void SpareTime::rest(const std::stop_token& stop, microseconds time) { pause(stop, time, true); }

// A restarted process has another number, as a rule: it waits until the lease of the dead one is over.
bool SpareTime::is_ours() {
    if (number_ == 0) return true;
    const auto now = system_.now();
    // Nobody takes one for longer: it was taken when a clock was ahead.
    const auto holds = [&](TimePoint until) { return until > now && until <= now + lease_time; };
    if (holds(leased_until_) && now + renewed_before < leased_until_) return true;
    const auto is_free = [&](Reading& reading) {
        const auto kept = parse_json(reading.setting(lease_).value_or("{}"));
        return !kept || !kept->is_object() || kept->value("number", std::int64_t{0}) == number_ ||
               !holds(from_ms(kept->value("until_ms", std::int64_t{0})));
    };
    bool ours = false;
    store_.read([&](Reading& reading) { ours = is_free(reading); });
    if (ours)
        store_.run([&](Transaction& tx) {
            ours = is_free(tx);
            if (ours) tx.set_setting(lease_, to_text(Json{{"number", number_}, {"until_ms", to_ms(now + lease_time)}}));
        });
    leased_until_ = ours ? now + lease_time : from_ms(0);
    return ours;
}

void SpareTime::work(const std::stop_token& stop, const std::function<bool()>& piece) {
    for (bool more = true; more && !stop.stop_requested();) {
        const auto began = steady_clock::now();
        const auto commits = store_.commits();
        more = is_ours() && piece();
        const bool busy = store_.waiting() > 0 || store_.commits() > commits + 2;
        const auto took = duration_cast<microseconds>(steady_clock::now() - began);
        if (more) pause(stop, took * ((busy ? busy_share : quiet_share) - 1), false);
    }
}

}  // namespace huiyin
