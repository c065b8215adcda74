#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <string_view>

namespace huiyin::bench {
namespace {

using Clock = std::chrono::steady_clock;

int connect_to(int port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0) return -1;
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS) {
        ::close(socket);
        return -1;
    }
    return socket;
}

// Where the last of the chunks that begin here ends; 0: it is not here yet.
std::size_t end_of_chunks(std::string_view bytes, std::size_t at) {
    while (true) {
        const auto line = bytes.find("\r\n", at);
        if (line == bytes.npos) return 0;
        std::size_t length = 0;
        std::from_chars(bytes.data() + at, bytes.data() + line, length, 16);
        at = line + 2 + length + 2;
        if (at > bytes.size()) return 0;
        if (length == 0) return at;
    }
}

// The length of a complete answer at the start of `bytes`, 0 if it is not complete.
struct Framed {
    std::size_t bytes = 0;
    int status = 0;
    std::size_t body_at = 0;
};
Framed frame(std::string_view bytes) {
    const auto end = bytes.find("\r\n\r\n");
    if (end == bytes.npos || bytes.size() < 12) return {};
    Framed framed;
    std::from_chars(bytes.data() + 9, bytes.data() + 12, framed.status);
    framed.body_at = end + 4;
    if (bytes.substr(0, end).find("\r\nTransfer-Encoding: chunked") != bytes.npos) {
        framed.bytes = end_of_chunks(bytes, framed.body_at);
        return framed;
    }
    std::size_t length = 0;
    constexpr std::string_view name = "\r\nContent-Length: ";
    if (const auto at = bytes.substr(0, end).find(name); at != bytes.npos)
        std::from_chars(bytes.data() + at + name.size(), bytes.data() + end, length);
    if (bytes.size() >= framed.body_at + length) framed.bytes = framed.body_at + length;
    return framed;
}

class Generator {
public:
    explicit Generator(const LoadPlan& plan) : plan_(plan), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
        lines_.resize(static_cast<std::size_t>(plan.connections));
    }
    ~Generator() {
        for (auto& line : lines_)
            if (line.socket >= 0) ::close(line.socket);
        ::close(epoll_);
    }

    LoadOutcome run() {
        start_ = Clock::now();
        measured_from_ = start_ + plan_.warm_up;
        const auto end = measured_from_ + plan_.time;
        for (int i = 0; i < plan_.connections; ++i) begin(i);
        if (working_ == 0) throw std::runtime_error("no connection to port " + std::to_string(plan_.port));
        std::array<epoll_event, 256> events{};
        auto now = start_;
        while (working_ > 0 && now < end && !enough()) {
            const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
            now = Clock::now();
            for (int i = 0; i < count && !enough(); ++i) {
                const auto& event = events[static_cast<std::size_t>(i)];
                on_event(static_cast<int>(event.data.u32));
            }
        }
        return outcome(now);
    }

