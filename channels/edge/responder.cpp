#include "channels/edge/responder.h"

#include <new>
#include <stdexcept>

#include "channels/edge/connection.h"

namespace huiyin::http {
namespace {

// Without memory for the post the room itself answers, with its next look round.
void post_for(ParkedCore& core, Post post) {
    try {
        core.mailbox->post(std::move(post));
    } catch (const std::bad_alloc&) {
        core.lost = true;
        core.answered = false;
    }
}

}  // namespace

Parked::Parked(std::shared_ptr<ParkedCore> core) : core_(std::move(core)) {}
Parked::Parked(Parked&& other) noexcept = default;
Parked& Parked::operator=(Parked&& other) noexcept {
    std::swap(core_, other.core_);
    return *this;
}

Parked::~Parked() {
    if (!core_) return;
    try {
        auto again = edge_error(503, "http.unanswered", "this could not be done just now: try again", core_->hook);
        answer(std::move(again.with("Retry-After", "1")));
    } catch (const std::bad_alloc&) {
        core_->lost = true;
    }
}

void Parked::otherwise(std::chrono::milliseconds after, Answer answer) {
    if (!core_ || core_->fallback_at_ms != 0)
        throw std::logic_error("a parked request takes one fallback, before it is answered");
    core_->fallback = std::move(answer);
    const auto at = Steady::now().time_since_epoch() + after;
    core_->fallback_at_ms = std::chrono::ceil<std::chrono::milliseconds>(at).count();
}

bool Parked::late() const { return core_ && core_->answered; }

bool Parked::answer(Answer answer) {
    if (!core_) throw std::logic_error("this ticket owes no answer");
    const auto core = std::exchange(core_, nullptr);
    if (core->answered.exchange(true)) return false;
    post_for(*core, {.what = Post::What::answer, .connection = core->connection, .answer = std::move(answer)});
    return true;
}

bool Parked::answer(std::function<Answer()> make) {
    if (!core_) throw std::logic_error("this ticket owes no answer");
    const auto core = std::exchange(core_, nullptr);
    if (core->answered.exchange(true)) return false;
    post_for(*core, {.what = Post::What::answer, .connection = core->connection, .make = std::move(make)});
    return true;
}

EventStream::EventStream(std::shared_ptr<StreamCore> core) : core_(std::move(core)) {}
EventStream::EventStream(EventStream&&) noexcept = default;
EventStream& EventStream::operator=(EventStream&& other) noexcept {
    std::swap(core_, other.core_);
    return *this;
}
EventStream::~EventStream() { close(); }

bool EventStream::send(std::string bytes) {
    if (!open()) return false;
    return core_->mailbox->post(
        {.what = Post::What::stream_bytes, .connection = core_->connection, .bytes = std::move(bytes)});
}
bool EventStream::open() const { return core_ && core_->open; }
void EventStream::close() {
    if (!core_ || !core_->open.exchange(false)) return;
    try {
        core_->mailbox->post({.what = Post::What::stream_ends, .connection = core_->connection});
    } catch (const std::bad_alloc&) {
        core_->lost = true;
    }
}

std::string event_text(std::string_view id, std::string_view event, std::string_view data) {
    std::string text;
    const auto line = [&](std::string_view name, std::string_view value) {
        text.append(name).append(": ").append(value.substr(0, value.find_first_of("\r\n"))).append("\n");
    };
    if (!id.empty()) line("id", id);
    if (!event.empty()) line("event", event);
    while (true) {
        const auto end = data.find_first_of("\r\n");
        line("data", data);
        if (end == data.npos) break;
        data.remove_prefix(end + (data.substr(end, 2) == "\r\n" ? 2 : 1));
    }
    return text += '\n';
}

Responder::Responder(std::shared_ptr<Mailbox> mailbox, Connection& connection)
    : mailbox_(std::move(mailbox)), connection_(&connection) {}

void Responder::must_be_open() const {
    if (state_ != State::open) throw std::logic_error("a request is answered once");
}

void Responder::answer(Answer answer) {
    must_be_open();
    state_ = State::answered;
    answer_ = std::move(answer);
}

Answer Responder::take() { return std::move(answer_); }

// Handed over only when nothing is left that could fail: a connection that nobody has is never answered.
void Responder::hand_over() {
    state_ = State::handed_over;
    connection_->flags.fetch_or(Connection::parked);  // from here on it is the room's
}

Parked Responder::park() {
    must_be_open();
    auto core = std::make_shared<ParkedCore>();
    core->mailbox = mailbox_;
    core->connection = connection_->id;
    core->hook = connection_->wish.hook;
    connection_->ticket = core;
    Counters::add(mailbox_->counters()->parked_now);
    hand_over();
    return Parked(std::move(core));
}

EventStream Responder::stream(const std::vector<Header>& headers, std::function<void()> closed) {
    must_be_open();
    auto core = std::make_shared<StreamCore>();
    core->mailbox = mailbox_;
    core->connection = connection_->id;
    core->closed = std::move(closed);
    auto head = stream_head(headers);
    connection_->stream = core;
    Counters::add(mailbox_->counters()->streams_now);
    hand_over();
    try {
        mailbox_->post({.what = Post::What::stream_begins, .connection = core->connection, .bytes = std::move(head)});
    } catch (...) {  // it never begins: the room closes the connection
        core->open = false;
        core->lost = true;
        throw;
    }
    return EventStream(std::move(core));
}

}  // namespace huiyin::http
