#include "channels/edge/worker.h"

#include "workflow/base/digest.h"
#include "workflow/base/log.h"

namespace huiyin::http {

Answer failed(Mailbox& mailbox, std::string_view route, std::string_view what, bool hook) {
    Counters::add(mailbox.counters()->exceptions);
    const auto id = random_hex(6);
    log::error("http.handler_failed", {{"id", id}, {"route", route}, {"what", what}});
    return edge_error(500, "http.internal", "something went wrong here: error " + id, hook);
}

namespace {

// Nothing if the handler parked the request or opened a stream: then the connection is no longer lent to us. `lent`
// says so also when this throws, for want of memory.
std::optional<Answer> handle(Job& job, const std::shared_ptr<Mailbox>& mailbox, Listener& listener, bool& lent) {
    const bool hook = job.connection->wish.hook;
    const Exchange& exchange = *job.exchange;
    const Route& route = *exchange.route;
    Request request(std::move(job.exchange));
    Responder responder(mailbox, *job.connection);
    struct Tell {
        const Responder& responder;
        bool& lent;
        ~Tell() { lent = responder.state() != Responder::State::handed_over; }
    } const tell{responder, lent};
    std::string what;
    try {
        const bool agreed = listener.read_again(exchange, [&] {
            try {
                route.handler(request, responder);
                if (responder.state() == Responder::State::open) what = "the handler did not answer";
            } catch (const std::exception& failure) {
                what = failure.what();
                if (what.empty()) what = "an exception without a text";
            } catch (...) {
                what = "an exception that is no std::exception";
            }
        });
        if (!agreed)
            return edge_error(400, "http.ambiguous", "this request can be read in two ways: send a plain one", hook);
    } catch (const std::exception& failure) {
        what = failure.what();
    }
    auto error = what.empty() ? std::optional<Answer>{} : failed(*mailbox, route.pattern, what, hook);
    if (responder.state() == Responder::State::handed_over) return std::nullopt;
    if (error) return error;
    return responder.take();
}

// The connection goes back to the room by its flags alone when all is sent and nothing came meanwhile: no lock, no
// system call but send.
void send(Connection& connection, Answer answer, Mailbox& mailbox, const ServerOptions& options) {
    if (mailbox.stopping.load(std::memory_order_relaxed)) connection.wish.keep_alive = false;
    auto text = answer_text(answer, connection.wish);
    auto& counters = *mailbox.counters();
    Counters::add(counters.answers[answer.status / 100]);
    connection.close_after = !connection.wish.keep_alive;
    const auto now = Steady::now();
    if (!answer.file) {
        const auto sent = send_now(connection.socket, text, false);
        if (sent > 0) Counters::add(counters.bytes_out, static_cast<std::uint64_t>(sent));
        if (sent == static_cast<long>(text.size())) {
            text = {};
            if (!connection.close_after && !connection.maybe_more && connection.in.empty()) {
                connection.state = Connection::State::head;
                connection.deadline = now + options.idle_time;
                unsigned mine = Connection::lent;
                if (connection.flags.compare_exchange_strong(mine, 0)) return;
            }
        }
        connection.out_sent = text.empty() || sent < 0 ? 0 : static_cast<std::size_t>(sent);
    } else {
        connection.out_sent = 0;
    }
    connection.out = std::move(text);
    connection.file_sent = 0;
    connection.deadline = connection.send_by = now + options.send_time;
    if (answer.file) connection.send_by += std::chrono::seconds(answer.file.bytes() >> 14);
    connection.out_file = std::move(answer.file);
    mailbox.post({.what = Post::What::returned, .connection = connection.id});
}

}  // namespace

void work(Queue<Job>& jobs, const std::shared_ptr<Mailbox>& mailbox, Listener& listener, const ServerOptions& options,
          const std::atomic<bool>& abandoned) {
    while (auto job = jobs.take()) {
        if (abandoned) continue;
        auto& connection = *job->connection;
        bool lent = true;
        try {
            if (auto answer = handle(*job, mailbox, listener, lent))
                send(connection, std::move(*answer), *mailbox, options);
        } catch (const std::exception& failure) {
            log::error("http.connection_lost", {{"what", failure.what()}});
            if (!lent) continue;
            connection.state = Connection::State::lent;  // that of nobody: the room closes it with its next look round
            connection.flags.store(0, std::memory_order_release);
        }
    }
}

}  // namespace huiyin::http
