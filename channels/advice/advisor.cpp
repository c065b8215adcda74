#include "channels/advice/advisor.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>

#include "bot/advice/mask.h"
#include "bot/advice/merge.h"
#include "bot/advice/question.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"
#include "workflow/base/queue.h"

namespace huiyin::advice {
namespace {

constexpr std::size_t remembered_most = 2000;  // deliveries

const char* to_text(Breaker::State state) {
    return state == Breaker::State::closed ? "closed" : state == Breaker::State::open ? "open" : "half_open";
}

// One delivery that waits for its answers, or for one before it.
struct Waiting {
    std::vector<std::string> senders;  // each once
    std::size_t open_questions = 0;
    bool going_on = false;  // somebody lets it go on, or is about to
    std::function<void()> go_on;
    std::shared_ptr<Waiting> next;  // that goes on after it, by the same thread
};

struct Question {
    std::shared_ptr<Waiting> of;
    Spoken message;
    std::string remembered_as;
};

}  // namespace

struct Advisor::State {
    AdvisorParts parts;
    Endpoint endpoint;
    Queue<Question> questions;
    std::vector<std::jthread> threads;

    mutable std::mutex mutex;  // of all below; never held while somebody is called
    std::unordered_map<std::string, std::deque<std::shared_ptr<Waiting>>> lanes;  // by sender, in order
    // What came of a delivery's question: a repeat gets the same again. Nothing: the rules alone.
    std::unordered_map<std::string, std::optional<Advice>> remembered;
    std::size_t in_hand = 0;  // questions that a thread has or is about to take
    Breaker breaker;
    AdvisorFigures figures;
    bool stopped = false;

    explicit State(AdvisorParts p) : parts(std::move(p)), endpoint(parts.endpoint) {}

    void refused(const std::string& reason) {
        const std::lock_guard lock(mutex);
        ++figures.refused[reason];
    }

    void note(Breaker::State before, Breaker::State after) const {
        if (before != after) log::warning("advice.breaker", {{"state", to_text(after)}});
    }

    // Of one question that the breaker let through: it hears what came of it in any case, else it would wait for that
    // for ever. Under the lock, but for the end.
    class Outcome {
    public:
        explicit Outcome(State& state) : state_(&state) {}
        ~Outcome() {
            if (!state_) return;
            const std::lock_guard lock(state_->mutex);
            state_->breaker.given_up();
        }
        Outcome(const Outcome&) = delete;
        Outcome& operator=(const Outcome&) = delete;
        void is(const Result<Advice>& answer, Breaker::Time now) {
            auto& hears = std::exchange(state_, nullptr)->breaker;
            if (answer)
                hears.succeeded();
            else if (answer.problem().code == "advice.stopped")
                hears.given_up();
            else
                hears.failed(now);
        }

    private:
        State* state_;  // null: it was told
    };

    std::optional<Advice> ask(const Question& question) {
        const auto& message = question.message;
        if (parts.awaits_answer && parts.awaits_answer(message.channel, message.address)) {
            refused("answer_awaited");
            return std::nullopt;
        }
        const auto names = parts.names ? parts.names(message.channel, message.address) : std::vector<std::string>{};
        const auto words = masked(*message.understood, names);
        if (!words) {
            refused("unmasked");
            return std::nullopt;
        }
        {
            const std::lock_guard lock(mutex);
            if (stopped || !breaker.may_ask(parts.now())) {
                ++figures.refused[stopped ? "stopped" : "resting"];
                return std::nullopt;
            }
            ++figures.asked;
        }
        Outcome outcome(*this);
        const auto began = std::chrono::steady_clock::now();
        auto answer = Result<Advice>(Problem{"advice.unreachable", {}, {}});
        try {
            answer = endpoint.ask(*words, parts.choices());
        } catch (const std::exception& e) {
            log::error("advice.failed", {{"what", e.what()}});
        }
        const auto ms =
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
        Breaker::State before{}, after{};
        std::string reason;
        {
            const std::lock_guard lock(mutex);
            const auto now = parts.now();
            before = breaker.state(now);
            outcome.is(answer, now);
            after = breaker.state(now);
            if (!answer) {
                reason = answer.problem().code.substr(std::string_view("advice.").size());
                ++figures.refused[reason];
            }
        }
        note(before, after);
        if (answer) return std::move(*answer);
        log::warning("advice.refused", {{"reason", reason}, {"detail", answer.problem().detail}, {"ms", ms}});
        return std::nullopt;
    }

    void take(Understood& understood, const std::optional<Advice>& advice) {
        if (!advice) return;
        const bool helped = take_advice(understood, *advice, parts.choices());
        const std::lock_guard lock(mutex);
        ++(helped ? figures.helped : figures.no_help);
    }

    void answer(const Question& question) {
        std::optional<Advice> advice;
        try {
            advice = ask(question);
            take(*question.message.understood, advice);
        } catch (const std::exception& e) {  // reading the store, or memory: the message still goes on
            log::error("advice.failed", {{"what", e.what()}});
        }
        std::unique_lock lock(mutex);
        --in_hand;
        // Its place was made when it was taken, and may have been cleared away since.
        if (const auto place = remembered.find(question.remembered_as); place != remembered.end())
            place->second = std::move(advice);
        --question.of->open_questions;
        let_go_on(lock, question.of);
    }

    // Out of every lane, before anything of it goes on.
    void forget(const std::shared_ptr<Waiting>& waiting) {
        for (auto lane = lanes.begin(); lane != lanes.end();) {
            std::erase(lane->second, waiting);
            lane = lane->second.empty() ? lanes.erase(lane) : std::next(lane);
        }
    }

