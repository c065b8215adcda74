#include "channels/edge/waiting_room.h"

#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "channels/edge/decode.h"
#include "channels/edge/worker.h"
#include "workflow/base/log.h"

namespace huiyin::http {
namespace {

constexpr std::size_t head_read_bytes = 16 << 10;  // bounds what can come early behind one request
constexpr std::size_t body_read_bytes = 64 << 10;
constexpr std::size_t file_turn_bytes = 256 << 10;  // of one file before others have their turn
constexpr std::size_t bytes_a_second = 16 << 10;    // the slowest transfer that is put up with
constexpr std::chrono::milliseconds sweep_time{100};
constexpr std::chrono::milliseconds linger_time{1000};

Steady::duration slowest(std::uint64_t bytes) {
    return std::chrono::seconds(static_cast<std::int64_t>(bytes / bytes_a_second));
}

}  // namespace

long send_now(int socket, std::string_view bytes, bool more_follows) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        const auto n = ::send(socket, bytes.data() + sent, bytes.size() - sent,
                              MSG_NOSIGNAL | MSG_DONTWAIT | (more_follows ? MSG_MORE : 0));
        if (n > 0)
            sent += static_cast<std::size_t>(n);
        else if (n < 0 && errno == EINTR)
            continue;
        else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        else
            return -1;
    }
    return static_cast<long>(sent);
}

WaitingRoom::WaitingRoom(const ServerOptions& options, const RouteTable& routes, std::vector<AddressBlock> trusted,
                         std::shared_ptr<Mailbox> mailbox, Queue<Job>& jobs)
    : options_(options),
      routes_(routes),
      trusted_(std::move(trusted)),
      mailbox_(std::move(mailbox)),
      counters_(*mailbox_->counters()),
      jobs_(jobs),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      scratch_(body_read_bytes) {
    if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = 0;  // no connection has this id
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, mailbox_->descriptor(), &event) != 0) {
        const int why = errno;
        ::close(epoll_);
        throw std::system_error(why, std::generic_category(), "epoll_ctl");
    }
}

WaitingRoom::~WaitingRoom() {
    for (auto& slot : slots_)
        if (slot.connection) close(*slot.connection);
    ::close(epoll_);
}

void WaitingRoom::run() {
    std::array<epoll_event, 256> events{};
    while (!stopping_ || (open_ > 0 && now_ < stop_by_)) {
        // Nobody here, nothing to watch the clock for.
        const int wait_ms = !again_.empty() ? 0 : open_ == 0 ? -1 : static_cast<int>(sweep_time.count());
        const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait_ms);
        if (count < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "epoll_wait");
        now_ = Steady::now();
        bool posts = false;
        for (int i = 0; i < count; ++i) {
            const auto& event = events[static_cast<std::size_t>(i)];
            if (event.data.u64 == 0)
                posts = true;
            else
                guarded(event.data.u64, [&](Connection& connection) { on_event(connection, event.events); });
        }
        if (posts) take_posts();
        for (const auto id : std::exchange(again_, {}))
            guarded(id, [&](Connection& connection) { look_again(connection); });
        if (now_ >= next_sweep_) sweep();
    }
    end();
}

// ---- Who comes and goes

Connection* WaitingRoom::find(std::uint64_t id) {
    const auto index = static_cast<std::uint32_t>(id);
    if (index >= slots_.size()) return nullptr;
    auto& slot = slots_[index];
    return slot.connection && slot.connection->id == id ? slot.connection.get() : nullptr;
}

bool WaitingRoom::admit(const Address& peer) {
    auto& visitor = visitors_[peer.household()];
    const auto second = std::chrono::duration_cast<std::chrono::seconds>(now_.time_since_epoch()).count();
    if (visitor.second != second) visitor.second = second, visitor.connects = 0;
    const auto rate = options_.connects_per_second_per_address;
    if ((rate != 0 && visitor.connects >= rate) ||
        (options_.connections_per_address != 0 && visitor.connections >= options_.connections_per_address))
        return false;
    ++visitor.connects;
    ++visitor.connections;
    return true;
}

