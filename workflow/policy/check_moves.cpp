// What can be proved of openings and moves: who hears of an end, which is never made, where nothing leads on.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "workflow/policy/checker.h"
#include "workflow/policy/jsonlogic.h"

namespace huiyin::check {

namespace {

// Does the rule hold for none but these kinds? Seen where it names the kind itself, alone or with more beside it.
bool only_for(const Json& rule, const Names& kinds) {
    if (!rule.is_object() || rule.size() != 1) return false;
    const auto& name = rule.begin().key();
    const Json& parts = rule.begin().value();
    if (!parts.is_array()) return false;
    if (name == "and")
        return std::any_of(parts.begin(), parts.end(), [&](const Json& part) { return only_for(part, kinds); });
    if ((name != "==" && name != "===" && name != "in") || parts.size() != 2) return false;
    static const Json kind{{"var", "kind"}};
    const bool asks = parts[0] == kind || (name != "in" && parts[1] == kind);
    const Json& meant = parts[0] == kind ? parts[1] : parts[0];
    const auto is_one = [&](const Json& each) { return each.is_string() && contains(kinds, each.get<std::string>()); };
    if (!asks) return false;
    return name == "in" ? meant.is_array() && std::all_of(meant.begin(), meant.end(), is_one) : is_one(meant);
}

}  // namespace

// The states that a matter of a customer can come to; those of records of our own alone are left out.
std::set<std::string> Checker::reached_by_customers() const {
    Names ours;
    for (const auto& kind : policy_.kinds)
        if (kind.unasked) ours.push_back(kind.key);
    std::set<std::string> reached{policy_.opening.to};
    for (const auto& one : policy_.openings)
        if (!one.when || !only_for(*one.when.logic, ours)) reached.insert(one.to);
    for (std::size_t before = 0; before != reached.size();) {
        before = reached.size();
        for (const auto& move : policy_.moves) {
            if (move.to.empty() || move.refused || (move.when && only_for(*move.when.logic, ours))) continue;
            for (const auto* state : left_by(move))
                if (reached.count(state->key) != 0) reached.insert(move.to);
        }
    }
    return reached;
}

void Checker::moves() {
    known("/opening/to", "state", policy_.opening.to, states_, "write one of \"states\"");
    clause("/opening/clause", policy_.opening.clause);
    effects("/opening/effects", policy_.opening.effects);
    for (const auto& one : policy_.openings) {
        known("/opening", "state", one.to, states_, "write one of \"states\"");
        rule("/opening", one.when);
        clause("/opening", one.clause);
        effects("/opening", one.effects);
    }
    Names sources = states_;
    sources.emplace_back("*");
    for (int i = 0; i <= static_cast<int>(Phase::terminated); ++i) sources.push_back(to_text(static_cast<Phase>(i)));
    const auto asked_states = reached_by_customers();
    for (std::size_t i = 0; i < policy_.moves.size(); ++i) {
        const Move& move = policy_.moves[i];
        const std::string at = numbered("/moves", i);
        known(at + "/command", "command", move.command, known_commands(), "write one of the interface's");
        for (const auto& from : move.from)
            known(at + "/from", "state", from, sources, "write a state, a phase or \"*\"");
        if (!move.to.empty()) known(at + "/to", "state", move.to, states_, "write one of \"states\"");
        for (const auto& name : move.roles)
            role(at + "/roles", name, {"customer", "policy", "owner", "assignee", "staff"});
        rule(at + "/when", move.when);
        clause(at + "/clause", move.clause);
        effects(at + "/effects", move.effects);
        if (left_by(move).empty()) wrong(at + "/from", "no state is in this phase: write one of \"states\"");
        const State* end = policy_.state(move.to);
        const bool tells = std::any_of(move.effects.begin(), move.effects.end(),
                                       [](const Effect& effect) { return effect.name == "tell"; });
        // The end of a record of our own is nobody's news.
        const bool any_ours =
            std::any_of(policy_.kinds.begin(), policy_.kinds.end(), [](const Kind& kind) { return kind.unasked; });
        const auto left = left_by(move);
        const bool ours = any_ours && ((move.when && contains(rule_use(*move.when.logic).facts, "kind")) ||
                                       std::none_of(left.begin(), left.end(), [&](const State* state) {
                                           return asked_states.count(state->key) != 0;
                                       }));
        if (end && is_end(end->phase) && !tells && !move.refused && !ours)
            wrong(at + "/effects", "the ticket ends in \"" + move.to +
                                       "\" and the customer hears nothing: add {\"effect\":\"tell\",\"phrase\":…}");
    }
    shadowed_moves();
    endless_runs();
}

// Moves whose "run" leads back to themselves would never come to rest in one unit of work.
void Checker::endless_runs() {
    const auto follows = [&](const Move& move) {
        std::set<std::size_t> next;
        for (const auto& effect : move.effects) {
            if (effect.name != "run" || effect.when) continue;  // a "when" may end it
            for (std::size_t i = 0; i < policy_.moves.size(); ++i) {
                const Move& other = policy_.moves[i];
                if (other.command != effect.field("command") || other.refused || other.when ||
                    !contains(other.roles, "policy"))
                    continue;
                const auto left = left_by(other);
                const bool from_there = std::any_of(left.begin(), left.end(), [&](const State* state) {
                    return move.to.empty() ? true : state->key == move.to;
                });
                if (from_there) next.insert(i);
            }
        }
        return next;
    };
    for (std::size_t i = 0; i < policy_.moves.size(); ++i) {
        std::set<std::size_t> seen;
        std::vector<std::size_t> waiting{i};
        while (!waiting.empty()) {
            const std::size_t here = waiting.back();
            waiting.pop_back();
            for (const std::size_t next : follows(policy_.moves[here])) {
                if (next == i) {
                    wrong(
                        numbered("/moves", i) + "/effects",
                        "running this move leads back to it without end: give the \"run\" a \"when\", or take it out");
                    waiting.clear();
                    break;
                }
                if (seen.insert(next).second) waiting.push_back(next);
            }
        }
    }
}

// The first that fits is taken: what stands after an unconditional one for the same states and roles never is.
void Checker::shadowed_moves() {
    const auto within = [](const auto& part, const auto& whole) {
        return std::all_of(part.begin(), part.end(), [&](const auto& item) {
            return std::find(whole.begin(), whole.end(), item) != whole.end();
        });
    };
    for (std::size_t i = 0; i < policy_.moves.size(); ++i)
        for (std::size_t before = 0; before < i; ++before) {
            const Move &first = policy_.moves[before], &later = policy_.moves[i];
            if (first.command != later.command || first.when || first.refused || later.refused) continue;
            if (first.step != later.step) continue;  // a step's own moves and the general ones are looked at apart
            if (!within(left_by(later), left_by(first)) || !within(later.roles, first.roles)) continue;
            wrong(numbered("/moves", i),
                  "this move is never made, /moves/" + std::to_string(before) +
                      " is taken first: put it before that one, or give that one a \"when\"",
                  Weight::warning);
            break;
        }
}

// Every state can be reached, and from every state an end can.
void Checker::graph() {
    std::map<std::string, std::set<std::string>> next;
    for (const auto& move : policy_.moves)
        if (!move.to.empty() && !move.refused)
            for (const State* from : left_by(move)) next[from->key].insert(move.to);
    const auto reach = [&](std::set<std::string> reached, const std::map<std::string, std::set<std::string>>& edges) {
        Names waiting{reached.begin(), reached.end()};
        while (!waiting.empty()) {
            const std::string here = waiting.back();
            waiting.pop_back();
            const auto found = edges.find(here);
            if (found == edges.end()) continue;
            for (const auto& there : found->second)
                if (reached.insert(there).second) waiting.push_back(there);
        }
        return reached;
    };
    std::map<std::string, std::set<std::string>> back;
    for (const auto& [from, targets] : next)
        for (const auto& to : targets) back[to].insert(from);
    std::set<std::string> ends;
    for (const auto& state : policy_.states)
        if (is_end(state.phase)) ends.insert(state.key);
    std::set<std::string> first{policy_.opening.to};
    for (const auto& one : policy_.openings) first.insert(one.to);
    const auto reached = reach(first, next), ending = reach(ends, back);
    for (std::size_t i = 0; i < policy_.states.size(); ++i) {
        const State& state = policy_.states[i];
        if (reached.count(state.key) == 0)
            wrong(numbered("/states", i),
                  "state \"" + state.key + "\" cannot be reached: add a move to it, or remove it");
        if (ending.count(state.key) == 0)
            wrong(numbered("/states", i),
                  "from state \"" + state.key + "\" no end can be reached: add a move out of it");
    }
}

}  // namespace huiyin::check
