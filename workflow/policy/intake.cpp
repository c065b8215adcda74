#include "workflow/policy/intake.h"

#include "workflow/policy/policy.h"
#include "workflow/policy/same_text.h"

namespace huiyin {
namespace {

std::string text_fact(const Facts& facts, std::string_view name) {
    const auto found = facts.find(name);
    const auto* text = found == facts.end() ? nullptr : std::get_if<std::string>(&found->second);
    return text ? *text : std::string();
}

bool is_listed(const Facts& facts, std::string_view list, const std::string& item) {
    const auto found = facts.find(list);
    const auto* items = found == facts.end() ? nullptr : std::get_if<std::vector<std::string>>(&found->second);
    return items && contains(*items, item);
}

}  // namespace

const std::vector<std::string>& told_slots() {
    static const std::vector<std::string> keys{"description", "place",  "phone", "name",
                                               "occurred",    "people", "wish",  "photo"};
    return keys;
}

AdmissionJudgement judge_admission(const Policy& policy, const Facts& facts) {
    const auto insists = facts.find("insists");
    const bool insisted = insists != facts.end() && insists->second == Fact(true);
    const auto kind = text_fact(facts, "kind");
    for (const auto& test : policy.admission.tests) {
        if (!test.kinds.empty() && !contains(test.kinds, kind)) continue;
        if ((test.gives_way && insisted) || !holds(test.when, facts)) continue;
        AdmissionJudgement judged{test.answer, &test, nullptr};
        for (const auto& body : test.bodies)
            if (holds(body.when, facts)) {
                judged.body = &body;
                break;
            }
        return judged;
    }
    return {};
}

std::vector<const SlotRule*> wanted_slots(const Policy& policy, const Facts& facts) {
    const auto kind = text_fact(facts, "kind"), category = text_fact(facts, "category");
    std::vector<const SlotRule*> list;
    for (const auto& slot : policy.slots)
        if ((slot.kinds.empty() || contains(slot.kinds, kind)) &&
            (slot.categories.empty() || contains(slot.categories, category)) && holds(slot.when, facts))
            list.push_back(&slot);
    return list;
}

std::vector<const SlotRule*> missing_slots(const Policy& policy, const Facts& facts) {
    std::vector<const SlotRule*> list;
    for (const auto* slot : wanted_slots(policy, facts))
        if (slot->required && facts.find(slot->key) == facts.end() && !is_listed(facts, "told", slot->key) &&
            !(slot->may_be_unknown && is_listed(facts, "unknown_slots", slot->key)))
            list.push_back(slot);
    return list;
}

}  // namespace huiyin
