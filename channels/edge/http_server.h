// The door: cpp-httplib's listening server behind a waiting room. One thread (the waiting room) reads every connection
// until a complete, bounded request is there, refuses what has no business here, and lends only complete requests to
// the worker threads; slow and idle clients therefore cost a little memory and no thread.
// Source: channels/edge/README.md.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "channels/edge/route_table.h"

namespace huiyin::http {

struct ServerOptions {
    std::string host = "127.0.0.1";                 // a numeric address
    int port = 0;                                   // 0: any free one, see Server::port()
    int workers = 0;                                // 0: one a core
    std::vector<std::string> trusted_proxies = {};  // CIDR blocks whose X-Forwarded-For is believed: "127.0.0.1/32"
    std::string temp_directory = "/tmp";            // where large uploads wait, nameless

    // Limits of what is held at one time.
    std::size_t connections = 4000;
    std::size_t held_bytes = 64 << 20;                  // request bytes of all connections; more is 503
    std::size_t held_on_disk = 1 << 30;                 // uploads in files, all together; more is 503
    std::size_t connections_per_address = 256;          // 0: no limit. An IPv6 address counts by its /64;
    std::size_t connects_per_second_per_address = 200;  // trusted proxies are not counted
    std::size_t spill_bytes = 256 << 10;                // uploads above this go to a file
    std::size_t stream_buffer_bytes = 256 << 10;        // unsent events of one reader; more, and the reader is dropped

    // Limits of time.
    std::chrono::milliseconds head_time{5000};  // from the first byte (or the connect) to the end of the head
    std::chrono::milliseconds body_time{5000};  // plus 1 s per 16 KiB of body, at most body_time_most
    std::chrono::milliseconds body_time_most{60000};
    std::chrono::milliseconds idle_time{10000};  // between two requests of one connection
    std::chrono::milliseconds send_time{
        10000};  // an answer; a file may take 1 s per 16 KiB longer, never 10 s without progress
    std::chrono::milliseconds parked_time{60000};   // then a parked request is answered 503
    std::chrono::milliseconds comment_time{15000};  // between two keep-alive comments of an event stream
    std::chrono::milliseconds stop_time{4000};      // what stop() grants to requests in flight
};

// A snapshot; counts since start unless "now".
struct ServerFigures {
    std::uint64_t connections_now = 0, connections = 0;
    std::uint64_t refused_full = 0;      // the house was full
    std::uint64_t refused_address = 0;   // one address wanted too many
    std::uint64_t requests = 0;          // complete ones, given to a worker
    std::uint64_t refused_requests = 0;  // answered by the edge itself with 4xx or 5xx
    std::uint64_t timed_out = 0;         // heads, bodies and answers that took too long
    std::uint64_t answers_2xx = 0, answers_3xx = 0, answers_4xx = 0, answers_5xx = 0;
    std::uint64_t exceptions = 0;  // handlers that threw
    std::uint64_t parked_now = 0, parked_expired = 0;
    std::uint64_t streams_now = 0, streams_dropped = 0;
    std::uint64_t held_bytes_now = 0, held_on_disk_now = 0, spilled = 0;
    std::uint64_t bytes_in = 0, bytes_out = 0;
};

// Threads: start() and stop() by the owner, never inside a handler; figures() and port() by any.
class Server {
public:
    Server(ServerOptions options, RouteTable routes);
    ~Server();  // stops
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Binds and serves. Errors: http.cannot_listen - the port is taken or the address is not ours;
    // http.bad_proxy - a trusted proxy that is no CIDR block.
    Result<Done> start();
    int port() const;
    // Takes no new connection, closes those that wait, lets requests in flight (parked ones too) finish within
    // stop_time, then closes them. Returns when all threads have ended; a second call does nothing.
    void stop();

    const RouteTable& routes() const;
    ServerFigures figures() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace huiyin::http
