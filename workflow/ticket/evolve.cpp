#include "workflow/ticket/evolve.h"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>

#include "workflow/base/json_text.h"
#include "workflow/policy/same_text.h"
#include "workflow/ticket/decide.h"  // given_of

namespace huiyin {
namespace {

// Reads an event's data without ever refusing: what is absent or of another type is nothing.
class Data {
public:
    explicit Data(const Json& json) {
        const auto* object = json.get_ptr<const Json::object_t*>();
        if (!object) return;
        for (const auto& [name, value] : *object) {
            if (value.is_null()) continue;
            if (count_ < first_.size())
                first_[count_++] = {name, &value};
            else
                others_.emplace_back(name, &value);
        }
    }
    const Json* find(std::string_view name) const {
        for (std::size_t i = 0; i < count_; ++i)
            if (is_same_text(first_[i].first, name)) return first_[i].second;
        for (const auto& [known, value] : others_)
            if (is_same_text(known, name)) return value;
        return nullptr;
    }
    bool has(std::string_view name) const { return find(name) != nullptr; }
    std::string text(std::string_view name) const {
        const auto* value = find(name);
        return value && value->is_string() ? value->get<std::string>() : std::string();
    }
    std::int64_t number(std::string_view name, std::int64_t otherwise = 0) const {
        const auto* value = find(name);
        return value && value->is_number_integer() ? value->get<std::int64_t>() : otherwise;
    }
    bool yes(std::string_view name, bool otherwise = false) const {
        const auto* value = find(name);
        return value && value->is_boolean() ? value->get<bool>() : otherwise;
    }
    std::optional<std::int64_t> number_if_any(std::string_view name) const {
        const auto* value = find(name);
        return value && value->is_number_integer() ? std::optional(value->get<std::int64_t>()) : std::nullopt;
    }
    std::optional<TimePoint> time_if_any(std::string_view name) const {
        const auto ms = number_if_any(name);
        return ms ? std::optional(from_ms(*ms)) : std::nullopt;
    }
    // Ids are strings of digits, as 63 bits do not fit into a JSON number.
    template <class Id>
    Id id(std::string_view name) const {
        return Id{to_number(text(name))};
    }
    static std::int64_t to_number(const std::string& digits) {
        std::int64_t value = 0;
        for (const char c : digits) {
            if (c < '0' || c > '9') return 0;
            const std::int64_t digit = c - '0';
            if (value > (std::numeric_limits<std::int64_t>::max() - digit) / 10) return 0;
            value = value * 10 + digit;
        }
        return value;
    }
    TextId words(std::string_view name) const {  // {"text_id":"…","hash":"…"}
        const auto* value = find(name);
        return value && value->is_object() ? Data(*value).id<TextId>("text_id") : TextId{};
    }
    std::vector<std::string> texts(std::string_view name) const {
        std::vector<std::string> list;
        if (const auto* value = find(name); value && value->is_array())
            for (const auto& item : *value)
                if (item.is_string()) list.push_back(item.get<std::string>());
        return list;
    }

private:
    using Field = std::pair<std::string_view, const Json*>;
    std::array<Field, 12> first_;  // few, and often asked for one that is not there
    std::size_t count_ = 0;
    std::vector<Field> others_;
};

void explain(Ticket& ticket, const std::string& decision, const std::string& clause, const std::string& because) {
    if (clause.empty() && because.empty()) return;
    auto found =
        std::find_if(ticket.why.begin(), ticket.why.end(), [&](const Why& why) { return why.decision == decision; });
    if (found == ticket.why.end()) found = ticket.why.insert(found, Why{});
    *found = Why{decision, clause, because};
}

void set_flags(Ticket& ticket, const std::vector<std::string>& flags) {
    const bool emergency = ticket.flags.count("emergency") != 0;  // what was a danger once is never unsaid
    ticket.flags = {flags.begin(), flags.end()};
    if (emergency) ticket.flags.insert("emergency");
}

void open(Ticket& ticket, const Event& event, const Data& data) {
    ticket.number = data.text("number");
    ticket.policy_id = data.text("policy");
    ticket.policy_version = data.text("policy_version");
    ticket.kind = data.text("kind");
    ticket.category = data.text("category");
    ticket.level = data.text("level");
    set_flags(ticket, data.texts("flags"));
    ticket.unit = data.id<UnitId>("unit");
    ticket.owner_unit = data.id<UnitId>("owner_unit");
    ticket.owner_role = data.text("owner_role");
    ticket.household = data.id<HouseholdId>("household");
    ticket.customer = data.id<PersonId>("customer");
    ticket.conversation = data.id<ConversationId>("conversation");
    ticket.anonymous = data.yes("anonymous");
    ticket.details = data.words("details");
    ticket.amount_fen = data.number_if_any("amount_fen");
    ticket.purchase_fen = data.number_if_any("purchase_fen");
    ticket.occurred_at = data.time_if_any("occurred_at");
    ticket.emergency = data.text("emergency");
    ticket.repeat_of = data.id<TicketId>("repeat_of");
    ticket.joined_to = data.id<TicketId>("joined_to");
    if (data.has("facts")) ticket.facts = given_of(*data.find("facts"));
    ticket.filed_kind = ticket.kind;
    ticket.filed_category = ticket.category;
    ticket.opened_at = event.at;
}

void set_fact(Ticket& ticket, const std::string& name, const Json* value) {
    if (!value) return;
    const auto text = value->is_string() ? value->get<std::string>() : std::string();
    if (name == "kind") {
        ticket.kind = text;
    } else if (name == "category") {
        ticket.category = text;
    } else if (name == "validity") {
        ticket.validity = text;
    } else if (name == "cause") {
        ticket.cause = text;
    } else {
        for (auto& [key, fact] : given_of(Json{{name, *value}})) ticket.facts[key] = std::move(fact);
    }
}

// What fields of a pack's own say: facts, who has it in hand too, who keeps out.
void take_fields(Ticket& ticket, const Data& data) {
    if (const auto* facts = data.find("facts"))
        for (auto& [name, fact] : given_of(*facts)) ticket.facts[name] = std::move(fact);
    for (const auto& id : data.texts("team")) ticket.team.insert(Data::to_number(id));
    for (const auto& id : data.texts("recused")) {
        const auto staff = Data::to_number(id);
        ticket.recused.insert(staff);
        ticket.team.erase(staff);
        if (ticket.assignee == StaffId{staff}) ticket.assignee = {};
    }
}

void propose_penalty(Ticket& ticket, const Event& event, const Data& data) {
    ticket.penalties.push_back({data.text("penalty"), "proposed", data.number_if_any("amount_fen"), data.text("role"),
                                data.id<StaffId>("staff"), event.at});
}

// "penalty:late_feedback" confirmed, "appeal:late_feedback" cancelled.
void decide_penalty(Ticket& ticket, const Data& data) {
    const auto step = data.text("step");
    const auto colon = step.find(':');
    if (colon == std::string::npos) return;
    const auto what = step.substr(0, colon), key = step.substr(colon + 1);
    if (what != "penalty" && what != "appeal" && what != "appeal_decision") return;
    for (auto penalty = ticket.penalties.rbegin(); penalty != ticket.penalties.rend(); ++penalty)
        if (penalty->penalty == key) {
            penalty->state = what == "appeal" ? "appealed" : data.text("decision");
            if (const auto fen = data.number_if_any("amount_fen")) penalty->fen = fen;
            return;
        }
}

void classify(Ticket& ticket, const Event& event, const Data& data) {
    if (data.has("kind")) ticket.kind = data.text("kind");
    if (data.has("category")) ticket.category = data.text("category");
    if (data.has("level")) {
        ticket.level = data.text("level");
        ticket.level_pin = data.text("judged");
        explain(ticket, "level", event.clause, "由工作人员认定");
    }
    if (data.has("flags")) set_flags(ticket, data.texts("flags"));
    if (data.has("validity")) ticket.validity = data.text("validity");
    if (data.has("cause")) ticket.cause = data.text("cause");
}

void amend(Ticket& ticket, const Data& data) {
    if (data.has("details")) ticket.details = data.words("details");
    if (data.has("kind")) ticket.kind = data.text("kind");
    if (data.has("category")) ticket.category = data.text("category");
    if (data.has("amount_fen")) ticket.amount_fen = data.number_if_any("amount_fen");
    if (data.has("purchase_fen")) ticket.purchase_fen = data.number_if_any("purchase_fen");
    if (data.has("occurred_at")) ticket.occurred_at = data.time_if_any("occurred_at");
    if (data.has("household")) ticket.household = data.id<HouseholdId>("household");
    if (data.has("unit")) ticket.unit = data.id<UnitId>("unit");
    if (data.has("owner_unit")) ticket.owner_unit = data.id<UnitId>("owner_unit");
    if (data.has("emergency")) ticket.emergency = data.text("emergency");
    if (data.has("facts"))
        for (auto& [name, fact] : given_of(*data.find("facts"))) ticket.facts[name] = std::move(fact);
    for (const auto& flag : data.texts("add_flags")) ticket.flags.insert(flag);
    for (const auto& flag : data.texts("drop_flags"))
        if (flag != "emergency") ticket.flags.erase(flag);
}

void propose(Ticket& ticket, const Event& event, const Data& data) {
    ticket.proposal = Proposal{data.words("text"), data.number_if_any("amount_fen"), data.time_if_any("finish_by"),
                               ++ticket.rounds, event.at};
    ticket.consent.reset();
    ticket.asked.clear();
}

void rate(Ticket& ticket, const Event& event, const Data& data) {
    const auto score = static_cast<int>(data.number("score"));
    // In chat, the rating is the revisit, and the one he gives instead of it corrects it there too.
    if (!data.yes("correction") && data.text("means") == "chat") {
        ticket.revisits.push_back({"chat", event.at, event.by, true, score});
    } else if (data.yes("correction")) {
        const auto of_it = [&](const RevisitMade& each) {
            return each.means == "chat" && each.score && (!ticket.resolved_at || each.at >= *ticket.resolved_at);
        };
        const auto made = std::find_if(ticket.revisits.rbegin(), ticket.revisits.rend(), of_it);
        if (made != ticket.revisits.rend()) made->score = score;
    }
    if (!ticket.rating || data.yes("correction"))
        ticket.rating = Rating{score, static_cast<int>(data.number("scale", 5)), data.words("comment"), event.at};
}

void revisit(Ticket& ticket, const Event& event, const Data& data) {
    const bool reached = data.yes("reached", true);
    const auto score = data.number_if_any("score");
    ticket.revisits.push_back({data.text("means"), event.at, event.by, reached,
                               score ? std::optional(static_cast<int>(*score)) : std::nullopt});
    if (!reached) ++ticket.attempts;
}

void drop_put_off(Ticket& ticket) {
    ticket.put_off.clear();
    ticket.put_off_until.reset();
}

// He is asked anew about each resolution, as often as about the first.
void begin_asking(Ticket& ticket) {
    ticket.attempts = 0;
    ticket.fixed.clear();
    ticket.asked.clear();
}

void reopen(Ticket& ticket) {
    ++ticket.reopened;
    begin_asking(ticket);
    ticket.resolved_at.reset();
    ticket.closed_at.reset();
    drop_put_off(ticket);
}

void end_pause(Ticket& ticket) {
    ticket.paused = false;
    ticket.paused_until.reset();
}

void route(Ticket& ticket, const Event& event, const Data& data) {
    if (data.has("role")) ticket.owner_role = data.text("role");
    if (data.has("owner_unit")) ticket.owner_unit = data.id<UnitId>("owner_unit");
    if (data.has("unit")) ticket.unit = data.id<UnitId>("unit");
    ticket.assignee = {};
    explain(ticket, "owner", event.clause, data.text("because"));
}

void clear_fact(Ticket& ticket, const std::string& fact) {
    if (fact == "consent") ticket.consent.reset();
    if (fact == "fixed") ticket.fixed.clear();
    if (fact == "score") ticket.rating.reset();
}

void end_step(Ticket& ticket, const std::string& name, const std::string& state) {
    for (auto& step : ticket.steps)
        if (step.step == name && step.state == "open") step.state = state;
}

void ask(Ticket& ticket, const Event& event, const std::string& question) {
    ticket.asked = question;
    ticket.asked_at = event.at;
    ticket.asked_again = false;
    if (ticket.put_off == question) drop_put_off(ticket);
}

void answered(Ticket& ticket, const std::string& question) {
    if (ticket.asked == question) ticket.asked.clear();
    if (ticket.put_off == question) drop_put_off(ticket);
}

// Work begins again, or a proposal is off the table, while a question waits: it is not asked any more.
bool outruns(Phase now, const std::string& question, Phase next) {
    if (question == "consent") return now == Phase::deciding && next != Phase::deciding;
    const bool at_work = next == Phase::accepted || next == Phase::working;
    return (question == "fixed" || question == "rating") && at_work && next < now;
}

// What was resolved is worked on again, and has a limit anew: that the first one was missed is in the events, and makes
// this one no later. What the rules made of it then stands until they find something worse.
void begin_work_again(Ticket& ticket) {
    if (ticket.missed.erase("handle") + ticket.missed.erase("escalated") == 0) return;
    if (ticket.level_pin.empty()) ticket.level_pin = ticket.level;
}

void take_step(Ticket& ticket, const Event& event, Phase next) {
    if (outruns(ticket.phase, ticket.asked, next)) ticket.asked.clear();
    if (outruns(ticket.phase, ticket.put_off, next)) drop_put_off(ticket);
    if (ticket.phase >= Phase::resolved && next < Phase::resolved) begin_work_again(ticket);
    if (is_end(next) && !is_end(ticket.phase)) {
        ticket.closed_at = event.at;
        ticket.asked.clear();
        drop_put_off(ticket);
        end_pause(ticket);
    } else if (!is_end(next)) {
        ticket.closed_at.reset();
    }
    ticket.phase = next;
}

void apply(Ticket& ticket, const Event& event, const Data& data) {
    const std::string_view type = event.type;
    const auto is = [&](std::string_view name) { return is_same_text(type, name); };
    const bool by_staff = event.by.kind == PartyKind::staff;
    if (is("ticket.opened")) {
        open(ticket, event, data);
    } else if (is("ticket.accepted")) {
        if (!ticket.accepted_at) ticket.accepted_at = event.at;
        if (by_staff) ticket.taken_over = true;
    } else if (is("ticket.assigned")) {
        ticket.assignee = data.id<StaffId>("assignee");
        if (by_staff) ticket.taken_over = true;
    } else if (is("assignee.cleared") || is("ticket.returned")) {
        ticket.assignee = {};
    } else if (is("ticket.transferred") || is("ticket.routed")) {
        route(ticket, event, data);
    } else if (is("ticket.escalated")) {
        ++ticket.escalations;
        end_pause(ticket);
    } else if (is("ticket.urged")) {
        ++ticket.urged;
    } else if (is("ticket.paused")) {
        ticket.paused = true;
        ticket.paused_until = data.time_if_any("until");
    } else if (is("ticket.resumed")) {
        end_pause(ticket);
    } else if (is("ticket.classified")) {
        classify(ticket, event, data);
    } else if (is("ticket.level_changed")) {
        ticket.level = data.text("level");
        ticket.level_pin = data.text("judged");
        explain(ticket, "level", event.clause, data.text("because"));
    } else if (is("flag.set")) {
        ticket.flags.insert(data.text("flag"));
    } else if (is("fact.cleared")) {
        clear_fact(ticket, data.text("fact"));
    } else if (is("ticket.proposed")) {
        propose(ticket, event, data);
        if (by_staff) ticket.handlers.insert(event.by.id);
    } else if (is("ticket.reviewed")) {
        ++ticket.reviews;
    } else if (is("ticket.consented")) {
        ticket.consent = Consent{data.text("answer"), event.at};
        answered(ticket, "consent");
    } else if (is("ticket.resolved")) {
        ticket.resolved_at = event.at;
        begin_asking(ticket);
        ticket.rating.reset();
        end_pause(ticket);
        if (by_staff) ticket.handlers.insert(event.by.id);
    } else if (is("ticket.confirmed")) {
        ticket.fixed = data.text("fixed");
        answered(ticket, "fixed");
    } else if (is("ticket.rated")) {
        rate(ticket, event, data);
        answered(ticket, "rating");
    } else if (is("ticket.revisited")) {
        revisit(ticket, event, data);
    } else if (is("ticket.reopened")) {
        reopen(ticket);
    } else if (is("ticket.merged")) {
        ticket.merged_into = data.id<TicketId>("into");
    } else if (is("ticket.replied")) {
        if (by_staff) ticket.taken_over = true;
    } else if (is("ticket.completed") || is("ticket.decided")) {
        end_step(ticket, data.text("step"), "done");
        decide_penalty(ticket, data);
    } else if (is("fact.set")) {
        set_fact(ticket, data.text("fact"), data.find("value"));
    } else if (is("penalty.proposed")) {
        propose_penalty(ticket, event, data);
    } else if (is("revisit.drawn")) {
        ticket.facts["drawn"] = data.yes("revisit");
    } else if (is("task.opened")) {
        ticket.steps.push_back({data.text("task"), "open", data.time_if_any("due_at"), data.text("role"),
                                data.id<UnitId>("unit"), data.text("means"), data.text("deadline")});
    } else if (is("task.dropped")) {
        end_step(ticket, data.text("task"), "dropped");
    } else if (is("deadline.missed")) {
        const bool ours = !data.yes("soft") && !data.has("binds");
        if (data.text("step") == "miss" && ours) ticket.missed.insert(data.text("deadline"));
    } else if (is("consent.asked") || is("fixed.asked") || is("rating.asked")) {
        ask(ticket, event, std::string(type.substr(0, type.find('.'))));
    } else if (is("question.put_off")) {
        ticket.put_off = data.text("question");
        ticket.put_off_until = data.time_if_any("until");
    } else if (is("question.repeated")) {
        ticket.asked_again = true;
    } else if (is("survey.suppressed")) {
        answered(ticket, "rating");
    } else if (is("emergency.kept_alive")) {
        ++ticket.kept_alive;
    } else if (is("details.amended")) {
        amend(ticket, data);
    } else if (is("supporter.joined")) {
        ticket.supporters.push_back(data.id<PersonId>("person"));
    }
}

}  // namespace

void evolve_on(Ticket& ticket, const Event& event) {
    const Data data(event.data);
    if (event.version == 1) {
        apply(ticket, event, data);
        const std::string_view type = event.type;
        if (type.rfind("ticket.", 0) == 0 && type != "ticket.opened") take_fields(ticket, data);
        for (const auto& attachment : data.texts("attachments")) {
            const AttachmentId id{attachment};
            auto& all = ticket.attachments;
            if (std::find(all.begin(), all.end(), id) == all.end()) all.push_back(id);
        }
        if (const auto phase = data.has("phase") ? phase_named(data.text("phase")) : std::nullopt) {
            take_step(ticket, event, *phase);
            ticket.state = data.text("to");
        }
    }
    ticket.version = event.sequence;
    ticket.updated_at = event.at;
}

Ticket evolve(Ticket ticket, const Event& event) {
    evolve_on(ticket, event);
    return ticket;
}

Ticket replay(TicketId id, const std::vector<Event>& events) {
    Ticket ticket;
    ticket.id = id;
    for (const auto& event : events) evolve_on(ticket, event);
    return ticket;
}

}  // namespace huiyin