void WaitingRoom::arrive(int socket, const Address& peer) {
    const bool proxy = contains(trusted_, peer);
    if (stopping_) {
        ::close(socket);
        return;
    }
    if (open_ >= options_.connections) {
        Counters::add(counters_.refused_full);
        auto full = edge_error(503, "http.full", "too many connections: try again in a moment", false);
        full.with("Retry-After", "2");
        send_now(socket, answer_text(full, {.keep_alive = false}), false);
        ::close(socket);
        return;
    }
    if (!proxy && !admit(peer)) {
        Counters::add(counters_.refused_address);
        ::close(socket);
        return;
    }
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const auto index = free_.back();
    free_.pop_back();
    auto& slot = slots_[index];
    const auto id = (static_cast<std::uint64_t>(++slot.generation) << 32) | index;
    slot.connection = std::make_unique<Connection>(mailbox_->counters(), id, socket, peer);
    auto& connection = *slot.connection;
    connection.proxy = proxy;
    connection.deadline = now_ + options_.head_time;
    ++open_;
    Counters::add(counters_.connections);
    Counters::add(counters_.connections_now);
    // Edge-triggered and set once: a request costs no further call to epoll.
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.u64 = id;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) != 0) close(connection);
}

void WaitingRoom::close(Connection& connection) {
    if (!connection.proxy) {
        const auto visitor = visitors_.find(connection.peer.household());
        if (visitor != visitors_.end() && visitor->second.connections > 0) --visitor->second.connections;
    }
    if (connection.ticket) Counters::drop(counters_.parked_now);
    const auto stream = std::move(connection.stream);
    ::close(connection.socket);
    Counters::drop(counters_.connections_now);
    --open_;
    const auto index = static_cast<std::uint32_t>(connection.id);
    slots_[index].connection.reset();
    free_.push_back(index);
    if (!stream) return;
    Counters::drop(counters_.streams_now);
    if (stream->open.exchange(false) && stream->closed) stream->closed();
}

void WaitingRoom::queue(Connection& connection) {
    if (std::exchange(connection.queued, true)) return;
    again_.push_back(connection.id);
}

void WaitingRoom::look_again(Connection& connection) {
    connection.queued = false;
    if (connection.flags.load(std::memory_order_acquire) == 0) resume(connection);
}

// A connection for which there is no memory, or no disk, is given up alone.
template <class Work>
void WaitingRoom::guarded(std::uint64_t id, Work work) {
    try {
        if (auto* connection = find(id)) work(*connection);
    } catch (const std::exception& failure) {
        log::error("http.connection_lost", {{"what", failure.what()}});
        auto* connection = find(id);
        if (connection && connection->flags.load() != Connection::lent) close(*connection);
    }
}

// Goes on with whatever the connection is at.
void WaitingRoom::resume(Connection& connection) {
    switch (connection.state) {
        case Connection::State::head:
        case Connection::State::body:
            if (std::exchange(connection.came_early, false)) {
                const auto early = std::exchange(connection.in, {});
                consume(connection, early);
            } else {
                read(connection);
            }
            break;
        case Connection::State::sending:
        case Connection::State::streaming:
            send_some(connection);
            break;
        case Connection::State::lingering:
            discard(connection);
            break;
        case Connection::State::lent:
            break;
    }
}

// ---- What the sockets say

