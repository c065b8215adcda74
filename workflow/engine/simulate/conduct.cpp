#include "workflow/engine/simulate/conduct.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/policy/same_text.h"

namespace huiyin {
namespace {

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
    for (const auto& [field, weights] : mix.answers) {
        answers_.push_back({field, &weights});
        for (const auto& choice : weights) answers_.back().sum += choice.second;
    }
    const auto want = [&](std::vector<Wanted>& fields, const auto& field) {
        if (field.required) fields.push_back({field.name, field.type, field.choices, answer_for(field.name)});
    };
    for (const auto& spec : command_list()) {
        auto& form = forms_.emplace_back();
        form.command = spec.name;
        for (const auto& field : spec.fields)
            if (field.type != "person" && field.type != "unit" && field.type != "ticket") want(form.own, field);
        for (const auto& move : policy.moves)
            if (move.command == spec.name)
                for (const auto& field : move.fields) want(form.added, field);
    }
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

const Range& Conduct::minutes(std::string_view command) const {
    for (const auto& [name, range] : mix_.work_minutes_of)
        if (is_same_text(name, command)) return range;
    return mix_.work_minutes;
}

const Conduct::Answer* Conduct::answer_for(std::string_view field) const {
    const auto found =
        std::find_if(answers_.begin(), answers_.end(), [&](const Answer& each) { return each.field == field; });
    return found == answers_.end() ? nullptr : &*found;
}

const std::string& Conduct::drawn(const Answer* answer, Random& random) {
    static const std::string nothing;
    if (!answer) return nothing;
    auto left = random.share() * answer->sum;
    for (const auto& choice : *answer->weights)
        if ((left -= choice.second) < 0) return choice.first;
    return answer->weights->back().first;
}

Json Conduct::value(const Wanted& field, TimePoint now, Random& random) const {
    const auto& answer = drawn(field.answer, random);
    const auto is = [&](std::string_view type) { return is_same_text(field.type, type); };
    const bool number = !answer.empty() && answer.find_first_not_of("0123456789") == std::string::npos;
    if (is("integer")) return number ? std::stoll(answer) : random.below(policy_.surveys.scale) + 1;
    if (is("boolean")) return answer.empty() ? random.chance(50) : answer == "yes";
    if (is("number")) return random.below(100000);
    if (is("time")) return to_ms(now + std::chrono::hours{24 + random.below(240)});
    const auto& choices = field.choices;
    if (!answer.empty() && (choices.empty() || contains(choices, answer))) return answer;
    if (!choices.empty())
        return choices[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(choices.size())))];
    return "simulated";
}

Json Conduct::filled(const AllowedCommand& form, TimePoint now, Random& random) const {
    auto fields = Json::object();
    for (const auto& field : form.fields)
        if (field.required)
            fields[fen_name(field.name)] =
                value({field.name, field.type, field.choices, answer_for(field.name)}, now, random);
    return fields;
}

Json Conduct::fields(const std::string& command, TimePoint now, Random& random) const {
    auto fields = Json::object();
    auto& object = fields.get_ref<Json::object_t&>();
    const auto& form = *std::find_if(forms_.begin(), forms_.end(),
                                     [&](const Form& each) { return is_same_text(each.command, command); });
    for (const auto& field : form.own) object.insert_or_assign(field.name, value(field, now, random));
    if (command == "revisit" && fields["reached"] == true)
        fields["score"] = std::stoll("0" + drawn(answer_for("score"), random));
    if (command == "transfer" && !handler_roles_.empty()) {
        const auto count = static_cast<std::int64_t>(handler_roles_.size());
        fields["role"] = handler_roles_[static_cast<std::size_t>(random.below(count))];
    }
    for (const auto& field : form.added)
        if (object.count(field.name) == 0) object.emplace(field.name, value(field, now, random));
    return fields;
}

}  // namespace huiyin
