#include "workflow/policy/policy.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "workflow/policy/event_kinds.h"
#include "workflow/policy/jsonlogic.h"
#include "workflow/policy/same_text.h"

namespace huiyin {
namespace {

using namespace std::chrono;

constexpr std::size_t phase_count = 11;
const std::array<std::string, phase_count>& phase_names() {
    static const std::array<std::string, phase_count> names{"open",      "accepted",   "working",   "deciding",
                                                            "resolved",  "revisiting", "closed",    "rejected",
                                                            "withdrawn", "merged",     "terminated"};
    return names;
}

const std::string& text_fact(const Facts& facts, FactName name) {
    static const std::string none;
    const auto found = facts.find(name);
    if (found == facts.end()) return none;
    const auto* text = std::get_if<std::string>(&found->second);
    return text ? *text : none;
}

template <class List>
auto* by_key(const List& list, std::string_view key) {
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const auto& item) { return is_same_text(item.key, key); });
    return found == list.end() ? nullptr : &*found;
}

bool names_state(const Move& move, const State& here) {
    const auto& phase = to_text(here.phase);
    return std::any_of(move.from.begin(), move.from.end(), [&](const std::string& from) {
        return is_same_text(from, here.key) || is_same_text(from, phase) || (from == "*" && !is_end(here.phase));
    });
}

// Does the move leave from this state, one of the policy's?
bool leaves_from(const Policy& policy, const Move& move, const State& here) {
    return move.leaves != 0 ? (move.leaves >> (&here - policy.states.data()) & 1) != 0 : names_state(move, here);
}

bool admits(const Move& move, const ActingAs& actor) {
    return std::any_of(actor.begin(), actor.end(), [&](const std::string& role) { return contains(move.roles, role); });
}

bool fits(const std::vector<std::string>& wanted, std::string_view value) {
    return wanted.empty() || contains(wanted, value);
}

const Route* route_for(const Policy& policy, const Facts& facts, bool in_any_state) {
    const auto& kind = text_fact(facts, "kind");
    const auto& category = text_fact(facts, "category");
    const auto& level = text_fact(facts, "level");
    const auto& state = text_fact(facts, "state");
    for (const auto& route : policy.routes) {
        if (in_any_state ? !route.states.empty() : !fits(route.states, state)) continue;
        if (fits(route.kinds, kind) && fits(route.categories, category) && fits(route.levels, level) &&
            holds(route.when, facts))
            return &route;
    }
    return nullptr;
}

void add_phrases(const Effects& effects, std::vector<std::string>& keys) {
    for (const auto& effect : effects)
        if (const std::string phrase = effect.field("phrase"); !phrase.empty()) keys.push_back(phrase);
}

}  // namespace

const std::string& to_text(Phase phase) { return phase_names().at(static_cast<std::size_t>(phase)); }

std::optional<Phase> phase_named(std::string_view name) {
    const auto& names = phase_names();
    const auto found =
        std::find_if(names.begin(), names.end(), [&](const std::string& each) { return is_same_text(each, name); });
    if (found == names.end()) return std::nullopt;
    return static_cast<Phase>(found - names.begin());
}

const std::vector<EffectInfo>& known_effects() {
    static const std::vector<EffectInfo> effects{{"tell", {"phrase"}, {}},
                                                 {"notify", {"phrase", "role"}, {"unit"}},
                                                 {"page", {"phrase", "role"}, {"unit"}},
                                                 {"ask_consent", {}, {"phrase"}},
                                                 {"ask_fixed", {}, {"phrase"}},
                                                 {"ask_rating", {}, {"phrase"}},
                                                 {"task", {"task", "role"}, {"unit", "phrase", "deadline", "means"}},
                                                 {"sample", {"revisit"}, {}},
                                                 {"route", {}, {"role", "unit"}},
                                                 {"assign", {"to"}, {}},
                                                 {"set_level", {"level"}, {}},
                                                 {"set_flag", {"flag"}, {}},
                                                 {"set", {"fact", "value"}, {}},
                                                 {"clear", {"fact"}, {}},
                                                 {"drop", {"task"}, {}},
                                                 {"penalty", {"penalty"}, {}},
                                                 {"run", {"command"}, {}}};
    return effects;
}

std::string Effect::field(std::string_view key) const {
    const auto found = fields.find(key);
    return found == fields.end() ? std::string{} : found->second;
}

const State* Policy::state(std::string_view key) const { return by_key(states, key); }
const Kind* Policy::kind(std::string_view key) const { return by_key(kinds, key); }
const Level* Policy::level(std::string_view key) const { return by_key(levels, key); }
const StepRule* Policy::step(std::string_view key) const { return by_key(steps, key); }
const Form* Policy::form(std::string_view key) const { return by_key(forms, key); }
const Penalty* Policy::penalty(std::string_view key) const { return by_key(penalties, key); }
const SlotRule* Policy::slot(std::string_view key) const { return by_key(slots, key); }