void WaitingRoom::on_event(Connection& connection, unsigned events) {
    if (events & EPOLLRDHUP) connection.hung_up = true;
    auto flags = connection.flags.load(std::memory_order_acquire);
    while (flags != 0 && !connection.flags.compare_exchange_weak(flags, flags | Connection::event)) {
    }
    const bool broken = events & (EPOLLHUP | EPOLLERR);
    if (flags & Connection::parked) {
        // A client that hung up for good needs no answer; one that only stopped sending still waits for it.
        if (broken || (connection.stream && (events & EPOLLRDHUP))) close(connection);
        return;
    }
    if (flags != 0) return;
    if (broken) return close(connection);
    switch (connection.state) {
        case Connection::State::head:
        case Connection::State::body:
            return read(connection);
        case Connection::State::sending:
            if (events & (EPOLLIN | EPOLLRDHUP)) connection.maybe_more = true;
            return send_some(connection);
        case Connection::State::streaming:
            if (events & EPOLLRDHUP) return close(connection);
            return send_some(connection);
        case Connection::State::lingering:
            return discard(connection);
        case Connection::State::lent:
            return;
    }
}

void WaitingRoom::read(Connection& connection) {
    std::size_t want = head_read_bytes;
    if (connection.exchange)
        want = std::min<std::uint64_t>(body_read_bytes,
                                       connection.exchange->body_bytes - connection.exchange->body_here());
    const auto got = ::recv(connection.socket, scratch_.data(), want, 0);
    if (got < 0) {
        if (errno == EINTR) return queue(connection);
        if (errno != EAGAIN && errno != EWOULDBLOCK) return close(connection);
        connection.maybe_more = false;
        return;
    }
    if (got == 0) return close(connection);
    const auto bytes = static_cast<std::size_t>(got);
    Counters::add(counters_.bytes_in, bytes);
    // A short read has emptied the socket; the next bytes raise a new event.
    connection.maybe_more = bytes == want || connection.hung_up;
    consume(connection, {scratch_.data(), bytes});
}

void WaitingRoom::discard(Connection& connection) {
    const auto got = ::recv(connection.socket, scratch_.data(), scratch_.size(), 0);
    if (got > 0) return queue(connection);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
    close(connection);
}

// ---- From bytes to a request

// The connection may be closed, lent or answered afterwards.
void WaitingRoom::consume(Connection& connection, std::string_view bytes) {
    if (connection.state == Connection::State::head && !connection.in.empty()) {
        connection.in.append(bytes);
        const auto all = std::exchange(connection.in, {});
        return consume(connection, all);
    }
    const auto id = connection.id;
    const auto used =
        connection.state == Connection::State::body ? consume_body(connection, bytes) : consume_head(connection, bytes);
    auto* still = used > bytes.size() ? nullptr : find(id);
    if (!still) return;
    // Kept before the request is lent: from then on the connection is not ours.
    still->in.assign(bytes.substr(used));
    still->recount();
    if (still->state == Connection::State::body && still->exchange->complete()) return lend(*still);
    if (still->state == Connection::State::head && house_is_full(0))
        return refuse(*still, 503, "http.full", "too much is under way here: try again in a moment", false);
    if (still->maybe_more && still->state != Connection::State::sending) queue(*still);
}

constexpr std::size_t answered = static_cast<std::size_t>(-1);  // nothing more is to be done with these bytes

