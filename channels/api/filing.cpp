// Staff file a matter for a caller.
#include "channels/api/filing.h"

#include <algorithm>

#include "bot/wording.h"
#include "channels/api/guard.h"
#include "channels/api/routes.h"
#include "channels/api/ticket_json.h"

namespace huiyin::api {
namespace {

constexpr std::size_t most_of_a_name = 60;  // characters of a name, a building, a room

std::string too_long(std::size_t most) { return "太长了，最多写" + std::to_string(most) + "个字"; }

// A text that may be absent, without the blanks around it and of no more than so many characters.
std::string text_within(Reader& reader, const char* name, std::size_t most) {
    const auto whole = reader.text_or(name, "");
    const auto text = trimmed(whole);
    if (characters_of(text) > most) reader.wrong(name, too_long(most));
    return std::string(text);
}

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
    for (auto& [name, fact] : facts)
        if (auto* words = std::get_if<std::string>(&fact)) {
            if (characters_of(*words) > most_characters) reader.wrong(name, too_long(most_characters));
            *words = without_numbers(*words);
        }
    if (const auto source = reader.text_or("source", ""); !source.empty()) {
        const bool known = std::any_of(policy.sources.begin(), policy.sources.end(),
                                       [&](const Source& each) { return each.key == source; });
        if (known)
            facts["source"] = source;
        else
            reader.wrong("source", "没有这个来源：" + source);
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
        const auto whole = reader.text(slot.key);
        const auto said = trimmed(whole);
        if (characters_of(said) > most_characters) reader.wrong(slot.key, too_long(most_characters));
        if (said.empty()) continue;
        words += "\n" + slot.title + "：" + std::string(said);
        told.push_back(slot.key);
    }
    if (!told.empty()) facts["told"] = std::move(told);
    return words;
}

// The unit that is named; nothing where none is, or none of the asker's.
UnitId read_unit(const Filing& asked, const Directory& directory, Reader& read) {
    const auto named = read.text_or("unit", "");
    if (named.empty()) return {};
    const auto* unit = directory.unit_by_key(named);
    if (const auto id = read_id(named); !unit && id) unit = directory.unit(UnitId{*id});
    const auto& own = asked.who.units;
    if (unit && std::find(own.begin(), own.end(), unit->id) != own.end()) return unit->id;
    read.wrong("unit", "没有这个小区，或它不在您管的范围里：" + named);
    return {};
}

// Where it is: the household if there is one of that address, and with it the community. Who named no unit and looks
// after one community means that one, whatever the neighbours' buildings are called.
void read_place(const Filing& asked, const Directory& directory, Reader& read, NewTicket& wish) {
    auto& open = wish.open;
    open.unit = read_unit(asked, directory, read);
    const auto communities = directory.communities_of(open.unit ? open.unit : asked.who.staff.unit);
    const auto community = communities.size() == 1 ? communities.front() : UnitId{};
    auto& details = open.details;
    if (read.has("household")) {
        auto household = read.child("household");
        details.building = text_within(household, "building", most_of_a_name);
        details.unit = text_within(household, "unit", most_of_a_name);
        details.room = text_within(household, "room", most_of_a_name);
        household.finish();
        const auto place = directory.find_place(details.building, details.unit, details.room, community);
        details.label = place.label;
        if (details.label.empty()) {
            if (!details.building.empty()) details.label = details.building + "栋";
            if (!details.unit.empty()) details.label += details.unit + "单元";
            details.label += details.room;
        }
        open.household = place.household;
        if (!details.building.empty() && place.match == PlaceMatch::unknown) open.flags.insert("unverified_address");
        if (place.community && !open.unit) open.unit = place.community;
    }
    if (!open.unit) open.unit = community;
    if (!open.unit) {
        if (!read.has("unit")) read.wrong("unit", "看不出是哪个小区：请选小区，或写清地址");
    } else if (std::find(asked.who.units.begin(), asked.who.units.end(), open.unit) == asked.who.units.end()) {
        read.wrong("household", "这个地址不在您管的小区里");
    }
}

void read_customer(const Policy& policy, Reader& read, NewTicket& wish) {
    if (!read.has("customer"))
        return read.wrong("customer", "missing: write {\"name\",\"phone\"} or {\"anonymous\":true}");
    auto customer = read.child("customer");
    wish.name = text_within(customer, "name", most_of_a_name);
    wish.phone = trimmed(customer.text_or("phone", ""));
    wish.open.anonymous = customer.boolean_or("anonymous", false);
    if (!wish.phone.empty() && (wish.phone.size() < 5 || wish.phone.size() > 20 ||
                                wish.phone.find_first_not_of("0123456789-+ ") != std::string::npos))
        customer.wrong("phone", "这不是电话号码");
    // A pack with questions of its own, none of them about the person, can do without.
    const bool asks_who = policy.slots.empty() || policy.slot("name") || policy.slot("phone");
    if (asks_who && !wish.open.anonymous && wish.name.empty() && wish.phone.empty())
        customer.wrong("phone", "请留下电话或称呼；不愿意留的，选匿名");
    customer.finish();
}

std::optional<std::int64_t> read_money(Reader& facts, const char* name) {
    const auto* value = facts.any_or_none(name);
    if (!value) return std::nullopt;
    if (!value->is_number() || value->get<double>() < 0 || value->get<double>() > 1e12) {
        facts.wrong(name, "请写金额，单位是元");
        return std::nullopt;
    }
    return static_cast<std::int64_t>(value->get<double>() * 100 + 0.5);
}

// Gives the words that belong to the description.
std::string read_told(const Policy& policy, Reader& read, OpenTicket& open, std::vector<Finding>& findings) {
    if (!read.has("facts")) return {};
    auto facts = read.child("facts");
    open.amount_fen = read_money(facts, "amount_yuan");
    open.purchase_fen = read_money(facts, "purchase_yuan");
    if (const auto at = facts.text_or("occurred_at", ""); !at.empty()) {
        if (const auto parsed = parse_rfc3339(at))
            open.occurred_at = *parsed;
        else
            facts.wrong("occurred_at", "时间没有读懂：写成 2026-03-06T17:30:00+08:00");
    }
    open.details.occurred_text = text_within(facts, "occurred_text", most_characters);
    open.details.location = text_within(facts, "location", most_characters);
    open.details.people = text_within(facts, "people", most_characters);
    open.details.wish = text_within(facts, "wish", most_characters);
    for (const char* flag : {"media", "lawsuit", "group"})
        if (facts.boolean_or(flag, false)) open.flags.insert(flag);
    open.more = facts_of_pack(policy, facts, findings);
    auto words = words_of_slots(policy, facts, open.more);
    facts.finish();
    return words;
}

// "投诉（complaint）、报修（repair）": for people and for programs.
std::string named(const auto& all) {
    std::string names;
    for (const auto& each : all) names += (names.empty() ? "" : "、") + each.title + "（" + each.key + "）";
    return names;
}

// Who names no category has the one that the words tell of.
void check_matter(const Filing& asked, const std::shared_ptr<const Policy>& policy, Reader& read, OpenTicket& open) {
    if (open.kind.empty()) return;
    const auto* kind = policy->kind(open.kind);
    if (!kind) {
        return read.wrong("kind", "没有“" + open.kind + "”这种性质，可以写：" + named(policy->kinds));
    }
    const auto choices = "可以写：" + named(kind->categories);
    if (open.category.empty() && !kind->categories.empty()) {
        open.category =
            asked.parts.desk->category_of(open.details.description, open.kind, policy, asked.parts.service->now());
        if (open.category.empty()) read.wrong("category", "从描述里看不出是哪一类，" + choices);
    } else if (!policy->category(open.kind, open.category)) {
        read.wrong("category", "没有“" + open.category + "”这个类别，" + choices);
    }
}

}  // namespace

