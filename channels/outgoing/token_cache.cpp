#include "channels/outgoing/token_cache.h"

#include <algorithm>
#include <thread>

namespace huiyin {
using namespace std::chrono_literals;
namespace {

constexpr std::size_t most_fetches = 12;  // in ten minutes: fewer than a day's two thousand
constexpr auto fetches_span = 10min;
constexpr auto fetch_time = 15s;  // a call's ten seconds and a little
constexpr auto look_again = 50ms;

}  // namespace

bool TokenCache::found_on_shelf(const std::string& refused) {
    auto kept = shelf_.read();
    if (!kept || kept->token.empty() || kept->token == refused || clock_.now() >= kept->until) return false;
    token_ = std::move(kept->token);
    valid_until_ = kept->until;
    return true;
}

// By one process; the others find what it got. Whoever has it in hand and dies holds nobody up for longer than a call.
Result<std::string> TokenCache::fetch_locked(const std::string& refused) {
    if (!shelf_.read) return fetch_alone();
    const auto give_up = std::chrono::steady_clock::now() + fetch_time;
    while (true) {
        if (found_on_shelf(refused)) return token_;
        if (shelf_.take(clock_.now(), clock_.now() + fetch_time)) break;
        if (std::chrono::steady_clock::now() >= give_up)
            return Problem{"channel.busy", "another process is fetching the token", "token retry_after_ms=2000"};
        std::this_thread::sleep_for(look_again);
    }
    if (found_on_shelf(refused)) {  // it came between the look and the lease
        shelf_.put(TokenShelf::Kept{token_, valid_until_});
        return token_;
    }
    auto fresh = fetch_alone();
    shelf_.put(fresh ? std::optional(TokenShelf::Kept{token_, valid_until_}) : std::nullopt);
    return fresh;
}

Result<std::string> TokenCache::fetch_alone() {
    const auto now = clock_.now();
    if (problem_ && problem_lasts_.lasts(now)) return *problem_;
    problem_.reset();
    for (auto& at : fetched_) at = std::min(at, now);  // where the clock was put back
    while (!fetched_.empty() && fetched_.front() + fetches_span <= now) fetched_.pop_front();
    if (fetched_.size() >= most_fetches)
        return Problem{"channel.busy", "a dozen tokens were fetched in ten minutes",
                       "budget all=60000 retry_after_ms=60000"};
    fetched_.push_back(now);
    auto fresh = fetch_();
    if (!fresh) {
        if (fresh.problem().code == "channel.alarm") {
            problem_ = fresh.problem();
            problem_lasts_ = {now, now + 60s};
        }
        return fresh.problem();
    }
    token_ = fresh->token;
    // The last five minutes are left out; a short life (a token somebody else already used up) is halved instead.
    valid_until_ = now + (fresh->life > 600s ? fresh->life - 300s : fresh->life / 2);
    return token_;
}

Result<std::string> TokenCache::get() {
    std::lock_guard lock(mutex_);
    if (!token_.empty() && clock_.now() < valid_until_) return token_;
    return fetch_locked({});
}

Result<std::string> TokenCache::renew(const std::string& refused) {
    std::lock_guard lock(mutex_);
    if (token_ != refused && !token_.empty()) return token_;
    token_.clear();
    auto fresh = fetch_locked(refused);
    if (!fresh || *fresh != refused) return fresh;
    if (refused_twice_ == refused)
        return Problem{"channel.alarm", "the platform keeps giving a token that it refuses: look at the account's page",
                       "token"};
    refused_twice_ = refused;
    return Problem{"channel.busy", "the platform gave the refused token again", "token retry_after_ms=2000"};
}

}  // namespace huiyin
