// Course: who is drawn for a revisit, and what the customer is asked, when and by whom.
#include <algorithm>

#include "workflow/policy/same_text.h"
#include "workflow/ticket/course.h"

namespace huiyin {
namespace {

const Effect* find_effect(const Effects& effects, const std::string& name) {
    const auto found = std::find_if(effects.begin(), effects.end(),
                                    [&](const Effect& effect) { return is_same_text(effect.name, name); });
    return found == effects.end() ? nullptr : &*found;
}

// The one that draw_revisit() draws in.
std::string stratum_of(const Policy& policy, const Facts& facts) {
    const auto& strata = policy.revisit.strata;
    const auto found =
        std::find_if(strata.begin(), strata.end(), [&](const RevisitStratum& each) { return holds(each.when, facts); });
    return found == strata.end() ? std::string() : found->name;
}

}  // namespace

Effect ask_effect(const Policy& policy, const std::string& question) {
    const auto name = "ask_" + question;
    for (const auto& move : policy.moves)
        if (const auto* effect = find_effect(move.effects, name)) return *effect;
    return plain_effect(name, {}, policy.surveys.clause);
}

TimePoint asking_time(const Policy& policy, const Zone& zone, TimePoint at) {
    const auto& surveys = policy.surveys;
    if (surveys.from == surveys.until) return at;
    const auto local = zone.to_local(at);
    if (local.since_midnight >= surveys.from && local.since_midnight < surveys.until) return at;
    const auto day = local.since_midnight < surveys.from ? local.day : local.day + std::chrono::days{1};
    return zone.from_local({day, surveys.from});
}

void Course::draw(const Effect& effect) {
    const auto stratum = stratum_of(policy_, facts());
    // One draw a stratum: who was drawn stays drawn, until what is known of the case puts it into another one.
    const bool drawn_before = any_event([&](const HistoryEvent& event) {
        if (!is_same_text(event.type, "revisit.drawn")) return false;
        const auto found = event.fields.find("stratum");
        const auto* name = found == event.fields.end() ? nullptr : std::get_if<std::string>(&found->second);
        return name && *name == stratum;
    });
    if (stratum.empty() || drawn_before) return;
    const auto counts = context_.draw_counts.find(stratum);
    auto drawn = draw_revisit(policy_, facts(), ticket_.number,
                              counts == context_.draw_counts.end() ? std::optional<DrawCounts>() : counts->second);
    happen("revisit.drawn",
           data_of("stratum", drawn.stratum, "lot", drawn.lot, "revisit", drawn.revisit, "in_person", drawn.in_person),
           by_policy, drawn.clause.empty() ? effect.clause : drawn.clause);
    const auto row = std::find_if(policy_.revisit.strata.begin(), policy_.revisit.strata.end(),
                                  [&](const RevisitStratum& each) { return each.name == stratum; });
    auto task = policy_.revisit.task;
    if (row != policy_.revisit.strata.end() && !row->task.empty()) {
        auto all = plain_effect("task", {}, row->clause);
        all.fields["task"] = row->task;
        all.fields["role"] = row->role.empty() ? "owner" : row->role;
        if (drawn.revisit) open_task(all, {});
    }
    if (row != policy_.revisit.strata.end() && !row->role.empty()) task.fields["role"] = row->role;
    if (drawn.in_person && !task.name.empty()) {
        open_task(task, {});
    } else {
        const auto name = task.field("task");
        for (const auto& step : ticket_.steps)
            if (step.step == name && step.state == "open") {
                happen("task.dropped", data_of("task", name), by_policy, effect.clause);
                break;
            }
    }
    decision_.draws.push_back(std::move(drawn));
}

// The rule that forbids to ask for a rating now, or nothing: "stopped", "1 in 7 days".
std::string Course::survey_rule_against() const {
    if (context_.surveys_stopped) return "stopped";
    for (const auto& limit : policy_.surveys.limits) {
        const auto since = now_ - std::chrono::days{limit.days};
        const auto asked = std::count_if(context_.surveys_asked.begin(), context_.surveys_asked.end(),
                                         [&](TimePoint at) { return at > since && at <= now_; });
        if (asked >= limit.at_most)
            return std::to_string(limit.at_most) + " in " + std::to_string(limit.days) + " days";
    }
    return {};
}

void Course::ask(const std::string& question, const std::string& clause, bool in_talk) {
    if (!context_.has_chat) {
        // Nobody can tap a button on a telephone: the front desk calls, and sends the answer for the customer.
        auto call = plain_effect("task", "staff.call_customer", clause);
        call.fields["task"] = "call_" + question;
        call.fields["role"] = "acceptor";
        call.fields["means"] = "phone";
        if (question != "consent") call.fields["deadline"] = policy_.revisit.task.field("deadline");
        return open_task(call, {});
    }
    if (question == "rating") {
        if (const auto rule = survey_rule_against(); !rule.empty()) {
            happen("survey.suppressed", data_of("rule", rule), by_policy, policy_.surveys.clause);
            if (in_talk) owe(plain_effect("tell", "customer.confirmed", policy_.surveys.clause), {});
            return follow(policy_.surveys.suppressed, {}, by_policy);
        }
    }
    if (question != "consent" && !in_talk) {
        const auto& zone = (context_.calendar ? *context_.calendar : policy_.calendar).zone();
        if (const auto at = asking_time(policy_, zone, now_); at != now_)
            return happen("question.put_off", data_of("question", question, "until", to_ms(at)), by_policy,
                          policy_.surveys.clause);
    }
    auto effect = ask_effect(policy_, question);
    happen(question + ".asked", Json::object(), by_policy, effect.clause.empty() ? clause : effect.clause);
    owe(std::move(effect), {});
}

}  // namespace huiyin
