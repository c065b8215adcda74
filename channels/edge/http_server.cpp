#include "channels/edge/http_server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "channels/edge/worker.h"
#include "workflow/base/log.h"

namespace huiyin::http {
namespace {

// sendfile() knows no MSG_NOSIGNAL.
void name_thread(const char* name) {
    ::pthread_setname_np(::pthread_self(), name);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

// Every connection is a descriptor, and so is every upload and file answer.
void want_descriptors(std::size_t connections) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const rlim_t wanted = connections + connections / 4 + 256;
    if (limit.rlim_cur >= wanted) return;
    limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < wanted)
        log::warning("http.few_descriptors", {{"wanted", wanted}, {"allowed", limit.rlim_cur}});
}

void arrived(Mailbox& mailbox, int socket) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    const auto* address = reinterpret_cast<const sockaddr*>(&storage);
    const bool known = ::getpeername(socket, reinterpret_cast<sockaddr*>(&storage), &size) == 0;
    const auto peer = known ? address_from(address) : std::nullopt;
    const int flags = ::fcntl(socket, F_GETFL);
    const int yes = 1;
    if (!peer || flags < 0 || ::fcntl(socket, F_SETFL, flags | O_NONBLOCK) != 0 ||
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0 ||
        !mailbox.post({.what = Post::What::arrived, .socket = socket, .peer = *peer}))
        ::close(socket);
}

}  // namespace

struct Server::State {
    State(ServerOptions its_options, RouteTable its_routes)
        : options(std::move(its_options)),
          routes(std::move(its_routes)),
          counters(std::make_shared<Counters>()),
          mailbox(std::make_shared<Mailbox>(counters)),
          listener([this](int socket) { arrived(*mailbox, socket); }) {}

    const ServerOptions options;
    const RouteTable routes;
    const std::shared_ptr<Counters> counters;
    const std::shared_ptr<Mailbox> mailbox;
    Queue<Job> jobs;
    std::atomic<bool> abandoned{false};
    Listener listener;
    std::unique_ptr<WaitingRoom> room;
    std::thread accepting, waiting;
    std::vector<std::thread> working;
};

Server::Server(ServerOptions options, RouteTable routes)
    : state_(std::make_unique<State>(std::move(options), std::move(routes))) {}
Server::~Server() { stop(); }

Result<Done> Server::start() {
    auto& state = *state_;
    if (state.room) throw std::logic_error("a server is started once");
    std::vector<AddressBlock> trusted;
    for (const auto& text : state.options.trusted_proxies) {
        const auto block = read_block(text);
        if (!block)
            return Problem{"http.bad_proxy",
                           "no block of addresses: trusted_proxies: \"" + text + "\": write one like \"10.1.0.0/16\"",
                           ""};
        trusted.push_back(*block);
    }
    want_descriptors(state.options.connections);
    if (auto bound = state.listener.bind(state.options.host, state.options.port); !bound) return bound.problem();
    state.room =
        std::make_unique<WaitingRoom>(state.options, state.routes, std::move(trusted), state.mailbox, state.jobs);
    state.waiting = std::thread([&state] {
        name_thread("edge-waiting");
        state.room->run();
    });
    const auto cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    const int workers = state.options.workers > 0 ? state.options.workers : cores;
    for (int i = 0; i < workers; ++i)
        state.working.emplace_back([&state] {
            name_thread("edge-working");
            work(state.jobs, state.mailbox, state.listener, state.options, state.abandoned);
        });
    state.accepting = std::thread([&state] {
        name_thread("edge-accepting");
        state.listener.run();
    });
    return Done{};
}

int Server::port() const { return state_->listener.port(); }

void Server::stop() {
    auto& state = *state_;
    if (!state.accepting.joinable()) return;
    state.listener.stop();
    state.accepting.join();
    state.mailbox->stopping = true;
    state.mailbox->post({.what = Post::What::stop});
    state.waiting.join();
    state.abandoned = true;
    state.jobs.close();
    for (auto& thread : state.working) thread.join();
    state.room.reset();  // closes the connections the workers still had
}

const RouteTable& Server::routes() const { return state_->routes; }

ServerFigures Server::figures() const {
    const auto& c = *state_->counters;
    const auto get = [](const Counters::Count& count) { return count.load(std::memory_order_relaxed); };
    return {.connections_now = get(c.connections_now),
            .connections = get(c.connections),
            .refused_full = get(c.refused_full),
            .refused_address = get(c.refused_address),
            .requests = get(c.requests),
            .refused_requests = get(c.refused_requests),
            .timed_out = get(c.timed_out),
            .answers_2xx = get(c.answers[2]),
            .answers_3xx = get(c.answers[3]),
            .answers_4xx = get(c.answers[4]),
            .answers_5xx = get(c.answers[5]),
            .exceptions = get(c.exceptions),
            .parked_now = get(c.parked_now),
            .parked_expired = get(c.parked_expired),
            .streams_now = get(c.streams_now),
            .streams_dropped = get(c.streams_dropped),
            .held_bytes_now = get(c.held),
            .held_on_disk_now = get(c.on_disk),
            .spilled = get(c.spilled),
            .bytes_in = get(c.bytes_in),
            .bytes_out = get(c.bytes_out)};
}

}  // namespace huiyin::http