private:
    struct Line {
        int socket = -1;
        std::string out, in;
        std::size_t sent = 0;
        Clock::time_point asked{};
        std::uint64_t answers = 0;
        int last_status = 0;
        std::string last_body;
    };

    bool enough() const { return plan_.requests != 0 && outcome_.answers >= plan_.requests; }
    Line& line(int index) { return lines_[static_cast<std::size_t>(index)]; }

    void begin(int index) {
        auto& one = line(index);
        one.out = plan_.next(index, one.last_status, one.last_body);
        if (one.out.empty()) return;
        connect(index);
    }
    void connect(int index) {
        auto& one = line(index);
        one.asked = Clock::now();
        one.sent = 0;
        one.in.clear();
        one.socket = connect_to(plan_.port);
        if (one.socket < 0) {
            ++outcome_.errors;
            return;
        }
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT | EPOLLET;
        event.data.u32 = static_cast<std::uint32_t>(index);
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, one.socket, &event);
        ++working_;
    }
    void hang_up(int index) {
        auto& one = line(index);
        ::close(one.socket);
        one.socket = -1;
        --working_;
    }
    void broke(int index) {
        ++outcome_.errors;
        hang_up(index);
        auto& one = line(index);
        one.last_status = 0;
        one.last_body.clear();
        // A server that refuses everybody must not make this loop spin for ever.
        if (outcome_.errors < 100000) begin(index);
    }
    bool speak(int index) {
        auto& one = line(index);
        while (one.sent < one.out.size()) {
            const auto n = ::send(one.socket, one.out.data() + one.sent, one.out.size() - one.sent, MSG_NOSIGNAL);
            if (n < 0 && (errno == EAGAIN || errno == ENOTCONN)) return true;
            if (n <= 0) return false;
            one.sent += static_cast<std::size_t>(n);
        }
        return true;
    }
    void on_event(int index) {
        auto& one = line(index);
        if (one.socket < 0) return;
        if (!speak(index)) return broke(index);
        std::array<char, 32768> buffer;
        while (true) {
            const auto got = ::recv(one.socket, buffer.data(), buffer.size(), 0);
            if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
            if (got < 0 || (got == 0 && !one.out.empty())) return broke(index);
            if (got == 0) return hang_up(index);
            one.in.append(buffer.data(), static_cast<std::size_t>(got));
            const auto framed = frame(one.in);
            if (framed.bytes > 0 && !answered(index, framed)) return;
            if (static_cast<std::size_t>(got) < buffer.size()) return;
        }
    }
    // False when the line has ended or was made anew.
    bool answered(int index, const Framed& framed) {
        auto& one = line(index);
        const auto now = Clock::now();
        ++outcome_.answers;
        ++outcome_.by_status[framed.status];
        ++one.answers;
        if (now >= measured_from_) {
            ++measured_;
            times_.push_back(static_cast<std::uint32_t>(
                std::chrono::duration_cast<std::chrono::microseconds>(now - one.asked).count()));
        }
        one.last_status = framed.status;
        one.last_body.assign(one.in, framed.body_at, framed.bytes - framed.body_at);
        one.in.erase(0, framed.bytes);
        one.out = plan_.next(index, one.last_status, one.last_body);
        one.sent = 0;
        if (!plan_.keep_alive || one.out.empty()) {
            hang_up(index);
            if (!one.out.empty()) connect(index);
            return false;
        }
        one.asked = now;
        if (!speak(index)) {
            broke(index);
            return false;
        }
        return true;
    }
    LoadOutcome outcome(Clock::time_point now) {
        for (const auto& one : lines_) outcome_.starved += one.answers == 0;
        outcome_.seconds = std::chrono::duration<double>(now - std::max(start_, measured_from_)).count();
        if (outcome_.seconds > 0) outcome_.per_second = static_cast<double>(measured_) / outcome_.seconds;
        std::sort(times_.begin(), times_.end());
        const auto at = [&](double part) {
            if (times_.empty()) return std::chrono::microseconds{};
            const auto place = static_cast<std::size_t>(part * static_cast<double>(times_.size() - 1));
            return std::chrono::microseconds{times_[place]};
        };
        outcome_.p50 = at(0.5);
        outcome_.p99 = at(0.99);
        outcome_.p999 = at(0.999);
        outcome_.slowest = at(1);
        return std::move(outcome_);
    }

    const LoadPlan& plan_;
    int epoll_;
    std::vector<Line> lines_;
    int working_ = 0;
    Clock::time_point start_{}, measured_from_{};
    std::uint64_t measured_ = 0;
    std::vector<std::uint32_t> times_;
    LoadOutcome outcome_;
};

}  // namespace

LoadOutcome load(const LoadPlan& plan) { return Generator(plan).run(); }

Idlers::Idlers(int port, int count, const std::vector<std::string>& said) {
    for (int i = 0; i < count; ++i) {
        const int socket = connect_to(port);
        if (socket < 0) continue;
        sockets_.push_back(socket);
        const auto words = static_cast<std::size_t>(i) < said.size() ? said[static_cast<std::size_t>(i)] : "";
        for (std::size_t sent = 0; sent < words.size();) {
            pollfd ready{socket, POLLOUT, 0};
            if (::poll(&ready, 1, 5000) != 1) throw std::runtime_error("an idle connection cannot be spoken on");
            const auto count_sent = ::send(socket, words.data() + sent, words.size() - sent, MSG_NOSIGNAL);
            if (count_sent < 0) throw std::runtime_error("an idle connection broke");
            sent += static_cast<std::size_t>(count_sent);
        }
    }
}
Idlers::~Idlers() {
    for (const int socket : sockets_) ::close(socket);
}

std::uint32_t part(std::vector<std::uint32_t>& times, double which) {
    if (times.empty()) return 0;
    std::sort(times.begin(), times.end());
    return times[static_cast<std::size_t>(which * static_cast<double>(times.size() - 1))];
}

std::string request_text(const std::string& method, const std::string& target, const std::string& body,
                         const std::string& headers) {
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers;
    if (!body.empty() || method == "POST") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return text + "\r\n" + body;
}

}  // namespace huiyin::bench
