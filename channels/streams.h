// Pages that wait for news: after a commit, the new messages of a conversation go to every open stream of it.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "channels/edge/responder.h"
#include "workflow/base/queue.h"
#include "workflow/store/store.h"

namespace huiyin {

// Threads: open() by workers, news() by the store's writer (only queues), sending by a thread of its own.
class Streams {
public:
    using Render = std::function<std::string(const Message&)>;  // the `data` of one event
    explicit Streams(Store& store);
    ~Streams();
    Streams(const Streams&) = delete;
    Streams& operator=(const Streams&) = delete;
    // Opens a stream of a conversation: first what is there after `after`, then whatever comes. At most 10 a
    // conversation: the oldest is ended for a new one.
    void open(http::Responder& responder, ConversationId conversation, std::int64_t after, Render render);
    void news(ConversationId conversation);
    std::size_t count() const;

private:
    struct One {
        http::EventStream stream;
        std::int64_t last = 0;
        Render render;
        std::atomic<bool> gone{false};
    };
    void run();
    void send(ConversationId conversation);
    Store& store_;
    // Whoever went away is news too: he is forgotten then. A stream may end after this class does.
    const std::shared_ptr<Queue<ConversationId>> news_ = std::make_shared<Queue<ConversationId>>();
    mutable std::mutex mutex_;  // the map; a stream is sent to by this class's thread only
    std::map<ConversationId, std::vector<std::shared_ptr<One>>> open_;
    std::jthread thread_;
};

}  // namespace huiyin
