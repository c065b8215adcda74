#include "workflow/policy/due_time.h"

#include <algorithm>
#include <utility>

#include "workflow/policy/event_fields.h"

namespace huiyin {
namespace {

std::vector<std::pair<const Declared*, const StretchRule*>> declared_for(const DeadlineRule& rule,
                                                                         const DeadlineCount& count,
                                                                         const DueTimeParts& parts) {
    std::vector<std::pair<const Declared*, const StretchRule*>> found;
    const auto ended = count.stopped ? count.stopped : count.cancelled;
    for (const auto& stretch : rule.stretches_on)
        for (const auto& each : parts.declared)
            if (each.event < parts.events && each.name == stretch.event && each.until > count.start &&
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

}  // namespace

std::optional<TimePoint> limit_meant(const Fact& fact, TimePoint from, FirstDay first_day, const Calendar& calendar) {
    if (const auto at = time_of(fact)) return at;
    const auto* text = std::get_if<std::string>(&fact);
    if (!text) return std::nullopt;
    if (const auto day = parse_date(*text))
        return calendar.zone().from_local({*day, Milliseconds{std::chrono::hours{24}}});
    const auto span = parse_span(*text);
    return span ? std::optional(calendar.due(from, *span, first_day)) : std::nullopt;
}

Derivation due_time(const DeadlineRule& rule, const DeadlineCount& count, const DueTimeParts& parts) {
    const Calendar& calendar = parts.calendar;
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
        const auto declared = declared_for(rule, count, parts);
        for (const auto& [event, stretch] : declared)
            if (stretch->stops_clock)
                pauses.push_back({std::max(event->from, count.start), event->until, event->title});
        pauses = in_order(std::move(pauses));
        const auto counted = [&](const Span& span) {
            if (parts.parts == DeadlineParts::all) return calendar.add(count.start, span, rule.first_day, pauses);
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
        const auto found = parts.facts.find(wanted.fact);
        const auto limit = found == parts.facts.end()
                               ? std::nullopt
                               : limit_meant(found->second, count.start, rule.first_day, calendar);
        if (limit && *limit > count.start && (wanted.effect == LimitEffect::replaces ? *limit != due : *limit < due))
            change_to({DueChange::By::customer, count.start, {}, {}, 0, wanted.clause}, *limit);
        else if (found != parts.facts.end() && (!limit || *limit <= count.start))
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

}  // namespace huiyin