const Move& opening_for(const Policy& policy, const Facts& facts) {
    for (const auto& opening : policy.openings)
        if (holds(opening.when, facts)) return opening;
    return policy.opening;
}

const Category* Policy::category(std::string_view kind_key, std::string_view key) const {
    const Kind* found = kind(kind_key);
    return found ? by_key(found->categories, key) : nullptr;
}

const Clause* Policy::clause(std::string_view wanted) const {
    const auto found =
        std::find_if(clauses.begin(), clauses.end(), [&](const Clause& each) { return each.id == wanted; });
    return found == clauses.end() ? nullptr : &*found;
}

std::vector<std::string> Policy::phrase_keys() const {
    std::vector<std::string> keys;
    add_phrases(opening.effects, keys);
    for (const auto& move : moves) add_phrases(move.effects, keys);
    for (const auto& level : levels) add_phrases(level.effects, keys);
    for (const auto& deadline : deadlines) {
        add_phrases(deadline.miss, keys);
        for (const auto& step : deadline.warns) add_phrases(step.effects, keys);
    }
    for (const auto& duty : duties) keys.push_back(duty.phrase);
    for (const auto& one : openings) add_phrases(one.effects, keys);
    for (const auto& reaction : reactions) add_phrases(reaction.effects, keys);
    if (!identity.warning.empty()) keys.push_back(identity.warning);
    add_phrases(surveys.suppressed, keys);
    add_phrases({revisit.task}, keys);
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

void make_ready(Policy& policy) {
    constexpr std::size_t bits = 64;  // with more states than these, names are compared
    const auto& states = policy.states;
    for (auto& move : policy.moves) {
        move.leaves = 0;
        for (std::size_t i = 0; states.size() <= bits && i < states.size(); ++i)
            if (names_state(move, states[i])) move.leaves |= std::uint64_t{1} << i;
    }
    find_kinds(policy.deadlines);
    policy.starts_from_facts =
        std::any_of(policy.deadlines.begin(), policy.deadlines.end(), [](const DeadlineRule& rule) {
            return std::any_of(rule.starts_on.begin(), rule.starts_on.end(),
                               [](const DeadlineStart& start) { return !start.from_fact.empty(); });
        });
}

std::vector<const Move*> moves_from(const Policy& policy, std::string_view state, std::string_view command) {
    std::vector<const Move*> found;
    const State* here = policy.state(state);
    if (!here) return found;
    constexpr std::size_t usual = 8;
    found.reserve(usual);
    for (const auto& move : policy.moves)
        if (is_same_text(move.command, command) && leaves_from(policy, move, *here)) found.push_back(&move);
    return found;
}

bool has_own_move(const Policy& policy, std::string_view state, std::string_view command, std::string_view step) {
    const State* here = step.empty() ? nullptr : policy.state(state);
    return here && std::any_of(policy.moves.begin(), policy.moves.end(), [&](const Move& move) {
               return is_same_text(move.step, step) && is_same_text(move.command, command) &&
                      leaves_from(policy, move, *here);
           });
}

Result<const Move*> find_move(const Policy& policy, std::string_view state, std::string_view command,
                              const ActingAs& actor, const Facts& facts, const Facts& given) {
    const State* here = policy.state(state);
    const Move* refusing = nullptr;     // the policy says no to everyone
    const Move* unmet = nullptr;        // for this actor, but its condition does not hold
    const Move* for_others = nullptr;   // possible now, for somebody else
    const Move* never_yours = nullptr;  // for somebody else, if at all
    const std::string step = text_fact(given, "step");
    const bool own = has_own_move(policy, state, command, step);
    for (const auto& move : policy.moves) {
        if (!here || !is_same_text(move.command, command) || !leaves_from(policy, move, *here)) continue;
        if (move.step.empty() ? own : move.step != step) continue;
        const bool fits_now = holds(move.when, facts, given);
        if (move.refused) {
            if (!refusing && fits_now) refusing = &move;
        } else if (!admits(move, actor)) {
            if (!never_yours) never_yours = &move;
            if (!for_others && fits_now) for_others = &move;
        } else if (fits_now) {
            return &move;
        } else if (!unmet || (unmet->refuse_text.empty() && !move.refuse_text.empty())) {
            unmet = &move;
        }
    }
    const std::string where = here ? here->title : std::string(state);
    const auto title = [&](const Move* move) {
        return move && !move->title.empty() ? move->title : std::string(command);
    };
    const std::string detail = "command " + std::string(command) + " from state " + std::string(state);
    const auto refuse = [&](const Move* move) {
        const std::string text = move->refuse_text.empty()
                                     ? "工单现在不符合“" + title(move) + "”的条件（状态：" + where + ")"
                                     : move->refuse_text;
        return Problem{"ticket.not_allowed", text, detail, move->clause};
    };
    if (for_others || (!unmet && !refusing && never_yours)) {
        const Move* theirs = for_others ? for_others : never_yours;
        const std::string text =
            unmet && !unmet->refuse_text.empty() ? unmet->refuse_text : "“" + title(theirs) + "”不由您这个岗位操作";
        return Problem{"ticket.wrong_role", text, detail, theirs->clause};
    }
    if (unmet) return refuse(unmet);
    if (refusing) return refuse(refusing);
    const Move* any = nullptr;
    for (const auto& move : policy.moves)
        if (!any && move.command == command) any = &move;
    return Problem{"ticket.not_allowed", "工单现在是“" + where + "”，不能“" + title(any) + "”", detail,
                   any ? any->clause : std::string{}};
}

std::vector<const Move*> open_moves(const Policy& policy, std::string_view state, const ActingAs& actor,
                                    const Facts& facts, std::string_view command) {
    std::vector<const Move*> found;
    const State* here = policy.state(state);
    if (!here) return found;
    for (const auto& move : policy.moves) {
        if (!command.empty() && !is_same_text(move.command, command)) continue;
        if (move.refused || !leaves_from(policy, move, *here) || !admits(move, actor)) continue;
        if (!move.when.asks_given && !holds(move.when, facts)) continue;
        const bool known = std::any_of(found.begin(), found.end(), [&](const Move* other) {
            return other->command == move.command && other->step == move.step;
        });
        if (!known) found.push_back(&move);
    }
    return found;
}

LevelJudgement judge_level(const Policy& policy, const Facts& facts) {
    const auto& kind = text_fact(facts, "kind");
    LevelJudgement mildest;
    for (auto level = policy.levels.rbegin(); level != policy.levels.rend(); ++level) {
        if (!level->kinds.empty() && !contains(level->kinds, kind)) continue;
        LevelJudgement judged{level->key, {}};
        for (const auto& reason : level->any_of)
            if (holds(reason.when, facts)) judged.reasons.push_back({reason.because, reason.clause});
        if (!judged.reasons.empty()) return judged;
        if (level->any_of.empty()) mildest = judged;
    }
    return mildest;
}

const Route* find_route(const Policy& policy, const Facts& facts) { return route_for(policy, facts, false); }
const Route* handler_route(const Policy& policy, const Facts& facts) { return route_for(policy, facts, true); }

std::vector<const Effect*> due_effects(const Effects& effects, const Facts& facts, const Facts& given) {
    std::vector<const Effect*> due;
    for (const auto& effect : effects)
        if (holds(effect.when, facts, given)) due.push_back(&effect);
    return due;
}

NumberSeries number_series(const Policy& policy, TimePoint at) { return number_series(policy, policy.number, at); }

NumberSeries number_series(const Policy& policy, const std::string& pattern, TimePoint at) {
    const year_month_day date{policy.calendar.zone().to_local(at).day};
    const auto padded = [](unsigned value, std::size_t width) {
        std::string text = std::to_string(value);
        return std::string(text.size() < width ? width - text.size() : 0, '0') + text;
    };
    const unsigned year = static_cast<unsigned>(static_cast<int>(date.year()));
    NumberSeries series{{}, 0, {}};
    for (std::size_t i = 0; i < pattern.size();) {
        std::string& out = series.width == 0 ? series.prefix : series.suffix;
        const auto end = pattern[i] == '{' ? pattern.find('}', i) : std::string::npos;
        if (end == std::string::npos) {
            out += pattern[i++];
            continue;
        }
        const std::string name = pattern.substr(i + 1, end - i - 1);
        if (name == "YYYY")
            out += padded(year, 4);
        else if (name == "YY")
            out += padded(year % 100, 2);
        else if (name == "MM")
            out += padded(static_cast<unsigned>(date.month()), 2);
        else if (name == "DD")
            out += padded(static_cast<unsigned>(date.day()), 2);
        else
            series.width = static_cast<int>(name.size());  // {NNN}
        i = end + 1;
    }
    return series;
}

namespace {

// How many of its months a period takes in.
months months_of(const Report& report) {
    return months{report.every == "quarter" ? 3 : report.every == "year" ? 12 : 1};
}

// That day of a month, its last one where it is shorter.
year_month_day day_in(year_month month, int wanted) {
    const auto last = year_month_day{month / std::chrono::last}.day();
    return month / std::min(day{static_cast<unsigned>(wanted)}, last);
}

}  // namespace

ReportPeriod report_period(const Policy& policy, const Report& report, year_month month) {
    const Zone& zone = policy.calendar.zone();
    const auto midnight = [&](year_month_day day) { return zone.from_local({local_days{day}, Milliseconds{0}}); };
    const auto begins = month - months_of(report) + months{1};
    if (report.to_day == 0) return {midnight(begins / day{1}), midnight((month + months{1}) / day{1})};
    const auto first = (begins - months{1}) / day{static_cast<unsigned>(report.from_day)};
    const auto end = local_days{month / day{static_cast<unsigned>(report.to_day)}} + days{1};
    return {midnight(first), zone.from_local({end, Milliseconds{0}})};
}

std::optional<year_month_day> report_due(const Report& report, int due_day, year_month month) {
    if (due_day == 0) return std::nullopt;
    return day_in(report.due_next_month ? month + months{1} : month, due_day);
}

}  // namespace huiyin
