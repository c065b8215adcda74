// The real program, served in a temporary folder of its own: the demo community, web chat, a clock that stands still.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "workflow/store/store.h"

namespace huiyin::bench {

class Program {
public:
    // clock: where it stands, RFC 3339; empty: the machine's own. keep: the folder stays when this goes.
    Program(std::string program, std::string clock, bool keep);
    // In a folder that stays; what an earlier one left in it is served again.
    Program(std::string program, std::string clock, const std::filesystem::path& folder);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    void start();  // until it listens; throws what it said where it does not. The first time it makes the store.
    void end();
    void kill();  // kill -9
    // Waits until it has said these words since it was started, and gives the rest of their line; throws where it does
    // not, with what it said.
    std::string hear(const std::string& words, std::chrono::seconds at_most);
    int port() const { return port_; }
    std::string file() const { return (folder_ / "huiyin.db").string(); }
    std::unique_ptr<Store> open(IdMaker& ids) const;  // its store, while it does not run

    double most_memory() const;     // that it ever had, MB
    double present_memory() const;  // MB
    void forget_most_memory();      // counts from what it has now

    // Processor time used so far, µs: of the whole process, and of its thread that used most (the writer).
    struct Used {
        double all = 0, busiest = 0;
    };
    Used used() const;

private:
    void write_configuration() const;
    void listen(int output);
    void end_by(int signal);
    double memory(const std::string& line) const;
    std::string program_, clock_, key_;
    std::filesystem::path folder_;
    bool keep_;
    pid_t process_ = 0;
    int port_ = 0;
    std::mutex said_mutex_;
    std::condition_variable heard_;
    std::string said_;    // by the process since it was started
    bool ended_ = false;  // it says no more
    std::jthread listening_;
};

}  // namespace huiyin::bench
