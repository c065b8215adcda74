// The way into the waiting room for all other threads. The room outlives neither it nor the tickets that hold it: what
// is posted after close() is dropped.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "channels/edge/address.h"
#include "channels/edge/counters.h"
#include "channels/edge/http_message.h"

namespace huiyin::http {

struct Post {
    enum class What {
        arrived,   // `socket` is a new connection from `peer`
        returned,  // a worker gives the connection back: what it could not send is in the connection
        answer,    // to a parked request
        stream_begins,
        stream_bytes,
        stream_ends,
        stop,  // by the owner
    };
    What what;
    std::uint64_t connection = 0;
    std::string bytes = {};
    Answer answer = {};
    std::function<Answer()> make = {};  // instead of `answer`
    int socket = -1;
    Address peer = {};
};

// Threads: any posts, the waiting room takes.
class Mailbox {
public:
    explicit Mailbox(std::shared_ptr<Counters> counters);
    ~Mailbox();
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    // Wakes the room if nothing waited before: a burst is one wake-up. False after close().
    bool post(Post post);
    std::vector<Post> take();
    std::vector<Post> close();  // what was still in it
    int descriptor() const { return wake_; }

    const std::shared_ptr<Counters>& counters() const { return counters_; }
    // Set for good when the server stops: answers then close their connection.
    std::atomic<bool> stopping{false};

private:
    std::shared_ptr<Counters> counters_;
    int wake_;
    std::mutex mutex_;
    std::vector<Post> posts_;
    bool closed_ = false;
};

struct ParkedCore {
    std::shared_ptr<Mailbox> mailbox;
    std::uint64_t connection = 0;
    bool hook = false;
    std::atomic<bool> answered{false};            // whoever turns it may answer
    std::atomic<bool> lost{false};                // its answer could not be posted: the room answers
    std::atomic<std::int64_t> fallback_at_ms{0};  // steady clock; 0: none. Written after `fallback`.
    Answer fallback = {};
};

struct StreamCore {
    std::shared_ptr<Mailbox> mailbox;
    std::uint64_t connection = 0;
    std::atomic<bool> open{true};
    std::atomic<bool> lost{false};  // its beginning or end could not be posted: the room closes the connection
    std::function<void()> closed;   // for the room's thread
};

}  // namespace huiyin::http
