// A piece of work that is handed over once: like std::function, but may own what cannot be copied.
#pragma once
#include <memory>
#include <type_traits>
#include <utility>

namespace huiyin {

template <class Signature>
class Task;

template <class Answer, class... Arguments>
class Task<Answer(Arguments...)> {
public:
    Task() = default;
    template <class F>
    requires(!std::is_same_v<std::decay_t<F>, Task>) Task(F&& work)
        : held_(std::make_unique<Holder<std::decay_t<F>>>(std::forward<F>(work))) {}  // NOLINT: work is a task
    Answer operator()(Arguments... arguments) { return held_->call(std::forward<Arguments>(arguments)...); }
    explicit operator bool() const { return held_ != nullptr; }

private:
    struct Callable {
        virtual ~Callable() = default;
        virtual Answer call(Arguments... arguments) = 0;
    };
    template <class F>
    struct Holder final : Callable {
        explicit Holder(F w) : work(std::move(w)) {}
        Answer call(Arguments... arguments) override { return work(std::forward<Arguments>(arguments)...); }
        F work;
    };
    std::unique_ptr<Callable> held_;
};

}  // namespace huiyin
