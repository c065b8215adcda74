#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/scenarios/player.h"
#include "tests/scenarios/speech.h"
#include "tests/scenarios/standard_house.h"

namespace huiyin::test {
namespace {

// A first word, taken off the rest.
std::string take_word(std::string& text) {
    const auto space = text.find(' ');
    auto word = text.substr(0, space);
    text = space == std::string::npos ? std::string() : trimmed(text.substr(space));
    return word;
}

template <class T>
std::optional<T> taken(Json& fields, const char* name) {
    const auto found = fields.find(name);
    if (found == fields.end()) return std::nullopt;
    auto value = found->get<T>();
    fields.erase(name);
    return value;
}

std::optional<std::int64_t> taken_fen(Json& fields, const char* name) {
    const auto yuan = taken<double>(fields, name);
    return yuan ? std::optional(static_cast<std::int64_t>(*yuan * 100 + 0.5)) : std::nullopt;
}

std::optional<TimePoint> taken_time(Json& fields, const char* name) {
    const auto text = taken<std::string>(fields, name);
    if (!text) return std::nullopt;
    const auto at = parse_rfc3339(*text);
    if (!at) throw std::runtime_error(at.problem().text);
    return *at;
}

std::set<std::string> taken_set(Json& fields, const char* name) {
    const auto list = taken<std::vector<std::string>>(fields, name).value_or(std::vector<std::string>{});
    return {list.begin(), list.end()};
}

Facts facts_in(const Json& fields, const Policy& policy) {
    std::vector<Finding> findings;
    auto facts = read_facts(fields, policy.facts, "", findings);
    if (!findings.empty()) throw std::runtime_error(findings.front().pointer + ": " + findings.front().text);
    return facts;
}

}  // namespace

Stage::Stage(const std::shared_ptr<const Policy>& pack, const std::string& start)
    : house(pack, standard_directory(*pack), start) {
    house.in_unit_of_work([&](Transaction& tx) { house.engine->plan_duties(tx, house.now()); });
}

bool Stage::is_staff(const std::string& login) const {
    return house.directory->get()->staff_by_login(login) != nullptr;
}

House::Resident Stage::resident_called(const std::string& name) {
    auto& who = residents_[name];
    if (!who.person) {
        const auto number = std::to_string(residents_.size());
        who = house.resident_named(name, "138" + std::string(8 - number.size(), '0') + number);
    }
    return who;
}

const House::Case& Stage::current() const {
    if (cases_.empty()) throw std::runtime_error("there is no ticket yet: somebody has to file one first");
    return cases_[current_];
}

std::string Stage::filled_in(std::string text) {
    const auto put = [&](const std::string& name, const House::Case& of) {
        for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at))
            text.replace(at, name.size(), house.ticket(of).number);
    };
    if (!cases_.empty()) put("{ticket}", current());
    for (const auto& [label, index] : labels_) put("{" + label + "}", cases_[index]);
    return text;
}

void Stage::begins_step() {
    refused.reset();
    outbox_before_ = house.ids.next(to_ms(house.system.now()));
    house.store->read([&](Reading& reading) {
        for (const auto& [name, who] : residents_)
            if (const auto talk = reading.conversation(who.conversation)) messages_before_[name] = talk->last_message;
    });
}

std::vector<std::string> Stage::heard(const std::string& who) {
    std::vector<std::string> texts;
    if (const auto resident = residents_.find(who); resident != residents_.end()) {
        for (const auto& message : house.talk(resident->second.conversation)) {
            if (message.id <= messages_before_[who] || message.from == Speaker::resident) continue;
            texts.push_back(message.said.text);
            for (const auto& choice : message.said.choices) texts.back() += "[" + choice.title + "]";
        }
        return texts;
    }
    const auto directory = house.directory->get();
    bool known = false;
    for (const auto& staff : directory->staff()) {
        const auto& roles = staff.roles;
        if (staff.login != who && std::find(roles.begin(), roles.end(), who) == roles.end()) continue;
        known = true;
        const auto take = [&](const std::vector<OutboxItem>& rows) {
            for (const auto& row : rows)
                if (row.id.value > outbox_before_ && row.staff == staff.id && row.kind != "card_update")
                    texts.push_back(row.said.text);
        };
        for (const auto& of : cases_) take(house.outbox(of));
        take(house.outbox_of_no_ticket());  // duties that come round
    }
    if (!known) throw std::runtime_error("nobody is called " + who + ": name a role of the pack or who has filed");
    return texts;
}

void Stage::turns_to(const std::string& label) {
    const auto found = labels_.find(label);
    if (found == labels_.end()) throw std::runtime_error("no ticket " + label + ": file it with \"as " + label + "\"");
    current_ = found->second;
    events_seen = 0;
}

void Stage::moves_to(const std::string& clock) {
    begins_step();
    const auto when = house.local(clock);
    if (when < house.now()) throw std::runtime_error("time does not run back: it is " + house.shown(house.now()));
    house.moves_to(when);
}

void Stage::passes(const std::string& text) {
    begins_step();
    const auto span = parse_span(text);
    if (!span) throw std::runtime_error(span.problem().text);
    house.moves_to(house.policy->calendar.add(house.now(), *span, FirstDay::not_counted).due);
}

