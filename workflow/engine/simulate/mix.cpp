#include "workflow/engine/simulate/mix.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "workflow/ticket/command.h"

namespace huiyin {
namespace {

std::vector<std::string> command_names() {
    std::vector<std::string> names;
    for (const auto& spec : command_list()) names.push_back(spec.name);
    return names;
}

std::vector<std::string> kind_names(const Policy& policy) {
    std::vector<std::string> names;
    for (const auto& kind : policy.kinds) {
        if (kind.categories.empty()) names.push_back(kind.key);
        for (const auto& category : kind.categories) names.push_back(kind.key + "/" + category.key);
    }
    return names;
}

class MixReader {
public:
    MixReader(const Policy& policy, Mix& mix, std::vector<Finding>& findings)
        : policy_(policy), mix_(mix), findings_(findings) {}

    void read(const Json& json) {
        if (!json.is_object()) return wrong("", "no object: write {\"tickets_per_day\": 11, …}");
        for (const auto& [key, value] : json.items()) member(key, value);
    }

private:
    void wrong(const std::string& pointer, const std::string& text) { findings_.push_back({pointer, text}); }

    bool is_number(const Json& value, const std::string& at, double least, double most) {
        if (value.is_number() && value.get<double>() >= least && value.get<double>() <= most) return true;
        auto limit = [](double number) { return std::to_string(static_cast<std::int64_t>(number)); };
        wrong(at, "no number from " + limit(least) + " to " + limit(most) + ": write one");
        return false;
    }
    void number(const Json& value, const std::string& at, double& into, double least, double most) {
        if (is_number(value, at, least, most)) into = value.get<double>();
    }
    bool is_known(const std::string& name, const std::vector<std::string>& known, const std::string& at,
                  const char* what) {
        if (std::find(known.begin(), known.end(), name) != known.end()) return true;
        const auto near = nearest(name, known);
        std::string all;
        for (const auto& each : known) all += (all.empty() ? "" : ", ") + each;
        wrong(at, std::string("unknown ") + what + " \"" + name + "\"" +
                      (near ? " (did you mean \"" + *near + "\"?)" : std::string()) + ": write one of " + all);
        return false;
    }
    bool is_object(const Json& value, const std::string& at) {
        if (value.is_object()) return true;
        wrong(at, "no object: write names with their values");
        return false;
    }
    void range(const Json& value, const std::string& at, Range& into) {
        const bool fits = value.is_array() && value.size() == 2 && value[0].is_number() && value[1].is_number() &&
                          value[0] >= 0 && value[0] <= value[1] && value[1] <= 100000;
        if (!fits) return wrong(at, "no range: write [5, 20]");
        into = {value[0].get<double>(), value[1].get<double>()};
    }
    Weights weights(const Json& value, const std::string& at) {
        Weights list;
        if (!is_object(value, at)) return list;
        double sum = 0;
        for (const auto& [name, weight] : value.items())
            if (is_number(weight, at + "/" + name, 0, 1e9)) {
                list.emplace_back(name, weight.get<double>());
                sum += weight.get<double>();
            }
        if (sum <= 0) wrong(at, "all weights are 0: give one of them a number");
        return list;
    }

