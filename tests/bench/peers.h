// What others answer to the same callbacks, as programs of their own: tests/bench/peer.
#pragma once
#include <sys/types.h>

#include <optional>
#include <string>

namespace huiyin::bench {

class Peer {
public:
    // Installs what is missing. keeps: each message is stored before it is answered. Throws what is wrong in one line.
    explicit Peer(bool keeps);
    ~Peer();
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    int port() const { return port_; }

private:
    std::string folder_;
    pid_t process_ = 0;
    int port_ = 0;
};

}  // namespace huiyin::bench
