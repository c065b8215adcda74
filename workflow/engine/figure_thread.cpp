#include "workflow/engine/figure_thread.h"

#include "workflow/base/log.h"
#include "workflow/engine/kept_figures.h"

namespace huiyin {
namespace {

constexpr std::chrono::seconds between_rounds{10};

}  // namespace

FigureThread::FigureThread(Store& store, EngineParts parts, const Clock& service, const Clock& system, int number)
    : store_(store), parts_(std::move(parts)), service_(service), spare_(store, system, number, "figures_keeper") {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

FigureThread::~FigureThread() = default;

void FigureThread::run(const std::stop_token& stop) {
    FigureKeeper keeper(store_, parts_);
    while (!stop.stop_requested()) {
        try {
            keeper.begin();
            spare_.work(stop, [&] {
                const auto now = service_.now();
                return keeper.count_due(now) || keeper.count_over(now) || keeper.count_stale(now);
            });
        } catch (const std::exception& problem) {  // the store refuses for now: what is due stays due
            log::error("figures.store_refuses", {{"problem", problem.what()}});
        }
        spare_.rest(stop, between_rounds);
    }
}

}  // namespace huiyin
