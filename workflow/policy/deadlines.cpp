#include "workflow/policy/deadlines.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>

#include "workflow/policy/running.h"
#include "workflow/policy/same_text.h"

namespace huiyin {
namespace {

constexpr std::size_t own_kinds =
    60;  // so many events have a bit of their own; the others, and unknown ones, share two
constexpr std::uint64_t last_kind = std::uint64_t{1} << own_kinds, unknown_kind = last_kind << 1;
constexpr std::uint64_t shared_kinds = last_kind | unknown_kind;
// What kind_and_end() puts beside a kind.
constexpr std::uint64_t ends = unknown_kind << 1, goes_on = ends << 1;

// Is nothing owed after an event of this name, whatever else it says?
bool is_last_word(std::uint64_t kind) {
    static const auto words = event_kind("ticket.closed") | event_kind("ticket.rejected") |
                              event_kind("ticket.withdrawn") | event_kind("ticket.merged") |
                              event_kind("ticket.terminated");
    return (kind & words) != 0;
}

bool contains(const std::vector<std::string>& list, std::string_view item) {
    return std::any_of(list.begin(), list.end(), [&](const std::string& each) { return is_same_text(each, item); });
}

const std::string& text_field(const Facts& fields, FactName name) {
    static const std::string none;
    const auto found = fields.find(name);
    if (found == fields.end()) return none;
    const auto* text = std::get_if<std::string>(&found->second);
    return text ? *text : none;
}

std::optional<TimePoint> time_of(const Fact& fact) {
    if (const auto* ms = std::get_if<std::int64_t>(&fact)) return from_ms(*ms);
    if (const auto* text = std::get_if<std::string>(&fact))
        if (const auto at = parse_rfc3339(*text)) return *at;
    return std::nullopt;
}

// A limit as people give it: a moment, a date (till its end), or a span from a moment on.
std::optional<TimePoint> limit_meant(const Fact& fact, TimePoint from, FirstDay first_day, const Calendar& calendar) {
    if (const auto at = time_of(fact)) return at;
    const auto* text = std::get_if<std::string>(&fact);
    if (!text) return std::nullopt;
    if (const auto day = parse_date(*text))
        return calendar.zone().from_local({*day, Milliseconds{std::chrono::hours{24}}});
    const auto span = parse_span(*text);
    return span ? std::optional(calendar.due(from, *span, first_day)) : std::nullopt;
}

// A moment, as milliseconds or RFC 3339.
std::optional<TimePoint> time_field(const Facts& fields, FactName name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::nullopt : time_of(found->second);
}

// What was declared for the ticket's unit.
struct Declared {
    std::size_t event;  // its place in the history
    std::string name, title, declaration;
    TimePoint at, from, until;
};

// A promise or an extension, as it was given.
struct Given {
    DueChange change;
    LimitEffect effect = LimitEffect::replaces;
};

// A count that is under way: what has happened since the latest start.
struct Count {
    TimePoint start;
    const HistoryEvent* began = nullptr;  // by it
    std::optional<TimePoint> promised, stopped, cancelled;
    std::vector<Given> given;
    std::vector<Pause> pauses;
    std::optional<TimePoint> pause_began, pause_until;
    std::vector<std::string> done;
    bool missed_recorded = false;
    bool is_over() const { return stopped || cancelled; }
};

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
            const auto known = events[i].kind;
            const auto kind = known != 0 ? known & ~(ends | goes_on) : event_kind(events[i].type);
            if ((kind & declarations) != 0) take_declared(i, kind);
            const auto end = (known & ends) != 0      ? Seen::End::yes
                             : (known & goes_on) != 0 ? Seen::End::no
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
    std::optional<Count> counted(const DeadlineRule& rule, std::size_t events, int depth = 0) const;
    std::optional<Count> counted(const DeadlineRule& rule) const { return counted(rule, events_.size()); }
    // The deadline of that count of all events, as it stands at `now`.
    void fill(Deadline& deadline, std::size_t index, Count& count, TimePoint now) const;

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
    bool is_exempt(const DeadlineRule& rule, const Count& count) const {
        return rule.exempt && !count.missed_recorded && holds(rule.exempt, facts_);
    }
    static bool end_pause(Count& count, TimePoint now);
    bool was_missed(std::string_view name, std::size_t events, TimePoint now, int depth) const;
    std::optional<Count> begun(const DeadlineRule& rule, const DeadlineStart& start, std::size_t at) const;
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
    void follow(const DeadlineRule& rule, Count& count, std::size_t at) const;
    std::vector<std::pair<const Declared*, const StretchRule*>> declared_for(const DeadlineRule& rule,
                                                                             const Count& count,
                                                                             std::size_t events) const;
    Derivation derive(const DeadlineRule& rule, const Count& count, std::size_t events) const;
    void add_steps(const DeadlineRule& rule, const Count& count, Deadline& deadline) const;

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

std::vector<std::pair<const Declared*, const StretchRule*>> Computation::declared_for(const DeadlineRule& rule,
                                                                                      const Count& count,
                                                                                      std::size_t events) const {
    std::vector<std::pair<const Declared*, const StretchRule*>> found;
    const auto ended = count.stopped ? count.stopped : count.cancelled;
    for (const auto& stretch : rule.stretches_on)
        for (const auto& each : declared_)
            if (each.event < events && each.name == stretch.event && each.until > count.start &&
                each.from < each.until && (!ended || each.at <= *ended))
                found.emplace_back(&each, &stretch);
    return found;
}

// Pauses in order and apart; where two lie over each other, the earlier one keeps its name.
std::vector<Pause> in_order(std::vector<Pause> pauses) {
    std::stable_sort(pauses.begin(), pauses.end(), [](const Pause& a, const Pause& b) { return a.from < b.from; });
    std::vector<Pause> apart;
    for (auto& pause : pauses) {
        if (!apart.empty()) pause.from = std::max(pause.from, apart.back().until);
        if (pause.from < pause.until) apart.push_back(std::move(pause));
    }
    return apart;
}

Derivation Computation::derive(const DeadlineRule& rule, const Count& count, std::size_t events) const {
    const Calendar& calendar = calendar_of(rule);
    Derivation derivation;
    if (count.promised) {
        derivation.start = count.start;
        derivation.due = *count.promised;
        derivation.first_day = rule.first_day;
        derivation.set_by_event = true;
        if (*count.promised > count.start)
            derivation.segments.push_back({count.start, *count.promised, SegmentReason::counted, {}, 0, false});
    } else {
        auto pauses = count.pauses;
        const auto declared = declared_for(rule, count, events);
        for (const auto& [event, stretch] : declared)
            if (stretch->stops_clock)
                pauses.push_back({std::max(event->from, count.start), event->until, event->title});
        pauses = in_order(std::move(pauses));
        const auto counted = [&](const Span& span) {
            if (parts_ == DeadlineParts::all) return calendar.add(count.start, span, rule.first_day, pauses);
            Derivation times;
            times.start = count.start;
            times.due = calendar.due(count.start, span, rule.first_day, pauses);
            return times;
        };
        derivation = counted(rule.span);
        int percent = 0;
        for (const auto& [event, stretch] : declared)
            if (!stretch->stops_clock && event->from < derivation.due) {
                percent += stretch->percent;
                derivation.changes.push_back(
                    {DueChange::By::stretch, event->at, {}, event->title, stretch->percent, stretch->clause});
            }
        if (percent > 0) {
            Span longer = rule.span;
            longer.count = (longer.count * (100 + percent) + 99) / 100;
            auto changes = std::move(derivation.changes);
            derivation = counted(longer);
            for (auto& change : changes) change.due = derivation.due;
            derivation.changes = std::move(changes);
        }
    }
    TimePoint due = derivation.due;
    const auto change_to = [&](DueChange change, TimePoint to) {
        due = change.due = to;
        derivation.changes.push_back(std::move(change));
    };
    if (rule.customer_limit) {
        const auto& wanted = *rule.customer_limit;
        const auto found = facts_.find(wanted.fact);
        const auto limit =
            found == facts_.end() ? std::nullopt : limit_meant(found->second, count.start, rule.first_day, calendar);
        if (limit && *limit > count.start && (wanted.effect == LimitEffect::replaces ? *limit != due : *limit < due))
            change_to({DueChange::By::customer, count.start, {}, {}, 0, wanted.clause}, *limit);
        else if (found != facts_.end() && (!limit || *limit <= count.start))
            derivation.warnings.push_back("the customer's limit \"" + wanted.fact +
                                          "\" cannot be used: it is no later moment");
    }
    for (const auto& given : count.given) {
        const bool counts = given.change.by == DueChange::By::extension ? given.change.due > due
                            : given.effect == LimitEffect::shortens     ? given.change.due < due
                                                                        : given.change.due != due;
        if (counts) change_to(given.change, given.change.due);
    }
    return derivation;
}

// The latest start is looked for from the end: what happened before it changes nothing.
std::optional<Count> Computation::counted(const DeadlineRule& rule, std::size_t events, int depth) const {
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

std::optional<Count> Computation::begun(const DeadlineRule& rule, const DeadlineStart& start, std::size_t at) const {
    const HistoryEvent& event = events_[at];
    Count count;
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

void Computation::follow(const DeadlineRule& rule, Count& count, std::size_t at) const {
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
    } else if (any(rule.resumes_on, at)) {
        if (!count.pause_began) return;
        const TimePoint end = count.pause_until ? std::min(*count.pause_until, event.at) : event.at;
        if (end > *count.pause_began) count.pauses.push_back({*count.pause_began, end});
        count.pause_began.reset();
    } else if (kind == extended && text_field(event.fields, "clock") == rule.name) {
        if (const auto until = time_field(event.fields, "until"))
            count.given.push_back({{DueChange::By::extension, event.at, *until, {}, 0, {}}});
    }
}

void Computation::add_steps(const DeadlineRule& rule, const Count& count, Deadline& deadline) const {
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
bool Computation::end_pause(Count& count, TimePoint now) {
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

void Computation::fill(Deadline& deadline, std::size_t index, Count& count, TimePoint now) const {
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
        static_cast<int>(std::count_if(count.given.begin(), count.given.end(),
                                       [](const Given& given) { return given.change.by == DueChange::By::extension; }));
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

std::uint64_t event_kind(std::string_view type) {
    struct Entry {
        std::string_view name;
        std::uint64_t bit = 0;
    };
    constexpr std::size_t places = 256;  // of a table that is looked up by the name's end, the next place if taken
    const auto place_of = [](std::string_view name) {
        std::uint64_t end = name.size();
        if (name.size() >= sizeof end) std::memcpy(&end, name.data() + name.size() - sizeof end, sizeof end);
        return static_cast<std::size_t>((end + name.size()) * 0x9e3779b97f4a7c15U >> 56) % places;
    };
    static const auto table = [&] {
        std::array<Entry, places> kinds{};
        const auto& names = known_events();
        for (std::size_t i = 0; i < names.size(); ++i) {
            auto place = place_of(names[i]);
            while (kinds[place].bit != 0) place = (place + 1) % places;
            kinds[place] = {names[i], std::uint64_t{1} << std::min(i, own_kinds)};
        }
        return kinds;
    }();
    for (auto place = place_of(type);; place = (place + 1) % places) {
        const auto& kind = table[place];
        if (kind.bit == 0) return unknown_kind;
        if (is_same_text(kind.name, type)) return kind.bit;
    }
}

namespace {

void make_ready(DeadlineRule& rule) {
    // What was warned, missed and extended concerns every rule.
    rule.concerned = event_kind("deadline.warned") | event_kind("deadline.missed") | event_kind("ticket.extended");
    rule.begun_by = 0;
    for (auto& start : rule.starts_on) rule.begun_by |= start.kind = event_kind(start.event);
    for (auto* stops : {&rule.stops_on, &rule.cancels_on, &rule.pauses_on, &rule.resumes_on})
        for (auto& stop : *stops) rule.concerned |= stop.kind = event_kind(stop.event);
    // A start in between would not be looked at if it must set a due time.
    rule.ended_by = 0;
    if (!rule.only_set_by_event)
        for (const auto* stops : {&rule.stops_on, &rule.cancels_on})
            for (const auto& stop : *stops)
                if (!stop.when && (stop.kind & shared_kinds) == 0) rule.ended_by |= stop.kind;
    for (const auto& promise : rule.promises_on) rule.concerned |= event_kind(promise.event);
    rule.concerned |= rule.begun_by;
}

}  // namespace

void make_ready(std::vector<DeadlineRule>& rules) {
    for (auto& rule : rules) {
        make_ready(rule);
        rule.alone = std::none_of(rules.begin(), rules.end(), [&](const DeadlineRule& other) {
            return &other != &rule && other.name == rule.name;
        });
    }
}

std::uint64_t kind_and_end(std::string_view type, const Facts& fields) {
    const auto kind = event_kind(type);
    const auto& to = text_field(fields, "to");
    if (is_last_word(kind)) return kind | ends;
    if (to.empty()) return kind | goes_on;
    const auto phase = phase_named(text_field(fields, "phase"));
    return !phase ? kind : kind | (is_end(*phase) ? ends : goes_on);
}

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