std::size_t WaitingRoom::consume_head(Connection& connection, std::string_view bytes) {
    if (bytes.empty()) return 0;
    if (connection.scanner.is_new()) connection.deadline = now_ + options_.head_time;
    const auto step = connection.scanner.scan(bytes);
    const bool hook = is_hook(target_of(bytes));
    connection.wish = {.keep_alive = false, .head_only = bytes.substr(0, 5) == "HEAD ", .hook = hook};
    if (step.refusal) {
        refuse(connection, step.refusal->status, step.refusal->code, step.refusal->text, hook);
        return answered;
    }
    if (step.head_bytes == 0) return 0;
    connection.scanner.reset();

    auto exchange = std::make_unique<Exchange>(mailbox_->counters());
    exchange->head_text.assign(bytes.substr(0, step.head_bytes));
    auto& head = exchange->head;
    if (const auto no = read_head(exchange->head_text, head)) {
        refuse(connection, no->status, no->code, no->text, hook);
        return answered;
    }
    connection.wish = {.minor = head.minor,
                       .keep_alive = head.keep_alive,
                       .head_only = head.method == "HEAD",
                       .hook = is_hook(head.path)};
    exchange->body_bytes = head.content_length.value_or(0);
    auto found = routes_.find(head.method, head.path);
    if (!found.route) {
        connection.wish.keep_alive = head.keep_alive && exchange->body_bytes == 0;
        auto no =
            found.allow.empty()
                ? edge_error(404, "http.not_found", "there is nothing at this address", connection.wish.hook)
                : edge_error(405, "http.method", "this address does not answer this method", connection.wish.hook);
        if (!found.allow.empty()) no.with("Allow", found.allow);
        Counters::add(counters_.refused_requests);
        connection.linger = !connection.wish.keep_alive;
        connection.in.assign(bytes.substr(step.head_bytes));
        respond(connection, std::move(no));
        return answered;
    }
    exchange->route = found.route;
    exchange->segments = std::move(found.segments);
    const auto& limit = found.route->limit;
    if (exchange->body_bytes > limit.bytes) {
        refuse(connection, 413, "http.body_too_large", "the body is longer than this address takes", hook);
        return answered;
    }
    const bool to_file = limit.upload && exchange->body_bytes > options_.spill_bytes;
    const auto in_memory = exchange->head_text.size() + (to_file ? 0 : exchange->body_bytes);
    const bool disk_full =
        to_file && counters_.on_disk.load(std::memory_order_relaxed) + exchange->body_bytes > options_.held_on_disk;
    if (disk_full || house_is_full(in_memory)) {
        refuse(connection, 503, "http.full", "too much is under way here: try again in a moment", hook);
        return answered;
    }
    exchange->held.set(in_memory);
    if (to_file) {
        auto file = File::nameless(options_.temp_directory);
        if (!file) {
            log::error("http.no_upload_space", {{"why", file.problem().detail}});
            refuse(connection, 503, "http.no_space", file.problem().text, hook);
            return answered;
        }
        exchange->body_file = std::move(*file);
        exchange->on_disk.set(exchange->body_bytes);
        Counters::add(counters_.spilled);
    } else {
        exchange->body.reserve(exchange->body_bytes);
    }
    connection.exchange = std::move(exchange);
    begin_body(connection);
    const auto rest = bytes.substr(step.head_bytes);
    const auto used = consume_body(connection, rest);
    if (used == answered) return answered;
    // Only a client whose body is still on its way waits for a word.
    if (head.expects_continue && !connection.exchange->complete()) {
        constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        if (send_now(connection.socket, go_on, false) != static_cast<long>(go_on.size())) {
            close(connection);
            return answered;
        }
    }
    return step.head_bytes + used;
}

void WaitingRoom::begin_body(Connection& connection) {
    connection.state = Connection::State::body;
    const auto granted = std::min<Steady::duration>(options_.body_time + slowest(connection.exchange->body_bytes),
                                                    options_.body_time_most);
    connection.deadline = now_ + granted;
}

std::size_t WaitingRoom::consume_body(Connection& connection, std::string_view bytes) {
    auto& exchange = *connection.exchange;
    const auto take = std::min<std::uint64_t>(bytes.size(), exchange.body_bytes - exchange.body_here());
    const auto part = bytes.substr(0, static_cast<std::size_t>(take));
    if (!exchange.body_file) {
        exchange.body.append(part);
    } else if (!exchange.body_file.append(part)) {
        log::error("http.no_upload_space", {{"errno", errno}});
        refuse(connection, 503, "http.no_space", "an upload cannot be kept at the moment: try again later", false);
        return answered;
    }
    return part.size();
}

