// What a policy's rules may look at, taken from a ticket, an event or a command.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "workflow/policy/event_kinds.h"
#include "workflow/policy/jsonlogic.h"
#include "workflow/policy/quick_rule.h"
#include "workflow/policy/same_text.h"
#include "workflow/ticket/decide.h"
#include "workflow/ticket/due_facts.h"

namespace huiyin {
namespace {

// Writes all facts that it is given.
struct AllFacts {
    FactWriter& writer;
    bool wants(FactName) const { return true; }
    template <class Value>
    [[gnu::always_inline]] void put(FactName name, Value&& value) {
        writer.put(name, std::forward<Value>(value));
    }
};

// Writes those whose names have one of these bits.
struct SomeFacts {
    FactWriter& writer;
    std::uint64_t names;
    bool wants(FactName name) const { return (names & bit_of(name)) != 0; }
    template <class Value>
    [[gnu::always_inline]] void put(FactName name, Value&& value) {
        if (wants(name)) writer.put(name, std::forward<Value>(value));
    }
};

template <class Writer>
[[gnu::always_inline]] inline void put_text(Writer& facts, FactName name, const std::string& value) {
    if (!value.empty()) facts.put(name, value);
}

template <class Writer>
void put_list(Writer& facts, FactName name, const std::set<std::string>& items) {
    if (facts.wants(name)) std::copy(items.begin(), items.end(), facts.writer.list(name, items.size()).begin());
}

template <class Writer>
void put_days_since(Writer& facts, FactName name, const std::optional<TimePoint>& at, TimePoint now) {
    if (at) facts.put(name, static_cast<std::int64_t>(std::chrono::floor<std::chrono::days>(now - *at).count()));
}

// A fact that the ticket or the shell knows beside those of every ticket.
const Fact* known_beside(const Ticket& ticket, const DecideContext& context, FactName name) {
    if (ticket.facts.empty() && context.more.empty()) return nullptr;
    if (const auto own = ticket.facts.find(name); own != ticket.facts.end()) return &own->second;
    const auto more = context.more.find(name);
    return more == context.more.end() ? nullptr : &more->second;
}

std::int64_t known_or(const Fact* known, std::int64_t otherwise) {
    const auto* value = known ? std::get_if<std::int64_t>(known) : nullptr;
    return value ? *value : otherwise;
}

std::optional<Fact> as_fact(const Json& value) {
    switch (value.type()) {
        case Json::value_t::string:
            return value.get_ref<const std::string&>();
        case Json::value_t::number_integer:
        case Json::value_t::number_unsigned:
            return value.get<std::int64_t>();
        case Json::value_t::boolean:
            return value.get<bool>();
        case Json::value_t::number_float:
            return value.get<double>();
        case Json::value_t::array:
            if (std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_string(); }))
                return value.get<std::vector<std::string>>();
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

}  // namespace

namespace {

bool is_fen(std::string_view name, const Fact& fact) {
    return std::holds_alternative<std::int64_t>(fact) && huiyin::is_fen(name);
}
double in_yuan(const Fact& fen) { return static_cast<double>(std::get<std::int64_t>(fen)) / 100; }

void put_yuan(Facts& facts) {
    if (std::none_of(facts.begin(), facts.end(),
                     [](const Facts::value_type& each) { return is_fen(each.first, each.second); }))
        return;
    std::vector<std::pair<std::string, double>> found;
    for (const auto& [name, fact] : facts)
        if (is_fen(name, fact)) found.emplace_back(yuan_name(name), in_yuan(fact));
    for (auto& [name, value] : found) facts[name] = value;
}

// What is known beside those of every ticket, as far as these leave the name free: amounts in yuan, the ticket's own,
// then the shell's.
void put_beside(FactWriter& facts, const Ticket& ticket, const DecideContext& context) {
    if (!ticket.facts.empty())
        for (const auto* known : {&ticket.facts, &context.more})
            for (const auto& [name, fact] : *known)
                if (const auto* counts = known_beside(ticket, context, name);
                    is_fen(name, fact) && is_fen(name, *counts))
                    facts.put_if_new(yuan_name(name), in_yuan(*counts));
    for (const auto* known : {&ticket.facts, &context.more})
        for (const auto& [name, fact] : *known) facts.put_if_new(name, fact);
}

template <class Writer>
void put_moments(Writer& facts, const Ticket& ticket) {
    const auto put = [&](FactName name, const std::optional<TimePoint>& at) {
        if (at) facts.put(name, static_cast<std::int64_t>(to_ms(*at)));
    };
    put("occurred_at", ticket.occurred_at);
    put("opened_at", ticket.opened_at);
    put("accepted_at", ticket.accepted_at);
    put("resolved_at", ticket.resolved_at);
}

template <class Writer>
void put_steps(Writer& facts, const Ticket& ticket) {
    const auto put = [&](FactName name, std::string_view state) {
        if (!facts.wants(name)) return;
        const auto is_so = [&](const Step& step) { return is_same_text(step.state, state); };
        const auto count = std::count_if(ticket.steps.begin(), ticket.steps.end(), is_so);
        if (count == 0) return;
        auto name_of = facts.writer.list(name, static_cast<std::size_t>(count)).begin();
        for (const auto& step : ticket.steps)
            if (is_so(step)) *name_of++ = step.step;
    };
    put("steps_open", "open");
    put("steps_done", "done");
    if (!ticket.missed.empty()) put_list(facts, "missed", ticket.missed);
}

// What the pack's slots and tests say of all that is known; last, for they look at everything else.
void put_intake(Facts& facts, const Policy& policy) {
    if (!policy.slots.empty()) {
        std::vector<std::string> missing;
        for (const auto* slot : missing_slots(policy, facts)) missing.push_back(slot->key);
        if (!missing.empty()) facts["missing_slots"] = std::move(missing);
    }
    if (policy.admission.tests.empty()) return;
    const auto judged = judge_admission(policy, facts);
    facts["admission"] = judged.answer;
    if (judged.test) facts["admission_test"] = judged.test->name;
}

const Calendar& calendar_of(const Policy& policy, const DecideContext& context) {
    return context.calendar ? *context.calendar : policy.calendar;
}

// What is known of every ticket.
template <class Writer>
void put_known(Writer facts, const Ticket& ticket, const Policy& policy, const DecideContext& context, TimePoint now) {
    // Those that rules ask for most come first, then those that are always known: they find their places again,
    // whichever ticket was looked at before.
    put_text(facts, "kind", ticket.kind);
    put_text(facts, "level", ticket.level);
    put_text(facts, "state", ticket.state);
    facts.put("phase", to_text(ticket.phase));
    facts.put("people", std::max(known_or(known_beside(ticket, context, "people"), 1),
                                 static_cast<std::int64_t>(ticket.supporters.size()) + 1));
    facts.put("contacts", known_or(known_beside(ticket, context, "contacts"), 1) + ticket.urged);
    facts.put("repeats", known_or(known_beside(ticket, context, "repeats"), 0));
    const auto is_among = [](const std::set<std::string>& names, const char* name) {  // most sets are empty
        return !names.empty() && names.count(name) != 0;
    };
    facts.put("media", is_among(ticket.flags, "media"));
    facts.put("lawsuit", is_among(ticket.flags, "lawsuit"));
    facts.put("group", is_among(ticket.flags, "group"));
    facts.put("anonymous", ticket.anonymous);
    put_list(facts, "flags", ticket.flags);
    facts.put("accepted", ticket.accepted_at.has_value());
    facts.put("assigned", static_cast<bool>(ticket.assignee));
    facts.put("escalated", ticket.escalations > 0);
    facts.put("exempt", is_among(ticket.flags, "exempt"));
    facts.put("paused", ticket.paused);
    facts.put("overdue", is_among(ticket.missed, "handle") || is_among(ticket.missed, "escalated"));
    facts.put("overdue_accept", is_among(ticket.missed, "accept"));
    facts.put("proposals", static_cast<std::int64_t>(ticket.rounds));
    facts.put("reviews", static_cast<std::int64_t>(ticket.reviews));
    facts.put("reopens", static_cast<std::int64_t>(ticket.reopened));
    facts.put("attempts", static_cast<std::int64_t>(ticket.attempts));
    if (facts.wants("working_time")) facts.put("working_time", calendar_of(policy, context).is_working_time(now));
    const bool beside = ticket.assignee && ticket.team.count(ticket.assignee.value) == 0;
    facts.put("handlers", static_cast<std::int64_t>(ticket.team.size() + (beside ? 1 : 0)));
    put_text(facts, "owner_role", ticket.owner_role);
    put_text(facts, "category", ticket.category);
    put_text(facts, "intake_kind", ticket.filed_kind);
    put_text(facts, "intake_category", ticket.filed_category);
    put_text(facts, "validity", ticket.validity);
    put_text(facts, "cause", ticket.cause);
    put_text(facts, "emergency", ticket.emergency);
    if (ticket.amount_fen) facts.put("amount_yuan", static_cast<double>(*ticket.amount_fen) / 100);
    if (ticket.purchase_fen) facts.put("purchase_yuan", static_cast<double>(*ticket.purchase_fen) / 100);
    if (ticket.consent) facts.put("consent", ticket.consent->answer);
    put_text(facts, "fixed", ticket.fixed);
    if (ticket.rating) facts.put("score", static_cast<std::int64_t>(ticket.rating->score));
    put_days_since(facts, "days_since_resolved", ticket.resolved_at, now);
    put_days_since(facts, "days_since_closed", ticket.closed_at, now);
    put_steps(facts, ticket);
    if (!policy.derived.empty() || policy.starts_from_facts) put_moments(facts, ticket);
}

}  // namespace

void write_facts(Facts& all, const Ticket& ticket, const Policy& policy, const DecideContext& context, TimePoint now,
                 const std::vector<HistoryEvent>* history) {
    constexpr std::size_t usual = 56;
    all.reserve(usual + context.more.size() + ticket.facts.size());
    FactWriter writer(all);
    put_known(AllFacts{writer}, ticket, policy, context, now);
    put_beside(writer, ticket, context);
    writer.finish();
    if (!policy.derived.empty())
        derive(policy, all, history ? *history : context.history, calendar_of(policy, context), now, context.of_others);
    put_intake(all, policy);
}

bool write_some_facts(Facts& facts, std::uint64_t names, const Ticket& ticket, const Policy& policy,
                      const DecideContext& context, TimePoint now) {
    // What is worked out may be worked out of anything.
    if (names == all_names || !policy.derived.empty() || !policy.slots.empty() || !policy.admission.tests.empty())
        return false;
    FactWriter writer(facts);
    put_known(SomeFacts{writer, names}, ticket, policy, context, now);
    put_beside(writer, ticket, context);
    writer.finish();
    return true;
}

std::uint64_t names_in(const Rule& rule) { return !rule ? 0 : rule.quick ? rule.quick->names() : all_names; }

DueFacts::DueFacts(const Policy& policy) : policy_(policy), names_(bit_of("kind") | bit_of("level")) {
    for (const auto& rule : policy.deadlines) {
        names_ |= names_in(rule.when) | names_in(rule.exempt);
        for (const auto& start : rule.starts_on) {
            names_ |= names_in(start.when);
            if (!start.from_fact.empty()) names_ |= bit_of(start.from_fact);
        }
        for (const auto* stops : {&rule.stops_on, &rule.cancels_on, &rule.pauses_on, &rule.resumes_on})
            for (const auto& stop : *stops) names_ |= names_in(stop.when);
        for (const auto& promise : rule.promises_on) names_ |= names_in(promise.when);
        if (rule.customer_limit) names_ |= bit_of(rule.customer_limit->fact);
    }
}

void DueFacts::write(Facts& facts, const Ticket& ticket, const DecideContext& context, TimePoint now) const {
    if (!write_some_facts(facts, names_, ticket, policy_, context, now))
        write_facts(facts, ticket, policy_, context, now);
}

Facts facts_of(const Ticket& ticket, const Policy& policy, const DecideContext& context, TimePoint now,
               const std::vector<HistoryEvent>* history) {
    Facts facts;
    write_facts(facts, ticket, policy, context, now, history);
    return facts;
}

Facts given_of(const Json& fields) {
    Facts given;
    if (!fields.is_object()) return given;
    given.reserve(fields.size() + 1);  // one more is put beside those of a command
    for (const auto& [name, value] : fields.get_ref<const Json::object_t&>())
        if (const auto* text = value.get_ptr<const std::string*>())  // most of them
            given.add(name, *text);
        else if (auto fact = as_fact(value))
            given.add(name, std::move(*fact));
    put_yuan(given);
    return given;
}

HistoryEvent history_of(const Event& event) {
    auto fields = given_of(event.data);
    const auto known = kind_and_end(event.type, fields);
    return {event.type, event.at, std::move(fields), known};
}

std::vector<TicketDeadline> projected(const std::vector<Deadline>& deadlines) {
    std::vector<TicketDeadline> list;
    for (const auto& deadline : deadlines)
        if (deadline.due_at)
            list.push_back({deadline.name, *deadline.due_at, to_text(deadline.state), deadline.clause, deadline.soft,
                            deadline.binds});
    return list;
}

}  // namespace huiyin
