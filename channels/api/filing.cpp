// What staff need to file a matter for a caller, and the words of the rules in force; and the filing itself.
#include <algorithm>

#include "bot/wording.h"
#include "channels/api/guard.h"
#include "channels/api/routes.h"
#include "channels/api/ticket_json.h"

namespace huiyin::api {
namespace {

struct NewTicket {
    OpenTicket open;
    std::string phone, name;
};

// What a pack wants to know at filing beside what every ticket has: its own facts, and how the matter came in.
Facts facts_of_pack(const Policy& policy, Reader& reader, std::vector<Finding>& findings) {
    Json told = Json::object();
    for (std::size_t i = common_facts().size(); i < policy.facts.size(); ++i) {
        const auto& name = policy.facts[i].name;
        const bool worked_out = std::any_of(policy.derived.begin(), policy.derived.end(),
                                            [&](const DerivedFact& each) { return each.name == name; });
        if (const auto* value = worked_out ? nullptr : reader.any_or_none(name)) told[name] = *value;
    }
    auto facts = read_facts(told, policy.facts, "/facts", findings);
    if (const auto source = reader.text_or("source", ""); !source.empty()) {
        const bool known = std::any_of(policy.sources.begin(), policy.sources.end(),
                                       [&](const Source& each) { return each.key == source; });
        if (known)
            facts["source"] = source;
        else
            reader.wrong("source", "unknown source: write a key of the pack's \"sources\"");
    }
    return facts;
}

// Slots of the pack that hold words: they go to the other words, under their title, and count as told.
std::string words_of_slots(const Policy& policy, Reader& reader, Facts& facts) {
    std::string words;
    std::vector<std::string> told;
    const auto& asked_anyway = told_slots();
    for (const auto& slot : policy.slots) {
        const bool holds_words = slot.type == "text" || slot.type == "evidence";
        if (!holds_words || !reader.has(slot.key) ||
            std::find(asked_anyway.begin(), asked_anyway.end(), slot.key) != asked_anyway.end())
            continue;
        const auto said = reader.text(slot.key);
        if (said.size() > 2000) reader.wrong(slot.key, "longer than 2000 bytes: shorten it");
        if (said.find_first_not_of(" \t\r\n") == std::string::npos) continue;
        words += "\n" + slot.title + "：" + said;
        told.push_back(slot.key);
    }
    if (!told.empty()) facts["told"] = std::move(told);
    return words;
}

NewTicket read_new(const Asked& asked, std::vector<Finding>& findings) {
    NewTicket wish;
    const auto directory = asked.parts.directory->get();
    Reader read(asked.body, "", findings);
    wish.open.kind = read.text("kind");
    wish.open.category = read.text_or("category", "");
    const auto description = read.text("description");
    if (description.size() > 8000) read.wrong("description", "longer than 8000 bytes: shorten it");
    UnitId community;
    if (const auto named = read.text_or("unit", ""); !named.empty()) {
        const auto* unit = directory->unit_by_key(named);
        if (const auto id = read_id(named); !unit && id) unit = directory->unit(UnitId{*id});
        if (!unit || std::find(asked.who.units.begin(), asked.who.units.end(), unit->id) == asked.who.units.end())
            read.wrong("unit", "unknown unit \"" + named + "\"");
        else
            wish.open.unit = unit->id;
        if (unit)
            if (const auto communities = directory->communities_of(unit->id); communities.size() == 1)
                community = communities.front();
    }
    auto& details = wish.open.details;
    if (read.has("household")) {
        auto household = read.child("household");
        details.building = household.text_or("building", "");
        details.unit = household.text_or("unit", "");
        details.room = household.text_or("room", "");
        household.finish();
        const auto place = directory->find_place(details.building, details.unit, details.room, community);
        details.label = place.label;
        if (details.label.empty()) {
            if (!details.building.empty()) details.label = details.building + "栋";
            if (!details.unit.empty()) details.label += details.unit + "单元";
            details.label += details.room;
        }
        wish.open.household = place.household;
        if (!details.building.empty() && place.match == PlaceMatch::unknown)
            wish.open.flags.insert("unverified_address");
        if (place.community && !wish.open.unit) wish.open.unit = place.community;
    }
    if (!wish.open.unit) {
        if (const auto communities = directory->communities_of(asked.who.staff.unit); communities.size() == 1)
            wish.open.unit = communities.front();
        else if (!read.has("unit"))
            read.wrong("unit", "missing: the address does not tell which community it is");
    } else if (std::find(asked.who.units.begin(), asked.who.units.end(), wish.open.unit) == asked.who.units.end()) {
        read.wrong("household", "this address lies outside your units");
    }
    if (read.has("customer")) {
        auto customer = read.child("customer");
        wish.name = customer.text_or("name", "");
        wish.phone = customer.text_or("phone", "");
        wish.open.anonymous = customer.boolean_or("anonymous", false);
        if (!wish.phone.empty() && (wish.phone.size() < 5 || wish.phone.size() > 20 ||
                                    wish.phone.find_first_not_of("0123456789-+ ") != std::string::npos))
            customer.wrong("phone", "this is no phone number");
        customer.finish();
    } else {
        read.wrong("customer", "missing: write {\"name\",\"phone\"} or {\"anonymous\":true}");
    }
    const auto policy = asked.parts.policies->for_unit(wish.open.unit, *directory);
    std::string more_words;
    if (read.has("facts")) {
        auto facts = read.child("facts");
        const auto money = [&](const char* name) -> std::optional<std::int64_t> {
            const auto* value = facts.any_or_none(name);
            if (!value) return std::nullopt;
            if (!value->is_number() || value->get<double>() < 0 || value->get<double>() > 1e12) {
                facts.wrong(name, "write an amount in yuan");
                return std::nullopt;
            }
            return static_cast<std::int64_t>(value->get<double>() * 100 + 0.5);
        };
        wish.open.amount_fen = money("amount_yuan");
        wish.open.purchase_fen = money("purchase_yuan");
        if (const auto at = facts.text_or("occurred_at", ""); !at.empty()) {
            const auto parsed = parse_rfc3339(at);
            if (parsed)
                wish.open.occurred_at = *parsed;
            else
                facts.wrong("occurred_at", parsed.problem().text);
        }
        details.occurred_text = facts.text_or("occurred_text", "");
        details.location = facts.text_or("location", "");
        details.people = facts.text_or("people", "");
        details.wish = facts.text_or("wish", "");
        for (const char* flag : {"media", "lawsuit", "group"})
            if (facts.boolean_or(flag, false)) wish.open.flags.insert(flag);
        wish.open.more = facts_of_pack(*policy, facts, findings);
        more_words = words_of_slots(*policy, facts, wish.open.more);
        facts.finish();
    }
    read.finish();
    if (!wish.open.kind.empty() && !policy->kind(wish.open.kind)) {
        std::string kinds;
        for (const auto& kind : policy->kinds) kinds += (kinds.empty() ? "" : ", ") + kind.key;
        read.wrong("kind", "unknown kind \"" + wish.open.kind + "\": write one of " + kinds);
    } else if (const auto* kind = policy->kind(wish.open.kind)) {
        if (wish.open.category.empty() && !kind->categories.empty())
            wish.open.category = kind->categories.back().key;
        else if (!policy->category(wish.open.kind, wish.open.category)) {
            std::string categories;
            for (const auto& category : kind->categories) categories += (categories.empty() ? "" : ", ") + category.key;
            read.wrong("category", "unknown category \"" + wish.open.category + "\": write one of " + categories);
        }
    }
    details.description = without_numbers(description + more_words);
    details.summary = shortened(details.description.substr(0, details.description.find('\n')), 40);
    details.contact_name = wish.name;
    details.contact_phone = wish.phone;
    return wish;
}

http::Answer open(Asked& asked) {
    std::vector<Finding> findings;
    const auto wish = read_new(asked, findings);
    if (!findings.empty()) return findings_answer(findings);
    const auto key = once(asked);
    const auto system_now = asked.parts.system->now();
    const auto opened = in_unit<Ticket>(asked.parts, [&](Transaction& tx) -> Result<Ticket> {
        if (key && !tx.claim_delivery(
                       {.channel = key->scope, .key = key->key, .conversation = {}, .answer = {}, .at = system_now})) {
            const auto first = tx.delivery(key->scope, {}, key->key);
            const auto ticket = first ? tx.ticket_numbered(first->answer) : std::nullopt;
            if (ticket) return *ticket;
            return unknown_ticket();
        }
        Person person;
        person.id = asked.parts.ids->make<PersonId>(to_ms(system_now));
        person.name = wish.name;
        person.phone = wish.phone;
        person.created_at = asked.now;
        tx.add(person);
        auto open = wish.open;
        open.customer = person.id;
        open.by = staff(asked.who.staff.id);
        auto ticket = asked.parts.engine->open(tx, open, asked.now);
        if (ticket && key) tx.set_delivery_answer(key->scope, {}, key->key, ticket->number);
        return ticket;
    });
    if (!opened) {
        if (opened.problem().code == "ticket.bad_field")
            return findings_answer({{opened.problem().detail, opened.problem().text}});
        return problem_answer(opened.problem());
    }
    std::optional<http::Answer> answer;
    asked.parts.store->read([&](Reading& reading) { answer = whole_ticket(asked, reading, *opened, 201); });
    answer->with("Location", "/api/v1/tickets/" + opened->number);
    return std::move(*answer);
}

// --- words ----------------------------------------------------------------------------------------------------------

template <class List, class Read>
Json each_of(const List& list, Read read) {
    Json all = Json::array();
    for (const auto& one : list) all.push_back(read(one));
    return all;
}

Json titled(const std::string& key, const std::string& title) { return {{"key", key}, {"title", title}}; }

Json slot_json(const SlotRule& slot) {
    Json json{{"name", slot.key},
              {"type", slot.type},
              {"title", slot.title},
              {"required", slot.required},
              {"ask", slot.ask},
              {"kinds", slot.kinds},
              {"categories", slot.categories},
              {"conditional", static_cast<bool>(slot.when)}};
    if (!slot.choices.empty()) json["choices"] = slot.choices;
    for (std::size_t i = 0; i < slot.choices.size() && i < slot.choice_titles.size(); ++i)
        json["choice_titles"][slot.choices[i]] = slot.choice_titles[i];
    return json;
}

// One name for a limit, though several rules may share it.
Json deadline_titles(const Policy& policy) {
    Json all = Json::array();
    std::vector<std::string> named;
    for (const auto& rule : policy.deadlines) {
        if (std::find(named.begin(), named.end(), rule.name) != named.end()) continue;
        named.push_back(rule.name);
        all.push_back(titled(rule.name, rule.title));
    }
    return all;
}

Json words_of(const std::shared_ptr<const Policy>& pack, const Engine& engine) {
    const auto& policy = *pack;
    const auto named = [](const auto& one) { return titled(one.key, one.title); };
    return {
        {"policy", {{"id", policy.id}, {"version", policy.version}, {"title", policy.title}}},
        {"kinds", each_of(policy.kinds,
                          [](const Kind& kind) {
                              auto json = titled(kind.key, kind.title);
                              json["about"] = kind.about;
                              json["categories"] = each_of(kind.categories, [](const Category& category) {
                                  auto one = titled(category.key, category.title);
                                  one["about"] = category.about;
                                  return one;
                              });
                              return json;
                          })},
        {"levels", each_of(policy.levels, named)},
        {"states", each_of(policy.states, named)},
        {"roles",
         each_of(policy.roles, [&](const std::string& role) { return titled(role, engine.role_title(pack, role)); })},
        {"deadlines", deadline_titles(policy)},
        {"steps", each_of(policy.steps, named)},
        {"penalties", each_of(policy.penalties, named)},
        {"forms", each_of(policy.forms, named)},
        {"sources", each_of(policy.sources, named)},
        {"answers", each_of(policy.surveys.answers,
                            [](const SurveyAnswer& answer) {
                                return Json{{"score", answer.score}, {"title", answer.title}};
                            })},
        {"scale", policy.surveys.scale},
        {"reasons", each_of(policy.reasons,
                            [](const ReasonChoice& reason) {
                                return Json{{"command", reason.command}, {"title", reason.title}};
                            })},
        {"slots", each_of(policy.slots, slot_json)},
        {"facts", each_of(policy.facts,
                          [](const FactInfo& fact) {
                              auto json = titled(fact.name, fact.title);
                              for (std::size_t i = 0; i < fact.choices.size() && i < fact.choice_titles.size(); ++i)
                                  json["choices"][fact.choices[i]] = fact.choice_titles[i];
                              return json;
                          })},
        {"clauses", each_of(policy.clauses, [](const Clause& clause) {
             return Json{
                 {"id", clause.id}, {"text", clause.text}, {"printed", clause.printed}, {"because", clause.because}};
         })}};
}

// The packs of the asker's units, the one of his own unit first.
http::Answer words(Asked& asked) {
    const auto directory = asked.parts.directory->get();
    std::vector<std::shared_ptr<const Policy>> packs{asked.parts.policies->for_unit(asked.who.staff.unit, *directory)};
    for (const auto& unit : asked.who.units) {
        auto pack = asked.parts.policies->for_unit(unit, *directory);
        if (std::find(packs.begin(), packs.end(), pack) == packs.end()) packs.push_back(std::move(pack));
    }
    Json items = Json::array();
    for (const auto& pack : packs) items.push_back(words_of(pack, *asked.parts.engine));
    return json_answer(200, {{"items", std::move(items)}, {"next_cursor", Json()}});
}

}  // namespace

void add_filing_routes(http::RouteTable& routes, const Shared& parts) {
    add(routes, parts, {"POST", "/api/v1/tickets", "Opens a ticket for a caller.", Body::json}, open);
    add(routes, parts,
        {"GET", "/api/v1/words", "What the rules of the asker's units call things, ask of a matter, and say."}, words);
}

}  // namespace huiyin::api
