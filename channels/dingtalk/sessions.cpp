#include "channels/dingtalk/sessions.h"

#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"

namespace huiyin::dingtalk {
namespace {

constexpr std::size_t most_kept = 10'000;
constexpr std::chrono::seconds patience{2};

struct Talk {
    std::string url;
    TimePoint until;
};

Talk read_talk(const std::string& kept) {
    if (kept.empty()) return {};
    const auto json = parse_json(kept).value();
    return {json.at("url").get<std::string>(), from_ms(json.at("until_ms").get<std::int64_t>())};
}

std::string to_text(const Talk& talk) {
    return huiyin::to_text(Json{{"url", talk.url}, {"until_ms", to_ms(talk.until)}});
}

}  // namespace

void Sessions::open(const std::string& address, const std::string& url, TimePoint until) {
    keeper_(address, false, [url, until](const std::string& kept) {
        return until >= read_talk(kept).until ? to_text(Talk{url, until}) : kept;
    });
}

std::optional<std::string> Sessions::url_of(const std::string& address, TimePoint now) {
    std::optional<std::string> url;
    keeper_(address, true, [&url, now](const std::string& kept) {
        url.reset();
        const auto talk = read_talk(kept);
        if (now >= talk.until) return std::string{};
        url = talk.url;
        return kept;
    });
    return url;
}

void Sessions::close(const std::string& address, const std::string& url) {
    keeper_(address, true,
            [url](const std::string& kept) { return read_talk(kept).url == url ? std::string{} : kept; });
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
