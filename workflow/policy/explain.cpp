#include "workflow/policy/explain.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/policy/explain_time.h"

namespace huiyin {
namespace {

// Walks a case through filing and acceptance as the pack's moves have it, as far as its effects decide by themselves.
class Walk {
public:
    Walk(const Policy& policy, const ExplainCase& what) : policy_(policy), history_{what.facts, {}} {
        judge();
        stand(policy.opening.to);
        happen("ticket.opened", what.opened_at, "", policy.opening.to);
        follow(policy.opening.effects, what.opened_at, 0);
        const TimePoint accepted = what.accepted_at.value_or(what.opened_at);
        command("accept", {policy.accept_role, "staff", "owner"}, accepted, 0);
        if (what.escalated_accepted_at) command("accept", all_roles(), *what.escalated_accepted_at, 0);
        if (what.proposed_at) command("propose", all_roles(), *what.proposed_at, 0);
        if (what.resolved_at) command("resolve", all_roles(), *what.resolved_at, 0);
        history_.events.insert(history_.events.end(), what.events.begin(), what.events.end());
        std::stable_sort(history_.events.begin(), history_.events.end(),
                         [](const HistoryEvent& a, const HistoryEvent& b) { return a.at < b.at; });
    }
    const History& history() const { return history_; }
    const Route* owner() const { return owner_role_.empty() ? find_route(policy_, history_.facts) : nullptr; }
    const std::string& owner_role() const { return owner_role_; }
    const std::string& owner_clause() const { return owner_clause_; }
    const std::string& state() const { return state_; }
    const LevelJudgement& level() const { return level_; }

private:
    ActingAs all_roles() const {
        ActingAs roles = policy_.roles;
        roles.insert(roles.end(), {"staff", "owner", "assignee"});
        return roles;
    }
    void judge() {
        level_ = judge_level(policy_, history_.facts);
        history_.facts["level"] = level_.level;
    }
    void stand(const std::string& state) {
        state_ = state;
        history_.facts["state"] = state;
        if (const State* found = policy_.state(state)) history_.facts["phase"] = to_text(found->phase);
    }
    void happen(const std::string& type, TimePoint at, const std::string& from, const std::string& to) {
        history_.events.push_back({type, at, {{"from", from}, {"to", to}}});
    }
    void command(const std::string& name, const ActingAs& actor, TimePoint at, int depth) {
        const auto move = find_move(policy_, state_, name, actor, history_.facts);
        if (!move) return;
        const std::string from = state_;
        if (!(*move)->to.empty()) stand((*move)->to);
        if (name == "accept") history_.facts["accepted"] = true;
        if (name == "escalate") history_.facts["escalated"] = true;
        happen(event_of(name), at, from, state_);
        follow((*move)->effects, at, depth);
    }
    void follow(const Effects& effects, TimePoint at, int depth) {
        if (depth > 4) return;
        for (const auto& effect : effects) {
            if (!holds(effect.when, history_.facts)) continue;
            if (effect.name == "run") command(effect.field("command"), {"policy"}, at, depth + 1);
            if (effect.name == "route") {
                owner_role_.clear();
                if (const std::string role = effect.field("role"); !role.empty() && role != "given") {
                    owner_role_ = role;
                    const Route* route = find_route(policy_, history_.facts);
                    owner_clause_ = !effect.clause.empty()         ? effect.clause
                                    : route && route->role == role ? route->clause
                                                                   : "";
                }
            }
        }
    }

