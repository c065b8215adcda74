// What phrases about a ticket may name.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/engine/surroundings.h"
#include "workflow/engine/wording.h"

namespace huiyin {
namespace {

constexpr std::size_t place_characters = 14, matter_characters = 14;

std::string role_title(const Phrases& phrases, const std::string& role) {
    const auto key = "staff.role." + role;
    return phrases.has(key) ? phrases.render(key) : role;
}

std::string given_text(const Facts& given, const char* name) {
    const auto found = given.find(name);
    const auto* text = found == given.end() ? nullptr : std::get_if<std::string>(&found->second);
    return text ? *text : std::string();
}

std::optional<TimePoint> given_time(const Facts& given, const char* name) {
    const auto found = given.find(name);
    const auto* ms = found == given.end() ? nullptr : std::get_if<std::int64_t>(&found->second);
    return ms ? std::optional(from_ms(*ms)) : std::nullopt;
}

void put_place(PhraseValues& values, const Details& details, const Phrases& phrases) {
    std::string place = details.label.empty() ? details.location : details.label;
    if (place.empty()) place = phrases.render("staff.no_place");
    values["place"] = place;
    values["short_place"] = cut_to(place, place_characters);
    values["location"] = details.location;
    const auto matter = details.summary.empty() ? details.description : details.summary;
    values["matter"] = cut_to(numbers_masked(matter), 40);
    values["short_matter"] = cut_to(numbers_masked(matter), matter_characters);
    values["wish"] = numbers_masked(details.wish);
}

void put_customer(PhraseValues& values, const Ticket& ticket, const Details& details,
                  const std::optional<Person>& person, const Phrases& phrases) {
    auto name = details.contact_name.empty() && person ? person->name : details.contact_name;
    auto phone = details.contact_phone.empty() && person ? person->phone : details.contact_phone;
    if (ticket.anonymous) name.clear(), phone.clear();
    values["customer"] = name.empty() ? phrases.render("staff.customer") : name;
    values["phone"] = phone_masked(phone);
}

void put_owner(PhraseValues& values, const Ticket& ticket, const Surroundings& around, const Phrases& phrases) {
    const auto* assignee = around.directory->staff(ticket.assignee);
    const auto owner = role_title(phrases, ticket.owner_role);
    values["owner"] = owner;
    values["assignee"] = assignee ? assignee->name : std::string();
    values["handler"] = assignee ? assignee->name : owner;
    const auto* unit = around.directory->unit(ticket.unit);
    const auto* owner_unit = around.directory->unit(ticket.owner_unit);
    values["unit"] = unit ? unit->name : std::string();
    values["owner_unit"] = owner_unit ? owner_unit->name : std::string();
    values["unit_phone"] = unit ? unit->duty_phone : std::string();
}

void put_proposal(PhraseValues& values, Reading& reading, const Ticket& ticket, TimePoint now, const Zone& zone) {
    const auto& proposal = ticket.proposal;
    values["proposal"] = proposal ? reading.text(proposal->text) : std::string();
    values["amount"] = proposal && proposal->amount_fen ? yuan_in_words(*proposal->amount_fen) : std::string();
    values["finish_by"] = proposal && proposal->finish_by ? moment_in_words(*proposal->finish_by, now, zone) : "";
    values["round"] = proposal ? std::to_string(proposal->round) : std::string();
}

void put_limits(PhraseValues& values, const std::vector<Deadline>& deadlines, const Surroundings& around,
                TimePoint now) {
    const auto& zone = around.zone();
    const auto* result = result_deadline(deadlines, *around.policy);
    const auto* acceptance = acceptance_deadline(deadlines, *around.policy);
    const auto future = [&](const Deadline* deadline) {
        return deadline && *deadline->due_at > now ? moment_in_words(*deadline->due_at, now, zone) : std::string();
    };
    values["result_time"] = future(result);
    values["accept_time"] = future(acceptance);
    values["why"] = result ? to_chinese(result->derivation, around.calendar()) : std::string();
    values["clause"] = result ? result->clause : std::string();
    values["limit"] = values["limit_title"] = std::string();
    const Deadline* next = nullptr;
    for (const auto& deadline : deadlines)
        if (deadline.due_at && !deadline.stopped_at && *deadline.due_at > now &&
            (!next || *deadline.due_at < *next->due_at))
            next = &deadline;
    if (!next) return;
    values["limit"] = moment_in_short(*next->due_at, now, zone);
    values["limit_title"] = next->title;
}

}  // namespace

Known known_about(Reading& reading, const EngineParts& parts, const Ticket& ticket, const Surroundings& around,
                  TimePoint now) {
    const auto& phrases = *parts.phrases;
    const auto& policy = *around.policy;
    const auto details = details_from_text(reading.text(ticket.details));
    Known known{now, {}, deadlines_of(ticket, policy, around.context, now)};
    auto& values = known.values;
    values["number"] = ticket.number;
    const auto* state = policy.state(ticket.state);
    values["state"] = state ? state->title : ticket.state;
    values["state_about"] = state ? state->about : ticket.state;
    const auto* kind = policy.kind(ticket.kind);
    values["kind"] = kind ? kind->title : ticket.kind;
    const auto* category = policy.category(ticket.kind, ticket.category);
    values["category"] = category ? category->title : ticket.category;
    const auto* level = policy.level(ticket.level);
    values["level"] = level ? level->title : ticket.level;
    values["reopen_days"] = std::to_string(policy.reopen_days);
    put_place(values, details, phrases);
    put_customer(values, ticket, details, reading.person(ticket.customer), phrases);
    put_owner(values, ticket, around, phrases);
    put_proposal(values, reading, ticket, now, around.zone());
    put_limits(values, known.deadlines, around, now);
    values["text"] = values["reason"] = values["until"] = std::string();
    values["score"] = ticket.rating ? std::to_string(ticket.rating->score) : std::string();
    values["into"] = {};
    if (ticket.merged_into)
        if (const auto other = reading.ticket(ticket.merged_into)) values["into"] = other->number;
    const auto danger = "staff.danger." + ticket.emergency;
    values["emergency"] = ticket.flags.count("emergency") ? values["number"] : std::string();
    values["danger"] = phrases.has(danger) ? phrases.render(danger) : phrases.render("staff.danger");
    return known;
}

namespace {

std::string fact_words(const Fact& fact) {
    if (const auto* text = std::get_if<std::string>(&fact)) return *text;
    if (const auto* whole = std::get_if<std::int64_t>(&fact)) return std::to_string(*whole);
    if (const auto* yes = std::get_if<bool>(&fact)) return *yes ? "是" : std::string();
    if (const auto* broken = std::get_if<double>(&fact)) {
        auto text = std::to_string(*broken);
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.') text.pop_back();
        return text;
    }
    std::string all;
    if (const auto* list = std::get_if<std::vector<std::string>>(&fact))
        for (const auto& each : *list) all += (all.empty() ? "" : "、") + each;
    return all;
}

}  // namespace

std::string pack_words(const EngineParts& parts, const std::shared_ptr<const Policy>& policy, const std::string& key,
                       const PhraseValues& values) {
    const auto own = parts.policies->phrases_of(policy, parts.phrases->locale());
    if (!own || !own->has(key)) return parts.phrases->render(key, values);
    auto all = values;
    for (const auto& name : own->variables(key)) all.try_emplace(name);
    return own->render(key, all);
}

std::string phrase_words(const EngineParts& parts, const Surroundings& around, const Ticket& ticket,
                         const std::string& key, const PhraseValues& values) {
    const auto own = parts.policies->phrases_of(around.policy, parts.phrases->locale());
    if (!own || !own->has(key)) return parts.phrases->render(key, values);
    auto all = values;
    std::optional<Facts> facts;
    for (const auto& name : own->variables(key)) {
        if (all.count(name)) continue;
        if (!facts) facts = facts_of(ticket, *around.policy, around.context, ticket.updated_at);
        const auto found = facts->find(name);
        all[name] = found == facts->end() ? std::string() : fact_words(found->second);
    }
    return own->render(key, all);
}

PhraseValues with_given(const Known& known, const Surroundings& around, const Facts& given) {
    auto values = known.values;
    for (const auto& [name, fact] : given)
        if (!values.count(name)) values[name] = fact_words(fact);
    values["text"] = given_text(given, "text");
    values["reason"] = given_text(given, "reason");
    if (const auto until = given_time(given, "until"))
        values["until"] = moment_in_words(*until, known.at, around.zone());
    if (const auto due = given_time(given, "due_at")) values["limit"] = moment_in_short(*due, known.at, around.zone());
    const auto name = given_text(given, "deadline");
    for (const auto& deadline : known.deadlines)
        if (deadline.name == name) values["limit_title"] = deadline.title;
    return values;
}

}  // namespace huiyin
