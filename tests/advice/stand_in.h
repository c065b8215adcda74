// A stand-in for a model endpoint that answers as it is told, well or badly, over plain sockets on loopback.
#pragma once
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace huiyin::test {

struct Answering {
    std::string bytes = {};  // the whole HTTP answer, as it goes over the wire
    bool hang = false;       // never answers; holds the connection until the end
    bool drip = false;       // a byte every twenty milliseconds
    bool reset = false;      // closes without a word
};

std::string http_answer(const std::string& body, const std::string& status = "200 OK", const std::string& more = "");
std::string completion(const std::string& content);  // as an OpenAI-compatible service wraps it
std::string advice_of(const std::string& kind, const std::string& category, const std::string& acts = "");

class StandIn {
public:
    explicit StandIn(std::function<Answering(const std::string& request)> answer);
    ~StandIn();
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1"; }
    int port() const { return port_; }
    std::vector<std::string> requests() const;  // heads and bodies, in the order in which they were complete
    void wait_for(std::size_t count) const;     // until so many came

private:
    void accept_all();
    void serve(int socket);
    std::function<Answering(const std::string&)> answer_;
    int listening_ = -1, port_ = 0, stop_[2] = {-1, -1};
    mutable std::mutex mutex_;
    mutable std::condition_variable came_;
    std::vector<std::string> requests_;
    std::list<std::thread> talking_;
    std::thread accepting_;
};

}  // namespace huiyin::test
