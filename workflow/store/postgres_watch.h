// What a process that shares its store with others does beside serving: it hears what they commit, counts them, and
// gives back what those had in hand that are no longer there.
//
// Threads: one of its own, which calls what it was given. A connection that breaks is made anew; whatever was missed
// meanwhile counts as news of everything that can be looked up again (reminders, directory).
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "workflow/store/driver.h"
#include "workflow/store/postgres_connection.h"
#include "workflow/store/served_store.h"

namespace huiyin {

class PostgresWatch final : public Watch {
public:
    struct Parts {
        std::string url;
        int number = 0;  // of this process
        // The numbers of those who had something in hand.
        std::function<std::set<int>(Driver&)> claimants;
        std::function<void(int number)> release;  // what the dead one had
        std::function<int(Driver&)> serving;      // how many serve the store
        std::function<void()> lost;               // the database does not answer: does it take a write?
    };
    explicit PostgresWatch(Parts parts);
    ~PostgresWatch() override;
    PostgresWatch(const PostgresWatch&) = delete;
    PostgresWatch& operator=(const PostgresWatch&) = delete;
    void listen(std::function<void(const Touched&)> hear) override;
    int processes() const override { return processes_; }

private:
    void work();
    void connect();
    void hear_news();
    void count();
    void look_for_the_dead();
    void tell(const Touched& touched);

    Parts parts_;
    std::mutex mutex_;
    std::function<void(const Touched&)> hear_;
    PostgresConnection connection_;
    std::unique_ptr<Driver> asking_;
    std::atomic<int> processes_{1};
    std::set<int> silent_;   // without a sign of life when we last looked
    bool owes_all_ = false;  // something may have been missed: everybody looks again
    int stop_[2] = {-1, -1};
    std::thread thread_;
};

}  // namespace huiyin
