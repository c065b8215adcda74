#include "workflow/store/writer.h"

#include <algorithm>

#include "workflow/base/log.h"
#include "workflow/store/news.h"
#include "workflow/store/search.h"
#include "workflow/store/sql.h"

namespace huiyin {
namespace {

constexpr std::size_t group_most = 64;
constexpr std::size_t run_at_once = 16;  // then: is the group before on disk? A long queue must not leave the disk idle
constexpr std::size_t made_at_once = 8;  // then: the thread behind may begin with what they said
constexpr int groups_divided = 16;
constexpr std::size_t rows_ahead = 250;  // far fewer than recent_rows.h keeps: what is under way must be found there
constexpr int pages_to_tidy = 4000;      // carried over when nobody waits …
constexpr int pages_at_most = 12000;     // … and even when somebody does: 48 MiB of write-ahead log
constexpr std::chrono::milliseconds between_probes{200}, idle_wait{60000};
constexpr std::size_t company_expected = 8;            // after a group of so many, the next is hardly one alone:
constexpr std::chrono::microseconds for_company{300};  // less than half of what a flush of the disk takes

void merge(Touched& all, const Touched& one) {
    all.conversations.insert(one.conversations.begin(), one.conversations.end());
    all.tickets.insert(one.tickets.begin(), one.tickets.end());
    all.channels.insert(one.channels.begin(), one.channels.end());
    all.reminders |= one.reminders;
    all.directory |= one.directory;
}

std::string text_of(const std::exception_ptr& problem) {
    try {
        std::rethrow_exception(problem);
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "something that is no std::exception";
    }
}

}  // namespace

struct Writer::Group final : WriteBehind::Group {
    Group() { jobs.reserve(group_most); }  // whoever joins is in it at once: none can be lost for want of room
    Jobs jobs;
    Touched touched;
};

Writer::Writer(std::unique_ptr<Driver> driver, std::unique_ptr<Driver> reading, const StoreContext& context)
    : driver_(std::move(driver)),
      reading_(std::move(reading)),
      context_(context),
      behind_(*driver_, reading_ ? *reading_ : *driver_,
              {[this] { refuse_if_damaged(); },
               [this](WriteBehind::Group& done) {
                   auto& group = static_cast<Group&>(done);
                   tell(group.jobs, group.touched);
               },
               [this](bool failed) {  // a failure is dealt with at once, and so is a disk that gave out while tidying
                   if (failed || listening_.load() || !writable_.load()) queue_.put(std::make_shared<Job>());
               },
               [this] { tidy(); }}),
      thread_([this] { work(); }) {}

Writer::~Writer() { stop(); }

void Writer::on_commit(std::function<void(const Touched&)> listen) { listen_ = std::move(listen); }

void Writer::submit(Store::Unit unit, Store::After after) {
    auto job = std::make_shared<Job>(Job{std::move(unit), std::move(after), nullptr});
    if (queue_.put(job)) return;
    job->problem =
        std::make_exception_ptr(StoreFailed("store: stopped: the service is ending: try again later", false));
    hand_over(*job, Outcome::undone);
}

void Writer::stop() {
    queue_.close();
    if (thread_.joinable()) thread_.join();
}

void Writer::work() {
    const auto at_once = driver_->writes_alone() ? run_at_once : group_most;  // else nothing joins a group in hand
    while (true) {
        auto jobs = queue_.take_up_to(at_once, writable_.load() ? idle_wait : between_probes);
        if (jobs.empty() && queue_.closed()) break;
        std::erase_if(jobs, [](const auto& job) { return !job->unit; });  // the thread behind called
        behind_.listen();
        undo_failed();
        if (may_run_ahead(jobs)) {
            run_ahead(std::move(jobs));
            continue;
        }
        behind_.settle();
        undo_failed();
        if (!jobs.empty()) commit(jobs);
        if (!writable_.load()) {
            if (jobs.empty()) probe();
        } else {
            tidy();
        }
    }
    behind_.settle();
    undo_failed();
    try {
        if (!damaged_) driver_->checkpoint();
    } catch (const std::exception& e) {
        log::warning("store.checkpoint_failed", {{"problem", e.what()}});
    }
}

bool Writer::may_run_ahead(const Jobs& jobs) const {
    if (jobs.empty() || !driver_->writes_alone()) return false;
    if (jobs.size() == 1 && behind_.under_way() == 0 && last_group_ < company_expected) return false;
    return writable_.load() && !damaged_ && groups_to_divide_ == 0 && page_limit_.load() == page_limit_set_;
}

// Units join the group in hand as long as the one before it is not on disk, and for a moment where many came before:
// fewer commits, each of more.
void Writer::run_ahead(Jobs jobs) {
    std::shared_ptr<Group> group;
    std::size_t rows = 0, units = 0;
    in_hand_ = true;
    try {
        group = std::make_shared<Group>();
        behind_.begin();
        for (; !jobs.empty(); jobs = join(*group, rows)) {
            group->jobs.insert(group->jobs.end(), jobs.begin(), jobs.end());
            for (auto& job : jobs) {
                const bool many = rows > rows_ahead;
                rows += run_on(behind_, *job, group->touched);
                if (!many && rows > rows_ahead) behind_.stay_here();
                if (++units % made_at_once == 0) behind_.go_ahead();
            }
        }
    } catch (...) {  // a unit threw, a group before this one is undone, or memory ended: each by itself now
        in_hand_ = false;
        behind_.roll_back();
        recent_.clear();
        undo_failed();
        groups_to_divide_ = groups_divided;
        return commit(group ? group->jobs : jobs);
    }
    last_group_ = group->jobs.size();
    behind_.hand_over(std::move(group));
    in_hand_ = false;
    while (behind_.under_way() > (rows > rows_ahead ? 0U : 1U)) behind_.wait_for_one();
    undo_failed();
}

// Who else goes with this group; nobody: it is to be handed over.
Writer::Jobs Writer::join(const Group& group, std::size_t rows) {
    const auto size = group.jobs.size();
    bool waited = false;
    while (size < group_most && rows <= rows_ahead) {
        listening_ = true;
        behind_.listen();
        const bool under_way = behind_.under_way() > 0;
        const bool for_others = !under_way && !waited && size < company_expected && last_group_ >= company_expected;
        Jobs more;
        if (under_way || for_others)
            more = queue_.take_up_to(std::min(run_at_once, group_most - size),
                                     under_way ? std::chrono::microseconds{idle_wait} : for_company);
        listening_ = false;
        if (!(under_way || for_others) || (more.empty() && queue_.closed())) break;
        waited = waited || for_others;
        std::erase_if(more, [](const auto& job) { return !job->unit; });  // the thread behind called
        if (!more.empty()) return more;
    }
    return {};
}

std::size_t Writer::run_on(Driver& driver, Job& job, Touched& touched) {
    SqlTransaction transaction(driver, context_, &recent_);
    job.unit(transaction);
    transaction.finish();
    merge(touched, transaction.touched());
    if (transaction.wipes()) wipe_wanted_ = true;
    return transaction.pass_on();
}

// Groups that failed behind: when the world failed all are told; when one of their changes was wrong, each unit is run
// again by itself.
void Writer::undo_failed() {
    auto failed = behind_.take_failed();
    if (failed.empty()) return;
    behind_.settle();
    for (auto& later : behind_.take_failed()) failed.push_back(std::move(later));
    recent_.clear();
    for (auto& [lost, problem] : failed) {
        auto& jobs = static_cast<Group&>(*lost).jobs;
        try {
            std::rethrow_exception(problem);
        } catch (const StoreFailed& e) {
            if (e.damage) damaged_ = true;
            fail(jobs, problem);
        } catch (const std::exception& e) {
            log::warning("store.group_run_again", {{"problem", e.what()}});
            groups_to_divide_ = groups_divided;
            commit(jobs);
        }
    }
}

// alone: in a savepoint, so that it can be undone without the others.
Writer::Ran Writer::run(Job& job, Touched& touched, bool alone) {
    bool failed = false;
    job.problem = nullptr;
    try {
        if (alone) driver_->savepoint();
        SqlTransaction transaction(*driver_, context_, &recent_);
        job.unit(transaction);
        transaction.finish();
        if (alone) driver_->release();
        transaction.pass_on();
        if (transaction.wipes()) wipe_wanted_ = true;
        merge(touched, transaction.touched());
        return Ran::stands;
    } catch (const StoreFailed& e) {
        job.problem = std::current_exception();
        if (e.damage) damaged_ = true;
        failed = true;
    } catch (...) {
        job.problem = std::current_exception();
    }
    if (failed || !driver_->in_transaction()) return Ran::world_failed;  // the engine gave up the whole transaction
    if (!alone) return Ran::undone;
    try {
        driver_->roll_back_to_savepoint();
        return Ran::undone;
    } catch (const std::exception&) {
        return Ran::world_failed;
    }
}

// False: the world failed and the whole group is lost; the problem of one of its jobs says why.
bool Writer::run_each(Jobs& jobs, Touched& touched) {
    return std::all_of(jobs.begin(), jobs.end(),
                       [&](const auto& job) { return run(*job, touched, true) != Ran::world_failed; });
}
bool Writer::run_together(Jobs& jobs, Touched& touched) {
    for (auto& job : jobs) {
        const auto ran = run(*job, touched, false);
        if (ran == Ran::stands) continue;
        if (ran == Ran::world_failed) return false;
        driver_->roll_back();
        recent_.clear();
        touched = {};
        groups_to_divide_ = groups_divided;
        begin_group();
        return run_each(jobs, touched);
    }
    return true;
}

void Writer::refuse_if_damaged() const {
    if (damaged_) throw StoreFailed("store: the file is damaged: stop, and restore a backup", true);
}

void Writer::hear_of_damage() {
    damaged_ = true;
    writable_ = false;
}

void Writer::begin_group() {
    driver_->begin();
    if (driver_->others_wrote()) recent_.clear();
    if (!writable_.load()) write_probe();  // an empty commit must not look like a disk that works again
}

void Writer::commit(Jobs& jobs) {
    last_group_ = jobs.size();
    Touched touched;
    try {
        refuse_if_damaged();
        if (const auto limit = page_limit_.load(); limit != page_limit_set_)
            driver_->limit_pages(page_limit_set_ = limit);
        begin_group();
        const bool divide = groups_to_divide_ > 0;
        if (divide) --groups_to_divide_;
        if (!(divide ? run_each(jobs, touched) : run_together(jobs, touched))) {
            const auto failed = std::find_if(jobs.rbegin(), jobs.rend(), [](const auto& job) { return job->problem; });
            return fail(jobs, failed == jobs.rend() ? nullptr : (*failed)->problem);
        }
        if (!driver_->writes_alone()) driver_->announce(to_news(touched));
        driver_->commit();
    } catch (const std::exception&) {
        return fail(jobs, std::current_exception());
    }
    tell(jobs, touched);
}

void Writer::tell(Jobs& jobs, const Touched& touched) {
    ++commits_;
    if (!writable_.exchange(true)) log::info("store.writable_again");
    for (auto& job : jobs) hand_over(*job, job->problem ? Outcome::undone : Outcome::saved);
    if (!listen_) return;
    try {
        listen_(touched);
    } catch (const std::exception& e) {
        log::error("store.listener_failed", {{"problem", e.what()}});
    }
}

void Writer::fail(Jobs& jobs, const std::exception_ptr& problem) {
    driver_->roll_back();
    recent_.clear();  // it may hold rows of units that are undone now
    if (writable_.exchange(false))
        log::error("store.commit_failed", {{"problem", text_of(problem)}, {"damaged", damaged_.load()}});
    for (auto& job : jobs) {
        if (!job->problem) job->problem = problem;
        hand_over(*job, Outcome::undone);
    }
}

void Writer::hand_over(Job& job, Outcome outcome) {
    if (!job.after) return;
    try {
        job.after(outcome, job.problem);
    } catch (const std::exception& e) {
        log::error("store.hand_over_failed", {{"problem", e.what()}});
    }
}

void Writer::write_probe() { change(*driver_, sql::probe, context_.organisation, Bytes{std::string(32768, '\0')}); }

bool Writer::takes_a_write() {
    try {
        driver_->begin();
        write_probe();
        driver_->commit();
        return true;
    } catch (const StoreFailed& e) {
        driver_->roll_back();
        if (e.damage) damaged_ = true;
        return false;
    }
}

void Writer::probe() {
    if (damaged_) return;
    if (const auto limit = page_limit_.load(); limit != page_limit_set_) driver_->limit_pages(page_limit_set_ = limit);
    if (!takes_a_write()) {
        // A log that is carried over whole is written from its beginning again and needs no new room. Not tried first:
        // carrying over may itself eat the little room there is.
        try {
            driver_->checkpoint();
        } catch (const StoreFailed& e) {
            if (e.damage) damaged_ = true;
            return;
        }
        if (!takes_a_write()) return;
    }
    writable_.store(true);
    log::info("store.writable_again");
}

// By the thread that has the driver: when nobody waits, and in any case when the log grows long.
void Writer::tidy() {
    const auto somebody_waits = [&] { return queue_.size() > 0 || in_hand_ || !behind_.idle(); };
    if (somebody_waits() && driver_->pages_waiting() <= pages_at_most) return;
    try {
        do {
            if (driver_->pages_waiting() > pages_to_tidy) driver_->checkpoint();
        } while (!somebody_waits() && !queue_.closed() && fold_words(*driver_, context_.organisation));
        if (wipe_wanted_.load() && !somebody_waits() && driver_->wipe_log()) wipe_wanted_ = false;
    } catch (const StoreFailed& e) {
        driver_->roll_back();
        if (e.damage) damaged_ = true;
        if (writable_.exchange(false))
            log::error("store.commit_failed", {{"problem", e.what()}, {"damaged", damaged_.load()}});
    }
}

}  // namespace huiyin
