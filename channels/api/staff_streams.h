// Consoles that wait for news: after a commit, each hears which of the matters and talks that he may see were changed.
// An event says that something is new, not what: the page reads it again by the routes that know what he may see.
#pragma once
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "channels/api/access.h"
#include "channels/edge/responder.h"
#include "workflow/base/queue.h"
#include "workflow/engine/engine.h"
#include "workflow/store/store.h"

namespace huiyin {

// Threads: open() by workers, news() by the store's writer (only queues), sending by a thread of its own.
class StaffStreams {
public:
    StaffStreams(Store& store, const Engine& engine, const DirectoryHolder& directory, const Clock& system);
    ~StaffStreams();
    StaffStreams(const StaffStreams&) = delete;
    StaffStreams& operator=(const StaffStreams&) = delete;
    // Opens one; the first event is `hello`: read all anew. At most 6 a person, the oldest is ended for a new one, and
    // 500 in all: false then, and nothing was opened.
    bool open(http::Responder& responder, const SignedIn& who);
    void news(const Touched& touched);
    std::size_t count() const;

private:
    struct One {
        http::EventStream stream;
        StaffId staff;
        std::string session;  // ends with it
        bool gone = false;
    };
    using Open = std::list<std::shared_ptr<One>>;
    void run();
    void send(const Touched& touched);
    void tell_of(Reading& reading, TicketId id, const std::map<StaffId, std::vector<UnitId>>& seen, const Open& list);
    std::map<StaffId, std::vector<UnitId>> still_there(Reading& reading, Open& list) const;
    Open those_open();
    Store& store_;
    const Engine& engine_;
    const DirectoryHolder& directory_;
    const Clock& system_;
    Queue<Touched> news_;
    mutable std::mutex mutex_;  // the list; a stream is sent to by this class's thread only, but for its first event
    Open open_;
    std::jthread thread_;
};

}  // namespace huiyin
