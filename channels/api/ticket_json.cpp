#include "channels/api/ticket_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "bot/wording.h"
#include "channels/api/undelivered.h"
#include "workflow/base/json_text.h"

namespace huiyin::api {
namespace {

Json time_or_null(const std::optional<TimePoint>& at, const Zone& zone) {
    return at ? Json(to_rfc3339(*at, zone)) : Json();
}
Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }
Json yuan(const std::optional<std::int64_t>& fen) {
    if (!fen) return {};
    if (*fen % 100 == 0) return *fen / 100;
    return static_cast<double>(*fen) / 100.0;
}

// What a person reads for a choice: a name, or the policy's own word. Empty where the key says it all.
std::string choice_title(const FieldSpec& field, std::size_t at, const Directory& directory,
                         const std::shared_ptr<const Policy>& pack, const Engine& engine) {
    const auto& policy = *pack;
    const auto& choice = field.choices[at];
    if (at < field.choice_titles.size() && field.choice_titles[at] != choice) return field.choice_titles[at];
    if (field.type == "person") {
        const auto* staff = directory.staff_by_login(choice);
        return staff ? staff->name : std::string{};
    }
    if (field.type == "unit") {
        const auto* unit = directory.unit_by_key(choice);
        return unit ? unit->name : std::string{};
    }
    if (field.name == "kind")
        if (const auto* kind = policy.kind(choice)) return kind->title;
    if (field.name == "level")
        if (const auto* level = policy.level(choice)) return level->title;
    if (field.name == "category")
        for (const auto& kind : policy.kinds)
            if (const auto* category = policy.category(kind.key, choice)) return category->title;
    if (field.name == "clock")
        for (const auto& deadline : policy.deadlines)
            if (deadline.name == choice) return deadline.title;
    if (std::find(policy.roles.begin(), policy.roles.end(), choice) != policy.roles.end())
        return engine.role_title(pack, choice);
    return {};
}

Json fields_json(const std::vector<FieldSpec>& fields, const Directory& directory,
                 const std::shared_ptr<const Policy>& pack, const Engine& engine) {
    Json list = Json::array();
    for (const auto& field : fields) {
        Json one{{"name", field.name}, {"type", field.type}, {"required", field.required}};
        if (!field.choices.empty()) one["choices"] = field.choices;
        for (std::size_t i = 0; i < field.choices.size(); ++i)
            if (auto title = choice_title(field, i, directory, pack, engine); !title.empty())
                one["choice_titles"][field.choices[i]] = std::move(title);
        if (!field.title.empty()) one["title"] = field.title;
        list.push_back(std::move(one));
    }
    return list;
}

Json fact_json(const FactInfo& info, const Fact& fact, const Zone& zone) {
    if (const auto* ms = std::get_if<std::int64_t>(&fact); ms && info.type == FactType::time)
        return to_rfc3339(from_ms(*ms), zone);
    if (const auto* words = std::get_if<std::string>(&fact)) return without_numbers(*words);
    return std::visit([](const auto& value) { return Json(value); }, fact);
}

// What the pack wants to know beside what every ticket has, and how it came in; money is kept in fen. What its rules
// work out from the rest is no fact of the ticket.
void add_facts_of_pack(Json& json, const Ticket& ticket, const Policy& policy) {
    const auto known = [&](const std::string& name) -> const Fact* {
        const auto found = ticket.facts.find(name);
        return found == ticket.facts.end() ? nullptr : &found->second;
    };
    for (std::size_t i = common_facts().size(); i < policy.facts.size(); ++i) {
        const auto& info = policy.facts[i];
        const bool worked_out = std::any_of(policy.derived.begin(), policy.derived.end(),
                                            [&](const DerivedFact& each) { return each.name == info.name; });
        if (worked_out) continue;
        const auto* fen = is_yuan(info.name) ? known(fen_name(info.name)) : nullptr;
        if (const auto* amount = fen ? std::get_if<std::int64_t>(fen) : nullptr)
            json[info.name] = yuan(*amount);
        else if (const auto* fact = known(info.name))
            json[info.name] = fact_json(info, *fact, policy.calendar.zone());
    }
    if (const auto* source = known("source"); source && !policy.sources.empty())
        json["source"] = std::get<std::string>(*source);
}

}  // namespace

