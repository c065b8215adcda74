#include "workflow/engine/figure_thread.h"

#include <chrono>

#include "workflow/base/json_text.h"
#include "workflow/base/log.h"
#include "workflow/engine/kept_figures.h"

namespace huiyin {
namespace {

using namespace std::chrono;

constexpr seconds between_rounds{10};
constexpr Milliseconds lease{60'000}, renewed_before{30'000};
constexpr int busy_share = 10, quiet_share = 2;  // it works one part of so many
const char* const lease_setting = "figures_keeper";

}  // namespace

FigureThread::FigureThread(Store& store, EngineParts parts, const Clock& service, const Clock& system, int number)
    : store_(store), parts_(std::move(parts)), service_(service), system_(system), number_(number) {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

FigureThread::~FigureThread() = default;

void FigureThread::rest(const std::stop_token& stop, microseconds time) {
    std::unique_lock lock(resting_);
    woken_.wait_for(lock, stop, time, [] { return false; });
}

// A restarted process has another number, as a rule: it waits until the lease of the dead one is over.
bool FigureThread::has_lease() {
    if (number_ == 0) return true;
    const auto now = system_.now();
    if (now + renewed_before < leased_until_) return true;
    const auto is_free = [&](Reading& reading) {
        const auto kept = parse_json(reading.setting(lease_setting).value_or("{}"));
        if (!kept || !kept->is_object()) return true;
        return kept->value("number", std::int64_t{0}) == number_ ||
               kept->value("until_ms", std::int64_t{0}) <= to_ms(now);
    };
    bool ours = false;
    store_.read([&](Reading& reading) { ours = is_free(reading); });
    if (ours)
        store_.run([&](Transaction& tx) {
            ours = is_free(tx);
            if (ours)
                tx.set_setting(lease_setting, to_text(Json{{"number", number_}, {"until_ms", to_ms(now + lease)}}));
        });
    leased_until_ = ours ? now + lease : from_ms(0);
    return ours;
}

void FigureThread::run(const std::stop_token& stop) {
    FigureKeeper keeper(store_, parts_);
    while (!stop.stop_requested()) {
        try {
            keeper.begin();
            const auto work = [&] {
                const auto now = service_.now();
                return keeper.count_due(now) || keeper.count_over(now) || keeper.count_stale(now);
            };
            for (bool more = true; more && !stop.stop_requested();) {
                const auto began = steady_clock::now();
                const auto commits = store_.commits();
                more = has_lease() && work();
                const bool busy = store_.waiting() > 0 || store_.commits() > commits + 2;
                const auto took = duration_cast<microseconds>(steady_clock::now() - began);
                if (more) rest(stop, took * ((busy ? busy_share : quiet_share) - 1));
            }
        } catch (const std::exception& problem) {  // the store refuses for now: what is due stays due
            log::error("figures.store_refuses", {{"problem", problem.what()}});
        }
        rest(stop, between_rounds);
    }
}

}  // namespace huiyin
