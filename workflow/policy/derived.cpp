#include "workflow/policy/derived.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "workflow/policy/deadlines.h"
#include "workflow/policy/jsonlogic.h"
#include "workflow/policy/policy.h"

namespace huiyin {
namespace {

std::optional<Fact> as_fact(const Json& value, FactType type) {
    switch (type) {
        case FactType::yes_no:
            return Fact(is_truthy(value));
        case FactType::integer:
        case FactType::time:
            if (value.is_number_integer()) return Fact(value.get<std::int64_t>());
            if (value.is_number()) return Fact(static_cast<std::int64_t>(std::llround(value.get<double>())));
            return std::nullopt;
        case FactType::number:
            if (value.is_number_integer()) return Fact(value.get<std::int64_t>());
            if (value.is_number()) return Fact(value.get<double>());
            return std::nullopt;
        case FactType::text:
            if (value.is_string()) return Fact(value.get<std::string>());
            return std::nullopt;
        case FactType::list:
            return std::nullopt;
    }
    return std::nullopt;
}

std::optional<TimePoint> moment(const Facts& facts, const std::string& name) {
    const auto found = facts.find(name);
    const auto* ms = found == facts.end() ? nullptr : std::get_if<std::int64_t>(&found->second);
    return ms ? std::optional(from_ms(*ms)) : std::nullopt;
}

// An age on the calendar. Exactly so old is not older: the last day of the span still belongs to it.
std::optional<Fact> is_older(const DerivedFact& fact, const Facts& facts, const Calendar& calendar, TimePoint now) {
    const auto since = moment(facts, fact.since);
    const auto until = fact.until.empty() ? std::optional(now) : moment(facts, fact.until);
    if (!since) return std::nullopt;
    return Fact(calendar.due(*since, fact.longer_than, FirstDay::not_counted) <= until.value_or(now));
}

std::int64_t times(const Counter& counter, const Facts& facts, const std::vector<HistoryEvent>& events) {
    std::int64_t count = 0;
    for (const auto& event : events)
        if (event.type == counter.event && holds(counter.when, facts, {}, event.fields)) ++count;
    return count;
}

}  // namespace

std::int64_t own_count(const Counter& counter, const Facts& facts) {
    if (!holds(counter.when, facts)) return 0;
    if (counter.sum.empty()) return 1;
    const auto found = facts.find(counter.sum);
    if (found == facts.end()) return 0;
    if (const auto* whole = std::get_if<std::int64_t>(&found->second)) return *whole;
    if (const auto* broken = std::get_if<double>(&found->second)) return std::llround(*broken);
    return 0;
}

void derive(const Policy& policy, Facts& facts, const std::vector<HistoryEvent>& events, const Calendar& calendar,
            TimePoint now, const std::map<std::string, std::int64_t>& of_others) {
    Json known;  // the facts as rules see them: made for the first that asks, and kept up to date for the others
    for (const auto& fact : policy.derived) {
        std::optional<Fact> value;
        if (fact.counts && fact.counts->event.empty()) {
            const auto others = of_others.find(fact.name);
            value = own_count(*fact.counts, facts) + (others == of_others.end() ? 0 : others->second);
        } else if (fact.counts) {
            value = times(*fact.counts, facts, events);
        } else if (!fact.since.empty()) {
            value = is_older(fact, facts, calendar, now);
        } else {
            if (known.is_null()) known = to_json(facts);
            if (const auto answer = evaluate(*fact.is.logic, known)) value = as_fact(*answer, fact.type);
        }
        if (!known.is_null()) {
            known.erase(fact.name);
            if (value) std::visit([&](const auto& each) { known[fact.name] = each; }, *value);
        }
        if (value)
            facts[fact.name] = std::move(*value);
        else
            facts.erase(fact.name);
    }
}

}  // namespace huiyin
