#include "workflow/store/write_behind.h"

namespace huiyin {

WriteBehind::WriteBehind(Driver& real, Driver& reading, Behind behind)
    : real_(real), reading_(reading), behind_(std::move(behind)), thread_([this] { work(); }) {}

WriteBehind::~WriteBehind() {
    to_do_.close();
    thread_.join();
}

// --- in front

void WriteBehind::begin() {
    now_->begins = true;
    begun_ = true;
    pushed_ = here_ = false;
    begun_in_ = generation_;
}

// A unit's exceptions are taken by those above it, who go on with it or run it again. After one in here there would be
// a count of one too many, which settle() waits for for ever, and perhaps no batch to write into.
void WriteBehind::push() noexcept {
    now_->generation = begun_in_;
    ++batches_under_way_;
    if (now_->group) ++groups_under_way_;
    pushed_ = true;
    to_do_.put(std::move(now_));
    if (spare_.empty()) {
        now_ = std::make_unique<Batch>();
    } else {
        now_ = std::move(spare_.back());
        spare_.pop_back();
    }
}

void WriteBehind::go_ahead() noexcept {
    if (!here_ && begun_ && !now_->changes.empty()) push();
}

void WriteBehind::take_back(std::vector<std::unique_ptr<Batch>> done) noexcept {
    for (auto& batch : done) {
        --batches_under_way_;
        if (batch->group) --groups_under_way_;
        if (batch->problem) {
            last_problem_ = batch->problem;
            if (batch->generation == generation_) ++generation_;
            if (batch->group) failed_.push_back({std::move(batch->group), batch->problem});
        }
        batch->changes.clear();
        batch->begins = batch->gives_up = false;
        batch->group = nullptr;
        batch->problem = nullptr;
        spare_.push_back(std::move(batch));
    }
}

void WriteBehind::listen() noexcept {
    if (done_.size() > 0) take_back(done_.take_up_to(64));
}

void WriteBehind::wait_for_one() noexcept {
    if (batches_under_way_ > 0) take_back(done_.take_up_to(64));
}

void WriteBehind::settle() noexcept {
    while (batches_under_way_ > 0) take_back(done_.take_up_to(64));
}

Statement& WriteBehind::use(const Sentence& sentence) {
    if (!here_) {
        if (begun_ && (now_->begins || !now_->changes.empty())) push();
        settle();
        if (begun_ && begun_in_ != generation_) throw Undone("store: a group that went before is undone");
    }
    return real_.use(sentence);
}

void WriteBehind::stay_here() {
    if (now_->begins || !now_->changes.empty()) push();
    settle();
    if (begun_in_ != generation_) throw Undone("store: a group that went before is undone");
    here_ = true;
}

void WriteBehind::hand_over(std::shared_ptr<Group> group) noexcept {
    begun_ = here_ = false;
    if (begun_in_ != generation_) {  // behind has given it up already
        now_->changes.clear();
        now_->begins = false;
        failed_.push_back({std::move(group), last_problem_});
        return;
    }
    now_->group = std::move(group);
    push();
}

void WriteBehind::roll_back() noexcept {
    now_->changes.clear();
    now_->begins = false;
    if (pushed_ && begun_) {
        now_->gives_up = true;
        push();
    }
    settle();
    begun_ = pushed_ = here_ = false;
}

std::vector<WriteBehind::Failed> WriteBehind::take_failed() { return std::exchange(failed_, {}); }

// --- behind

void WriteBehind::work() {
    while (true) {
        auto taken = to_do_.take();
        if (!taken) return;
        auto& batch = **taken;
        if (batch.generation == failed_generation_) {
            batch.problem = problem_;
        } else {
            make(batch);
        }
        const bool tell = batch.group != nullptr, failed = batch.problem != nullptr;
        // Tidied before the answer: who waits for it may use the real driver at once.
        if (batch.group && !batch.problem) behind_.tidy();
        done_.put(std::move(*taken));
        if (tell) behind_.done(failed);
    }
}

void WriteBehind::make(Batch& batch) {
    try {
        if (batch.begins) {
            behind_.may_begin();
            real_.begin();
        }
        batch.changes.make(real_);
        if (batch.gives_up) real_.roll_back();
        if (!batch.group) return;
        real_.commit();
    } catch (const std::exception&) {
        batch.problem = problem_ = std::current_exception();
        failed_generation_ = batch.generation;
        real_.roll_back();
        return;
    }
    behind_.committed(*batch.group);
}

}  // namespace huiyin
