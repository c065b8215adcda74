#include "tests/walk/walker.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/policy/same_text.h"
#include "workflow/ticket/chain.h"
#include "workflow/ticket/evolve.h"

namespace huiyin::test {
namespace {

// How often a move is tried among those of its state: what leads on more than what stays, what ends it seldom, or no
// walk would come far.
std::int64_t weight_of(const Move& move, const Ticket& ticket) {
    static const std::vector<std::string> ends{"withdraw", "merge", "terminate", "reject"};
    static const std::vector<std::string> asides{"note", "reply", "urge"};
    if (contains(ends, move.command)) return 1;
    if (contains(asides, move.command)) return 2;
    return move.to.empty() || move.to == ticket.state ? 6 : 16;
}

// What is done in every other walk anyway, and mostly leads nowhere.
bool is_easy(const std::string& command) {
    static const std::vector<std::string> easy{"note", "reply", "urge", "withdraw", "merge"};
    return contains(easy, command);
}

}  // namespace

Walker::Walker(const WalkGround& ground, WalkMap& map, std::uint64_t seed)
    : ground_(ground),
      policy_(ground.policy()),
      map_(map),
      seed_(seed),
      random_(seed),
      now_(from_ms(1772413200000 + random_.below(360LL * 24 * 60) * 60'000)) {  // some minute of a year from March 2026
    std::int64_t unit = 2;
    for (const auto& role : ground.roles())
        if (!random_.chance(2)) context_.unit_of[role] = UnitId{++unit};
    context_.nobody_unit = UnitId{1};
    for (int i = random_.chance(50) ? 4 : 0; i > 0; --i)
        if (auto goal = one_of(ground.commands()); !is_easy(goal)) goals_.push_back(std::move(goal));
    if (is_goal("resume") && ground.is_given("pause")) goals_.emplace_back("pause");  // or there is nothing to resume
}

void Walker::fault(const std::string& text) {
    faults.push_back(policy_.id + " seed " + std::to_string(seed_) + ": " + text + "\n   " + told_);
}

std::string Walker::one_of(const std::vector<std::string>& list) {
    if (list.empty()) return {};
    return list[static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(list.size())))];
}

void Walker::walk(int steps) {
    ++map_.walks;
    opens();
    // What has ended is asked for this and that for a while, and then let be.
    for (int i = 0, after_end = 0; i < steps && after_end < 8 && faults.empty() && ticket_.version > 0; ++i) {
        step();
        after_end = is_end(ticket_.phase) ? after_end + 1 : 0;
    }
    if (ticket_.version == 0 || !faults.empty()) return;
    look_whether_it_goes_on();
    look_at_replay();
}

bool Walker::is_goal(const std::string& command) const { return contains(goals_, command); }

// Mostly a matter that is taken as it is: of others only few get past the door.
void Walker::opens() {
    const bool any = policy_.admission.tests.empty() || random_.chance(30);
    auto filed = any ? something_to_file() : something_taken(!goals_.empty() && random_.chance(50));
    const auto by = context_.has_chat ? resident(filed.customer) : staff(StaffId{21});
    auto opened = decide_open(filed, by, policy_, context_, now_);
    if (!opened) return refused(opened.problem());
    take(std::move(*opened), "open");
}

// How many of the tests at the door a matter has behind it; all of them when it is taken.
std::size_t Walker::door_passed(const Ticket& filed) const {
    const auto& tests = policy_.admission.tests;
    const auto judged = judge_admission(policy_, facts_of(filed, policy_, context_, now_));
    if (judged.answer == "accept" || !judged.test) return tests.size();
    return static_cast<std::size_t>(judged.test - tests.data());
}

// Something that passes the door, or on which the command that this walk is after may be given at once: told again and
// again, one thing otherwise each time, as long as it comes further.
Ticket Walker::something_taken(bool towards_goal) {
    const auto fits_goal = [&](const Ticket& filed) {
        const auto facts = facts_of(filed, policy_, context_, now_);
        const auto& moves = ground_.moves(opening_for(policy_, facts).to);
        return std::any_of(moves.begin(), moves.end(), [&](const Move* move) {
            return move->when && is_goal(move->command) && holds(move->when, facts);
        });
    };
    auto best = something_to_file();
    auto passed = door_passed(best);
    for (int attempt = 0; attempt < 60; ++attempt) {
        if (towards_goal ? fits_goal(best) : passed == policy_.admission.tests.size()) return best;
        auto other = something_to_file();
        if (attempt % 8 != 0) {
            auto mixed = best;
            for (const auto& [name, fact] : other.facts)
                if (random_.chance(20)) mixed.facts[name] = fact;
            if (random_.chance(20)) mixed.occurred_at = other.occurred_at;
            other = std::move(mixed);
        }
        const auto other_passed = door_passed(other);
        if (other_passed < passed) continue;
        passed = other_passed;
        best = std::move(other);
    }
    return best;
}