    void member(const std::string& key, const Json& value) {
        const auto at = "/" + key;
        struct Number {
            const char* key;
            double Mix::*into;
            double least, most;
        };
        static const std::vector<Number> numbers{{"tickets_per_day", &Mix::tickets_per_day, 0.01, 10000},
                                                 {"working_hours_percent", &Mix::working_hours_percent, 0, 100},
                                                 {"phone_percent", &Mix::phone_percent, 0, 100},
                                                 {"staff_reaction_minutes", &Mix::staff_reaction_minutes, 0, 1e6},
                                                 {"customer_reaction_hours", &Mix::customer_reaction_hours, 0, 1e5},
                                                 {"silent_percent", &Mix::silent_percent, 0, 100},
                                                 {"urge_percent", &Mix::urge_percent, 0, 100},
                                                 {"withdraw_percent", &Mix::withdraw_percent, 0, 100},
                                                 {"reopen_percent", &Mix::reopen_percent, 0, 100}};
        for (const auto& each : numbers)
            if (key == each.key) return number(value, at, mix_.*each.into, each.least, each.most);
        if (key == "people") return people(value, at);
        if (key == "work_minutes") return work(value, at);
        if (key == "commands") return commands(value, at);
        if (key == "kinds") return kinds(value, at);
        if (key == "flags") return flags(value, at);
        if (key == "facts") return facts(value, at);
        if (key == "answers") return answers(value, at);
        std::vector<std::string> known{"people", "work_minutes", "commands", "kinds", "flags", "facts", "answers"};
        for (const auto& each : numbers) known.emplace_back(each.key);
        is_known(key, known, at, "key");
    }
    void people(const Json& value, const std::string& at) {
        if (!is_object(value, at)) return;
        for (const auto& [role, count] : value.items()) {
            const auto here = at + "/" + role;
            if (role != "otherwise" && !is_known(role, policy_.roles, here, "role")) continue;
            if (!is_number(count, here, 1, 500)) continue;
            (role == "otherwise" ? mix_.people : mix_.people_of[role]) = static_cast<int>(count.get<double>());
        }
    }
    void work(const Json& value, const std::string& at) {
        if (!is_object(value, at)) return;
        for (const auto& [command, minutes] : value.items()) {
            const auto here = at + "/" + command;
            if (command == "otherwise")
                range(minutes, here, mix_.work_minutes);
            else if (is_known(command, command_names(), here, "command"))
                range(minutes, here, mix_.work_minutes_of[command]);
        }
    }
    void commands(const Json& value, const std::string& at) {
        for (const auto& [name, weight] : weights(value, at))
            if (is_known(name, command_names(), at + "/" + name, "command")) mix_.commands[name] = weight;
    }
    void kinds(const Json& value, const std::string& at) {
        const auto known = kind_names(policy_);
        Weights list;
        for (auto& each : weights(value, at))
            if (is_known(each.first, known, at + "/" + each.first, "kind and category"))
                list.push_back(std::move(each));
        if (!list.empty()) mix_.kinds = std::move(list);
    }
    void flags(const Json& value, const std::string& at) {
        if (!is_object(value, at)) return;
        for (const auto& [flag, percent] : value.items())
            if (is_known(flag, common_flags(), at + "/" + flag, "flag"))
                number(percent, at + "/" + flag, mix_.flags[flag], 0, 100);
    }
    void facts(const Json& value, const std::string& at) {
        if (!is_object(value, at)) return;
        std::vector<std::string> known;
        for (const auto& fact : policy_.facts) known.push_back(fact.name);
        for (const auto& [name, how] : value.items()) {
            const auto here = at + "/" + name;
            if (!is_known(name, known, here, "fact")) continue;
            if (!how.is_object()) {
                wrong(here, "no object: write {\"percent\": 10, \"from\": 50, \"until\": 4000}");
                continue;
            }
            FactShare share;
            share.name = name;
            std::erase_if(mix_.facts, [&](const FactShare& each) { return each.name == share.name; });
            share.percent = 100;
            for (const auto& [key, number_of] : how.items()) {
                const auto place = here + "/" + key;
                if (key == "percent") number(number_of, place, share.percent, 0, 100);
                if (key == "from") number(number_of, place, share.from, 0, 1e9);
                if (key == "until") number(number_of, place, share.until, 0, 1e9);
                if (key == "values") share.values = weights(number_of, place);
                is_known(key, {"percent", "from", "until", "values"}, place, "key");
            }
            if (share.until < share.from) wrong(here + "/until", "lies below \"from\": write a larger number");
            mix_.facts.push_back(std::move(share));
        }
    }
    void answers(const Json& value, const std::string& at) {
        if (!is_object(value, at)) return;
        const std::vector<std::string> known{"answer", "fixed", "score", "reached", "decision"};
        for (const auto& [field, choices] : value.items())
            if (is_known(field, known, at + "/" + field, "answer"))
                mix_.answers[field] = weights(choices, at + "/" + field);
    }

    const Policy& policy_;
    Mix& mix_;
    std::vector<Finding>& findings_;
};

}  // namespace

Mix standard_mix(const Policy& policy) {
    Mix mix;
    for (auto& name : kind_names(policy)) mix.kinds.emplace_back(std::move(name), 1);
    mix.facts.push_back({"amount_yuan", 20, 50, 4000, {}});
    mix.facts.push_back({"purchase_yuan", 5, 500, 9000, {}});
    mix.flags = {{"media", 0.5}, {"lawsuit", 0.2}, {"group", 0.7}, {"emergency", 0.6}};
    mix.work_minutes_of = {{"accept", {2, 8}},    {"assign", {2, 6}},   {"propose", {10, 45}}, {"review", {15, 60}},
                           {"resolve", {20, 90}}, {"revisit", {5, 15}}, {"consent", {4, 10}},  {"confirm", {4, 10}},
                           {"rate", {3, 6}},      {"transfer", {2, 6}}, {"return", {2, 6}}};
    mix.commands = {{"accept", 100}, {"assign", 60},   {"propose", 30}, {"review", 100},  {"resolve", 60},
                    {"return", 2},   {"transfer", 2},  {"escalate", 1}, {"terminate", 2}, {"reject", 3},
                    {"resume", 20},  {"complete", 30}, {"decide", 60},  {"revisit", 20},  {"extend", 1},
                    {"pause", 0},    {"classify", 0},  {"merge", 0},    {"withdraw", 0},  {"reopen", 0}};
    mix.answers = {{"answer", {{"agreed", 82}, {"small_gap", 12}, {"irreconcilable", 6}}},
                   {"fixed", {{"yes", 88}, {"partly", 7}, {"no", 5}}},
                   {"score", {{"5", 52}, {"4", 26}, {"3", 14}, {"2", 5}, {"1", 3}}},
                   {"reached", {{"yes", 78}, {"no", 22}}},
                   {"decision", {{"approved", 88}, {"rejected", 12}}}};
    return mix;
}

Mix read_mix(const Json& json, const Policy& policy, std::vector<Finding>& findings) {
    Mix mix = standard_mix(policy);
    MixReader(policy, mix, findings).read(json);
    return mix;
}

}  // namespace huiyin
