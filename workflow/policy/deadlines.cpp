#include "workflow/policy/deadlines.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "workflow/policy/due_time.h"
#include "workflow/policy/event_fields.h"
#include "workflow/policy/event_kinds.h"
#include "workflow/policy/running.h"
#include "workflow/policy/same_text.h"

namespace huiyin {
namespace {

class Computation {
public:
    Computation(const Policy& policy, const Facts& facts, const std::vector<HistoryEvent>& events,
                const Calendar& calendar, DeadlineParts parts, bool running_only)
        : policy_(policy),
          facts_(facts),
          events_(events),
          calendar_(calendar),
          parts_(parts),
          running_only_(running_only),
          kind_(text_field(facts, "kind")),
          level_(text_field(facts, "level")) {
        static const auto declarations = event_kind("event.declared") | event_kind("event.lifted");
        seen_.swap(spare());
        seen_.clear();
        seen_.reserve(events.size());
        for (std::size_t i = 0; i < events.size(); ++i) {
            const auto known = events[i].kind_and_end;
            const auto kind = known != 0 ? kind_in(known) : event_kind(events[i].type);
            if ((kind & declarations) != 0) take_declared(i, kind);
            const auto end = (known & ends_mark) != 0      ? Seen::End::yes
                             : (known & goes_on_mark) != 0 ? Seen::End::no
                                                           : Seen::End::unknown;
            seen_.push_back({kind, end});
            kinds_ |= kind;
        }
    }

    ~Computation() { seen_.swap(spare()); }
    Computation(const Computation&) = delete;
    Computation& operator=(const Computation&) = delete;

    // When the deadline of that name is due, as it stands at `now`.
    std::optional<TimePoint> due_named(std::string_view name, TimePoint now) const {
        const auto* rule = rule_named(name);
        auto count = rule ? counted(*rule, events_.size()) : std::nullopt;
        if (!count || is_exempt(*rule, *count)) return std::nullopt;
        end_pause(*count, now);
        return derive(*rule, *count, events_.size()).due_in_force();
    }
    bool applies(const DeadlineRule& rule) const {
        return (rule.kinds.empty() || contains(rule.kinds, kind_)) &&
               (rule.levels.empty() || contains(rule.levels, level_)) && (!rule.when || holds(rule.when, facts_));
    }

    // What there is of a rule's count by the first `events` events.
    std::optional<DeadlineCount> counted(const DeadlineRule& rule, std::size_t events, int depth = 0) const;
    std::optional<DeadlineCount> counted(const DeadlineRule& rule) const { return counted(rule, events_.size()); }
    // The deadline of that count of all events, as it stands at `now`.
    void fill(Deadline& deadline, std::size_t index, DeadlineCount& count, TimePoint now) const;

private:
    struct Seen {  // of an event, found once for all rules
        std::uint64_t kind;
        enum class End { unknown, yes, no } end = End::unknown;  // looked for when somebody asks
    };
    // What the computation before leaves to the next one: no memory has to be found.
    static std::vector<Seen>& spare() {
        thread_local std::vector<Seen> left;
        return left;
    }
    const DeadlineRule* rule_named(std::string_view name) const {
        const auto& rules = policy_.deadlines;
        const auto rule = std::find_if(rules.begin(), rules.end(), [&](const DeadlineRule& each) {
            return is_same_text(each.name, name) && applies(each);
        });
        return rule == rules.end() ? nullptr : &*rule;
    }
    bool is_exempt(const DeadlineRule& rule, const DeadlineCount& count) const {
        return rule.exempt && !count.missed_recorded && holds(rule.exempt, facts_);
    }
    static bool end_pause(DeadlineCount& count, TimePoint now);
    bool was_missed(std::string_view name, std::size_t events, TimePoint now, int depth) const;
    std::optional<DeadlineCount> begun(const DeadlineRule& rule, const DeadlineStart& start, std::size_t at) const;
    const DeadlineStart* started_by(const DeadlineRule& rule, std::size_t at, int depth) const;
    bool starts(const DeadlineStart& start, std::size_t at, int depth) const;
    // A kind that was not found yet may be any.
    static bool is_of(std::uint64_t kinds, const Seen& seen) { return kinds == 0 || (kinds & seen.kind) != 0; }
    bool ends_any(const DeadlineRule& rule, std::size_t at) const {
        if ((rule.ended_by & seen_[at].kind) != 0) return true;
        return !rule.only_set_by_event && !rule.outlives_end && is_end_of_all(at);
    }
    bool is_end_of_all(std::size_t at) const {
        auto& seen = seen_[at];
        if (seen.end == Seen::End::unknown) seen.end = ends_all(at) ? Seen::End::yes : Seen::End::no;
        return seen.end == Seen::End::yes;
    }
    bool ends_all(std::size_t at) const;
    bool fits(const Rule& when, const HistoryEvent& event) const {
        static const Facts none;
        return !when || holds(when, facts_, none, event.fields);
    }
    bool any(const std::vector<DeadlineStop>& stops, std::size_t at) const {
        const HistoryEvent& event = events_[at];
        return std::any_of(stops.begin(), stops.end(), [&](const DeadlineStop& stop) {
            return is_of(stop.kind, seen_[at]) && is_same_text(stop.event, event.type) && fits(stop.when, event);
        });
    }
    void take_declared(std::size_t at, std::uint64_t kind);
    const Calendar& calendar_of(const DeadlineRule& rule) const {
        const auto found = rule.calendar.empty() ? policy_.calendars.end() : policy_.calendars.find(rule.calendar);
        return found == policy_.calendars.end() ? calendar_ : found->second;
    }
    void follow(const DeadlineRule& rule, DeadlineCount& count, std::size_t at) const;
    Derivation derive(const DeadlineRule& rule, const DeadlineCount& count, std::size_t events) const {
        return due_time(rule, count, {facts_, calendar_of(rule), declared_, events, parts_});
    }
    void add_steps(const DeadlineRule& rule, const DeadlineCount& count, Deadline& deadline) const;