Ticket Walker::something_to_file() {
    Ticket filed;
    filed.id = TicketId{1};
    filed.number = "W" + std::to_string(seed_);
    const auto& kind =
        policy_.kinds[static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(policy_.kinds.size())))];
    filed.kind = kind.key;
    if (!kind.categories.empty() && !random_.chance(5)) {
        const auto count = static_cast<std::int64_t>(kind.categories.size());
        filed.category = kind.categories[static_cast<std::size_t>(random_.below(count))].key;
    }
    filed.unit = UnitId{1};
    filed.customer = PersonId{8};
    filed.details = TextId{9};
    context_.has_chat = !random_.chance(20);
    if (context_.has_chat) filed.conversation = ConversationId{10};
    filed.anonymous = random_.chance(8);
    if (random_.chance(30)) filed.amount_fen = ground_.telling_number(random_) * 100 - (random_.chance(30) ? 1 : 0);
    if (random_.chance(15)) filed.purchase_fen = ground_.telling_number(random_) * 100;
    if (random_.chance(30)) filed.occurred_at = now_ - std::chrono::days{random_.below(900)};
    for (const auto& flag : common_flags())
        if (random_.chance(4)) filed.flags.insert(flag);
    if (filed.flags.count("emergency")) filed.emergency = "lift";
    for (const auto& fact : policy_.facts) {
        const bool own = std::none_of(common_facts().begin(), common_facts().end(),
                                      [&](const FactInfo& common) { return common.name == fact.name; });
        if (!own || random_.chance(50)) continue;
        if (fact.type == FactType::yes_no) filed.facts[fact.name] = random_.chance(50);
        if (fact.type == FactType::integer || fact.type == FactType::number)
            filed.facts[fact.name] = ground_.telling_number(random_);
        if (fact.type == FactType::time)
            filed.facts[fact.name] = to_ms(now_ - std::chrono::hours{random_.below(60LL * 24)});
        if (fact.type == FactType::text) {
            auto word = fact.choices.empty() ? ground_.telling_word(fact.name, random_) : one_of(fact.choices);
            if (!word.empty()) filed.facts[fact.name] = std::move(word);
        }
    }
    if (!policy_.sources.empty() && random_.chance(80)) {
        const auto count = static_cast<std::int64_t>(policy_.sources.size());
        filed.facts["source"] = policy_.sources[static_cast<std::size_t>(random_.below(count))].key;
    }
    tells(filed);
    return filed;
}

// What the person is asked anyway, and what this pack asks besides; now and then something stays untold.
void Walker::tells(Ticket& filed) {
    std::vector<std::string> told;
    for (const auto& slot : told_slots())
        if (random_.chance(95)) told.push_back(slot);
    for (const auto& slot : policy_.slots) {
        if (random_.chance(8)) continue;
        const bool words = slot.type.empty() || slot.type == "text" || slot.type == "evidence";
        if (words) {
            if (std::find(told.begin(), told.end(), slot.key) == told.end()) told.push_back(slot.key);
        } else if (filed.facts.find(slot.key) == filed.facts.end()) {
            const auto value = value_for(slot.key, slot.type, slot.choices);
            if (value.is_boolean()) filed.facts[slot.key] = value.get<bool>();
            if (value.is_number_integer()) filed.facts[slot.key] = value.get<std::int64_t>();
            if (value.is_string()) filed.facts[slot.key] = value.get<std::string>();
        }
    }
    filed.facts["told"] = std::move(told);
}

void Walker::step() {
    ++map_.steps;
    now_ += std::chrono::minutes{random_.chance(35) ? random_.below(6LL * 24 * 60) : random_.below(90)};
    if (random_.chance(2)) context_.has_chat = !context_.has_chat;
    if (random_.chance(60)) time_passes();
    if (!faults.empty()) return;
    random_.chance(4) ? amends() : asks();
}

void Walker::time_passes() {
    auto due = decide_due(ticket_, policy_, context_, now_);
    const bool was_over = is_end(ticket_.phase);
    if (was_over && !is_end(due.ticket.phase) && !due.events.empty())
        fault("time alone brought back a ticket that had ended: " + due.ticket.state);
    take(std::move(due), "time");
    if (!decide_due(ticket_, policy_, context_, now_).events.empty()) fault("time did the same thing twice");
}

void Walker::amends() {
    Json data = Json::object();
    if (random_.chance(50)) data["amount_fen"] = ground_.telling_number(random_) * 100;
    if (random_.chance(30)) data["add_flags"] = {one_of(common_flags())};
    take(decide_record(ticket_, "details.amended", data, resident(ticket_.customer), policy_, context_, now_), "amend");
}

