// What phrases about a ticket may name.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "workflow/engine/language.h"
#include "workflow/engine/surroundings.h"
#include "workflow/engine/wording.h"
#include "workflow/phrases/writing.h"

namespace huiyin {
namespace {

constexpr std::size_t place_characters = 14, matter_characters = 14;
constexpr std::size_t english_characters = 36;  // of a matter: a Latin letter takes half the room and says less

std::string fact_words(const Fact& fact, std::string_view language) {
    if (const auto* text = std::get_if<std::string>(&fact)) return *text;
    if (const auto* whole = std::get_if<std::int64_t>(&fact)) return std::to_string(*whole);
    if (const auto* yes = std::get_if<bool>(&fact)) return !*yes ? std::string() : language == "en" ? "yes" : "是";
    if (const auto* broken = std::get_if<double>(&fact)) {
        auto text = std::to_string(*broken);
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.') text.pop_back();
        return text;
    }
    std::string all;
    if (const auto* list = std::get_if<std::vector<std::string>>(&fact))
        for (const auto& each : *list) all += (all.empty() ? "" : language == "en" ? ", " : "、") + each;
    return all;
}

// A pack's text may also name the ticket's facts; what nobody knows is empty.
class WithFacts final : public PhraseSource {
public:
    WithFacts(const PhraseSource& values, const Surroundings& around, const Ticket& ticket, std::string_view language)
        : values_(values), around_(around), ticket_(ticket), language_(language) {}
    const std::string* find(std::string_view name) const override {
        if (const auto* value = values_.find(name)) return value;
        if (!facts_) facts_ = facts_of(ticket_, *around_.policy, around_.context, ticket_.updated_at);
        const auto found = facts_->find(name);
        auto& words = words_[std::string(name)];
        words = found == facts_->end() ? std::string() : fact_words(found->second, language_);
        return &words;
    }

private:
    const PhraseSource& values_;
    const Surroundings& around_;
    const Ticket& ticket_;
    std::string_view language_;
    mutable std::optional<Facts> facts_;
    mutable PhraseValues words_;
};

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

// A value belongs to a group; the first that is named finds all of its group.
enum Group { names, matter, customer, owner, proposal, limits, rest };
struct Named {
    std::string_view name;
    Group group;
};
constexpr std::array<Named, 36> value_names{
    {{"number", names},        {"state", names},        {"state_about", names},  {"kind", names},
     {"category", names},      {"level", names},        {"reopen_days", names},  {"score", names},
     {"place", matter},        {"short_place", matter}, {"location", matter},    {"matter", matter},
     {"short_matter", matter}, {"wish", matter},        {"customer", customer},  {"phone", customer},
     {"owner", owner},         {"assignee", owner},     {"handler", owner},      {"unit", owner},
     {"owner_unit", owner},    {"unit_phone", owner},   {"proposal", proposal},  {"amount", proposal},
     {"finish_by", proposal},  {"round", proposal},     {"result_time", limits}, {"accept_time", limits},
     {"why", limits},          {"clause", limits},      {"limit", limits},       {"limit_title", limits},
     {"into", rest},           {"emergency", rest},     {"danger", rest},        {"text", rest}}};
constexpr std::array<std::string_view, 2> given_only{"reason", "until"};  // empty unless the command gave them

}  // namespace

std::string name_in(const EngineParts& parts, const std::shared_ptr<const Policy>& policy, const std::string& language,
                    const char* what, const std::string& key, const std::string& title) {
    if (language.empty() || language == house_language) return title;
    const auto own = parts.policies->phrases_of(policy, language);
    const auto name = std::string("customer.") + what + "." + key;
    return own && own->has(name) ? own->render(name) : title;
}

TicketValues::TicketValues(Reading& reading, const EngineParts& parts, const Ticket& ticket, const Surroundings& around,
                           TimePoint at, std::vector<Deadline> deadlines, std::optional<Details> details,
                           std::string language)
    : reading_(reading),
      parts_(parts),
      ticket_(ticket),
      around_(around),
      at_(at),
      deadlines_(std::move(deadlines)),
      details_(std::move(details)),
      language_(std::move(language)) {}

const Details& TicketValues::details() const {
    if (!details_) details_ = reading_.details(ticket_.details);
    return *details_;
}

const std::string* TicketValues::find(std::string_view name) const {
    static const std::string nothing;
    const auto* named =
        std::find_if(value_names.begin(), value_names.end(), [&](const Named& each) { return each.name == name; });
    if (named == value_names.end())
        return std::find(given_only.begin(), given_only.end(), name) == given_only.end() ? nullptr : &nothing;
    if (const auto bit = 1u << named->group; (found_ & bit) == 0) {
        found_ |= bit;
        using Put = void (TicketValues::*)() const;
        static constexpr std::array<Put, 7> puts{&TicketValues::put_names,    &TicketValues::put_matter,
                                                 &TicketValues::put_customer, &TicketValues::put_owner,
                                                 &TicketValues::put_proposal, &TicketValues::put_limits,
                                                 &TicketValues::put_rest};
        (this->*puts.at(named->group))();
    }
    return &values_.find(name)->second;
}

const std::string& TicketValues::operator[](std::string_view name) const {
    const auto* value = find(name);
    if (!value) throw std::logic_error("no value about a ticket is called " + std::string(name));
    return *value;
}

PhraseValues TicketValues::all() const {
    for (const auto& each : value_names) find(each.name);
    auto values = values_;
    for (const auto name : given_only) values.emplace(name, std::string());
    return values;
}

void TicketValues::put_names() const {
    const auto& policy = *around_.policy;
    const auto name = [&](const char* what, const std::string& key, const std::string& title) {
        return name_in(parts_, around_.policy, language_, what, key, title);
    };
    values_["number"] = ticket_.number;
    const auto* state = policy.state(ticket_.state);
    values_["state"] = state ? state->title : ticket_.state;
    values_["state_about"] = name("state", ticket_.state, state ? state->about : ticket_.state);
    const auto* kind = policy.kind(ticket_.kind);
    values_["kind"] = name("kind", ticket_.kind, kind ? kind->title : ticket_.kind);
    const auto* category = policy.category(ticket_.kind, ticket_.category);
    values_["category"] = name("category", ticket_.category, category ? category->title : ticket_.category);
    const auto* level = policy.level(ticket_.level);
    values_["level"] = name("level", ticket_.level, level ? level->title : ticket_.level);
    values_["reopen_days"] = std::to_string(policy.reopen_days);
    values_["score"] = ticket_.rating ? std::to_string(ticket_.rating->score) : std::string();
}

void TicketValues::put_matter() const {
    const auto& told = details();
    std::string place = told.label.empty() ? told.location : label_in(language_, told.label);
    if (place.empty()) place = parts_.phrases->render("staff.no_place");
    values_["short_place"] = cut_to(place, place_characters);
    values_["place"] = std::move(place);
    values_["location"] = told.location;
    const auto words = numbers_masked(told.summary.empty() ? told.description : told.summary);
    values_["matter"] = cut_to(words, 40);
    values_["short_matter"] = cut_to(words, language_ == "en" ? english_characters : matter_characters);
    values_["wish"] = numbers_masked(told.wish);
}

void TicketValues::put_customer() const {
    const auto& told = details();
    auto name = told.contact_name, phone = told.contact_phone;
    if (name.empty() || phone.empty())
        if (const auto person = reading_.person(ticket_.customer)) {
            if (name.empty()) name = person->name;
            if (phone.empty()) phone = person->phone;
        }
    if (ticket_.anonymous) name.clear(), phone.clear();
    values_["customer"] = name.empty() ? parts_.phrases->render("staff.customer") : name;
    values_["phone"] = phone_masked(phone);
}

void TicketValues::put_owner() const {
    const auto* assignee = around_.directory->staff(ticket_.assignee);
    const auto role = title_of_role(parts_, around_.policy, ticket_.owner_role, language_);
    values_["owner"] = role;
    values_["assignee"] = assignee ? assignee->name : std::string();
    values_["handler"] = assignee ? assignee->name : role;
    const auto* unit = around_.directory->unit(ticket_.unit);
    const auto* owner_unit = around_.directory->unit(ticket_.owner_unit);
    values_["unit"] = unit ? unit->name : std::string();
    values_["owner_unit"] = owner_unit ? owner_unit->name : std::string();
    values_["unit_phone"] = unit ? unit->duty_phone : std::string();
}

void TicketValues::put_proposal() const {
    const auto& made = ticket_.proposal;
    values_["proposal"] = made ? reading_.text(made->text) : std::string();
    values_["amount"] = made && made->amount_fen ? yuan_in(language_, *made->amount_fen) : std::string();
    values_["finish_by"] =
        made && made->finish_by ? moment_in(language_, *made->finish_by, at_, around_.zone()) : std::string();
    values_["round"] = made ? std::to_string(made->round) : std::string();
}

void TicketValues::put_limits() const {
    const auto& zone = around_.zone();
    const auto* result = result_deadline(deadlines_, *around_.policy);
    const auto* acceptance = acceptance_deadline(deadlines_, *around_.policy);
    const auto future = [&](const Deadline* deadline) {
        return deadline && *deadline->due_at > at_ ? moment_in(language_, *deadline->due_at, at_, zone) : std::string();
    };
    values_["result_time"] = future(result);
    values_["accept_time"] = future(acceptance);
    values_["why"] = result ? reason_in(language_, result->derivation, around_.calendar()) : std::string();
    values_["clause"] = result ? result->clause : std::string();
    values_["limit"] = values_["limit_title"] = std::string();
    const Deadline* next = nullptr;
    for (const auto& deadline : deadlines_)
        if (deadline.due_at && !deadline.stopped_at && *deadline.due_at > at_ &&
            (!next || *deadline.due_at < *next->due_at))
            next = &deadline;
    if (!next) return;
    values_["limit"] = moment_in_short(*next->due_at, at_, zone);
    values_["limit_title"] = title(*next);
}

std::string TicketValues::title(const Deadline& deadline) const {
    return name_in(parts_, around_.policy, language_, "deadline", deadline.name, deadline.title);
}

void TicketValues::put_rest() const {
    const auto& phrases = *parts_.phrases;
    values_["text"] = values_["into"] = std::string();
    if (ticket_.merged_into)
        if (const auto other = reading_.ticket(ticket_.merged_into)) values_["into"] = other->number;
    const auto danger = "staff.danger." + ticket_.emergency;
    values_["emergency"] = ticket_.flags.count("emergency") ? ticket_.number : std::string();
    values_["danger"] = phrases.has(danger) ? phrases.render(danger) : phrases.render("staff.danger");
}

GivenTo::GivenTo(const TicketValues& values, const Facts& given) : values_(values) {
    for (const auto& [name, fact] : given) more_[name] = fact_words(fact, values.language());
    own_["text"] = given_text(given, "text");
    own_["reason"] = given_text(given, "reason");
    const auto& zone = values.around().zone();
    if (const auto until = given_time(given, "until"))
        own_["until"] = moment_in(values.language(), *until, values.at(), zone);
    if (const auto due = given_time(given, "due_at")) own_["limit"] = moment_in_short(*due, values.at(), zone);
    if (const auto name = given_text(given, "deadline"); !name.empty())
        for (const auto& deadline : values.deadlines())
            if (deadline.name == name) own_["limit_title"] = values.title(deadline);
}

const std::string* GivenTo::find(std::string_view name) const {
    if (const auto own = own_.find(name); own != own_.end()) return &own->second;
    if (const auto* value = values_.find(name)) return value;
    const auto more = more_.find(name);
    return more == more_.end() ? nullptr : &more->second;
}

namespace {

// The pack's texts that have this key: in that language, else in the house's; null: it has none.
std::shared_ptr<const Phrases> own_texts(const EngineParts& parts, const std::shared_ptr<const Policy>& policy,
                                         const std::string& key, const std::string& language) {
    const auto& house = parts.phrases->locale();
    if (!language.empty() && language != house)
        if (auto own = parts.policies->phrases_of(policy, language); own && own->has(key)) return own;
    auto own = parts.policies->phrases_of(policy, house);
    return own && own->has(key) ? own : nullptr;
}

}  // namespace

std::string title_of_role(const EngineParts& parts, const std::shared_ptr<const Policy>& policy,
                          const std::string& role, const std::string& language) {
    const auto key = "staff.role." + role;
    if (const auto own = own_texts(parts, policy, key, language)) return own->render(key);
    const auto& house = parts.phrases->in(language);
    return house.has(key) ? house.render(key) : role;
}

std::string pack_words(const EngineParts& parts, const std::shared_ptr<const Policy>& policy, const std::string& key,
                       const PhraseValues& values) {
    const auto own = parts.policies->phrases_of(policy, parts.phrases->locale());
    if (!own || !own->has(key)) return parts.phrases->render(key, values);
    auto all = values;
    for (const auto& name : own->variables(key)) all.try_emplace(name);
    return own->render(key, all);
}

std::string phrase_words(const EngineParts& parts, const Surroundings& around, const Ticket& ticket,
                         const std::string& key, const PhraseSource& values, const std::string& language) {
    const auto own = own_texts(parts, around.policy, key, language);
    if (!own) return parts.phrases->in(language).render(key, values);
    return in_writing_of(language, own->render(key, WithFacts(values, around, ticket, language)));
}

}  // namespace huiyin
