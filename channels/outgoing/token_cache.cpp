#include "channels/outgoing/token_cache.h"

namespace huiyin {
using namespace std::chrono_literals;

Result<std::string> TokenCache::fetch_locked() {
    const auto now = clock_.now();
    if (problem_ && now < problem_until_) return *problem_;
    problem_.reset();
    auto fresh = fetch_();
    if (!fresh) {
        if (fresh.problem().code == "channel.alarm") {
            problem_ = fresh.problem();
            problem_until_ = now + 60s;
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
    return fetch_locked();
}

Result<std::string> TokenCache::renew(const std::string& refused) {
    std::lock_guard lock(mutex_);
    if (token_ != refused && !token_.empty()) return token_;
    token_.clear();
    auto fresh = fetch_locked();
    if (!fresh || *fresh != refused) return fresh;
    if (refused_twice_ == refused)
        return Problem{"channel.alarm", "the platform keeps giving a token that it refuses: look at the account's page",
                       "token"};
    refused_twice_ = refused;
    return Problem{"channel.busy", "the platform gave the refused token again", "token retry_after_ms=2000"};
}

}  // namespace huiyin
