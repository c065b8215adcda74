// The one thread that owns every connection while no worker has it: reads requests until they are complete and within
// their limits, turns away what has no business here, lends complete ones to the workers, sends what could not be sent
// at once (long answers, files, parked answers, event streams), and closes what takes too long.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "channels/edge/connection.h"
#include "channels/edge/http_server.h"
#include "workflow/base/queue.h"

namespace huiyin::http {

// A complete request and the connection it came by, lent to the worker that takes it.
struct Job {
    Connection* connection = nullptr;
    std::unique_ptr<Exchange> exchange;
};

class WaitingRoom {
public:
    // All arguments outlive the room.
    WaitingRoom(const ServerOptions& options, const RouteTable& routes, std::vector<AddressBlock> trusted,
                std::shared_ptr<Mailbox> mailbox, Queue<Job>& jobs);
    ~WaitingRoom();  // after the workers have ended: closes what they still had
    WaitingRoom(const WaitingRoom&) = delete;
    WaitingRoom& operator=(const WaitingRoom&) = delete;

    // The thread's work; returns some time after a post `stop`, at the latest after options.stop_time.
    void run();

private:
    void take_posts();
    void take(Post& post, Connection& connection);
    void arrive(int socket, const Address& peer);
    bool admit(const Address& peer);
    void look_again(Connection& connection);
    template <class Work>
    void guarded(std::uint64_t id, Work work);

    void on_event(Connection& connection, unsigned events);
    void read(Connection& connection);
    void consume(Connection& connection, std::string_view bytes);
    std::size_t consume_head(Connection& connection, std::string_view bytes);
    std::size_t consume_body(Connection& connection, std::string_view bytes);
    void begin_body(Connection& connection);
    void lend(Connection& connection);
    void discard(Connection& connection);

    void refuse(Connection& connection, int status, std::string_view code, std::string_view text, bool hook);
    static Answer made(const std::function<Answer()>& make, Mailbox& mailbox, bool hook);
    void respond(Connection& connection, Answer answer);
    void send_some(Connection& connection);
    void sent_all(Connection& connection);
    void resume(Connection& connection);
    void stream_more(Connection& connection, std::string_view bytes);
    void end_stream(Connection& connection);

    void sweep();
    void sweep(Connection& connection);
    void sweep_parked(Connection& connection);
    void begin_stop();
    void end();

    Connection* find(std::uint64_t id);
    void queue(Connection& connection);
    void close(Connection& connection);
    bool house_is_full(std::uint64_t more) const;

    struct Slot {
        std::unique_ptr<Connection> connection;
        std::uint32_t generation = 0;
    };
    struct Visitor {  // what one address does
        std::size_t connections = 0;
        std::int64_t second = 0;  // which second `connects` counts
        std::size_t connects = 0;
    };

    const ServerOptions& options_;
    const RouteTable& routes_;
    const std::vector<AddressBlock> trusted_;
    const std::shared_ptr<Mailbox> mailbox_;
    Counters& counters_;
    Queue<Job>& jobs_;
    int epoll_;
    std::vector<char> scratch_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
    std::size_t open_ = 0;
    std::vector<std::uint64_t> again_;  // connections with something left to do
    std::map<Address, Visitor> visitors_;
    Steady::time_point now_ = Steady::now();
    Steady::time_point next_sweep_{};
    Steady::time_point stop_by_{};
    bool stopping_ = false;
};

}  // namespace huiyin::http
