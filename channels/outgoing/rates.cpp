#include "channels/outgoing/rates.h"

#include <algorithm>
#include <cstdlib>

namespace huiyin {
namespace {
using namespace std::chrono_literals;

constexpr Milliseconds short_span = 10s;                // waiting for the end of a shorter one disturbs nobody
constexpr int kept_of_hundred[] = {0, 10, 15, 25, 40};  // by priority, for what matters more
constexpr Milliseconds longest_memory = 1h;             // of how many there were
constexpr Milliseconds look_again = 5min;               // for the others may go, and the part grow
constexpr Milliseconds danger_looks_again = 1s;         // for one of the others may have room
constexpr std::size_t most_recipients = 10'000;

// The platform counts when a call arrives, and one may take longer on its way than the next.
Milliseconds counted_for(const Rate& rate) { return rate.span < short_span ? rate.span : rate.span + rate.span / 50; }

}  // namespace

int share_of(const Rate& rate, Priority priority) {
    if (rate.span < short_span) return rate.most;
    return std::max(1, rate.most - rate.most * kept_of_hundred[static_cast<std::size_t>(priority)] / 100);
}

std::optional<Milliseconds> whole_channel_waits(const std::string& detail) {
    constexpr std::string_view mark = "budget all=";
    if (detail.rfind(mark, 0) != 0) return std::nullopt;
    return Milliseconds{std::atoll(detail.c_str() + mark.size())};
}

Rates::Rates(std::vector<Rate> rates) {
    for (auto& rate : rates) all_.push_back({std::move(rate)});
}

std::string Rates::key_of(const Rate& rate, const std::string& recipient) {
    return rate.of == Rate::Of::channel ? std::string{} : recipient;
}

// Of how many this process was one within the span. What those sent that are gone since still counts at the platform.
int Rates::most_among(Milliseconds span, TimePoint now) const {
    int most = 1;
    for (std::size_t i = 0; i < seen_.size(); ++i) {
        // Until the next was seen they may have been there.
        const bool is_last = i + 1 == seen_.size();
        if (is_last || seen_[i + 1].first + std::min(span, longest_memory) > now) most = std::max(most, seen_[i].among);
    }
    return most;
}

Result<Done> Rates::take(std::string_view call, const std::string& recipient, Priority priority, TimePoint now) {
    Milliseconds wait{0}, all{0};
    if (among_) {
        const int among = std::max(1, among_());
        for (auto& seen : seen_) seen.first = std::min(seen.first, now);
        if (seen_.empty() || seen_.back().among != among) seen_.push_back({among, now});
        while (seen_.size() > 1 && seen_[1].first + longest_memory <= now) seen_.pop_front();
    }
    for (auto& one : all_) {
        if (one.rate.call != call) continue;
        const auto span = counted_for(one.rate);
        const int parts = most_among(span, now);
        auto ours = one.rate;
        ours.most = std::max(1, ours.most / parts);
        auto& times = one.taken[key_of(one.rate, recipient)];
        // Where the clock was put back, what was sent a moment ago counts from now on: nobody waits for the clock to
        // come again.
        for (auto at = times.rbegin(); at != times.rend() && *at > now; ++at) *at = now;
        while (!times.empty() && times.front() + span <= now) times.pop_front();
        const auto share = static_cast<std::size_t>(share_of(ours, priority));
        if (times.size() < share) continue;
        auto until = times[times.size() - share] + span - now;
        if (parts > 1) until = std::min(until, priority == Priority::emergency ? danger_looks_again : look_again);
        wait = std::max(wait, until);
        if (one.rate.of == Rate::Of::channel) all = std::max(all, until);
    }
    if (wait > 0ms)
        return Problem{"channel.busy", "as many messages were sent as the platform takes",
                       "budget" + (all > 0ms ? " all=" + std::to_string(all.count()) : std::string{}) +
                           " retry_after_ms=" + std::to_string(wait.count())};
    for (auto& one : all_) {
        if (one.rate.call != call) continue;
        const auto key = key_of(one.rate, recipient);
        one.taken[key].push_back(now);
        if (one.taken.size() <= most_recipients) continue;
        const auto span = counted_for(one.rate);  // whoever was not written to for a while is forgotten
        std::erase_if(one.taken, [&](const auto& known) {
            return known.first != key && (known.second.empty() || known.second.back() + span <= now);
        });
    }
    return Done{};
}

}  // namespace huiyin
