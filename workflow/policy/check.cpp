#include "workflow/policy/check.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "workflow/phrases/writing.h"
#include "workflow/policy/check_time.h"
#include "workflow/policy/checker.h"
#include "workflow/policy/jsonlogic.h"

namespace huiyin {
namespace {

bool works_by_hours(const Span& span) {
    switch (span.unit) {
        case SpanUnit::working_minutes:
        case SpanUnit::working_hours:
        case SpanUnit::working_days:
        case SpanUnit::closing:
        case SpanUnit::start_of_work:
            return true;
        default:
            return span.from_start_of_work;
    }
}

}  // namespace

namespace check {

void Checker::rule(const std::string& pointer, const Rule& rule, const Names& given, bool event) {
    if (!rule) return;
    const RuleUse use = rule_use(*rule.logic);
    for (const auto& name : use.unknown_operators)
        known(pointer, "operator", name, rule_operators(), "write one of JsonLogic's");
    for (const auto& name : use.facts) {
        const auto dot = name.find('.');
        const std::string head = name.substr(0, dot);
        if (head == "given") {
            if (!given.empty())
                known(pointer, "field", name.substr(dot == std::string::npos ? name.size() : dot + 1), given,
                      "write a field of this command");
        } else if (head == "event") {
            if (!event) wrong(pointer, "\"" + name + "\" is only known where a deadline starts or stops: ask a fact");
        } else {
            known(pointer, "fact", name, facts_, "see policy explain --list-facts");
        }
    }
    // A rule that fails on a case of which nothing is known fails on many.
    Json nothing = Json::object();
    nothing["given"] = Json::object();
    nothing["event"] = Json::object();
    const auto answer = evaluate(*rule.logic, nothing);
    if (!answer && use.unknown_operators.empty())
        wrong(pointer,
              "this rule fails (" + answer.problem().text + ") when its facts are not known: mend its operators");
}

void Checker::span(const std::string& pointer, const Span& span) {
    if (works_by_hours(span) && !has_hours_)
        wrong(pointer, "\"" + to_text(span) + "\" needs opening hours and there are none: write them in \"hours\"");
}

void Checker::effect(const std::string& pointer, const Effect& effect, const Names& given) {
    static const Names addressed{"owner", "assignee", "office", "acceptor", "handler"};
    rule(pointer + "/when", effect.when, given);
    clause(pointer + "/clause", effect.clause);
    for (const auto& [name, value] : effect.fields) {
        const std::string at = pointer + "/" + name;
        if (name == "role") {
            Names special = addressed;
            if (effect.name == "route") special = {"given", "handler", "acceptor"};
            role(at, value, special);
        }
        if (name == "unit")
            known(at, "unit", value,
                  effect.name == "route" ? Names{"nearest", "own", "given"} : Names{"nearest", "own"},
                  "write nearest or own");
        if (name == "deadline") known(at, "deadline", value, deadline_names_, "write the name of one of \"deadlines\"");
        if (name == "level") known(at, "level", value, level_keys_, "write one of \"levels\"");
        if (name == "flag") known(at, "flag", value, common_flags(), "write one of the closed list of flags");
        if (name == "task" && !step_keys_.empty() && effect.name == "drop" &&
            value != policy_.revisit.task.field("task"))
            known(at, "step", value, step_keys_, "write one of \"steps\"");
        if (name == "penalty") known(at, "penalty", value, penalty_keys_, "write one of \"penalties\"");
        if (name == "fact" && effect.name == "set") set_value(pointer, value, effect.field("value"));
        if (name == "fact" && effect.name == "clear")
            known(at, "fact", value, {"consent", "fixed", "score"}, "write consent, fixed or score");
        if (name == "to" && effect.name == "assign")
            known(at, "person", value, {"actor", "given", "nobody"}, "write actor, given or nobody");
        if (name == "means") known(at, "means", value, policy_.revisit.means, "write one of /revisit/means");
        if (name == "command") {
            known(at, "command", value, known_commands(), "write one of the interface's");
            const bool possible =
                std::any_of(policy_.moves.begin(), policy_.moves.end(), [&, &wanted = value](const Move& move) {
                    return move.command == wanted && !move.refused && contains(move.roles, "policy");
                });
            if (!possible && contains(known_commands(), value))
                wrong(at, "no move lets the policy itself \"" + value + "\": add \"policy\" to the roles of that move");
        }
    }
}

// A value that the fact cannot hold would be set and never found.
void Checker::set_value(const std::string& pointer, const std::string& fact, const std::string& value) {
    if (fact == "kind") return known(pointer + "/value", "kind", value, kind_keys_, "write one of \"kinds\"");
    if (fact == "category")
        return known(pointer + "/value", "category", value, category_keys_, "write a category of \"kinds\"");
    if (fact == "cause") return;
    const auto info = std::find_if(policy_.facts.begin(), policy_.facts.end(),
                                   [&](const FactInfo& each) { return each.name == fact; });
    const bool ours =
        info != policy_.facts.end() && static_cast<std::size_t>(info - policy_.facts.begin()) >= common_facts().size();
    if (!ours && fact != "validity" && fact != "insists") {
        Names own{"kind", "category", "validity", "cause", "insists"};
        for (auto i = common_facts().size(); i < policy_.facts.size(); ++i) own.push_back(policy_.facts[i].name);
        return known(pointer + "/fact", "fact", fact, own, "write one of \"facts\", kind, category, validity or cause");
    }
    const bool worked_out = std::any_of(policy_.derived.begin(), policy_.derived.end(),
                                        [&](const DerivedFact& each) { return each.name == fact; });
    if (worked_out) wrong(pointer + "/fact", "\"" + fact + "\" is worked out: set what it is worked out from");
    if (!info->choices.empty()) known(pointer + "/value", "value", value, info->choices, "write one of its choices");
    if (info->type == FactType::yes_no && value != "true" && value != "false")
        wrong(pointer + "/value", "\"" + fact + "\" is yes or no: write true or false");
    if (info->type == FactType::integer &&
        (value.empty() || value.find_first_not_of("0123456789", value[0] == '-' ? 1 : 0) != std::string::npos))
        wrong(pointer + "/value", "\"" + fact + "\" is a whole number: write one");
}

void Checker::effects(const std::string& pointer, const Effects& list, const Names& given) {
    for (std::size_t i = 0; i < list.size(); ++i) effect(numbered(pointer, i), list[i], given);
}

void Checker::names() {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < policy_.clauses.size(); ++i) {
        unique(numbered("/clauses", i) + "/id", "clause", policy_.clauses[i].id, seen);
        clauses_.push_back(policy_.clauses[i].id);
    }
    for (const auto& fact : policy_.facts) {
        if (contains(facts_, fact.name))
            wrong("/facts", "a second fact \"" + fact.name + "\": give it a name of its own");
        facts_.push_back(fact.name);
    }
    seen.clear();
    for (std::size_t i = 0; i < policy_.states.size(); ++i) {
        const State& state = policy_.states[i];
        unique(numbered("/states", i) + "/key", "state", state.key, seen);
        states_.push_back(state.key);
        const auto phase = phase_named(state.key);
        if (phase && *phase != state.phase)
            wrong(numbered("/states", i) + "/key",
                  "state \"" + state.key + "\" is named like a phase it does not stand in: rename it");
    }
    for (const auto& deadline : policy_.deadlines) deadline_names_.push_back(deadline.name);
    std::set<std::string> keys;
    for (std::size_t i = 0; i < policy_.steps.size(); ++i) {
        unique(numbered("/steps", i) + "/key", "step", policy_.steps[i].key, keys);
        step_keys_.push_back(policy_.steps[i].key);
    }
    keys.clear();
    for (std::size_t i = 0; i < policy_.forms.size(); ++i) {
        unique(numbered("/forms", i) + "/key", "form", policy_.forms[i].key, keys);
        form_keys_.push_back(policy_.forms[i].key);
    }
    keys.clear();
    for (std::size_t i = 0; i < policy_.penalties.size(); ++i) {
        unique(numbered("/penalties", i) + "/key", "penalty", policy_.penalties[i].key, keys);
        penalty_keys_.push_back(policy_.penalties[i].key);
    }
    for (const auto& periods : policy_.calendar.week_hours().days) has_hours_ = has_hours_ || !periods.empty();
    if (!has_hours_) wrong("/hours", "nobody ever works: write opening hours for at least one day");
    if (!contains(policy_.roles, policy_.accept_role)) role("/accept_role", policy_.accept_role, {});
}

void Checker::kinds_and_levels() {
    std::set<std::string> seen;
    if (policy_.kinds.empty()) wrong("/kinds", "no kinds of matter: write at least one");
    for (std::size_t i = 0; i < policy_.kinds.size(); ++i) {
        const Kind& kind = policy_.kinds[i];
        const std::string at = numbered("/kinds", i);
        unique(at + "/key", "kind", kind.key, seen);
        kind_keys_.push_back(kind.key);
        clause(at + "/clause", kind.clause);
        std::set<std::string> categories;
        for (std::size_t c = 0; c < kind.categories.size(); ++c) {
            unique(numbered(at + "/categories", c) + "/key", "category", kind.categories[c].key, categories);
            category_keys_.push_back(kind.categories[c].key);
            clause(numbered(at + "/categories", c) + "/clause", kind.categories[c].clause);
        }
    }
    seen.clear();
    for (const auto& level : policy_.levels) level_keys_.push_back(level.key);
    for (std::size_t i = 0; i < policy_.levels.size(); ++i) {
        const Level& level = policy_.levels[i];
        const std::string at = numbered("/levels", i);
        unique(at + "/key", "level", level.key, seen);
        clause(at + "/clause", level.clause);
        for (const auto& kind : level.kinds) known(at + "/kinds", "kind", kind, kind_keys_, "write one of \"kinds\"");
        for (std::size_t r = 0; r < level.any_of.size(); ++r) {
            rule(numbered(at + "/any_of", r) + "/when", level.any_of[r].when);
            clause(numbered(at + "/any_of", r) + "/clause", level.any_of[r].clause);
        }
        effects(at + "/effects", level.effects);
    }
    for (const auto& kind : kind_keys_) {
        const bool fallback =
            std::any_of(policy_.levels.begin(), policy_.levels.end(), [&, &name = kind](const Level& level) {
                return level.any_of.empty() && (level.kinds.empty() || contains(level.kinds, name));
            });
        if (!fallback)
            wrong("/levels", "a " + kind + " that no rule claims has no level: add a level without \"any_of\"");
    }
}

namespace {

// Facts that hold a moment somebody told.
Names moments_of(const Policy& policy) {
    Names names{"occurred_at"};
    for (const auto& fact : policy.facts)
        if (fact.type == FactType::time) names.push_back(fact.name);
    return names;
}

}  // namespace

void Checker::deadlines() {
    for (std::size_t i = 0; i < policy_.deadlines.size(); ++i) {
        const DeadlineRule& deadline = policy_.deadlines[i];
        const std::string at = numbered("/deadlines", i);
        for (const auto& kind : deadline.kinds)
            known(at + "/kinds", "kind", kind, kind_keys_, "write one of \"kinds\"");
        for (const auto& level : deadline.levels)
            known(at + "/levels", "level", level, level_keys_, "write one of \"levels\"");
        rule(at + "/when", deadline.when);
        rule(at + "/exempt", deadline.exempt);
        span(at + "/span", deadline.span);
        clause(at + "/clause", deadline.clause);
        clause(at + "/exempt_clause", deadline.exempt_clause);
        const auto event = [&](const std::string& pointer, const std::string& name, const Rule& when) {
            known(pointer, "event", name, known_events(), "write one that a ticket has, for example ticket.resolved");
            rule(pointer + "/when", when, {}, true);
            return contains(known_events(), name) && can_happen(name);
        };
        bool starts = false, stops = false;
        for (std::size_t s = 0; s < deadline.starts_on.size(); ++s) {
            const DeadlineStart& start = deadline.starts_on[s];
            const std::string place = numbered(at + "/starts_on", s);
            starts = event(place, start.event, start.when) || starts;
            if (!start.same_day_as.empty()) event(place + "/same_day_as", start.same_day_as, {});
            if (!start.from_fact.empty())
                known(place + "/from_fact", "moment", start.from_fact, moments_of(policy_),
                      "write occurred_at or a fact of type time");
            if (start.unless_missed.empty()) continue;
            known(place + "/unless_missed", "deadline", start.unless_missed, deadline_names_,
                  "write the name of one of \"deadlines\"");
            if (start.unless_missed == deadline.name)
                wrong(place + "/unless_missed", "a deadline cannot wait for itself: name another one");
            for (const auto& other : policy_.deadlines)
                if (other.name == start.unless_missed && other.name != deadline.name)
                    for (const auto& theirs : other.starts_on)
                        if (theirs.unless_missed == deadline.name)
                            wrong(place + "/unless_missed",
                                  "\"" + deadline.name + "\" and \"" + other.name +
                                      "\" wait for each other: take one \"unless_missed\" out");
        }
        for (const auto& [name, list] :
             {std::pair{"stops_on", &deadline.stops_on}, std::pair{"cancels_on", &deadline.cancels_on},
              std::pair{"pauses_on", &deadline.pauses_on}, std::pair{"resumes_on", &deadline.resumes_on}})
            for (std::size_t s = 0; s < list->size(); ++s) {
                const bool happens = event(numbered(at + "/" + name, s), (*list)[s].event, (*list)[s].when);
                if (std::string_view(name) == "stops_on") stops = stops || happens;
            }
        if (!starts)
            wrong(at + "/starts_on", "nothing ever starts \"" + deadline.name + "\": name an event that a move causes");
        if (!stops)
            wrong(at + "/stops_on", "nothing ever stops \"" + deadline.name +
                                        "\": name the event that keeps it, for example ticket.resolved");
        if (!deadline.pauses_on.empty() && deadline.resumes_on.empty())
            wrong(at + "/resumes_on",
                  "\"" + deadline.name + "\" is paused and never resumed: write the event that resumes it");
        std::set<std::string> steps;
        for (std::size_t s = 0; s < deadline.warns.size(); ++s) {
            const std::string place = numbered(at + "/warn", s);
            unique(place + "/name", "warning", deadline.warns[s].name, steps);
            span(place, deadline.warns[s].span);
            clause(place + "/clause", deadline.warns[s].clause);
            effects(place + "/effects", deadline.warns[s].effects);
        }
        effects(at + "/miss", deadline.miss);
        if (deadline.miss.empty())
            wrong(at + "/miss", "nothing happens when \"" + deadline.name + "\" is missed: say who hears of it",
                  Weight::warning);
    }
}

void Checker::routes() {
    for (std::size_t i = 0; i < policy_.routes.size(); ++i) {
        const Route& route = policy_.routes[i];
        const std::string at = numbered("/routes", i);
        role(at + "/role", route.role, {});
        clause(at + "/clause", route.clause);
        rule(at + "/when", route.when);
        for (const auto& kind : route.kinds) known(at + "/kinds", "kind", kind, kind_keys_, "write one of \"kinds\"");
        for (const auto& category : route.categories)
            known(at + "/categories", "category", category, category_keys_, "write a category of \"kinds\"");
        for (const auto& level : route.levels)
            known(at + "/levels", "level", level, level_keys_, "write one of \"levels\"");
        for (const auto& state : route.states)
            known(at + "/states", "state", state, states_, "write one of \"states\"");
    }
    for (std::size_t k = 0; k < policy_.kinds.size(); ++k) {
        const Kind& kind = policy_.kinds[k];
        for (std::size_t c = 0; c < kind.categories.size(); ++c) {
            std::string missing;
            for (const auto& level : policy_.levels) {
                if (!level.kinds.empty() && !contains(level.kinds, kind.key)) continue;
                Facts facts{{"kind", kind.key}, {"category", kind.categories[c].key}, {"level", level.key}};
                if (!handler_route(policy_, facts)) missing = "at level " + level.key;
                for (const auto& state : policy_.states) {
                    facts["state"] = state.key;
                    if (!is_end(state.phase) && !find_route(policy_, facts)) missing = "in state " + state.key;
                }
            }
            if (!missing.empty())
                wrong(numbered(numbered("/kinds", k) + "/categories", c), "nobody handles " + kind.key + " " +
                                                                              kind.categories[c].key + " " + missing +
                                                                              ": add a route for it");
        }
    }
}

void Checker::the_rest() {
    clause("/surveys/clause", policy_.surveys.clause);
    if (policy_.surveys.from >= policy_.surveys.until)
        wrong("/surveys/until", "the hours in which one may ask end before they begin: write from before until");
    effects("/surveys/suppressed", policy_.surveys.suppressed);
    if (!policy_.revisit.clause.empty()) clause("/revisit/clause", policy_.revisit.clause);
    for (const auto& means : policy_.revisit.in_person)
        known("/revisit/in_person", "means", means, policy_.revisit.means, "write one of /revisit/means");
    for (std::size_t i = 0; i < policy_.revisit.strata.size(); ++i) {
        rule(numbered("/revisit/strata", i) + "/when", policy_.revisit.strata[i].when);
        clause(numbered("/revisit/strata", i) + "/clause", policy_.revisit.strata[i].clause);
        const auto& stratum = policy_.revisit.strata[i];
        if (!stratum.role.empty()) role(numbered("/revisit/strata", i) + "/role", stratum.role, {"owner", "handler"});
        if (!stratum.task.empty())
            known(numbered("/revisit/strata", i) + "/task", "step", stratum.task, step_keys_, "write one of \"steps\"");
    }
    if (!policy_.revisit.task.name.empty()) {
        effect("/revisit/task", policy_.revisit.task, {});
        if (policy_.revisit.task.name != "task")
            wrong("/revisit/task/effect", "a visit drawn opens a task: write {\"effect\":\"task\",…}");
    }
    for (std::size_t i = 0; i < policy_.reasons.size(); ++i) {
        known(numbered("/reasons", i) + "/command", "command", policy_.reasons[i].command, known_commands(),
              "write one of the interface's");
        clause(numbered("/reasons", i) + "/clause", policy_.reasons[i].clause);
    }
    for (std::size_t i = 0; i < policy_.reports.size(); ++i) {
        const Report& report = policy_.reports[i];
        clause(numbered("/reports", i) + "/clause", report.clause);
        if (!report.due_to.empty()) role(numbered("/reports", i) + "/due_to", report.due_to, {});
        if (report.to_day != 0 && report.from_day != report.to_day + 1)
            wrong(numbered("/reports", i) + "/to_day",
                  "two periods of the report overlap or leave days out: write the day before from_day");
    }
    number_pattern("/number", policy_.number);
}

void Checker::said() {
    if (phrases_.empty()) return;
    // In a language that it has no text in, the pack is heard in the house's.
    const auto says = [this](std::string_view locale, const std::string& phrase) {
        const auto own = policy_.phrases.find(std::string(locale));
        return own != policy_.phrases.end() && own->second.count(phrase) != 0;
    };
    const auto look = [&](const std::string& pointer, const Effects& list, bool one) {
        for (std::size_t i = 0; i < list.size(); ++i) {
            const std::string phrase = list[i].field("phrase");
            if (phrase.empty()) continue;
            for (const auto& [locale, keys] : phrases_)
                if (!contains(keys, phrase) && !says(locale, phrase) && !says(house_language, phrase)) {
                    const auto near = nearest(phrase, keys);
                    wrong((one ? pointer : numbered(pointer, i)) + "/phrase",
                          "missing phrase \"" + phrase + "\" in " + locale +
                              (near ? " (did you mean \"" + *near + "\"?)" : "") + ": add it to templates/phrases/" +
                              locale + ".json");
                }
        }
    };
    look("/opening/effects", policy_.opening.effects, false);
    for (std::size_t i = 0; i < policy_.moves.size(); ++i)
        look(numbered("/moves", i) + "/effects", policy_.moves[i].effects, false);
    for (std::size_t i = 0; i < policy_.levels.size(); ++i)
        look(numbered("/levels", i) + "/effects", policy_.levels[i].effects, false);
    for (std::size_t i = 0; i < policy_.deadlines.size(); ++i) {
        const std::string at = numbered("/deadlines", i);
        look(at + "/miss", policy_.deadlines[i].miss, false);
        for (std::size_t s = 0; s < policy_.deadlines[i].warns.size(); ++s)
            look(numbered(at + "/warn", s) + "/effects", policy_.deadlines[i].warns[s].effects, false);
    }
    for (std::size_t i = 0; i < policy_.duties.size(); ++i) {
        Effect notice;
        notice.fields["phrase"] = policy_.duties[i].phrase;
        look(numbered("/duties", i), {notice}, true);
    }
    for (const auto& one : policy_.openings) look("/opening", one.effects, true);
    for (std::size_t i = 0; i < policy_.reactions.size(); ++i)
        look(numbered("/reactions", i) + "/effects", policy_.reactions[i].effects, false);
    look("/surveys/suppressed", policy_.surveys.suppressed, false);
    look("/revisit/task", {policy_.revisit.task}, true);
}

std::vector<PackFinding> Checker::run() {
    names();
    kinds_and_levels();
    moves();
    graph();
    deadlines();
    check_time({policy_,
                [&](const std::string& at, const std::string& text, Weight weight) { wrong(at, text, weight); },
                [&](const std::string& at, const Rule& logic, bool event) { rule(at, logic, {}, event); },
                [&](const std::string& at, const std::string& id) { clause(at, id); },
                [&](const std::string& at, const std::string& name) {
                    role(at, name, {"customer", "owner", "assignee", "staff"});
                }});
    routes();
    the_rest();
    intake();
    steps();
    reactions();
    consequences();
    papers();
    talk();
    rungs();
    offsets();
    ladders();
    moments();
    unused();
    said();
    return std::move(findings_);
}

}  // namespace check

std::vector<PackFinding> check_pack(const LoadedPack& pack, const PhraseKeys& phrases) {
    if (!pack.policy) return {};
    return check::Checker{pack, phrases}.run();
}

}  // namespace huiyin
