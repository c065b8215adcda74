#include "channels/dingtalk/sessions.h"

namespace huiyin::dingtalk {
namespace {
constexpr std::size_t most_kept = 10'000;
constexpr std::chrono::seconds patience{2};
}  // namespace

void Sessions::open(const std::string& address, const std::string& url, TimePoint until) {
    std::lock_guard lock(mutex_);
    if (talks_.size() >= most_kept) talks_.clear();
    auto& talk = talks_[address];
    if (until >= talk.until) talk = {url, until};
}

std::optional<std::string> Sessions::url_of(const std::string& address, TimePoint now) const {
    std::lock_guard lock(mutex_);
    const auto at = talks_.find(address);
    if (at == talks_.end() || now >= at->second.until) return std::nullopt;
    return at->second.url;
}

void Sessions::close(const std::string& address) {
    std::lock_guard lock(mutex_);
    talks_.erase(address);
}

void Presses::begun(const std::string& card, TimePoint now) {
    std::lock_guard lock(mutex_);
    if (open_.size() >= most_kept) open_.clear();
    open_[card] = now;
}

void Presses::answered(const std::string& card) {
    std::lock_guard lock(mutex_);
    open_.erase(card);
}

bool Presses::is_open(const std::string& card, TimePoint now) const {
    std::lock_guard lock(mutex_);
    const auto at = open_.find(card);
    return at != open_.end() && now < at->second + patience;
}

}  // namespace huiyin::dingtalk