void WaitingRoom::lend(Connection& connection) {
    auto exchange = std::move(connection.exchange);
    std::string forwarded;
    bool any = false;
    for (const auto& [name, value] : exchange->head.headers) {
        if (name.size() != 15 || !equal_ignoring_case(name, "X-Forwarded-For")) continue;
        if (std::exchange(any, true)) forwarded += ',';
        forwarded += value;
    }
    exchange->address = client_address(connection.peer, forwarded, trusted_).text();
    exchange->from_this_machine = !any && connection.peer.is_loopback();
    Counters::add(counters_.requests);
    connection.state = Connection::State::lent;
    connection.lent_at = now_;
    connection.flags.store(Connection::lent, std::memory_order_release);
    try {
        jobs_.put({&connection, std::move(exchange)});
    } catch (...) {  // no worker has it
        connection.flags.store(0, std::memory_order_release);
        throw;
    }
}

bool WaitingRoom::house_is_full(std::uint64_t more) const {
    return counters_.held.load(std::memory_order_relaxed) + more > options_.held_bytes;
}

// ---- Answers

void WaitingRoom::refuse(Connection& connection, int status, std::string_view code, std::string_view text, bool hook) {
    Counters::add(counters_.refused_requests);
    connection.exchange.reset();
    connection.in = {};
    // What follows a request that was not understood is no request.
    connection.wish.keep_alive = false;
    connection.linger = true;
    auto no = edge_error(status, code, text, hook || connection.wish.hook);
    if (status == 503) no.with("Retry-After", "2");
    respond(connection, std::move(no));
}

// For a connection that is the room's.
void WaitingRoom::respond(Connection& connection, Answer answer) {
    if (stopping_) connection.wish.keep_alive = false;
    connection.out = answer_text(answer, connection.wish);
    Counters::add(counters_.answers[answer.status / 100]);
    connection.out_sent = 0;
    connection.out_file = std::move(answer.file);
    connection.file_sent = 0;
    connection.close_after = !connection.wish.keep_alive;
    connection.state = Connection::State::sending;
    connection.deadline = now_ + options_.send_time;
    connection.send_by = connection.deadline + slowest(connection.out_file ? connection.out_file.bytes() : 0);
    connection.recount();
    send_some(connection);
}

void WaitingRoom::send_some(Connection& connection) {
    const bool streaming = connection.state == Connection::State::streaming;
    if (connection.out_sent < connection.out.size()) {
        const auto rest = std::string_view(connection.out).substr(connection.out_sent);
        const auto sent = send_now(connection.socket, rest, static_cast<bool>(connection.out_file));
        if (sent < 0) return close(connection);
        connection.out_sent += static_cast<std::size_t>(sent);
        Counters::add(counters_.bytes_out, static_cast<std::uint64_t>(sent));
        if (streaming && sent > 0) connection.deadline = now_ + options_.send_time;
        if (connection.out_sent < connection.out.size()) return;
    }
    if (!connection.out.empty()) {
        connection.out = {};
        connection.out_sent = 0;
        connection.recount();
    }
    if (streaming) return;
    if (connection.out_file) {
        const auto left = connection.out_file.bytes() - connection.file_sent;
        if (left > 0) {
            auto offset = static_cast<off_t>(connection.file_sent);
            const auto sent = ::sendfile(connection.socket, connection.out_file.descriptor(), &offset,
                                         std::min<std::uint64_t>(left, file_turn_bytes));
            if (sent < 0 && errno == EINTR) return queue(connection);
            if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
            // Broken, or the file became shorter under us: the length is promised, so only closing tells the truth.
            if (sent <= 0) return close(connection);
            connection.file_sent += static_cast<std::uint64_t>(sent);
            Counters::add(counters_.bytes_out, static_cast<std::uint64_t>(sent));
            connection.deadline = std::min(connection.send_by, now_ + options_.send_time);
            if (connection.file_sent < connection.out_file.bytes()) return queue(connection);
        }
        connection.out_file = File{};
    }
    sent_all(connection);
}

