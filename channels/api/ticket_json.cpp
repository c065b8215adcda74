#include "channels/api/ticket_json.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "bot/wording.h"
#include "channels/api/undelivered.h"
#include "workflow/base/json_text.h"

namespace huiyin::api {
namespace {

Json time_or_null(const std::optional<TimePoint>& at, const Zone& zone) {
    return at ? Json(to_rfc3339(*at, zone)) : Json();
}
void put(JsonWriter& json, std::string_view key, std::string_view value) { json.key(key).text(value); }
void put(JsonWriter& json, const char* key, std::int64_t value) { json.key(key).number(value); }
template <std::same_as<bool> Flag>  // no pointer becomes one
void put(JsonWriter& json, const char* key, Flag value) {
    json.key(key).boolean(value);
}
void put(JsonWriter& json, const char* key, TimePoint at, const Zone& zone) {
    json.key(key).text(to_rfc3339(at, zone));
}
void put(JsonWriter& json, const char* key, const std::optional<TimePoint>& at, const Zone& zone) {
    at ? put(json, key, *at, zone) : void(json.key(key).null());
}
void put_or_null(JsonWriter& json, const char* key, std::string_view value) {
    value.empty() ? json.key(key).null() : json.key(key).text(value);
}
template <class List>
void put_all(JsonWriter& json, const char* key, const List& values) {
    json.key(key).begin('[');
    for (const auto& value : values) json.text(value);
    json.end(']');
}
// In yuan, with what is below one behind the point.
void put_yuan(JsonWriter& json, const std::string& key, const std::optional<std::int64_t>& fen) {
    json.key(key);
    if (!fen)
        json.null();
    else if (*fen % 100 == 0)
        json.number(*fen / 100);
    else
        json.json(static_cast<double>(*fen) / 100.0);
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

void write_fields(JsonWriter& json, const std::vector<FieldSpec>& fields, const Directory& directory,
                  const std::shared_ptr<const Policy>& pack, const Engine& engine) {
    json.begin('[');
    for (const auto& field : fields) {
        json.begin('{');
        put(json, "name", field.name);
        put(json, "type", field.type);
        put(json, "required", field.required);
        if (!field.choices.empty()) put_all(json, "choices", field.choices);
        std::map<std::string, std::string> titles;  // kinds share keys of categories: each stands once
        for (std::size_t i = 0; i < field.choices.size(); ++i)
            if (auto title = choice_title(field, i, directory, pack, engine); !title.empty())
                titles[field.choices[i]] = std::move(title);
        if (!titles.empty()) {
            json.key("choice_titles").begin('{');
            for (const auto& [choice, title] : titles) json.key(choice).text(title);
            json.end('}');
        }
        if (!field.title.empty()) put(json, "title", field.title);
        json.end('}');
    }
    json.end(']');
}

void write_fact(JsonWriter& json, const FactInfo& info, const Fact& fact, const Zone& zone) {
    json.key(info.name);
    if (const auto* ms = std::get_if<std::int64_t>(&fact); ms && info.type == FactType::time)
        json.text(to_rfc3339(from_ms(*ms), zone));
    else if (const auto* words = std::get_if<std::string>(&fact))
        json.text(without_numbers(*words));
    else
        std::visit([&](const auto& value) { json.json(value); }, fact);
}

// What the pack wants to know beside what every ticket has, and how it came in; money is kept in fen. What its rules
// work out from the rest is no fact of the ticket.
void write_facts_of_pack(JsonWriter& json, const Ticket& ticket, const Policy& policy) {
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
            put_yuan(json, info.name, *amount);
        else if (const auto* fact = known(info.name))
            write_fact(json, info, *fact, policy.calendar.zone());
    }
    if (const auto* source = known("source"); source && !policy.sources.empty())
        put(json, "source", std::get<std::string>(*source));
}

void write_facts(JsonWriter& json, const Ticket& ticket, const Details& details, const Policy& policy) {
    json.key("facts").begin('{');
    put_yuan(json, "amount_yuan", ticket.amount_fen);
    put_yuan(json, "purchase_yuan", ticket.purchase_fen);
    put(json, "occurred_at", ticket.occurred_at, policy.calendar.zone());
    put_or_null(json, "occurred_text", without_numbers(details.occurred_text));
    put_or_null(json, "location", without_numbers(details.location));
    put_or_null(json, "people", without_numbers(details.people));
    put_or_null(json, "wish", without_numbers(details.wish));
    write_facts_of_pack(json, ticket, policy);
    json.end('}');
}

// What its keys are called.
void write_titles(JsonWriter& json, const Ticket& ticket, const std::shared_ptr<const Policy>& policy,
                  const Engine& engine) {
    const auto* kind = policy->kind(ticket.kind);
    const auto* category = policy->category(ticket.kind, ticket.category);
    const auto* state = policy->state(ticket.state);
    const auto* level = policy->level(ticket.level);
    json.key("titles").begin('{');
    put(json, "kind", kind ? kind->title : ticket.kind);
    put(json, "category", category ? category->title : ticket.category);
    put(json, "state", state ? state->title : ticket.state);
    put(json, "level", level ? level->title : ticket.level);
    put(json, "owner_role", engine.role_title(policy, ticket.owner_role));
    json.end('}');
}

void write_household(JsonWriter& json, const Ticket& ticket, const Details& details) {
    json.key("household").begin('{');
    put_or_null(json, "id", ticket.household ? to_text(ticket.household) : std::string{});
    put_or_null(json, "building", details.building);
    put_or_null(json, "unit", details.unit);
    put_or_null(json, "room", details.room);
    put_or_null(json, "label", without_numbers(details.label));
    json.end('}');
}

void write_customer(JsonWriter& json, const SignedIn& who, const Ticket& ticket, const Details& details,
                    const std::optional<Conversation>& conversation) {
    // Administrators mend the machine; whose matter it is they need not know.
    const bool veiled = who.is_administrator() && who.staff.roles.size() == 1;
    const bool hidden = veiled || ticket.anonymous || ticket.flags.contains("confidential");
    json.key("customer").begin('{');
    put_or_null(json, "name", hidden ? std::string{} : without_numbers(details.contact_name));
    put_or_null(json, "phone_masked", hidden ? std::string{} : phone_masked(details.contact_phone));
    json.key("channel");
    conversation ? json.text(conversation->channel.value) : json.null();
    put(json, "anonymous", ticket.anonymous);
    json.end('}');
}

void write_deadlines(JsonWriter& json, const Ticket& ticket, const Zone& zone) {
    json.key("deadlines").begin('[');
    for (const auto& deadline : ticket.deadlines) {
        json.begin('{');
        put(json, "clock", deadline.name);
        put(json, "due_at", deadline.due_at, zone);
        put(json, "state", deadline.state);
        put(json, "clause", deadline.clause);
        if (deadline.soft) put(json, "soft", true);
        if (!deadline.binds.empty()) put(json, "binds", deadline.binds);
        json.end('}');
    }
    json.end(']');
}

// What was offered, done and asked since, and what the customer said to it.
void write_progress(JsonWriter& json, Reading& reading, const Directory& directory, const Ticket& ticket,
                    const Zone& zone) {
    json.key("proposal");
    if (const auto& proposal = ticket.proposal) {
        json.begin('{');
        put(json, "text", without_numbers(reading.text(proposal->text)));
        put_yuan(json, "amount_yuan", proposal->amount_fen);
        put(json, "finish_by", proposal->finish_by, zone);
        put(json, "round", std::int64_t{proposal->round});
        json.end('}');
    } else {
        json.null();
    }
    json.key("consent");
    if (const auto& consent = ticket.consent) {
        json.begin('{');
        put(json, "answer", consent->answer);
        put(json, "at", consent->at, zone);
        json.end('}');
    } else {
        json.null();
    }
    json.key("steps").begin('[');
    for (const auto& step : ticket.steps) {
        json.begin('{');
        put(json, "step", step.step);
        put(json, "state", step.state);
        put(json, "due_at", step.due_at, zone);
        put(json, "role", step.role);
        json.end('}');
    }
    json.end(']').key("revisits").begin('[');
    for (const auto& visit : ticket.revisits) {
        const auto* by = visit.by.kind == PartyKind::staff ? directory.staff(StaffId{visit.by.id}) : nullptr;
        json.begin('{');
        put(json, "means", visit.means);
        put(json, "at", visit.at, zone);
        json.key("by");
        by ? json.text(by->name) : json.null();
        put(json, "reached", visit.reached);
        json.key("score");
        visit.score ? json.number(*visit.score) : json.null();
        json.end('}');
    }
    json.end(']').key("rating");
    if (const auto& rating = ticket.rating) {
        json.begin('{');
        put(json, "score", std::int64_t{rating->score});
        put(json, "scale", std::int64_t{rating->scale});
        put_or_null(json, "comment", without_numbers(reading.text(rating->comment)));
        json.end('}');
    } else {
        json.null();
    }
}

// What costs a second look: attachments and commands.
void write_rest(JsonWriter& json, Reading& reading, const Engine& engine, const Directory& directory,
                const SignedIn& who, const Ticket& ticket, const std::optional<Conversation>& conversation,
                TimePoint now) {
    const auto policy = engine.policy_of(ticket);
    json.key("attachments").begin('[');
    for (const auto& attachment : reading.attachments_of(ticket.id)) {
        json.begin('{');
        put(json, "id", attachment.id.value);
        put(json, "kind", attachment.kind);
        put(json, "name", attachment.name);
        put(json, "bytes", attachment.bytes);
        put(json, "sha256", attachment.sha256);
        put(json, "url", "/api/v1/attachments/" + attachment.id.value);
        json.end('}');
    }
    json.end(']');
    put_or_null(json, "conversation", conversation ? to_text(conversation->id) : std::string{});
    json.key("undelivered").json(undelivered_json(reading, ticket, policy->calendar.zone()));
    json.key("commands").begin('[');
    for (const auto& command : engine.allowed(reading, ticket, staff(who.staff.id), now)) {
        json.begin('{');
        put(json, "command", command.command);
        put(json, "title", command.title);
        json.key("fields");
        write_fields(json, command.fields, directory, policy, engine);
        put_all(json, "roles", command.roles);
        if (!command.script.empty()) put(json, "script", command.script);
        json.end('}');
    }
    json.end(']');
}

}  // namespace

void write_ticket(JsonWriter& json, Reading& reading, const Engine& engine, const Directory& directory,
                  const SignedIn& who, const Ticket& ticket, const Details& details, TimePoint now, Extent extent) {
    const auto policy = engine.policy_of(ticket);
    const auto& zone = policy->calendar.zone();
    json.begin('{');
    put(json, "number", ticket.number);
    put(json, "version", ticket.version);
    json.key("policy").begin('{');
    put(json, "id", ticket.policy_id);
    put(json, "version", ticket.policy_version);
    json.end('}');
    put(json, "kind", ticket.kind);
    put(json, "category", ticket.category);
    put_or_null(json, "level", ticket.level);
    put_all(json, "flags", ticket.flags);
    put(json, "state", ticket.state);
    put(json, "phase", to_text(ticket.phase));
    put(json, "opened_at", ticket.opened_at, zone);
    put(json, "accepted_at", ticket.accepted_at, zone);
    put(json, "resolved_at", ticket.resolved_at, zone);
    put(json, "closed_at", ticket.closed_at, zone);
    put_or_null(json, "owner_role", ticket.owner_role);
    put_or_null(json, "fixed", ticket.fixed);
    put(json, "supporters", static_cast<std::int64_t>(ticket.supporters.size()));
    put(json, "summary", without_numbers(details.summary));
    put(json, "description", without_numbers(details.description));
    write_titles(json, ticket, policy, engine);
    json.key("unit");
    if (const auto* unit = directory.unit(ticket.unit)) {
        json.begin('{');
        put(json, "id", to_text(unit->id));
        put(json, "name", unit->name);
        json.end('}');
    } else {
        json.null();
    }
    write_household(json, ticket, details);
    const auto conversation = ticket.conversation ? reading.conversation(ticket.conversation) : std::nullopt;
    write_customer(json, who, ticket, details, conversation);
    write_facts(json, ticket, details, *policy);
    json.key("assignee");
    if (const auto* assignee = directory.staff(ticket.assignee)) {
        json.begin('{');
        put(json, "login", assignee->login);
        put(json, "name", assignee->name);
        json.end('}');
    } else {
        json.null();
    }
    write_deadlines(json, ticket, zone);
    write_progress(json, reading, directory, ticket, zone);
    const auto number_of = [&](TicketId id) {
        const auto other = id ? reading.ticket(id) : std::nullopt;
        return other ? other->number : std::string{};
    };
    put_or_null(json, "joined_to", number_of(ticket.joined_to));
    put_or_null(json, "repeat_of", number_of(ticket.repeat_of));
    json.key("why").begin('[');
    for (const auto& why : ticket.why) {
        json.begin('{');
        put(json, "decision", why.decision);
        put(json, "clause", why.clause);
        put(json, "because", why.because);
        json.end('}');
    }
    json.end(']');
    if (extent == Extent::whole) write_rest(json, reading, engine, directory, who, ticket, conversation, now);
    json.end('}');
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
