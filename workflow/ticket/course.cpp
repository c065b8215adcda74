#include "workflow/ticket/course.h"

#include <algorithm>
#include <cstdlib>

#include "workflow/policy/event_kinds.h"
#include "workflow/policy/running.h"
#include "workflow/policy/same_text.h"

namespace huiyin {
namespace {

// What the decision before leaves to the next one, who writes over it: no memory has to be found, and it is at hand.
struct Spare {
    Facts facts, level_facts;
    std::vector<HistoryEvent> history;
};
Spare& spare() {
    thread_local Spare left;
    return left;
}

// One thing leads to the next, but never for ever: a pack whose effects go round is stopped here (the check names it).
constexpr std::size_t deepest = 8;

constexpr std::size_t usual_events = 4;  // of one decision

bool any_tell(const std::vector<Owed>& owed) {
    return std::any_of(owed.begin(), owed.end(),
                       [](const Owed& each) { return is_same_text(each.effect.name, "tell"); });
}

bool is_role(const Policy& policy, const std::string& name) {
    return std::find(policy.roles.begin(), policy.roles.end(), name) != policy.roles.end();
}

bool is_reached(const HistoryEvent& revisited) {
    const auto found = revisited.fields.find("reached");
    return found == revisited.fields.end() || found->second != Fact(false);
}

// Does the event leave all that rules look at as it was, but for what they count of events?
bool leaves_facts(std::uint64_t kind) {
    static const auto quiet = event_kind("consent.asked") | event_kind("fixed.asked") | event_kind("rating.asked") |
                              event_kind("emergency.paged") | event_kind("deadline.warned");
    return (kind & quiet) != 0;
}

}  // namespace

std::string words_of_clause(const Policy& policy, const std::string& id) {
    const auto* clause = policy.clause(id);
    return clause ? clause->text : std::string();
}

Effect plain_effect(const std::string& name, const std::string& phrase, const std::string& clause) {
    Effect effect;
    effect.name = name;
    if (!phrase.empty()) effect.fields["phrase"] = phrase;
    effect.clause = clause;
    return effect;
}

Course::Course(const Ticket& ticket, const Policy& policy, const DecideContext& context, TimePoint now)
    : decision_{{}, {}, {}, {}, ticket, {}},
      was_over_(is_end(ticket.phase)),
      policy_(policy),
      context_(context),
      now_(std::max(now, ticket.updated_at)) {
    std::swap(facts_, spare().facts);
    std::swap(level_facts_, spare().level_facts);
    std::swap(history_, spare().history);
    decision_.events.reserve(usual_events);
    decision_.happened.reserve(usual_events);
    decision_.owed.reserve(usual_events);
}

Course::~Course() {
    history_.clear();
    std::swap(facts_, spare().facts);
    std::swap(level_facts_, spare().level_facts);
    std::swap(history_, spare().history);
}

const std::vector<HistoryEvent>& Course::history() const {
    const auto& before = context_.history;
    const auto& happened = decision_.happened;
    if (history_.empty()) {
        history_.reserve(before.size() + usual_events);
        history_.assign(before.begin(), before.end());
    }
    const auto known = static_cast<std::ptrdiff_t>(history_.size() - before.size());
    history_.insert(history_.end(), happened.begin() + known, happened.end());
    return history_;
}

void Course::go_on_at(TimePoint now) {
    now_ = std::max({now, now_, ticket_.updated_at});
    facts_stand_ = false;
}

void Course::happen(std::string_view type, Json data, const Party& by, const std::string& clause) {
    Event event;
    event.sequence = ticket_.version + 1;
    event.type = type;
    event.at = now_;
    event.by = by;
    event.clause = clause;
    event.data = data.is_null() ? Json::object() : std::move(data);
    evolve_on(ticket_, event);
    decision_.happened.push_back(history_of(event));
    facts_stand_ = facts_stand_ && policy_.derived.empty() && leaves_facts(decision_.happened.back().kind_and_end);
    decision_.events.push_back(std::move(event));
}

void Course::moved(std::string_view type, Json data, const Party& by, const std::string& clause,
                   const std::string& to) {
    const auto* state = policy_.state(to.empty() ? ticket_.state : to);
    const bool was_closed = ticket_.phase == Phase::closed;
    auto& fields = data.get_ref<Json::object_t&>();
    fields.insert_or_assign("from", ticket_.state);
    fields.insert_or_assign("phase", to_text(state ? state->phase : ticket_.phase));
    fields.insert_or_assign("to", state ? state->key : ticket_.state);
    happen(type, std::move(data), by, clause);
    if (ticket_.phase == Phase::closed && !was_closed)
        happen("ticket.closed", data_of("to", ticket_.state, "phase", to_text(ticket_.phase)), by, clause);
}

void Course::owe(Effect effect, const Facts& given) {
    const auto& events = decision_.events;
    decision_.owed.push_back(
        {std::move(effect), given, events.empty() ? std::string() : events.back().type, ticket_.version, now_});
}

void Course::follow(const Effects& effects, const Facts& given, const Party& by) {
    if (depth_ >= deepest) {
        decision_.declined.push_back({"policy.endless", "effects of the policy go round", policy_.id});
        return;
    }
    ++depth_;
    in_talk_ = in_talk_ || by.kind == PartyKind::resident;
    // All are judged on the facts as they are before the first of them is carried out.
    if (std::any_of(effects.begin(), effects.end(), [](const Effect& effect) { return bool(effect.when); }))
        for (const auto* effect : due_effects(effects, facts(), given)) carry_out(*effect, given, by);
    else
        for (const auto& effect : effects) carry_out(effect, given, by);
    --depth_;
}

void Course::carry_out(const Effect& effect, const Facts& given, const Party& by) {
    const auto is = [&](std::string_view name) { return is_same_text(effect.name, name); };
    if (is("tell") || is("notify")) return owe(effect, given);
    if (is("page")) return page(effect, given);
    if (is("ask_consent")) return ask("consent", effect.clause, in_talk_);
    if (is("ask_fixed")) return ask("fixed", effect.clause, in_talk_);
    if (is("ask_rating")) return ask("rating", effect.clause, in_talk_);
    if (is("task")) return open_task(effect, given);
    if (is("sample")) return draw(effect);
    if (is("route")) return route(effect, given);
    if (is("assign")) return assign(effect, given, by);
    if (is("set_level")) return set_level(effect);
    if (is("set_flag")) {
        const auto flag = effect.field("flag");
        if (ticket_.flags.count(flag) == 0) happen("flag.set", data_of("flag", flag), by_policy, effect.clause);
        return;
    }
    if (is("clear")) return happen("fact.cleared", data_of("fact", effect.field("fact")), by_policy, effect.clause);
    if (is("set")) return set(effect);
    if (is("drop")) return drop(effect.field("task"), effect.clause);
    if (is("penalty")) return propose_penalty(effect, given);
    if (is("run")) return run(effect);
    decision_.declined.push_back(
        {"policy.unknown_effect", "the policy wants an effect nobody knows: " + effect.name, policy_.id});
}

std::string Course::role_meant(const std::string& word) const {
    if (word == "owner" || word == "office") return ticket_.owner_role;
    if (word == "acceptor") return policy_.accept_role;
    if (word == "handler") {
        const auto* route = handler_route(policy_, facts());
        return route ? route->role : ticket_.owner_role;
    }
    return word;
}

UnitId Course::unit_of(const std::string& role) const {
    const auto found = context_.unit_of.find(role);
    return found == context_.unit_of.end() ? context_.nobody_unit : found->second;
}

void Course::route(const Effect& effect, const Facts& given) {
    const auto given_text = [&](const char* name) {
        const auto found = given.find(name);
        const auto* text = found == given.end() ? nullptr : std::get_if<std::string>(&found->second);
        return text ? *text : std::string();
    };
    std::string role = effect.field("role"), unit = effect.field("unit"), clause = effect.clause;
    if (role == "given") {
        role = given_text("role");
        if (role.empty()) role = ticket_.owner_role;
    } else if (!role.empty()) {
        role = role_meant(role);
    } else {
        const auto* route = find_route(policy_, facts());
        if (!route) {
            decision_.declined.push_back({"policy.no_route", "no route fits this ticket", ticket_.number, clause});
            return;
        }
        role = route->role;
        if (unit.empty()) unit = route->unit;
        if (!route->clause.empty()) clause = route->clause;
    }
    // A unit that was given is the ticket's own already: ticket.transferred made it so.
    const auto owner_unit = unit == "own" ? ticket_.unit : unit_of(role);
    if (role == ticket_.owner_role && owner_unit == ticket_.owner_unit && !ticket_.assignee) return;
    happen("ticket.routed",
           data_of("role", role, "owner_unit", to_text(owner_unit), "because", words_of_clause(policy_, clause)),
           by_policy, clause);
}

void Course::assign(const Effect& effect, const Facts& given, const Party& by) {
    const auto to = effect.field("to");
    StaffId target;
    if (to == "actor" && by.kind == PartyKind::staff) target = StaffId{by.id};
    if (to == "given") {
        const auto found = given.find("assignee");
        const auto* id = found == given.end() ? nullptr : std::get_if<std::string>(&found->second);
        if (id) target = StaffId{std::stoll(*id)};
    }
    if (target == ticket_.assignee || context_.kept_out.count(target.value)) return;
    if (target)
        happen("ticket.assigned", data_of("assignee", to_text(target)), by, effect.clause);
    else
        happen("assignee.cleared", Json::object(), by_policy, effect.clause);
}

namespace {

// A value as the pack writes it, in the type of its fact.
Json value_for(const Policy& policy, const std::string& fact, const std::string& value) {
    const auto info =
        std::find_if(policy.facts.begin(), policy.facts.end(), [&](const FactInfo& each) { return each.name == fact; });
    const auto type = info == policy.facts.end() ? FactType::text : info->type;
    if (type == FactType::yes_no) return value == "true";
    if (type == FactType::integer) return static_cast<std::int64_t>(std::stoll(value));
    return value;
}

}  // namespace

void Course::set(const Effect& effect) {
    const auto fact = effect.field("fact");
    const auto value = value_for(policy_, fact, effect.field("value"));
    if (fact == "kind" && ticket_.kind == value) return;
    if (fact == "category" && ticket_.category == value) return;
    happen("fact.set", data_of("fact", fact, "value", value, "because", words_of_clause(policy_, effect.clause)),
           by_policy, effect.clause);
    // A category of the old kind is none of the new one.
    if (fact == "kind" && !ticket_.category.empty() && !policy_.category(ticket_.kind, ticket_.category))
        happen("fact.set", data_of("fact", "category", "value", ""), by_policy, effect.clause);
}

void Course::drop(const std::string& task, const std::string& clause) {
    const bool open = std::any_of(ticket_.steps.begin(), ticket_.steps.end(),
                                  [&](const Step& step) { return step.step == task && step.state == "open"; });
    if (open) happen("task.dropped", data_of("task", task), by_policy, clause);
}

// Only ever proposed: the step is decided by a named person.
void Course::propose_penalty(const Effect& effect, const Facts& given) {
    const auto* penalty = policy_.penalty(effect.field("penalty"));
    if (!penalty) return;
    const auto step = "penalty:" + penalty->key;
    const bool waits = std::any_of(ticket_.steps.begin(), ticket_.steps.end(),
                                   [&](const Step& each) { return each.step == step && each.state == "open"; });
    if (waits) return;
    const bool person = penalty->against == "owner" || penalty->against == "assignee";
    auto data = data_of("penalty", penalty->key, "role", person ? ticket_.owner_role : penalty->against, "title",
                        penalty->title);
    if (person && ticket_.assignee) data["staff"] = to_text(ticket_.assignee);
    if (!person && !is_role(policy_, penalty->against)) {  // whoever the command names
        const auto named = given.find(penalty->against);
        const auto* id = named == given.end() ? nullptr : std::get_if<std::string>(&named->second);
        if (!id || id->empty()) {
            decision_.declined.push_back({"policy.nobody_named", "a penalty against nobody: " + penalty->against,
                                          ticket_.number, effect.clause});
            return;
        }
        data["staff"] = *id;
        const auto role = context_.role_of.find(std::atoll(id->c_str()));
        data["role"] = role == context_.role_of.end() ? std::string("staff") : role->second;
    }
    if (const auto fen = penalty_fen(*penalty, facts())) data["amount_fen"] = *fen;
    if (penalty->from_fen) data["from_fen"] = *penalty->from_fen;
    if (penalty->to_fen) data["to_fen"] = *penalty->to_fen;
    happen("penalty.proposed", std::move(data), by_policy, penalty->clause);
    open_step(step, penalty->decided_by, effect, {});
}

void Course::answer_penalty(const std::string& step, const std::string& decision) {
    const auto colon = step.find(':');
    const auto* penalty = colon == std::string::npos ? nullptr : policy_.penalty(step.substr(colon + 1));
    if (!penalty || penalty->appeal_to.empty()) return;
    const auto what = step.substr(0, colon);
    const auto effect = plain_effect("penalty", {}, penalty->clause);
    if (what == "penalty" && (decision == "confirmed" || decision == "changed"))
        open_step("appeal:" + penalty->key, ticket_.penalties.back().role, effect, {});
    if (what == "appeal") open_step("appeal_decision:" + penalty->key, penalty->appeal_to, effect, {});
}

// Each event once, in order; what they cause is looked at in its turn.
void Course::react() {
    if (policy_.reactions.empty()) {
        reacted_ = decision_.events.size();
        return;
    }
    for (std::size_t round = 0; reacted_ < decision_.events.size(); ++reacted_) {
        const auto& type = decision_.events[reacted_].type;
        const auto is_on = [&](const ReactionRule& reaction) {
            return std::find(reaction.on.begin(), reaction.on.end(), type) != reaction.on.end();
        };
        if (std::none_of(policy_.reactions.begin(), policy_.reactions.end(), is_on)) continue;
        // Copies: the lists grow.
        const auto fields = decision_.happened[reacted_].fields;
        const auto by = decision_.events[reacted_].by;
        const auto name = type;
        for (const auto& reaction : policy_.reactions) {
            if (std::find(reaction.on.begin(), reaction.on.end(), name) == reaction.on.end()) continue;
            if (!holds(reaction.when, facts(), fields, fields)) continue;
            if (++round > 100) {
                decision_.declined.push_back({"policy.endless", "reactions of the policy go round", policy_.id});
                reacted_ = decision_.events.size();
                return;
            }
            follow(reaction.effects, fields, by);
        }
    }
}

void Course::settle() {
    for (std::size_t before = decision_.events.size() + 1; before != decision_.events.size();) {
        before = decision_.events.size();
        react();
        judge_level();
    }
}

void Course::run(const Effect& effect) {
    const auto command = effect.field("command");
    const auto move = find_move(policy_, ticket_.state, command, {"policy"}, facts());
    if (!move) {
        decision_.declined.push_back(move.problem());
        return;
    }
    const auto* to = policy_.state((*move)->to);
    if (to && to->phase == Phase::closed) {
        if (auto problem = why_not_close(by_policy)) {
            decision_.declined.push_back(std::move(*problem));
            return;
        }
    }
    moved(event_of(command), Json::object(), by_policy, effect.clause.empty() ? (*move)->clause : effect.clause,
          (*move)->to);
    follow((*move)->effects, {}, by_policy);
}

std::optional<Problem> Course::why_not_close(const Party& by) const {
    if (by.kind == PartyKind::resident) return std::nullopt;
    if (const auto* kind = policy_.kind(ticket_.kind); kind && kind->unasked) return std::nullopt;
    // What was said and asked of an earlier resolution says nothing of this one.
    bool spoken = !ticket_.fixed.empty() || ticket_.rating, tried = ticket_.attempts > 0;
    const auto& events = history();
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
        if (event->type == "ticket.resolved" || event->type == "ticket.reopened") break;
        if (event->type == "ticket.revisited") spoken = spoken || is_reached(*event);
        tried =
            tried || event->type == "fixed.asked" || event->type == "rating.asked" || event->type == "consent.asked";
    }
    if (spoken) return std::nullopt;
    // The policy's own rule: after so many tries that reached nobody; the pack's move says how many.
    if (by.kind == PartyKind::policy ? tried : ticket_.attempts > 0) return std::nullopt;
    return Problem{"ticket.not_allowed", "客户还没有说过话，不能结案。请先回访客户，记下他的答复",
                   "no silent closure: " + ticket_.number};
}