Json ticket_json(Reading& reading, const Engine& engine, const Directory& directory, const SignedIn& who,
                 const Ticket& ticket, const Details& details, TimePoint now, Extent extent) {
    const auto policy = engine.policy_of(ticket);
    const auto& zone = policy->calendar.zone();
    const auto time = [&](TimePoint at) { return to_rfc3339(at, zone); };
    // Administrators mend the machine; whose matter it is they need not know.
    const bool veiled = who.is_administrator() && who.staff.roles.size() == 1;
    Json json{{"number", ticket.number},
              {"version", ticket.version},
              {"policy", {{"id", ticket.policy_id}, {"version", ticket.policy_version}}},
              {"kind", ticket.kind},
              {"category", ticket.category},
              {"level", or_null(ticket.level)},
              {"flags", ticket.flags},
              {"state", ticket.state},
              {"phase", to_text(ticket.phase)},
              {"opened_at", time(ticket.opened_at)},
              {"accepted_at", time_or_null(ticket.accepted_at, zone)},
              {"resolved_at", time_or_null(ticket.resolved_at, zone)},
              {"closed_at", time_or_null(ticket.closed_at, zone)},
              {"owner_role", or_null(ticket.owner_role)},
              {"fixed", or_null(ticket.fixed)},
              {"supporters", ticket.supporters.size()},
              {"summary", without_numbers(details.summary)},
              {"description", without_numbers(details.description)}};
    const auto* kind = policy->kind(ticket.kind);
    const auto* category = policy->category(ticket.kind, ticket.category);
    const auto* state = policy->state(ticket.state);
    const auto* level = policy->level(ticket.level);
    json["titles"] = {{"kind", kind ? kind->title : ticket.kind},
                      {"category", category ? category->title : ticket.category},
                      {"state", state ? state->title : ticket.state},
                      {"level", level ? level->title : ticket.level},
                      {"owner_role", engine.role_title(policy, ticket.owner_role)}};
    const auto* unit = directory.unit(ticket.unit);
    json["unit"] = unit ? Json{{"id", to_text(unit->id)}, {"name", unit->name}} : Json();
    json["household"] = {{"id", ticket.household ? Json(to_text(ticket.household)) : Json()},
                         {"building", or_null(details.building)},
                         {"unit", or_null(details.unit)},
                         {"room", or_null(details.room)},
                         {"label", or_null(without_numbers(details.label))}};
    const auto conversation = ticket.conversation ? reading.conversation(ticket.conversation) : std::nullopt;
    const bool hidden = veiled || ticket.anonymous || ticket.flags.contains("confidential");
    json["customer"] = {{"name", hidden ? Json() : or_null(without_numbers(details.contact_name))},
                        {"phone_masked", hidden ? Json() : or_null(phone_masked(details.contact_phone))},
                        {"channel", conversation ? Json(conversation->channel.value) : Json()},
                        {"anonymous", ticket.anonymous}};
    json["facts"] = {{"amount_yuan", yuan(ticket.amount_fen)},
                     {"purchase_yuan", yuan(ticket.purchase_fen)},
                     {"occurred_at", time_or_null(ticket.occurred_at, zone)},
                     {"occurred_text", or_null(without_numbers(details.occurred_text))},
                     {"location", or_null(without_numbers(details.location))},
                     {"people", or_null(without_numbers(details.people))},
                     {"wish", or_null(without_numbers(details.wish))}};
    add_facts_of_pack(json["facts"], ticket, *policy);
    const auto* assignee = directory.staff(ticket.assignee);
    json["assignee"] = assignee ? Json{{"login", assignee->login}, {"name", assignee->name}} : Json();
    json["deadlines"] = Json::array();
    for (const auto& deadline : ticket.deadlines) {
        json["deadlines"].push_back({{"clock", deadline.name},
                                     {"due_at", time(deadline.due_at)},
                                     {"state", deadline.state},
                                     {"clause", deadline.clause}});
        if (deadline.soft) json["deadlines"].back()["soft"] = true;
        if (!deadline.binds.empty()) json["deadlines"].back()["binds"] = deadline.binds;
    }
    json["proposal"] = Json();
    if (ticket.proposal)
        json["proposal"] = {{"text", without_numbers(reading.text(ticket.proposal->text))},
                            {"amount_yuan", yuan(ticket.proposal->amount_fen)},
                            {"finish_by", time_or_null(ticket.proposal->finish_by, zone)},
                            {"round", ticket.proposal->round}};
    json["consent"] =
        ticket.consent ? Json{{"answer", ticket.consent->answer}, {"at", time(ticket.consent->at)}} : Json();
    json["steps"] = Json::array();
    for (const auto& step : ticket.steps)
        json["steps"].push_back({{"step", step.step},
                                 {"state", step.state},
                                 {"due_at", time_or_null(step.due_at, zone)},
                                 {"role", step.role}});
    json["revisits"] = Json::array();
    for (const auto& visit : ticket.revisits) {
        const auto* by = visit.by.kind == PartyKind::staff ? directory.staff(StaffId{visit.by.id}) : nullptr;
        json["revisits"].push_back({{"means", visit.means},
                                    {"at", time(visit.at)},
                                    {"by", by ? Json(by->name) : Json()},
                                    {"reached", visit.reached},
                                    {"score", visit.score ? Json(*visit.score) : Json()}});
    }
    json["rating"] = ticket.rating ? Json{{"score", ticket.rating->score},
                                          {"scale", ticket.rating->scale},
                                          {"comment", or_null(without_numbers(reading.text(ticket.rating->comment)))}}
                                   : Json();
    const auto number_of = [&](TicketId id) {
        const auto other = id ? reading.ticket(id) : std::nullopt;
        return other ? Json(other->number) : Json();
    };
    json["joined_to"] = number_of(ticket.joined_to);
    json["repeat_of"] = number_of(ticket.repeat_of);
    json["why"] = Json::array();
    for (const auto& why : ticket.why)
        json["why"].push_back({{"decision", why.decision}, {"clause", why.clause}, {"because", why.because}});
    if (extent == Extent::list) return json;
    json["attachments"] = Json::array();
    for (const auto& attachment : reading.attachments_of(ticket.id))
        json["attachments"].push_back({{"id", attachment.id.value},
                                       {"kind", attachment.kind},
                                       {"name", attachment.name},
                                       {"bytes", attachment.bytes},
                                       {"sha256", attachment.sha256},
                                       {"url", "/api/v1/attachments/" + attachment.id.value}});
    json["conversation"] = conversation ? Json(to_text(conversation->id)) : Json();
    json["undelivered"] = undelivered_json(reading, ticket, zone);
    json["commands"] = Json::array();
    for (const auto& command : engine.allowed(reading, ticket, staff(who.staff.id), now)) {
        Json one{{"command", command.command},
                 {"title", command.title},
                 {"fields", fields_json(command.fields, directory, policy, engine)},
                 {"roles", command.roles}};
        if (!command.script.empty()) one["script"] = command.script;
        json["commands"].push_back(std::move(one));
    }
    return json;
}

