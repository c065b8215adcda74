// One client connection, as the waiting room sees it.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "channels/edge/address.h"
#include "channels/edge/answer_text.h"
#include "channels/edge/exchange.h"
#include "channels/edge/mailbox.h"

namespace huiyin::http {

using Steady = std::chrono::steady_clock;

// Who may touch it: the room, while `flags` has no `lent`; the worker it was lent to, while `flags` has `lent` but not
// `parked`; the room again once `parked` is set. Handing over is an atomic change of `flags`, nothing else. `hung_up`
// is the room's always.
struct Connection {
    enum Flag : unsigned {
        lent = 1,    // with a worker, or parked
        event = 2,   // bytes came, or the client hung up, while it was lent
        parked = 4,  // `ticket` or `stream` is set
    };
    enum class State {
        head,       // reading a head, or idle before one
        body,       // reading the body of `exchange`
        lent,       // see `flags`
        sending,    // `out`, then `out_file`
        streaming,  // an event stream: `out` grows by the handler's events
        lingering,  // the last answer is out: what still comes is thrown away, so that the client can read the answer
    };

    Connection(const std::shared_ptr<Counters>& counters, std::uint64_t its_id, int its_socket, const Address& its_peer)
        : id(its_id), socket(its_socket), peer(its_peer), held(counters, &Counters::held) {}

    const std::uint64_t id;
    const int socket;
    const Address peer;
    bool proxy = false;  // trusted: not counted by address

    std::atomic<unsigned> flags{0};
    State state = State::head;
    Steady::time_point deadline{};
    Steady::time_point lent_at{};
    Steady::time_point next_comment{};

    // Input
    std::string in;  // not yet taken: part of a head, or requests that came early
    HeadScanner scanner;
    std::unique_ptr<Exchange> exchange;  // while its body is read
    bool came_early = false;             // `in` holds what followed the last request, not looked at yet
    bool maybe_more = false;             // the socket was not read until it was empty
    bool hung_up = false;                // the client sends no more; an end that came with bytes raises no second event
    bool queued = false;                 // in the room's list of those to look at again

    // Output
    Wish wish;  // of the request being answered
    std::string out;
    std::size_t out_sent = 0;
    File out_file;
    std::uint64_t file_sent = 0;
    Steady::time_point send_by{};  // for the whole answer
    bool close_after = false;
    bool linger = false;
    Held held;  // in and out

    std::shared_ptr<ParkedCore> ticket;
    std::shared_ptr<StreamCore> stream;

    void recount() { held.set(in.size() + out.size()); }
};

// As much of `bytes` as the socket takes now; -1 when the connection is broken.
long send_now(int socket, std::string_view bytes, bool more_follows);

}  // namespace huiyin::http
