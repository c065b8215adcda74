// A client that says exactly what a test wants said, byte by byte, and a small house to say it to.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "channels/edge/http_server.h"
#include "workflow/base/log.h"
#include "workflow/base/queue.h"

namespace edge_test {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using Moment = std::chrono::steady_clock::time_point;
inline Moment now() { return std::chrono::steady_clock::now(); }
inline milliseconds since(Moment start) { return std::chrono::duration_cast<milliseconds>(now() - start); }

struct Heard {
    int status = 0;
    std::string head;
    std::string body;
    std::string header(std::string_view name) const {
        const auto at = head.find("\r\n" + std::string(name) + ": ");
        if (at == head.npos) return {};
        const auto start = at + name.size() + 4;
        return head.substr(start, head.find("\r\n", start) - start);
    }
};

class Wire {
public:
    explicit Wire(int port, int receive_buffer = 0) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        if (receive_buffer > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<std::uint16_t>(port));
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) throw std::runtime_error("connect");
    }
    ~Wire() {
        if (socket_ >= 0) ::close(socket_);
    }
    Wire(Wire&& other) noexcept : socket_(std::exchange(other.socket_, -1)), early_(std::move(other.early_)) {}
    Wire& operator=(Wire&&) = delete;

    // False when the other side no longer takes it.
    bool say(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    void done_talking() { ::shutdown(socket_, SHUT_WR); }
    // Everything until the other side closes or `most` has passed.
    std::string hear_all(milliseconds most = 8000ms) {
        const auto end = now() + most;
        while (more(end)) {
        }
        return std::exchange(early_, {});
    }
    // Until `text` has come; empty if it does not within `most`.
    std::string hear_until(std::string_view text, milliseconds most = 8000ms) {
        const auto end = now() + most;
        while (early_.find(text) == early_.npos)
            if (!more(end)) return {};
        const auto size = early_.find(text) + text.size();
        auto heard = early_.substr(0, size);
        early_.erase(0, size);
        return heard;
    }
    // One answer, framed by its Content-Length; status 0 if none comes.
    Heard hear(milliseconds most = 8000ms, bool head_only = false) {
        const auto end = now() + most;
        Heard heard;
        heard.head = hear_until("\r\n\r\n", most);
        if (heard.head.size() < 12) return {};
        heard.status = std::stoi(heard.head.substr(9, 3));
        const auto length = heard.header("Content-Length");
        const auto bytes = head_only || length.empty() ? 0 : std::stoul(length);
        while (early_.size() < bytes)
            if (!more(end)) return {};
        heard.body = early_.substr(0, bytes);
        early_.erase(0, bytes);
        return heard;
    }
    bool closed_within(milliseconds most) {
        const auto end = now() + most;
        while (more(end)) {
        }
        return ended_;
    }
    int socket() const { return socket_; }

private:
    bool more(Moment end) {
        const auto left = std::chrono::duration_cast<milliseconds>(end - now()).count();
        pollfd wait{socket_, POLLIN, 0};
        if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0) return false;
        char buffer[65536];
        const auto got = ::recv(socket_, buffer, sizeof buffer, 0);
        if (got <= 0) {
            ended_ = true;
            return false;
        }
        early_.append(buffer, static_cast<std::size_t>(got));
        return true;
    }
    int socket_;
    std::string early_;
    bool ended_ = false;
};

inline std::string get(std::string_view target, std::string_view more = "") {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: here\r\n" + std::string(more) + "\r\n";
}
inline std::string post(std::string_view target, std::string_view body, std::string_view more = "") {
    return "POST " + std::string(target) + " HTTP/1.1\r\nHost: here\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n" + std::string(more) + "\r\n" + std::string(body);
}

// A server with one route of every kind. `parked` holds the tickets of GET /park, `streams` the streams of GET /stream.
class House {
public:
    explicit House(huiyin::http::ServerOptions options = roomy()) : server_(options, routes()) {
        huiyin::log::silence(true);
        if (auto started = server_.start(); !started) throw std::runtime_error(started.problem().text);
    }
    // Without the limits by address, which would count the whole test as one visitor.
    static huiyin::http::ServerOptions roomy() {
        huiyin::http::ServerOptions options;
        options.connections_per_address = 0;
        options.connects_per_second_per_address = 0;
        options.workers = 2;
        return options;
    }
    int port() const { return server_.port(); }
    Wire call() const { return Wire(port()); }
    Heard ask(std::string_view bytes) const {
        auto wire = call();
        wire.say(bytes);
        return wire.hear();
    }
    huiyin::http::Server& server() { return server_; }
    huiyin::Queue<huiyin::http::Parked> parked;
    huiyin::Queue<huiyin::http::EventStream> streams;
    huiyin::Queue<int> closed;  // one for every stream whose reader went away
    std::atomic<int> posts{0};  // handled POSTs

private:
    huiyin::http::RouteTable routes();
    huiyin::http::Server server_;
};

}  // namespace edge_test
