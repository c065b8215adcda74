#include "workflow/base/id.h"

#include <atomic>
#include <stdexcept>

namespace huiyin {

struct IdMaker::State {
    std::int64_t node = 0;
    std::atomic<std::int64_t> last{0};  // milliseconds << 12 | counter, so that one compare-exchange orders both
};

IdMaker::IdMaker(int node) : state_(std::make_unique<State>()) {
    if (node < 0 || node > 1023) throw std::logic_error("IdMaker: node outside 0..1023");
    state_->node = node;
}
IdMaker::~IdMaker() = default;

std::int64_t IdMaker::next(std::int64_t at_ms) {
    auto last = state_->last.load(std::memory_order_relaxed);
    std::int64_t mine;
    do mine = std::max(at_ms << 12, last + 1);
    while (!state_->last.compare_exchange_weak(last, mine, std::memory_order_relaxed));
    return (mine >> 12) << 22 | state_->node << 12 | (mine & 0xfff);
}

}  // namespace huiyin
