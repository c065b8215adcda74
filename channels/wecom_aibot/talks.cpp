#include "channels/wecom_aibot/talks.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "workflow/base/json_text.h"

namespace huiyin::aibot {
namespace {
using namespace std::chrono_literals;

constexpr auto url_life = 59min;    // of an hour
constexpr auto stream_life = 6min;  // that the platform asks
constexpr std::size_t most_answers = 10'000, most_urls = 50;

struct Url {
    std::string url;
    TimePoint until;
    OutboxId row = {};  // that asks there
    bool used = false;  // it stays known: a delivery that repeats brings it again
};

std::vector<Url> read_urls(const std::string& kept) {
    std::vector<Url> urls;
    if (kept.empty()) return urls;
    const auto all = parse_json(kept).value();
    for (const auto& one : all)
        urls.push_back({one.at("url").get<std::string>(), from_ms(one.at("until_ms").get<std::int64_t>()),
                        OutboxId{one.at("row").get<std::int64_t>()}, one.at("used").get<bool>()});
    return urls;
}

std::string to_text(const std::vector<Url>& urls) {
    if (urls.empty()) return {};
    Json all = Json::array();
    for (const auto& one : urls)
        all.push_back({{"url", one.url}, {"until_ms", to_ms(one.until)}, {"row", one.row.value}, {"used", one.used}});
    return huiyin::to_text(all);
}

void change_url(const TalkKeeper& keeper, const std::string& talk, const std::string& url,
                const std::function<void(Url&)>& change) {
    keeper(talk, true, [url, change](const std::string& kept) {
        auto urls = read_urls(kept);
        for (auto& one : urls)
            if (one.url == url) change(one);
        return to_text(urls);
    });
}

}  // namespace

void Talks::open(const std::string& talk, const std::string& url, TimePoint now) {
    keeper_(talk, false, [url, now](const std::string& kept) {
        auto urls = read_urls(kept);
        std::erase_if(urls, [&](const Url& one) { return one.until <= now; });
        if (std::none_of(urls.begin(), urls.end(), [&](const Url& one) { return one.url == url; }))
            urls.push_back({url, now + url_life});
        if (urls.size() > most_urls) urls.erase(urls.begin());
        return to_text(urls);
    });
}

std::optional<Talks::Address> Talks::address_for(const std::string& talk, OutboxId row, TimePoint now) {
    std::optional<Address> found;
    keeper_(talk, true, [&found, row, now](const std::string& kept) {
        found.reset();
        auto urls = read_urls(kept);
        std::erase_if(urls, [&](const Url& one) { return one.until <= now; });
        Url* free = nullptr;
        for (auto& one : urls) {
            if (one.used) continue;
            if (one.row == row) {
                free = &one;
                break;
            }
            if (!one.row && !free) free = &one;
        }
        if (free) {
            found = Address{free->url, free->row == row};
            free->row = row;
        }
        return to_text(urls);
    });
    return found;
}

void Talks::close(const std::string& talk, const std::string& url) {
    change_url(keeper_, talk, url, [](Url& one) { one.used = true; });
}

void Talks::let_go(const std::string& talk, const std::string& url) {
    change_url(keeper_, talk, url, [](Url& one) { one.row = {}; });
}

void Talks::answered(const std::string& stream, const std::string& words, TimePoint now) {
    std::lock_guard lock(mutex_);
    answers_[stream] = {words, now + stream_life};
    if (answers_.size() <= most_answers) return;
    std::erase_if(answers_, [&](const auto& one) { return one.second.until <= now; });
    if (answers_.size() > most_answers) answers_.clear();
}

std::optional<std::string> Talks::answer_of(const std::string& stream, TimePoint now) const {
    std::lock_guard lock(mutex_);
    const auto at = answers_.find(stream);
    if (at == answers_.end() || at->second.until <= now) return std::nullopt;
    return at->second.words;
}

}  // namespace huiyin::aibot
