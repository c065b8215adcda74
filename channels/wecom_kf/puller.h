// Fetches what happened on a customer service account, page by page, and handles each page in one unit of work with how
// far it came: whatever dies in between, a page is handled once.
//
// A doorbell only wakes it. One puller an account: whoever has the lease, in the store. Lost doorbells are made up for
// by looking every few minutes.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "channels/advice/advisor.h"
#include "channels/outgoing/rest.h"
#include "channels/rate_limit.h"
#include "channels/wecom_kf/news_desk.h"
#include "channels/wecom_kf/pull_state.h"
#include "channels/wecom_kf/wecom_kf.h"
#include "workflow/base/queue.h"
#include "workflow/engine/policies.h"

namespace huiyin::kf {

struct PullerParts {  // all must outlive it
    Store* store = nullptr;
    CustomerService* service = nullptr;
    NewsDeskParts desk;
    const Understanding* understanding = nullptr;
    advice::Advisor* advisor = nullptr;  // none: what was understood stands
    const Policies* policies = nullptr;
    RateLimit* limit = nullptr;
    const Clock* clock = nullptr;  // the service's
    const Clock* system = nullptr;
    Milliseconds look_anyway{300'000};       // without a doorbell
    Milliseconds between_tokenless{30'000};  // the platform lets us ask seldom without a doorbell's token
    Milliseconds lease{60'000};
    int page = 100;  // items a unit of work
};

struct PullerFigures {
    std::uint64_t pages = 0, messages = 0, repeated = 0, events = 0, unreadable = 0, given_up = 0, failures = 0;
};

// Threads: its own; all functions by any.
class Puller {
public:
    explicit Puller(PullerParts parts);
    ~Puller();  // lets the page in hand end, and the lease go
    Puller(const Puller&) = delete;
    Puller& operator=(const Puller&) = delete;

    // A doorbell with its token, received at `at` (system clock). `noted` is called on the writer's thread once it is
    // saved, or could not be.
    void ring(const std::string& token, TimePoint at, std::function<void(bool)> noted);
    // Returns when everything that was due when it was called has been fetched, or at `deadline`.
    void flush(std::chrono::steady_clock::time_point deadline);
    const CustomerService& service() const { return *parts_.service; }
    PullerFigures figures() const;

private:
    void run();
    Milliseconds step();
    Milliseconds pull(const PullState& state);
    Milliseconds failed(const Problem& problem, const PullState& state);
    bool handle(const CustomerService::News& fetched, const PullState& state);
    std::vector<News> understood(const std::vector<Json>& items);
    bool passed(TimePoint service_then, TimePoint system_then, Milliseconds span) const;
    PullerParts parts_;
    const NewsDesk desk_;
    const std::string owner_;
    Queue<std::shared_ptr<Queue<int>>> wake_ups_;  // a flush() waits at the inner one; null: a doorbell
    // Of its own thread.
    bool wanted_ = true;  // at the start: what came while nobody listened
    int limit_ = 0, failures_ = 0, empty_pages_ = 0, refused_cursors_ = 0;
    TimePoint looked_at_, looked_system_, asked_at_, asked_system_;  // asked: without a token
    Lull rest_;                                                      // system clock
    std::string refused_token_;
    std::map<std::string, int> stumbles_;
    std::set<std::string> given_up_;
    std::atomic<std::uint64_t> pages_{0}, messages_{0}, repeated_{0}, events_{0}, unreadable_{0}, dead_{0},
        troubles_{0};
    std::jthread thread_;
};

}  // namespace huiyin::kf
