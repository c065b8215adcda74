#include "channels/wecom_aibot/talks.h"

#include <algorithm>

namespace huiyin::aibot {
namespace {
using namespace std::chrono_literals;

constexpr auto url_life = 59min;    // of an hour
constexpr auto stream_life = 6min;  // that the platform asks
constexpr std::size_t most_talks = 10'000, most_answers = 10'000, most_urls = 50;

template <class Map, class Old>
void bound(Map& map, std::size_t most, const Old& is_old) {
    if (map.size() <= most) return;
    std::erase_if(map, [&](const auto& one) { return is_old(one.second); });
    if (map.size() > most) map.clear();
}

}  // namespace

void Talks::open(const std::string& talk, const std::string& url, TimePoint now) {
    std::lock_guard lock(mutex_);
    auto& urls = urls_[talk];
    std::erase_if(urls, [&](const Url& one) { return one.until <= now; });
    if (std::any_of(urls.begin(), urls.end(), [&](const Url& one) { return one.url == url; })) return;
    urls.push_back({url, now + url_life});
    if (urls.size() > most_urls) urls.pop_front();
    bound(urls_, most_talks, [&](const auto& list) { return list.empty() || list.back().until <= now; });
}

std::optional<std::string> Talks::url_for(const std::string& talk, OutboxId row, TimePoint now) {
    std::lock_guard lock(mutex_);
    const auto at = urls_.find(talk);
    if (at == urls_.end()) return std::nullopt;
    std::erase_if(at->second, [&](const Url& one) { return one.until <= now; });
    Url* found = nullptr;
    for (auto& one : at->second) {
        if (one.used) continue;
        if (one.row == row) return one.url;
        if (!one.row && !found) found = &one;
    }
    if (!found) return std::nullopt;
    found->row = row;
    return found->url;
}

// It stays known as used: a delivery that repeats brings the same address again.
void Talks::close(const std::string& talk, const std::string& url) {
    std::lock_guard lock(mutex_);
    if (const auto at = urls_.find(talk); at != urls_.end())
        for (auto& one : at->second)
            if (one.url == url) one.used = true;
}

void Talks::let_go(const std::string& talk, const std::string& url) {
    std::lock_guard lock(mutex_);
    if (const auto at = urls_.find(talk); at != urls_.end())
        for (auto& one : at->second)
            if (one.url == url) one.row = {};
}

void Talks::answered(const std::string& stream, const std::string& words, TimePoint now) {
    std::lock_guard lock(mutex_);
    answers_[stream] = {words, now + stream_life};
    bound(answers_, most_answers, [&](const Answer& answer) { return answer.until <= now; });
}

std::optional<std::string> Talks::answer_of(const std::string& stream, TimePoint now) const {
    std::lock_guard lock(mutex_);
    const auto at = answers_.find(stream);
    if (at == answers_.end() || at->second.until <= now) return std::nullopt;
    return at->second.words;
}

}  // namespace huiyin::aibot
