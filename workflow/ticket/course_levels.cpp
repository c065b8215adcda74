// Course: how severe the case is, and what a level brings.
#include "workflow/policy/quick_rule.h"
#include "workflow/ticket/course.h"
#include "workflow/ticket/due_facts.h"

namespace huiyin {

const Facts& Course::level_facts() const {
    if (facts_stand_) return facts_;
    auto names = bit_of("kind");
    for (const auto& level : policy_.levels)
        for (const auto& reason : level.any_of) names |= names_in(reason.when);
    return write_some_facts(level_facts_, names, ticket_, policy_, context_, now_) ? level_facts_ : facts();
}

int Course::rank(const std::string& level) const {
    const auto* found = policy_.level(level);
    return found ? found->rank : -1;
}

void Course::set_level(const Effect& effect) {
    const auto target = effect.field("level");
    if (rank(target) <= rank(ticket_.level)) return;
    happen("ticket.level_changed",
           data_of("level", target, "from_level", ticket_.level, "judged", huiyin::judge_level(policy_, facts()).level,
                   "because", words_of_clause(policy_, effect.clause)),
           by_policy, effect.clause);
    if (const auto* level = policy_.level(target)) follow(level->effects, {}, by_policy);
}

// Was it at this level before, so that what the level brings has been brought? The level that a ticket is opened with
// counts unless the policy found another one in the same moment.
bool Course::was_at(const std::string& level) const {
    const auto& events = history();
    for (auto event = events.begin(); event != events.end(); ++event) {
        const auto found = event->fields.find("level");
        if (found == event->fields.end() || found->second != Fact(level)) continue;
        const auto next = std::next(event);
        if (event->type == "ticket.level_changed") return true;
        if (event->type == "ticket.opened" && (next == events.end() || next->type != "ticket.level_changed"))
            return true;
    }
    return false;
}

// Records the level that the rules find now; gives it when it is reached for the first time.
const Level* Course::take_level() {
    if (is_end(ticket_.phase)) return nullptr;
    const auto judged = huiyin::judge_level(policy_, level_facts());
    if (judged.level == ticket_.level) return nullptr;
    const bool higher = rank(judged.level) > rank(ticket_.level);
    // A level that a person or the policy set stands until the rules find something worse than they knew then.
    if (!ticket_.level_pin.empty() && !(higher && rank(judged.level) > rank(ticket_.level_pin))) return nullptr;
    std::string because, clause;
    for (const auto& reason : judged.reasons) {
        because += (because.empty() ? "" : "；") + reason.because;
        if (clause.empty()) clause = reason.clause;
    }
    const auto* level = policy_.level(judged.level);
    if (clause.empty() && level) clause = level->clause;
    const bool first_time = !was_at(judged.level);
    happen("ticket.level_changed", data_of("level", judged.level, "from_level", ticket_.level, "because", because),
           by_policy, clause);
    return first_time ? level : nullptr;
}

void Course::judge_level() {
    if (const auto* level = take_level()) follow(level->effects, {}, by_policy);
}

const Level* Course::first_level() {
    take_level();
    return policy_.level(ticket_.level);
}

void Course::level_was_set(const std::string& before, const Party& by) {
    const auto* level = policy_.level(ticket_.level);
    // Of a case that has ended it is put right for the record alone: no limit begins, nobody is told.
    if (!level || ticket_.level == before || is_end(ticket_.phase)) return;
    const bool first_time = !was_at(ticket_.level);
    happen(
        "ticket.level_changed",
        data_of("level", ticket_.level, "from_level", before, "judged", ticket_.level_pin, "because", "由工作人员认定"),
        by, level->clause);
    if (first_time) follow(level->effects, {}, by);
}

}  // namespace huiyin
