#include "workflow/engine/simulate/conduct.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace huiyin {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

// Answers of the customer, words beside the matter, and duties are given in their own time, not to lead on.
bool leads_on(const std::string& command) {
    static const std::vector<std::string> beside{"consent", "confirm",  "rate",   "urge",   "note",
                                                 "reply",   "complete", "decide", "reopen", "withdraw"};
    return !contains(beside, command);
}

}  // namespace

Conduct::Conduct(const Policy& policy, const Mix& mix) : policy_(policy), mix_(mix), due_facts_(policy) {
    for (const auto& state : policy.states) {
        auto& leads = leads_[state.key];
        auto& commands = commands_[state.key];
        for (const auto& spec : command_list()) {
            const auto moves = moves_from(policy, state.key, spec.name);
            if (std::any_of(moves.begin(), moves.end(), [](const Move* move) { return !move->refused; }))
                commands.push_back(spec.name);
        }
        if (is_end(state.phase)) continue;
        for (const auto& spec : command_list()) {
            if (!leads_on(spec.name)) continue;
            const auto weight = mix.commands.find(spec.name);
            Lead lead{spec.name, {}, weight == mix.commands.end() ? 1 : weight->second};
            if (lead.weight <= 0) continue;
            for (const auto* move : moves_from(policy, state.key, spec.name))
                if (!move->refused)
                    for (const auto& role : move->roles)
                        if (role != "customer" && role != "policy" && !contains(lead.roles, role))
                            lead.roles.push_back(role);
            if (!lead.roles.empty()) leads.push_back(std::move(lead));
        }
        std::stable_sort(leads.begin(), leads.end(), [](const Lead& a, const Lead& b) { return a.weight > b.weight; });
    }
    for (const auto& move : policy.moves)
        for (const auto& field : move.fields) added_[move.command].push_back(field);
    for (const auto& route : policy.routes)
        if (route.states.empty() && !contains(handler_roles_, route.role)) handler_roles_.push_back(route.role);
}

const std::vector<Conduct::Lead>& Conduct::leads(const std::string& state) const {
    static const std::vector<Lead> none;
    const auto found = leads_.find(state);
    return found == leads_.end() ? none : found->second;
}

bool Conduct::has_move(const std::string& state, std::string_view command) const {
    const auto found = commands_.find(state);
    return found != commands_.end() && contains(found->second, command);
}

const std::string& Conduct::drawn(const std::string& field, Random& random) const {
    static const std::string nothing;
    const auto found = mix_.answers.find(field);
    if (found == mix_.answers.end()) return nothing;
    double sum = 0;
    for (const auto& choice : found->second) sum += choice.second;
    auto left = random.share() * sum;
    for (const auto& choice : found->second)
        if ((left -= choice.second) < 0) return choice.first;
    return found->second.back().first;
}

Json Conduct::value(const std::string& name, const std::string& type, const std::vector<std::string>& choices,
                    TimePoint now, Random& random) const {
    const auto& answer = drawn(name, random);
    const bool number = !answer.empty() && answer.find_first_not_of("0123456789") == std::string::npos;
    if (type == "integer") return number ? std::stoll(answer) : random.below(policy_.surveys.scale) + 1;
    if (type == "boolean") return answer.empty() ? random.chance(50) : answer == "yes";
    if (type == "number") return random.below(100000);
    if (type == "time") return to_ms(now + std::chrono::hours{24 + random.below(240)});
    if (!answer.empty() && (choices.empty() || contains(choices, answer))) return answer;
    if (!choices.empty())
        return choices[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(choices.size())))];
    return "simulated";
}

Json Conduct::filled(const AllowedCommand& form, TimePoint now, Random& random) const {
    auto fields = Json::object();
    for (const auto& field : form.fields) {
        if (!field.required) continue;
        fields[fen_name(field.name)] = value(field.name, field.type, field.choices, now, random);
    }
    return fields;
}

Json Conduct::fields(const std::string& command, TimePoint now, Random& random) const {
    auto fields = Json::object();
    for (const auto& field : find_command(command)->fields) {
        if (!field.required) continue;
        if (field.type == "person" || field.type == "unit" || field.type == "ticket") continue;
        fields[field.name] = value(field.name, field.type, field.choices, now, random);
    }
    if (command == "revisit" && fields["reached"] == true) fields["score"] = std::stoll("0" + drawn("score", random));
    if (command == "transfer" && !handler_roles_.empty()) {
        const auto count = static_cast<std::int64_t>(handler_roles_.size());
        fields["role"] = handler_roles_[static_cast<std::size_t>(random.below(count))];
    }
    if (const auto found = added_.find(command); found != added_.end())
        for (const auto& field : found->second)
            if (field.required && !fields.contains(field.name))
                fields[field.name] = value(field.name, field.type, field.choices, now, random);
    return fields;
}

}  // namespace huiyin
