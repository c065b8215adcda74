#include "workflow/policy/explain_time.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace huiyin {
namespace {

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::string with_clause(const std::string& clause) { return clause.empty() ? "" : "  [" + clause + "]"; }

const char* effect_text(LimitEffect effect) { return effect == LimitEffect::shortens ? "shortens" : "replaces"; }

std::string extension_in_words(const ExtensionRule& rule) {
    std::string text = "may be extended by " + (rule.roles.empty() ? "whoever may extend" : listed(rule.roles));
    if (!rule.levels.empty()) text += " at level " + listed(rule.levels);
    if (rule.when) text += " when its rule holds";
    text += rule.times == 0   ? ", as often as needed"
            : rule.times == 1 ? ", once"
                              : ", " + std::to_string(rule.times) + " times";
    if (rule.at_most.count > 0) text += ", by at most " + to_text(rule.at_most);
    if (rule.in_all.count > 0) text += ", " + to_text(rule.in_all) + " in all";
    if (rule.consent) text += ", with the customer's consent";
    if (rule.late) text += ", also once missed";
    return text + with_clause(rule.clause);
}

std::string title_of(const Policy& policy, const std::string& event) {
    for (const auto& kind : policy.declared_events)
        if (kind.name == event) return event + " " + kind.title;
    return event;
}

}  // namespace

std::vector<std::string> adjustments_in_words(const DeadlineRule& rule, const Policy& policy) {
    std::vector<std::string> lines;
    if (rule.soft) lines.emplace_back("soft: a miss is reported, and no breach");
    if (!rule.binds.empty()) lines.push_back("binds " + rule.binds + ", not us: a miss is no breach of ours");
    if (!rule.calendar.empty()) lines.push_back("counted by the calendar " + rule.calendar);
    if (rule.outlives_end) lines.emplace_back("outlives the end: it is owed when the case is closed, too");
    for (const auto& start : rule.starts_on)
        if (!start.from_fact.empty())
            lines.push_back("counts from the fact " + start.from_fact + " once that is known, until then from " +
                            start.event);
    if (rule.customer_limit)
        lines.push_back("the customer's own limit (fact " + rule.customer_limit->fact + ") " +
                        effect_text(rule.customer_limit->effect) + " it" + with_clause(rule.customer_limit->clause));
    for (const auto& promise : rule.promises_on)
        lines.push_back("a promise (" + promise.event + ", field " + promise.field + ") " +
                        effect_text(promise.effect) + " it" + with_clause(promise.clause));
    for (const auto& extension : rule.extend) lines.push_back(extension_in_words(extension));
    for (const auto& stretch : rule.stretches_on)
        lines.push_back(title_of(policy, stretch.event) +
                        (stretch.stops_clock ? std::string(" stops its clock")
                                             : " lengthens it by " + std::to_string(stretch.percent) + "%") +
                        with_clause(stretch.clause));
    return lines;
}

Json adjustments_json(const DeadlineRule& rule) {
    Json json = Json::object();
    if (rule.soft) json["soft"] = true;
    if (!rule.binds.empty()) json["binds"] = rule.binds;
    if (!rule.calendar.empty()) json["calendar"] = rule.calendar;
    if (rule.outlives_end) json["outlives_end"] = true;
    for (const auto& start : rule.starts_on)
        if (!start.from_fact.empty())
            json["starts_from"].push_back({{"event", start.event}, {"fact", start.from_fact}});
    if (rule.customer_limit)
        json["customer_limit"] = {{"fact", rule.customer_limit->fact},
                                  {"effect", effect_text(rule.customer_limit->effect)},
                                  {"clause", rule.customer_limit->clause}};
    for (const auto& promise : rule.promises_on)
        json["promises_on"].push_back({{"event", promise.event},
                                       {"field", promise.field},
                                       {"effect", effect_text(promise.effect)},
                                       {"clause", promise.clause}});
    for (const auto& extension : rule.extend) {
        Json item{{"roles", extension.roles},     {"levels", extension.levels}, {"times", extension.times},
                  {"consent", extension.consent}, {"late", extension.late},     {"clause", extension.clause}};
        if (extension.at_most.count > 0) item["at_most"] = to_text(extension.at_most);
        if (extension.in_all.count > 0) item["in_all"] = to_text(extension.in_all);
        json["extend"].push_back(std::move(item));
    }
    for (const auto& stretch : rule.stretches_on)
        json["stretches_on"].push_back({{"event", stretch.event},
                                        {"stops_clock", stretch.stops_clock},
                                        {"percent", stretch.percent},
                                        {"clause", stretch.clause}});
    return json;
}

std::string duties_in_words(const Policy& policy, TimePoint now) {
    std::string text;
    for (const auto& duty : policy.duties) {
        std::string name = duty.name;
        name.resize(std::max<std::size_t>(10, name.size()), ' ');
        const auto next = next_occurrence(duty, policy.calendar, now);
        text += name + " " + (next ? to_rfc3339(next->at, policy.calendar.zone()) : std::string("never")) + " " +
                duty.role + " " + duty.title + with_clause(duty.clause) + "\n";
        if (next) text += "           " + to_chinese(duty, *next) + "\n";
    }
    return text;
}

Json duties_json(const Policy& policy, TimePoint now) {
    Json list = Json::array();
    for (const auto& duty : policy.duties) {
        const auto next = next_occurrence(duty, policy.calendar, now);
        Json item{{"duty", duty.name}, {"title", duty.title},   {"every", to_text(duty.every)},
                  {"role", duty.role}, {"phrase", duty.phrase}, {"clause", duty.clause},
                  {"next_at", nullptr}};
        if (next) {
            item["next_at"] = to_rfc3339(next->at, policy.calendar.zone());
            item["text"] = to_chinese(duty, *next);
        }
        list.push_back(std::move(item));
    }
    return list;
}

}  // namespace huiyin
