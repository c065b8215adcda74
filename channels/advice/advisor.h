// Has unclear messages looked at by the endpoint before they go to the front desk, and lets everything else pass.
//
// Whoever hands messages over does not wait: what is to be done with them is a function, called once, at once where
// nothing is asked, else on a thread of the pool. Messages of one sender go on in the order in which they came, also
// those that need no advice. When the pool is full, the endpoint rests or fails, a message goes on by the rules alone;
// it is never asked twice.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bot/advice/advice.h"
#include "bot/understanding/meaning.h"
#include "channels/advice/breaker.h"
#include "channels/advice/endpoint.h"

namespace huiyin::advice {

// One message on its way. `understood` must live until the message goes on, and is changed in place before.
struct Spoken {
    std::string channel, address;  // who
    std::string key;               // of the delivery: a repeat is not asked again, nor while the first is; empty: none
    Understood* understood = nullptr;  // null: nothing to be understood (a button, a member of staff)
};

struct AdvisorFigures {
    std::uint64_t asked = 0, helped = 0, no_help = 0;  // no_help: a good answer that changes nothing
    std::map<std::string, std::uint64_t> refused;      // by reason: full, resting, unmasked, timeout, off_list …
    Breaker::State breaker = Breaker::State::closed;
};

struct AdvisorParts {
    EndpointOptions endpoint;
    std::size_t threads = 8;  // as many are asked at once
    // The list as it is now. Called on any thread; should it throw, the rules stand.
    std::function<Choices()> choices = {};
    // Words that never leave when this person speaks. Called on the pool's threads; may read the store.
    std::function<std::vector<std::string>(const std::string& channel, const std::string& address)> names = {};
    // True: something was asked of this person, or a colleague has the talk; his words are an answer and not sent
    // anywhere. Called on the pool's threads; may read the store.
    std::function<bool(const std::string& channel, const std::string& address)> awaits_answer = {};
    std::function<Breaker::Time()> now = std::chrono::steady_clock::now;
};

// Threads: any.
class Advisor {
public:
    explicit Advisor(AdvisorParts parts);
    ~Advisor();  // stops
    Advisor(const Advisor&) = delete;
    Advisor& operator=(const Advisor&) = delete;

    // Messages of one delivery: all are advised on before `go_on` is called, for all of them together. It must not
    // throw and should be short.
    void advise(const std::vector<Spoken>& messages, std::function<void()> go_on);
    AdvisorFigures figures() const;
    // What waits goes on by the rules alone; then the threads end. Later messages pass.
    void stop();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace huiyin::advice
