// One question to an OpenAI-compatible endpoint: POST {url}/chat/completions, one try, bounded in time and size.
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "bot/advice/advice.h"
#include "workflow/base/result.h"

namespace huiyin::http {
class Client;
}

namespace huiyin::advice {

struct EndpointOptions {
    std::string url;                       // https, or http on this machine; without the trailing slash
    std::string key;                       // may be empty: then no Authorization is sent
    std::string model;                     // as the endpoint calls it
    std::chrono::milliseconds time{1500};  // in all
};

// Threads: any number at once, each with a call of its own.
class Endpoint {
public:
    explicit Endpoint(EndpointOptions options);
    ~Endpoint();
    // `message` masked already. Errors: those of advice::read_answer; advice.timeout; advice.unreachable;
    // advice.too_large; advice.unreadable - no HTTP; advice.status - not 200, a redirect among them; advice.stopped.
    Result<Advice> ask(const std::string& message, const Choices& choices) const;
    void stop();  // ends what is under way, refuses what comes

private:
    EndpointOptions options_;
    std::unique_ptr<http::Client> client_;
};

}  // namespace huiyin::advice