void WaitingRoom::sent_all(Connection& connection) {
    if (connection.close_after || stopping_) {
        // Closing over unread bytes would reset the connection and could take the answer away from its reader.
        if (!connection.linger && !connection.maybe_more && connection.in.empty()) return close(connection);
        ::shutdown(connection.socket, SHUT_WR);
        connection.in = {};
        connection.state = Connection::State::lingering;
        connection.deadline = now_ + linger_time;
        return queue(connection);
    }
    connection.state = Connection::State::head;
    connection.deadline = now_ + options_.idle_time;
    connection.recount();
    connection.came_early = !connection.in.empty();
    if (connection.maybe_more || connection.came_early) queue(connection);
}

void WaitingRoom::stream_more(Connection& connection, std::string_view bytes) {
    if (connection.state != Connection::State::streaming) return;
    const auto waiting = connection.out.size() - connection.out_sent;
    if (waiting + bytes.size() > options_.stream_buffer_bytes) {
        Counters::add(counters_.streams_dropped);
        return close(connection);
    }
    connection.out.erase(0, std::exchange(connection.out_sent, 0));
    connection.out.append(bytes);
    if (waiting == 0) connection.deadline = now_ + options_.send_time;
    connection.recount();
    send_some(connection);
}

// What is still unsent gets its time; for its owner the stream has ended.
void WaitingRoom::end_stream(Connection& connection) {
    if (connection.state != Connection::State::streaming) return;
    connection.stream.reset();
    Counters::drop(counters_.streams_now);
    connection.close_after = connection.linger = true;
    connection.state = Connection::State::sending;
    connection.deadline = connection.send_by = now_ + options_.send_time;
    send_some(connection);
}

// ---- What the other threads say

void WaitingRoom::take_posts() {
    for (auto& post : mailbox_->take()) {
        if (post.what == Post::What::stop)
            begin_stop();
        else if (post.what == Post::What::arrived)
            arrive(post.socket, post.peer);
        else
            guarded(post.connection, [&](Connection& connection) { take(post, connection); });
    }
}

Answer WaitingRoom::made(const std::function<Answer()>& make, Mailbox& mailbox, bool hook) {
    try {
        return make();
    } catch (const std::exception& failure) {
        return failed(mailbox, "a parked answer", failure.what(), hook);
    }
}

void WaitingRoom::take(Post& post, Connection& connection) {
    if (post.what == Post::What::stream_bytes) return stream_more(connection, post.bytes);
    if (post.what == Post::What::stream_ends) return end_stream(connection);
    // The others give the connection back to the room.
    if (connection.flags.exchange(0) & Connection::event) connection.maybe_more = true;
    if (post.what == Post::What::returned) {
        connection.state = Connection::State::sending;
        connection.recount();
        return send_some(connection);
    }
    if (post.what == Post::What::answer) {
        connection.ticket.reset();
        Counters::drop(counters_.parked_now);
        if (post.make) post.answer = made(post.make, *mailbox_, connection.wish.hook);
        return respond(connection, std::move(post.answer));
    }
    connection.out = std::move(post.bytes);
    Counters::add(counters_.answers[2]);
    connection.out_sent = 0;
    connection.state = Connection::State::streaming;
    connection.deadline = now_ + options_.send_time;
    connection.next_comment = now_ + options_.comment_time;
    connection.recount();
    if (!connection.wish.head_only) return send_some(connection);
    const auto stream = connection.stream;
    end_stream(connection);
    if (stream->open.exchange(false) && stream->closed) stream->closed();
}

// ---- The clock

