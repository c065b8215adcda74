#include "channels/edge/listener.h"

#include <httplib.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include "channels/edge/exchange.h"
#include "workflow/base/log.h"

namespace huiyin::http {
namespace {

constexpr int backlog = 4096;

// The library hands its work to a queue; ours does it at once, on the accepting thread.
class AtOnce final : public httplib::TaskQueue {
public:
    void enqueue(std::function<void()> work) override { work(); }
    void shutdown() override {}
};

class MemoryStream final : public httplib::Stream {
public:
    explicit MemoryStream(std::string_view bytes) : bytes_(bytes) {}
    bool is_readable() const override { return !bytes_.empty(); }
    bool is_writable() const override { return true; }
    ssize_t read(char* into, size_t size) override {
        const auto count = std::min(size, bytes_.size());
        std::memcpy(into, bytes_.data(), count);
        bytes_.remove_prefix(count);
        return static_cast<ssize_t>(count);
    }
    // The answer is written by answer_text(), the same for those that come at once and those that come later.
    ssize_t write(const char*, size_t size) override { return static_cast<ssize_t>(size); }
    void get_remote_ip_and_port(std::string&, int&) const override {}
    void get_local_ip_and_port(std::string&, int&) const override {}
    socket_t socket() const override { return -1; }

private:
    std::string_view bytes_;
};

struct Reading {
    const Exchange& exchange;
    std::string_view target;
    const std::function<void()>& handle;
    bool seen = false, agreed = false;
};
thread_local Reading* current = nullptr;

struct Shown {  // to the library's handler on this thread, however its reading ends
    explicit Shown(Reading& reading) { current = &reading; }
    Shown(const Shown&) = delete;
    Shown& operator=(const Shown&) = delete;
    ~Shown() { current = nullptr; }
};

bool same(const httplib::Request& seen, const Reading& reading) {
    const auto& head = reading.exchange.head;
    if (seen.method != head.method || seen.target != reading.target || seen.has_header("Transfer-Encoding"))
        return false;
    const auto lengths = seen.get_header_value_count("Content-Length");
    if (!head.content_length) return lengths == 0;
    return lengths == 1 && seen.get_header_value("Content-Length") == std::to_string(*head.content_length);
}

}  // namespace

class Listener::Door final : public httplib::Server {
public:
    explicit Door(std::function<void(int)> arrived) : arrived_(std::move(arrived)), stop_(::eventfd(0, EFD_CLOEXEC)) {
        new_task_queue = [] { return new AtOnce; };
        set_socket_options([this](socket_t socket) {
            const int yes = 1;
            ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes,
                         sizeof yes);  // not REUSEPORT: a second server must fail
            listening_ = socket;
        });
        set_tcp_nodelay(true);
        // Answers before any of the library's routes, which are regular expressions, is looked at.
        set_pre_routing_handler([](const httplib::Request& seen, httplib::Response& response) {
            response.status = 200;
            if (!current) return HandlerResponse::Handled;
            current->agreed = same(seen, *current);
            current->seen = true;
            if (current->agreed) current->handle();
            return HandlerResponse::Handled;
        });
    }
    ~Door() override { ::close(stop_); }

    int bind_once(const std::string& host, int port) {
        const int bound = port == 0 ? bind_to_any_port(host) : bind_to_port(host, port) ? port : -1;
        // Debian's library was built with a backlog of 5.
        if (bound > 0 && ::listen(listening_, backlog) != 0) return -1;
        return bound;
    }
    void read_again(httplib::Stream& stream) {
        bool closed = false;
        process_request(stream, false, closed, nullptr);
    }
    void stop_once() {
        stopped = true;
        ::eventfd_write(stop_, 1);
        // httplib::Server::stop() does nothing before its loop runs; a socket that is shut down ends the loop at its
        // first accept.
        ::shutdown(listening_, SHUT_RDWR);
    }
    void pause() const {
        pollfd wait{stop_, POLLIN, 0};
        ::poll(&wait, 1, 100);
    }
    std::atomic<bool> stopped{false};

private:
    bool process_and_close_socket(socket_t socket) override {
        arrived_(socket);
        return true;
    }
    std::function<void(int)> arrived_;
    std::atomic<int> listening_{-1};
    int stop_;
};

Listener::Listener(std::function<void(int)> arrived) : door_(std::make_unique<Door>(std::move(arrived))) {}
Listener::~Listener() = default;

Result<Done> Listener::bind(const std::string& host, int port) {
    const int bound = door_->bind_once(host, port);
    if (bound <= 0)
        return Problem{"http.cannot_listen",
                       "cannot listen: " + host + ":" + std::to_string(port) +
                           ": give another \"listen\" address, or end the program that has this one",
                       std::strerror(errno)};
    host_ = host;
    port_ = bound;
    return Done{};
}

int Listener::port() const { return port_; }

void Listener::run() {
    while (true) {
        door_->listen_after_bind();
        // The library ends its loop over any failed accept but "too many open files", also over a client that was gone
        // before it was greeted.
        while (!door_->stopped) {
            log::error("http.listening_again", {{"port", port_}});
            if (door_->bind_once(host_, port_) > 0) break;
            door_->pause();
        }
        if (door_->stopped) return;
    }
}

void Listener::stop() { door_->stop_once(); }

bool Listener::read_again(const Exchange& exchange, const std::function<void()>& handle) {
    // Without the query: the library refuses a "?" within one, which the standard allows.
    const auto target = exchange.head.target.substr(0, exchange.head.target.find('?'));
    const std::string_view text = exchange.head_text;
    std::string head;
    head.reserve(text.size());
    head.append(exchange.head.method).append(" ").append(target).append(" HTTP/1.1");
    head.append(text.substr(text.find("\r\n")));
    Reading reading{exchange, target, handle};
    const Shown shown(reading);
    // A reader that gives up without having shown what it saw may have been short of memory: it says nothing of that.
    for (int times = 0; times < 2 && !reading.seen; ++times) {
        MemoryStream stream(head);
        door_->read_again(stream);
    }
    return reading.agreed;
}

}  // namespace huiyin::http
