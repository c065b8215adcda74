#include "stand_in.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace huiyin::test {

std::string http_answer(const std::string& body, const std::string& status, const std::string& more) {
    return "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nConnection: close\r\n" + more +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string completion(const std::string& content) {
    return nlohmann::json{
        {"id", "c"},
        {"object", "chat.completion"},
        {"choices",
         nlohmann::json::array(
             {{{"index", 0}, {"finish_reason", "stop"}, {"message", {{"role", "assistant"}, {"content", content}}}}})}}
        .dump();
}

std::string advice_of(const std::string& kind, const std::string& category, const std::string& acts) {
    return R"({"kind":")" + kind + R"(","category":")" + category + R"(","acts":[)" + acts + "]}";
}

StandIn::StandIn(std::function<Answering(const std::string&)> answer) : answer_(std::move(answer)) {
    listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    if (::bind(listening_, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0 || ::listen(listening_, 64) != 0 ||
        ::getsockname(listening_, reinterpret_cast<sockaddr*>(&at), &size) != 0 || ::pipe(stop_) != 0)
        throw std::runtime_error("the stand-in does not start");
    port_ = ntohs(at.sin_port);
    accepting_ = std::thread([this] { accept_all(); });
}

StandIn::~StandIn() {
    ::close(stop_[1]);  // everybody who polls it hears so
    accepting_.join();
    for (auto& one : talking_) one.join();
    ::close(listening_);
    ::close(stop_[0]);
}

std::vector<std::string> StandIn::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

void StandIn::wait_for(std::size_t count) const {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [&] { return requests_.size() >= count; });
}

void StandIn::accept_all() {
    for (;;) {
        pollfd both[] = {{listening_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
        if (::poll(both, 2, -1) < 0 || both[1].revents) return;
        const int socket = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket >= 0) talking_.emplace_back([this, socket] { serve(socket); });
    }
}

void StandIn::serve(int socket) {
    const auto stopped = [&](int wait_ms) {
        pollfd stop{stop_[0], POLLIN, 0};
        return ::poll(&stop, 1, wait_ms) != 0;
    };
    std::string request;
    std::size_t wanted = std::string::npos;
    while (request.size() < wanted) {
        pollfd both[] = {{socket, POLLIN, 0}, {stop_[0], POLLIN, 0}};
        char bytes[4096];
        if (::poll(both, 2, -1) < 0 || both[1].revents) break;
        const auto got = ::recv(socket, bytes, sizeof bytes, 0);
        if (got <= 0) break;
        request.append(bytes, static_cast<std::size_t>(got));
        const auto head = request.find("\r\n\r\n");
        const auto length = request.find("Content-Length: ");
        if (wanted == std::string::npos && head != std::string::npos)
            wanted = head + 4 + (length < head ? std::stoul(request.substr(length + 16)) : 0);
    }
    if (request.size() >= wanted) {
        {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
        }
        came_.notify_all();
        const auto answering = answer_(request);
        if (answering.hang) {
            while (!stopped(-1)) continue;
        } else if (!answering.reset) {
            const std::size_t step = answering.drip ? 1 : answering.bytes.size();
            for (std::size_t at = 0; at < answering.bytes.size(); at += step) {
                if (::send(socket, answering.bytes.data() + at, std::min(step, answering.bytes.size() - at),
                           MSG_NOSIGNAL) < 0)
                    break;
                if (answering.drip && stopped(20)) break;
            }
        }
    }
    ::close(socket);
}

}  // namespace huiyin::test