void WaitingRoom::sweep() {
    next_sweep_ = now_ + sweep_time;
    for (std::size_t i = 0; i < slots_.size(); ++i)
        if (slots_[i].connection) guarded(slots_[i].connection->id, [&](Connection& connection) { sweep(connection); });
    const auto second = std::chrono::duration_cast<std::chrono::seconds>(now_.time_since_epoch()).count();
    for (auto visitor = visitors_.begin(); visitor != visitors_.end();)
        visitor = visitor->second.connections == 0 && visitor->second.second != second ? visitors_.erase(visitor)
                                                                                       : std::next(visitor);
}

void WaitingRoom::sweep(Connection& connection) {
    const auto flags = connection.flags.load(std::memory_order_acquire);
    if (flags & Connection::parked) return sweep_parked(connection);
    if (flags != 0) return;
    if (stopping_ && connection.state == Connection::State::head) return close(connection);
    const bool late = now_ >= connection.deadline;
    switch (connection.state) {
        case Connection::State::head:
            if (!late) break;
            if (connection.in.empty()) {
                close(connection);
                break;
            }
            [[fallthrough]];
        case Connection::State::body:
            if (!late) break;
            Counters::add(counters_.timed_out);
            refuse(connection, 408, "http.too_slow", "the request took too long to arrive", false);
            break;
        case Connection::State::sending:
            if (!late) break;
            Counters::add(counters_.timed_out);
            close(connection);
            break;
        case Connection::State::streaming:
            if (connection.stream->lost) {
                close(connection);
            } else if (!connection.out.empty()) {
                if (!late) break;
                Counters::add(counters_.streams_dropped);
                close(connection);
            } else if (now_ >= connection.next_comment) {
                connection.next_comment = now_ + options_.comment_time;
                stream_more(connection, ":\n\n");
            }
            break;
        case Connection::State::lingering:
            if (late) close(connection);
            break;
        case Connection::State::lent:  // a worker failed over it
            close(connection);
            break;
    }
}

void WaitingRoom::sweep_parked(Connection& connection) {
    if (!connection.ticket) {  // a stream that begins
        if (connection.stream && connection.stream->lost) close(connection);
        return;
    }
    const auto ticket = connection.ticket;
    const auto fallback_at = std::chrono::milliseconds(ticket->fallback_at_ms.load());
    const bool fallback = fallback_at.count() != 0 && now_.time_since_epoch() >= fallback_at;
    if (!fallback && !ticket->lost && now_ < connection.lent_at + options_.parked_time) return;
    if (ticket->answered.exchange(true)) return;  // its answer is in the mailbox
    if (!fallback) Counters::add(counters_.parked_expired);
    auto answer = fallback ? std::move(ticket->fallback)
                           : edge_error(503, "http.unanswered", "this took too long: try again", ticket->hook);
    if (!fallback) answer.with("Retry-After", "1");
    connection.ticket.reset();
    Counters::drop(counters_.parked_now);
    if (connection.flags.exchange(0) & Connection::event) connection.maybe_more = true;
    respond(connection, std::move(answer));
}

// ---- The end

void WaitingRoom::begin_stop() {
    stopping_ = true;
    stop_by_ = now_ + options_.stop_time;
    for (auto& slot : slots_) {
        if (!slot.connection) continue;
        auto& connection = *slot.connection;
        if (connection.flags.load(std::memory_order_acquire) != 0) {
            if (connection.flags.load() & Connection::parked && connection.stream) close(connection);
            continue;
        }
        if (connection.state != Connection::State::sending && connection.state != Connection::State::lingering)
            close(connection);
    }
}

// Parked requests and slow readers have had their time. What a worker has is closed when the worker is done with it.
void WaitingRoom::end() {
    for (auto& post : mailbox_->close())
        if (post.socket >= 0) ::close(post.socket);
    for (auto& slot : slots_) {
        if (!slot.connection) continue;
        const auto flags = slot.connection->flags.load(std::memory_order_acquire);
        if (flags == 0 || (flags & Connection::parked))
            close(*slot.connection);
        else
            ::shutdown(slot.connection->socket, SHUT_RDWR);
    }
}

}  // namespace huiyin::http
