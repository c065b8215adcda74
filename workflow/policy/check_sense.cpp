// What is well said and makes no sense: rungs that nobody reaches, warnings before the beginning, an alarm that waits
// for office hours, a second stage that is the first again.
#include <nlohmann/json.hpp>

#include "workflow/policy/checker.h"
#include "workflow/policy/jsonlogic.h"

namespace huiyin::check {
namespace {

// Minutes of a span as far as they can be compared with those of another; nothing for those that depend on the day.
std::optional<double> minutes(const Span& span) {
    if (span.count <= 0 || span.from_start_of_work) return std::nullopt;
    const auto count = static_cast<double>(span.count);
    constexpr double day = 24.0 * 60;
    switch (span.unit) {
        case SpanUnit::minutes:
        case SpanUnit::working_minutes:
            return count;
        case SpanUnit::hours:
        case SpanUnit::working_hours:
            return count * 60;
        case SpanUnit::days:
        case SpanUnit::working_days:
            return count * day;
        case SpanUnit::weeks:
            return count * day * 7;
        case SpanUnit::months:
            return count * day * 30;
        case SpanUnit::years:
            return count * day * 365;
        default:
            return std::nullopt;
    }
}

bool is_working(const Span& span) {
    return span.unit == SpanUnit::working_minutes || span.unit == SpanUnit::working_hours ||
           span.unit == SpanUnit::working_days || span.unit == SpanUnit::start_of_work || span.from_start_of_work;
}

// Two spans that are measured in the same way: so many working hours against so many working hours.
std::optional<bool> is_longer(const Span& a, const Span& b) {
    if (is_working(a) != is_working(b)) return std::nullopt;
    const auto first = minutes(a), second = minutes(b);
    if (!first || !second) return std::nullopt;
    const bool same_unit = a.unit == b.unit;
    // A working day has less than 24 working hours: only like is compared with like.
    if (is_working(a) && !same_unit) return std::nullopt;
    return *first > *second;
}

bool overlap(const Names& a, const Names& b) {
    return a.empty() || b.empty() ||
           std::any_of(a.begin(), a.end(), [&](const std::string& each) { return contains(b, each); });
}

bool starts_with(const DeadlineRule& deadline, const std::string& event) {
    return std::any_of(deadline.starts_on.begin(), deadline.starts_on.end(),
                       [&](const DeadlineStart& start) { return start.event == event; });
}
bool stops_with(const DeadlineRule& deadline, const std::string& event) {
    return std::any_of(deadline.stops_on.begin(), deadline.stops_on.end(),
                       [&](const DeadlineStop& stop) { return stop.event == event; });
}

bool has_effect(const Effects& effects, std::string_view name) {
    return std::any_of(effects.begin(), effects.end(), [&](const Effect& effect) { return effect.name == name; });
}

std::string route_role(const Effects& effects) {
    for (const auto& effect : effects)
        if (effect.name == "route" && !effect.when) return effect.field("role");
    return {};
}
std::string level_set(const Effects& effects) {
    for (const auto& effect : effects)
        if (effect.name == "set_level" && !effect.when) return effect.field("level");
    return {};
}

}  // namespace

void Checker::each_effects(const std::function<void(const std::string& pointer, const Effects& effects)>& look) const {
    look("/opening/effects", policy_.opening.effects);
    for (const auto& one : policy_.openings) look("/opening", one.effects);
    for (std::size_t i = 0; i < policy_.moves.size(); ++i)
        look(numbered("/moves", i) + "/effects", policy_.moves[i].effects);
    for (std::size_t i = 0; i < policy_.levels.size(); ++i)
        look(numbered("/levels", i) + "/effects", policy_.levels[i].effects);
    for (std::size_t i = 0; i < policy_.deadlines.size(); ++i) {
        look(numbered("/deadlines", i) + "/miss", policy_.deadlines[i].miss);
        for (std::size_t w = 0; w < policy_.deadlines[i].warns.size(); ++w)
            look(numbered(numbered("/deadlines", i) + "/warn", w) + "/effects", policy_.deadlines[i].warns[w].effects);
    }
    for (std::size_t i = 0; i < policy_.reactions.size(); ++i)
        look(numbered("/reactions", i) + "/effects", policy_.reactions[i].effects);
    look("/surveys/suppressed", policy_.surveys.suppressed);
}

// A rung that no rule claims, nobody sets and no fallback needs is never reached.
void Checker::rungs() {
    std::set<std::string> set;
    bool by_hand = false;
    each_effects([&](const std::string&, const Effects& list) {
        for (const auto& effect : list)
            if (effect.name == "set_level") set.insert(effect.field("level"));
    });
    for (const auto& move : policy_.moves) by_hand = by_hand || (move.command == "classify" && !move.refused);
    for (std::size_t i = 0; i < policy_.levels.size(); ++i) {
        const Level& level = policy_.levels[i];
        const std::string at = numbered("/levels", i);
        if (!level.any_of.empty()) {
            for (std::size_t higher = i + 1; higher < policy_.levels.size(); ++higher)
                for (const auto& theirs : policy_.levels[higher].any_of)
                    for (std::size_t r = 0; r < level.any_of.size(); ++r)
                        if (theirs.when && level.any_of[r].when && overlap(level.kinds, policy_.levels[higher].kinds) &&
                            *theirs.when.logic == *level.any_of[r].when.logic)
                            wrong(numbered(at + "/any_of", r), "the same rule makes the case \"" +
                                                                   policy_.levels[higher].key +
                                                                   "\", which is worse: take it out here or there");
            continue;
        }
        // Of several levels without rules the mildest is the fallback; the others must be set.
        bool fallback = false;
        for (const auto& kind : kind_keys_) {
            if (!level.kinds.empty() && !contains(level.kinds, kind)) continue;
            const auto first = std::find_if(policy_.levels.begin(), policy_.levels.end(), [&](const Level& each) {
                return each.any_of.empty() && (each.kinds.empty() || contains(each.kinds, kind));
            });
            fallback = fallback || (first != policy_.levels.end() && first->key == level.key);
        }
        if (!fallback && set.count(level.key) == 0)
            wrong(at,
                  "nothing ever makes a case \"" + level.key + "\"" + (by_hand ? " but a person by hand" : "") +
                      ": write \"any_of\", or a set_level that leads there",
                  by_hand ? Weight::warning : Weight::error);
    }
}

// Acceptance has to come before the result, a warning between beginning and end.
void Checker::offsets() {
    for (std::size_t i = 0; i < policy_.deadlines.size(); ++i) {
        const DeadlineRule& deadline = policy_.deadlines[i];
        const std::string at = numbered("/deadlines", i);
        for (std::size_t w = 0; w < deadline.warns.size(); ++w) {
            const DeadlineStep& step = deadline.warns[w];
            const auto longer = is_longer(step.span, deadline.span);
            const bool same = step.span.unit == deadline.span.unit && step.span.count == deadline.span.count;
            if (step.from == DeadlineStep::From::due_before && longer && (*longer || same))
                wrong(numbered(at + "/warn", w), "this warning would come before \"" + deadline.name +
                                                     "\" has begun: write less than " + to_text(deadline.span));
            if (step.from == DeadlineStep::From::start && longer && *longer)
                wrong(numbered(at + "/warn", w), "this warning would come after \"" + deadline.name +
                                                     "\" is over: write less than " + to_text(deadline.span) +
                                                     ", or after_due");
        }
        if (!stops_with(deadline, "ticket.accepted") || !starts_with(deadline, "ticket.opened")) continue;
        for (const auto& result : policy_.deadlines)
            if (stops_with(result, "ticket.resolved") && !stops_with(result, "ticket.accepted") &&
                starts_with(result, "ticket.opened") && overlap(deadline.kinds, result.kinds) &&
                overlap(deadline.levels, result.levels) && is_longer(deadline.span, result.span).value_or(false))
                wrong(at + "/span", "\"" + deadline.name + "\" may take longer than \"" + result.name +
                                        "\", which begins with it and ends with the result: shorten it");
    }
}

// The next step of a ladder is somebody else, and an escalation does not stay where it is.
void Checker::ladders() {
    for (std::size_t i = 0; i < policy_.deadlines.size(); ++i) {
        const DeadlineRule& step = policy_.deadlines[i];
        const auto role = route_role(step.miss), level = level_set(step.miss);
        if (role.empty() || level.empty() || step.levels.empty()) continue;
        if (contains(step.levels, level))
            wrong(numbered("/deadlines", i) + "/miss",
                  "the ladder leads from \"" + level + "\" to itself: set the next level");
        for (std::size_t n = 0; n < policy_.deadlines.size(); ++n) {
            const DeadlineRule& next = policy_.deadlines[n];
            if (n == i || !contains(next.levels, level) || !overlap(step.kinds, next.kinds) || next.name != step.name)
                continue;
            if (route_role(next.miss) == role)
                wrong(numbered("/deadlines", n) + "/miss",
                      "the next step of the ladder is \"" + role + "\" again: route to somebody above");
        }
    }
    for (std::size_t i = 0; i < policy_.moves.size(); ++i) {
        const Move& move = policy_.moves[i];
        const auto role = route_role(move.effects);
        if (move.command != "escalate" || move.refused || role.empty() || role == "given" || move.to.empty()) continue;
        const auto left = left_by(move);
        const bool only_himself = move.roles.size() == 1 && move.roles.front() == role;
        const bool owned = !left.empty() && std::all_of(left.begin(), left.end(), [&](const State* state) {
            const auto route = std::find_if(policy_.routes.begin(), policy_.routes.end(), [&](const Route& each) {
                return contains(each.states, state->key) && each.kinds.empty() && !each.when;
            });
            return route != policy_.routes.end() && route->role == role;
        });
        if (only_himself || owned)
            wrong(numbered("/moves", i) + "/effects",
                  "the escalation stays with \"" + role + "\": route to somebody above");
    }
}

// Alarms are for the night too, and nobody is asked whether it is fixed before it is.
void Checker::moments() {
    for (std::size_t i = 0; i < policy_.deadlines.size(); ++i) {
        const DeadlineRule& deadline = policy_.deadlines[i];
        const std::string at = numbered("/deadlines", i);
        if (has_effect(deadline.miss, "page") && is_working(deadline.span))
            wrong(at + "/miss", "this alarm waits for opening hours: count \"" + deadline.name +
                                    "\" in hours or minutes, or notify instead of page");
        for (std::size_t w = 0; w < deadline.warns.size(); ++w)
            if (has_effect(deadline.warns[w].effects, "page") && is_working(deadline.warns[w].span))
                wrong(numbered(at + "/warn", w), "this alarm waits for opening hours: write hours or minutes");
    }
    const auto early = [&](const State* state) { return state && state->phase < Phase::resolved; };
    for (std::size_t i = 0; i < policy_.moves.size(); ++i) {
        const Move& move = policy_.moves[i];
        if (move.refused) continue;
        const bool asks = has_effect(move.effects, "ask_rating") || has_effect(move.effects, "ask_fixed");
        if (!asks) continue;
        if (move.to.empty()) {
            const auto left = left_by(move);
            if (!left.empty() && std::all_of(left.begin(), left.end(), early))
                wrong(numbered("/moves", i) + "/effects",
                      "this asks how it went before anything is resolved: ask after resolve");
        } else if (early(policy_.state(move.to))) {
            wrong(numbered("/moves", i) + "/effects",
                  "this asks how it went before anything is resolved: ask after resolve");
        }
    }
    for (const char* effect : {"ask_rating", "ask_fixed"})
        if (has_effect(policy_.opening.effects, effect))
            wrong("/opening/effects", "this asks how it went before anything is resolved: ask after resolve");
    // A role that a case is given to must be able to do something with it.
    std::set<std::string> acting;
    bool owners = false;
    for (const auto& move : policy_.moves)
        for (const auto& role : move.roles) {
            acting.insert(role);
            owners = owners || ((role == "owner" || role == "staff") && !move.refused);
        }
    for (std::size_t i = 0; i < policy_.routes.size(); ++i)
        if (!owners && acting.count(policy_.routes[i].role) == 0)
            wrong(numbered("/routes", i) + "/role",
                  "\"" + policy_.routes[i].role +
                      "\" is given the case and may do nothing with it: name the role "
                      "in a move");
    // Two routes for the same, the second never taken.
    for (std::size_t i = 0; i < policy_.routes.size(); ++i)
        for (std::size_t before = 0; before < i; ++before) {
            const Route &first = policy_.routes[before], &later = policy_.routes[i];
            const auto covers = [](const Names& wide, const Names& narrow) {
                return wide.empty() ||
                       (!narrow.empty() && std::all_of(narrow.begin(), narrow.end(),
                                                       [&](const auto& each) { return contains(wide, each); }));
            };
            if (first.when || !covers(first.kinds, later.kinds) || !covers(first.categories, later.categories) ||
                !covers(first.levels, later.levels) || !covers(first.states, later.states))
                continue;
            wrong(
                numbered("/routes", i),
                "this route is never taken, /routes/" + std::to_string(before) + " fits first: put it before that one",
                Weight::warning);
            break;
        }
}

void Checker::unused() {
    std::set<std::string> clauses;
    for (const auto& move : policy_.moves) clauses.insert(move.clause);
    for (std::size_t i = 0; i < policy_.admission.tests.size(); ++i) {
        const auto& test = policy_.admission.tests[i];
        for (std::size_t before = 0; before < i; ++before)
            if (*policy_.admission.tests[before].when.logic == *test.when.logic &&
                overlap(policy_.admission.tests[before].kinds, test.kinds))
                wrong(numbered("/admission/tests", i) + "/when",
                      "the same test stands before, so that this one never answers: take one out");
    }
    if (!policy_.admission.tests.empty()) {
        const bool looked_at = std::any_of(policy_.moves.begin(), policy_.moves.end(), [&](const Move& move) {
            return move.when && (contains(rule_use(*move.when.logic).facts, "admission") ||
                                 contains(rule_use(*move.when.logic).facts, "admission_test"));
        });
        bool asked = looked_at;
        each_effects([&](const std::string&, const Effects& list) {
            for (const auto& effect : list)
                if (effect.when) {
                    const auto facts = rule_use(*effect.when.logic).facts;
                    asked = asked || contains(facts, "admission") || contains(facts, "admission_test");
                }
        });
        if (!asked)
            wrong("/admission",
                  "nothing looks at the answer of these tests: give accept and reject a \"when\" on "
                  "{\"var\":\"admission\"}");
    }
    // A cap below another one of the same role and field decides nothing.
    for (std::size_t i = 0; i < policy_.authority.size(); ++i)
        for (std::size_t before = 0; before < i; ++before) {
            const auto &a = policy_.authority[before], &b = policy_.authority[i];
            if (a.role == b.role && a.field == b.field && a.kinds == b.kinds && a.levels == b.levels && !a.when &&
                !b.when)
                wrong(numbered("/authority", i),
                      "a second cap of \"" + a.role + "\" for \"" + a.field + "\": leave the one that is meant");
        }
}

}  // namespace huiyin::check