    const Policy& policy_;
    History history_;
    LevelJudgement level_;
    std::string state_, owner_role_, owner_clause_;
};

std::string at_text(TimePoint at, const Policy& policy) { return to_rfc3339(at, policy.calendar.zone()); }

// What begins a deadline in the first place.
std::string first_start(const DeadlineRule& rule) { return rule.starts_on.empty() ? "" : rule.starts_on.front().event; }

std::string clause_text(const Policy& policy, const std::string& id) {
    const Clause* clause = policy.clause(id);
    return clause && !clause->printed ? id + ", an assumption of the pack" : id;
}

}  // namespace

namespace {

void read_events(const Json& list, std::vector<HistoryEvent>& events, std::vector<Finding>& findings) {
    if (!list.is_array()) {
        findings.push_back({"/events", "what happened is a list: write [{\"type\":\"ticket.extended\",\"at\":…}]"});
        return;
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string where = "/events/" + std::to_string(i);
        const Json& each = list[i];
        HistoryEvent event;
        Facts fields;
        const auto text = [&](const char* name) {
            const auto found = each.is_object() ? each.find(name) : each.end();
            return each.is_object() && found != each.end() && found->is_string() ? found->get<std::string>() : "";
        };
        event.type = text("type");
        const auto& known = known_events();
        if (std::find(known.begin(), known.end(), event.type) == known.end()) {
            const auto near = nearest(event.type, known);
            findings.push_back({where + "/type", "unknown event \"" + event.type + "\"" +
                                                     (near ? " (did you mean \"" + *near + "\"?)" : "") +
                                                     ": write one that a ticket has"});
            continue;
        }
        const auto at = parse_rfc3339(text("at"));
        if (!at) {
            findings.push_back({where + "/at", "this is no moment: write 2026-03-02T09:00:00+08:00"});
            continue;
        }
        event.at = *at;
        for (const auto& [name, value] : each.items()) {
            if (name == "type" || name == "at") continue;
            if (value.is_boolean())
                fields[name] = value.get<bool>();
            else if (value.is_number_integer())
                fields[name] = value.get<std::int64_t>();
            else if (value.is_string())
                fields[name] = value.get<std::string>();
            else
                findings.push_back(
                    {where + "/" + name, "a field of an event is a text, a whole number or true or false"});
        }
        event.fields = std::move(fields);
        events.push_back(std::move(event));
    }
}

}  // namespace

ExplainCase read_case(const Json& json, const Policy& policy, TimePoint now, std::vector<Finding>& findings) {
    ExplainCase what;
    what.opened_at = now;
    if (!json.is_object()) {
        findings.push_back({"", "facts are an object: write {\"kind\":\"complaint\",\"category\":\"housing\"}"});
        return what;
    }
    Json facts = json;
    const auto moment = [&](const char* name) -> std::optional<TimePoint> {
        const auto found = json.find(name);
        if (found == json.end()) return std::nullopt;
        facts.erase(name);
        const auto at = parse_rfc3339(found->is_string() ? found->get<std::string>() : "");
        if (at) return *at;
        findings.push_back({std::string("/") + name, "this is no moment: write 2026-03-02T09:00:00+08:00"});
        return std::nullopt;
    };
    what.opened_at = moment("opened_at").value_or(now);
    what.accepted_at = moment("accepted_at");
    what.escalated_accepted_at = moment("escalated_accepted_at");
    what.proposed_at = moment("proposed_at");
    what.resolved_at = moment("resolved_at");
    if (const auto found = json.find("events"); found != json.end()) {
        facts.erase("events");
        read_events(*found, what.events, findings);
    }
    what.facts = read_facts(facts, policy.facts, "", findings);
    std::vector<std::string> kinds, categories;
    for (const auto& kind : policy.kinds) kinds.push_back(kind.key);
    const auto text = [&](const char* name) {
        const auto found = what.facts.find(name);
        return found == what.facts.end() ? std::string{} : std::get<std::string>(found->second);
    };
    const auto unknown = [&](const char* name, const std::vector<std::string>& known) {
        std::string list;
        for (const auto& each : known) list += (list.empty() ? "" : ", ") + each;
        const auto near = nearest(text(name), known);
        findings.push_back({std::string("/") + name, "unknown " + std::string(name) + " \"" + text(name) + "\"" +
                                                         (near ? " (did you mean \"" + *near + "\"?)" : "") +
                                                         ": write one of " + list});
    };
    const Kind* kind = policy.kind(text("kind"));
    if (text("kind").empty()) {
        std::string list;
        for (const auto& each : kinds) list += (list.empty() ? "" : ", ") + each;
        findings.push_back({"/kind", "the kind of the case is missing: write one of " + list});
    } else if (!kind) {
        unknown("kind", kinds);
    } else if (!text("category").empty() && !policy.category(kind->key, text("category"))) {
        for (const auto& category : kind->categories) categories.push_back(category.key);
        unknown("category", categories);
    }
    // A flag says what the fact of the same name says.
    const auto flags = what.facts.find("flags");
    if (flags != what.facts.end())
        for (const auto& flag : std::get<std::vector<std::string>>(flags->second))
            for (const char* name : {"media", "lawsuit", "group", "exempt"})
                if (flag == name) what.facts[name] = true;
    return what;
}

Explanation explain(const Policy& policy, const ExplainCase& what) {
    const Walk walk{policy, what};
    Explanation out;
    out.level = walk.level();
    if (const Level* level = policy.level(out.level.level)) {
        out.level_title = level->title;
        out.level_clause = level->clause;
    }
    out.accept_role = policy.accept_role;
    Facts filed = what.facts;
    filed["state"] = policy.opening.to;
    if (const Route* route = find_route(policy, filed); route && route->role == policy.accept_role)
        out.accept_clause = route->clause;
    if (const Route* route = walk.owner()) {
        out.owner_role = route->role;
        out.owner_clause = route->clause;
    } else {
        out.owner_role = walk.owner_role();
        out.owner_clause = walk.owner_clause();
    }
    out.state = walk.state();
    TimePoint now = what.opened_at;
    for (const auto& event : walk.history().events) now = std::max(now, event.at);
    out.now = now;
    const auto begun = deadlines(policy, walk.history(), policy.calendar, now);
    std::vector<std::string> named;
    const auto says = [&](const std::vector<std::string>& list, const char* fact) {
        const auto found = walk.history().facts.find(fact);
        const auto* text = found == walk.history().facts.end() ? nullptr : std::get_if<std::string>(&found->second);
        return list.empty() || (text && std::find(list.begin(), list.end(), *text) != list.end());
    };
    for (std::size_t i = 0; i < policy.deadlines.size(); ++i) {
        const DeadlineRule& rule = policy.deadlines[i];
        const bool applies =
            says(rule.kinds, "kind") && says(rule.levels, "level") && holds(rule.when, walk.history().facts);
        if (!applies || std::find(named.begin(), named.end(), rule.name) != named.end()) continue;
        named.push_back(rule.name);
        const auto found =
            std::find_if(begun.begin(), begun.end(), [&](const Deadline& each) { return each.name == rule.name; });
        out.deadlines.push_back({rule, found == begun.end() ? std::nullopt : std::optional<Deadline>{*found}});
        if (found != begun.end())
            for (const auto& warning : found->derivation.warnings)
                if (std::find(out.warnings.begin(), out.warnings.end(), warning) == out.warnings.end())
                    out.warnings.push_back(warning);
    }
    for (const auto& stratum : policy.revisit.strata)
        if (holds(stratum.when, walk.history().facts)) {
            out.revisit = stratum;
            break;
        }
    return out;
}

std::string to_text(const Explanation& explanation, const Policy& policy) {
    const auto clause = [&](const std::string& id) {
        return id.empty() ? std::string{} : "  [" + clause_text(policy, id) + "]";
    };
    std::string text = "level      " + explanation.level.level + " " + explanation.level_title;
    if (explanation.level.reasons.empty()) text += clause(explanation.level_clause);
    text += "\n";
    for (const auto& reason : explanation.level.reasons)
        text += "           " + reason.because + clause(reason.clause) + "\n";
    text += "accepted   by " + explanation.accept_role + clause(explanation.accept_clause) + "\n";
    const State* state = policy.state(explanation.state);
    text += "owner      " + explanation.owner_role + clause(explanation.owner_clause);
    if (state) text += "  (state " + state->key + " " + state->title + ")";
    text += "\n";
    const auto adjusted = [&](const DeadlineRule& rule) {
        for (const auto& line : adjustments_in_words(rule, policy)) text += "           " + line + "\n";
    };
    for (const auto& [rule, deadline] : explanation.deadlines) {
        std::string name = rule.name;
        name.resize(std::max<std::size_t>(10, name.size()), ' ');
        text += name + " ";
        if (!deadline) {
            text += (rule.only_set_by_event ? std::string("as promised") : to_text(rule.span)) + " after " +
                    first_start(rule) + clause(rule.clause) + "\n";
            adjusted(rule);
            continue;
        }
        if (!deadline->due_at) {
            text += "no fixed limit" + clause(deadline->clause) + "\n";
            adjusted(rule);
            continue;
        }
        text += at_text(*deadline->due_at, policy) + " " + to_text(deadline->state) + clause(deadline->clause) + "\n";
        text += "           " + to_chinese(deadline->derivation, policy.calendar) + "\n";
        adjusted(rule);
    }
    if (explanation.revisit) {
        const auto& stratum = *explanation.revisit;
        text += "revisited  " + stratum.name + " " + stratum.title + ": " + std::to_string(stratum.rate_percent) +
                "% of all, " + std::to_string(stratum.in_person_percent) + "% of them in person" +
                clause(stratum.clause) + "\n";
    }
    text += duties_in_words(policy, explanation.now);
    for (const auto& warning : explanation.warnings) text += "warning    " + warning + "\n";
    return text;
}

Json to_json(const Explanation& explanation, const Policy& policy) {
    Json because = Json::array();
    for (const auto& reason : explanation.level.reasons)
        because.push_back({{"because", reason.because}, {"clause", reason.clause}});
    Json list = Json::array();
    for (const auto& [rule, deadline] : explanation.deadlines) {
        Json item{{"clock", rule.name}, {"title", rule.title}, {"span", to_text(rule.span)}, {"clause", rule.clause}};
        if (deadline) {
            item["clause"] = deadline->clause;
            item["state"] = to_text(deadline->state);
            item["starts_on"] = deadline->starts_on;
            item["start_at"] = at_text(deadline->start_at, policy);
            item["due_at"] = deadline->due_at ? Json(at_text(*deadline->due_at, policy)) : Json{};
            item["derivation"] = to_json(deadline->derivation, policy.calendar);
            item["text"] = deadline->due_at ? to_chinese(deadline->derivation, policy.calendar) : "";
            if (!deadline->derivation.changes.empty())
                item["changes"] = changes_json(deadline->derivation, policy.calendar);
            Json steps = Json::array();
            for (const auto& step : deadline->steps)
                steps.push_back({{"step", step.name}, {"at", at_text(step.at, policy)}});
            item["steps"] = steps;
        } else {
            item["state"] = "not begun";
            item["starts_on"] = first_start(rule);
        }
        item.update(adjustments_json(rule));
        list.push_back(std::move(item));
    }
    Json out{{"policy", {{"id", policy.id}, {"version", policy.version}}},
             {"level",
              {{"key", explanation.level.level},
               {"title", explanation.level_title},
               {"clause", explanation.level_clause},
               {"because", because}}},
             {"accept", {{"role", explanation.accept_role}, {"clause", explanation.accept_clause}}},
             {"owner", {{"role", explanation.owner_role}, {"clause", explanation.owner_clause}}},
             {"state", explanation.state},
             {"deadlines", list},
             {"warnings", explanation.warnings}};
    if (!policy.duties.empty()) out["duties"] = duties_json(policy, explanation.now);
    if (explanation.revisit)
        out["revisit"] = {{"stratum", explanation.revisit->name},
                          {"title", explanation.revisit->title},
                          {"rate_percent", explanation.revisit->rate_percent},
                          {"in_person_percent", explanation.revisit->in_person_percent},
                          {"clause", explanation.revisit->clause}};
    return out;
}

std::string list_facts(const Policy& policy) {
    std::string text;
    for (const auto& fact : policy.facts) {
        std::string name = fact.name;
        name.resize(std::max<std::size_t>(20, name.size() + 1), ' ');
        std::string type = to_text(fact.type);
        type.resize(8, ' ');
        text += name + type + fact.title;
        std::vector<std::string> choices = fact.choices;
        if (fact.name == "kind")
            for (const auto& kind : policy.kinds) choices.push_back(kind.key);
        if (fact.name == "level")
            for (const auto& level : policy.levels) choices.push_back(level.key);
        if (fact.name == "state")
            for (const auto& state : policy.states) choices.push_back(state.key);
        if (fact.name == "category")
            for (const auto& kind : policy.kinds)
                for (const auto& category : kind.categories) choices.push_back(category.key);
        for (std::size_t i = 0; i < choices.size(); ++i) text += (i ? ", " : ": ") + choices[i];
        text += "\n";
    }
    // What read_case takes beside them: when the case was where.
    for (const auto* name : {"opened_at", "accepted_at", "escalated_accepted_at", "proposed_at", "resolved_at"}) {
        std::string column = name;
        column.resize(std::max<std::size_t>(20, column.size() + 1), ' ');
        text += column + "moment  2026-03-02T09:00:00+08:00" +
                (column.starts_with("opened_at ") ? "; without it: now" : "") + "\n";
    }
    std::string types;
    for (const auto& type : known_events()) types += (types.empty() ? "" : ", ") + type;
    return text + "events              list    [{\"type\":\"…\",\"at\":\"…\"}], what happened meanwhile: " + types +
           "\n";
}

}  // namespace huiyin
