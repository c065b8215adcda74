// The only includer of cpp-httplib: its server listens and accepts, and its reader reads every request a second time.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "workflow/base/result.h"

namespace huiyin::http {

struct Exchange;

class Listener {
public:
    // `arrived` gets every accepted socket, on the thread of run().
    explicit Listener(std::function<void(int socket)> arrived);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    // Errors: http.cannot_listen. `port` 0: any free one.
    Result<Done> bind(const std::string& host, int port);
    int port() const;
    // Accepts until stop(); binds anew should the library give up over an error of the system.
    void run();
    // Returns at once; from any thread, also before run() has begun.
    void stop();

    // Gives a request that the waiting room let through to the library's own reader, from memory, and calls `handle`
    // if that reader saw the same method, target and length. False, and not called, if it did not: then two readers
    // disagree about a request, and that is how requests are smuggled. Threads: any.
    bool read_again(const Exchange& exchange, const std::function<void()>& handle);

private:
    class Door;
    std::unique_ptr<Door> door_;
    std::string host_;
    int port_ = 0;
};

}  // namespace huiyin::http
