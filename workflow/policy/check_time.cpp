#include "workflow/policy/check_time.h"

#include <algorithm>
#include <set>

namespace huiyin {
namespace {

using Weight = PackFinding::Weight;

std::string numbered(const std::string& list, std::size_t index) { return list + "/" + std::to_string(index); }

template <class List, class Name>
std::vector<std::string> names_of(const List& list, Name name) {
    std::vector<std::string> names;
    for (const auto& each : list) names.push_back(name(each));
    return names;
}

class TimeChecker {
public:
    explicit TimeChecker(const TimeCheck& check)
        : check_(check),
          policy_(check.policy),
          events_(names_of(policy_.declared_events, [](const DeclaredEventKind& kind) { return kind.name; })) {}

    void run() {
        for (std::size_t i = 0; i < policy_.deadlines.size(); ++i) {
            const std::string at = numbered("/deadlines", i);
            adjustments(at, policy_.deadlines[i]);
            if (!policy_.deadlines[i].is_breach()) consequences(at, policy_.deadlines[i]);
            if (policy_.deadlines[i].outlives_end) after_the_end(at, policy_.deadlines[i]);
        }
        extend_moves();
        declared_events();
        duties();
    }

private:
    void wrong(const std::string& at, const std::string& text, Weight weight = Weight::error) {
        check_.wrong(at, text, weight);
    }
    void known(const std::string& at, const char* what, const std::string& name, const std::vector<std::string>& known,
               const char* mend) {
        if (std::find(known.begin(), known.end(), name) != known.end()) return;
        const auto near = nearest(name, known);
        wrong(at, std::string("unknown ") + what + " \"" + name.substr(0, 60) + "\"" +
                      (near ? " (did you mean \"" + *near + "\"?)" : "") + ": " + mend);
    }
    bool happens(const std::string& event) const {
        const auto& list = known_events();
        return std::find(list.begin(), list.end(), event) != list.end();
    }

    void adjustments(const std::string& at, const DeadlineRule& rule);
    void consequences(const std::string& at, const DeadlineRule& rule);
    void after_the_end(const std::string& at, const DeadlineRule& rule);
    void extend_moves();
    void declared_events();
    void duties();

