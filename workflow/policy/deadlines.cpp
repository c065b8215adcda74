#include "workflow/policy/deadlines.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace huiyin {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

std::string text_field(const Facts& fields, std::string_view name) {
    const auto found = fields.find(name);
    if (found == fields.end()) return {};
    const auto* text = std::get_if<std::string>(&found->second);
    return text ? *text : std::string{};
}

// A moment, as milliseconds or RFC 3339.
std::optional<TimePoint> time_field(const Facts& fields, std::string_view name) {
    const auto found = fields.find(name);
    if (found == fields.end()) return std::nullopt;
    if (const auto* ms = std::get_if<std::int64_t>(&found->second)) return from_ms(*ms);
    if (const auto* text = std::get_if<std::string>(&found->second))
        if (const auto at = parse_rfc3339(*text)) return *at;
    return std::nullopt;
}

// An event after which nothing is owed: by its name, or because it moves the ticket into an end.
bool ends_ticket(const Policy& policy, const HistoryEvent& happened) {
    const std::string& event = happened.type;
    const State* to = policy.state(text_field(happened.fields, "to"));
    if (to && is_end(to->phase)) return true;
    static const std::vector<std::string> ends{"ticket.closed", "ticket.rejected", "ticket.withdrawn", "ticket.merged",
                                               "ticket.terminated"};
    return contains(ends, event);
}

// A count that is under way: what has happened since the latest start.
struct Count {
    TimePoint start;
    std::string event;
    std::optional<TimePoint> promised, extended, stopped, cancelled;
    std::vector<Pause> pauses;
    std::optional<TimePoint> pause_began, pause_until;
    std::vector<std::string> done;
    bool missed_recorded = false;
};

class Computation {
public:
    Computation(const Policy& policy, const History& history, const Calendar& calendar)
        : policy_(policy), history_(history), calendar_(calendar) {}

    // The deadline of that name on the first `events` events, as it stands at `now`.
    std::optional<Deadline> named(std::string_view name, std::size_t events, TimePoint now, int depth) const {
        for (std::size_t i = 0; i < policy_.deadlines.size(); ++i)
            if (policy_.deadlines[i].name == name && applies(policy_.deadlines[i]))
                return computed(i, events, now, depth);
        return std::nullopt;
    }
    bool applies(const DeadlineRule& rule) const {
        return (rule.kinds.empty() || contains(rule.kinds, text_field(history_.facts, "kind"))) &&
               (rule.levels.empty() || contains(rule.levels, text_field(history_.facts, "level"))) &&
               holds(rule.when, history_.facts);
    }

    std::optional<Deadline> computed(std::size_t index, std::size_t events, TimePoint now, int depth = 0) const;

private:
    bool starts(const DeadlineStart& start, std::size_t at, int depth) const;
    bool any(const std::vector<DeadlineStop>& stops, const HistoryEvent& event) const {
        return std::any_of(stops.begin(), stops.end(), [&](const DeadlineStop& stop) {
            return stop.event == event.type && holds(stop.when, history_.facts, {}, event.fields);
        });
    }
    void follow(const DeadlineRule& rule, Count& count, const HistoryEvent& event) const;
    void add_steps(const DeadlineRule& rule, const Count& count, Deadline& deadline) const;

    const Policy& policy_;
    const History& history_;
    const Calendar& calendar_;
};

bool Computation::starts(const DeadlineStart& start, std::size_t at, int depth) const {
    const HistoryEvent& event = history_.events[at];
    if (start.event != event.type || !holds(start.when, history_.facts, {}, event.fields)) return false;
    if (!start.unless_missed.empty() && depth < 4) {  // the check refuses packs whose deadlines wait for each other
        const auto other = named(start.unless_missed, at + 1, event.at, depth + 1);
        if (other && other->state == DeadlineState::missed) return false;
    }
    if (!start.same_day_as.empty()) {
        const auto day = calendar_.zone().to_local(event.at).day;
        std::optional<TimePoint> latest;
        for (std::size_t i = 0; i < at; ++i)
            if (history_.events[i].type == start.same_day_as) latest = history_.events[i].at;
        if (!latest || calendar_.zone().to_local(*latest).day != day) return false;
    }
    return true;
}

