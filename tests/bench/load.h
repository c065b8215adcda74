// A load generator for HTTP/1.1: one thread, many connections, each asking its next request when the last is answered.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace huiyin::bench {

struct LoadPlan {
    int port = 0;  // on 127.0.0.1
    int connections = 64;
    bool keep_alive = true;      // else a new connection for every request (the request must then ask to close)
    std::uint64_t requests = 0;  // ends after so many answers, 0: only by time
    std::chrono::milliseconds time{3000};
    std::chrono::milliseconds warm_up{0};  // answers in it are counted, but not among the times
    // The next request of connection `index` (whole bytes, Content-Length included); empty: this one is done.
    // `last_status` and `last_body` are of the answer before; 0 and empty at first, or after an error.
    std::function<std::string(int index, int last_status, const std::string& last_body)> next;
};

struct LoadOutcome {
    std::uint64_t answers = 0;  // complete ones, of any status
    std::map<int, std::uint64_t> by_status;
    std::uint64_t errors = 0;   // connections that broke or could not be made while an answer was owed
    std::uint64_t starved = 0;  // connections that never got an answer
    double seconds = 0;         // of the measured part
    double per_second = 0;
    // From the request's first byte sent (with new connections: from connect) to the answer's last byte.
    std::chrono::microseconds p50{}, p99{}, p999{}, slowest{};
};

// Blocks until done. Throws std::runtime_error if no connection can be made at all.
LoadOutcome load(const LoadPlan& plan);

// Idle connections: opened, silent, closed with the object. `said`: what each says once, when it was opened.
class Idlers {
public:
    Idlers(int port, int count, const std::vector<std::string>& said = {});
    ~Idlers();
    Idlers(const Idlers&) = delete;
    Idlers& operator=(const Idlers&) = delete;

private:
    std::vector<int> sockets_;
};

// The time that this part of all (0 … 1) did not exceed; sorts them. 0 of none.
std::uint32_t part(std::vector<std::uint32_t>& times, double which);

// "POST /x HTTP/1.1" with Host, Content-Length and `headers` ("Name: value\r\n…").
std::string request_text(const std::string& method, const std::string& target, const std::string& body,
                         const std::string& headers = {});

}  // namespace huiyin::bench
