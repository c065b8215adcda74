// The only way out: one courier a channel takes what waits in the outbox, sends it, and writes down what came of it.
//
// Per recipient one at a time and in order; retries with backoff; a recipient that cannot be reached falls back to the
// next channel on which the same person is known, else it becomes a task "call the customer". A platform that gives no
// answer is left alone for a while (outgoing/rest.h), and nobody else waits for it.
#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "channels/channel.h"
#include "channels/outgoing/rest.h"
#include "workflow/base/queue.h"
#include "workflow/directory/directory.h"
#include "workflow/engine/speaker.h"
#include "workflow/phrases/phrases.h"
#include "workflow/store/store.h"

namespace huiyin {

class Engine;

struct CourierParts {  // all must outlive the courier
    Store* store = nullptr;
    Channel* channel = nullptr;
    Engine* engine = nullptr;
    const DirectoryHolder* directory = nullptr;
    const SpeakerDesk* speaker = nullptr;
    const Phrases* phrases = nullptr;
    const Clock* service = nullptr;
    const Clock* system = nullptr;
    IdMaker* ids = nullptr;
    std::vector<ChannelId> fallback;  // notify.fallback
    // After a call that took longer, what else was claimed is put back: something more urgent may have come.
    std::chrono::milliseconds slow_call{1000};
};

struct CourierFigures {
    std::uint64_t sent = 0, retried = 0, dead = 0, undeliverable = 0;
    std::uint64_t unanswered = 0, rests = 0;  // calls; times that the platform was left alone
    Rest::State rest = Rest::State::open;
};

// The setting under which it stands since when a channel rests: an RFC 3339 time, "" while it does not.
std::string rest_setting(const ChannelId& channel);

// The key of the row by which a row that was given up goes on another channel.
std::string fallback_key(OutboxId id, const ChannelId& channel);

// Wait before the attempt after `attempts` failed ones: 1 s, 5 s, 30 s, 2 min, 10 min, then hourly, each up to a fifth
// longer or shorter by `chance` (0..1).
Milliseconds backoff(int attempts, double chance);

// Words for a resident that somebody has to bring him some way: no greeting of a moment, no look of a card, no picture
// to be fetched.
bool is_owed_to_resident(const OutboxItem& item);

// Threads: its own; wake() and flush() by any.
class Courier {
public:
    explicit Courier(CourierParts parts);
    ~Courier();  // lets the call in hand end
    Courier(const Courier&) = delete;
    Courier& operator=(const Courier&) = delete;
    void wake();
    // Returns when everything that was due when it was called had an attempt, or at `deadline`.
    void flush(std::chrono::steady_clock::time_point deadline);
    const ChannelId& id() const;
    CourierFigures figures() const;

private:
    void run();
    std::size_t deliver_due();
    std::size_t deliver_emergency(TimePoint now, TimePoint system_now);
    // What came of a call; the item says it too.
    struct Attempt {
        OutboxState end = OutboxState::waiting;
        int messages = 0;
        bool used_up = false;  // nothing more goes before he writes
        bool taken = false;    // a person has the talk in the platform's own client
    };
    Attempt attempt(OutboxItem& item);
    std::string address_here(const Staff& staff) const;
    bool is_young(const OutboxItem& item) const;
    bool is_full_for(const OutboxItem& item) const;
    void judge(const Problem* problem);  // what a call told of the platform: null, it was taken
    void settle(const std::function<void(Transaction&)>& outcome);
    void put_back(const std::vector<OutboxItem>& items);
    void deliver(OutboxItem item);
    void deliver_letter(OutboxItem item);  // to a resident, where the platform counts
    void fetch(OutboxItem item);
    void note(const OutboxItem& item);
    void release_own();
    bool go_elsewhere(Transaction& tx, const OutboxItem& item, TimePoint now);
    void tell_staff(Transaction& tx, const OutboxItem& item, bool with_note, TimePoint now);
    // `also`: in the same unit of work, before it.
    void give_up(OutboxItem item, OutboxState state, const std::function<void(Transaction&)>& also = {});
    CourierParts parts_;
    Queue<std::shared_ptr<Queue<int>>> wake_ups_;  // a flush() waits at the inner one
    Rest rest_;                                    // its thread's alone
    Lull looked_;                                  // for an emergency, while it rests
    // The platform's own limit for the whole channel is used up for messages of this priority and lesser ones.
    struct Full {
        Priority from;
        Lull lull;  // system clock
    };
    std::optional<Full> full_;
    std::size_t found_ = 0;  // by the last claim; 0: nothing is known
    int claims_ = 0;
    std::string rests_since_ = "";
    std::string rests_kept_ = "";  // as it stands in the store
    std::atomic<std::uint64_t> sent_{0}, retried_{0}, dead_{0}, undeliverable_{0}, unanswered_{0}, rests_{0};
    std::atomic<Rest::State> rest_now_{Rest::State::open};
    std::jthread thread_;
};

}  // namespace huiyin