void Computation::follow(const DeadlineRule& rule, Count& count, const HistoryEvent& event) const {
    const auto of_this_start = [&] {
        return text_field(event.fields, "deadline") == rule.name && time_field(event.fields, "start_at") == count.start;
    };
    if (event.type == "deadline.warned" && of_this_start()) count.done.push_back(text_field(event.fields, "step"));
    if (event.type == "deadline.missed" && of_this_start()) {
        count.done.emplace_back("miss");
        count.missed_recorded = true;
    }
    if (count.stopped || count.cancelled) return;
    if (any(rule.stops_on, event)) {
        count.stopped = event.at;
    } else if (any(rule.cancels_on, event) || ends_ticket(policy_, event)) {
        count.cancelled = event.at;
    } else if (any(rule.pauses_on, event)) {
        if (count.pause_began) return;
        count.pause_began = event.at;
        count.pause_until = time_field(event.fields, "until");
    } else if (any(rule.resumes_on, event)) {
        if (!count.pause_began) return;
        const TimePoint end = count.pause_until ? std::min(*count.pause_until, event.at) : event.at;
        if (end > *count.pause_began) count.pauses.push_back({*count.pause_began, end});
        count.pause_began.reset();
    } else if (event.type == "ticket.extended" && text_field(event.fields, "clock") == rule.name) {
        count.extended = time_field(event.fields, "until");
    }
}

void Computation::add_steps(const DeadlineRule& rule, const Count& count, Deadline& deadline) const {
    const TimePoint due = *deadline.due_at;
    const auto is_done = [&](const std::string& name) { return contains(count.done, name); };
    // Of what falls on one moment, the miss comes before what follows from it.
    const auto add = [&](const DeadlineStep& warn) {
        TimePoint at = due;
        switch (warn.from) {
            case DeadlineStep::From::start:
                at = calendar_.add(count.start, warn.span, rule.first_day, count.pauses).due;
                break;
            case DeadlineStep::From::due_before:
                at = calendar_.subtract(due, warn.span);
                break;
            case DeadlineStep::From::due_after: {
                // The closing of the day of a due time that is itself the closing is that moment.
                const bool end_of_day = warn.span.unit == SpanUnit::closing || warn.span.unit == SpanUnit::same_day;
                at = calendar_.add(end_of_day ? due - Milliseconds{1} : due, warn.span, FirstDay::not_counted).due;
                break;
            }
        }
        if (at < count.start || (warn.from != DeadlineStep::From::due_after && at > due)) return;
        deadline.steps.push_back({warn.name, at, is_done(warn.name)});
    };
    for (const auto& warn : rule.warns)
        if (warn.from != DeadlineStep::From::due_after) add(warn);
    deadline.steps.push_back({"miss", due, is_done("miss")});
    for (const auto& warn : rule.warns)
        if (warn.from == DeadlineStep::From::due_after) add(warn);
    std::stable_sort(deadline.steps.begin(), deadline.steps.end(),
                     [](const StepDue& a, const StepDue& b) { return a.at < b.at; });
}