NewTicket read_new_ticket(const Filing& asked, std::vector<Finding>& findings, bool& may) {
    NewTicket wish;
    const auto directory = asked.parts.directory->get();
    Reader read(asked.body, "", findings);
    auto& open = wish.open;
    open.kind = read.text("kind");
    open.category = read.text_or("category", "");
    const auto before = findings.size();
    const auto whole = read.text("description");
    const auto description = trimmed(whole);
    if (description.empty() && findings.size() == before) read.wrong("description", "请写清是什么事");
    if (characters_of(description) > most_characters) read.wrong("description", too_long(most_characters));
    read_place(asked, *directory, read, wish);
    const auto policy = pack_for(asked.parts, *directory, open.unit ? open.unit : asked.who.staff.unit);
    may = may_file(asked.who, *policy);
    read_customer(*policy, read, wish);
    const auto more_words = read_told(*policy, read, open, findings);
    read.finish();
    auto& details = open.details;
    details.description = without_numbers(std::string(description) + more_words);
    check_matter(asked, policy, read, open);
    details.summary =
        shortened(std::string(trimmed(details.description.substr(0, details.description.find('\n')))), 40);
    // Phones belong to the contact, which is sealed and masked; nowhere else do they stand.
    for (auto* words : {&details.building, &details.unit, &details.room, &details.label, &details.location,
                        &details.occurred_text, &details.people, &details.wish})
        *words = without_numbers(*words);
    details.contact_name = wish.name;
    details.contact_phone = wish.phone;
    return wish;
}

Result<Ticket> open_new_ticket(Transaction& tx, const ApiParts& parts, const SignedIn& who, const NewTicket& wish,
                               TimePoint now, TimePoint system_now) {
    Person person;
    person.id = parts.ids->make<PersonId>(to_ms(system_now));
    person.name = wish.name;
    person.phone = wish.phone;
    person.created_at = now;
    tx.add(person);
    auto open = wish.open;
    open.customer = person.id;
    open.by = staff(who.staff.id);
    return parts.engine->open(tx, open, now);
}

namespace {

http::Answer open(Asked& asked) {
    std::vector<Finding> findings;
    bool may = false;
    const auto wish = read_new_ticket({asked.parts, asked.who, asked.body}, findings, may);
    if (!may) return problem_answer(Problem{"access.forbidden", "您的岗位不登记工单，请交给受理的同事", {}});
    if (!findings.empty()) return findings_answer(findings);
    const auto system_now = asked.parts.system->now();
    const auto opened = in_unit<Ticket>(asked.parts, [&](Transaction& tx) -> Result<Ticket> {
        const auto first = first_time(tx, asked);
        if (!first) return first.problem();
        if (!*first) return visible_ticket(tx, asked, noted_outcome(tx, asked));
        auto ticket = open_new_ticket(tx, asked.parts, asked.who, wish, asked.now, system_now);
        if (ticket) note_outcome(tx, asked, ticket->number);
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

}  // namespace

void add_filing_routes(http::RouteTable& routes, const Shared& parts) {
    add(routes, parts, {"POST", "/api/v1/tickets", "Opens a ticket for a caller.", Body::json}, open);
}

}  // namespace huiyin::api
