// A rule made ready once, when its pack is loaded: the everyday part of JsonLogic (var, comparisons, and, or, not, in)
// evaluated on facts as they are, without JSON and without allocating. Pure. Threads: any.
//
// What it cannot say for sure (another operator, a text compared with a number) it leaves to evaluate(), so that both
// always agree; tests/policy/quick_rule.cpp holds that on random rules and facts.
#pragma once
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "workflow/policy/fact.h"

namespace huiyin {

// Sets of names, in which some share a bit.
constexpr std::uint64_t all_names = ~std::uint64_t{0};
constexpr std::uint64_t bit_of(FactName name) { return std::uint64_t{1} << name.mark() % 64; }

class QuickRule {
public:
    // Nothing when the rule uses more than the everyday part.
    static std::shared_ptr<const QuickRule> made_of(const Json& logic);
    // Does it hold? Nothing: ask evaluate().
    std::optional<bool> holds(const Facts& facts, const Facts& given, const Facts& event) const;
    // The facts that it looks at, and maybe others: a bit for each name (bit_of).
    std::uint64_t names() const { return names_; }

    struct Node;
    explicit QuickRule(std::unique_ptr<const Node> root);
    ~QuickRule();
    QuickRule(const QuickRule&) = delete;
    QuickRule& operator=(const QuickRule&) = delete;

private:
    std::unique_ptr<const Node> root_;
    std::uint64_t names_;
};

}  // namespace huiyin