std::optional<Deadline> Computation::computed(std::size_t index, std::size_t events, TimePoint now, int depth) const {
    const DeadlineRule& rule = policy_.deadlines[index];
    std::optional<Count> count;
    for (std::size_t i = 0; i < events; ++i) {
        const HistoryEvent& event = history_.events[i];
        const auto start = std::find_if(rule.starts_on.begin(), rule.starts_on.end(),
                                        [&](const DeadlineStart& each) { return starts(each, i, depth); });
        if (start != rule.starts_on.end()) {
            Count fresh;
            fresh.start = event.at;
            fresh.event = event.type;
            if (!start->due_field.empty()) fresh.promised = time_field(event.fields, start->due_field);
            if (fresh.promised || rule.span != Span{}) count = std::move(fresh);
        } else if (count) {
            follow(rule, *count, event);
        }
    }
    if (!count) return std::nullopt;

    Deadline deadline;
    deadline.name = rule.name;
    deadline.title = rule.title;
    deadline.clause = rule.clause;
    deadline.start_at = count->start;
    deadline.starts_on = count->event;
    deadline.rule = index;
    const TimePoint end = count->stopped ? *count->stopped : count->cancelled ? *count->cancelled : now;
    bool in_pause = false;
    if (count->pause_began) {
        const TimePoint until = count->pause_until ? *count->pause_until : std::max(end, *count->pause_began);
        in_pause = !count->stopped && !count->cancelled && (!count->pause_until || now < *count->pause_until);
        const TimePoint paused_to = in_pause ? until : std::min(until, std::max(end, *count->pause_began));
        if (paused_to > *count->pause_began) count->pauses.push_back({*count->pause_began, paused_to});
    }
    if (count->promised) {
        deadline.derivation = {count->start, *count->promised, {}, rule.first_day, {}, {}};
        if (*count->promised > count->start)
            deadline.derivation.segments.push_back(
                {count->start, *count->promised, SegmentReason::counted, {}, 0, false});
    } else {
        deadline.derivation = calendar_.add(count->start, rule.span, rule.first_day, count->pauses);
    }
    TimePoint due = deadline.derivation.due;
    if (count->extended && *count->extended > due) {
        due = *count->extended;
        deadline.extended_to = due;
    }
    deadline.exempt = rule.exempt && !count->missed_recorded && holds(rule.exempt, history_.facts);
    if (!deadline.exempt)
        deadline.due_at = due;
    else if (!rule.exempt_clause.empty())
        deadline.clause = rule.exempt_clause;

    deadline.stopped_at = count->stopped ? count->stopped : count->cancelled;
    const bool late =
        !deadline.exempt && (count->missed_recorded || (deadline.stopped_at ? *deadline.stopped_at > due : now >= due));
    if (late)
        deadline.state = DeadlineState::missed;
    else if (count->stopped)
        deadline.state = DeadlineState::met;
    else if (count->cancelled)
        deadline.state = DeadlineState::cancelled;
    else if (in_pause)
        deadline.state = DeadlineState::paused;

    if (!deadline.exempt) {
        add_steps(rule, *count, deadline);
        if (!deadline.stopped_at) {
            if (deadline.state == DeadlineState::paused)
                deadline.next_look_at = count->pause_until;
            else
                for (const auto& step : deadline.steps)
                    if (!step.done) {
                        deadline.next_look_at = step.at;
                        break;
                    }
        }
    }
    return deadline;
}

}  // namespace

const std::string& to_text(DeadlineState state) {
    static const std::array<std::string, 5> names{"running", "met", "missed", "paused", "cancelled"};
    return names.at(static_cast<std::size_t>(state));
}

std::vector<Deadline> deadlines(const Policy& policy, const History& history, const Calendar& calendar, TimePoint now) {
    const Computation computation{policy, history, calendar};
    std::vector<Deadline> found;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < policy.deadlines.size(); ++i) {
        const DeadlineRule& rule = policy.deadlines[i];
        if (contains(names, rule.name) || !computation.applies(rule)) continue;
        names.push_back(rule.name);
        if (auto deadline = computation.computed(i, history.events.size(), now)) found.push_back(std::move(*deadline));
    }
    return found;
}

Effects step_effects(const Policy& policy, const Deadline& deadline, std::string_view step) {
    const DeadlineRule& rule = policy.deadlines.at(deadline.rule);
    Effects effects = rule.miss;
    std::string clause = rule.clause;
    if (step != "miss") {
        effects.clear();
        for (const auto& warn : rule.warns)
            if (warn.name == step) {
                effects = warn.effects;
                if (!warn.clause.empty()) clause = warn.clause;
            }
    }
    for (auto& effect : effects)
        if (effect.clause.empty()) effect.clause = clause;
    return effects;
}

}  // namespace huiyin