void Course::page(const Effect& effect, const Facts& given) {
    const auto role = role_meant(effect.field("role"));
    happen("emergency.paged", data_of("role", role, "unit", to_text(unit_of(role)), "emergency", ticket_.emergency),
           by_policy, effect.clause);
    owe(effect, given);
}

void Course::open_task(const Effect& effect, const Facts& given) {
    open_step(effect.field("task"), role_meant(effect.field("role") == "assignee" ? "owner" : effect.field("role")),
              effect, given);
}

void Course::open_step(const std::string& task, const std::string& role, const Effect& effect, const Facts& given) {
    const bool visit = task == policy_.revisit.task.field("task");  // drawn anew, it is not to be made twice
    if (std::any_of(ticket_.steps.begin(), ticket_.steps.end(), [&](const Step& step) {
            return is_same_text(step.step, task) && (step.state == "open" || (visit && step.state == "done"));
        }))
        return;
    const auto& calendar = context_.calendar ? *context_.calendar : policy_.calendar;
    auto data = data_of("task", task, "role", role, "unit",
                        to_text(effect.field("unit") == "own" ? ticket_.unit : unit_of(role)));
    if (const auto means = effect.field("means"); !means.empty()) data["means"] = means;
    if (const auto name = effect.field("deadline"); !name.empty()) {
        data["deadline"] = name;
        if (const auto due = due_named(name, policy_, facts(), history(), calendar, now_)) data["due_at"] = to_ms(*due);
    }
    if (task.rfind("appeal:", 0) == 0)
        if (const auto* penalty = policy_.penalty(task.substr(7)); penalty && penalty->appeal_within.count > 0)
            data["due_at"] = to_ms(calendar.due(now_, penalty->appeal_within, FirstDay::not_counted));
    happen("task.opened", std::move(data), by_policy, effect.clause);
    if (effect.name == "task") owe(effect, given);
}

void Course::after_close() {
    // No end without telling the customer, whatever the pack forgot.
    const auto* kind = policy_.kind(ticket_.kind);
    if (is_end(ticket_.phase) && !was_over_ && !any_tell(decision_.owed) && !(kind && kind->unasked))
        owe(plain_effect("tell", "customer." + to_text(ticket_.phase), {}), {});
}

Decision&& Course::end() {
    if (!decision_.events.empty()) settle();
    after_close();
    return std::move(decision_);
}

}  // namespace huiyin
