#include "channels/wecom_kf/puller.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "channels/courier.h"
#include "workflow/base/digest.h"
#include "workflow/base/json_text.h"
#include "workflow/base/log.h"
#include "workflow/store/driver.h"

namespace huiyin::kf {
namespace {
using namespace std::chrono_literals;

constexpr Milliseconds idle{1000};  // looks at both clocks so often
constexpr Milliseconds others_lease{5000};
constexpr Milliseconds operators_rest{300'000};
constexpr auto token_life = 9min;  // of ten
constexpr auto written_now = 60s;
constexpr int stumbles_most = 5;  // then the item is kept as it came, and the page goes on without it
constexpr int refused_cursors_most = 3;
constexpr int most_at_once = 1000;  // that the platform gives

Milliseconds told_to_wait(const std::string& detail) {
    const auto at = detail.find("retry_after_ms=");
    return Milliseconds{at == std::string::npos ? 0 : std::atoll(detail.c_str() + at + 15)};
}

}  // namespace

Puller::Puller(PullerParts parts)
    : parts_(std::move(parts)), desk_(parts_.desk), owner_(random_hex(8)), limit_(parts_.page), thread_([this] {
          run();
      }) {}

Puller::~Puller() {
    wake_ups_.close();
    if (thread_.joinable()) thread_.join();
    try {
        parts_.store->run([&](Transaction& tx) {
            if (pull_state(tx, parts_.service->id()).owner == owner_) drop_lease(tx, parts_.service->id());
        });
    } catch (const std::exception& e) {
        log::warning("pull.lease_kept", {{"channel", parts_.service->id().value}, {"what", e.what()}});
    }
}

void Puller::ring(const std::string& token, TimePoint at, std::function<void(bool)> noted) {
    const auto& channel = parts_.service->id();
    parts_.store->submit(
        [channel, token, at](Transaction& tx) {
            auto state = pull_state(tx, channel);
            if (token.empty() || token.size() > 128 || at < state.token_at) return;
            state.token = token;
            state.token_at = at;
            save(tx, channel, state);
        },
        [this, noted = std::move(noted)](Outcome outcome, const std::exception_ptr&) {
            wake_ups_.put(nullptr);
            noted(outcome == Outcome::saved);
        });
}

void Puller::flush(std::chrono::steady_clock::time_point deadline) {
    auto done = std::make_shared<Queue<int>>();
    if (!wake_ups_.put(done)) return;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    done->take_up_to(1, std::max(left, std::chrono::milliseconds{0}));
}

PullerFigures Puller::figures() const { return {pages_, messages_, repeated_, events_, unreadable_, dead_, troubles_}; }

void Puller::run() {
    auto wait = Milliseconds{0};
    while (true) {
        std::vector<std::shared_ptr<Queue<int>>> waiting;
        for (auto& one : wake_ups_.take_up_to(1000, wait)) {
            if (one)
                waiting.push_back(std::move(one));
            else
                wanted_ = true;
        }
        if (wake_ups_.closed()) {
            for (auto& one : waiting) one->put(1);
            return;
        }
        do {
            try {
                wait = step();
            } catch (const std::exception& e) {  // the store's trouble: nothing was saved, the page comes again
                wanted_ = true;
                log::error("pull.failed", {{"channel", parts_.service->id().value}, {"what", e.what()}});
                ++troubles_;
                wait = idle;
            }
        } while (wait == 0ms && !wake_ups_.closed());
        for (auto& one : waiting) one->put(1);
    }
}

// By either clock: one that is set by hand stands still for long, and then leaps.
bool Puller::passed(TimePoint service_then, TimePoint system_then, Milliseconds span) const {
    return parts_.clock->now() - service_then >= span || parts_.system->now() - system_then >= span;
}

// At most one page. Gives how long nothing is to be done.
Milliseconds Puller::step() {
    const auto system_now = parts_.system->now();
    if (rest_.lasts(system_now)) return std::min(idle, rest_.until - system_now);
    if (!wanted_ && !passed(looked_at_, looked_system_, parts_.look_anyway)) return idle;
    PullState state;
    bool ours = false;
    const auto& channel = parts_.service->id();
    parts_.store->run([&](Transaction& tx) {
        ours = take_lease(tx, channel, owner_, system_now, parts_.lease);
        state = pull_state(tx, channel);
    });
    if (!ours) return others_lease;
    return pull(state);
}

Milliseconds Puller::pull(const PullState& state) {
    const auto system_now = parts_.system->now();
    const bool fresh =
        !state.token.empty() && system_now - state.token_at < token_life && state.token != refused_token_;
    if (!fresh) {
        if (!passed(asked_at_, asked_system_, parts_.between_tokenless)) return idle;
        asked_at_ = parts_.clock->now();
        asked_system_ = system_now;
    }
    wanted_ = false;  // a doorbell from here on is for what comes after this page
    // Whoever may ask seldom asks for much.
    const int most = fresh ? limit_ : std::min(limit_ * 10, most_at_once);
    auto fetched = parts_.service->news(state.cursor, fresh ? state.token : std::string{}, most);
    looked_at_ = parts_.clock->now();
    looked_system_ = parts_.system->now();
    if (!fetched) return failed(fetched.problem(), state);
    failures_ = refused_cursors_ = 0;
    const bool more = fetched->more;
    const bool nothing = fetched->items.empty();
    if (!handle(*fetched, state)) {
        wanted_ = true;
        return idle;
    }
    ++pages_;
    limit_ = std::min(parts_.page, limit_ * 2);
    wanted_ = wanted_ || more;
    // A page may be empty with more behind it; a platform that goes on so is asked less eagerly.
    empty_pages_ = nothing && more ? empty_pages_ + 1 : 0;
    if (empty_pages_ > 3) {
        rest_ = {looked_system_, looked_system_ + backoff(empty_pages_ - 3, 0.5)};
        return idle;
    }
    return more ? 0ms : idle;
}

Milliseconds Puller::failed(const Problem& problem, const PullState& state) {
    const auto code = problem.detail.substr(0, problem.detail.find(' '));
    wanted_ = true;
    if (code == "95007") {
        refused_token_ = state.token;
        return 0ms;
    }
    if (code == "http.too_large" && limit_ > 1) {
        limit_ /= 2;
        return 0ms;
    }
    ++failures_;
    ++troubles_;
    const auto fields = {log::Field("channel", parts_.service->id().value), log::Field("code", problem.code),
                         log::Field("platform", code), log::Field("failures", failures_)};
    problem.code == "channel.alarm" ? log::error("pull.refused", fields) : log::warning("pull.refused", fields);
    auto rest = std::max(told_to_wait(problem.detail), backoff(std::min(failures_, 5), 0.5));
    if (problem.code == "channel.alarm") rest = std::max(rest, operators_rest);
    if (problem.code == "channel.rejected" && !state.cursor.empty() && ++refused_cursors_ >= refused_cursors_most) {
        // It no longer knows how far we were: from the beginning of what it keeps; what was handled is known by its id.
        refused_cursors_ = 0;
        parts_.store->run([&](Transaction& tx) {
            auto kept = pull_state(tx, parts_.service->id());
            if (kept.owner != owner_) return;
            kept.cursor.clear();
            save(tx, parts_.service->id(), kept);
        });
        log::error("pull.cursor_dropped", {{"channel", parts_.service->id().value}});
    }
    rest_ = {looked_system_, looked_system_ + rest};
    return std::min(idle, rest);
}

// What can be worked out before the unit of work: it knows no state and waits for nobody.
std::vector<News> Puller::understood(const std::vector<Json>& items) {
    // Shared with the advisor, which writes into it until it lets it go on, whatever became of us meanwhile.
    const auto kept = std::make_shared<std::vector<News>>();
    auto& page = *kept;
    const auto now = parts_.clock->now();
    const auto system_now = parts_.system->now();
    const auto& zone = parts_.policies->standard()->calendar.zone();
    for (const auto& json : items) {
        News news;
        news.item = read_item(parts_.service->id(), json);
        news.raw = to_text(json);
        page.push_back(std::move(news));
    }
    std::stable_sort(page.begin(), page.end(),
                     [](const News& a, const News& b) { return a.item.sent_at < b.item.sent_at; });
    std::vector<advice::Spoken> spoken;
    for (auto& news : page) {
        const auto& message = news.item.message;
        if (news.item.kind != ItemKind::customer) continue;
        if (!message.text.empty()) try {
                news.understood = parts_.understanding->understand(message.text, now, zone);
            } catch (const std::exception& e) {  // then the talk asks what is meant
                log::error("pull.not_understood", {{"channel", parts_.service->id().value}, {"what", e.what()}});
            }
        // What waited for us is no rush of his.
        if (message.kind == InboundKind::text && parts_.limit && system_now - news.item.sent_at < written_now)
            news.too_fast = parts_.limit->take(message.channel.value + "\n" + message.address, system_now);
        const bool told = message.kind == InboundKind::text && !message.text.empty() && news.too_fast == 0;
        spoken.push_back({.channel = message.channel.value,
                          .address = message.address,
                          .key = message.key,
                          .understood = told ? &news.understood : nullptr});
    }
    if (parts_.advisor && !spoken.empty()) {
        // Closed, for that needs no memory. Shared: whoever closes is still in it when we have heard it.
        const auto advised = std::make_shared<Queue<int>>();
        parts_.advisor->advise(spoken, [advised, kept] { advised->close(); });
        advised->take();
    }
    return std::move(page);
}

// False: the page is not handled; it is fetched again.
bool Puller::handle(const CustomerService::News& fetched, const PullState& state) {
    const auto& channel = parts_.service->id();
    const auto page = understood(fetched.items);
    const auto now = parts_.clock->now();
    const auto system_now = parts_.system->now();
    bool ours = false;
    Handled handled;
    std::string failing;
    try {
        parts_.store->run([&](Transaction& tx) {
            handled = {};
            failing.clear();
            auto kept = pull_state(tx, channel);
            // Whoever took over meanwhile fetches the same page himself.
            ours = kept.owner == owner_ && kept.cursor == state.cursor;
            if (!ours) return;
            handled = desk_.handle(tx, page, kept.live_since, given_up_, failing, now, system_now);
            if (!fetched.next_cursor.empty()) kept.cursor = fetched.next_cursor;
            // Nothing more to fetch: the next doorbell is answered where it rings.
            kept.owner = fetched.more ? owner_ : std::string{};
            kept.owned_till = fetched.more ? system_now + parts_.lease : TimePoint{};
            if (kept != state || !page.empty()) save(tx, channel, kept);
        });
    } catch (const std::exception& e) {
        log::error("pull.page_failed", {{"channel", channel.value}, {"what", e.what()}, {"delivery", failing}});
        ++troubles_;
        if (!failing.empty() && ++stumbles_[failing] >= stumbles_most) given_up_.insert(failing);
        return false;
    }
    if (!ours) return false;
    stumbles_.clear();
    given_up_.clear();
    messages_ += static_cast<std::uint64_t>(handled.messages + handled.history);
    repeated_ += static_cast<std::uint64_t>(handled.repeated);
    events_ += static_cast<std::uint64_t>(handled.events);
    unreadable_ += static_cast<std::uint64_t>(handled.unreadable);
    dead_ += static_cast<std::uint64_t>(handled.given_up);
    if (!page.empty())
        log::info("pull.page", {{"channel", channel.value},
                                {"items", page.size()},
                                {"messages", handled.messages},
                                {"repeated", handled.repeated}});
    return true;
}

}  // namespace huiyin::kf