// A command that this walk is after, where it is open: tried with other fields and by others until it is granted.
bool Walker::goes_for_a_goal() {
    for (const auto* move : ground_.moves(ticket_.state)) {
        const auto* to = policy_.state(move->to);
        if (!is_goal(move->command) || random_.chance(to && is_end(to->phase) ? 85 : 30)) continue;
        for (int attempt = 0; attempt < 12; ++attempt) {
            auto command = command_for(*move);
            auto decision = decide(ticket_, command, policy_, context_, now_);
            if (!decision) continue;
            ++map_.done[command.name];
            take(std::move(*decision), command.name);
            std::erase(goals_, command.name);  // once is enough: on to the next one
            return true;
        }
    }
    return false;
}

void Walker::asks() {
    if (goes_for_a_goal()) return;
    const auto command = random_command();
    auto decision = decide(ticket_, command, policy_, context_, now_);
    if (!decision) return refused(decision.problem());
    ++map_.done[command.name];
    take(std::move(*decision), command.name);
}

void Walker::refused(const Problem& problem) {
    ++map_.refused[problem.code];
    static const std::vector<std::string> known{"ticket.not_allowed", "ticket.wrong_role", "ticket.bad_field",
                                                "ticket.own_ticket", "ticket.not_admitted"};
    if (!contains(known, problem.code)) fault("refused with an unknown code: " + problem.code);
    if (problem.text.empty()) fault("refused without a word: " + problem.code);
    if (!problem.clause.empty() && !policy_.clause(problem.clause))
        fault("refused with no clause of the pack: " + problem.clause);
}

void Walker::take(Decision decision, const std::string& what) {
    if (decision.events.empty()) return;
    const auto before = ticket_;
    told_ += " " + what;
    look_at_decision(decision, before, what);
    for (auto& event : decision.events) {
        event.id = EventId{static_cast<std::int64_t>(events_.size()) + 1};
        context_.history.push_back(history_of(event));
        ticket_ = evolve(std::move(ticket_), event);
        map_.events.insert(event.type);
        if (event.by.kind == PartyKind::policy && event.data.contains("from")) ++map_.by_policy[event.type];
        events_.push_back(event);
    }
    ticket_.id = TicketId{1};
    auto kept = decision.ticket;
    kept.id = ticket_.id;
    kept.deadlines = ticket_.deadlines;
    if (!(kept == ticket_)) fault("the ticket of the decision is not what its events make");
    if (before.version > 0 && before.state != ticket_.state) map_.ways[before.state].insert(ticket_.state);
    if (is_end(ticket_.phase))
        ++map_.ends[ticket_.state];
    else
        map_.ways[ticket_.state], ++map_.visits[ticket_.state];
    ticket_.deadlines = projected(deadlines_of(ticket_, policy_, context_, now_));
    now_ = std::max(now_, ticket_.updated_at);
    look_at_ticket();
    look_at_deadlines();
}

// --- who asks what --------------------------------------------------------------------------------------------------

void Walker::act_as(Command& command, const std::string& role) {
    if (role == "customer") {
        command.by = resident(ticket_.customer);
        command.roles = {"customer"};
        return;
    }
    command.by = staff(StaffId{20 + random_.below(5)});
    command.roles = {role, "staff"};
    if (role == ticket_.owner_role) command.roles.emplace_back("owner");
    if (ticket_.assignee == StaffId{command.by.id} || random_.chance(20)) command.roles.emplace_back("assignee");
    if (random_.chance(85)) command.means = random_.chance(50) ? "phone" : "visit";
}

Command Walker::command_for(const Move& move) {
    Command command;
    command.name = move.command;
    auto role = one_of(move.roles);
    if (role == "owner" || role == "assignee") role = ticket_.owner_role;
    if (role == "staff" || role == "policy" || role.empty()) role = one_of(ground_.roles());
    act_as(command, role);
    command.fields = fields_for(move.command, move.fields);
    if (!move.step.empty()) command.fields["step"] = move.step;
    return command;
}

// A duty that is open, answered by whoever it was given to, on the form that the pack hands him.
std::optional<Command> Walker::answers_a_step() {
    std::vector<const Step*> open;
    for (const auto& step : ticket_.steps)
        if (step.state == "open") open.push_back(&step);
    if (open.empty()) return std::nullopt;
    const auto& step = *open[static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(open.size())))];
    Command command;
    act_as(command, step.role.empty() ? ticket_.owner_role : step.role);
    for (const auto& form : allowed(ticket_, command.roles, policy_, context_, now_)) {
        const bool is_of_step = std::any_of(form.fields.begin(), form.fields.end(), [&](const FieldSpec& field) {
            return field.name == "step" &&
                   std::find(field.choices.begin(), field.choices.end(), step.step) != field.choices.end();
        });
        if (!is_of_step || (form.command != "complete" && form.command != "decide")) continue;
        command.name = form.command;
        for (const auto& field : form.fields) {
            if (!field.required && random_.chance(50)) continue;
            const bool money = field.name.size() > 5 && field.name.rfind("_yuan") == field.name.size() - 5;
            const auto name = money ? field.name.substr(0, field.name.size() - 5) + "_fen" : field.name;
            command.fields[name] = value_for(field.name, field.type, field.choices);
        }
        command.fields["step"] = step.step;
        return command;
    }
    return std::nullopt;
}