OpenTicket Stage::wish_of(const std::string& text, std::string& label) const {
    auto rest = text;
    const auto what = take_word(rest);
    if (begins(rest, "as ")) {
        take_word(rest);
        label = take_word(rest);
    }
    const auto& policy = *house.policy;
    auto fields = read_fields(rest, filing_fields(policy), policy.calendar.zone());
    OpenTicket wish;
    const auto slash = what.find('/');
    wish.kind = what.substr(0, slash);
    if (slash != std::string::npos) wish.category = what.substr(slash + 1);
    wish.details.summary = taken<std::string>(fields, "summary").value_or("楼道灯坏了三天没人修");
    wish.details.description = wish.details.summary;
    wish.amount_fen = taken_fen(fields, "amount_yuan");
    wish.purchase_fen = taken_fen(fields, "purchase_yuan");
    wish.occurred_at = taken_time(fields, "occurred_at");
    wish.flags = taken_set(fields, "flags");
    wish.emergency = taken<std::string>(fields, "emergency").value_or("");
    wish.anonymous = taken<bool>(fields, "anonymous").value_or(false);
    if (const auto earlier = taken<std::string>(fields, "repeat_of")) {
        const auto found = labels_.find(*earlier);
        if (found == labels_.end()) throw std::runtime_error("repeat_of=" + *earlier + ": no such ticket");
        wish.repeat_of = cases_[found->second].id;
    }
    wish.details.room = taken<std::string>(fields, "room").value_or("501");
    wish.details.wish = taken<std::string>(fields, "wish").value_or("");
    wish.details.contact_name = taken<std::string>(fields, "name").value_or("");
    wish.details.contact_phone = taken<std::string>(fields, "phone").value_or("");
    wish.more = facts_in(fields, policy);
    return wish;
}

void Stage::opens(const std::string& who, const std::string& text, bool by_staff) {
    auto rest = text;
    std::string name = who;
    if (by_staff) {
        if (take_word(rest) != "for") throw std::runtime_error("write \"opens for 赵先生 complaint/housing …\"");
        name = take_word(rest);
    }
    if (by_staff && !is_resident(name)) residents_[name] = house.resident_named(name, "13900001111", false);
    const auto resident = resident_called(name);
    begins_step();
    std::string label;
    auto wish = wish_of(rest, label);
    house.dress(wish, resident, "home", "3", "2", wish.details.room);
    wish.by = by_staff ? staff(house.staff(who)) : huiyin::resident(resident.person);
    const auto opened = house.opens(wish);
    took(opened);
    if (!opened) return;
    cases_.push_back(*opened);
    current_ = cases_.size() - 1;
    events_seen = 0;
    if (!label.empty()) labels_[label] = current_;
}

Party Stage::party_called(const std::string& who) {
    return is_staff(who) ? staff(house.staff(who)) : huiyin::resident(resident_called(who).person);
}

void Stage::amends(const Party& by, const std::string& words) {
    const auto& policy = *house.policy;
    auto fields = read_fields(words, filing_fields(policy), policy.calendar.zone());
    Amendment amendment;
    amendment.amount_fen = taken_fen(fields, "amount_yuan");
    amendment.purchase_fen = taken_fen(fields, "purchase_yuan");
    amendment.occurred_at = taken_time(fields, "occurred_at");
    amendment.emergency = taken<std::string>(fields, "emergency").value_or("");
    amendment.kind = taken<std::string>(fields, "kind").value_or("");
    amendment.category = taken<std::string>(fields, "category").value_or("");
    amendment.add_flags = taken_set(fields, "flags");
    amendment.drop_flags = taken_set(fields, "drop_flags");
    if (!fields.empty()) throw std::runtime_error("cannot be amended: " + fields.begin().key());
    house.in_unit_of_work(
        [&](Transaction& tx) { took(house.engine->amend(tx, current().id, amendment, by, house.now())); });
}

void Stage::confirms(const Party& by, const std::string& words) {
    const auto list = huiyin::test::words(words);
    const auto directory = house.directory->get();
    const auto* unit = list.size() == 3 ? directory->unit_by_key(list[2]) : nullptr;
    if (!unit) throw std::runtime_error("write \"confirms monthly 2026-03 centre\"");
    SentReport which;
    which.policy = house.policy->id;
    which.report = list[0];
    which.period = list[1];
    which.unit = unit->id;
    house.in_unit_of_work(
        [&](Transaction& tx) { took(house.reports->confirm(tx, id_of(which), StaffId{by.id}, house.now())); });
}

void Stage::does(const std::string& who, const std::string& text) {
    auto rest = filled_in(text);
    if (begins(rest, "[") && rest.back() == ']') {
        begins_step();
        return took(house.taps(current(), rest.substr(1, rest.size() - 2)));
    }
    const auto verb = take_word(rest);
    if (verb == "files" || verb == "opens") return opens(who, rest, verb == "opens");
    const auto by = party_called(who);
    begins_step();
    if (verb == "confirms") return confirms(by, rest);
    if (verb == "joins") {
        const auto joining = resident_called(who);
        return house.in_unit_of_work([&](Transaction& tx) {
            took(house.engine->join(tx, current().id, joining.person, joining.conversation, house.now()));
        });
    }
    if (verb == "adds")
        return house.in_unit_of_work(
            [&](Transaction& tx) { took(house.engine->add_evidence(tx, current().id, rest, {}, by, house.now())); });
    if (verb == "amends") return amends(by, rest);
    if (!find_command(verb))
        throw std::runtime_error("no command \"" + verb +
                                 "\": write one of the interface, or files, opens, joins, adds, amends");
    const auto& policy = *house.policy;
    const auto more = added_fields(policy, verb);
    auto fields = read_fields(rest, all_fields(policy, verb), policy.calendar.zone());
    if (is_staff(who)) return took(house.staff_does(who, current(), verb, fields, more));
    fields["command"] = verb;
    std::vector<Finding> findings;
    const auto command = read_command(fields, findings, more);
    if (!findings.empty()) return void(refused = Problem{"ticket.bad_field", findings[0].text, findings[0].pointer});
    auto of = current();
    of.person = PersonId{by.id};
    took(house.resident_does(of, verb, command.fields));
}

}  // namespace huiyin::test
