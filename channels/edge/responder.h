// How a handler answers: at once, later from any thread, or as a stream of events.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "channels/edge/http_message.h"

namespace huiyin::http {

class Mailbox;  // the way back into the waiting room (mailbox.h)
struct Connection;
struct ParkedCore;  // shared by a ticket and the waiting room
struct StreamCore;

// The duty to answer one request later. Movable; whoever holds it owes the answer: destroyed unanswered, it answers
// 503 with Retry-After. Threads: any, one at a time. answer() neither formats nor sends; a burst of them wakes the
// waiting room once.
class Parked {
public:
    Parked() = default;  // owes nothing
    explicit Parked(std::shared_ptr<ParkedCore> core);
    ~Parked();
    Parked(Parked&& other) noexcept;
    Parked& operator=(Parked&& other) noexcept;

    explicit operator bool() const { return core_ != nullptr; }  // still owes an answer
    // Somebody was quicker already: answer() will be false. The other way round nothing is promised.
    bool late() const;
    // What the client gets if nobody has answered `after` from now (a platform waits five seconds only). At most once.
    void otherwise(std::chrono::milliseconds after, Answer answer);
    // Fulfils the duty. False: the fallback of otherwise() or the limit on parked requests came first, and that is what
    // the client got. True says that this answer will be sent, not that the client is still there; where memory ended
    // it is a 503 that asks for the same once more. Throws std::logic_error on a ticket that owes nothing.
    bool answer(Answer answer);
    // The same with an answer that is still to be made: the waiting room's thread calls `make`, once. What it throws is
    // answered 500.
    bool answer(std::function<Answer()> make);

private:
    std::shared_ptr<ParkedCore> core_;
};

// An open text/event-stream. It lives in the waiting room, which also sends a comment every 15 s so that proxies keep
// it open. Destroying the handle ends the stream. Threads: any; send() copies nothing but its argument.
class EventStream {
public:
    EventStream() = default;
    explicit EventStream(std::shared_ptr<StreamCore> core);
    ~EventStream();
    EventStream(EventStream&&) noexcept;
    EventStream& operator=(EventStream&&) noexcept;

    // Bytes of whole events ("id: 7\ndata: {}\n\n"). False: the reader is gone, and so is what was not yet sent.
    bool send(std::string bytes);
    bool open() const;
    void close();

private:
    std::shared_ptr<StreamCore> core_;
};

// "id: …\nevent: …\ndata: …\n\n"; line feeds in `data` become several data lines. Empty id or event: left out.
std::string event_text(std::string_view id, std::string_view event, std::string_view data);

// Given to one handler for one request; exactly one of the three is called, once (std::logic_error otherwise).
// A handler that returns without any of them is a mistake: logged, answered 500.
class Responder {
public:
    // `connection` is lent to the caller's thread until the request is parked or becomes a stream.
    Responder(std::shared_ptr<Mailbox> mailbox, Connection& connection);
    Responder(const Responder&) = delete;
    Responder& operator=(const Responder&) = delete;

    void answer(Answer answer);
    Parked park();
    // Opens the stream (200, text/event-stream, no-store) with `headers` besides. `closed` runs once, on the waiting
    // room's thread, when the reader went away, was too slow, or the server stops; not when the handle ends it. It must
    // be short and must not throw.
    EventStream stream(const std::vector<Header>& headers, std::function<void()> closed);

    // For the edge itself.
    enum class State { open, answered, handed_over };
    State state() const { return state_; }
    Answer take();

private:
    void must_be_open() const;
    void hand_over();
    std::shared_ptr<Mailbox> mailbox_;
    Connection* connection_;
    State state_ = State::open;
    Answer answer_;
};

using Handler = std::function<void(Request&, Responder&)>;

}  // namespace huiyin::http