Command Walker::random_command() {
    if (random_.chance(40))
        if (auto answer = answers_a_step()) return std::move(*answer);
    const auto& moves = ground_.moves(ticket_.state);
    if (!moves.empty() && random_.chance(85)) {
        std::int64_t all = 0;
        for (const auto* move : moves) all += weight_of(*move, ticket_);
        auto lot = random_.below(all);
        for (const auto* move : moves)
            if ((lot -= weight_of(*move, ticket_)) < 0) return command_for(*move);
    }
    Command command;
    const auto& list = command_list();
    command.name = list[static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(list.size())))].name;
    act_as(command, random_.chance(25) ? "customer" : one_of(ground_.roles()));
    command.fields = fields_for(command.name, {});
    return command;
}

Json Walker::value_for(const std::string& name, const std::string& type, const std::vector<std::string>& choices) {
    if (type == "integer")
        return random_.chance(70) ? random_.below(policy_.surveys.scale) + 1 : ground_.telling_number(random_);
    if (type == "number") return ground_.telling_number(random_) * 100;
    if (type == "boolean") return random_.chance(60);
    if (type == "time") return to_ms(now_ + std::chrono::hours{random_.below(300) - 20});
    if (type == "person") return std::to_string(20 + random_.below(5));
    if (type == "unit") return std::to_string(1 + random_.below(6));
    if (type == "flags") return Json::array({one_of(common_flags())});
    if (type == "attachments") return Json::array();
    if (type == "object") return Json::object();
    if (!choices.empty()) return one_of(choices);
    const auto word = ground_.telling_word(name, random_);
    return word.empty() ? "话" : word;
}

Json Walker::fields_for(const std::string& command, const std::vector<MoveField>& more) {
    auto fields = Json::object();
    for (const auto& field : find_command(command)->fields) {
        if (!field.required && random_.chance(60)) continue;
        auto name = field.name;
        if (field.type == "number" && name.size() > 5 && name.rfind("_yuan") == name.size() - 5)
            name.replace(name.size() - 5, 5, "_fen");
        fields[name] = value_for(field.name, field.type, field.choices);
    }
    for (const auto& field : more)
        if (field.required || random_.chance(50)) fields[field.name] = value_for(field.name, field.type, field.choices);
    if (fields.contains("role")) {
        const auto told = random_.chance(50) ? ground_.telling_word("role", random_) : std::string();
        fields["role"] = told.empty() ? one_of(ground_.roles()) : told;
    }
    if (fields.contains("kind") || fields.contains("category")) {
        const auto count = static_cast<std::int64_t>(policy_.kinds.size());
        const auto& kind = policy_.kinds[static_cast<std::size_t>(random_.below(count))];
        fields["kind"] = kind.key;
        if (!kind.categories.empty())
            fields["category"] = kind.categories[static_cast<std::size_t>(
                                                     random_.below(static_cast<std::int64_t>(kind.categories.size())))]
                                     .key;
        else
            fields.erase("category");
    }
    if (fields.contains("level") && !policy_.levels.empty())
        fields["level"] =
            policy_.levels[static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(policy_.levels.size())))]
                .key;
    if (fields.contains("step")) {
        std::vector<std::string> open;
        for (const auto& step : ticket_.steps)
            if (step.state == "open") open.push_back(step.step);
        if (!open.empty()) fields["step"] = one_of(open);
        const auto name = fields["step"].get<std::string>();
        std::vector<std::string> keys;
        if (const auto* rule = policy_.step(name)) {
            for (const auto& choice : rule->decisions) keys.push_back(choice.key);
            for (const auto& field : rule->fields)
                if (field.required || random_.chance(50))
                    fields[field.name] = value_for(field.name, field.type, field.choices);
        } else if (name.find(':') != std::string::npos) {  // a penalty that was proposed, or the appeal against it
            keys = {"confirmed", "changed", "dropped", "upheld", "cancelled"};
            if (random_.chance(50)) fields["amount_fen"] = ground_.telling_number(random_) * 100;
        }
        if (!keys.empty() && fields.contains("decision")) fields["decision"] = one_of(keys);
    }
    if (fields.contains("clock"))
        for (const auto& deadline : ticket_.deadlines)
            if (deadline.state == "running") fields["clock"] = deadline.name;
    if (command == "merge") fields["into"] = "77";
    return fields;
}

}  // namespace huiyin::test
