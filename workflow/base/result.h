// The expected no: what a function answers when the world is in order but the wish cannot be granted.
// A world that failed (disk full, connection lost) is an exception; a mistake of ours is an assertion.
#pragma once
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace huiyin {

struct Problem {
    std::string code;         // for programs: "ticket.not_allowed"
    std::string text;         // for the caller: what, where, how to mend
    std::string detail;       // for the log, never for a page
    std::string clause = {};  // the policy's rule that said no, if one did: "property-group/T1"
    friend bool operator==(const Problem&, const Problem&) = default;
};

template <class T>
class [[nodiscard]] Result {
public:
    Result(T&& value) : held_(std::in_place_index<0>, std::move(value)) {}            // NOLINT: a value is a result
    Result(const T& value) : held_(std::in_place_index<0>, value) {}                  // NOLINT
    Result(Problem&& problem) : held_(std::in_place_index<1>, std::move(problem)) {}  // NOLINT: so is a no
    Result(const Problem& problem) : held_(std::in_place_index<1>, problem) {}        // NOLINT
    explicit operator bool() const { return held_.index() == 0; }
    T& value() & { return checked(), std::get<0>(held_); }
    const T& value() const& { return checked(), std::get<0>(held_); }
    T&& value() && { return checked(), std::get<0>(std::move(held_)); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    const Problem& problem() const { return std::get<1>(held_); }

private:
    void checked() const {
        if (!*this) throw std::logic_error("value taken from a refusal: " + problem().code + ": " + problem().text);
    }
    std::variant<T, Problem> held_;
};

struct Done {  // Result<Done>: nothing to give back but that it went well
    friend bool operator==(Done, Done) = default;
};

}  // namespace huiyin