Json event_json(const StoredEvent& event, const Directory& directory) {
    auto parsed = parse_json(event.text, {.bytes = 1 << 20});
    Json json = parsed ? std::move(*parsed) : Json::object();
    json["previous_hash"] = event.previous_hash;
    json["hash"] = event.hash;
    json["by_name"] = Json();
    if (const auto by = json.find("by"); by != json.end() && by->value("kind", std::string{}) == "staff") {
        const auto& id = (*by)["id"];
        const auto* staff = directory.staff(StaffId{id.is_string()           ? std::stoll(id.get<std::string>())
                                                    : id.is_number_integer() ? id.get<std::int64_t>()
                                                                             : 0});
        if (staff) json["by_name"] = staff->name;
    }
    return json;
}

Json deadline_json(const Deadline& deadline, const Policy& policy) {
    const auto& zone = policy.calendar.zone();
    Json json{{"clock", deadline.name},
              {"title", deadline.title},
              {"state", to_text(deadline.state)},
              {"clause", deadline.clause},
              {"starts_on", deadline.starts_on},
              {"start_at", to_rfc3339(deadline.start_at, zone)},
              {"due_at", time_or_null(deadline.due_at, zone)},
              {"stopped_at", time_or_null(deadline.stopped_at, zone)},
              {"extended_to", time_or_null(deadline.extended_to, zone)},
              {"exempt", deadline.exempt},
              {"span", to_text(deadline.derivation.span)},
              {"first_day_counted", deadline.derivation.first_day == FirstDay::counted},
              {"segments", to_json(deadline.derivation, policy.calendar)}};
    if (const auto* clause = policy.clause(deadline.clause))
        json["clause_text"] = clause->text, json["printed"] = clause->printed;
    if (deadline.due_at) json["text"] = to_chinese(deadline.derivation, policy.calendar);
    json["steps"] = Json::array();
    for (const auto& step : deadline.steps)
        json["steps"].push_back({{"name", step.name}, {"at", to_rfc3339(step.at, zone)}, {"done", step.done}});
    json["changes"] = changes_json(deadline.derivation, policy.calendar);
    json["warnings"] = deadline.derivation.warnings;
    if (deadline.soft) json["soft"] = true;
    if (!deadline.binds.empty()) json["binds"] = deadline.binds;
    return json;
}

}  // namespace huiyin::api
