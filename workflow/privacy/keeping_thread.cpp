#include "workflow/privacy/keeping_thread.h"

#include "workflow/base/log.h"

namespace huiyin {
namespace {

using namespace std::chrono;

constexpr seconds between_looks{10};
constexpr hours quiet_from{2}, quiet_until{5}, at_any_hour_after{36};

}  // namespace

bool keeping_due(std::optional<TimePoint> last, bool unfinished, TimePoint now, const Zone& zone) {
    if (unfinished || !last) return unfinished;
    if (now < *last || now - *last >= at_any_hour_after) return true;
    const auto local = zone.to_local(now);
    return local.since_midnight >= quiet_from && local.since_midnight < quiet_until &&
           zone.to_local(*last).day < local.day;
}

KeepingThread::KeepingThread(KeepingThreadParts parts)
    : parts_(std::move(parts)),
      spare_(*parts_.store, *parts_.system, parts_.number, "keeping/keeper"),
      time_(*parts_.store) {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

KeepingThread::~KeepingThread() = default;

void KeepingThread::wake() { spare_.wake(); }

void KeepingThread::look(const std::stop_token& stop) {
    std::optional<TimePoint> last;
    bool unfinished = false;
    parts_.store->read([&](Reading& reading) {
        last = last_keeping(reading);
        unfinished = keeping_unfinished(reading);
    });
    const auto now = parts_.service->now();
    if (!last) return begin_counting(*parts_.store, now);
    if (!spare_.is_ours()) return;
    const auto trusted = [this] { return time_.trusts(parts_.system->now()); };
    if (!trusted()) return;
    if (parts_.wishes) spare_.work(stop, [&] { return trusted() && parts_.wishes(parts_.service->now()); });
    if (!keeping_due(last, unfinished, now, parts_.zone())) return;
    KeepingRun run(*parts_.store, parts_.periods, parts_.wishes);
    if (!spare_.is_ours()) return;
    run.begin(now);
    spare_.work(stop, [&] { return trusted() && run.step(parts_.service->now(), parts_.system->now()); });
}

void KeepingThread::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        try {
            look(stop);
        } catch (const std::exception& problem) {  // the store refuses for now: what is due stays due
            log::error("retention.store_refuses", {{"problem", problem.what()}});
        }
        spare_.rest(stop, between_looks);
    }
}

}  // namespace huiyin
