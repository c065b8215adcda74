#include "workflow/policy/moving.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace huiyin {
namespace {

using Names = std::set<std::string, std::less<>>;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// "name", or a place within it.
bool names_one(const std::string& text, const Names& names) { return names.contains(text.substr(0, text.find('.'))); }

// Every text in a rule may be the name of a fact: those that are none do no harm. A name that is worked out, and the
// facts as a whole, may be any. `of_items`: what is looked at are the items of a list.
bool may_look_at(const Json& rule, const Names& names, bool of_items) {
    if (rule.is_string()) return names_one(rule.get_ref<const std::string&>(), names);
    if (rule.is_array())
        return std::any_of(rule.begin(), rule.end(),
                           [&](const Json& item) { return may_look_at(item, names, of_items); });
    if (!rule.is_object()) return false;
    for (const auto& [name, given] : rule.items()) {
        const Json list = given.is_array() ? given : Json::array({given});
        if (is_one_of(name, {"var", "val", "exists", "missing", "missing_some"})) {
            const bool is_plain = std::all_of(list.begin(), list.end(), [](const Json& each) {
                return each.is_string() || each.is_number() ||
                       (each.is_array() &&
                        std::all_of(each.begin(), each.end(), [](const Json& key) { return key.is_string(); }));
            });
            const bool is_whole = list.empty() || list.front() == "" || list.front().is_null();
            if (!is_plain || (is_whole && !of_items)) return true;
        }
        const bool iterates = is_one_of(name, {"map", "filter", "reduce", "all", "some", "none"});
        for (std::size_t i = 0; i < list.size(); ++i)
            if (may_look_at(list[i], names, of_items || (iterates && i > 0))) return true;
    }
    return false;
}

bool moves(const DerivedFact& fact, const Names& names) {
    if (fact.counts && fact.counts->event.empty()) return true;  // over the cases of others
    if (fact.counts) return looks_at(fact.counts->when, names);
    if (!fact.since.empty()) return fact.until.empty() || names.contains(fact.since) || names.contains(fact.until);
    return looks_at(fact.is, names);
}

bool looks_at(const DeadlineRule& rule, const Names& names) {
    const auto any = [&](const auto& list) {
        return std::any_of(list.begin(), list.end(), [&](const auto& each) { return looks_at(each.when, names); });
    };
    return looks_at(rule.when, names) || looks_at(rule.exempt, names) || any(rule.starts_on) || any(rule.stops_on) ||
           any(rule.cancels_on) || any(rule.pauses_on) || any(rule.resumes_on) || any(rule.promises_on) ||
           std::any_of(rule.starts_on.begin(), rule.starts_on.end(),
                       [&](const DeadlineStart& start) { return names.contains(start.from_fact); }) ||
           (rule.customer_limit && names.contains(rule.customer_limit->fact));
}

}  // namespace

bool looks_at(const Rule& rule, const Names& names) { return rule && may_look_at(*rule.logic, names, false); }

MovingFacts moving_facts(const Policy& policy, bool has_talk) {
    MovingFacts moving;
    auto& names = moving.names;
    names = {"working_time", "days_since_resolved", "days_since_closed"};
    if (!has_talk) names.insert({"channel", "source"});
    for (const auto& fact : policy.derived)
        if (moves(fact, names)) names.insert(fact.name);
    if (std::any_of(policy.slots.begin(), policy.slots.end(),
                    [&](const SlotRule& slot) { return names.contains(slot.key) || looks_at(slot.when, names); }))
        names.insert("missing_slots");
    if (std::any_of(policy.admission.tests.begin(), policy.admission.tests.end(),
                    [&](const AdmissionTest& test) { return looks_at(test.when, names); })) {
        names.insert("admission");
        names.insert("admission_test");
    }
    moving.limits = std::any_of(policy.deadlines.begin(), policy.deadlines.end(),
                                [&](const DeadlineRule& rule) { return looks_at(rule, names); });
    return moving;
}

}  // namespace huiyin