    const Policy& policy_;
    const Facts& facts_;
    const std::vector<HistoryEvent>& events_;
    const Calendar& calendar_;
    std::vector<Declared> declared_;
    DeadlineParts parts_;
    bool running_only_;
    const std::string& kind_;
    const std::string& level_;
    mutable std::vector<Seen> seen_;
    std::uint64_t kinds_ = 0;                    // of all events
    mutable const State* last_state_ = nullptr;  // that an event led to: the next one mostly leads to the same
};

// Is nothing owed after it: by its name, or because it moves the ticket into an end?
bool Computation::ends_all(std::size_t at) const {
    if (is_last_word(seen_[at].kind)) return true;
    const auto& to = text_field(events_[at].fields, "to");
    if (to.empty()) return false;
    if (!last_state_ || !is_same_text(last_state_->key, to)) last_state_ = policy_.state(to);
    return last_state_ && is_end(last_state_->phase);
}

void Computation::take_declared(std::size_t at, std::uint64_t kind) {
    static const auto declared = event_kind("event.declared"), lifted = event_kind("event.lifted");
    const HistoryEvent& event = events_[at];
    if (kind == declared) {
        const auto from = time_field(event.fields, "from"), until = time_field(event.fields, "until");
        if (from && until && *from < *until)
            declared_.push_back({at, text_field(event.fields, "event"), text_field(event.fields, "title"),
                                 text_field(event.fields, "declaration"), event.at, *from, *until});
    } else if (kind == lifted) {
        const auto until = time_field(event.fields, "until");
        for (auto& each : declared_)
            if (until && each.declaration == text_field(event.fields, "declaration"))
                each.until = std::max(each.from, std::min(each.until, *until));
    }
}

// The latest start is looked for from the end: what happened before it changes nothing.
std::optional<DeadlineCount> Computation::counted(const DeadlineRule& rule, std::size_t events, int depth) const {
    if (!is_of(rule.begun_by, {kinds_})) return std::nullopt;
    for (auto i = events; i-- > 0;) {
        const auto* start = is_of(rule.begun_by, seen_[i]) ? started_by(rule, i, depth) : nullptr;
        auto count = start ? begun(rule, *start, i) : std::nullopt;
        if (!count) {
            // Whatever began before it is over: of that only another limit asks, whether it was missed.
            if (running_only_ && depth == 0 && ends_any(rule, i)) return std::nullopt;
            continue;
        }
        for (++i; i < events; ++i) {
            // One that could not begin it anew for want of a due time does nothing else either.
            if (rule.only_set_by_event && is_of(rule.begun_by, seen_[i]) && started_by(rule, i, depth)) continue;
            if (!is_of(rule.concerned, seen_[i]) && !is_end_of_all(i)) continue;
            follow(rule, *count, i);
            if (running_only_ && depth == 0 && count->is_over()) return std::nullopt;
        }
        return count;
    }
    return std::nullopt;
}

std::optional<DeadlineCount> Computation::begun(const DeadlineRule& rule, const DeadlineStart& start,
                                                std::size_t at) const {
    const HistoryEvent& event = events_[at];
    DeadlineCount count;
    const auto field = start.due_field.empty() ? event.fields.end() : event.fields.find(start.due_field);
    if (field != event.fields.end())
        count.promised = limit_meant(field->second, event.at, rule.first_day, calendar_of(rule));
    if (!count.promised && rule.only_set_by_event) return std::nullopt;
    count.start = event.at;
    count.began = &event;
    // What was told later than the event moves the start, too: the limit counts anew from there.
    if (!start.from_fact.empty()) count.start = time_field(facts_, start.from_fact).value_or(event.at);
    return count;
}

const DeadlineStart* Computation::started_by(const DeadlineRule& rule, std::size_t at, int depth) const {
    const auto& type = events_[at].type;
    const auto start = std::find_if(rule.starts_on.begin(), rule.starts_on.end(), [&](const DeadlineStart& each) {
        return is_of(each.kind, seen_[at]) && is_same_text(each.event, type) && starts(each, at, depth);
    });
    return start == rule.starts_on.end() ? nullptr : &*start;
}

// Of an event of its kind: do the facts and the history let it begin the count?
bool Computation::starts(const DeadlineStart& start, std::size_t at, int depth) const {
    const HistoryEvent& event = events_[at];
    if (!fits(start.when, event)) return false;
    constexpr int deepest = 4;  // the check refuses packs whose deadlines wait for each other
    if (!start.unless_missed.empty() && depth < deepest && was_missed(start.unless_missed, at + 1, event.at, depth + 1))
        return false;
    if (!start.same_day_as.empty()) {
        const auto day = calendar_.zone().to_local(event.at).day;
        std::optional<TimePoint> latest;
        for (std::size_t i = 0; i < at; ++i)
            if (is_same_text(events_[i].type, start.same_day_as)) latest = events_[i].at;
        if (!latest || calendar_.zone().to_local(*latest).day != day) return false;
    }
    return true;
}

void Computation::follow(const DeadlineRule& rule, DeadlineCount& count, std::size_t at) const {
    const HistoryEvent& event = events_[at];
    const auto of_this_start = [&] {
        return text_field(event.fields, "deadline") == rule.name && time_field(event.fields, "start_at") == count.start;
    };
    static const auto warned = event_kind("deadline.warned"), missed = event_kind("deadline.missed"),
                      extended = event_kind("ticket.extended");
    const auto kind = seen_[at].kind;
    if (kind == warned && of_this_start()) count.done.push_back(text_field(event.fields, "step"));
    if (kind == missed && of_this_start()) {
        count.done.emplace_back("miss");
        count.missed_recorded = true;
    }
    if (count.is_over()) return;
    const auto go_on = [&] {
        if (!count.pause_began) return;
        const TimePoint end = count.pause_until ? std::min(*count.pause_until, event.at) : event.at;
        if (end > *count.pause_began) count.pauses.push_back({*count.pause_began, end});
        count.pause_began.reset();
    };
    static const auto resolved = event_kind("ticket.resolved"), escalated = event_kind("ticket.escalated");
    if (count.put_aside && (kind & (resolved | escalated)) != 0) go_on();
    for (const auto& promise : rule.promises_on) {
        const auto field = event.fields.find(promise.field);
        if (promise.event != event.type || field == event.fields.end() || !fits(promise.when, event)) continue;
        if (const auto due = limit_meant(field->second, event.at, rule.first_day, calendar_of(rule)))
            count.given.push_back({{DueChange::By::promise, event.at, *due, {}, 0, promise.clause}, promise.effect});
        break;
    }
    if (any(rule.stops_on, at)) {
        count.stopped = event.at;
    } else if (any(rule.cancels_on, at) || (!rule.outlives_end && is_end_of_all(at))) {
        count.cancelled = event.at;
    } else if (any(rule.pauses_on, at)) {
        if (count.pause_began) return;
        count.pause_began = event.at;
        count.pause_until = time_field(event.fields, "until");
        count.put_aside = is_same_text(event.type, "ticket.paused");
    } else if (any(rule.resumes_on, at)) {
        go_on();
    } else if (kind == extended && text_field(event.fields, "clock") == rule.name) {
        if (const auto until = time_field(event.fields, "until"))
            count.given.push_back({{DueChange::By::extension, event.at, *until, {}, 0, {}}});
    }
}

void Computation::add_steps(const DeadlineRule& rule, const DeadlineCount& count, Deadline& deadline) const {
    const TimePoint due = *deadline.due_at;
    const Calendar& calendar = calendar_of(rule);
    const auto put = [&](const std::string& name, TimePoint at) {
        const auto later = std::find_if(deadline.steps.begin(), deadline.steps.end(),
                                        [&](const StepDue& each) { return at < each.at; });
        deadline.steps.insert(later, {name, at, contains(count.done, name)});
    };
    // Of what falls on one moment, the miss comes before what follows from it.
    const auto add = [&](const DeadlineStep& warn) {
        if (running_only_ && contains(count.done, warn.name)) return;
        TimePoint at = due;
        switch (warn.from) {
            case DeadlineStep::From::start:
                at = calendar.due(count.start, warn.span, rule.first_day, count.pauses);
                break;
            case DeadlineStep::From::due_before:
                at = calendar.subtract(due, warn.span);
                break;
            case DeadlineStep::From::due_after: {
                // A due time at a closing or at 24:00 belongs to the day it ends: that is the day not counted.
                at = calendar.due(counts_days(warn.span.unit) ? due - Milliseconds{1} : due, warn.span,
                                  FirstDay::not_counted);
                break;
            }
        }
        if (at < count.start || (warn.from != DeadlineStep::From::due_after && at > due)) return;
        put(warn.name, at);
    };
    deadline.steps.reserve(rule.warns.size() + 1);
    for (const auto& warn : rule.warns)
        if (warn.from != DeadlineStep::From::due_after) add(warn);
    put("miss", due);
    for (const auto& warn : rule.warns)
        if (warn.from == DeadlineStep::From::due_after) add(warn);
}

// Takes the pause that is under way to its end, or to where the count stands; does it last?
bool Computation::end_pause(DeadlineCount& count, TimePoint now) {
    if (!count.pause_began) return false;
    const TimePoint end = count.stopped ? *count.stopped : count.cancelled ? *count.cancelled : now;
    const TimePoint until = count.pause_until ? *count.pause_until : std::max(end, *count.pause_began);
    const bool lasts = !count.is_over() && (!count.pause_until || now < *count.pause_until);
    const TimePoint paused_to = lasts ? until : std::min(until, std::max(end, *count.pause_began));
    if (paused_to > *count.pause_began) count.pauses.push_back({*count.pause_began, paused_to});
    return lasts;
}

// Of the first `events` events, at `now`: what fill() calls missed.
bool Computation::was_missed(std::string_view name, std::size_t events, TimePoint now, int depth) const {
    const auto* rule = rule_named(name);
    auto count = rule ? counted(*rule, events, depth) : std::nullopt;
    if (!count || count->missed_recorded) return count.has_value();
    if (is_exempt(*rule, *count)) return false;
    end_pause(*count, now);
    const auto due = derive(*rule, *count, events).due_in_force();
    const auto stopped = count->stopped ? count->stopped : count->cancelled;
    return stopped ? *stopped > due : now >= due;
}

void Computation::fill(Deadline& deadline, std::size_t index, DeadlineCount& count, TimePoint now) const {
    const DeadlineRule& rule = policy_.deadlines[index];
    deadline.name = rule.name;
    deadline.start_at = count.start;
    if (parts_ == DeadlineParts::all) {
        deadline.title = rule.title;
        deadline.clause = rule.clause;
        deadline.starts_on = count.began->type;
    }
    deadline.rule = index;
    const bool in_pause = end_pause(count, now);
    deadline.derivation = derive(rule, count, events_.size());
    const TimePoint due = deadline.derivation.due_in_force();
    for (const auto& change : deadline.derivation.changes)
        if (change.by == DueChange::By::extension) deadline.extended_to = due;
    deadline.extensions =
        static_cast<int>(std::count_if(count.given.begin(), count.given.end(), [](const GivenLimit& given) {
            return given.change.by == DueChange::By::extension;
        }));
    deadline.soft = rule.soft;
    deadline.binds = rule.binds;
    deadline.exempt = is_exempt(rule, count);
    if (!deadline.exempt)
        deadline.due_at = due;
    else if (!rule.exempt_clause.empty() && parts_ == DeadlineParts::all)
        deadline.clause = rule.exempt_clause;

    deadline.stopped_at = count.stopped ? count.stopped : count.cancelled;
    const bool late =
        !deadline.exempt && (count.missed_recorded || (deadline.stopped_at ? *deadline.stopped_at > due : now >= due));
    if (late)
        deadline.state = DeadlineState::missed;
    else if (count.stopped)
        deadline.state = DeadlineState::met;
    else if (count.cancelled)
        deadline.state = DeadlineState::cancelled;
    else if (in_pause)
        deadline.state = DeadlineState::paused;

    // Nothing will be done any more at one that has stopped.
    if (!deadline.exempt && (parts_ == DeadlineParts::all || !deadline.stopped_at)) {
        add_steps(rule, count, deadline);
        if (!deadline.stopped_at) {
            if (deadline.state == DeadlineState::paused)
                deadline.next_look_at = count.pause_until;
            else
                for (const auto& step : deadline.steps)
                    if (!step.done) {
                        deadline.next_look_at = step.at;
                        break;
                    }
        }
    }
}

}  // namespace

const std::string& to_text(DeadlineState state) {
    static const std::array<std::string, 5> names{"running", "met", "missed", "paused", "cancelled"};
    return names.at(static_cast<std::size_t>(state));
}

std::vector<Deadline> deadlines(const Policy& policy, const History& history, const Calendar& calendar, TimePoint now) {
    return deadlines(policy, history.facts, history.events, calendar, now);
}

namespace {

std::vector<Deadline> found_by(const Computation& computation, const Policy& policy, TimePoint now) {
    std::vector<Deadline> found;
    const auto& rules = policy.deadlines;
    constexpr std::size_t usual = 4;
    for (auto rule = rules.begin(); rule != rules.end(); ++rule) {
        const bool taken = !rule->alone && std::any_of(rules.begin(), rule, [&](const DeadlineRule& before) {
            return is_same_text(before.name, rule->name) && computation.applies(before);
        });
        if (taken || !computation.applies(*rule)) continue;
        auto count = computation.counted(*rule);
        if (!count) continue;
        if (found.empty()) found.reserve(usual);
        computation.fill(found.emplace_back(), static_cast<std::size_t>(rule - rules.begin()), *count, now);
    }
    return found;
}

}  // namespace

std::vector<Deadline> deadlines(const Policy& policy, const Facts& facts, const std::vector<HistoryEvent>& events,
                                const Calendar& calendar, TimePoint now, DeadlineParts parts) {
    return found_by({policy, facts, events, calendar, parts, false}, policy, now);
}

std::vector<Deadline> running_deadlines(const Policy& policy, const Facts& facts,
                                        const std::vector<HistoryEvent>& events, const Calendar& calendar,
                                        TimePoint now) {
    return found_by({policy, facts, events, calendar, DeadlineParts::times_only, true}, policy, now);
}

std::optional<TimePoint> due_named(std::string_view name, const Policy& policy, const Facts& facts,
                                   const std::vector<HistoryEvent>& events, const Calendar& calendar, TimePoint now) {
    return Computation{policy, facts, events, calendar, DeadlineParts::times_only, false}.due_named(name, now);
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
