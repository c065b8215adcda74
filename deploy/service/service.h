// The one composition root: builds every part of a running service and stops all in reverse. End-to-end tests start it
// too.
//
// Threads, and what each may touch:
//   waiting room (1)   sockets only; reads requests, sends answers and event streams
//   workers (cores)    requests: verify, understand, read through their own reading connections; never wait for a
//   commit
//                      but in staff's requests
//   advice (8)         only with a model endpoint: its calls; then messages go to the writer as from a worker
//   writer (1)         the store's only writing connection: units of work, commit, hand over
//   couriers (1 each)  one channel's outgoing calls; write through the writer
//   pullers (1 each)   one customer service account's news; through the writer
//   timer (1)          due reminders, through the writer
//   figures (1)        what cases add to reports, counted beside the writer, kept through it
//   keeping (1)        what has had its time goes at night, in small units through the writer
//   streams (1)        new messages to open event streams
//   chores (1)         the clock set by hand, the hourly sweep, the directory that changed
//   control (1)        the socket beside the store, for `huiyin user` and its like
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "deploy/service/config.h"
#include "workflow/base/clock.h"
#include "workflow/base/result.h"

namespace huiyin {

class Store;
class Engine;
class FrontDesk;
class Understanding;
struct Policy;

struct ServiceOptions {
    Config config;
    std::string share;                      // folder with templates/ and pages/
    std::optional<TimePoint> manual_clock;  // set: the service clock stands still until it is moved, and starts here
    bool demo = false;                      // demo page on "/", the clock may be moved from it
    bool door = true;                       // false: no port, no socket, no calls: only what is within (huiyin chat)
};

class Service {
public:
    // Everything is built and the port is open when it returns. Errors: every finding, a line each; nothing runs then.
    static Result<std::unique_ptr<Service>> start(ServiceOptions options);
    ~Service();  // stops
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    int port() const;
    std::string address() const;  // "http://127.0.0.1:8080"
    // Takes nothing new, finishes what is in hand, within five seconds.
    void stop();

    // Reads the packs anew and puts them in force, all or none: tickets keep the version they are pinned to. Errors:
    // policy.invalid - every finding, a line each; what was in force stays so. Not on the writer thread.
    Result<Done> reload_rules();
    std::shared_ptr<const Policy> policy() const;  // in force for units that name no other

    // For end-to-end tests that look from within.
    Store& store();
    Engine& engine();
    FrontDesk& desk();
    const Understanding& understanding() const;
    void move_clock(TimePoint to);  // as PUT /api/v1/clock
    TimePoint now() const;

private:
    struct State;
    explicit Service(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace huiyin
