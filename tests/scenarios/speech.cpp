#include "tests/scenarios/speech.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/story.h"
#include "workflow/base/json_text.h"

namespace huiyin::test {
namespace {

struct Pair {
    std::string name, value;  // name "": what stands before the first one
};

bool is_name(char c) { return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9'); }

// Where a "name=" begins at or after `from`: at the start or behind a space.
std::size_t next_name(const std::string& text, std::size_t from) {
    for (auto at = from; at < text.size(); ++at) {
        if (at != 0 && text[at - 1] != ' ') continue;
        auto end = at;
        while (end < text.size() && is_name(text[end])) ++end;
        if (end > at && end < text.size() && text[end] == '=') return at;
    }
    return std::string::npos;
}

std::vector<Pair> pairs(const std::string& text) {
    std::vector<Pair> list;
    auto at = next_name(text, 0);
    if (const auto bare = trimmed(text.substr(0, at)); !bare.empty()) list.push_back({"", bare});
    while (at != std::string::npos) {
        const auto equals = text.find('=', at);
        const auto next = next_name(text, equals + 1);
        const auto length = next == std::string::npos ? next : next - equals - 1;
        list.push_back({text.substr(at, equals - at), trimmed(text.substr(equals + 1, length))});
        at = next;
    }
    return list;
}

[[noreturn]] void wrong(const std::string& name, const std::string& value, const std::string& mend) {
    throw std::runtime_error(name + "=" + value + ": " + mend);
}

Json number(const std::string& name, const std::string& value) {
    const auto json = Json::parse(value, nullptr, false);
    if (!json.is_number()) wrong(name, value, "write a number");
    return json;
}

Json read_value(const std::string& name, const std::string& type, const std::string& value, const Zone& zone) {
    if (type == "integer" || type == "number") return number(name, value);
    if (type == "boolean") {
        if (value == "yes" || value == "true" || value == "是") return true;
        if (value == "no" || value == "false" || value == "否") return false;
        wrong(name, value, "write yes or no");
    }
    if (type == "time") {
        if (value.find('T') != std::string::npos) return value;
        if (value.size() != 16) wrong(name, value, "write a time like 2026-03-05 17:00");
        const auto day = parse_date(value.substr(0, 10));
        const auto clock = parse_clock(value.substr(11));
        if (!day || !clock) wrong(name, value, "write a time like 2026-03-05 17:00");
        return to_rfc3339(zone.from_local({*day, *clock}), zone);
    }
    if (type == "flags" || type == "attachments" || type == "list") {
        auto apart = value;
        std::replace(apart.begin(), apart.end(), ',', ' ');
        return words(apart);
    }
    if (!value.empty() && (value.front() == '{' || value.front() == '[')) {
        auto json = Json::parse(value, nullptr, false);
        if (json.is_discarded()) wrong(name, value, "this is no JSON");
        return json;
    }
    return value;
}

}  // namespace

Json read_fields(const std::string& text, const std::vector<FieldSpec>& fields, const Zone& zone) {
    auto json = Json::object();
    if (!text.empty() && text.front() == '{') {
        json = Json::parse(text, nullptr, false);
        if (!json.is_object()) throw std::runtime_error("this is no JSON: " + text);
        return json;
    }
    for (auto& pair : pairs(text)) {
        if (pair.name.empty()) {
            const auto first =
                std::find_if(fields.begin(), fields.end(), [](const FieldSpec& field) { return field.required; });
            if (first == fields.end()) throw std::runtime_error("what is \"" + pair.value + "\"? Write name=value");
            pair.name = first->name;
        }
        const auto known =
            std::find_if(fields.begin(), fields.end(), [&](const FieldSpec& field) { return field.name == pair.name; });
        json[pair.name] = read_value(pair.name, known == fields.end() ? "text" : known->type, pair.value, zone);
    }
    return json;
}

std::vector<FieldSpec> added_fields(const Policy& policy, const std::string& command) {
    std::vector<FieldSpec> more;
    const auto* spec = find_command(command);
    const auto knows = [](const std::vector<FieldSpec>& list, const std::string& name) {
        return std::any_of(list.begin(), list.end(), [&](const FieldSpec& field) { return field.name == name; });
    };
    const auto take = [&](const std::vector<MoveField>& fields) {
        for (const auto& field : fields)
            if (!knows(more, field.name) && (!spec || !knows(spec->fields, field.name)))
                more.push_back({field.name, field.type, false, field.choices, field.title});
    };
    for (const auto& move : policy.moves)
        if (move.command == command) take(move.fields);
    if (command == "complete" || command == "decide")
        for (const auto& step : policy.steps) take(step.fields);
    if (command == "revisit") take(policy.revisit.fields);
    if (command == "decide" && !policy.penalties.empty()) more.push_back({"amount_yuan", "number"});
    return more;
}

std::vector<FieldSpec> all_fields(const Policy& policy, const std::string& command) {
    auto fields = find_command(command)->fields;
    for (auto& field : added_fields(policy, command)) fields.push_back(std::move(field));
    return fields;
}

std::vector<FieldSpec> filing_fields(const Policy& policy) {
    std::vector<FieldSpec> fields{{"summary", "text", true}, {"amount_yuan", "number"}, {"purchase_yuan", "number"},
                                  {"occurred_at", "time"},   {"flags", "flags"},        {"drop_flags", "flags"},
                                  {"emergency", "text"},     {"anonymous", "boolean"},  {"kind", "text"},
                                  {"category", "text"},      {"room", "text"},          {"repeat_of", "text"},
                                  {"wish", "text"},          {"name", "text"},          {"phone", "text"}};
    for (const auto& fact : policy.facts) {
        const char* type = fact.type == FactType::yes_no    ? "boolean"
                           : fact.type == FactType::integer ? "integer"
                           : fact.type == FactType::number  ? "number"
                           : fact.type == FactType::list    ? "list"
                                                            : "text";
        if (std::none_of(fields.begin(), fields.end(), [&](const FieldSpec& each) { return each.name == fact.name; }))
            fields.push_back({fact.name, type});
    }
    return fields;
}

}  // namespace huiyin::test