    const TimeCheck& check_;
    const Policy& policy_;
    std::vector<std::string> events_;
};

void TimeChecker::adjustments(const std::string& at, const DeadlineRule& rule) {
    if (!rule.calendar.empty())
        known(at + "/calendar", "calendar", rule.calendar,
              names_of(policy_.calendars, [](const auto& each) { return each.first; }),
              "write one of \"calendars\", or leave it out");
    if (rule.customer_limit) {
        known(at + "/customer_limit/fact", "fact", rule.customer_limit->fact,
              names_of(policy_.facts, [](const FactInfo& fact) { return fact.name; }),
              "see policy explain --list-facts");
        check_.clause(at + "/customer_limit/clause", rule.customer_limit->clause);
    }
    for (std::size_t i = 0; i < rule.promises_on.size(); ++i) {
        const auto& promise = rule.promises_on[i];
        const std::string place = numbered(at + "/promises_on", i);
        if (!happens(promise.event))
            known(place + "/event", "event", promise.event, known_events(), "write one that a ticket has");
        check_.rule(place + "/when", promise.when, true);
        check_.clause(place + "/clause", promise.clause);
    }
    for (std::size_t i = 0; i < rule.extend.size(); ++i) {
        const auto& extension = rule.extend[i];
        const std::string place = numbered(at + "/extend", i);
        for (const auto& role : extension.roles) check_.role(place + "/roles", role);
        for (const auto& level : extension.levels)
            known(place + "/levels", "level", level,
                  names_of(policy_.levels, [](const Level& each) { return each.key; }), "write one of \"levels\"");
        check_.rule(place + "/when", extension.when, false);
        check_.clause(place + "/clause", extension.clause);
        if (extension.at_most.count > 0 && extension.in_all.count > 0 &&
            extension.at_most.unit == extension.in_all.unit && extension.at_most.count > extension.in_all.count)
            wrong(place + "/at_most", "one extension may be longer than all together: write the smaller cap there");
        for (std::size_t before = 0; before < i; ++before) {
            const auto& first = rule.extend[before];
            if (first.roles.empty() && first.levels.empty() && !first.when) {
                wrong(place, "this entry is never reached, the one before it fits everybody: put it first",
                      Weight::warning);
                break;
            }
        }
    }
    for (std::size_t i = 0; i < rule.stretches_on.size(); ++i) {
        const auto& stretch = rule.stretches_on[i];
        const std::string place = numbered(at + "/stretches_on", i);
        known(place + "/event", "declared event", stretch.event, events_, "write one of \"declared_events\"");
        check_.clause(place + "/clause", stretch.clause);
        if (!stretch.stops_clock && (rule.only_set_by_event || rule.span.count == 0))
            wrong(place + "/percent",
                  "\"" + to_text(rule.span) + "\" has no length to grow: let the event stop the clock");
    }
}

// What is only reported, or somebody else's to keep, must not bring penalties or levels upon us.
void TimeChecker::consequences(const std::string& at, const DeadlineRule& rule) {
    static const std::set<std::string> harmless{"notify", "tell", "task"};
    const auto look = [&](const std::string& list, const Effects& effects) {
        for (std::size_t i = 0; i < effects.size(); ++i) {
            if (rule.soft && harmless.count(effects[i].name) == 0)
                wrong(
                    numbered(list, i),
                    "a soft limit is reported and no more, this would be a breach: write notify, tell or task, or take "
                    "\"soft\" out");
            if (!rule.binds.empty() && effects[i].name == "penalty")
                wrong(numbered(list, i),
                      "this limit binds " + rule.binds + ", nobody of ours is to pay for it: take the penalty out");
        }
    };
    look(at + "/miss", rule.miss);
    for (std::size_t i = 0; i < rule.warns.size(); ++i)
        if (rule.warns[i].from == DeadlineStep::From::due_after)
            look(numbered(at + "/warn", i) + "/effects", rule.warns[i].effects);
}

// An ended case stays as it is: what is still owed then is told, noted and fined, and can be done.
void TimeChecker::after_the_end(const std::string& at, const DeadlineRule& rule) {
    static const std::set<std::string> moving{"set_level", "route",       "assign",    "run",
                                              "page",      "ask_consent", "ask_fixed", "ask_rating"};
    const auto look = [&](const std::string& list, const Effects& effects) {
        for (std::size_t i = 0; i < effects.size(); ++i)
            if (moving.count(effects[i].name) != 0)
                wrong(numbered(list, i),
                      "this may come when the case has ended, and \"" + effects[i].name +
                          "\" moves it on: write notify, task or penalty, or take \"outlives_end\" out");
    };
    look(at + "/miss", rule.miss);
    for (std::size_t i = 0; i < rule.warns.size(); ++i)
        look(numbered(at + "/warn", i) + "/effects", rule.warns[i].effects);
    const bool done = std::any_of(rule.stops_on.begin(), rule.stops_on.end(), [&](const DeadlineStop& stop) {
        return std::any_of(policy_.moves.begin(), policy_.moves.end(), [&](const Move& move) {
            return !move.refused && event_of(move.command) == stop.event &&
                   std::any_of(policy_.states.begin(), policy_.states.end(), [&](const State& state) {
                       return is_end(state.phase) &&
                              std::any_of(move.from.begin(), move.from.end(), [&](const std::string& from) {
                                  return from == state.key || from == to_text(state.phase);
                              });
                   });
        });
    });
    if (!done)
        wrong(at + "/stops_on",
              "it outlives the end, and nobody can do it then: let a move that stops it leave \"closed\" too");
}

void TimeChecker::extend_moves() {
    std::size_t move_at = policy_.moves.size();
    bool asks_consent = false;
    for (std::size_t i = 0; i < policy_.moves.size(); ++i) {
        const Move& move = policy_.moves[i];
        if (move.command != "extend" || move.refused) continue;
        move_at = std::min(move_at, i);
        for (const auto& field : move.fields) asks_consent = asks_consent || field.name == "customer_agreed";
    }
    bool any = false;
    for (std::size_t i = 0; i < policy_.deadlines.size(); ++i)
        for (std::size_t e = 0; e < policy_.deadlines[i].extend.size(); ++e) {
            any = true;
            const std::string at = numbered(numbered("/deadlines", i) + "/extend", e);
            if (move_at == policy_.moves.size())
                return wrong(at, "no move \"extend\" lets anybody do this: add one to \"moves\"");
            if (policy_.deadlines[i].extend[e].consent && !asks_consent)
                wrong(at + "/consent",
                      "nobody can say that the customer agrees: give the move \"extend\" the field "
                      "{\"name\":\"customer_agreed\",\"type\":\"boolean\"}");
        }
    if (!any && move_at < policy_.moves.size())
        wrong(numbered("/moves", move_at), "no deadline can be extended: write \"extend\" in those that can",
              Weight::warning);
}

void TimeChecker::declared_events() {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < policy_.declared_events.size(); ++i) {
        const auto& kind = policy_.declared_events[i];
        const std::string at = numbered("/declared_events", i);
        if (!seen.insert(kind.name).second)
            wrong(at + "/name", "a second declared event \"" + kind.name + "\": give it a name of its own");
        for (const auto& role : kind.roles) check_.role(at + "/roles", role);
        check_.clause(at + "/clause", kind.clause);
        const bool used =
            std::any_of(policy_.deadlines.begin(), policy_.deadlines.end(), [&](const DeadlineRule& rule) {
                return std::any_of(rule.stretches_on.begin(), rule.stretches_on.end(),
                                   [&](const StretchRule& stretch) { return stretch.event == kind.name; });
            });
        if (!used)
            wrong(at, "\"" + kind.name + "\" stretches no limit: name it in \"stretches_on\" of a deadline",
                  Weight::warning);
    }
}

void TimeChecker::duties() {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < policy_.duties.size(); ++i) {
        const Duty& duty = policy_.duties[i];
        const std::string at = numbered("/duties", i);
        if (!seen.insert(duty.name).second)
            wrong(at + "/name", "a second duty \"" + duty.name + "\": give it a name of its own");
        check_.role(at + "/role", duty.role);
        check_.clause(at + "/clause", duty.clause);
        const auto& beats = duty.every.beats;
        const bool moved = duty.on_day_off != OnDayOff::stays;
        const bool any_working = std::any_of(beats.begin(), beats.end(), [](const Beat& beat) {
            return beat.every == Beat::Every::working_day || beat.working;
        });
        bool works = false;
        for (const auto& periods : policy_.calendar.week_hours().days) works = works || !periods.empty();
        if ((moved || any_working) && !works)
            wrong(at + "/every", "this needs working days and there are none: write them in \"hours\"");
    }
}

}  // namespace

void check_time(const TimeCheck& check) { TimeChecker{check}.run(); }

}  // namespace huiyin
