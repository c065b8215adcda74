// Takes the units that wait (64 at most), runs them one after another, commits once.
//
// Two threads: one runs units, the other makes their changes and commits while the first is at the next group
// (write_behind.h). A unit that comes alone while few come, and groups after something went wrong, are run and
// committed on one thread.
//
// One commit is one flush of the disk, so the busier it is the cheaper a unit. Nobody hears "saved" before the commit
// returned. A unit that throws is undone alone: the group is rolled back and run again with a savepoint for each, and
// so are the next ones, for savepoints copy every page that is touched and few units throw. When the disk refuses, the
// whole group is undone and told, the writer says that it is not writable and tries the disk by itself until it takes a
// write again. A damaged file is for ever: it is not written to any more.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "workflow/base/queue.h"
#include "workflow/store/driver.h"
#include "workflow/store/sql_store.h"
#include "workflow/store/store.h"
#include "workflow/store/write_behind.h"

namespace huiyin {

class Writer {
public:
    // reading: a second connection to the same file, for questions beside what is still to be committed; nullptr where
    // others write, too: then every group is run and committed on one thread, after begin(). context must outlive the
    // writer. Starts the threads.
    Writer(std::unique_ptr<Driver> driver, std::unique_ptr<Driver> reading, const StoreContext& context);
    ~Writer();
    void submit(Store::Unit unit, Store::After after);           // threads: any
    void on_commit(std::function<void(const Touched&)> listen);  // before the first submit
    bool writable() const { return writable_.load(); }
    std::size_t waiting() const { return queue_.size(); }
    void stop();
    bool is_damaged() const { return damaged_.load(); }
    void hear_of_damage();                                              // threads: any; nothing is written any more
    std::uint64_t commits() const { return commits_.load(); }           // for tests and metrics
    void limit_pages(std::int64_t pages) { page_limit_.store(pages); }  // for tests of a full disk; 0 lifts it

private:
    struct Job {
        Store::Unit unit;
        Store::After after;
        std::exception_ptr problem;  // why it was undone
    };
    using Jobs = std::vector<std::shared_ptr<Job>>;
    struct Group;
    void work();
    void commit(Jobs& jobs);
    void begin_group();
    void refuse_if_damaged() const;
    enum class Ran { stands, undone, world_failed };
    Ran run(Job& job, Touched& touched, bool alone);
    bool may_run_ahead(const Jobs& jobs) const;
    void run_ahead(Jobs jobs);
    Jobs join(const Group& group, std::size_t rows);
    std::size_t run_on(Driver& driver, Job& job, Touched& touched);
    void undo_failed();
    void tell(Jobs& jobs, const Touched& touched);
    bool run_together(Jobs& jobs, Touched& touched);
    bool run_each(Jobs& jobs, Touched& touched);
    void fail(Jobs& jobs, const std::exception_ptr& problem);
    void probe();
    void tidy();
    bool takes_a_write();
    void write_probe();
    static void hand_over(Job& job, Outcome outcome);

    std::unique_ptr<Driver> driver_, reading_;
    const StoreContext& context_;
    RecentRows recent_;
    std::function<void(const Touched&)> listen_;
    Queue<std::shared_ptr<Job>> queue_;
    std::atomic<bool> writable_{true};
    std::atomic<std::uint64_t> commits_{0};
    std::atomic<std::int64_t> page_limit_{0};
    std::int64_t page_limit_set_ = 0;
    std::atomic<bool> damaged_{false};
    std::atomic<bool> wipe_wanted_{false};  // something went that is to be nowhere: empties the log when nobody waits
    std::atomic<bool> in_hand_{false};      // a group that is not handed over yet …
    std::atomic<bool> listening_{false};    // … and waits for the one before it, or for company
    std::size_t last_group_ = 0;            // units
    int groups_to_divide_ = 0;              // a unit threw lately: so many groups more are run unit by unit
    WriteBehind behind_;
    std::thread thread_;
};

}  // namespace huiyin
