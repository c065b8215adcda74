#include "workflow/privacy/keeping_thread.h"

#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {

using namespace std::chrono;

constexpr seconds between_looks{10};
constexpr Milliseconds lease{60'000}, renewed_before{30'000};
constexpr int busy_share = 10, quiet_share = 2;  // it works one part of so many
constexpr hours quiet_from{2}, quiet_until{5}, at_any_hour_after{36};
const char* const lease_setting = "keeping/keeper";

}  // namespace

bool keeping_due(std::optional<TimePoint> last, bool unfinished, TimePoint now, const Zone& zone) {
    if (unfinished || !last) return unfinished;
    if (now - *last >= at_any_hour_after) return true;
    const auto local = zone.to_local(now);
    return local.since_midnight >= quiet_from && local.since_midnight < quiet_until &&
           zone.to_local(*last).day < local.day;
}

KeepingThread::KeepingThread(KeepingThreadParts parts) : parts_(std::move(parts)) {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

KeepingThread::~KeepingThread() = default;

void KeepingThread::wake() {
    {
        std::lock_guard lock(resting_);
        wake_ = true;
    }
    woken_.notify_all();
}

void KeepingThread::rest(const std::stop_token& stop, microseconds time, bool until_woken) {
    std::unique_lock lock(resting_);
    woken_.wait_for(lock, stop, time, [&] { return until_woken && wake_; });
    if (until_woken) wake_ = false;
}

// A restarted process has another number, as a rule: it waits until the lease of the dead one is over.
bool KeepingThread::has_lease() {
    if (parts_.number == 0) return true;
    const auto now = parts_.system->now();
    if (now + renewed_before < leased_until_) return true;
    const auto is_free = [&](Reading& reading) {
        const auto kept = parse_json(reading.setting(lease_setting).value_or("{}"));
        return !kept || !kept->is_object() || kept->value("number", std::int64_t{0}) == parts_.number ||
               kept->value("until_ms", std::int64_t{0}) <= to_ms(now);
    };
    bool ours = false;
    parts_.store->read([&](Reading& reading) { ours = is_free(reading); });
    if (ours)
        parts_.store->run([&](Transaction& tx) {
            ours = is_free(tx);
            if (ours)
                tx.set_setting(lease_setting,
                               to_text(Json{{"number", parts_.number}, {"until_ms", to_ms(now + lease)}}));
        });
    leased_until_ = ours ? now + lease : from_ms(0);
    return ours;
}

void KeepingThread::work(const std::stop_token& stop, const std::function<bool()>& piece) {
    for (bool more = true; more && !stop.stop_requested();) {
        const auto began = steady_clock::now();
        const auto commits = parts_.store->commits();
        more = has_lease() && piece();
        const bool busy = parts_.store->waiting() > 0 || parts_.store->commits() > commits + 2;
        const auto took = duration_cast<microseconds>(steady_clock::now() - began);
        if (more) rest(stop, took * ((busy ? busy_share : quiet_share) - 1), false);
    }
}

void KeepingThread::look(const std::stop_token& stop) {
    std::optional<TimePoint> last;
    bool unfinished = false;
    parts_.store->read([&](Reading& reading) {
        last = last_keeping(reading);
        unfinished = keeping_unfinished(reading);
    });
    const auto now = parts_.service->now();
    if (!last) return begin_counting(*parts_.store, now);
    if (parts_.wishes) work(stop, [&] { return parts_.wishes(parts_.service->now()); });
    if (!keeping_due(last, unfinished, now, parts_.zone())) return;
    KeepingRun run(*parts_.store, parts_.periods, parts_.wishes);
    if (!has_lease()) return;
    run.begin(now);
    work(stop, [&] { return run.step(parts_.service->now(), parts_.system->now()); });
}

void KeepingThread::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        try {
            look(stop);
        } catch (const std::exception& problem) {  // the store refuses for now: what is due stays due
            log::error("retention.store_refuses", {{"problem", problem.what()}});
        }
        rest(stop, between_looks, true);
    }
}

}  // namespace huiyin