    // What is remembered of these deliveries is theirs at once: the list is asked before anybody waits for us.
    void take_known(const std::vector<Question>& asked) {
        std::vector<std::pair<Understood*, Advice>> known;
        {
            const std::lock_guard lock(mutex);
            for (const auto& question : asked)
                if (const auto before = remembered.find(question.remembered_as);
                    before != remembered.end() && before->second)
                    known.emplace_back(question.message.understood, *before->second);
        }
        if (known.empty()) return;
        const auto choices = parts.choices();
        for (const auto& [understood, advice] : known) take_advice(*understood, advice, choices);
    }

    // True: it was taken, and a thread has it soon. `remembered` has its key then, so that it is asked once.
    bool taken(const Question& question) {
        if (stopped || remembered.contains(question.remembered_as)) return false;
        const bool rests = breaker.refuses(parts.now());
        if (rests || in_hand >= parts.threads) {
            ++figures.refused[rests ? "resting" : "full"];
            return false;
        }
        if (!question.remembered_as.empty()) {
            if (remembered.size() >= remembered_most) remembered.clear();
            remembered.try_emplace(question.remembered_as);
        }
        ++in_hand;
        return true;
    }

    // Has it its answers, and does it stand first with all its senders?
    bool may_go_on(const std::shared_ptr<Waiting>& waiting) const {
        return waiting->open_questions == 0 && !waiting->going_on &&
               std::all_of(waiting->senders.begin(), waiting->senders.end(), [&](const std::string& sender) {
                   const auto lane = lanes.find(sender);
                   return lane != lanes.end() && lane->second.front() == waiting;
               });
    }

    // Goes on if it may; then those behind it. Needs no memory and does not throw: one that stayed in its lanes would
    // hold up its senders for ever.
    void let_go_on(std::unique_lock<std::mutex>& lock, std::shared_ptr<Waiting> waiting) noexcept {
        if (!may_go_on(waiting)) return;
        waiting->going_on = true;
        while (waiting) {
            lock.unlock();
            try {
                waiting->go_on();
            } catch (const std::exception& e) {
                log::error("advice.not_handed_on", {{"what", e.what()}});
            }
            waiting->go_on = nullptr;  // what it held is let go before the next
            lock.lock();
            for (const auto& sender : waiting->senders) {
                const auto lane = lanes.find(sender);
                lane->second.pop_front();
                if (lane->second.empty()) lanes.erase(lane);
            }
            for (const auto& sender : waiting->senders) {
                const auto lane = lanes.find(sender);
                if (lane == lanes.end() || !may_go_on(lane->second.front())) continue;
                const auto& first = lane->second.front();
                first->going_on = true;
                first->next = std::exchange(waiting->next, first);
            }
            waiting = std::exchange(waiting->next, nullptr);
        }
    }
};

Advisor::Advisor(AdvisorParts parts) : state_(std::make_unique<State>(std::move(parts))) {
    for (std::size_t i = 0; i < state_->parts.threads; ++i)
        state_->threads.emplace_back([state = state_.get()] {
            while (const auto question = state->questions.take()) state->answer(*question);
        });
}

Advisor::~Advisor() { stop(); }

void Advisor::stop() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopped = true;
    }
    state_->endpoint.stop();
    state_->questions.close();
    state_->threads.clear();  // joins: each question that was taken over has gone on
}

AdvisorFigures Advisor::figures() const {
    const std::lock_guard lock(state_->mutex);
    auto figures = state_->figures;
    figures.breaker = state_->breaker.state(state_->parts.now());
    return figures;
}

void Advisor::advise(const std::vector<Spoken>& messages, std::function<void()> go_on) {
    auto& state = *state_;
    std::set<std::string> senders;
    std::vector<Question> questions;
    for (const auto& message : messages) {
        senders.insert(message.channel + "\n" + message.address);
        if (!message.understood || !worth_asking(*message.understood)) continue;
        questions.push_back({.of = {}, .message = message, .remembered_as = {}});
        if (!message.key.empty())
            questions.back().remembered_as = sha256(message.channel + "\n" + message.address + "\n" + message.key);
    }
    const auto waiting = std::make_shared<Waiting>();
    waiting->go_on = std::move(go_on);
    waiting->senders.assign(senders.begin(), senders.end());
    try {
        state.take_known(questions);
    } catch (const std::exception& e) {  // without a list the rules stand
        log::error("advice.failed", {{"what", e.what()}});
    }
    bool waits = false;
    {
        const std::lock_guard lock(state.mutex);
        const auto in_hand = state.in_hand;
        try {
            std::erase_if(questions, [&](const Question& question) { return !state.taken(question); });
            waits = !questions.empty() || std::any_of(senders.begin(), senders.end(), [&](const std::string& sender) {
                return state.lanes.contains(sender);
            });
            if (waits) {
                waiting->open_questions = questions.size() + 1;  // one for us, until all is handed over
                for (const auto& sender : senders) state.lanes[sender].push_back(waiting);
                for (auto& question : questions) question.of = waiting;
            }
        } catch (...) {  // whoever handed it over hears of it, and nobody waits behind it
            state.in_hand = in_hand;
            for (const auto& question : questions) state.remembered.erase(question.remembered_as);
            state.forget(waiting);
            throw;
        }
    }
    if (!waits) return waiting->go_on();
    std::size_t handed_over = 0;
    try {
        for (const auto& question : questions) handed_over += state.questions.put(question);
    } catch (const std::exception& e) {
        log::error("advice.failed", {{"what", e.what()}});
    }
    std::unique_lock lock(state.mutex);
    // Stopped in between, or out of memory: those go on as they are.
    state.in_hand -= questions.size() - handed_over;
    waiting->open_questions -= questions.size() - handed_over + 1;
    state.let_go_on(lock, waiting);
}

}  // namespace huiyin::advice
