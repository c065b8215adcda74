// A driver whose changes and commits are made by a second thread, while the first goes on with the next units.
//
// Changes are gathered (change_list.h) and handed over with the commit of their group. A question waits until all that
// was said before it is done and is then asked by the thread that wants to know, so it sees what it would see on one
// thread; one that nothing deferred can touch is asked aside, on a connection that reads. When something fails behind,
// its group and all that were handed over before this is known are undone and come back.
//
// Threads: all calls from one thread (in front); the callbacks come from the other (behind). The real driver is used by
// the thread behind while a batch is under way, else by the one in front. Errors: use() throws Undone when a group that
// went before has failed. Whatever hands a batch over or takes one back ends the process where there is no memory for
// it: a batch that is lost on its way is waited for for ever.
#pragma once
#include <exception>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "workflow/base/queue.h"
#include "workflow/store/change_list.h"
#include "workflow/store/driver.h"

namespace huiyin {

struct Undone : StoreFailed {  // no fault of the unit that hears it
    explicit Undone(const std::string& text) : StoreFailed(text, false) {}
};

class WriteBehind final : public Driver {
public:
    struct Group {  // what goes along with a commit for those who wait for it
        virtual ~Group() = default;
    };
    struct Failed {
        std::shared_ptr<Group> group;
        std::exception_ptr problem;
    };
    struct Behind {                       // called by the thread behind
        std::function<void()> may_begin;  // throws where nothing is to be written any more
        std::function<void(Group&)> committed;
        std::function<void(bool failed)> done;  // with a group: what came of it is there to be heard
        std::function<void()> tidy;             // after each commit
    };
    // Both drivers must outlive it.
    WriteBehind(Driver& real, Driver& reading, Behind behind);
    ~WriteBehind() override;
    WriteBehind(const WriteBehind&) = delete;
    WriteBehind& operator=(const WriteBehind&) = delete;

    void begin() override;
    void go_ahead() noexcept;  // what was said so far is made meanwhile; the group stays open
    void hand_over(std::shared_ptr<Group> group) noexcept;  // to be committed
    void roll_back() noexcept override;                     // what was begun; waits
    void stay_here();                                       // the rest of this group is done on the real driver at once
    std::size_t under_way() const { return groups_under_way_; }
    void listen() noexcept;        // takes what came back, without waiting
    void wait_for_one() noexcept;  // of the groups under way
    void settle() noexcept;        // until nothing is under way
    std::vector<Failed> take_failed();
    bool idle() const { return to_do_.size() == 0; }  // threads: any

    Statement& use(const Sentence& sentence) override;
    std::int64_t changed() const override { return real_.changed(); }
    ChangeList* deferred() override { return here_ ? nullptr : &now_->changes; }
    Driver& aside() override { return here_ ? real_ : reading_; }
    const Sentence& of(const Sentence& sqlite, const Sentence& postgres) const override {
        return real_.of(sqlite, postgres);
    }
    bool in_transaction() const override { return begun_; }

    // Only of the real driver, when nothing is under way.
    void begin_reading() override { real_.begin_reading(); }
    void commit() override { real_.commit(); }
    void savepoint() override { real_.savepoint(); }
    void release() override { real_.release(); }
    void roll_back_to_savepoint() override { real_.roll_back_to_savepoint(); }
    void script(const std::string& sentences) override { real_.script(sentences); }
    int pages_waiting() const override { return real_.pages_waiting(); }
    void checkpoint() override { real_.checkpoint(); }

private:
    struct Batch {
        ChangeList changes;
        bool begins = false, gives_up = false;
        std::shared_ptr<Group> group;  // set: commit, then tell it
        std::uint64_t generation = 0;  // a failure takes all of its generation along
        std::exception_ptr problem;
    };
    void push() noexcept;
    void take_back(std::vector<std::unique_ptr<Batch>> done) noexcept;
    void work();
    void make(Batch& batch);

    Driver& real_;
    Driver& reading_;
    Behind behind_;
    Queue<std::unique_ptr<Batch>> to_do_, done_;
    // in front
    std::unique_ptr<Batch> now_ = std::make_unique<Batch>();
    std::vector<std::unique_ptr<Batch>> spare_;
    std::vector<Failed> failed_;
    std::exception_ptr last_problem_;
    std::size_t batches_under_way_ = 0, groups_under_way_ = 0;
    std::uint64_t generation_ = 1, begun_in_ = 0;
    bool begun_ = false, pushed_ = false, here_ = false;
    // behind
    std::uint64_t failed_generation_ = 0;
    std::exception_ptr problem_;
    std::thread thread_;
};

}  // namespace huiyin
